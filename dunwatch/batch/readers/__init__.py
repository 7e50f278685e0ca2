"""Readers: one for each format, all giving blocks of rows in order."""

from __future__ import annotations

from dunwatch.batch.readers.delimited import DelimitedSource
from dunwatch.batch.readers.files import FORMATS, FoundFiles, InputFile, find_files
from dunwatch.batch.readers.lines import JsonLinesSource, TextSource
from dunwatch.batch.readers.parquet import ParquetSource
from dunwatch.batch.readers.source import STDIN, Parser, ReadOptions, Source
from dunwatch.batch.readers.streams import file_system, is_url


def open_source(file: InputFile, options: ReadOptions) -> Source:
    """A reader for one input; raises an ``InputError`` that names the place and the cure."""
    if file.format == "parquet":
        return ParquetSource(file.path, options)
    if file.format == "jsonl":
        return JsonLinesSource(file.path, options)
    if file.format == "text":
        return TextSource(file.path, options)
    if file.format == "phone":
        from dunwatch.batch.readers.phone import PhoneSource

        return PhoneSource(file.path, options)
    if file.format == "xlsx":
        from dunwatch.batch.readers.workbook import WorkbookSource

        return WorkbookSource(file.path, options)
    return DelimitedSource(file.path, options, "\t" if file.format == "tsv" else ",")


__all__ = [
    "FORMATS",
    "STDIN",
    "FoundFiles",
    "InputFile",
    "Parser",
    "ReadOptions",
    "Source",
    "file_system",
    "find_files",
    "is_url",
    "open_source",
]
