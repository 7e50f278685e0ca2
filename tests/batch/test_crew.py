"""Processes that do parts: all of them, in any number; whoever dies is replaced, and nothing is lost."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dunwatch
from dunwatch.batch import ScoreJob, run_job
from dunwatch.batch.parts import plan, score
from dunwatch.batch.scoring import score_texts as honest

ROWS = 4_000
POISON = 2_345


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "PART_ROWS", 500)
    monkeypatch.setattr("dunwatch.batch.readers.source.ReadOptions.__init__.__defaults__", (None, "auto", 100))


def dump(folder: Path) -> Path:
    texts = [f"还钱 {n}, pay now" for n in range(ROWS)]
    texts[POISON] = "poison"
    pq.write_table(pa.table({"n": list(range(ROWS)), "text": texts}), folder / "in.parquet")
    return folder / "in.parquet"


def run(source: Path, classifier: dunwatch.Classifier, workers: int, name: str = "out.csv") -> Path:
    target = source.with_name(name)
    run_job(ScoreJob((str(source),), str(target), workers=workers), classifier)
    return target


@pytest.mark.parametrize("workers", [2, 5])
def test_any_number_of_workers_writes_the_same_bytes(tmp_path: Path, classifier: dunwatch.Classifier, workers: int) -> None:
    source = dump(tmp_path)
    for suffix in ("csv", "jsonl", "parquet"):
        one = run(source, classifier, 1, f"one.{suffix}").read_bytes()
        assert run(source, classifier, workers, f"many.{suffix}").read_bytes() == one
    assert pq.read_table(tmp_path / "many.parquet").column("n").to_pylist() == list(range(ROWS))


def test_a_row_that_kills_its_reader_is_rejected_and_no_other(
    tmp_path: Path, classifier: dunwatch.Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed three times, the part is done row by row, and the row found. Workers are forks, so they have the poisoned scorer."""

    def poisoned(judge: dunwatch.Classifier, texts: pa.Array) -> pa.RecordBatch:
        if "poison" in texts.to_pylist():
            os.kill(os.getpid(), signal.SIGKILL)
        return honest(judge, texts)

    monkeypatch.setattr(score, "score_texts", poisoned)
    target = run(dump(tmp_path), classifier, 2, "out.parquet")
    assert pq.read_table(target).column("n").to_pylist() == [n for n in range(ROWS) if n != POISON]
    (reject,) = map(json.loads, Path(f"{target}.rejects.jsonl").read_text("utf-8").splitlines())
    assert reject["row"] == POISON + 1
    assert reject["reason"] == score.KILLS
    assert json.loads(reject["content"]) == {"n": POISON, "text": "poison"}


def test_an_error_nobody_foresaw_costs_one_row_even_in_one_part(
    tmp_path: Path, classifier: dunwatch.Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(judge: dunwatch.Classifier, texts: pa.Array) -> pa.RecordBatch:
        if "poison" in texts.to_pylist():
            raise RuntimeError("poison")
        return honest(judge, texts)

    monkeypatch.setattr(score, "score_texts", faulty)
    source = tmp_path / "in.txt"
    source.write_text("hello\npoison\nsee you\n")
    target = run(source, classifier, 2)
    assert target.read_text("utf-8").count("\n") == 3
    assert '"row": 2,' in Path(f"{target}.rejects.jsonl").read_text("utf-8")


def test_a_worker_that_dies_now_and_then_loses_nothing(
    tmp_path: Path, classifier: dunwatch.Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = dump(tmp_path)
    expected = run(source, classifier, 2, "expected.csv").read_bytes()
    deaths = tmp_path / "deaths"
    deaths.mkdir()

    def mortal(judge: dunwatch.Classifier, texts: pa.Array) -> pa.RecordBatch:
        if len(texts) and not (mark := deaths / str(hash(texts[0].as_py()) % 7)).exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return honest(judge, texts)

    monkeypatch.setattr(score, "score_texts", mortal)
    assert run(source, classifier, 3, "mortal.csv").read_bytes() == expected
    assert not Path(f"{tmp_path / 'mortal.csv'}.rejects.jsonl").exists()
    assert len(list(deaths.iterdir())) > 2
