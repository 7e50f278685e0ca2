"""Parquet: all columns as they are."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from dunwatch.batch.readers.source import BLOCK_BYTES, STDIN, ReadOptions, TableRows, pick_text_column, place_name
from dunwatch.batch.readers.streams import PACKED, Opened
from dunwatch.batch.rows import Block, counted
from dunwatch.errors import InputError, UnreadableInput


class ParquetSource:
    """A Parquet file, or some row groups of it."""

    def __init__(self, path: str, options: ReadOptions, groups: range | None = None) -> None:
        """Open the file and read its schema; ``groups`` are the row groups to read, all if not given."""
        self.name = place_name(path)
        self._options = options
        if path == STDIN or path.endswith(PACKED):
            raise InputError(f"{self.name}: Parquet cannot be read from stdin or packed; give a plain file")
        self._opened = Opened(path)
        try:
            # Reading ahead would start threads, and scoring has the cores.
            self._file = pq.ParquetFile(self._opened.stream, pre_buffer=False)
            self.schema: pa.Schema = self._file.schema_arrow.remove_metadata()
            self.text = self._text_column(options)
        except (pa.ArrowException, OSError) as error:
            self.close()
            raise self._broken(error) from None
        except BaseException:
            self.close()
            raise
        self.parser = TableRows(self.text)
        self._groups = range(self._file.num_row_groups) if groups is None else groups
        self._read = 0

    def _text_column(self, options: ReadOptions) -> str:
        text = pick_text_column(self.name, self.schema.names, options.text)
        kind = self.schema.field(text).type
        if not _holds_strings(kind):
            raise InputError(f"{self.name}: column {text!r} holds {kind}, not text; name another with --text COLUMN")
        return text

    def close(self) -> None:
        """Let go of the file."""
        self._opened.close()

    def fraction(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        return self._read / max(int(self._file.metadata.num_rows), 1)

    def group_rows(self) -> list[int]:
        """How many rows each row group holds."""
        return [self._file.metadata.row_group(group).num_rows for group in range(self._file.num_row_groups)]

    def blocks(self) -> Iterator[Block]:
        """All rows, once."""
        number = 1 + sum(self.group_rows()[: self._groups.start])
        try:
            batches = self._file.iter_batches(self._block_rows(), row_groups=list(self._groups), use_threads=False)
            for rows in batches:
                self._read += len(rows)
                yield Block(rows.replace_schema_metadata(None), counted(number, len(rows)))
                number += len(rows)
        except (pa.ArrowException, OSError) as error:
            raise self._broken(error) from None

    def _block_rows(self) -> int:
        """As many rows as make up a block, by what the footer says of their size."""
        meta = self._file.metadata
        size: int = sum(meta.row_group(group).total_byte_size for group in range(meta.num_row_groups))
        rows: int = meta.num_rows
        return max(1, min(self._options.rows, BLOCK_BYTES * rows // max(size, 1)))

    def _broken(self, error: Exception) -> UnreadableInput:
        detail = str(error).splitlines()[0].rstrip(".")
        return UnreadableInput(f"{self.name}: not a whole Parquet file ({detail}); fetch it again")


def _holds_strings(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
