"""CSV and TSV: every column a string, byte for byte, by Arrow's streaming reader."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
from numpy.typing import NDArray

from dunwatch.batch.encodings import DAMAGE, MarkedStream
from dunwatch.batch.readers.source import BLOCK_BYTES, NO_ENCODING, ReadOptions, TableRows, pick_text_column, place_name
from dunwatch.batch.readers.streams import open_text
from dunwatch.batch.rows import Block, Reject, counted
from dunwatch.errors import UnreadableInput
from dunwatch.text import arrow_numbers, arrow_strings, numbers_in

_HEADER = 1 << 16


class DelimitedSource:
    """A CSV or TSV input. Rows with too many or too few fields, or with bytes of no encoding, are rejected."""

    def __init__(self, path: str, options: ReadOptions, delimiter: str) -> None:
        """Open the file and read its header."""
        self.name = place_name(path)
        self._options = options
        self._delimiter = delimiter
        self._opened = open_text(path, options)
        self._marks = MarkedStream(self._opened.stream)
        self._marked = io.BufferedReader(self._marks, 1 << 20)
        self._seen = 0
        self._skipped: list[int] = []
        self._rejects: list[Reject] = []
        try:
            columns = self._read_header(self._marked)
            self.text = pick_text_column(self.name, columns, options.text)
        except BaseException:
            self.close()
            raise
        self.schema = pa.schema([(name, pa.string()) for name in columns])
        self.parser = TableRows(self.text)
        self.fraction = self._opened.fraction

    def _read_header(self, stream: IO[bytes]) -> list[str]:
        header = b""
        while not header.strip() or header.count(b'"') % 2:
            line = stream.readline(_HEADER)
            if not line:
                raise UnreadableInput(f"{self.name}: no header line; the first line must name the columns")
            header += line
        try:
            table = arrow_csv.read_csv(pa.BufferReader(header.rstrip(b"\r\n") + b"\n"), parse_options=self._parsing())
            names: list[str] = table.column_names
        except (pa.ArrowInvalid, UnicodeDecodeError):
            raise UnreadableInput(f"{self.name}: the header line cannot be read; is --encoding or --format another?") from None
        if self._rejects:
            raise UnreadableInput(f"{self.name}: a quotation mark is left open in the header line; close it")
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
        self._reject(row.number, reason, row.text)
        self._skipped.append(row.number)
        return "skip"

    def close(self) -> None:
        """Let go of the file."""
        self._opened.close()

    def blocks(self) -> Iterator[Block]:
        """All rows, once."""
        names = self.schema.names
        try:
            reader = arrow_csv.open_csv(
                self._marked,
                read_options=arrow_csv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES, column_names=names),
                parse_options=self._parsing(single=len(names) == 1),
                convert_options=arrow_csv.ConvertOptions(
                    check_utf8=False,
                    column_types=dict.fromkeys(names, pa.string()),
                    strings_can_be_null=False,
                    quoted_strings_can_be_null=False,
                ),
            )
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                return
            raise self._broken(error) from None
        yield from self._converted(reader)

    def _converted(self, reader: arrow_csv.CSVStreamingReader) -> Iterator[Block]:
        while True:
            try:
                block = reader.read_next_batch()
            except StopIteration:
                break
            except pa.ArrowInvalid as error:
                raise self._broken(error) from None
            for start in range(0, len(block), self._options.rows):
                yield self._block(block.slice(start, self._options.rows))
        if self._rejects:
            nothing = pa.RecordBatch.from_arrays([arrow_strings([])] * len(self.schema), schema=self.schema)
            yield Block(nothing, counted(1, 0), self._take_rejects())

    def _take_rejects(self) -> tuple[Reject, ...]:
        taken, self._rejects = tuple(self._rejects), []
        return taken

    def _block(self, rows: pa.RecordBatch) -> Block:
        """The rows but for the damaged ones, which are rejected."""
        numbers = self._numbers(len(rows))
        if not self._marks.damaged:
            return Block(rows, arrow_numbers(numbers), self._take_rejects())
        bad = np.zeros(len(rows), dtype=np.bool_)
        for column in rows.columns:
            bad |= numbers_in(pc.match_substring(column, DAMAGE).cast(pa.uint8())).astype(np.bool_)
        for place in np.flatnonzero(bad).tolist():
            content = "\t".join(column[place].as_py() for column in rows.columns)
            self._reject(int(numbers[place]), NO_ENCODING, content)
        kept = rows.take(arrow_numbers(np.flatnonzero(~bad)))
        return Block(kept, arrow_numbers(numbers[~bad]), self._take_rejects())

    def _reject(self, number: int, reason: str, content: str) -> None:
        self._rejects.append(Reject(self.name, number, reason, content.replace(DAMAGE, "\ufffd")))

    def _numbers(self, count: int) -> NDArray[np.int64]:
        """Where the next rows that Arrow kept stood in the file (from 1), given those it skipped."""
        places = np.arange(self._seen, self._seen + count)
        self._seen += count
        kept_before = np.array(self._skipped, dtype=np.int64) - np.arange(1, len(self._skipped) + 1)
        return places + 1 + np.searchsorted(kept_before, places, side="right")

    def _broken(self, error: Exception) -> UnreadableInput:
        if "straddling" in str(error):
            return UnreadableInput(f"{self.name}: one row is longer than {BLOCK_BYTES >> 20} MB; is a quotation mark left open?")
        return UnreadableInput(f"{self.name}: not a table with delimiter {self._delimiter!r}; name another --format")
