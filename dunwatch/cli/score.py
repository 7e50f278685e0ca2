"""``dunwatch score``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Literal

import typer

from dunwatch.batch import FORMATS, OUTPUT_FORMATS, ScoreJob, Summary, estimated_rows, run_job
from dunwatch.batch.rejects import rejects_path
from dunwatch.classifier import load
from dunwatch.cli.options import OPERATING_POINT_HELP
from dunwatch.cli.report import print_summary
from dunwatch.model import DEFAULT_OPERATING_POINT

SOME_REJECTED = 1


def score(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files to score; - is stdin.", show_default=False)],
    output: Annotated[str, typer.Option("--output", "-o", help="File to write; - is stdout.")] = "-",
    text: Annotated[str | None, typer.Option(help="Column of the messages; guessed by its name if not given.")] = None,
    input_format: Annotated[str | None, typer.Option("--format", help=f"Input format: {', '.join(FORMATS)}.")] = None,
    output_format: Annotated[str | None, typer.Option(help=f"Output format: {', '.join(OUTPUT_FORMATS)}.")] = None,
    encoding: Annotated[str, typer.Option(help="auto, utf-8, gb18030, big5, utf-16 or another.")] = "auto",
    min_decision: Annotated[Literal["clear", "review", "flagged"], typer.Option(help="Write only rows from here on.")] = "clear",
    rejects: Annotated[str | None, typer.Option(help="File for rows that cannot be scored.")] = None,
    model: Annotated[str | None, typer.Option(help="Model version or folder; the one in use if not given.")] = None,
    operating_point: Annotated[str, typer.Option(help=OPERATING_POINT_HELP)] = DEFAULT_OPERATING_POINT,
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
    )
    with _progress(job, hidden=quiet or not sys.stderr.isatty()) as progress:
        summary = run_job(job, classifier, progress)
    if not quiet:
        print_summary(summary, classifier, output, rejects_path(output, rejects))
    if summary.rejected:
        raise typer.Exit(SOME_REJECTED)


@contextmanager
def _progress(job: ScoreJob, hidden: bool) -> Iterator[Callable[[Summary], None]]:
    """A bar on stderr; nothing where stderr is not a terminal."""
    if hidden:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("scoring"),
        BarColumn(),
        TextColumn("{task.completed:,} messages · {task.fields[rate]} · {task.fields[flagged]:,} flagged"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=_total(job), rate="", flagged=0)

        def show(summary: Summary) -> None:
            speed = bar.tasks[0].speed or 0.0
            bar.update(task, completed=summary.rows, rate=f"{speed:,.0f}/s", flagged=summary.verdicts["flagged"])

        yield show
        bar.update(task, total=bar.tasks[0].completed)


def _total(job: ScoreJob) -> int | None:
    try:
        return estimated_rows(job.inputs)
    except OSError:
        return None
