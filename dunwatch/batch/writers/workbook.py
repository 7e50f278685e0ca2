"""Rows as an XLSX workbook, without ever holding more than a batch of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import pyarrow as pa
from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from dunwatch.batch.writers.workbook_cells import WIDEST, shown_cells, shown_width, too_long
from dunwatch.errors import OutputError

SHEET_ROWS = 1 << 20
SHEET_COLUMNS = 1 << 14
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "use_zip64": True,
}
# The same rows make the same bytes.
_CREATED = datetime(2000, 1, 1)
_ROWS_TO_MEASURE = 100
_NARROWEST = 8
_ESCAPED = re.compile("_(?=x[0-9a-fA-F]{4}_)|[\\x00-\\x08\\x0b-\\x1f\\ufffe\\uffff]")

__all__ = ["too_long", "write_workbook"]


def write_workbook(
    batches: Iterable[pa.RecordBatch],
    schema: pa.Schema,
    target: IO[bytes],
    *,
    scratch: Path | None = None,
    sheet_rows: int = SHEET_ROWS,
) -> None:
    """Write rows on sheets ``messages``, ``messages 2``, …; until all are there they wait on the disk, in ``scratch``.

    Raises ``OutputError`` for what no sheet holds, and ``OSError``.
    """
    if len(schema) > SHEET_COLUMNS:
        raise OutputError(f"{len(schema)} columns, and a sheet of XLSX holds {SHEET_COLUMNS}; write another format")
    with TemporaryDirectory(prefix="xlsx-", dir=scratch) as folder:
        book = Workbook(_Target(target), _OPTIONS | {"tmpdir": folder})
        book.set_properties({"created": _CREATED})
        pages = _Pages(book, schema.names, sheet_rows)
        try:
            for batch in batches:
                pages.add(batch)
            pages.finish()
        except FileCreateError as error:
            raise error.args[0] from None
        finally:
            for sheet in book.worksheets():
                sheet.let_go()


class _Pages:
    """The sheets of a workbook, filled one after the other."""

    def __init__(self, book: Any, names: Sequence[str], sheet_rows: int) -> None:
        self._book = book
        self._names = names
        self._sheet_rows = sheet_rows
        self._bold = book.add_format({"bold": True})
        self._widths = [max(shown_width(name), _NARROWEST) for name in names]
        self._measured = 0
        self._turn()

    def _turn(self) -> None:
        number = len(self._book.worksheets()) + 1
        self._sheet = self._book.add_worksheet("messages" if number == 1 else f"messages {number}", _Sheet)
        self._sheet.freeze_panes(1, 0)
        self._sheet.write_row(0, 0, self._names, self._bold)
        self._row = 1

    def add(self, batch: pa.RecordBatch) -> None:
        for cells in zip(*map(shown_cells, batch.columns), strict=True):
            if self._row == self._sheet_rows:
                self._turn()
            if self._sheet.write_row(self._row, 0, cells):
                raise OutputError("a text is longer than a cell of XLSX holds; write another format")
            self._row += 1
            if self._measured < _ROWS_TO_MEASURE:
                self._measured += 1
                self._widths = [max(had, shown_width(cell)) for had, cell in zip(self._widths, cells, strict=True)]

    def finish(self) -> None:
        for sheet in self._book.worksheets():
            for place, width in enumerate(self._widths):
                sheet.set_column(place, place, min(width, WIDEST) + 2)
        self._book.close()


class _Sheet(Worksheet):  # type: ignore[misc]
    """A sheet on which every text stays as it is.

    XlsxWriter takes ``<r>…</r>`` for markup of its own, and of escapes side by side, ``_x0041_x0042_``, it sees the first only.
    """

    @staticmethod
    def _escape_control_characters(data: Any) -> Any:
        return _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", data) if isinstance(data, str) else data

    def _xml_rich_inline_string(self, string: str, attributes: Sequence[tuple[str, Any]] = ()) -> None:
        self._xml_inline_string(string, None, attributes)

    def let_go(self) -> None:
        self._opt_close()


class _Target:
    """Where the workbook goes; takes nothing more after a failure, when zipfile would still write its directory."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._failed = False

    def write(self, data: bytes) -> int:
        if self._failed:
            return len(data)
        try:
            return self._stream.write(data)
        except BaseException:
            self._failed = True
            raise

    def flush(self) -> None:
        if not self._failed:
            self._stream.flush()
