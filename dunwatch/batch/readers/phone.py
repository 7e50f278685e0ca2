"""Backups of a phone's messages by the Android app SMS Backup & Restore, in XML."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from dunwatch.batch.readers.backup import Backup
from dunwatch.batch.readers.backup_parser import Gap
from dunwatch.batch.readers.phone_message import COLUMNS, Row
from dunwatch.batch.readers.source import BLOCK_BYTES, ReadOptions, TableRows, pick_text_column
from dunwatch.batch.readers.streams import open_text
from dunwatch.batch.readers.surrogates import joined
from dunwatch.batch.rows import Block, Reject
from dunwatch.text import arrow_numbers, arrow_strings


class PhoneSource:
    """A backup with its messages in order, SMS and MMS alike, numbered from 1; damage before all of them is number 0."""

    schema = pa.schema([(name, pa.string()) for name in COLUMNS])

    def __init__(self, path: str, options: ReadOptions) -> None:
        """Open the file. Raises ``UnreadableInput`` unless it is such a backup, ``MissingColumn`` for another text column."""
        self._opened = open_text(path, options)
        self.name = self._opened.name
        self._rows = options.rows
        try:
            self.text = pick_text_column(self.name, COLUMNS, options.text)
            self._backup = Backup(self.name, joined(self._opened.stream))
        except BaseException:
            self.close()
            raise
        self.parser = TableRows(self.text)
        self.fraction = self._opened.fraction

    def blocks(self) -> Iterator[Block]:
        """All messages, once."""
        filling = _Filling(self.name)
        for number, item in enumerate(self._backup.items(), self._backup.first):
            filling.add(number, item)
            if filling.count >= self._rows or filling.size >= BLOCK_BYTES:
                yield filling.block(self.schema)
                filling = _Filling(self.name)
        if filling.count:
            yield filling.block(self.schema)

    def close(self) -> None:
        """Let go of the file."""
        self._opened.close()


class _Filling:
    """A block on its way."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._found: list[Row] = []
        self._numbers: list[int] = []
        self._rejects: list[Reject] = []
        self.count = 0
        self.size = 0

    def add(self, number: int, item: Row | Gap) -> None:
        if isinstance(item, Gap):
            self._rejects.append(Reject(self._name, number, item.reason, item.content))
            text = item.content
        else:
            self._found.append(item)
            self._numbers.append(number)
            text = item[-1]
        self.count += 1
        self.size += len(text) if text.isascii() else 3 * len(text)

    def block(self, schema: pa.Schema) -> Block:
        columns = zip(*self._found, strict=True) if self._found else ((),) * len(COLUMNS)
        rows = pa.RecordBatch.from_arrays([arrow_strings(column) for column in columns], schema=schema)
        return Block(rows, arrow_numbers(np.array(self._numbers, dtype=np.int64)), tuple(self._rejects))
