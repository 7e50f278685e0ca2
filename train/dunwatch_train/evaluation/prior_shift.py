"""What precision to expect of a dump in which abuse is rarer, or commoner, than in the test part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dunwatch_train.evaluation.bootstrap import Figure, share
from dunwatch_train.evaluation.decisions import Decided

PRIORS = (0.01, 0.1, 0.5)


@dataclass(frozen=True, slots=True)
class PriorShift:
    """Rates by message, whatever the label: of abusive messages flagged, of clean ones flagged, and what follows.

    ``precision``: by share of abusive messages in a dump, the share of flagged messages that are abusive.
    """

    recall: Figure
    false_alarms: Figure
    precision: dict[float, float]


def prior_shift(decided: Decided, seed: int) -> PriorShift:
    """By Bayes' rule from the rates measured; clean messages of the test part are near misses, so this is a cautious estimate."""
    abusive, alarmed = np.asarray(decided.wanted.any(axis=1)), np.asarray(decided.flagged.any(axis=1))
    recall, false_alarms = share(alarmed[abusive], seed), share(alarmed[~abusive], seed)
    precision = {p: _precision(p, recall.value, false_alarms.value) for p in PRIORS}
    return PriorShift(recall, false_alarms, precision)


def _precision(prior: float, recall: float, false_alarms: float) -> float:
    flagged = prior * recall + (1 - prior) * false_alarms
    return float(np.divide(prior * recall, flagged)) if flagged else 0.0
