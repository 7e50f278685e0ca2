"""Choosing cut-offs on out-of-fold scores, with a margin for what another sample of writers would show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dunwatch.model import CutOffs

_STEPS = 400
_RESAMPLES = 1000
_LOW = 20.0
"""Percentile of the resamples that must still reach what is asked: four in five do. A wider margin made cut-offs far more careful
than their precision asks for."""


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """What the cut-offs of one operating point must reach.

    ``least_precision`` and ``least_recall`` are those of flagged messages: among cut-offs that reach both the one of the best
    F1 is taken. ``review_recall``: the recall of messages flagged or under review.
    """

    least_precision: float
    least_recall: float
    review_recall: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Candidates for a cut-off, lowest first.

    ``precision``, ``recall`` and ``f1`` (cuts) are measured; ``low_precision`` and ``low_recall`` (cuts) are what 80 % of
    resamples of whole groups still reach.
    """

    cuts: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]
    low_precision: NDArray[np.float64]
    low_recall: NDArray[np.float64]


def precision_recall(
    scores: NDArray[np.float64], wanted: NDArray[np.bool_], groups: Sequence[str], seed: int = 0, resamples: int = _RESAMPLES
) -> Curve:
    """The curve of one label; resampling draws whole groups (author batches), since messages of one writer are alike."""
    cuts = np.unique(np.quantile(scores[wanted], np.linspace(0, 1, _STEPS), method="inverted_cdf"))
    names, group = np.unique(groups, return_inverse=True)
    reached = np.searchsorted(cuts, scores, side="right")
    hits, alarms = (_counts_from(group[chosen], reached[chosen], len(names), len(cuts)) for chosen in (wanted, ~wanted))
    missing = np.bincount(group[wanted], minlength=len(names))[:, None] - hits
    draws = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), resamples)
    precision, recall = _rates(hits.sum(axis=0), alarms.sum(axis=0), missing.sum(axis=0))
    resampled = _rates(draws @ hits, draws @ alarms, draws @ missing)
    low_precision, low_recall = (np.percentile(rates, _LOW, axis=0) for rates in resampled)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return Curve(cuts, precision, recall, f1, low_precision, low_recall)


def _counts_from(group: NDArray[np.intp], reached: NDArray[np.intp], groups: int, cuts: int) -> NDArray[np.float64]:
    """By group and cut-off, how many messages reach it; ``reached`` (messages): how many of the cut-offs each does."""
    table = np.zeros((groups, cuts + 1))
    np.add.at(table, (group, reached), 1)
    return np.asarray(table[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:])


def _rates(
    hits: NDArray[np.float64], alarms: NDArray[np.float64], missing: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return hits / np.maximum(hits + alarms, 1), hits / np.maximum(hits + missing, 1)


def choose_cut_offs(curve: Curve, point: OperatingPoint) -> CutOffs:
    """Choose both cut-offs of a label.

    Upper: the best F1 among cut-offs whose lower bounds reach what ``point`` asks; if none does, the most precise, or the one of
    the highest recall where ``point`` asks for no precision. Lower: the highest whose lower bound reaches the recall of a review
    and that holds half of what is not flagged, never above the upper.
    """
    allowed = (curve.low_precision >= point.least_precision) & (curve.low_recall >= point.least_recall)
    if allowed.any():
        upper = int(np.argmax(np.where(allowed, curve.f1, -1.0)))
    else:
        upper = int(np.argmax(curve.low_precision if point.least_precision else curve.recall))
    half_of_the_rest = (1 + curve.recall[upper]) / 2
    enough = np.flatnonzero((curve.low_recall >= point.review_recall) & (curve.recall >= half_of_the_rest))
    lower = min(int(enough.max(initial=0)), upper)
    return CutOffs(flagged=_rounded(curve.cuts[upper]), review=_rounded(curve.cuts[lower]))


def _rounded(cut: float) -> float:
    """Down to six places, so that the message whose score it is stays above."""
    return math.floor(cut * 1e6) / 1e6
