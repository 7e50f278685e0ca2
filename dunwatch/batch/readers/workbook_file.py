"""Opening workbooks, damaged and hostile ones too.

Sheets are looked through before calamine reads them: it leaves cells with errors (``#N/A``) empty, and takes memory for every
cell between the first and the last, so that one stray cell at the far end of a sheet would end the process.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import reduce
from typing import IO, Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from dunwatch.batch.readers.streams import Opened
from dunwatch.errors import DunwatchError, UnreadableInput

MOST_CELLS = 1 << 28
"""Cells that a sheet may spread over, empty ones counted; calamine takes 32 bytes for each."""
_PIECE = 1 << 20
# A sheet of no more than 256 columns, A to IV, cannot have too many cells, so that only those farther to the right matter.
_FAR = re.compile(rb'c r="([A-Za-z]{3}|[J-Zj-z][A-Za-z]|[Ii][W-Zw-z])[0-9]+"[^<>]*(?<!/)>')
_BEYOND = re.compile(rb' r="(?:[A-Za-z]{4,}[0-9]|[A-Za-z]*(?:[0-9]{8}|[2-9][0-9]{6}|1[1-9][0-9]{5}))')
_ROW = re.compile(rb'row r="([0-9]+)"')
_STRINGS = re.compile(rb'uniqueCount=["\']([0-9]+)')
_ERROR = re.compile(rb'(<(?:\w+:)?c [^<>]*)\bt="e"')


_OLE = bytes.fromhex("D0CF11E0A1B11AE1")


def open_book(path: str) -> Any:
    """A pandas ``ExcelFile`` whose errors are texts. Raises ``UnreadableInput``."""
    import pandas as pd

    opened = Opened(path)
    try:
        workbook = opened.stream.read()
    finally:
        opened.close()
    if workbook.startswith(_OLE):
        raise UnreadableInput(f"{opened.name}: is protected by a password or an old .xls; save it as .xlsx without")
    with damage_told(opened.name):
        return pd.ExcelFile(io.BytesIO(_with_errors_as_text(workbook)), engine="calamine")


@contextmanager
def damage_told(place: str) -> Iterator[None]:
    """Tell in one line whatever a damaged file does to the libraries that read it."""
    try:
        yield
    except (DunwatchError, MemoryError):
        raise
    except _Scattered:
        raise UnreadableInput(f"{place}: a cell stands far from the table; delete it (Ctrl+End goes to the last one)") from None
    except BaseException as error:
        # What pyo3 makes of a panic is no Exception, and has no importable name.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise UnreadableInput(f"{place}: not a whole .xlsx workbook; save it again as .xlsx, or fetch it again") from None


class _Scattered(Exception):
    """Cells stand too far from each other."""


def _with_errors_as_text(workbook: bytes) -> bytes:
    with ZipFile(io.BytesIO(workbook)) as book:
        for part in book.infolist():
            _check_strings(book, part)
        has_errors = [_look(book, name) for name in book.namelist() if _is_sheet(name)]
        return _rewritten(book) if any(has_errors) else workbook


def _check_strings(book: ZipFile, part: ZipInfo) -> None:
    """Calamine takes memory for as many strings as are said to come."""
    if part.filename.lower().endswith("sharedstrings.xml"):
        with book.open(part) as stream:
            said = _STRINGS.search(stream.read(_PIECE))
        if said and int(said[1]) > part.file_size:
            raise BadZipFile


def _is_sheet(name: str) -> bool:
    return "worksheets" in name.lower() and name.lower().endswith(".xml")


def _look(book: ZipFile, name: str) -> bool:
    """Whether there are errors among the cells of a sheet."""
    has_errors = False
    columns = last_row = 0
    with book.open(name) as stream:
        for piece in _pieces(stream):
            has_errors = has_errors or b't="e"' in piece
            columns = max([columns, *map(_number, _FAR.findall(piece))])
            if row := _ROW.search(piece, max(piece.rfind(b'row r="'), 0)):
                last_row = int(row[1])
            if columns * last_row > MOST_CELLS or _BEYOND.search(piece):
                raise _Scattered
    return has_errors


def _number(letters: bytes) -> int:
    """The number of a column, ``A`` being 1."""
    return reduce(lambda number, letter: number * 26 + (letter & 31), letters, 0)


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """XML in pieces that end before a tag."""
    held = b""
    while piece := stream.read(_PIECE):
        held += piece
        cut = held.rfind(b"<")
        if cut > 0:
            yield held[:cut]
            held = held[cut:]
    yield held


def _rewritten(book: ZipFile) -> bytes:
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=1) as copy:
        for name in book.namelist():
            with book.open(name) as stream, copy.open(name, "w", force_zip64=True) as out:
                for piece in _pieces(stream):
                    out.write(_ERROR.sub(rb'\1t="str"', piece) if _is_sheet(name) else piece)
    return target.getvalue()
