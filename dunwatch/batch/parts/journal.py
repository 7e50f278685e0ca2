"""What a run has done so far, kept beside its output, so that another can go on."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from dunwatch.batch.parts.part import PartReport, done_file, report_file, rows_file, trail_file
from dunwatch.batch.parts.workfolder import WorkFolder, checksum_of, output_error
from dunwatch.batch.readers import is_url
from dunwatch.errors import OutputError, ResumeRefused

_JOB, _LOCK = "job.json", "lock"


def work_place(output: str) -> str:
    """Where the work on an output lies."""
    return f"{output}.unfinished"


class Journal:
    """The work folder of one job, which only one run may use at a time."""

    def __init__(self, folder: WorkFolder, job: dict[str, Any], resume: bool) -> None:
        """Open or begin the work on ``job``, described by plain values.

        Raises ``ResumeRefused`` if the work there is of another job, ``OutputError`` if another run is at it.
        """
        self.folder = folder
        self._lock: IO[bytes] | None = None
        begun = resume and _JOB in folder.names()
        if not begun:
            folder.create()
        self._take_lock()
        try:
            if begun:
                _refuse_other_job(folder, job)
            else:
                self._begin(job)
        except BaseException:
            self.close()
            raise

    def _take_lock(self) -> None:
        """A lock of this process, not of its children: they may outlive it."""
        if is_url(self.folder.place):
            return
        try:
            self._lock = Path(self.folder.place, _LOCK).open("wb")  # noqa: SIM115
            fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise OutputError(f"{self.folder.place}: another run is at work on this output; wait for it or stop it") from None
        except OSError as error:
            raise output_error(self.folder.place, error) from None

    def _begin(self, job: dict[str, Any]) -> None:
        for name in self.folder.names() - {_LOCK}:
            self.folder.delete(name)
        self.folder.write(_JOB, json.dumps(job, ensure_ascii=False, indent=1).encode())

    def reports(self) -> Iterator[PartReport]:
        """Reports of the parts that are done. Those whose rows are not whole on the disk are not."""
        names = self.folder.names()
        for name in sorted(names):
            if name.endswith(".json") and name != _JOB and (report := self._report(name, names)):
                yield report

    def _report(self, name: str, names: set[str]) -> PartReport | None:
        try:
            report = PartReport.from_json(json.loads(self.folder.read(name)))
        except (ValueError, KeyError, TypeError):
            # A power cut may leave a file without its content.
            return None
        if done_file(report.number) not in names:
            return None
        with self.folder.open(done_file(report.number)) as stream:
            return report if checksum_of(stream) == report.checksum else None

    def report(self, number: int) -> PartReport:
        """The report of a part that is done."""
        return PartReport.from_json(json.loads(self.folder.read(report_file(number))))

    def finished(self, number: int) -> None:
        """Delete what only the making of a part needed."""
        self.folder.delete(rows_file(number))
        self.folder.delete(trail_file(number))

    def close(self) -> None:
        """Let others at the work."""
        if self._lock:
            self._lock.close()

    def remove(self) -> None:
        """Delete the work."""
        self.folder.remove()
        self.close()


def _refuse_other_job(folder: WorkFolder, job: dict[str, Any]) -> None:
    try:
        begun = json.loads(folder.read(_JOB))
    except ValueError:
        raise ResumeRefused(f"{folder.place}: its journal is damaged; run without --resume to start over") from None
    wanted = json.loads(json.dumps(job))
    for name in [*wanted, *begun]:
        if begun.get(name) != wanted.get(name):
            what = f"{name} changed since it was begun" + _was(begun.get(name), wanted.get(name))
            raise ResumeRefused(f"{folder.place}: cannot go on: {what}; run without --resume to start over")


def _was(before: object, now: object) -> str:
    simple = (str, int, bool, type(None))
    return f" (was {before}, now {now})" if isinstance(before, simple) and isinstance(now, simple) else ""
