"""One run of ``dunwatch score``: inputs, a classifier, an output, a summary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from dunwatch.batch.jsonrows import flattened, keys_of
from dunwatch.batch.readers import STDIN, ReadOptions, Source, format_of, open_source
from dunwatch.batch.rejects import RejectsFile, rejects_path
from dunwatch.batch.rows import LINE, Chunk
from dunwatch.batch.scoring import joined_schema, score_texts
from dunwatch.batch.summary import Summary
from dunwatch.batch.writers import Output, output_format_of
from dunwatch.classifier import Classifier
from dunwatch.errors import InputError
from dunwatch.text import arrow_strings
from dunwatch.verdict import DECISIONS, Decision


@dataclass(frozen=True, slots=True)
class ScoreJob:
    """What to score and where to write it."""

    inputs: tuple[str, ...]
    output: str
    text: str | None = None
    input_format: str | None = None
    output_format: str | None = None
    encoding: str = "auto"
    min_decision: Decision = "clear"
    rejects: str | None = None
    strongest: int = 0


def run_job(job: ScoreJob, classifier: Classifier, progress: Callable[[Summary], None] = lambda _: None) -> Summary:
    """Score all inputs into one output, in order; every row comes out once, scored or in the rejects file.

    Raises an ``InputError``, and leaves no output behind, where nothing can be done.
    """
    formats = [format_of(path, job.input_format) for path in job.inputs]
    output_format = output_format_of(job.output, job.output_format, formats[0])
    with ExitStack() as opened:
        sources = _open_all(job, formats, opened)
        convert = _converter(job, sources, opened) if output_format != "jsonl" else None
        added = score_texts(classifier, arrow_strings([])).schema
        own = convert(_no_rows(sources)).schema if convert else _common_schema(sources)
        output = opened.enter_context(Output(job.output, output_format, joined_schema(own, added)))
        rejects = opened.enter_context(closing(RejectsFile(rejects_path(job.output, job.rejects))))
        return _pump(job, classifier, sources, convert, output, rejects, progress)


_Convert = Callable[[pa.RecordBatch], pa.RecordBatch]


def _pump(
    job: ScoreJob,
    classifier: Classifier,
    sources: list[Source],
    convert: _Convert | None,
    output: Output,
    rejects: RejectsFile,
    progress: Callable[[Summary], None],
) -> Summary:
    summary = Summary(classifier.labels, keep=job.strongest)
    for chunk in _all_chunks(sources):
        added = score_texts(classifier, chunk.texts)
        summary.add(chunk.texts, added)
        rejects.write(chunk.rejects)
        summary.rejected = rejects.count
        rows = convert(chunk.rows) if convert else chunk.rows
        output.write(*_at_least(job.min_decision, rows, added))
        progress(summary)
    return summary


def _open_all(job: ScoreJob, formats: list[str], opened: ExitStack) -> list[Source]:
    options = ReadOptions(job.text, job.encoding)
    return [
        opened.enter_context(closing(open_source(path, kind, options))) for path, kind in zip(job.inputs, formats, strict=True)
    ]


def _all_chunks(sources: list[Source]) -> Iterator[Chunk]:
    for source in sources:
        yield from source.chunks()


def _at_least(wanted: Decision, rows: pa.RecordBatch, added: pa.RecordBatch) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    if wanted == DECISIONS[0]:
        return rows, added
    kept = DECISIONS[DECISIONS.index(wanted) :]
    mask = pa.array(np.isin(added.column("verdict").to_numpy(zero_copy_only=False), kept))
    return rows.filter(mask), added.filter(mask)


def _common_schema(sources: list[Source]) -> pa.Schema:
    first = sources[0]
    for source in sources[1:]:
        if source.schema != first.schema:
            raise InputError(f"{source.name}: other columns than {first.name}; score them one by one")
    return first.schema


def _no_rows(sources: list[Source]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([], schema=_common_schema(sources))


def _converter(job: ScoreJob, sources: list[Source], opened: ExitStack) -> _Convert | None:
    """How JSON lines become rows of a table: by the keys of all of them, which a first reading finds."""
    if sources[0].schema.names != [LINE]:
        return None
    if STDIN in job.inputs:
        raise InputError("JSONL from stdin can only be written as JSONL (its columns are not known yet); give a file name")
    again = _open_all(job, ["jsonl"] * len(job.inputs), opened)
    columns = keys_of(line for chunk in _all_chunks(again) for line in chunk.rows.column(LINE).to_pylist())
    return lambda rows: flattened(rows, columns)


def estimated_rows(inputs: tuple[str, ...]) -> int | None:
    """How many rows to expect, for a progress bar: lines in plain files; None where only reading would tell."""
    total = 0
    for path in inputs:
        if path == STDIN or path.endswith((".gz", ".parquet", ".pq")):
            return None
        with Path(path).open("rb") as stream:
            total += sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
    return total
