"""One run of ``dunwatch score``: inputs, a classifier, an output, a summary."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from dunwatch.batch.engines.crew import Crew
from dunwatch.batch.engines.here import run_here
from dunwatch.batch.inputs import Inputs, identity_of, stdin_kept
from dunwatch.batch.outcome import Outcome
from dunwatch.batch.parts.journal import Journal, work_place
from dunwatch.batch.parts.part import Part, PartReport
from dunwatch.batch.parts.plan import Plan
from dunwatch.batch.parts.score import PartSettings
from dunwatch.batch.parts.workfolder import WorkFolder
from dunwatch.batch.readers import STDIN, InputFile, ReadOptions, find_files, is_url
from dunwatch.batch.scoring import joined_schema, score_texts
from dunwatch.batch.summary import Summary
from dunwatch.batch.writers.encode import STDOUT, Encoder, output_format_of
from dunwatch.classifier import Classifier
from dunwatch.errors import InputError, OutputError
from dunwatch.model.artefact import model_digest
from dunwatch.text import arrow_strings
from dunwatch.verdict import Decision

if TYPE_CHECKING:
    from dunwatch.batch.findings import ReportColumns

Progress = Callable[[Summary, float], None]
"""Told after each part: what was found so far, and how much of the inputs has been read, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class ScoreJob:
    """What to score and where to write it.

    ``workers``: processes. ``scheduler``: address of a Dask scheduler that takes their place. ``resume``: go on with what an
    interrupted run left. ``strongest``: flagged messages to remember. ``report``: an HTML file; ``sender`` and ``date`` name
    columns for it. ``formula_guard``: see ``writers.formulas``.
    """

    inputs: tuple[str, ...]
    output: str
    text: str | None = None
    input_format: str | None = None
    output_format: str | None = None
    encoding: str = "auto"
    min_decision: Decision = "clear"
    rejects: str | None = None
    strongest: int = 0
    workers: int = 1
    scheduler: str | None = None
    resume: bool = False
    report: str | None = None
    sender: str | None = None
    date: str | None = None
    formula_guard: bool = True


def run_job(
    job: ScoreJob,
    classifier: Classifier,
    progress: Progress = lambda _summary, _fraction: None,
    say: Callable[[str], None] = lambda _: None,
) -> Summary:
    """Score all inputs into one output, in order; every row comes out once, scored or in the rejects file.

    ``say`` is told in a line what was guessed. Raises an ``InputError``, and leaves nothing behind, where nothing can be done;
    an ``OutputError`` or ``ClusterError`` leaves the work done so far, and ``resume`` goes on with it.
    """
    _check_places(job)
    with ExitStack() as opened:
        files = _files(job, opened, say)
        inputs = Inputs(files, ReadOptions(job.text, job.encoding))
        opened.callback(inputs.close)
        settings = _settings(job, classifier, inputs, opened)
        journal = Journal(settings.folder, _description(job, classifier, files), job.resume)
        opened.callback(journal.close)
        _say_what_was_guessed(inputs, job, say)
        try:
            outcome = _work(job, classifier, inputs, settings, journal, progress)
            if job.report:
                _write_report(job.report, inputs, outcome, journal, classifier)
            outcome.deliver(job.rejects)
        except InputError:
            journal.remove()
            raise
        journal.remove()
        return outcome.summary


def _check_places(job: ScoreJob) -> None:
    """What can be known to fail in the end shall fail at once."""
    if job.workers < 1:
        raise InputError(f"--workers {job.workers}: must be 1 or more")
    if job.resume and (job.output == STDOUT or STDIN in job.inputs):
        raise InputError("--resume needs files: what came from stdin or went to stdout is gone")
    if job.scheduler and job.output == STDOUT:
        raise InputError("--scheduler needs an --output that the workers can reach: a shared path or a URL")
    for place in (job.output, job.rejects, job.report):
        if place and place != STDOUT and not is_url(place):
            if Path(place).is_dir():
                raise OutputError(f"{place}: cannot be written: it is a folder; name a file")
            if not Path(place).absolute().parent.is_dir():
                raise OutputError(f"{place}: cannot be written: there is no folder {Path(place).parent}")


def _files(job: ScoreJob, opened: ExitStack, say: Callable[[str], None]) -> tuple[InputFile, ...]:
    found = find_files(job.inputs, job.input_format)
    for path in found.passed_over:
        say(f"{path}: passed over, no reader knows this kind of file")
    twice = any(file.path == STDIN and file.format == "jsonl" for file in found.files)
    if twice and output_format_of(job.output, job.output_format, "jsonl") != "jsonl":
        # The columns of the table are the keys of all lines: they must be read twice.
        folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="dunwatch-"))
        return stdin_kept(found.files, sys.stdin.buffer, Path(folder, "stdin.jsonl"))
    return found.files


def _say_what_was_guessed(inputs: Inputs, job: ScoreJob, say: Callable[[str], None]) -> None:
    if job.text is None:
        for text in dict.fromkeys(looked.text for looked in inputs.looked if looked.is_guess):
            say(f"messages are read from column {text!r}; another can be named with --text")
    for looked in inputs.looked:
        if looked.passed_over:
            say(f"{looked.name}: sheets passed over, they have other columns: {', '.join(looked.passed_over)}")


def _settings(job: ScoreJob, classifier: Classifier, inputs: Inputs, opened: ExitStack) -> PartSettings:
    output_format = output_format_of(job.output, job.output_format, inputs.files[0].format)
    table = None if output_format == "jsonl" else inputs.table_schema()
    if job.output == STDOUT:
        place = opened.enter_context(tempfile.TemporaryDirectory(prefix="dunwatch-", ignore_cleanup_errors=True))
    else:
        place = work_place(job.output)
    return PartSettings(
        folder=WorkFolder(place),
        encoder=_encoder(output_format, table, classifier, job.formula_guard),
        table=table,
        text=job.text,
        min_decision=job.min_decision,
        strongest=job.strongest,
        report=_report_columns(job, inputs, table) if job.report else None,
    )


def _encoder(output_format: str, table: pa.Schema | None, classifier: Classifier, formula_guard: bool) -> Encoder:
    added = score_texts(classifier, arrow_strings([])).schema
    if table is None:
        return Encoder(output_format, added)
    return Encoder(output_format, joined_schema(table, added), formula_guard, own=len(table))


def _report_columns(job: ScoreJob, inputs: Inputs, table: pa.Schema | None) -> ReportColumns:
    from dunwatch.batch.findings import pick_report_columns

    names = table.names if table is not None else inputs.table_schema().names
    return pick_report_columns(names, job.sender, job.date)


def _description(job: ScoreJob, classifier: Classifier, files: tuple[InputFile, ...]) -> dict[str, Any]:
    """All that the output depends on, for the journal."""
    from dunwatch import __version__

    irrelevant = ("inputs", "workers", "resume", "scheduler")
    return {
        "dunwatch": __version__,
        "model": classifier.version,
        "model files": model_digest(classifier.model.path),
        "operating point": classifier.operating_point,
        "cluster": job.scheduler is not None,
        "inputs": [identity_of(file) for file in files],
        **{f"--{name.replace('_', '-')}": value for name, value in asdict(job).items() if name not in irrelevant},
    }


def _work(
    job: ScoreJob, classifier: Classifier, inputs: Inputs, settings: PartSettings, journal: Journal, progress: Progress
) -> Outcome:
    """Do all parts that are not done yet."""
    plan = Plan(inputs.sources(), len(inputs.files), settings.folder, by_groups=job.scheduler is not None)
    outcome = Outcome(Summary(classifier.labels, keep=job.strongest), settings, job.output)
    for report in journal.reports():
        outcome.add(report)
    done = frozenset(outcome.reports)
    for report in _reports(job, classifier, settings, plan.parts(done)):
        outcome.add(report)
        journal.finished(report.number)
        progress(outcome.summary, plan.fraction)
    return outcome


def _reports(job: ScoreJob, classifier: Classifier, settings: PartSettings, parts: Iterator[Part]) -> Iterator[PartReport]:
    """Whoever suits the job does its parts."""
    if job.scheduler:
        from dunwatch.batch.engines.cluster import run_on_cluster

        return run_on_cluster(job.scheduler, parts, settings, classifier)
    first = list(islice(parts, 2))
    if len(first) == 1:
        return run_here(first[0], settings, classifier)
    return Crew(job.workers, settings, classifier).run(chain(first, parts))


def _write_report(path: str, inputs: Inputs, outcome: Outcome, journal: Journal, classifier: Classifier) -> None:
    from dunwatch.batch.findings.run import write_report

    names = [looked.name for looked in inputs.looked]
    reports = (journal.report(number) for number in sorted(outcome.reports))
    write_report(path, names, classifier, outcome.summary, reports, journal.folder)
