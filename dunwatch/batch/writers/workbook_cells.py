"""Values of any type as cells of a sheet."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dunwatch.text import arrow_strings

CELL_UNITS = 32767
"""How long a text may be, counted in UTF-16."""
WIDEST = 60
_EXACT = 10**15
"""Spreadsheets keep fifteen digits."""

Cell = str | float | None


def too_long(batch: pa.RecordBatch) -> NDArray[np.bool_]:
    """Rows with a text that is longer than a cell holds."""
    found = np.zeros(len(batch), dtype=bool)
    for column in batch.columns:
        if not _is_plain(column.type):
            texts = _texts(column)
            # No text has more units than bytes.
            candidates = pc.fill_null(pc.binary_length(texts), 0).to_numpy(zero_copy_only=False) > CELL_UNITS
            for place in np.flatnonzero(candidates).tolist():
                found[place] |= len(texts[place].as_py().encode("utf-16-le")) // 2 > CELL_UNITS
    return found


def _is_plain(kind: pa.DataType) -> bool:
    return bool(pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind))


def shown_cells(column: pa.Array) -> list[Cell]:
    """What a column shows: numbers where they can be told exactly, texts for the rest."""
    kind = column.type
    if not _is_plain(kind):
        column = _texts(column)
    values: list[Any] = column.to_pylist()
    if pa.types.is_integer(kind):
        return [str(value) if value is not None and abs(value) >= _EXACT else value for value in values]
    if pa.types.is_floating(kind):
        return [value if value is None else _number(float(value), pa.types.is_float64(kind)) for value in values]
    return values


def _number(value: float, is_double: bool) -> Cell:
    """Single precision is that of scores, whose further digits tell nothing."""
    if not math.isfinite(value):
        return str(value)
    return value if is_double else round(value, 6)


def _texts(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_nested(column.type):
        return arrow_strings([_text_of(value) for value in column.to_pylist()])
    try:
        texts = column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return arrow_strings([_text_of(value) for value in column.to_pylist()])
    if pa.types.is_temporal(column.type):
        return pc.replace_substring_regex(texts, r"\.0+($|Z|[-+])", r"\1")
    return texts


def _text_of(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else str(value)


def shown_width(cell: Cell) -> int:
    """How wide a cell is, in digits; Chinese takes two."""
    return 0 if cell is None else sum(1 if char < "\u1100" else 2 for char in str(cell)[:WIDEST])
