"""What came of a job: reports of its parts gathered, and its files put in their places."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace

from dunwatch.batch.parts.part import PartReport, done_file
from dunwatch.batch.parts.score import PartSettings
from dunwatch.batch.rejects import rejects_path
from dunwatch.batch.summary import Summary
from dunwatch.batch.writers.assemble import assemble, copy_part, write_rejects
from dunwatch.batch.writers.encode import STDOUT

_STREAMED = ("csv", "tsv", "jsonl")


@dataclass(slots=True)
class Outcome:
    """Reports by number, and their sum. What goes to stdout goes at once, as soon as all before it has gone."""

    summary: Summary
    settings: PartSettings
    output: str
    reports: dict[int, PartReport] = field(default_factory=dict)
    _sent: int = 0
    _began: bool = False

    def add(self, report: PartReport) -> None:
        """Take the report of a part."""
        # Findings are many: they wait on the disk until the report is written.
        self.reports[report.number] = replace(report, findings=None)
        self.summary.merge(report.summary)
        if self.streams:
            self._send()

    @property
    def streams(self) -> bool:
        """Whether parts go out one by one."""
        return self.output == STDOUT and self.settings.encoder.file_format in _STREAMED

    def in_order(self) -> list[PartReport]:
        """All reports, in the order of the input."""
        return [self.reports[number] for number in sorted(self.reports)]

    def _send(self) -> None:
        self._send_header()
        while report := self.reports.get(self._sent + 1):
            copy_part(report, self.settings.folder, sys.stdout.buffer)
            self.settings.folder.delete(done_file(report.number))
            self._sent += 1
        sys.stdout.buffer.flush()

    def _send_header(self) -> None:
        if not self._began:
            sys.stdout.buffer.write(self.settings.encoder.header())
            self._began = True

    def deliver(self, rejects: str | None) -> None:
        """Put the rejects and then the output in their places. Raises ``OutputError``."""
        reports, folder = self.in_order(), self.settings.folder
        write_rejects(reports, folder, rejects_path(self.output, rejects))
        if self.streams:
            self._send_header()
            sys.stdout.buffer.flush()
        else:
            assemble(reports, folder, self.settings.encoder, self.output)
