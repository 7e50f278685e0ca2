"""A batch of plain messages cut into tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dunwatch.text import PlainBatch
from dunwatch.text.chars import char_tables
from dunwatch.tokens import kernels
from dunwatch.tokens.segment import Segmenter, kernel_segmenter


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


def cut_batch(plain: PlainBatch, segment: Segmenter = kernel_segmenter) -> TokenBatch:
    """Cut plain messages into tokens; ``segment`` finds the Chinese words."""
    room = len(plain.codes)
    starts, stops = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
    kinds = np.empty(room, dtype=np.uint8)
    offsets = np.zeros_like(plain.offsets)
    kernels.cut_tokens(plain.codes, plain.offsets, char_tables().kind, segment(plain), starts, stops, kinds, offsets)
    size = int(offsets[-1])
    return TokenBatch(starts[:size], stops[:size], kinds[:size], offsets)
