"""Weights by feature: an open-addressed table that knows which features it holds, so that unseen ones count nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dunwatch.features import kernels

_LOAD = 0.8
_BUCKET = 4
ROW = 8
"""Numbers in a row: sixteen bytes never straddle two cache lines."""

_FILTER_BYTES = 1 << 17


def empty_keys(entries: int) -> NDArray[np.uint32]:
    """Free slots for so many entries: a power of two, at most four fifths of them taken."""
    size = 64
    while size * _LOAD < entries:
        size *= 2
    return np.zeros(size, dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class WeightTable:
    """``tags``: uint32 (buckets, 4), which features it holds; ``rows``: int16 (4 · buckets, 8), a feature's numbers.

    The last of a feature's ``columns`` numbers is its mass, those before are its weights by label; the rest is zero.
    ``bits``: uint8, a filter small enough for the cache, which turns away most of the features that have no row.
    """

    tags: NDArray[np.uint32]
    rows: NDArray[np.int16]
    bits: NDArray[np.uint8]
    columns: int

    @classmethod
    def build(cls, hashes: NDArray[np.uint64], weights: NDArray[np.int16]) -> WeightTable:
        """Enter the weights and the mass (features, labels + 1) of ``hashes`` (features)."""
        columns = weights.shape[1]
        if columns > ROW:
            raise ValueError(f"a row holds {ROW} numbers, not {columns}: widen the kernel for more labels")
        tags = empty_keys(len(hashes)).reshape(-1, _BUCKET)
        places = np.empty(len(hashes), dtype=np.int64)
        kernels.enter_rows(tags, hashes, places)
        rows = np.zeros((tags.size, ROW), dtype=np.int16)
        rows[places, :columns] = weights
        bits = np.zeros(_FILTER_BYTES, dtype=np.uint8)
        kernels.fill_filter(bits, hashes)
        return cls(tags, rows, bits, columns)
