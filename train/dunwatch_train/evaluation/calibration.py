"""Whether scores are probabilities: of messages with a score near p, a share of p should have the label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 10


@dataclass(frozen=True, slots=True)
class Reliability:
    """By bin of scores, those that hold any message: the mean score, the share that has the label, and how many messages."""

    scores: NDArray[np.float64]
    shares: NDArray[np.float64]
    messages: NDArray[np.int64]


def reliability(wanted: NDArray[np.bool_], scores: NDArray[np.floating[Any]]) -> Reliability:
    """Scores of one label (messages) in bins of equal width."""
    place = np.minimum((scores * BINS).astype(np.int64), BINS - 1)
    count = np.bincount(place, minlength=BINS)
    kept = count > 0
    means, shares = (np.bincount(place, weights=values, minlength=BINS)[kept] / count[kept] for values in (scores, wanted))
    return Reliability(means, shares, count[kept])


def expected_calibration_error(wanted: NDArray[np.bool_], scores: NDArray[np.floating[Any]]) -> float:
    """The mean distance between score and share over the bins, weighed by their messages (Naeini et al. 2015).

    It is never below 0, so resampling, which adds noise to the shares, gives intervals that lie somewhat high.
    """
    bins = reliability(wanted, scores)
    return float((np.abs(bins.scores - bins.shares) * bins.messages).sum() / bins.messages.sum())
