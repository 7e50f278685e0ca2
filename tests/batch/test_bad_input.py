"""Bad input: one line that names the place and the cure; nothing lost, nothing half written."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dunwatch
from dunwatch.batch import ScoreJob, Summary, run_job


def run(source: Path, classifier: dunwatch.Classifier, **options: object) -> tuple[Summary, list[dict[str, object]]]:
    target = source.with_name("out.csv")
    summary = run_job(ScoreJob((str(source),), str(target), **options), classifier)  # type: ignore[arg-type]
    rejects = Path(f"{target}.rejects.jsonl")
    found = rejects.read_text("utf-8").splitlines() if rejects.exists() else []
    return summary, [json.loads(line) for line in found]


def test_a_missing_column_lists_those_there_are(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    source = tmp_path / "in.csv"
    source.write_text("a,b\n1,2\n")
    with pytest.raises(dunwatch.MissingColumn, match=r"in\.csv: no column 'words'; columns are: a, b. Name one with --text"):
        run(source, classifier, text="words")
    with pytest.raises(dunwatch.MissingColumn, match="cannot tell which column"):
        run(source, classifier)
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("in.csv", b"", "in.csv: the file is empty"),
        ("in.xyz", b"x", "in.xyz: cannot tell the format"),
        ("in.parquet", b"PAR1 cut off", "in.parquet: not a whole Parquet file"),
        ("in.csv", b"text,text\na,b\n", "column 'text' stands twice"),
        ("in.csv", b"\n\n", "no header line"),
    ],
)
def test_an_unusable_file_is_named(
    tmp_path: Path, classifier: dunwatch.Classifier, name: str, content: bytes, message: str
) -> None:
    source = tmp_path / name
    source.write_bytes(content)
    with pytest.raises(dunwatch.InputError, match=message):
        run(source, classifier)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_truncated_parquet_file_leaves_nothing_behind(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    source = tmp_path / "in.parquet"
    pq.write_table(pa.table({"text": [f"message {n}" for n in range(50_000)]}), source)
    content = source.read_bytes()
    source.write_bytes(content[:1000] + b"\0" * 3000 + content[4000:])
    with pytest.raises(dunwatch.UnreadableInput, match="not a whole Parquet file"):
        run(source, classifier)
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


def test_broken_json_lines_are_rejected_by_number(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    source = tmp_path / "in.jsonl"
    deep = "[" * 100_000
    source.write_text(f'{{"text": "hi"}}\nnot json\n\n[1]\n{{"text": 5}}\n{{"text": null}}\n{deep}\n{{"text": "ho"}}\n')
    summary, rejects = run(source, classifier)
    assert summary.rows == 3
    assert [reject["row"] for reject in rejects] == [2, 4, 5, 7]
    assert rejects[0]["content"] == "not json"
    assert "column 1" in str(rejects[0]["reason"])


def test_rows_with_too_many_fields_are_rejected_by_number(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,text\n1,hi\n2,a,b\n3\n4,ho\n")
    summary, rejects = run(source, classifier)
    assert summary.rows == 2
    assert [(reject["row"], reject["reason"]) for reject in rejects] == [
        (2, "3 fields where the header has 2"),
        (3, "1 fields where the header has 2"),
    ]


def test_bytes_that_no_encoding_explains_are_rejected_by_number(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(b"id,text\n1,ok\n2,\xff\xfe\xfa\n3,x,y\n4,\x80\n5,ok\n")
    summary, rejects = run(source, classifier)
    assert summary.rows == 2
    assert sorted((reject["row"], reject["reason"]) for reject in rejects) == [
        (2, "bytes that no encoding explains"),
        (3, "3 fields where the header has 2"),
        (4, "bytes that no encoding explains"),
    ]


def test_damaged_bytes_of_another_encoding_are_rejected(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    source = tmp_path / "in.txt"
    source.write_bytes("请尽快还款，谢谢您的配合\n".encode("gb18030") * 20 + b"\x81\xff\n" + "好的\n".encode("gb18030"))
    summary, rejects = run(source, classifier)
    assert summary.rows == 21
    assert [reject["row"] for reject in rejects] == [21]


def test_a_million_characters_are_scored(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    source = tmp_path / "in.csv"
    source.write_text("text\n" + "再不还钱就爆你通讯录 pay now " * 50_000 + "\nhi\n", "utf-8")
    summary, _ = run(source, classifier)
    assert summary.rows == 2


def test_an_unknown_encoding_is_refused(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    source = tmp_path / "in.csv"
    source.write_text("text\nhi\n")
    with pytest.raises(dunwatch.InputError, match="--encoding klingon: unknown"):
        run(source, classifier, encoding="klingon")


def test_a_header_alone_gives_a_header(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,text\n")
    summary, _ = run(source, classifier)
    assert summary.rows == 0
    assert (tmp_path / "out.csv").read_text().startswith('"id","text","threat"')


def test_an_old_rejects_file_does_not_stay(tmp_path: Path, classifier: dunwatch.Classifier) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,text\n1,hi,ho\n")
    assert run(source, classifier)[0].rejected == 1
    source.write_text("id,text\n1,hi\n")
    assert run(source, classifier) == (run(source, classifier)[0], [])
    assert not Path(f"{tmp_path / 'out.csv'}.rejects.jsonl").exists()
