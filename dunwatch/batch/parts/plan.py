"""Inputs cut into parts, in order: the same cuts whenever the same inputs are read."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import closing

import pyarrow as pa

from dunwatch.batch.parts.part import PART_BYTES, PART_ROWS, Part, RowGroups, rows_file
from dunwatch.batch.parts.workfolder import WorkFolder
from dunwatch.batch.readers import Source
from dunwatch.batch.readers.parquet import ParquetSource
from dunwatch.batch.rejects import read_reject_lines, reject_lines
from dunwatch.batch.rows import Block

_NUMBERS, _REJECTS = "\0number", b"rejects"


class Plan:
    """The parts of some sources. ``count`` and ``fraction`` tell how far the reading is."""

    def __init__(self, sources: Iterator[Source], inputs: int, folder: WorkFolder, by_groups: bool = False) -> None:
        """``by_groups``: leave Parquet to the workers, who can reach it themselves."""
        self._sources = sources
        self._inputs = inputs
        self._folder = folder
        self._by_groups = by_groups
        self.count = 0
        self.fraction = 0.0

    def parts(self, done: frozenset[int]) -> Iterator[Part]:
        """The parts that are not done yet, each with its rows waiting in the work folder."""
        for place, source in enumerate(self._sources):
            with closing(source):
                for part in self._parts_of(source, done):
                    self.fraction = (place + source.fraction()) / self._inputs
                    if part.number not in done:
                        yield part
        self.fraction = 1.0

    def _parts_of(self, source: Source, done: frozenset[int]) -> Iterator[Part]:
        if self._by_groups and isinstance(source, ParquetSource):
            for groups in _grouped(source):
                yield Part(self._next(), source.name, source.parser, groups)
            return
        for blocks in _stretches(source):
            part = Part(self._next(), source.name, source.parser)
            if part.number not in done:
                self._folder.write(rows_file(part.number), to_arrow_file(blocks))
            yield part

    def _next(self) -> int:
        self.count += 1
        return self.count


def _stretches(source: Source) -> Iterator[list[Block]]:
    """Blocks side by side that make up a part."""
    held: list[Block] = []
    rows = size = 0
    for block in source.blocks():
        held.append(block)
        rows += len(block.rows)
        size += block.rows.nbytes
        if rows >= PART_ROWS or size >= PART_BYTES:
            yield held
            held, rows, size = [], 0, 0
    if held:
        yield held


def _grouped(source: ParquetSource) -> Iterator[RowGroups]:
    """Row groups side by side that make up a part."""
    first = rows = 0
    sizes = source.group_rows()
    for group, size in enumerate(sizes):
        rows += size
        if rows >= PART_ROWS or group == len(sizes) - 1:
            yield RowGroups(source.name, first, group + 1)
            first, rows = group + 1, 0


def to_arrow_file(blocks: Sequence[Block]) -> bytes:
    """Blocks as an Arrow file: row numbers in the last column, rejects in the metadata."""
    rejects = reject_lines(reject for block in blocks for reject in block.rejects)
    fields = [*blocks[0].rows.schema, pa.field(_NUMBERS, pa.int64())]
    schema = pa.schema(fields, metadata={_REJECTS: rejects})
    stream = io.BytesIO()
    with pa.ipc.new_file(stream, schema) as writer:
        for block in blocks:
            writer.write(pa.RecordBatch.from_arrays([*block.rows.columns, block.numbers], schema=schema))
    return stream.getvalue()


def from_arrow_file(reader: pa.ipc.RecordBatchFileReader) -> Iterator[Block]:
    """What ``to_arrow_file`` wrote; the rejects stand in the first block."""
    rejects = read_reject_lines(reader.schema.metadata[_REJECTS])
    for place in range(reader.num_record_batches):
        rows = reader.get_batch(place)
        own = pa.RecordBatch.from_arrays(rows.columns[:-1], names=rows.schema.names[:-1])
        yield Block(own, rows.columns[-1], rejects if place == 0 else ())
