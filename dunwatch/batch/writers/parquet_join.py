"""Parquet files made one without decoding them: their column chunks are copied, and one footer names them all.

The layout of a file is that of the Apache Parquet format, README.md ("File format"); field ids are from its parquet.thrift.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import IO

from dunwatch.batch.writers.thrift_compact import Field, Items, Kind, Struct, decode, encode

_MAGIC = b"PAR1"
_MAGIC_ENCRYPTED = b"PARE"
_PIECE = 1 << 20
# BinaryProtocolExtensions.md: any struct may carry a writer's own bytes here, and readers may ignore them. They go, since
# they can hold offsets, or the whole footer again in another form.
_EXTENSION = 32767


class _FileMetaData(IntEnum):
    SCHEMA = 2
    NUM_ROWS = 3
    ROW_GROUPS = 4
    COLUMN_ORDERS = 7
    ENCRYPTION_ALGORITHM = 8


class _RowGroup(IntEnum):
    COLUMNS = 1
    FILE_OFFSET = 5
    ORDINAL = 7


class _ColumnChunk(IntEnum):
    FILE_PATH = 1
    FILE_OFFSET = 2
    META_DATA = 3
    OFFSET_INDEX_OFFSET = 4
    OFFSET_INDEX_LENGTH = 5
    COLUMN_INDEX_OFFSET = 6
    COLUMN_INDEX_LENGTH = 7


class _ColumnMetaData(IntEnum):
    DATA_PAGE_OFFSET = 9
    INDEX_PAGE_OFFSET = 10
    DICTIONARY_PAGE_OFFSET = 11
    BLOOM_FILTER_OFFSET = 14


_SHAPE = (_FileMetaData.SCHEMA, _FileMetaData.COLUMN_ORDERS)
# Nobody needs ordinals but for decryption, Arrow no longer writes them, they end at 32,767, and arrow-rs 57.1 refuses a file
# where some row groups have one and some do not (its issue 10381).
_NOT_OF_GROUPS = (_RowGroup.ORDINAL, _EXTENSION)
# An offset index holds offsets of pages, which would have to move too; readers do without a page index.
_NOT_OF_CHUNKS = (
    _ColumnChunk.OFFSET_INDEX_OFFSET,
    _ColumnChunk.OFFSET_INDEX_LENGTH,
    _ColumnChunk.COLUMN_INDEX_OFFSET,
    _ColumnChunk.COLUMN_INDEX_LENGTH,
    _EXTENSION,
)


def join_parquet(parts: Iterable[IO[bytes]], target: IO[bytes]) -> int:
    """Write the rows of all parts to ``target`` as one Parquet file, and say how many they are.

    For workers that each write a part: joining costs little more than copying. Parts must be seekable and of one schema; each
    is done with before the next is asked for, and only its row groups' metadata is kept. ``target`` need not be seekable. The
    joined file has the first part's key-value metadata, and no page indexes. Raises ``ValueError`` for a part that is not
    Parquet, is encrypted or has another schema, and when there are no parts; what ``target`` holds is then no Parquet file.
    """
    joined = _Joined(target)
    for number, part in enumerate(parts, start=1):
        try:
            joined.add(part)
        except ValueError as error:
            raise ValueError(f"part {number}: {error}") from error
    return joined.finish()


@dataclass(frozen=True)
class _Footer:
    """A part's footer, and the byte it starts at."""

    metadata: Struct
    start: int


class _Joined:
    """A joined file being written."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._end = len(_MAGIC)
        self._first: Struct | None = None
        self._rows = 0
        self._groups: list[bytes] = []

    def add(self, part: IO[bytes]) -> None:
        """Copy a part's data, and keep its row groups, encoded: decoded they take many times the memory."""
        footer = _footer_of(part)
        shift = self._end - len(_MAGIC)
        self._accept(footer.metadata)
        groups = footer.metadata.structs(_FileMetaData.ROW_GROUPS)
        self._groups += [encode(_moved_group(group, shift)) for group in groups]
        self._rows += footer.metadata.get(_FileMetaData.NUM_ROWS, int)
        _copy(part, self._target, len(_MAGIC), footer.start)
        self._end = footer.start + shift

    def _accept(self, metadata: Struct) -> None:
        if self._first is None:
            self._first = metadata.without((_EXTENSION,)).changed({_FileMetaData.ROW_GROUPS: _list_of(())})
            self._target.write(_MAGIC)
        elif _shape_of(metadata) != _shape_of(self._first):
            raise ValueError("its schema differs from that of part 1")

    def finish(self) -> int:
        """Write the footer; the number of rows."""
        if self._first is None:
            raise ValueError("no parts to join")
        changes: dict[int, Field] = {
            _FileMetaData.NUM_ROWS: Field(Kind.I64, self._rows),
            _FileMetaData.ROW_GROUPS: _list_of(self._groups),
        }
        footer = encode(self._first.changed(changes))
        self._target.write(footer + len(footer).to_bytes(4, "little") + _MAGIC)
        return self._rows


def _footer_of(part: IO[bytes]) -> _Footer:
    size = part.seek(0, os.SEEK_END)
    part.seek(0)
    head = part.read(len(_MAGIC))
    part.seek(max(size - 8, 0))
    tail = part.read(8)
    if tail[4:] == _MAGIC_ENCRYPTED:
        raise ValueError("it is encrypted")
    length = int.from_bytes(tail[:4], "little")
    start = size - 8 - length
    if not head == tail[4:] == _MAGIC or start < len(_MAGIC):
        raise ValueError("not a Parquet file, or cut short")
    part.seek(start)
    metadata = decode(part.read(length))
    if _FileMetaData.ENCRYPTION_ALGORITHM in metadata.fields:
        raise ValueError("it is encrypted")
    return _Footer(metadata, start)


def _shape_of(metadata: Struct) -> bytes:
    """What must be alike in all parts: the columns, and the orders that statistics are to be read by."""
    return encode(Struct({key: metadata.fields[key] for key in _SHAPE if key in metadata.fields}))


def _list_of(structs: Iterable[Struct | bytes]) -> Field:
    return Field(Kind.LIST, Items(Kind.STRUCT, tuple(structs)))


def _moved_group(group: Struct, shift: int) -> Struct:
    columns = [_moved_chunk(chunk, shift) for chunk in group.structs(_RowGroup.COLUMNS)]
    changes = {**_moved_offsets(group, (_RowGroup.FILE_OFFSET,), shift), _RowGroup.COLUMNS: _list_of(columns)}
    return group.without(_NOT_OF_GROUPS).changed(changes)


def _moved_chunk(chunk: Struct, shift: int) -> Struct:
    if _ColumnChunk.FILE_PATH in chunk.fields:
        raise ValueError("its data is in another file")
    metadata = chunk.get(_ColumnChunk.META_DATA, Struct).without((_EXTENSION,))
    changes = {
        **_moved_offsets(chunk, (_ColumnChunk.FILE_OFFSET,), shift),
        _ColumnChunk.META_DATA: Field(Kind.STRUCT, metadata.changed(_moved_offsets(metadata, _ColumnMetaData, shift))),
    }
    return chunk.without(_NOT_OF_CHUNKS).changed(changes)


def _moved_offsets(struct: Struct, keys: Iterable[int], shift: int) -> dict[int, Field]:
    """The offsets that are set, moved; some writers set 0 for none."""
    offsets = {key: struct.get(key, int) for key in keys if key in struct.fields}
    return {key: Field(Kind.I64, offset + shift) for key, offset in offsets.items() if offset}


def _copy(part: IO[bytes], target: IO[bytes], start: int, end: int) -> None:
    part.seek(start)
    left = end - start
    while left:
        piece = part.read(min(left, _PIECE))
        if not piece:
            raise ValueError("it ended while it was read")
        target.write(piece)
        left -= len(piece)
