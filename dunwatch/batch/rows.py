"""What readers hand to scoring, and scoring to writers."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

TEXT = "text"
LINE = "line"
"""Column of a JSONL chunk that holds each line as it was."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not be scored: where it stood (from 1, headers not counted), why, and what it held."""

    source: str
    row: int
    reason: str
    content: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows in their order: all input columns, the messages among them, and the rows that had to be left out."""

    rows: pa.RecordBatch
    texts: pa.Array
    rejects: tuple[Reject, ...] = field(default=())
