"""A progress bar on stderr. rich is imported late: it would slow every start."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from dunwatch.batch import Summary
from dunwatch.batch.job import Progress


@contextmanager
def progress_bar(hidden: bool) -> Iterator[Progress]:
    """Rows, rate, time left and flagged messages so far; nothing if hidden."""
    if hidden:
        yield lambda _summary, _fraction: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("scoring"),
        BarColumn(),
        TextColumn("{task.fields[rows]:,} messages · {task.fields[rate]:,.0f}/s · {task.fields[flagged]:,} flagged"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    start = time.monotonic()
    # No thread of its own: workers are forked from this process.
    with Bar(*columns, console=Console(stderr=True), auto_refresh=False) as bar:
        task = bar.add_task("", total=1.0, rows=0, rate=0.0, flagged=0)
        before: list[int] = []

        def show(summary: Summary, fraction: float) -> None:
            # The first call may come with what an earlier run had done.
            before.append(summary.rows) if not before else None
            rate = (summary.rows - before[0]) / max(time.monotonic() - start, 1e-9)
            flagged = summary.verdicts["flagged"]
            bar.update(task, completed=fraction, rows=summary.rows, rate=rate, flagged=flagged, refresh=True)

        yield show
        bar.update(task, completed=1.0, refresh=True)
