"""Dates as dumps write them, as days: a column at a time."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dunwatch.batch.findings.columns import as_strings
from dunwatch.text import arrow_numbers, arrow_strings, numbers_in

Days = NDArray[np.int64]
"""Days since 1970-01-01."""

UNDATED = -1
FIRST_YEAR, END_YEAR = 1990, 2100
"""Dates outside are slips or stand for none (1970-01-01, 1900-01-01), and count as none."""

_FIRST, _END = (int(np.datetime64(f"{year}-01-01").astype(np.int64)) for year in (FIRST_YEAR, END_YEAR))
_WRITTEN = r"^(?:(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})|(?P<number>1\d{18}|\d{8,18}))(?:\D|$)"
_DAY_WIDTH, _NUMBER_WIDTH = 11, 20
"""Characters of the longest day and number, and the one behind. No number of 11 digits is a date that counts."""
_ZERO, _EMPTY = arrow_strings(["0", ""])
_NOTHING = arrow_numbers(np.zeros(1, dtype=np.int64))[0]
_PER_SECOND = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3))
"""From which number on an epoch counts nanoseconds, microseconds, milliseconds."""


def days_of(dates: pa.Array) -> Days:
    """The day of each date, ``UNDATED`` where there is none that can be read.

    Read are dates and timestamps of Arrow, in their own time zone; ``2026-11-24``, ``2026/1/4``, ``2026.1.4``,
    ``2026年11月24日``, ``20261124``, each with or without a time behind; and what has passed since 1970, in UTC: seconds, or
    milliseconds, microseconds, nanoseconds.
    """
    if pa.types.is_date(dates.type) or pa.types.is_timestamp(dates.type):
        return _counting(_whole(dates.cast(pa.date32(), safe=False).view(pa.int32())))
    if pa.types.is_integer(dates.type) or pa.types.is_floating(dates.type):
        return _of_numbers(_whole(dates))
    return _of_strings(as_strings(dates))


def _counting(days: Days) -> Days:
    return np.where((days >= _FIRST) & (days < _END), days, UNDATED)


def _whole(numbers: pa.Array) -> Days:
    """As int64; nulls are 0, a day that counts as none."""
    return numbers_in(pc.fill_null(numbers.cast(pa.int64(), safe=False), _NOTHING)).astype(np.int64)


def _of_strings(dates: pa.Array) -> Days:
    """The beginnings of dates are few, and mostly tell the day; where they do not, long numbers may."""
    trimmed = pc.utf8_trim_whitespace(dates)
    beginnings = pc.utf8_slice_codeunits(trimmed, 0, _DAY_WIDTH).dictionary_encode(null_encoding="encode")
    days: Days = _of_written(beginnings.dictionary)[numbers_in(beginnings.indices)]
    untold = np.flatnonzero(days == UNDATED)
    days[untold] = _of_written(pc.utf8_slice_codeunits(trimmed.take(arrow_numbers(untold)), 0, _NUMBER_WIDTH))
    return days


def _of_written(dates: pa.Array) -> Days:
    found = pc.extract_regex(dates, pattern=_WRITTEN)
    year, month, day, number = (_integers(pc.struct_field(found, name)) for name in ("year", "month", "day", "number"))
    return np.where(number > 0, _of_numbers(number), _of_parts(year, month, day))


def _integers(digits: pa.Array) -> Days:
    """Numbers, 0 where there are no digits."""
    some = pc.if_else(pc.equal(digits, _EMPTY), _ZERO, digits)
    return numbers_in(pc.fill_null(some, _ZERO).cast(pa.int64())).astype(np.int64)


def _of_numbers(numbers: Days) -> Days:
    """Digits of a date, of a date and a time, or an epoch: in the years that count no number is two of them."""
    written = numbers
    for digits in (4, 6):
        first, end = (year * 10 ** (4 + digits) for year in (FIRST_YEAR, END_YEAR))
        written = np.where((numbers >= first) & (numbers < end), numbers // 10**digits, written)
    days = _of_parts(written // 10_000, written // 100 % 100, written % 100)
    return np.where(days == UNDATED, _of_epochs(numbers), days)


def _of_epochs(numbers: Days) -> Days:
    units = np.select([numbers >= least for least, _ in _PER_SECOND], [per_second for _, per_second in _PER_SECOND], 1)
    return _counting(numbers // (units * 86_400))


def _of_parts(year: Days, month: Days, day: Days) -> Days:
    valid = (year >= FIRST_YEAR) & (year < END_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(valid, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]").astype(np.int64) + day - 1
    days_within = (months + 1).astype("datetime64[D]").astype(np.int64)
    return np.where(valid & (days < days_within), days, UNDATED)
