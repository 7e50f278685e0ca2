"""Messages by day, and the days drawn together so that a chart of them can be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from dunwatch.batch.findings.dates import UNDATED, Days, days_of
from dunwatch.batch.findings.flags import Flags, tally

MOST_BARS = 60


@dataclass(slots=True)
class DayCounts:
    """By day, and of messages without a date that can be read: messages, flagged ones, those flagged with each label.

    Bounded by the years that count.
    """

    counts: int
    by_day: dict[int, list[int]] = field(default_factory=dict)
    undated: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start at 0."""
        self.undated = self.undated or [0] * self.counts

    def add(self, dates: pa.Array, flags: Flags) -> None:
        """Count messages."""
        days = days_of(dates)
        dated = days != UNDATED
        first, end = (int(days[dated].min()), int(days.max()) + 1) if dated.any() else (0, 0)
        counts = tally(np.where(dated, days - first, end - first), end - first + 1, flags)
        self.undated = _sum(self.undated, counts[-1].tolist())
        for place in np.flatnonzero(counts[:-1, 0]).tolist():
            self._count(first + place, counts[place].tolist())

    def merge(self, other: DayCounts) -> None:
        """Count what another part counted."""
        self.undated = _sum(self.undated, other.undated)
        for day, counts in other.by_day.items():
            self._count(day, counts)

    def _count(self, day: int, counts: list[int]) -> None:
        self.by_day[day] = _sum(self.by_day[day], counts) if day in self.by_day else counts

    def to_json(self) -> dict[str, Any]:
        """As plain values: a list for each day, in their order."""
        return {"undated": self.undated, "days": [[day, *counts] for day, counts in sorted(self.by_day.items())]}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> DayCounts:
        """From plain values."""
        undated = list(values["undated"])
        return cls(len(undated), {day: counts for day, *counts in values["days"]}, undated)


def _sum(one: list[int], other: list[int]) -> list[int]:
    return [a + b for a, b in zip(one, other, strict=True)]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Periods without gaps, oldest first. ``period``: what each is; ``counts``: for each name, as in ``DayCounts``."""

    period: str
    names: tuple[str, ...]
    counts: list[list[int]]


_PERIODS: tuple[tuple[str, Callable[[Days], Days], Callable[[int], str]], ...] = (
    ("day", lambda days: days, lambda day: str(np.datetime64(day, "D"))),
    ("week", lambda days: (days + 3) // 7, lambda week: str(np.datetime64(7 * week - 3, "D"))),
    ("month", lambda days: _months(days), lambda month: str(np.datetime64(month, "M"))),
    ("quarter", lambda days: _months(days) // 3, lambda quarter: f"{1970 + quarter // 4} Q{quarter % 4 + 1}"),
    ("year", lambda days: _months(days) // 12, lambda year: str(1970 + year)),
    ("five years", lambda days: _months(days) // 60, lambda fifth: f"{1970 + 5 * fifth}–{1974 + 5 * fifth}"),
)
"""Name, days as numbers of such periods, and what a period of that number is called; weeks by their Monday."""


def _months(days: Days) -> Days:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def timeline(days: DayCounts) -> Timeline | None:
    """The days as at most ``MOST_BARS`` periods, the shortest that do; None if there are none."""
    if not days.by_day:
        return None
    known = np.array(list(days.by_day), dtype=np.int64)
    period, number_of, name_of = next(period for period in _PERIODS if np.ptp(period[1](known)) < MOST_BARS)
    numbers = number_of(known)
    names = tuple(name_of(number) for number in range(int(numbers.min()), int(numbers.max()) + 1))
    sums = np.zeros((len(names), days.counts), dtype=np.int64)
    np.add.at(sums, numbers - numbers.min(), np.array(list(days.by_day.values()), dtype=np.int64))
    return Timeline(period, names, sums.tolist())
