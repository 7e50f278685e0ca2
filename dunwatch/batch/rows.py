"""What readers hand to scoring, and scoring to writers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from dunwatch.text import arrow_numbers

TEXT = "text"
LINE = "\0line"
"""Column of rows of JSONL and plain text that holds each line as it was."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not be scored: where it stood (from 1, headers not counted), why, and what it held."""

    source: str
    row: int
    reason: str
    content: str


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of an input in their order as a reader finds them, not yet looked into.

    ``numbers``: int64, where each row stood in the input. ``rejects``: rows the reader had to leave out.
    """

    rows: pa.RecordBatch
    numbers: pa.Array
    rejects: tuple[Reject, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows that can be scored: all input columns, the messages among them, and the rows that had to be left out."""

    rows: pa.RecordBatch
    texts: pa.Array
    numbers: pa.Array
    rejects: tuple[Reject, ...] = field(default=())


def counted(first: int, count: int) -> pa.Array:
    """Row numbers from ``first`` on."""
    return arrow_numbers(np.arange(first, first + count, dtype=np.int64))
