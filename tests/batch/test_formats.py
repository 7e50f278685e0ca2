"""Dumps in every format: all columns kept, every row once, order kept."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dunwatch
from dunwatch.batch import ScoreJob, run_job, score_batches

ROWS = [
    ("0123", "再不还钱就爆你通讯录", "NA"),
    ("2", '您的包裹已到, 取件码 "8-1"\n请尽快领取', ""),
    ("3", "", "null"),
    ("4", "we know where your kids go to school", "1e5"),
]
TRADITIONAL_ROWS = [
    ("0123", "再不還錢就通知你的公司和親戚朋友，你自己看著辦", "NA"),
    ("2", "您的包裹已送達，請儘快到門口領取，謝謝", ""),
]
HEADER = ("id", "content", "note")


def write_rows(path: Path, rows: list[tuple[str, str, str]], delimiter: str = ",", encoding: str = "utf-8") -> None:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows([HEADER, *rows])


def read_csv(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=delimiter))


def score(source: Path, target: Path, classifier: dunwatch.Classifier, **options: object) -> dunwatch.batch.Summary:
    return run_job(ScoreJob((str(source),), str(target), **options), classifier)  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "big5"])
@pytest.mark.parametrize(("suffix", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_delimited_text_keeps_every_column(
    tmp_path: Path, classifier: dunwatch.Classifier, suffix: str, delimiter: str, encoding: str
) -> None:
    source, target = tmp_path / f"in.{suffix}", tmp_path / f"out.{suffix}"
    rows = TRADITIONAL_ROWS if encoding == "big5" else ROWS
    write_rows(source, rows, delimiter, encoding)
    summary = score(source, target, classifier)
    scored = read_csv(target, delimiter)
    assert [tuple(row[name] for name in HEADER) for row in scored] == rows
    assert summary.rows == len(rows)
    assert summary.rejected == 0
    assert {"threat", "threat_score", "verdict", "labels", "disguises", "model"} <= scored[0].keys()


def test_parquet_keeps_types_and_order(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    table = pa.table({"n": pa.array(range(20_000), pa.int32()), "text": ["还钱", "hello", None, "等着收尸吧"] * 5_000})
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(table, source)
    score(source, target, classifier)
    scored = pq.read_table(target)
    assert scored.select(["n", "text"]).equals(table)
    assert scored["verdict"][2].as_py() == "clear"
    expected = classifier.score(["还钱", "hello", "", "等着收尸吧"])
    assert scored["threat_score"].to_pylist()[:4] == expected[:, 0].tolist()
    assert scored["threat_score"].to_pylist()[-4:] == expected[:, 0].tolist()


def test_json_lines_keep_their_members_as_written(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    lines = [
        '{"id": 1.10, "text": "弄死你", "big": 12345678901234567890}',
        '{"text": "hi \\ud800", "labels": ["mine"], "x": 1.50}',
        "{}",
    ]
    source.write_text("\n".join(lines) + "\n\n", "utf-8")
    summary = score(source, target, classifier)
    first, second = target.read_text("utf-8").splitlines()
    assert first.startswith('{"id": 1.10, "text": "弄死你", "big": 12345678901234567890, "verdict": ')
    assert '"input_labels": ["mine"], "x": 1.50, ' in second
    scored = json.loads(first)
    assert set(scored["scores"]) == set(dunwatch.LABEL_IDS)
    assert scored["model"] == classifier.version
    assert summary.rejected == 1


def test_plain_text_has_a_message_a_line(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    source, target = tmp_path / "in.txt", tmp_path / "out.jsonl"
    source.write_text("还钱\n\nsee you\r\n", "utf-8")
    score(source, target, classifier)
    assert [json.loads(line)["text"] for line in target.read_text("utf-8").splitlines()] == ["还钱", "", "see you"]


def test_json_lines_become_a_table_with_all_their_keys(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.csv"
    source.write_text('{"text": "hi", "a": 1}\n{"b": [1, 2], "text": "ho"}\n', "utf-8")
    score(source, target, classifier)
    first, second = read_csv(target)
    assert (first["text"], first["a"], first["b"]) == ("hi", "1", "")
    assert (second["text"], second["a"], second["b"]) == ("ho", "", "[1, 2]")


def test_gzip_is_read(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    source, target = tmp_path / "in.csv.gz", tmp_path / "out.csv"
    source.write_bytes(gzip.compress("text\n还钱\nhi\n".encode()))
    score(source, target, classifier)
    assert [row["text"] for row in read_csv(target)] == ["还钱", "hi"]


def test_several_inputs_make_one_output(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    for name in ("a", "b"):
        write_rows(tmp_path / f"{name}.csv", ROWS)
    job = ScoreJob((str(tmp_path / "a.csv"), str(tmp_path / "b.csv")), str(tmp_path / "out.csv"))
    assert run_job(job, classifier).rows == 2 * len(ROWS)


def test_only_rows_from_a_decision_on_are_written(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    write_rows(source, ROWS)
    score(source, target, classifier, min_decision="flagged")
    assert {row["verdict"] for row in read_csv(target)} <= {"flagged"}


def test_columns_of_the_same_name_are_kept_aside(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("text,verdict\nhi,mine\n", "utf-8")
    score(source, target, classifier)
    assert read_csv(target)[0]["input_verdict"] == "mine"


def test_record_batches_stream_through(classifier: dunwatch.Classifier) -> None:
    batches = [pa.record_batch({"t": ["弄死你"], "n": [i]}) for i in range(3)]
    scored = list(score_batches(iter(batches), classifier, "t"))
    assert [batch.column("n").to_pylist() for batch in scored] == [[0], [1], [2]]
    assert scored[0].schema.names[:2] == ["t", "n"]
