"""Readers: one for each format, all giving chunks of rows in order."""

from __future__ import annotations

from pathlib import Path

from dunwatch.batch.readers.delimited import DelimitedSource
from dunwatch.batch.readers.lines import JsonLinesSource, TextSource
from dunwatch.batch.readers.parquet import ParquetSource
from dunwatch.batch.readers.source import STDIN, ReadOptions, Source
from dunwatch.errors import InputError, UnknownFormat

FORMATS: tuple[str, ...] = ("csv", "tsv", "jsonl", "parquet", "text")

_BY_SUFFIX = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".txt": "text",
    ".text": "text",
}


def format_of(path: str, named: str | None = None) -> str:
    """The format of a path: the one named, else by its suffix (before ``.gz``); stdin is plain text unless named.

    Raises ``UnknownFormat``.
    """
    if named is not None:
        if named not in FORMATS:
            raise UnknownFormat(f"format {named!r} is unknown; there are: {', '.join(FORMATS)}")
        return named
    if path == STDIN:
        return "text"
    suffixes = [suffix.lower() for suffix in Path(path).suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    found = _BY_SUFFIX.get(suffixes[-1]) if suffixes else None
    if found is None:
        raise UnknownFormat(f"{path}: cannot tell the format by the name; add --format {'|'.join(FORMATS)}")
    return found


def open_source(path: str, file_format: str, options: ReadOptions) -> Source:
    """A reader for one input; raises an ``InputError`` that names the place and the cure."""
    if file_format == "parquet":
        return ParquetSource(path, options)
    if file_format == "jsonl":
        return JsonLinesSource(path, options)
    if file_format == "text":
        if options.text not in (None, "text"):
            raise InputError(f"--text {options.text}: plain text has no columns; leave it out or name another --format")
        return TextSource(path, options)
    return DelimitedSource(path, options, "\t" if file_format == "tsv" else ",")


__all__ = ["FORMATS", "STDIN", "ReadOptions", "Source", "format_of", "open_source"]
