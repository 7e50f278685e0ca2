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
    """``rows``: int16 (slots, at least columns + 2): a feature's numbers, zeros, and its tag (0 in a free row).

    The last of a feature's numbers is its mass, those before are its weights by label.

    ``bits``: uint8, a filter small enough for the cache, which turns away most of the features that have no row.
    """

    rows: NDArray[np.int16]
    bits: NDArray[np.uint8]
    columns: int

    @classmethod
    def build(cls, hashes: NDArray[np.uint64], weights: NDArray[np.int16]) -> WeightTable:
        """Enter the weights and the mass (features, labels + 1) of ``hashes`` (features)."""
        columns = weights.shape[1]
        keys = empty_keys(len(hashes))
        slots = np.empty(len(hashes), dtype=np.int64)
        kernels.insert_all(keys, slots, hashes)
        # Eight numbers are sixteen bytes: a row never straddles two cache lines.
        rows = np.zeros((len(keys), -(-(columns + _TAG) // 8) * 8), dtype=np.int16)
        rows[slots, :columns] = weights
        rows[:, -_TAG:] = keys.view(np.int16).reshape(-1, _TAG)
        bits = np.zeros(_FILTER_BYTES, dtype=np.uint8)
        kernels.fill_filter(bits, hashes)
        return cls(rows, bits, columns)
