"""Weights by feature: an open-addressed table that knows which features it holds, so that unseen ones count nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dunwatch.features import kernels

_LOAD = 0.5
_TAG = 2
_FILTER_BYTES = 1 << 17


def empty_keys(entries: int) -> NDArray[np.uint32]:
    """Free slots for so many entries: a power of two, at most half of them taken."""
    size = 64
    while size * _LOAD < entries:
        size *= 2
    return np.zeros(size, dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class WeightTable:
    """``rows``: int16 (slots, at least labels + 2): a row's weights, zeros, and its tag (0 in a free row).

    ``bits``: uint8, a filter small enough for the cache, which turns away most of the features that have no row.
    """

    rows: NDArray[np.int16]
    bits: NDArray[np.uint8]
    labels: int

    @classmethod
    def build(cls, hashes: NDArray[np.uint64], weights: NDArray[np.int16]) -> WeightTable:
        """Enter the weights (features, labels) of ``hashes`` (features)."""
        labels = weights.shape[1]
        keys = empty_keys(len(hashes))
        slots = np.empty(len(hashes), dtype=np.int64)
        kernels.insert_all(keys, slots, hashes)
        # Eight numbers are sixteen bytes: a row never straddles two cache lines.
        rows = np.zeros((len(keys), -(-(labels + _TAG) // 8) * 8), dtype=np.int16)
        rows[slots, :labels] = weights
        rows[:, -_TAG:] = keys.view(np.int16).reshape(-1, _TAG)
        bits = np.zeros(_FILTER_BYTES, dtype=np.uint8)
        kernels.fill_filter(bits, hashes)
        return cls(rows, bits, labels)

    def slots(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The row of each hash, all of which must have one."""
        return np.array([kernels.find_row(self.rows, h) for h in hashes], dtype=np.int64)
