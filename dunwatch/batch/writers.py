"""Writers: CSV, TSV, JSONL and Parquet, to a file that appears whole or not at all, or to stdout."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from dunwatch.batch.jsonrows import extended_line, row_lines
from dunwatch.batch.rows import LINE
from dunwatch.errors import InputError, UnknownFormat

STDOUT = "-"
OUTPUT_FORMATS = ("csv", "tsv", "jsonl", "parquet")


class _Sink(Protocol):
    def write(self, rows: pa.RecordBatch, added: pa.RecordBatch) -> None: ...

    def close(self) -> None: ...


class _ArrowSink:
    """CSV, TSV or Parquet, by Arrow's writers."""

    def __init__(self, stream: IO[bytes], file_format: str, schema: pa.Schema) -> None:
        self._writer = _arrow_writer(stream, file_format, schema)
        self._schema = schema

    def write(self, rows: pa.RecordBatch, added: pa.RecordBatch) -> None:
        self._writer.write(pa.RecordBatch.from_arrays([*rows.columns, *added.columns], schema=self._schema))

    def close(self) -> None:
        self._writer.close()


def _arrow_writer(stream: IO[bytes], file_format: str, schema: pa.Schema) -> pq.ParquetWriter | arrow_csv.CSVWriter:
    if file_format == "parquet":
        return pq.ParquetWriter(stream, schema, compression="zstd", compression_level=1)
    delimiter = "\t" if file_format == "tsv" else ","
    return arrow_csv.CSVWriter(stream, schema, write_options=arrow_csv.WriteOptions(delimiter=delimiter))


class _JsonSink:
    """JSONL: input lines with members added; table rows become objects."""

    def __init__(self, stream: IO[bytes], schema: pa.Schema) -> None:
        self._stream = stream
        names = [name for name in schema.names if name.endswith("_score")]
        self._labels = [name.removesuffix("_score") for name in names]
        self._taken = frozenset(("verdict", "labels", "scores", "decisions", "disguises", "model"))

    def write(self, rows: pa.RecordBatch, added: pa.RecordBatch) -> None:
        lines = rows.column(LINE).to_pylist() if rows.schema.names == [LINE] else row_lines(rows)
        results = added.to_pylist()
        out = (extended_line(line, self._members(row), self._taken) for line, row in zip(lines, results, strict=True))
        self._stream.write("".join(f"{line}\n" for line in out).encode())

    def _members(self, row: dict[str, object]) -> str:
        members = {
            "verdict": row["verdict"],
            "labels": _split(row["labels"]),
            "scores": {name: round(float(str(row[f"{name}_score"])), 6) for name in self._labels},
            "decisions": {name: row[name] for name in self._labels},
            "disguises": _split(row["disguises"]),
            "model": row["model"],
        }
        return json.dumps(members)[1:-1]

    def close(self) -> None:
        pass


def _split(joined: object) -> list[str]:
    return str(joined).split("|") if joined else []


class Output:
    """An output being written. As a context manager: the file appears when the block ends well, else nothing is left."""

    def __init__(self, path: str, file_format: str, schema: pa.Schema) -> None:
        """Open ``path`` (``-`` for stdout) for input columns and added ones after ``schema``."""
        self._path = None if path == STDOUT else Path(path)
        self._aside = self._path and self._path.with_name(f".{self._path.name}.{os.getpid()}.part")
        self._stream = self._open()
        self._sink: _Sink = (
            _JsonSink(self._stream, schema) if file_format == "jsonl" else _ArrowSink(self._stream, file_format, schema)
        )

    def _open(self) -> IO[bytes]:
        if self._aside is None:
            return sys.stdout.buffer
        try:
            return self._aside.open("wb")
        except OSError as error:
            raise InputError(f"{self._path}: cannot be written: {error.strerror}; choose another --output") from None

    def write(self, rows: pa.RecordBatch, added: pa.RecordBatch) -> None:
        """Write rows and their added columns."""
        if len(rows):
            self._sink.write(rows, added)

    def __enter__(self) -> Self:
        """Start."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Put the file in its place, or remove what was written."""
        if kind is None:
            self._sink.close()
        if self._path is None or self._aside is None:
            self._stream.flush()
            return
        self._stream.close()
        if kind is None:
            self._aside.replace(self._path)
        else:
            self._aside.unlink(missing_ok=True)


def output_format_of(path: str, named: str | None, input_format: str) -> str:
    """The format to write: the one named, else by the suffix; stdout gets JSONL for JSONL and CSV for the rest."""
    if named is None and path == STDOUT:
        return "jsonl" if input_format == "jsonl" else "csv"
    found = named or {".ndjson": "jsonl", ".pq": "parquet"}.get(Path(path).suffix, Path(path).suffix.lstrip("."))
    if found not in OUTPUT_FORMATS:
        raise UnknownFormat(f"{path}: cannot write {found or 'a file without suffix'!r}; there are: {', '.join(OUTPUT_FORMATS)}")
    return found
