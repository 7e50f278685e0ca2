"""What an argument may be: folders, patterns, packed files, URLs, several at once; and what is said of guesses."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dunwatch
from dunwatch.batch import ScoreJob, Summary, run_job


def score(classifier: dunwatch.Classifier, target: Path, *inputs: object, **options: object) -> tuple[Summary, list[str]]:
    said: list[str] = []
    job = ScoreJob(tuple(map(str, inputs)), str(target), **options)  # type: ignore[arg-type]
    return run_job(job, classifier, say=said.append), said


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as they are found: several formats and levels, files of the system, one that nobody can read."""
    inner = tmp_path / "dump" / "2026"
    inner.mkdir(parents=True)
    (tmp_path / "dump" / "a.csv").write_text("id,text\n1,还钱\n")
    (tmp_path / "dump" / "b.jsonl").write_text('{"text": "hello", "from": "x"}\n')
    (inner / "c.txt.zst").write_bytes(pa.compress("see you\n还钱\n".encode(), "zstd", asbytes=True))
    (inner / "notes.pdf").write_bytes(b"%PDF")
    (inner / "_SUCCESS").touch()
    (tmp_path / "dump" / ".DS_Store").write_bytes(b"x")
    return tmp_path / "dump"


def test_a_folder_is_read_whole_and_its_columns_put_together(
    folder: Path, tmp_path: Path, classifier: dunwatch.Classifier
) -> None:
    summary, said = score(classifier, tmp_path / "out.csv", folder)
    rows = read_csv(tmp_path / "out.csv")
    assert [row["text"] for row in rows] == ["see you", "还钱", "还钱", "hello"]
    assert [(row["id"], row["from"]) for row in rows] == [("", ""), ("", ""), ("1", ""), ("", "x")]
    assert summary.rows == 4
    assert [line for line in said if "passed over" in line] == [
        f"{folder}/2026/notes.pdf: passed over, no reader knows this kind of file"
    ]


def test_a_pattern_takes_what_matches(folder: Path, tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    summary, _ = score(classifier, tmp_path / "out.jsonl", f"{folder}/**/*.[cj]s*", output_format="jsonl")
    assert summary.rows == 2
    assert [json.loads(line)["text"] for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()] == ["还钱", "hello"]
    with pytest.raises(dunwatch.UnreadableInput, match="no file matches"):
        score(classifier, tmp_path / "out.jsonl", f"{folder}/*.xyz")


def test_a_folder_without_messages_is_refused(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(dunwatch.UnreadableInput, match="no file of a known format here"):
        score(classifier, tmp_path / "out.csv", tmp_path / "empty")


def test_a_url_is_read_and_written(folder: Path, tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    job = ScoreJob((f"file://{folder}/*.csv",), f"file://{tmp_path}/out.csv")
    assert run_job(job, classifier).rows == 1
    assert read_csv(tmp_path / "out.csv")[0]["text"] == "还钱"
    assert not (tmp_path / "out.csv.unfinished").exists()


def test_one_column_of_two_types_is_refused(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    pq.write_table(pa.table({"id": [1], "text": ["a"]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"id": ["1"], "text": ["a"]}), tmp_path / "b.parquet")
    with pytest.raises(dunwatch.InputError, match=r"column 'id' holds string, but int64 in .*; score them one by one"):
        score(classifier, tmp_path / "out.parquet", tmp_path / "a.parquet", tmp_path / "b.parquet")


def test_the_guessed_column_is_said_and_the_named_one_is_not(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    source = tmp_path / "in.csv"
    source.write_text("date,短信内容\n1,还钱\n", "utf-8")
    assert score(classifier, tmp_path / "out.csv", source)[1] == [
        "messages are read from column '短信内容'; another can be named with --text"
    ]
    assert score(classifier, tmp_path / "out.csv", source, text="短信内容")[1] == []


def test_json_lines_from_stdin_become_a_table(
    tmp_path: Path, classifier: dunwatch.Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"text": "a"}\n{"b": 1, "text": "c"}\n')))
    score(classifier, tmp_path / "out.csv", "-", input_format="jsonl")
    assert [(row["text"], row["b"]) for row in read_csv(tmp_path / "out.csv")] == [("a", ""), ("c", "1")]


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("@SUM(1)", "'@SUM(1)"),
        ("-2+3+cmd", "'-2+3+cmd"),
        ("+8617000000000", "+8617000000000"),
        ("-1.5", "-1.5"),
        ("0123", "0123"),
        ("还钱=", "还钱="),
        ("＝1+1", "'＝1+1"),
    ],
)
def test_a_spreadsheet_gets_no_formula_to_run(tmp_path: Path, classifier: dunwatch.Classifier, cell: str, written: str) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"text": "hi", "x": cell}) + "\n")
    score(classifier, tmp_path / "out.csv", source)
    assert read_csv(tmp_path / "out.csv")[0]["x"] == written
    score(classifier, tmp_path / "raw.csv", source, formula_guard=False)
    assert read_csv(tmp_path / "raw.csv")[0]["x"] == cell


def test_a_report_is_written_beside_the_output(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    score(classifier, tmp_path / "out.csv", "data/examples/phone.csv", report=str(tmp_path / "report.html"))
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "data/examples/phone.csv" in page
    assert "装死是吧" in page
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "report.html"]


@pytest.mark.parametrize("option", ["sender", "date"])
def test_a_column_the_report_lacks_is_named(tmp_path: Path, classifier: dunwatch.Classifier, option: str) -> None:
    options = {"report": str(tmp_path / "report.html"), option: "nobody"}
    with pytest.raises(dunwatch.MissingColumn, match=f"no column 'nobody'.*Name one with --{option}"):
        score(classifier, tmp_path / "out.csv", "data/examples/phone.csv", **options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["output", "rejects", "report"])
def test_a_place_that_cannot_be_written_is_found_before_the_work(
    tmp_path: Path, classifier: dunwatch.Classifier, place: str
) -> None:
    options = {"output": str(tmp_path / "out.csv"), place: str(tmp_path / "nowhere" / "x.csv")}
    with pytest.raises(dunwatch.OutputError, match="cannot be written: there is no folder"):
        run_job(ScoreJob(("data/examples/phone.csv",), **options), classifier)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_comes_back_as_it_was(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    source = tmp_path / "in.csv"
    rows = [("0123", "再不还钱就爆你通讯录"), ("NA", "=1+1"), ("", "see you"), ("9", "x" * 40_000)]
    with source.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("id", "text"), *rows])
    summary, _ = score(classifier, tmp_path / "out.xlsx", source)
    assert (summary.rows, summary.rejected) == (3, 1)
    (reject,) = map(json.loads, (tmp_path / "out.xlsx.rejects.jsonl").read_text("utf-8").splitlines())
    assert (reject["row"], reject["reason"]) == (4, "longer than a cell of XLSX holds")
    score(classifier, tmp_path / "again.csv", tmp_path / "out.xlsx", formula_guard=False)
    assert [(row["id"], row["text"]) for row in read_csv(tmp_path / "again.csv")] == rows[:3]
