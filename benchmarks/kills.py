"""Runs of ``dunwatch score`` killed at random moments and resumed: the output must be that of an undisturbed run.

``python -m benchmarks.kills [KILLS] [ROWS]``; also a test, with few.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.dumps import write_dump

# A start takes about a second: kills fall into it, into the work, and into the putting together.
_LONGEST = 3.0


@dataclass(frozen=True, slots=True)
class Tally:
    """``finished``: outputs that came whole in the end; ``different``: those that were not as they should be."""

    kills: int
    workers_killed: int
    finished: int
    different: int


def command(source: Path, target: Path, *options: str) -> list[str]:
    """The command line under test."""
    return [sys.executable, "-m", "dunwatch", "score", str(source), "-o", str(target), "--workers", "2", "--quiet", *options]


def kill_loop(source: Path, kills: int, suffix: str = "parquet", seed: int = 1) -> Tally:
    """Kill runs until there were so many kills, and let the last one finish. Every third kill hits a worker."""
    chance = random.Random(seed)
    expected, target = (source.with_name(f"{name}.{suffix}") for name in ("expected", "killed"))
    subprocess.run(command(source, expected), check=True)
    mains = workers = finished = different = 0
    while mains + workers < kills or target.with_name(f"{target.name}.unfinished").exists():
        run = subprocess.Popen(command(source, target, "--resume"), start_new_session=True)
        if mains + workers < kills:
            time.sleep(chance.uniform(0.0, _LONGEST))
            if chance.randrange(3):
                run.kill()
                mains += 1
            elif victims := psutil.Process(run.pid).children(recursive=True):
                os.kill(chance.choice(victims).pid, signal.SIGKILL)
                workers += 1
        if run.wait() == 0:
            finished += 1
            different += target.read_bytes() != expected.read_bytes() or _left_over(target)
            target.unlink()
    return Tally(mains + workers, workers, finished, different)


def _left_over(target: Path) -> bool:
    """Whether anything of the killed runs stayed beside the output."""
    return any(target.name in path.name and path != target for path in target.parent.iterdir())


def main(kills: int = 40, rows: int = 300_000) -> None:
    """Run the loop for each output format, print what came of it, and fail if anything was lost."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "in.parquet")
        write_dump(rows, source)
        for suffix in ("parquet", "csv", "jsonl"):
            tally = kill_loop(source, kills, suffix)
            print(f"{suffix}: {tally}")
            if tally.different or not tally.finished:
                sys.exit(1)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
