"""A batch of plain messages cut into tokens: one call of the segmenter for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dunwatch.text import PlainBatch
from dunwatch.text.chars import char_tables
from dunwatch.tokens import kernels
from dunwatch.tokens.segment import Segmenter, segmenter


@dataclass(frozen=True, slots=True)
class TokenBatch:
    """Tokens of n messages, end to end.

    ``starts``/``stops``: int32, token t spans ``plain.codes[starts[t]:stops[t]]``. ``kinds``: uint8, one of the kinds in
    ``dunwatch.tokens.kernels``. ``offsets``: int64 (n + 1), message m has the tokens ``offsets[m]:offsets[m+1]``.
    """

    starts: NDArray[np.int32]
    stops: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    offsets: NDArray[np.int64]

    def words(self, plain: PlainBatch, message: int) -> Iterator[str]:
        """The tokens of one message as text."""
        first = int(plain.offsets[message])
        text = plain.text(message)
        for t in range(int(self.offsets[message]), int(self.offsets[message + 1])):
            yield text[self.starts[t] - first : self.stops[t] - first]


def cut_batch(plain: PlainBatch, segment: Segmenter | None = None) -> TokenBatch:
    """Cut plain messages into tokens; Chinese words by ``segment`` (the fastest installed)."""
    kind = char_tables().kind
    begins = _word_beginnings(plain, kind, segment or segmenter())
    room = len(plain.codes)
    starts, stops = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
    kinds = np.empty(room, dtype=np.uint8)
    offsets = np.zeros_like(plain.offsets)
    kernels.cut_tokens(plain.codes, plain.offsets, kind, begins, starts, stops, kinds, offsets)
    size = int(offsets[-1])
    return TokenBatch(starts[:size], stops[:size], kinds[:size], offsets)


def _word_beginnings(plain: PlainBatch, kind: NDArray[np.uint8], segment: Segmenter) -> NDArray[np.uint8]:
    """1 at the first character of each Chinese word."""
    begins = np.zeros(len(plain.codes), dtype=np.uint8)
    runs = np.empty(2 * len(plain.codes), dtype=np.uint32)
    place = np.empty(2 * len(plain.codes), dtype=np.int32)
    size = kernels.gather_han(plain.codes, plain.offsets, kind, runs, place)
    if size:
        words = segment(runs[:size].tobytes().decode("utf-32-le"))
        kernels.mark_words(np.fromiter(map(len, words), dtype=np.int32), place[:size], begins)
    return begins
