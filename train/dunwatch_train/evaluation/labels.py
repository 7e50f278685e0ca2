"""How well each label is told on messages the model has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from dunwatch.labels import LABEL_IDS
from dunwatch.model import CutOffs
from dunwatch_train.corpus import Message
from dunwatch_train.evaluation.bootstrap import Figure, figure, macro, resamples
from dunwatch_train.evaluation.calibration import expected_calibration_error
from dunwatch_train.evaluation.decisions import decisions
from dunwatch_train.fit import targets


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """How well one label is told, at its cut-offs.

    ``review_recall``: of positives, those flagged or under review. ``calibration_error``: see ``expected_calibration_error``.
    """

    positives: int
    precision: Figure
    recall: Figure
    f1: Figure
    review_recall: Figure
    average_precision: Figure
    calibration_error: Figure


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of a model on messages it has not learned from.

    ``source``: where these come from, in words. ``false_alarms``: by clean scene, messages and how many have any flag.
    """

    source: str
    messages: int
    macro_f1: Figure
    macro_average_precision: Figure
    labels: dict[str, LabelFigures]
    false_alarms: dict[str, tuple[int, int]]

    def summary(self) -> dict[str, Any]:
        """Headline figures as plain numbers, for the manifest."""
        return {
            "messages": self.messages,
            "macro_f1": round(self.macro_f1.value, 4),
            "macro_average_precision": round(self.macro_average_precision.value, 4),
            "labels": {
                name: {
                    "f1": round(figures.f1.value, 4),
                    "precision": round(figures.precision.value, 4),
                    "recall": round(figures.recall.value, 4),
                    "average_precision": round(figures.average_precision.value, 4),
                    "calibration_error": round(figures.calibration_error.value, 4),
                }
                for name, figures in self.labels.items()
            },
        }


def evaluate(
    messages: Sequence[Message], scores: NDArray[np.floating[Any]], cut_offs: dict[str, CutOffs], seed: int, source: str
) -> Evaluation:
    """Figures for scores (messages, labels) at the cut-offs, resampling whole messages."""
    wanted = targets(messages)
    flagged, seen = decisions(scores, cut_offs)
    samples = resamples(len(messages), seed)
    f1s = [figure(_f1, wanted[:, k], flagged[:, k], samples) for k in range(len(LABEL_IDS))]
    ranks = [figure(_average_precision, wanted[:, k], scores[:, k], samples) for k in range(len(LABEL_IDS))]
    labels = {
        name: LabelFigures(
            positives=int(wanted[:, k].sum()),
            precision=figure(_precision, wanted[:, k], flagged[:, k], samples)[0],
            recall=figure(_recall, wanted[:, k], flagged[:, k], samples)[0],
            f1=f1s[k][0],
            review_recall=figure(_recall, wanted[:, k], seen[:, k], samples)[0],
            average_precision=ranks[k][0],
            calibration_error=figure(expected_calibration_error, wanted[:, k], scores[:, k], samples)[0],
        )
        for k, name in enumerate(LABEL_IDS)
    }
    return Evaluation(source, len(messages), macro(f1s), macro(ranks), labels, false_alarms(messages, flagged))


def _precision(wanted: NDArray[Any], flagged: NDArray[Any]) -> float:
    return float((wanted & flagged).sum() / max(flagged.sum(), 1))


def _recall(wanted: NDArray[Any], flagged: NDArray[Any]) -> float:
    return float((wanted & flagged).sum() / max(wanted.sum(), 1))


def _f1(wanted: NDArray[Any], flagged: NDArray[Any]) -> float:
    return float(2 * (wanted & flagged).sum() / max(wanted.sum() + flagged.sum(), 1))


def _average_precision(wanted: NDArray[Any], scores: NDArray[Any]) -> float:
    return float(average_precision_score(wanted, scores)) if wanted.any() else 0.0


def average_precisions(wanted: NDArray[np.bool_], scores: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """The average precision of each label, of truth and scores (messages, labels); 0 where no message has the label."""
    return np.array([_average_precision(wanted[:, k], scores[:, k]) for k in range(wanted.shape[1])])


def false_alarms(messages: Sequence[Message], flagged: NDArray[np.bool_]) -> dict[str, tuple[int, int]]:
    """By scene of the clean messages: how many there are, and how many have any flag (messages, labels)."""
    found: dict[str, tuple[int, int]] = {}
    for message, flags in zip(messages, flagged, strict=True):
        if not message.labels:
            total, wrong = found.get(message.scene, (0, 0))
            found[message.scene] = (total + 1, wrong + int(flags.any()))
    return dict(sorted(found.items()))
