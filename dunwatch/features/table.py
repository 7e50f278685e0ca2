"""Weights by feature: an open-addressed table that knows which features it holds, so that unseen ones count nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dunwatch.features import kernels

_LOAD = 0.5
_BUCKET = 4
_FILTER_BYTES = 1 << 17


def empty_keys(entries: int) -> NDArray[np.uint32]:
    """Free slots for so many entries of the lexicon: a power of two, at most half of them taken."""
    return np.zeros(_power_of_two(2 * entries), dtype=np.uint32)


def _power_of_two(least: float) -> int:
    size = 64
    while size < least:
        size *= 2
    return size


@dataclass(frozen=True, slots=True)
class WeightTable:
    """``words``: uint64 (buckets, 4), each feature's weights and mass in one word, see ``kernels.find_word``.

    ``bits``: uint8, a filter small enough for the cache, which turns away most of the features that have no word.
    """

    words: NDArray[np.uint64]
    bits: NDArray[np.uint8]

    @classmethod
    def build(cls, hashes: NDArray[np.uint64], weights: NDArray[np.int8], mass: NDArray[np.uint8]) -> WeightTable:
        """Enter the weights (features, labels) and the mass (features) of ``hashes`` (features).

        Raises ``ValueError`` for more labels than a word has room for.
        """
        labels = weights.shape[1]
        if labels > kernels.MASS_LANE:
            raise ValueError(f"a word of the weight table holds {kernels.MASS_LANE} labels, not {labels}")
        lanes = np.zeros((len(hashes), 8), dtype=np.uint8)
        lanes[:, :labels] = weights.astype(np.int16) + kernels.BIAS
        lanes[:, kernels.MASS_LANE] = mass
        words = np.zeros((_power_of_two(len(hashes) / _LOAD) // _BUCKET, _BUCKET), dtype=np.uint64)
        kernels.enter_words(words, hashes, lanes.view("<u8").ravel().astype(np.uint64))
        bits = np.zeros(_FILTER_BYTES, dtype=np.uint8)
        kernels.fill_filter(bits, hashes)
        return cls(words, bits)
