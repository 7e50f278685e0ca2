"""The guard against formula injection: a spreadsheet must not run what a stranger wrote into a message.

A spreadsheet takes a cell of a CSV file that begins with = + - @, a tab or a line end for a formula, whoever wrote it, and
quotation marks do not help (OWASP, “CSV Injection”). Such cells get an apostrophe in front, which spreadsheets take for “this
is text”. Numbers, phone numbers and the like (+86 170-0000) can do no harm and stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from dunwatch.text import arrow_strings

_MAY_RUN = r"(?s)^(?:[=@\t\r\n＝＠]|[-+－＋].*[^-0-9+., ()])"


def guarded(rows: pa.RecordBatch) -> pa.RecordBatch:
    """The rows with an apostrophe before every text that a spreadsheet could take for a formula."""
    columns = [_guarded(column) if _is_text(column.type) else column for column in rows.columns]
    return pa.RecordBatch.from_arrays(columns, schema=rows.schema)


def guarded_names(names: Sequence[str]) -> list[str]:
    """Column names in the same way."""
    guarded_texts: list[str] = _guarded(arrow_strings(names)).to_pylist()
    return guarded_texts


def _guarded(column: pa.Array) -> pa.Array:
    risky = pc.match_substring_regex(column, _MAY_RUN)
    if not pc.any(risky).as_py():
        return column
    return pc.if_else(risky, pc.replace_substring_regex(column, r"^", "'", max_replacements=1), column)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
