"""Scoring of one part: its rows read, judged, encoded and put into the work folder, with a report. Done by any worker."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from dunwatch.batch.columns import as_table
from dunwatch.batch.parts.part import Part, PartReport, done_file, rejects_file, report_file, rows_file, trail_file
from dunwatch.batch.parts.plan import from_arrow_file
from dunwatch.batch.parts.workfolder import WorkFolder
from dunwatch.batch.readers import ReadOptions
from dunwatch.batch.readers.parquet import ParquetSource
from dunwatch.batch.rejects import reject_lines
from dunwatch.batch.rows import Block, Chunk, Reject
from dunwatch.batch.scoring import score_texts
from dunwatch.batch.summary import Summary, is_one_of
from dunwatch.batch.writers.encode import Encoder, Scored
from dunwatch.classifier import Classifier
from dunwatch.text import arrow_numbers
from dunwatch.verdict import DECISIONS, Decision

if TYPE_CHECKING:
    from dunwatch.batch.findings import Findings, ReportColumns

KILLS = "kills whoever reads it"


@dataclass(frozen=True, slots=True)
class PartSettings:
    """What all parts of a job have in common.

    ``table``: the input columns of the output where that is a table, else None. ``strongest``: messages to remember.
    """

    folder: WorkFolder
    encoder: Encoder
    table: pa.Schema | None
    text: str | None
    min_decision: Decision = "clear"
    strongest: int = 0
    report: ReportColumns | None = None


def score_part(part: Part, settings: PartSettings, classifier: Classifier) -> PartReport:
    """Score a part; its rows and its report are in the work folder when this returns.

    A part that is done twice leaves the same files. Raises ``OutputError``, or ``InputError`` for groups of a broken file.
    """
    summary = Summary(classifier.labels, keep=settings.strongest)
    findings = _nothing_found(settings, classifier)
    scored: list[Scored] = []
    rejects: list[Reject] = []
    for chunk in _chunks(part, settings):
        added = score_texts(classifier, chunk.texts)
        rows = chunk.rows if settings.table is None else as_table(chunk.rows, settings.table)
        if settings.encoder.file_format == "xlsx":
            chunk, rows, added = _without_long_cells(part.source, chunk, rows, added)
        summary.add(chunk.texts, added, chunk.numbers, part.number, part.source)
        if findings:
            findings.add(chunk.rows, added, chunk.texts, chunk.numbers, part.source)
        scored.append(_at_least(settings.min_decision, rows, added))
        rejects += chunk.rejects
    summary.rejected = len(rejects)
    return _written(part, settings, scored, rejects, summary, findings)


def _nothing_found(settings: PartSettings, classifier: Classifier) -> Findings | None:
    if settings.report is None:
        return None
    from dunwatch.batch.findings import Findings

    return Findings(classifier.labels, settings.report)


def _written(
    part: Part,
    settings: PartSettings,
    scored: list[Scored],
    rejects: list[Reject],
    summary: Summary,
    findings: Findings | None,
) -> PartReport:
    """Put a part into the work folder, its report last."""
    encoded = settings.encoder.encode(scored)
    written = sum(len(rows) for rows, _ in scored)
    found = findings.to_json() if findings else None
    report = PartReport(part.number, written, zlib.crc32(encoded), summary, found)
    settings.folder.write(done_file(part.number), encoded)
    if rejects:
        settings.folder.write(rejects_file(part.number), reject_lines(rejects))
    settings.folder.write(report_file(part.number), json.dumps(report.to_json(), ensure_ascii=False).encode())
    return report


def _chunks(part: Part, settings: PartSettings) -> Iterator[Chunk]:
    for block in _blocks(part, settings):
        yield from _row_by_row(part, settings.folder, block) if part.careful else [part.parser(block)]


def _blocks(part: Part, settings: PartSettings) -> Iterator[Block]:
    if part.groups is None:
        yield from from_arrow_file(settings.folder.open_arrow(rows_file(part.number)))
        return
    groups = range(part.groups.first, part.groups.stop)
    source = ParquetSource(part.groups.path, ReadOptions(settings.text), groups)
    try:
        yield from source.blocks()
    finally:
        source.close()


def _row_by_row(part: Part, folder: WorkFolder, block: Block) -> Iterator[Chunk]:
    """Single rows, each named in the trail before it is looked into, so that whoever comes after a death knows the row."""
    rejects = list(block.rejects)
    for place, number in enumerate(block.numbers.to_pylist()):
        single = Block(block.rows.slice(place, 1), block.numbers.slice(place, 1))
        if number in part.skip:
            content = json.dumps(single.rows.to_pylist()[0], ensure_ascii=False, default=str)
            rejects.append(Reject(part.source, number, KILLS, content))
        else:
            folder.write(trail_file(part.number), str(number).encode())
            yield part.parser(single)
    yield part.parser(Block(block.rows.slice(0, 0), block.numbers.slice(0, 0), tuple(rejects)))


def _without_long_cells(
    source: str, chunk: Chunk, rows: pa.RecordBatch, added: pa.RecordBatch
) -> tuple[Chunk, pa.RecordBatch, pa.RecordBatch]:
    """Rows that a sheet cannot hold are rejected rather than cut."""
    from dunwatch.batch.writers.workbook import too_long

    long = too_long(rows)
    if not long.any():
        return chunk, rows, added
    rejects = [
        Reject(source, chunk.numbers[place].as_py(), "longer than a cell of XLSX holds", chunk.texts[place].as_py() or "")
        for place in np.flatnonzero(long).tolist()
    ]
    keep = arrow_numbers(np.flatnonzero(~long))
    texts, numbers = chunk.texts.take(keep), chunk.numbers.take(keep)
    kept = Chunk(chunk.rows.take(keep), texts, numbers, (*chunk.rejects, *rejects))
    return kept, rows.take(keep), added.take(keep)


def _at_least(wanted: Decision, rows: pa.RecordBatch, added: pa.RecordBatch) -> Scored:
    if wanted == DECISIONS[0]:
        return rows, added
    kept = DECISIONS[DECISIONS.index(wanted) :]
    places = np.flatnonzero(is_one_of(added.column("verdict"), kept))
    return rows.take(arrow_numbers(places)), added.take(arrow_numbers(places))
