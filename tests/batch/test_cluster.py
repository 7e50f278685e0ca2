"""A Dask cluster over TCP: a real scheduler and three real workers, one of them killed midway."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from distributed import Client

import dunwatch
from benchmarks.dumps import write_dump
from dunwatch.batch import ScoreJob, Summary, run_job

pytestmark = [
    pytest.mark.xdist_group("cluster"),
    # distributed opens event loops and sockets that it leaves to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
ROWS = 120_000


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def dask(*arguments: str, folder: Path) -> subprocess.Popen[bytes]:
    command = [str(Path(sys.executable).with_name("dask")), *arguments]
    with (folder / f"{arguments[0]}.log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the scheduler listens, and the processes."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler with three workers that have joined."""
    address = f"tcp://127.0.0.1:{(port := free_port())}"
    scheduler = dask("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", folder=tmp_path)
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path))
    workers = [dask("worker", address, *options, folder=tmp_path) for _ in range(3)]
    try:
        with Client(address, timeout=60) as client:  # type: ignore[no-untyped-call]
            client.wait_for_workers(3, timeout=60)
        yield Cluster(address, scheduler, workers)
    finally:
        for process in [*workers, scheduler]:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dump")
    write_dump(ROWS, folder / "whole.parquet")
    table = pq.read_table(folder / "whole.parquet")
    pq.write_table(table, folder / "in.parquet", row_group_size=10_000)
    return folder / "in.parquet"


def job(source: Path, target: Path, **options: object) -> ScoreJob:
    return ScoreJob((str(source),), str(target), **options)  # type: ignore[arg-type]


def test_nothing_is_lost_when_a_worker_is_killed(
    dump: Path, tmp_path: Path, classifier: dunwatch.Classifier, cluster: Cluster
) -> None:
    def kill_one(summary: Summary, _: float) -> None:
        if cluster.workers[0].poll() is None:
            cluster.workers[0].send_signal(signal.SIGKILL)

    summary = run_job(job(dump, tmp_path / "out.parquet", scheduler=cluster.address), classifier, kill_one)
    assert cluster.workers[0].wait() == -signal.SIGKILL
    assert summary.rows == ROWS
    run_job(job(dump, tmp_path / "here.parquet", workers=2), classifier)
    assert pq.read_table(tmp_path / "out.parquet").equals(pq.read_table(tmp_path / "here.parquet"))
    assert not (tmp_path / "out.parquet.unfinished").exists()


def test_a_scheduler_that_goes_away_leaves_work_to_go_on_with(
    dump: Path, tmp_path: Path, classifier: dunwatch.Classifier, cluster: Cluster
) -> None:
    def end_it(_summary: Summary, _fraction: float) -> None:
        cluster.scheduler.kill()

    with pytest.raises(dunwatch.ClusterError, match="the Dask scheduler is gone; start one again"):
        run_job(job(dump, tmp_path / "out.csv", scheduler=cluster.address), classifier, end_it)
    assert list((tmp_path / "out.csv.unfinished").glob("*.done"))


def test_formats_that_cannot_be_cut_are_read_here_and_done_there(
    tmp_path: Path, classifier: dunwatch.Classifier, cluster: Cluster
) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,text\n" + "".join(f'{n},"还钱 {n}"\n' for n in range(70_000)) + "bad\n", "utf-8")
    url = f"file://{tmp_path}/out.jsonl"
    summary = run_job(ScoreJob((f"file://{source}",), url, scheduler=cluster.address), classifier)
    assert (summary.rows, summary.rejected) == (70_000, 1)
    run_job(job(source, tmp_path / "here.jsonl"), classifier)
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "here.jsonl").read_bytes()
    rejects = [Path(f"{tmp_path}/{name}.jsonl.rejects.jsonl").read_text("utf-8") for name in ("out", "here")]
    assert rejects[0].replace("file://", "") == rejects[1]


def test_a_scheduler_that_is_not_there_is_one_clear_line(tmp_path: Path, dump: Path, classifier: dunwatch.Classifier) -> None:
    with pytest.raises(dunwatch.ClusterError, match=r"tcp://127\.0\.0\.1:\d+: no Dask scheduler answers there"):
        run_job(job(dump, tmp_path / "out.csv", scheduler=f"tcp://127.0.0.1:{free_port()}"), classifier)
