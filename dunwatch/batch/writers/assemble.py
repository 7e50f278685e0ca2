"""Parts put together into the output, in order; the file appears whole or not at all."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import pyarrow as pa

from dunwatch.batch.parts.part import PartReport, done_file, rejects_file
from dunwatch.batch.parts.workfolder import WorkFolder, output_error
from dunwatch.batch.readers import file_system, is_url
from dunwatch.batch.writers.encode import STDOUT, Encoder
from dunwatch.batch.writers.parquet_join import join_parquet

_PIECE = 1 << 20


def assemble(reports: Sequence[PartReport], folder: WorkFolder, encoder: Encoder, output: str) -> None:
    """Write the output from its parts. Raises ``OutputError``, and then leaves no output behind."""
    with written_whole(output) as target:
        if encoder.file_format == "parquet":
            join_parquet(_opened(reports, folder, encoder), target)
        elif encoder.file_format == "xlsx":
            _write_workbook(reports, folder, encoder, target)
        else:
            target.write(encoder.header())
            for report in reports:
                copy_part(report, folder, target)


def copy_part(report: PartReport, folder: WorkFolder, target: IO[bytes]) -> None:
    """Copy an encoded part."""
    with folder.open(done_file(report.number)) as stream:
        shutil.copyfileobj(stream, target, _PIECE)


def write_rejects(reports: Sequence[PartReport], folder: WorkFolder, path: str) -> None:
    """Write the rejects file; there is none when nothing was rejected, and an older one goes."""
    rejected = [report for report in reports if report.summary.rejected]
    if not rejected:
        _delete(path)
        return
    with written_whole(path) as target:
        for report in rejected:
            target.write(folder.read(rejects_file(report.number)))


@contextmanager
def written_whole(path: str) -> Iterator[IO[bytes]]:
    """A file that takes its place when the block ends well; raises ``OutputError``."""
    if path == STDOUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    elif is_url(path):
        system, inner = file_system(path)
        with system.transaction, system.open(inner, "wb") as stream:
            yield stream
    else:
        with _local_file(Path(path)) as stream:
            yield stream


@contextmanager
def _local_file(path: Path) -> Iterator[IO[bytes]]:
    # Always the same name: what a killed run left is written over.
    aside = path.with_name(f".{path.name}.part")
    try:
        with aside.open("wb") as stream:
            yield stream
        aside.replace(path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink()
        raise output_error(str(path), error) from None
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def _opened(reports: Sequence[PartReport], folder: WorkFolder, encoder: Encoder) -> Iterator[IO[bytes]]:
    """Encoded parts with rows, or one without if there are no rows at all."""
    some = [report for report in reports if report.written]
    if not some:
        yield io.BytesIO(encoder.encode([]))
    for report in some:
        with folder.open(done_file(report.number)) as stream:
            yield stream


def _write_workbook(reports: Sequence[PartReport], folder: WorkFolder, encoder: Encoder, target: IO[bytes]) -> None:
    from dunwatch.batch.writers.workbook import write_workbook

    readers = (pa.ipc.open_file(stream) for stream in _opened(reports, folder, encoder))
    batches = (reader.get_batch(place) for reader in readers for place in range(reader.num_record_batches))
    scratch = None if is_url(folder.place) else Path(folder.place)
    write_workbook(batches, encoder.schema, target, scratch=scratch)


def _delete(path: str) -> None:
    if is_url(path):
        system, inner = file_system(path)
        if system.exists(inner):
            system.rm_file(inner)
    else:
        Path(path).unlink(missing_ok=True)
