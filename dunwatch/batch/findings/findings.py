"""What a report says beside its counts, of one part of a run or of many."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from dunwatch.batch.findings.columns import ReportColumns
from dunwatch.batch.findings.days import DayCounts
from dunwatch.batch.findings.phrases import Sample
from dunwatch.batch.findings.scored import scored_rows
from dunwatch.batch.findings.senders import Senders
from dunwatch.batch.findings.strongest import Strongest


class Findings:
    """Counts by day and by sender, the strongest messages, and a sample to find phrases in.

    Bounded in size whatever is added. The same however rows were cut into parts, if parts are merged in their order; only
    counts by sender depend on the cuts once there have been too many senders (see ``HeavyHitters``).
    """

    def __init__(self, labels: tuple[str, ...], columns: ReportColumns) -> None:
        """Nothing found yet."""
        self.labels = labels
        self.columns = columns
        self.days = DayCounts(2 + len(labels))
        self.senders = Senders(len(labels))
        self.strongest = Strongest()
        self.sample = Sample(labels)

    def add(self, rows: pa.RecordBatch, added: pa.RecordBatch, texts: pa.Array, numbers: pa.Array, source: str) -> None:
        """Look through scored rows.

        ``rows``: input columns, or lines of JSONL; ``added``: what scoring added; ``numbers``: where rows stand in ``source``.
        """
        scored = scored_rows(source, rows, added, texts, numbers, self.columns, self.labels)
        if self.columns.date is not None:
            self.days.add(scored.dates, scored.flags)
        if self.columns.sender is not None:
            self.senders.add(scored.senders, scored.flags)
        self.strongest.add(scored, self.labels)
        self.sample.add(scored)

    def merge(self, other: Findings) -> None:
        """Add what the next part found."""
        self.days.merge(other.days)
        self.senders.merge(other.senders)
        self.strongest.merge(other.strongest)
        self.sample.merge(other.sample)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "labels": list(self.labels),
            "columns": {"sender": self.columns.sender, "date": self.columns.date},
            "days": self.days.to_json(),
            "senders": self.senders.to_json(),
            "strongest": self.strongest.to_json(),
            "sample": self.sample.to_json(),
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Findings:
        """From plain values."""
        findings = cls(tuple(values["labels"]), ReportColumns(**values["columns"]))
        findings.days = DayCounts.from_json(values["days"])
        findings.senders = Senders.from_json(values["senders"])
        findings.strongest = Strongest.from_json(values["strongest"])
        findings.sample = Sample.from_json(values["sample"])
        return findings
