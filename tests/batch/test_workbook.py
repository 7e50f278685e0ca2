"""XLSX: what a sheet shows comes in, and what goes out comes back the same."""

from __future__ import annotations

import datetime as dt
import io
import random
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import fsspec
import openpyxl
import pyarrow as pa
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwatch.batch.readers import workbook
from dunwatch.batch.readers.source import ReadOptions
from dunwatch.batch.readers.workbook import WorkbookSource
from dunwatch.batch.rows import Block
from dunwatch.batch.writers.workbook import too_long, write_workbook
from dunwatch.errors import DunwatchError, MissingColumn, OutputError, UnreadableInput

NASTY = [
    *(
        "0123",
        "NA",
        "null",
        "-",
        "#N/A",
        "TRUE",
        "2026-11-24",
        "  two  ",
        "'",
        '"',
        "😀",
        "e\u0301",
        "\ufeff",
        "\u3000全角\u3000",
    ),
    *("=1+1", "=cmd|'/C'!A0", "{=1}", "+8617000000001", "@x", "http://a.example/b", "mailto:a@b", "external:a.xlsx"),
    *("_x0041_", "_x0041_x0042_", "_x005F_x0041_", "_x005f_x005F_", "_xD83D_", "_x000D_", "__x0041_"),
    *("<r>x</r>", "<r><t>x</t></r>", "<r>& <</r>", "&amp;", "]]>", "<![CDATA[", '<c r="A1" t="e"><v>#N/A</v></c>'),
    *("\t", "\n", "\r\n", "a\rb", " \n ", "\x00\x01\x0b\x1f\x7f\x85", "\u2028"),
]
# calamine has no way back from how XlsxWriter puts the two non-characters.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), min_size=1) | st.sampled_from(NASTY)


def written(columns: dict[str, Any], **options: Any) -> bytes:
    table = pa.table(columns)
    stream = io.BytesIO()
    write_workbook(table.to_batches(), table.schema, stream, **options)
    return stream.getvalue()


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def sheet_of(*rows: list[Any]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return book


def blocks_of(path: Path, content: bytes, **options: Any) -> list[Block]:
    path.write_bytes(content)
    with closing(WorkbookSource(str(path), ReadOptions(**options))) as source:
        blocks = list(source.blocks())
        assert not blocks or source.fraction() == 1.0
        assert all(block.rows.schema == source.schema for block in blocks)
    return blocks


def read(path: Path, content: bytes, **options: Any) -> list[dict[str, str | None]]:
    return [row for block in blocks_of(path, content, **options) for row in block.rows.to_pylist()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.xlsx"


@pytest.fixture(scope="module")
def shared_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("books") / "book.xlsx"


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_texts_come_back_as_they_were(shared_path: Path, texts: list[str]) -> None:
    content = written({"text": texts, "end": ["x"] * len(texts)})
    assert [row["text"] for row in read(shared_path, content)] == texts


def test_nasty_texts_and_names_come_back(path: Path) -> None:
    columns = {name: [name, None, name] for name in ["text", *NASTY]}
    assert read(path, written(columns)) == [{name: name for name in columns}] * 2


def test_texts_stay_texts_for_spreadsheets() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written({"text": NASTY, "=name": NASTY})))
    sheet = book["messages"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    assert (sheet.freeze_panes, sheet["A1"].font.bold, sheet["A2"].font.bold) == ("A2", True, False)
    assert 8 <= sheet.column_dimensions["A"].width <= 63


def test_values_of_every_type(path: Path) -> None:
    noon = dt.datetime(2026, 11, 24, 12, 30)
    columns = {
        "text": ["a"],
        "whole": [7],
        "card": [6222020200112345678],
        "score": pa.array([0.9731234], pa.float32()),
        "double": [0.1],
        "nothing": [float("nan")],
        "none": pa.nulls(1),
        "flag": [True],
        "at": pa.array([noon], pa.timestamp("ms")),
        "utc": pa.array([noon.replace(microsecond=500_000)], pa.timestamp("us", "UTC")),
        "day": [noon.date()],
        "choice": pa.array(["x"]).dictionary_encode(),
        "list": [["一", "二"]],
        "bytes": [b"a\xff"],
    }
    cells = next(openpyxl.load_workbook(io.BytesIO(written(columns)))["messages"].iter_rows(min_row=2, values_only=True))
    assert dict(zip(columns, cells, strict=True)) == {
        "text": "a",
        "whole": 7,
        "card": "6222020200112345678",
        "score": 0.973123,
        "double": 0.1,
        "nothing": "nan",
        "none": None,
        "flag": True,
        "at": "2026-11-24 12:30:00",
        "utc": "2026-11-24 12:30:00.500000Z",
        "day": "2026-11-24",
        "choice": "x",
        "list": '["一", "二"]',
        "bytes": "a\\xff",
    }
    assert {"whole": "7", "score": "0.973123", "flag": "TRUE"}.items() <= read(path, written(columns))[0].items()


def test_the_same_rows_make_the_same_bytes(path: Path) -> None:
    columns = {"text": NASTY, "score": [0.5] * len(NASTY)}
    assert written(columns) == written(columns)
    with zipfile.ZipFile(io.BytesIO(written(columns))) as book:
        assert {part.date_time[0] for part in book.infolist()} == {1980}
        assert b"2000-01-01T00:00:00Z" in book.read("docProps/core.xml")


def test_rows_go_on_upon_further_sheets(path: Path) -> None:
    texts = [f"m{number}" for number in range(11)]
    content = written({"text": texts, "n": range(11)}, sheet_rows=5)
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == ["messages", "messages 2", "messages 3"]
    blocks = blocks_of(path, content, rows=3)
    assert [block.numbers.to_pylist() for block in blocks] == [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11]]
    assert [row["text"] for block in blocks for row in block.rows.to_pylist()] == texts


def test_a_book_without_rows_has_its_header(path: Path) -> None:
    content = written({"text": pa.array([], pa.string())})
    assert read(path, content) == []
    with closing(WorkbookSource(str(path), ReadOptions())) as source:
        assert (source.schema.names, source.text) == (["text"], "text")


def test_texts_that_no_cell_holds() -> None:
    texts = ["", None, "x" * 32767, "x" * 32768, "借" * 32767, "借" * 32768, "😀" * 16383, "😀" * 16384]
    batch = pa.RecordBatch.from_pydict({"n": range(8), "text": texts, "list": [[text] for text in reversed(texts)]})
    assert too_long(batch.select(["n", "text"])).tolist() == [False, False, False, True, False, True, False, True]
    assert too_long(batch.select(["list"])).tolist()[:4] == [True, True, True, True]
    with pytest.raises(OutputError, match="longer than a cell"):
        written({"text": texts})
    with pytest.raises(OutputError, match="holds 16384; write another format"):
        written({str(number): ["x"] for number in range(16385)})


class Full(io.BytesIO):
    def write(self, data: Any) -> int:
        raise OSError(28, "No space left on device")


def test_failures_leave_nothing_behind(tmp_path: Path) -> None:
    schema = pa.schema([("text", pa.string())])

    def batches() -> Iterator[pa.RecordBatch]:
        yield pa.RecordBatch.from_pydict({"text": ["a", "b"]})
        raise KeyError("gone")

    target = io.BytesIO()
    with pytest.raises(KeyError, match="gone"):
        write_workbook(batches(), schema, target, scratch=tmp_path)
    with pytest.raises(OSError, match="No space left"):
        write_workbook([], schema, Full(), scratch=tmp_path)
    assert target.getvalue() == b""
    assert list(tmp_path.iterdir()) == []


def test_cells_come_in_as_a_person_sees_them(path: Path) -> None:
    values = [
        ("0123", "0123"),
        (" NA ", " NA "),
        (5, "5"),
        (5.0, "5"),
        (-0.25, "-0.25"),
        (123456789012345, "123456789012345"),
        (1e21, "1e+21"),
        (True, "TRUE"),
        (False, "FALSE"),
        (None, None),
        (dt.date(2026, 11, 24), "2026-11-24"),
        (dt.datetime(2026, 11, 24, 8, 15), "2026-11-24 08:15:00"),
        (dt.time(8, 15), "08:15:00"),
        (dt.timedelta(hours=30, seconds=5), "30:00:05"),
        ("#N/A", "#N/A"),
        ("#DIV/0!", "#DIV/0!"),
    ]
    content = saved(sheet_of(["value", "text"], *[[value, "x"] for value, _ in values]))
    assert [row["value"] for row in read(path, content)] == [shown for _, shown in values]


@pytest.mark.parametrize("constant_memory", [True, False])
def test_formulas_show_what_they_made(path: Path, constant_memory: bool) -> None:
    results: list[Any] = [2, "a", True, "#N/A", "t=\"e\" <c t='e'>"]
    with xlsxwriter.Workbook(path, {"constant_memory": constant_memory}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["text", "value"])
        for row, result in enumerate(results, 1):
            sheet.write_string(row, 0, '<c r="A1" t="e"/>')
            sheet.write_formula(row, 1, "=A1", None, result)
    rows = read(path, path.read_bytes())
    assert [row["value"] for row in rows] == ["2", "a", "TRUE", "#N/A", "t=\"e\" <c t='e'>"]
    assert {row["text"] for row in rows} == {'<c r="A1" t="e"/>'}


def test_merged_cells_blank_rows_and_columns_without_names(path: Path) -> None:
    book = sheet_of([], [], ["text", None, None, "n", None], ["a", None, "x"], [], ["b", None, None, 2, 3])
    book.active.merge_cells("A4:B4")
    blocks = blocks_of(path, saved(book))
    assert [row for block in blocks for row in block.rows.to_pylist()] == [
        {"text": "a", "column 3": "x", "n": None, "column 5": None},
        {"text": "b", "column 3": None, "n": "2", "column 5": "3"},
    ]
    assert blocks[0].numbers.to_pylist() == [1, 3]


def test_sheets_with_the_same_header_are_one_table(path: Path) -> None:
    book = openpyxl.Workbook()
    sheets: dict[str, list[list[Any]]] = {
        "一月": [["text", "n"], ["a", 1]],
        "notes": [["made by"], ["x"]],
        "二月": [[], ["text", "n"], ["b", 2, "more"]],
        "empty": [],
        "n": [["n", "text"], [1, "c"]],
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.create_chartsheet("chart")
    path.write_bytes(saved(book))
    with closing(WorkbookSource(str(path), ReadOptions())) as source:
        assert source.passed_over == ("notes", "n")
        (block,) = source.blocks()
    assert block.rows.to_pylist() == [{"text": "a", "n": "1", "column 3": None}, {"text": "b", "n": "2", "column 3": "more"}]
    assert block.numbers.to_pylist() == [1, 2]


def test_blocks_are_bounded_in_bytes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "BLOCK_BYTES", 100)
    blocks = blocks_of(path, written({"text": ["x" * 40] * 7}))
    assert [len(block.rows) for block in blocks] == [3, 3, 1]


def test_books_from_anywhere(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = written({"text": ["a"]})
    with fsspec.open("memory://books/b.xlsx", "wb") as stream:
        stream.write(content)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    for place, name in (("memory://books/b.xlsx", "memory://books/b.xlsx"), ("-", "stdin")):
        with closing(WorkbookSource(place, ReadOptions())) as source:
            assert source.name == name
            assert [block.rows.to_pylist() for block in source.blocks()] == [[{"text": "a"}]]


def far_apart() -> openpyxl.Workbook:
    book = sheet_of(["text"], ["a"])
    book.active["XFD1048576"] = "x"
    return book


def said_strings(count: int) -> bytes:
    """A book whose table of strings says that it holds more of them than it has bytes."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet().write_string(0, 0, "text")
    with_lie = io.BytesIO()
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(with_lie, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'uniqueCount="1"', b'uniqueCount="%d"' % count))
    return with_lie.getvalue()


def endless_hours() -> bytes:
    """A book whose one cell makes calamine panic."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "text")
        sheet.write_number(1, 0, 1e300, book.add_format({"num_format": "[h]:mm:ss"}))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"text,n\na,1\n", "not a whole .xlsx workbook; save it again"),
        (b"PK\x03\x04", "not a whole .xlsx workbook; save it again"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600, "is protected by a password or an old .xls; save it as .xlsx without"),
        (saved(openpyxl.Workbook()), "no sheet has rows"),
        (saved(sheet_of(["text", "n", "n"], ["a", 1, 2])), "column 'n' stands twice in the header; rename one"),
        (saved(sheet_of(["text", None, "column 2"], ["a", 1, 2])), "column 'column 2' stands twice"),
        (saved(far_apart()), "a cell stands far from the table; delete it"),
        (said_strings(1 << 31), "not a whole .xlsx workbook"),
        (endless_hours(), "not a whole .xlsx workbook"),
        (b"", "the file is empty"),
    ],
)
def test_what_is_no_table_is_told_in_one_line(path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(UnreadableInput) as caught:
        read(path, content)
    assert str(caught.value).startswith(f"{path}: {problem}")
    assert "\n" not in str(caught.value)


def test_a_column_that_is_not_there(path: Path) -> None:
    with pytest.raises(MissingColumn, match="columns are: a, b"):
        read(path, saved(sheet_of(["a", "b"], [1, 2])))


def mutants(content: bytes, chance: random.Random) -> Iterator[bytes]:
    """The book cut short, with bytes changed, and with bytes changed inside its parts."""
    for _ in range(40):
        yield content[: chance.randrange(len(content))]
        changed = bytearray(content)
        for _ in range(chance.randint(1, 8)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        yield bytes(changed)
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        parts = {name: source.read(name) for name in source.namelist() if "theme" not in name}
    for _ in range(150):
        name = chance.choice(list(parts))
        part = bytearray(parts[name])
        place = chance.randrange(len(part))
        part[place : place + chance.randint(0, 9)] = chance.choice([b"", b"9999999", b"<", bytes([chance.randrange(256)])])
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as target:
            for other, data in parts.items():
                target.writestr(other, part if other == name else data)
        yield stream.getvalue()


@pytest.mark.parametrize("seed", range(3))
def test_damage_is_told_in_one_line(path: Path, seed: int) -> None:
    book = sheet_of(["text", "at"], *[[f"消息 {number}", dt.datetime(2026, 11, 24, 8, number)] for number in range(9)], ["#N/A"])
    outcomes = Counter(outcome(path, content) for content in mutants(saved(book), random.Random(seed)))
    assert outcomes.keys() == {"read", "told"}


def outcome(path: Path, content: bytes) -> str:
    try:
        read(path, content)
    except DunwatchError as error:
        return "told" if "\n" not in str(error) else str(error)
    return "read"
