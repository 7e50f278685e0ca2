"""Choosing cut-offs on out-of-fold scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_curve

from dunwatch.model import CutOffs


def choose_cut_offs(
    scores: NDArray[np.float64], wanted: NDArray[np.bool_], least_precision: float, least_recall: float
) -> CutOffs:
    """Choose both cut-offs of a label.

    Upper: best F1 among cut-offs that reach the precision (the most precise one if none does). Lower: the highest that
    reaches the recall, never above the upper.
    """
    precision, recall, cuts = precision_recall_curve(wanted, scores)
    precision, recall = precision[:-1], recall[:-1]
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    enough = precision >= least_precision
    upper = int(np.argmax(np.where(enough, f1, -1.0))) if enough.any() else int(np.argmax(precision))
    lower = int(np.flatnonzero(recall >= least_recall).max())
    return CutOffs(flagged=_between(cuts, upper), review=_between(cuts, min(lower, upper)))


def _between(cuts: NDArray[np.float64], place: int) -> float:
    """Halfway to the next lower score: a cut-off on the very score of a message would be too sharp."""
    below = cuts[place - 1] if place else 0.0
    return round(float(cuts[place] + below) / 2, 6)
