"""CSV and TSV: every column a string, byte for byte, by Arrow's streaming reader."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from dunwatch.batch.readers.source import ReadOptions, open_utf8, pick_text_column, place_name
from dunwatch.batch.rows import Chunk, Reject
from dunwatch.errors import UnreadableInput

_BLOCK = 1 << 23
_HEADER = 1 << 16


class DelimitedSource:
    """A CSV or TSV input. Rows with too many or too few fields, or with bytes of no encoding, are rejected."""

    def __init__(self, path: str, options: ReadOptions, delimiter: str) -> None:
        """Open the file and read its header."""
        self.name = place_name(path)
        self._options = options
        self._delimiter = delimiter
        self._stream = open_utf8(path, options)
        try:
            columns = self._read_header(self._stream)
            self.text = pick_text_column(self.name, columns, options.text)
        except BaseException:
            self.close()
            raise
        self.schema = pa.schema([(name, pa.string()) for name in columns])
        self._skipped: list[int] = []
        self._rejects: list[Reject] = []

    def _read_header(self, stream: IO[bytes]) -> list[str]:
        header = b""
        while not header.strip() or header.count(b'"') % 2:
            line = stream.readline(_HEADER)
            if not line:
                raise UnreadableInput(f"{self.name}: no header line; the first line must name the columns")
            header += line
        table = arrow_csv.read_csv(pa.BufferReader(header.rstrip(b"\r\n") + b"\n"), parse_options=self._parsing())
        names: list[str] = table.column_names
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise UnreadableInput(f"{self.name}: column {repeated[0]!r} stands twice in the header; rename one")
        return names

    def _parsing(self, single: bool = False) -> arrow_csv.ParseOptions:
        return arrow_csv.ParseOptions(
            delimiter=self._delimiter,
            newlines_in_values=True,
            # In a table of one column a blank line is an empty message.
            ignore_empty_lines=not single,
            invalid_row_handler=self._reject_row,
        )

    def _reject_row(self, row: arrow_csv.InvalidRow) -> str:
        reason = f"{row.actual_columns} fields where the header has {row.expected_columns}"
        self._rejects.append(Reject(self.name, row.number, reason, row.text))
        self._skipped.append(row.number)
        return "skip"

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()

    def chunks(self) -> Iterator[Chunk]:
        """All rows, once."""
        names = self.schema.names
        try:
            reader = arrow_csv.open_csv(
                self._stream,
                read_options=arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=names),
                parse_options=self._parsing(single=len(names) == 1),
                convert_options=arrow_csv.ConvertOptions(
                    check_utf8=False,
                    column_types=dict.fromkeys(names, pa.binary()),
                    strings_can_be_null=False,
                    quoted_strings_can_be_null=False,
                ),
            )
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                return
            raise self._broken(error) from None
        yield from self._converted(reader)

    def _converted(self, reader: arrow_csv.CSVStreamingReader) -> Iterator[Chunk]:
        seen = 0
        while True:
            try:
                block = reader.read_next_batch()
            except StopIteration:
                break
            except pa.ArrowInvalid as error:
                raise self._broken(error) from None
            for start in range(0, len(block), self._options.rows):
                rows = self._strings(block.slice(start, self._options.rows), seen + start)
                yield Chunk(rows, rows.column(self.text), self._take_rejects())
            seen += len(block)
        if self._rejects:
            empty = self.schema.empty_table().to_batches() or [pa.RecordBatch.from_pylist([], schema=self.schema)]
            yield Chunk(empty[0], empty[0].column(self.text), self._take_rejects())

    def _take_rejects(self) -> tuple[Reject, ...]:
        taken, self._rejects = tuple(self._rejects), []
        return taken

    def _strings(self, rows: pa.RecordBatch, seen: int) -> pa.RecordBatch:
        """The rows as strings; those that are not UTF-8 are rejected."""
        try:
            return rows.cast(self.schema)
        except pa.ArrowInvalid:
            pass
        keep = [all(_is_utf8(value) for value in row.values()) for row in rows.to_pylist()]
        for place in (place for place, kept in enumerate(keep) if not kept):
            raw = b"\t".join(column[place].as_py() for column in rows.columns)
            number = self._physical_row(seen + place)
            self._rejects.append(Reject(self.name, number, "bytes that no encoding explains", raw.decode("utf-8", "replace")))
        return rows.filter(pc.cast(pa.array(keep), pa.bool_())).cast(self.schema)

    def _physical_row(self, place: int) -> int:
        """The row (from 1) of the place-th row that Arrow kept, given those it skipped."""
        number = place + 1
        while (shifted := place + 1 + bisect_right(self._skipped, number)) != number:
            number = shifted
        return number

    def _broken(self, error: Exception) -> UnreadableInput:
        if "straddling" in str(error):
            return UnreadableInput(f"{self.name}: one row is longer than {_BLOCK >> 20} MB; is a quotation mark left open?")
        return UnreadableInput(f"{self.name}: not a table with delimiter {self._delimiter!r}; name another --format")


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
