"""Readers on damaged files: an error in one line or every row accounted for, never a traceback, never a lost row."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dunwatch
from dunwatch.batch.readers import FORMATS, InputFile, ReadOptions, open_source

fuzzed = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_Edit = tuple[int, int, bytes]
edits = st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=4)


def accounted(path: Path, file_format: str, text: str | None = None) -> tuple[list[int], list[int]]:
    """Row numbers that were read, and that were rejected."""
    kept: list[int] = []
    rejected: list[int] = []
    with closing(open_source(InputFile(str(path), file_format), ReadOptions(text=text, rows=7))) as source:
        for chunk in map(source.parser, source.blocks()):
            assert len(chunk.rows) == len(chunk.texts) == len(chunk.numbers)
            kept += chunk.numbers.to_pylist()
            rejected += [reject.row for reject in chunk.rejects]
            assert 0.0 <= source.fraction() <= 1.0
    return kept, rejected


def damaged(content: bytes, changes: list[_Edit]) -> bytes:
    for place, length, new in changes:
        at = place % (len(content) + 1)
        content = content[:at] + new + content[at + length :]
    return content


def valid_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    rows = [{"id": str(n), "text": f"还钱 {n}, pay\n'now' \"or\" else\t{n}"} for n in range(40)]
    yield "jsonl", "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    yield "csv", b"id,text\n" + b"".join(f'{n},"还钱 ""{n}"", 请\n尽快"\n'.encode() for n in range(40))
    yield "tsv", "id\t短信内容\n".encode("gb18030") + b"".join(f"{n}\t还钱{n}请尽快\n".encode("gb18030") for n in range(40))
    yield "text", "".join(f"还钱 {n}\n" for n in range(40)).encode("utf-16")
    pq.write_table(pa.Table.from_pylist(rows), folder / "in.parquet", row_group_size=9)
    yield "parquet", (folder / "in.parquet").read_bytes()
    yield "phone", Path("data/examples/phone-backup.xml").read_bytes()


@pytest.mark.parametrize("file_format", [name for name in FORMATS if name != "xlsx"])
@fuzzed
@given(changes=edits)
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, file_format: str, changes: list[_Edit]) -> None:
    """Workbooks have tests of their own."""
    content = damaged(dict(valid_files(tmp_path))[file_format], changes)
    path = tmp_path / "damaged"
    path.write_bytes(content)
    try:
        kept, rejected = accounted(path, file_format)
    except dunwatch.InputError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    assert kept == sorted(set(kept)), "rows come once, in order"
    assert not set(kept) & set(rejected)
    if file_format in ("csv", "tsv"):
        assert sorted({*kept, *rejected}) == list(range(1, len({*kept, *rejected}) + 1)), "no number is missing"


@fuzzed
@given(lines=st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"").replace(b"\r", b"")), max_size=30))
def test_every_line_of_a_text_is_a_message_or_a_reject(tmp_path: Path, lines: list[bytes]) -> None:
    path = tmp_path / "in.txt"
    path.write_bytes(b"first\n" + b"".join(line + b"\n" for line in lines))
    with closing(open_source(InputFile(str(path), "text"), ReadOptions(encoding="utf-8"))) as source:
        chunks = [source.parser(block) for block in source.blocks()]
    numbers = [number for chunk in chunks for number in chunk.numbers.to_pylist()]
    rejects = [reject.row for chunk in chunks for reject in chunk.rejects]
    assert sorted(numbers + rejects) == list(range(1, len(lines) + 2))


@fuzzed
@given(
    rows=st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12), min_size=1, max_size=4))
)
def test_every_row_of_a_table_is_kept_as_it_was_or_rejected(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "in.csv"
    quoted = (",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    path.write_text("a,text\n" + "".join(line + "\n" for line in quoted), "utf-8")
    with closing(open_source(InputFile(str(path), "csv"), ReadOptions(encoding="utf-8", rows=5))) as source:
        blocks = list(source.blocks())
    read = {
        number: list(row.values())
        for block in blocks
        for number, row in zip(block.numbers.to_pylist(), block.rows.to_pylist(), strict=True)
    }
    assert read == {number: row for number, row in enumerate(rows, 1) if len(row) == 2}
    rejected = {reject.row for block in blocks for reject in block.rejects}
    assert rejected == {number for number, row in enumerate(rows, 1) if len(row) != 2}


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.99])
@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_a_packed_file_that_breaks_off_is_refused(tmp_path: Path, suffix: str, cut: float) -> None:
    content = "".join(f"message {n * n}\n" for n in range(50_000)).encode()
    packed = gzip.compress(content) if suffix == "gz" else pa.compress(content, "zstd", asbytes=True)
    path = tmp_path / f"in.txt.{suffix}"
    path.write_bytes(packed)
    assert len(accounted(path, "text")[0]) == 50_000
    path.write_bytes(packed[: int(len(packed) * cut)])
    with pytest.raises(dunwatch.UnreadableInput, match=f"not a whole {suffix} file"):
        accounted(path, "text")
