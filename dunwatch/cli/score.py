"""``dunwatch score``."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Literal

import typer

from dunwatch.batch import FORMATS, OUTPUT_FORMATS, ScoreJob, Summary, run_job
from dunwatch.batch.rejects import rejects_path
from dunwatch.classifier import Classifier, load
from dunwatch.cli.options import OPERATING_POINT_HELP
from dunwatch.cli.progress import progress_bar
from dunwatch.cli.report import print_summary
from dunwatch.model import DEFAULT_OPERATING_POINT

SOME_REJECTED = 1
INTERRUPTED = 130


def score(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT...", help="Files, folders, patterns or URLs; - is stdin.", show_default=False)
    ],
    output: Annotated[str, typer.Option("--output", "-o", help="File or URL to write; - is stdout.")] = "-",
    text: Annotated[str | None, typer.Option(help="Column of the messages; guessed by its name if not given.")] = None,
    input_format: Annotated[str | None, typer.Option("--format", help=f"Input format: {', '.join(FORMATS)}.")] = None,
    output_format: Annotated[str | None, typer.Option(help=f"Output format: {', '.join(OUTPUT_FORMATS)}.")] = None,
    encoding: Annotated[str, typer.Option(help="auto, utf-8, gb18030, big5, utf-16 or another.")] = "auto",
    min_decision: Annotated[Literal["clear", "review", "flagged"], typer.Option(help="Write only rows from here on.")] = "clear",
    rejects: Annotated[str | None, typer.Option(help="File for rows that cannot be scored.")] = None,
    model: Annotated[str | None, typer.Option(help="Model version or folder; the one in use if not given.")] = None,
    operating_point: Annotated[str, typer.Option(help=OPERATING_POINT_HELP)] = DEFAULT_OPERATING_POINT,
    workers: Annotated[int | None, typer.Option(help="Processes to work with. [default: one for each core]")] = None,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler: its workers do the work.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what an interrupted run left.")] = False,
    report: Annotated[str | None, typer.Option(help="HTML file for a report on what was found.")] = None,
    sender: Annotated[str | None, typer.Option(help="Column of senders, for the report; guessed if not given.")] = None,
    date: Annotated[str | None, typer.Option(help="Column of dates, for the report; guessed if not given.")] = None,
    formula_guard: Annotated[
        bool, typer.Option(help="In CSV, put an apostrophe before what a spreadsheet would take for a formula.")
    ] = True,
    strongest: Annotated[
        int | None, typer.Option(help="Show so many of the strongest messages. [default: 3 on a terminal]")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar, no summary.")] = False,
) -> None:
    """Score dumps of messages: all input columns are kept, scores and decisions added."""
    classifier = load(model, operating_point=operating_point)
    shown = strongest if strongest is not None else 3 * sys.stderr.isatty()
    job = ScoreJob(
        inputs=tuple(inputs),
        output=output,
        text=text,
        input_format=input_format,
        output_format=output_format,
        encoding=encoding,
        min_decision=min_decision,
        rejects=rejects,
        strongest=0 if quiet else shown,
        workers=workers if workers is not None else _cores(),
        scheduler=scheduler,
        resume=resume,
        report=report,
        sender=sender,
        date=date,
        formula_guard=formula_guard,
    )
    _run(job, classifier, quiet)


def _run(job: ScoreJob, classifier: Classifier, quiet: bool) -> None:
    summary = _summary(job, classifier, quiet)
    if not quiet:
        print_summary(summary, classifier, job.output, rejects_path(job.output, job.rejects), job.report)
    if summary.rejected:
        raise typer.Exit(SOME_REJECTED)


def _summary(job: ScoreJob, classifier: Classifier, quiet: bool) -> Summary:
    try:
        with progress_bar(hidden=quiet or not sys.stderr.isatty()) as progress:
            return run_job(job, classifier, progress, say=_silent if quiet else _say)
    except KeyboardInterrupt:
        _say("dunwatch: stopped" if job.output == "-" else "dunwatch: stopped; run the same command with --resume to go on")
        raise typer.Exit(INTERRUPTED) from None


def _cores() -> int:
    """Cores that this process may use, where the system tells; else those there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def _silent(_: str) -> None:
    pass
