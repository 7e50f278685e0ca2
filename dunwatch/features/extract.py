"""Features of messages: hashed n-grams for training and explanation, or their weighted sums for scoring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dunwatch.features import kernels
from dunwatch.features.lexicon import Lexicon
from dunwatch.features.table import WeightTable
from dunwatch.text import PlainBatch
from dunwatch.text.chars import char_tables
from dunwatch.tokens import TokenBatch, cut_batch

VIEWS: tuple[str, ...] = ("characters", "words", "word_pairs", "syllables", "classes", "class_pairs", "signs", "edges")
"""Names of the views, after the numbers in ``kernels``."""


_Arguments = tuple[
    kernels.U32,
    kernels.I64,
    kernels.U8,
    kernels.U32,
    tuple[kernels.I32, kernels.I32, kernels.U8],
    kernels.I64,
    tuple[kernels.U32, kernels.I16, kernels.U8],
]


@dataclass(frozen=True, slots=True)
class FeatureBatch:
    """Features of n messages, end to end.

    ``hashes``: uint64, the view in the lowest three bits. ``starts``/``stops``: int32, the stretch of plain text.
    ``offsets``: int64 (n + 1), message m has the features ``offsets[m]:offsets[m+1]``.
    """

    hashes: NDArray[np.uint64]
    starts: NDArray[np.int32]
    stops: NDArray[np.int32]
    offsets: NDArray[np.int64]


def extract(plain: PlainBatch, lexicon: Lexicon, tokens: TokenBatch | None = None) -> FeatureBatch:
    """All features of plain messages."""
    arguments = _arguments(plain, tokens or cut_batch(plain), lexicon)
    room = len(plain.codes) * kernels.PER_CHARACTER + len(plain) * kernels.PER_MESSAGE
    hashes = np.empty(room, dtype=np.uint64)
    starts, stops = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
    offsets = np.zeros_like(plain.offsets)
    kernels.emit_batch(*arguments, (hashes, starts, stops), offsets)
    size = int(offsets[-1])
    return FeatureBatch(hashes[:size].copy(), starts[:size].copy(), stops[:size].copy(), offsets)


def weighted_sums(plain: PlainBatch, lexicon: Lexicon, table: WeightTable, tokens: TokenBatch | None = None) -> NDArray[np.int64]:
    """Sums of the weights of each message's features by label, and at ``kernels.MASS_LANE`` of their masses: (n, lanes)."""
    arguments = _arguments(plain, tokens or cut_batch(plain), lexicon)
    sums = np.empty((len(plain), kernels.LANES), dtype=np.int64)
    room = int(np.diff(plain.offsets).max(initial=0)) * kernels.PER_CHARACTER + kernels.PER_MESSAGE
    kernels.score_batch(*arguments, table.bits, table.words, sums, np.empty(room, dtype=np.uint64))
    return sums


def _arguments(plain: PlainBatch, tokens: TokenBatch, lexicon: Lexicon) -> _Arguments:
    tables = char_tables()
    cut = (tokens.starts, tokens.stops, tokens.kinds)
    sounds = np.empty(len(plain.codes), dtype=np.uint32)
    kernels.sounds_of(plain.codes, tables.syllable, sounds)
    return plain.codes, plain.offsets, tables.kind, sounds, cut, tokens.offsets, lexicon.table
