"""Which columns of an input say who sent a message and when, and what they hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from dunwatch.batch.rows import LINE
from dunwatch.errors import MissingColumn
from dunwatch.text import arrow_strings

LONGEST_CELL = 80
"""Characters of a sender or a date that are kept."""

_SENDER_NAMES = (
    *("sender", "from", "sender_id", "sender_number", "from_number", "address", "phone", "phone_number", "caller", "mobile"),
    *("发送人", "发件人", "发送者", "发信人", "发送方", "发送号码", "来电", "来电号码", "主叫号码", "对方号码"),
    *("手机号", "手机号码", "电话", "电话号码", "号码", "number"),
)
_DATE_NAMES = (
    *("date", "datetime", "date_time", "timestamp", "sent_at", "date_sent", "sent_date", "sent_time", "send_time", "created_at"),
    *("received_at", "time", "ts", "发送时间", "发送日期", "日期", "时间", "短信时间", "接收时间", "收到时间", "创建时间"),
)
_EMPTY = arrow_strings([""])[0]
_NULL = arrow_strings([None])[0]
"""Scalars are taken from arrays: ``pa.scalar`` would import pandas."""


@dataclass(frozen=True, slots=True)
class ReportColumns:
    """Names of the input columns to read, None where there is none."""

    sender: str | None
    date: str | None


def pick_report_columns(names: Sequence[str], sender: str | None, date: str | None) -> ReportColumns:
    """The columns named, else guessed by common names, English and Chinese.

    Raises ``MissingColumn`` if a column that is named is not there.
    """
    return ReportColumns(_picked("--sender", names, sender, _SENDER_NAMES), _picked("--date", names, date, _DATE_NAMES))


def _picked(option: str, names: Sequence[str], wanted: str | None, usual: Iterable[str]) -> str | None:
    if wanted is not None:
        if wanted in names:
            return wanted
        raise MissingColumn("report", wanted, list(names), option)
    plain = {name.strip().lower().replace(" ", "_").replace("-", "_"): name for name in reversed(names)}
    return next((plain[name] for name in usual if name in plain), None)


def senders_and_dates(rows: pa.RecordBatch, columns: ReportColumns) -> tuple[pa.Array, pa.Array]:
    """Who sent each row, strings, and when, as the input has it; null where that is not known."""
    if rows.schema.names == [LINE] and columns != ReportColumns(None, None):
        members = [_members(line, (columns.sender, columns.date)) for line in rows.column(LINE).to_pylist()]
        senders, dates = (arrow_strings([member[place] for member in members]) for place in (0, 1))
    else:
        senders, dates = _column(rows, columns.sender), _column(rows, columns.date)
    return cells(senders), dates


def cells(values: pa.Array) -> pa.Array:
    """Values as short strings; null where there is nothing, or nothing that can be one."""
    short = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(as_strings(values)), 0, LONGEST_CELL)
    return pc.if_else(pc.equal(short, _EMPTY), _NULL, short)


def as_strings(values: pa.Array) -> pa.Array:
    """Values of any type as strings; null where Arrow knows no string for them."""
    for kind in (pa.int64(), pa.string()) if pa.types.is_floating(values.type) else (pa.string(),):
        try:
            return values.cast(kind).cast(pa.string())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            continue
    return pa.nulls(len(values), pa.string())


def _column(rows: pa.RecordBatch, name: str | None) -> pa.Array:
    places = [] if name is None else rows.schema.get_all_field_indices(name)
    column = rows.column(places[0]) if places else pa.nulls(len(rows), pa.string())
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _members(line: str, keys: Iterable[str | None]) -> list[str | None]:
    try:
        members = json.loads(line)
    except ValueError:
        members = None
    return [_text(members.get(key)) if isinstance(members, dict) else None for key in keys]


def _text(value: object) -> str | None:
    """A value of JSON as a string, without lone surrogates, which Arrow does not hold."""
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "ignore").decode()
