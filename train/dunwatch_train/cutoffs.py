"""Choosing cut-offs on out-of-fold scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve

from dunwatch.model import CutOffs


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """What the cut-offs of one operating point must reach.

    ``least_precision`` and ``least_recall`` are those of flagged messages: among cut-offs that reach both the one of the best
    F1 is taken. ``review_recall``: the recall of messages flagged or under review.
    """

    least_precision: float
    least_recall: float
    review_recall: float


def choose_cut_offs(scores: NDArray[np.float64], wanted: NDArray[np.bool_], point: OperatingPoint) -> CutOffs:
    """Choose both cut-offs of a label.

    Upper: the best F1 that ``point`` allows (the most precise cut-off if it allows none). Lower: the highest that reaches the
    recall of a review, never above the upper.
    """
    precision, recall, cuts = precision_recall_curve(wanted, scores)
    precision, recall = precision[:-1], recall[:-1]
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    allowed = (precision >= point.least_precision) & (recall >= point.least_recall)
    upper = int(np.argmax(np.where(allowed, f1, -1.0))) if allowed.any() else int(np.argmax(precision))
    lower = int(np.flatnonzero(recall >= point.review_recall).max())
    return CutOffs(flagged=_between(cuts, upper), review=_between(cuts, min(lower, upper)))


def _between(cuts: NDArray[np.float64], place: int) -> float:
    """Halfway to the next lower score: a cut-off on the very score of a message would be too sharp."""
    below = cuts[place - 1] if place else 0.0
    return round(float(cuts[place] + below) / 2, 6)
