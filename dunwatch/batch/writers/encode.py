"""Rows of a part as the bytes that will stand in the output."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from dunwatch.batch.jsonrows import extended_line, row_lines
from dunwatch.batch.rows import LINE
from dunwatch.batch.writers.formulas import guarded, guarded_names
from dunwatch.errors import UnknownFormat

STDOUT = "-"
OUTPUT_FORMATS = ("csv", "tsv", "jsonl", "parquet", "xlsx")

Scored = tuple[pa.RecordBatch, pa.RecordBatch]
"""Rows and the columns added to them."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """Writes rows in one format; ``schema`` is that of tables: ``own`` input columns, then the added ones.

    CSV and JSONL parts are pieces of the output, which only wants a header. Parquet parts are whole files. For XLSX, which
    cannot be cut, they are Arrow files.
    """

    file_format: str
    schema: pa.Schema
    formula_guard: bool = True
    own: int = 0

    def encode(self, scored: Sequence[Scored]) -> bytes:
        """The bytes of a part."""
        if self.file_format == "jsonl":
            return b"".join(_json_lines(rows, added) for rows, added in scored)
        batches = [self._joined(rows, added) for rows, added in scored if len(rows)]
        if self.file_format == "parquet":
            return self._parquet(batches)
        return self._arrow(batches) if self.file_format == "xlsx" else self._delimited(batches, header=False)

    def header(self) -> bytes:
        """What stands before the parts."""
        if self.file_format not in ("csv", "tsv"):
            return b""
        names = guarded_names(self.schema.names) if self.formula_guard else self.schema.names
        return replace(self, schema=pa.schema(list(zip(names, self.schema.types, strict=True))))._delimited([], header=True)

    def _joined(self, rows: pa.RecordBatch, added: pa.RecordBatch) -> pa.RecordBatch:
        return pa.RecordBatch.from_arrays([*rows.columns, *added.columns], schema=self.schema)

    def _parquet(self, batches: list[pa.RecordBatch]) -> bytes:
        stream = io.BytesIO()
        # Decisions are few words; of scores, messages and most of what comes with them a dictionary would only cost.
        worth_it = [field.name for field in list(self.schema)[self.own :] if pa.types.is_string(field.type)]
        with pq.ParquetWriter(stream, self.schema, compression="zstd", compression_level=1, use_dictionary=worth_it) as writer:
            if batches:
                writer.write_table(pa.Table.from_batches(batches))
        return stream.getvalue()

    def _arrow(self, batches: list[pa.RecordBatch]) -> bytes:
        stream = io.BytesIO()
        with pa.ipc.new_file(stream, self.schema) as writer:
            for batch in batches:
                writer.write(batch)
        return stream.getvalue()

    def _delimited(self, batches: list[pa.RecordBatch], header: bool) -> bytes:
        stream = io.BytesIO()
        delimiter = "\t" if self.file_format == "tsv" else ","
        options = arrow_csv.WriteOptions(include_header=header, delimiter=delimiter)
        with arrow_csv.CSVWriter(stream, self.schema, write_options=options) as writer:
            for batch in batches:
                writer.write(guarded(batch) if self.formula_guard else batch)
        return stream.getvalue()


_TAKEN = frozenset(("verdict", "labels", "scores", "decisions", "disguises", "model"))


def _json_lines(rows: pa.RecordBatch, added: pa.RecordBatch) -> bytes:
    """Input lines with members added; table rows become objects."""
    lines = rows.column(LINE).to_pylist() if rows.schema.names == [LINE] else row_lines(rows)
    labels = [name.removesuffix("_score") for name in added.schema.names if name.endswith("_score")]
    members = _members(added, labels)
    return "".join(f"{extended_line(line, more, _TAKEN)}\n" for line, more in zip(lines, members, strict=True)).encode()


def _members(added: pa.RecordBatch, labels: Sequence[str]) -> list[str]:
    """The members added to each object, as JSON without its braces."""
    columns = {name: added.column(name).to_pylist() for name in added.schema.names}
    scores = zip(*(columns[f"{name}_score"] for name in labels), strict=True)
    decisions = zip(*(columns[name] for name in labels), strict=True)
    rest = zip(columns["verdict"], columns["labels"], columns["disguises"], columns["model"], strict=True)
    return [_member(labels, *row) for row in zip(scores, decisions, rest, strict=True)]


def _member(labels: Sequence[str], scores: tuple[float, ...], decisions: tuple[str, ...], rest: tuple[str, str, str, str]) -> str:
    verdict, flagged, disguises, model = rest
    members = {
        "verdict": verdict,
        "labels": flagged.split("|") if flagged else [],
        "scores": {name: round(score, 6) for name, score in zip(labels, scores, strict=True)},
        "decisions": dict(zip(labels, decisions, strict=True)),
        "disguises": disguises.split("|") if disguises else [],
        "model": model,
    }
    return json.dumps(members)[1:-1]


def output_format_of(path: str, named: str | None, input_format: str) -> str:
    """The format to write: the one named, else by the suffix; stdout gets JSONL for JSONL and CSV for the rest."""
    if named is None and path == STDOUT:
        return "jsonl" if input_format == "jsonl" else "csv"
    suffix = PurePath(path).suffix.lower()
    found = named or {".ndjson": "jsonl", ".pq": "parquet"}.get(suffix, suffix.lstrip("."))
    if found not in OUTPUT_FORMATS:
        raise UnknownFormat(f"{path}: cannot write {found or 'a file without suffix'!r}; there are: {', '.join(OUTPUT_FORMATS)}")
    return found
