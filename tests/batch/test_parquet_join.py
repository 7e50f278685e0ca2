"""Joined Parquet files: the rows of all parts, in order, in a file that is whole."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwatch.batch.writers.parquet_join import join_parquet
from dunwatch.batch.writers.thrift_compact import Field, Items, Kind, Pairs, Struct, Value, decode, encode

SCHEMA = pa.schema(
    [
        pa.field("text", pa.string()),
        pa.field("long_text", pa.large_string()),
        pa.field("number", pa.int32(), nullable=False),
        pa.field("score", pa.float32()),
        pa.field("day", pa.timestamp("us", tz="Asia/Shanghai")),
        pa.field("label", pa.dictionary(pa.int32(), pa.string())),
        pa.field("words", pa.list_(pa.string())),
        pa.field("nothing", pa.null()),
        pa.field("pair", pa.struct([("flag", pa.bool_()), ("amount", pa.decimal128(9, 2))])),
    ],
    metadata={"made": "by a worker"},
)
ROW_GROUPS = 4


def table(first: int, size: int) -> pa.Table:
    numbers = range(first, first + size)
    columns = [
        [None if i % 5 == 0 else f"还钱 {i % 7}" for i in numbers],
        [f"long {i}" for i in numbers],
        list(numbers),
        [None if i % 3 == 0 else i / 8 for i in numbers],
        [datetime(2024, 1, 1 + i % 28, tzinfo=UTC) for i in numbers],
        [("threat", "insult", None)[i % 3] for i in numbers],
        [None if i % 4 == 0 else ["钱"] * (i % 3) for i in numbers],
        [None] * size,
        [None if i % 6 == 0 else {"flag": i % 2 == 0, "amount": i % 100} for i in numbers],
    ]
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, SCHEMA.types, strict=True)], schema=SCHEMA)


TABLES = [table(0, 40), table(40, 1), table(41, 23)]


def parquet(rows: pa.Table, **options: Any) -> bytes:
    stream = io.BytesIO()
    pq.write_table(rows, stream, compression="zstd", row_group_size=max(1, -(-len(rows) // ROW_GROUPS)), **options)
    return stream.getvalue()


def joined(parts: list[bytes]) -> bytes:
    target = io.BytesIO()
    join_parquet(map(io.BytesIO, parts), target)
    return target.getvalue()


def footer_of(data: bytes) -> bytes:
    return data[-8 - int.from_bytes(data[-8:-4], "little") : -8]


def with_footer(data: bytes, footer: Struct) -> bytes:
    encoded = encode(footer)
    return data[: -8 - len(footer_of(data))] + encoded + len(encoded).to_bytes(4, "little") + data[-4:]


def read(data: bytes) -> pa.Table:
    return pq.read_table(io.BytesIO(data))


PARTS = [parquet(rows) for rows in TABLES]
ALL = pa.concat_tables(TABLES)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"use_dictionary": False},
        {"write_statistics": False},
        {"data_page_version": "2.0", "data_page_size": 64, "write_page_checksum": True},
        {"version": "1.0", "store_schema": False},
        {"sorting_columns": [pq.SortingColumn(2)]},
    ],
    ids=str,
)
def test_all_rows_and_types_come_back_in_order(options: dict[str, Any]) -> None:
    parts = [parquet(rows, **options) for rows in TABLES]
    expected = pa.concat_tables(map(read, parts))
    found = read(joined(parts))
    found.validate(full=True)
    assert found.equals(expected, check_metadata=True)
    assert found.column("text").to_pylist() == ALL.column("text").to_pylist()


def test_the_schema_keeps_its_arrow_types_and_metadata() -> None:
    found = pq.ParquetFile(io.BytesIO(joined(PARTS)))
    assert found.schema_arrow.equals(pq.read_schema(io.BytesIO(PARTS[0])), check_metadata=True)
    assert found.schema_arrow.equals(SCHEMA)
    assert found.schema_arrow.metadata == SCHEMA.metadata
    assert found.metadata.created_by == pq.ParquetFile(io.BytesIO(PARTS[0])).metadata.created_by


def test_the_number_of_rows_is_told_and_written() -> None:
    target = io.BytesIO()
    assert join_parquet(map(io.BytesIO, PARTS), target) == len(ALL)
    assert pq.ParquetFile(target).metadata.num_rows == len(ALL)


def test_one_column_is_read_alone() -> None:
    assert pq.read_table(io.BytesIO(joined(PARTS)), columns=["label"]).equals(ALL.select(["label"]))


def test_batches_are_read_one_after_the_other() -> None:
    batches = list(pq.ParquetFile(io.BytesIO(joined(PARTS))).iter_batches(batch_size=7))
    assert pa.Table.from_batches(batches).equals(ALL)


def test_each_row_group_is_read_alone() -> None:
    found = pq.ParquetFile(io.BytesIO(joined(PARTS)))
    sources = [pq.ParquetFile(io.BytesIO(part)) for part in PARTS]
    expected = [source.read_row_group(i) for source in sources for i in range(source.num_row_groups)]
    assert [found.read_row_group(i) for i in range(found.num_row_groups)] == expected


def test_statistics_are_those_of_the_parts() -> None:
    def statistics(data: bytes) -> list[object]:
        groups = pq.ParquetFile(io.BytesIO(data)).metadata.to_dict()["row_groups"]
        return [column["statistics"] for group in groups for column in group["columns"]]

    found = statistics(joined(PARTS))
    assert any(found)
    assert found == [item for part in PARTS for item in statistics(part)]


def test_a_filter_skips_row_groups_and_finds_its_rows() -> None:
    found = pq.read_table(io.BytesIO(joined(PARTS)), filters=[("number", ">=", 40), ("number", "<", 50)])
    assert found.column("number").to_pylist() == list(range(40, 50))


def test_column_chunks_lie_one_behind_the_other_inside_the_file() -> None:
    data = joined(PARTS)
    metadata = pq.ParquetFile(io.BytesIO(data)).metadata
    end = 4
    for group in metadata.to_dict()["row_groups"]:
        for column in group["columns"]:
            start = column["dictionary_page_offset"] or column["data_page_offset"]
            assert start == end
            assert start <= column["data_page_offset"]
            end = start + column["total_compressed_size"]
    assert end == len(data) - 8 - metadata.serialized_size


def test_field_ids_are_those_that_arrow_reads() -> None:
    metadata = pq.ParquetFile(io.BytesIO(PARTS[2])).metadata.to_dict()
    footer = decode(footer_of(PARTS[2]))
    assert footer.get(3, int) == metadata["num_rows"]
    for group, expected in zip(footer.structs(4), metadata["row_groups"], strict=True):
        assert (group.get(2, int), group.get(3, int)) == (expected["total_byte_size"], expected["num_rows"])
        first = expected["columns"][0]
        assert group.get(5, int) == first["dictionary_page_offset"]
        for chunk, column in zip(group.structs(1), expected["columns"], strict=True):
            data = chunk.get(3, Struct)
            assert chunk.get(2, int) == column["file_offset"]
            assert data.get(7, int) == column["total_compressed_size"]
            assert data.get(9, int) == column["data_page_offset"]
            assert (data.get(11, int) if 11 in data.fields else None) == column["dictionary_page_offset"]


def test_joining_twice_gives_the_same_bytes() -> None:
    assert joined(PARTS) == joined(PARTS)


def test_a_joined_file_can_be_joined_again() -> None:
    assert joined([joined(PARTS[:2]), PARTS[2]]) == joined(PARTS)
    assert joined([joined(PARTS)]) == joined(PARTS)


def test_parts_without_rows_add_none() -> None:
    empty = parquet(SCHEMA.empty_table())
    stream = io.BytesIO()
    pq.ParquetWriter(stream, SCHEMA, compression="zstd").close()
    assert pq.ParquetFile(stream).num_row_groups == 0
    found = read(joined([stream.getvalue(), empty, *PARTS, empty, stream.getvalue()]))
    assert found.equals(ALL)
    assert read(joined([stream.getvalue()])).equals(SCHEMA.empty_table())


def test_parts_are_opened_one_at_a_time_and_left_open(tmp_path: Path) -> None:
    streams: list[IO[bytes]] = []

    def opened() -> Iterator[IO[bytes]]:
        for i, part in enumerate(PARTS):
            (tmp_path / f"{i}.parquet").write_bytes(part)
            with (tmp_path / f"{i}.parquet").open("rb") as stream:
                streams.append(stream)
                yield stream
                assert not stream.closed
            assert sum(not each.closed for each in streams) == 0

    with (tmp_path / "all.parquet").open("wb") as target:
        join_parquet(opened(), target)
    assert pq.read_table(tmp_path / "all.parquet").equals(ALL)


def test_parts_larger_than_one_piece_are_copied_whole() -> None:
    rows = pa.table({"noise": [bytes(range(256)) * 50 + i.to_bytes(4) for i in range(300)]})
    stream = io.BytesIO()
    pq.write_table(rows, stream, compression="none", use_dictionary=False)
    assert len(stream.getvalue()) > 3 << 20
    assert read(joined([stream.getvalue()] * 2)).equals(pa.concat_tables([rows, rows]))


def test_a_target_need_not_seek() -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.held = b""

        def writable(self) -> bool:
            return True

        def write(self, piece: Any) -> int:
            self.held += bytes(piece)
            return len(piece)

    pipe = Pipe()
    with io.BufferedWriter(pipe) as target:
        join_parquet(map(io.BytesIO, PARTS), target)
    assert pipe.held == joined(PARTS)


def test_page_indexes_are_left_out() -> None:
    parts = [parquet(rows, write_page_index=True, data_page_size=64) for rows in TABLES]
    data = joined(parts)
    assert pq.ParquetFile(io.BytesIO(parts[1])).metadata.row_group(0).column(0).has_offset_index
    column = pq.ParquetFile(io.BytesIO(data)).metadata.row_group(ROW_GROUPS).column(0)
    assert not column.has_offset_index
    assert not column.has_column_index
    assert read(data).equals(ALL)


def _chunk(data: bytes) -> Struct:
    """The metadata of the last row group's first column."""
    return decode(footer_of(data)).structs(4)[-1].structs(1)[0]


def test_bloom_filters_and_old_offsets_move_along() -> None:
    def as_older_writers_did(data: bytes, ordinal: int) -> bytes:
        footer = decode(footer_of(data))
        groups = [
            group.changed({1: _list(_old_chunk(chunk) for chunk in group.structs(1)), 7: Field(Kind.I16, ordinal + i)})
            for i, group in enumerate(footer.structs(4))
        ]
        return with_footer(data, footer.changed({4: _list(groups)}))

    parts = [as_older_writers_did(data, ordinal) for ordinal, data in enumerate(PARTS)]
    data = joined(parts)
    assert read(data).equals(ALL)
    shift = len(joined(parts[:2])) - len(footer_of(joined(parts[:2]))) - 12
    before, after = _chunk(parts[2]), _chunk(data)
    for found, old, keys in ((after, before, (2,)), (after.get(3, Struct), before.get(3, Struct), (9, 10, 11, 14))):
        assert [found.get(key, int) - old.get(key, int) for key in keys] == [shift] * len(keys)
    assert not any(7 in group.fields for group in decode(footer_of(data)).structs(4))


def _list(structs: Iterator[Struct] | list[Struct]) -> Field:
    return Field(Kind.LIST, Items(Kind.STRUCT, tuple(structs)))


def _old_chunk(chunk: Struct) -> Struct:
    """With the offsets that Arrow does not write today, somewhere in the part's data."""
    data = chunk.get(3, Struct)
    page = Field(Kind.I64, data.get(9, int))
    return chunk.changed({2: page, 3: Field(Kind.STRUCT, data.changed({10: page, 14: page}))})


def test_what_is_not_known_stays_but_for_extensions() -> None:
    unknown, extension = Field(Kind.BINARY, b"kept"), Field(Kind.BINARY, b"offsets, perhaps")
    footer = decode(footer_of(PARTS[0])).changed({99: unknown, 32767: extension})
    groups = [group.changed({99: unknown, 32767: extension}) for group in footer.structs(4)]
    found = decode(footer_of(joined([with_footer(PARTS[0], footer.changed({4: _list(groups)})), *PARTS[1:]])))
    assert found.get(99, bytes) == b"kept"
    assert [group.fields.get(99) for group in found.structs(4)] == [unknown] * len(groups) + [None] * (
        len(found.structs(4)) - len(groups)
    )
    assert not any(32767 in struct.fields for struct in (found, *found.structs(4)))


def test_offsets_of_zero_stay_zero() -> None:
    assert {_chunk(joined(PARTS)).get(2, int), _chunk(PARTS[2]).get(2, int)} == {0}


NO_FOOTER = b"PAR1" + b"\x00" * 20
SEALED = with_footer(PARTS[0], decode(footer_of(PARTS[0])).changed({8: Field(Kind.STRUCT, Struct({}))}))
NO_GROUPS = with_footer(PARTS[0], decode(footer_of(PARTS[0])).without({4}))


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (b"", "not a Parquet file"),
        (b"PAR1", "not a Parquet file"),
        (b"id,text\n1,hello\n", "not a Parquet file"),
        (PARTS[1][:-1], "not a Parquet file"),
        (PARTS[1][4:], "not a Parquet file"),
        (b"PAR1" + (1 << 30).to_bytes(4, "little") + b"PAR1", "not a Parquet file"),
        (b"PAR1\x18\x7fab\x04\x00\x00\x00PAR1", "damaged Thrift struct: it ends too early"),
        (b"PAR1\x00\x01\x00\x00\x00PAR1", "schema differs"),
        (NO_GROUPS, "damaged Thrift struct: field 4 is missing"),
        (PARTS[1][:-4] + b"PARE", "encrypted"),
        (SEALED, "encrypted"),
        (parquet(TABLES[1].drop_columns(["score"])), "schema differs"),
        (parquet(TABLES[1].cast(SCHEMA.set(2, pa.field("number", pa.int32())))), "schema differs"),
    ],
)
def test_a_bad_part_is_named_with_its_fault(part: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=f"^part 2: .*{message}"):
        joined([PARTS[0], part])


def test_a_part_that_only_points_at_other_files_is_refused() -> None:
    footer = decode(footer_of(PARTS[1]))
    chunk = _chunk(PARTS[1]).changed({1: Field(Kind.BINARY, b"elsewhere.parquet")})
    groups = [footer.structs(4)[0].changed({1: _list([chunk])})]
    with pytest.raises(ValueError, match="part 1: its data is in another file"):
        joined([with_footer(PARTS[1], footer.changed({4: _list(groups)}))])


def test_a_part_that_shrinks_meanwhile_is_refused() -> None:
    class Shrinking(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return b"" if size == len(PARTS[1]) - len(footer_of(PARTS[1])) - 12 else super().read(size)

    with pytest.raises(ValueError, match="part 1: it ended while it was read"):
        join_parquet([Shrinking(PARTS[1])], io.BytesIO())


def test_no_parts_are_refused_before_anything_is_written() -> None:
    target = io.BytesIO()
    with pytest.raises(ValueError, match="no parts to join"):
        join_parquet([], target)
    assert target.getvalue() == b""


def _column(values: st.SearchStrategy[Any], kind: pa.DataType) -> st.SearchStrategy[pa.Array]:
    return st.lists(st.none() | values, min_size=6, max_size=6).map(lambda found: pa.array(found, kind))


TEXT = st.text(st.characters(codec="utf-8"), max_size=200)
COLUMNS = st.one_of(
    _column(TEXT, pa.string()),
    _column(TEXT, pa.dictionary(pa.int8(), pa.string())),
    _column(st.integers(-(1 << 63), (1 << 63) - 1), pa.int64()),
    _column(st.floats(), pa.float64()),
    _column(st.booleans(), pa.bool_()),
    _column(st.lists(TEXT, max_size=3), pa.list_(pa.string())),
    _column(st.fixed_dictionaries({"a": st.integers(0, 9), "b": TEXT}), pa.struct([("a", pa.int8()), ("b", pa.string())])),
)
WRITING = st.fixed_dictionaries(
    {
        "row_group_size": st.integers(1, 7),
        "use_dictionary": st.booleans(),
        "write_statistics": st.booleans(),
        "write_page_index": st.booleans(),
        "version": st.sampled_from(["1.0", "2.4", "2.6"]),
        "sorting_columns": st.sampled_from([None, [pq.SortingColumn(0, descending=True)]]),
    }
)


@settings(max_examples=50)
@given(st.dictionaries(TEXT, COLUMNS, min_size=1, max_size=20), WRITING, st.dictionaries(TEXT, TEXT, max_size=3))
def test_any_footer_arrow_writes_comes_back_byte_by_byte(
    columns: dict[str, pa.Array], options: dict[str, Any], metadata: dict[str, str]
) -> None:
    stream = io.BytesIO()
    pq.write_table(pa.table(columns).replace_schema_metadata(metadata), stream, **options)
    footer = footer_of(stream.getvalue())
    assert encode(decode(footer)) == footer


SIMPLE: dict[Kind, st.SearchStrategy[Value]] = {
    Kind.BYTE: st.integers(-128, 127),
    Kind.I16: st.integers(-(1 << 15), (1 << 15) - 1),
    Kind.I32: st.integers(-(1 << 31), (1 << 31) - 1),
    Kind.I64: st.integers(-(1 << 63), (1 << 63) - 1),
    Kind.DOUBLE: st.floats(allow_nan=False),
    Kind.BINARY: st.binary(max_size=200),
    Kind.UUID: st.binary(min_size=16, max_size=16),
}


def _items(kind: Kind, values: st.SearchStrategy[Value]) -> st.SearchStrategy[Items]:
    return st.lists(values, max_size=20).map(lambda found: Items(kind, tuple(found)))


def _struct(fields: st.SearchStrategy[Field]) -> st.SearchStrategy[Struct]:
    return st.dictionaries(st.integers(-(1 << 15), (1 << 15) - 1), fields, max_size=4).map(Struct)


LISTS = st.one_of(*(_items(kind, values) for kind, values in SIMPLE.items()), _items(Kind.BOOL, st.sampled_from([0, 1, 2])))
MAPS = st.lists(st.tuples(SIMPLE[Kind.BINARY], SIMPLE[Kind.I32]), max_size=3).map(
    lambda found: Pairs((Kind.BINARY, Kind.I32) if found else None, tuple(found))
)
FIELDS = st.recursive(
    st.one_of(
        *(st.builds(Field, st.just(kind), values) for kind, values in SIMPLE.items()),
        st.booleans().map(lambda value: Field(Kind.BOOL, value)),
        LISTS.map(lambda value: Field(Kind.LIST, value)),
        LISTS.map(lambda value: Field(Kind.SET, value)),
        MAPS.map(lambda value: Field(Kind.MAP, value)),
    ),
    lambda fields: _struct(fields).map(lambda value: Field(Kind.STRUCT, value)),
    max_leaves=12,
)


@given(_struct(FIELDS))
def test_any_struct_is_read_as_it_was_written(struct: Struct) -> None:
    assert decode(encode(struct)) == struct


@pytest.mark.parametrize(
    ("data", "struct"),
    [
        ("00", {}),
        ("11 00", {1: Field(Kind.BOOL, True)}),
        ("11 12 00", {1: Field(Kind.BOOL, True), 2: Field(Kind.BOOL, False)}),
        ("13 ff 00", {1: Field(Kind.BYTE, -1)}),
        ("14 03 00", {1: Field(Kind.I16, -2)}),
        ("18 df 89 03" + "61" * 50399 + "00", {1: Field(Kind.BINARY, b"a" * 50399)}),
        ("05 20 02 00", {16: Field(Kind.I32, 1)}),
        ("f5 02 15 04 00", {15: Field(Kind.I32, 1), 16: Field(Kind.I32, 2)}),
        ("08 fe ff 03 00 00", {32767: Field(Kind.BINARY, b"")}),
        ("17 00 00 00 00 00 00 f8 3f 00", {1: Field(Kind.DOUBLE, 1.5)}),
        ("19 32 01 02 00 00", {1: Field(Kind.LIST, Items(Kind.BOOL, (1, 2, 0)))}),
        ("19 f3 0f" + "01" * 15 + "00", {1: Field(Kind.LIST, Items(Kind.BYTE, (1,) * 15))}),
        ("1b 00 00", {1: Field(Kind.MAP, Pairs(None, ()))}),
        ("1b 01 85 01 61 02 00", {1: Field(Kind.MAP, Pairs((Kind.BINARY, Kind.I32), ((b"a", 1),)))}),
        ("1d" + "07" * 16 + "00", {1: Field(Kind.UUID, b"\x07" * 16)}),
        ("1c 15 02 00 15 02 00", {1: Field(Kind.STRUCT, Struct({1: Field(Kind.I32, 1)})), 2: Field(Kind.I32, 1)}),
    ],
)
def test_bytes_are_as_the_protocol_says(data: str, struct: dict[int, Field]) -> None:
    assert decode(bytes.fromhex(data)) == Struct(struct)
    assert encode(Struct(struct)) == bytes.fromhex(data)


@pytest.mark.parametrize("data", [b"", b"\x15", b"\x1e", b"\x10", b"\x15" + b"\xff" * 10 + b"\x00", b"\x1c" * 100_000])
def test_what_is_no_struct_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="damaged Thrift struct"):
        decode(data)


def test_a_footer_cut_anywhere_is_refused() -> None:
    footer = footer_of(PARTS[1])
    for size in range(len(footer)):
        with pytest.raises(ValueError, match="damaged Thrift struct"):
            decode(footer[:size])


def test_a_list_of_other_things_is_no_list_of_structs() -> None:
    with pytest.raises(ValueError, match="field 1 holds other things than structs"):
        Struct({1: Field(Kind.LIST, Items(Kind.I32, (1,)))}).structs(1)
