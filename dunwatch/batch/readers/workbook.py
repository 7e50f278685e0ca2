"""XLSX workbooks: every cell a string, as a person sees it as far as the file tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from dunwatch.batch.readers.source import BLOCK_BYTES, ReadOptions, TableRows, pick_text_column, place_name
from dunwatch.batch.readers.workbook_file import damage_told, open_book
from dunwatch.batch.rows import Block
from dunwatch.errors import UnreadableInput
from dunwatch.text import arrow_numbers, arrow_strings

_Row = tuple[int, list[str | None]]


class WorkbookSource:
    """The first sheet that has rows, and the further sheets with the same header; ``passed_over`` names the others.

    A sheet is in memory as a whole while it is read. Blank rows are counted, so that numbers agree, but they are no rows.
    """

    def __init__(self, path: str, options: ReadOptions) -> None:
        """Open the workbook and find its table."""
        self.name = place_name(path)
        self._options = options
        self._book = open_book(path)
        self._first: Any = None
        self._header: list[str | None] = []
        self._sheets: list[str] = []
        self._unnamed: set[int] = set()
        self._read = self._total = 0
        try:
            self._find_table()
            self._name_columns()
            self.text = pick_text_column(self.name, self.schema.names, options.text)
        except BaseException:
            self.close()
            raise
        self.parser = TableRows(self.text)

    def _find_table(self) -> None:
        self.passed_over = tuple(name for name in self._book.sheet_names if not self._has_place_for(name))
        if not self._sheets:
            raise UnreadableInput(f"{self.name}: no sheet has rows; the first row must name the columns")

    def _has_place_for(self, name: str) -> bool:
        """Add a sheet to the table if it belongs there; one without rows does no harm."""
        sheet = self._sheet(name)
        header = _header_of(self._rows_in(sheet))
        if not header or (self._sheets and header != self._header):
            return not header
        if not self._sheets:
            # Reading a sheet takes long; this one is about to be wanted.
            self._first, self._header = sheet, header
        self._sheets.append(name)
        self._total += sheet.height - 1
        nameless = [place for place in range(sheet.width) if place >= len(header) or header[place] is None]
        if nameless:
            self._unnamed |= {place for row in self._rows_in(sheet) for place in nameless if row[place] != ""}
        return True

    def _name_columns(self) -> None:
        """Columns without a name are left out if they are empty, else they are called by their place."""
        named = {place: name for place, name in enumerate(self._header) if name is not None}
        self._places = sorted(named.keys() | self._unnamed)
        names = [named.get(place, f"column {place + 1}") for place in self._places]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise UnreadableInput(f"{self.name}: column {repeated[0]!r} stands twice in the header; rename one")
        self.schema = pa.schema([(name, pa.string()) for name in names])

    def _sheet(self, name: str) -> Any:
        with damage_told(self.name):
            return self._book.book.get_sheet_by_name(name)

    def _rows_in(self, sheet: Any) -> Iterator[Sequence[object]]:
        with damage_told(self.name):
            yield from sheet.iter_rows()

    def close(self) -> None:
        """Let go of the file."""
        from python_calamine import WorkbookClosed

        with suppress(WorkbookClosed):
            self._book.close()
        self._first = None

    def fraction(self) -> float:
        """How much of the table has been read, from 0 to 1."""
        return min(1.0, self._read / max(self._total, 1))

    def blocks(self) -> Iterator[Block]:
        """All rows, once."""
        group: list[_Row] = []
        size = 0
        for number, cells in self._rows():
            group.append((number, cells))
            size += sum(len(cell) for cell in cells if cell)
            if len(group) == self._options.rows or size >= BLOCK_BYTES:
                yield self._block(group)
                group, size = [], 0
        if group:
            yield self._block(group)

    def _rows(self) -> Iterator[_Row]:
        for number, row in enumerate(chain.from_iterable(map(self._rows_of, self._sheets)), 1):
            self._read = number
            cells = [_shown(row[place]) if place < len(row) else None for place in self._places]
            if any(cells):
                yield number, cells

    def _rows_of(self, name: str) -> Iterator[Sequence[object]]:
        sheet, self._first = self._first or self._sheet(name), None
        rows = self._rows_in(sheet)
        _header_of(rows)
        yield from rows

    def _block(self, group: Sequence[_Row]) -> Block:
        numbers, rows = zip(*group, strict=True)
        columns = [arrow_strings(column) for column in zip(*rows, strict=True)]
        return Block(pa.RecordBatch.from_arrays(columns, schema=self.schema), arrow_numbers(np.array(numbers, dtype=np.int64)))


def _header_of(rows: Iterable[Sequence[object]]) -> list[str | None]:
    """The first row with anything in it, without empty cells at its end; nothing if there is none."""
    for row in rows:
        cells = [_shown(cell) for cell in row]
        if filled := [place for place, cell in enumerate(cells) if cell]:
            return cells[: filled[-1] + 1]
    return []


def _shown(value: object) -> str | None:
    """A cell as text; calamine gives a float for every number, and a date for times at midnight."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(value)
