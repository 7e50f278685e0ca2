"""Interrupted runs: another goes on, with the same bytes in the end; and only where nothing has changed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import dunwatch
from benchmarks.dumps import write_dump
from benchmarks.kills import command, kill_loop
from dunwatch.batch import ScoreJob, Summary, run_job
from dunwatch.batch.parts.journal import Journal, work_place
from dunwatch.batch.parts.workfolder import WorkFolder

ROWS = 100_000


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dump") / "in.parquet"
    write_dump(ROWS, path)
    return path


class _Interrupted(Exception):
    """Somebody pulled the plug."""


def interrupted(job: ScoreJob, classifier: dunwatch.Classifier) -> None:
    """A run that ends after its first part."""

    def stop(summary: Summary, _: float) -> None:
        raise _Interrupted

    with pytest.raises(_Interrupted):
        run_job(job, classifier, stop)


def resumed(target: Path, source: Path, **options: object) -> ScoreJob:
    return ScoreJob((str(source),), str(target), workers=2, resume=True, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_killed_runs_go_on_to_the_same_bytes(dump: Path, tmp_path: Path, suffix: str) -> None:
    """The short version of ``make kills``."""
    source = tmp_path / "in.parquet"
    source.symlink_to(dump)
    tally = kill_loop(source, kills=4, suffix=suffix)
    assert tally.different == 0
    assert tally.finished > 0


def test_what_is_done_is_not_done_again(dump: Path, tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    job = resumed(tmp_path / "out.csv", dump)
    interrupted(job, classifier)
    assert not (tmp_path / "out.csv").exists()
    seen: list[int] = []
    run_job(job, classifier, lambda summary, _: seen.append(summary.rows))
    assert seen[0] > 2 * 30_000
    assert seen[-1] == ROWS
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_damage_on_the_disk_is_found_and_done_again(dump: Path, tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    job = resumed(tmp_path / "out.csv", dump)
    run_job(job, classifier)
    expected = (tmp_path / "out.csv").read_bytes()
    interrupted(job, classifier)
    (part,) = (tmp_path / "out.csv.unfinished").glob("*.done")
    part.write_bytes(part.read_bytes()[:-100] + b"\0" * 100)
    run_job(job, classifier)
    assert (tmp_path / "out.csv").read_bytes() == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": "sender"}, "--text changed"),
        ({"min_decision": "flagged"}, r"--min-decision changed since it was begun \(was clear, now flagged\)"),
        ({"input": True}, "inputs changed"),
        ({"model": "careful"}, r"operating point changed since it was begun \(was balanced, now careful\)"),
    ],
)
def test_a_changed_job_is_refused(
    dump: Path, tmp_path: Path, classifier: dunwatch.Classifier, change: dict[str, object], message: str
) -> None:
    source, target = tmp_path / "in.parquet", tmp_path / "out.csv"
    source.write_bytes(dump.read_bytes())
    interrupted(resumed(target, source), classifier)
    if change.pop("input", False):
        source.write_bytes(source.read_bytes())
    if point := change.pop("model", None):
        classifier = dunwatch.load(operating_point=str(point))
    with pytest.raises(dunwatch.ResumeRefused, match=message):
        run_job(resumed(target, source, **change), classifier)
    assert list((tmp_path / "out.csv.unfinished").glob("*.done")), "the work must stay"


def test_a_run_stopped_by_hand_says_how_to_go_on(dump: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    with subprocess.Popen(command(dump, target), stderr=subprocess.PIPE, preexec_fn=_heed_interrupts) as run:
        while not list(tmp_path.glob("out.csv.unfinished/*.json")) and run.poll() is None:
            time.sleep(0.02)
        run.send_signal(signal.SIGINT)
        said = run.communicate()[1]
    assert run.returncode == 130
    assert said == b"dunwatch: stopped; run the same command with --resume to go on\n"


def _heed_interrupts() -> None:
    """Whoever is started in the background ignores them, and so do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_two_runs_cannot_write_one_output(dump: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    with closing(Journal(WorkFolder(work_place(str(target))), {}, resume=False)):
        second = subprocess.run(command(dump, target), capture_output=True, check=False)
    assert second.returncode == 2
    assert b"another run is at work on this output" in second.stderr
    assert subprocess.run(command(dump, target), check=False).returncode == 0


def test_stdin_and_stdout_cannot_be_resumed(classifier: dunwatch.Classifier) -> None:
    with pytest.raises(dunwatch.InputError, match="--resume needs files"):
        run_job(ScoreJob(("-",), "out.csv", resume=True), classifier)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 12 MB; only root may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], capture_output=True, check=False)
    if made.returncode:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("needs the right to mount a tmpfs")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_told_and_the_run_goes_on_when_there_is_room(dump: Path, small_disk: Path, tmp_path: Path) -> None:
    target, expected = small_disk / "out.csv", tmp_path / "expected.csv"
    subprocess.run(command(dump, expected), check=True)
    full = subprocess.run(command(dump, target), capture_output=True, check=False)
    assert full.returncode == 2
    assert full.stderr.decode().endswith("no space left on the device; free some and run the same command with --resume\n")
    assert not target.exists()
    assert list(small_disk.glob("out.csv.unfinished/*.json")), "no part was done: make the disk larger"
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    subprocess.run(command(dump, target, "--resume"), check=True)
    assert target.read_bytes() == expected.read_bytes()
