"""A part of a job: some rows of one input, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from dunwatch.batch.readers import Parser
from dunwatch.batch.summary import Summary

PART_ROWS = 32_768
PART_BYTES = 1 << 25
"""A part ends with the row that reaches one of these."""


@dataclass(frozen=True, slots=True)
class RowGroups:
    """Rows that a worker reads from a Parquet file itself."""

    path: str
    first: int
    stop: int


@dataclass(frozen=True, slots=True)
class Part:
    """Rows to score: in the work folder under ``rows_file(number)``, or in ``groups`` of a Parquet file.

    ``skip``: row numbers known to kill whoever reads them. ``careful``: go row by row and leave a trail.
    """

    number: int
    source: str
    parser: Parser
    groups: RowGroups | None = None
    careful: bool = False
    skip: frozenset[int] = frozenset()

    def carefully(self, *bad: int) -> Part:
        """The same part, row by row, without the rows ``bad``."""
        return replace(self, careful=True, skip=self.skip | set(bad))


@dataclass(frozen=True, slots=True)
class PartReport:
    """What came of a part. ``written``: rows in the output; ``checksum``: CRC-32 of the encoded part."""

    number: int
    written: int
    checksum: int
    summary: Summary
    findings: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "number": self.number,
            "written": self.written,
            "checksum": self.checksum,
            "summary": self.summary.to_json(),
            "findings": self.findings,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> PartReport:
        """From plain values."""
        return cls(**{**values, "summary": Summary.from_json(values["summary"])})


def rows_file(number: int) -> str:
    """Where the rows of a part wait, as an Arrow file; the last column holds their numbers."""
    return f"{number:07}.rows"


def done_file(number: int) -> str:
    """Where the encoded part lies."""
    return f"{number:07}.done"


def rejects_file(number: int) -> str:
    """Where its rejected rows lie, if there are any."""
    return f"{number:07}.rejects"


def report_file(number: int) -> str:
    """Where its report lies: a part whose report is there is done."""
    return f"{number:07}.json"


def trail_file(number: int) -> str:
    """Where a careful worker writes which row it is at."""
    return f"{number:07}.trail"
