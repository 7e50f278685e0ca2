"""Figures with bootstrap intervals: whole messages are drawn again and again, with replacement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


Resampled = tuple[Figure, NDArray[np.float64]]
"""A figure and its value on each resample."""


def resamples(messages: int, seed: int) -> NDArray[np.int64]:
    """Places of messages, by resample: (resamples, messages)."""
    return np.random.default_rng(seed).integers(0, messages, (_RESAMPLES, messages))


def figure(
    measure: Callable[[NDArray[Any], NDArray[Any]], float], wanted: NDArray[Any], given: NDArray[Any], samples: NDArray[np.int64]
) -> Resampled:
    """The measure on all messages, its interval, and its value on each resample."""
    values = np.array([measure(wanted[sample], given[sample]) for sample in samples])
    return _with_interval(measure(wanted, given), values), values


def share(hits: NDArray[np.bool_], seed: int) -> Figure:
    """The share of those that are true; 0 of none."""
    if not len(hits):
        return Figure(0.0, 0.0, 0.0)
    return _with_interval(float(hits.mean()), hits[resamples(len(hits), seed)].mean(axis=1))


def ratio(rows: NDArray[np.float64], above: Sequence[float], below: Sequence[float], *, seed: int) -> Figure:
    """A ratio of two weighted sums of the columns of ``rows`` (cases, columns), say of hits to all; 0 of nothing."""
    sums = np.concatenate([rows.sum(axis=0)[None], rows[resamples(len(rows), seed)].sum(axis=1)])
    values = (sums @ above) / np.maximum(sums @ below, 1e-12)
    return _with_interval(float(values[0]), values[1:])


def macro(measured: Sequence[Resampled]) -> Figure:
    """The mean of figures on the same resamples."""
    return _with_interval(float(np.mean([one.value for one, _ in measured])), np.mean([values for _, values in measured], axis=0))


def _with_interval(value: float, values: NDArray[np.float64]) -> Figure:
    low, high = np.percentile(values, (2.5, 97.5))
    return Figure(value, float(low), float(high))
