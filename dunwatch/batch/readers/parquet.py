"""Parquet: all columns as they are."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from dunwatch.batch.readers.source import STDIN, ReadOptions, open_bytes, pick_text_column, place_name
from dunwatch.batch.rows import Chunk
from dunwatch.errors import InputError, UnreadableInput


class ParquetSource:
    """A Parquet file."""

    def __init__(self, path: str, options: ReadOptions) -> None:
        """Open the file and read its schema."""
        self.name = place_name(path)
        self._options = options
        if path == STDIN:
            raise InputError("Parquet cannot be read from stdin; give a file name")
        open_bytes(path).close()
        try:
            self._file = pq.ParquetFile(path)
        except pa.ArrowException as error:
            raise self._broken(error) from None
        self.schema: pa.Schema = self._file.schema_arrow.remove_metadata()
        try:
            self.text = self._text_column(options)
        except BaseException:
            self.close()
            raise

    def _text_column(self, options: ReadOptions) -> str:
        text = pick_text_column(self.name, self.schema.names, options.text)
        kind = self.schema.field(text).type
        if not _holds_strings(kind):
            raise InputError(f"{self.name}: column {text!r} holds {kind}, not text; name another with --text COLUMN")
        return text

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def chunks(self) -> Iterator[Chunk]:
        """All rows, once."""
        try:
            for rows in self._file.iter_batches(batch_size=self._options.rows):
                texts = rows.column(self.text)
                if pa.types.is_dictionary(texts.type):
                    texts = texts.dictionary_decode()
                yield Chunk(rows.replace_schema_metadata(None), texts)
        except (pa.ArrowException, OSError) as error:
            raise self._broken(error) from None

    def _broken(self, error: Exception) -> UnreadableInput:
        detail = str(error).splitlines()[0].rstrip(".")
        return UnreadableInput(f"{self.name}: not a whole Parquet file ({detail}); fetch it again")


def _holds_strings(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
