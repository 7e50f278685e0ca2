"""Plain text, one message a line, and JSONL, one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import numpy as np
import pyarrow as pa

from dunwatch.batch.readers.source import BLOCK_BYTES, NO_ENCODING, Parser, ReadOptions, pick_text_column, place_name
from dunwatch.batch.readers.streams import open_text
from dunwatch.batch.rows import LINE, TEXT, Block, Chunk, Reject, counted
from dunwatch.errors import InputError
from dunwatch.text import arrow_bytes, arrow_numbers, arrow_strings

_LINES_TO_LEARN_FROM = 1000


class _LineSource:
    parser: Parser

    def __init__(self, path: str, options: ReadOptions) -> None:
        self.name = place_name(path)
        self._options = options
        self._opened = open_text(path, options)
        self._lines: Iterator[bytes] = iter(self._opened.stream)
        self.fraction = self._opened.fraction

    def close(self) -> None:
        """Let go of the file."""
        self._opened.close()

    def blocks(self) -> Iterator[Block]:
        """All lines, once, as bytes without their ends."""
        first = 1
        while group := self._group():
            rows = pa.RecordBatch.from_arrays([arrow_bytes(group)], names=[LINE])
            yield Block(rows, counted(first, len(group)))
            first += len(group)

    def _group(self) -> list[bytes]:
        group: list[bytes] = []
        size = 0
        for line in islice(self._lines, self._options.rows):
            group.append(line.rstrip(b"\r\n"))
            size += len(line)
            if size >= BLOCK_BYTES:
                break
        return group


class TextSource(_LineSource):
    """Plain text: each line is a message, empty lines too."""

    schema = pa.schema([(TEXT, pa.string())])
    text = TEXT

    def __init__(self, path: str, options: ReadOptions) -> None:
        """Open the file; raises ``InputError`` for a named column, since there are none."""
        if options.text not in (None, TEXT):
            raise InputError(f"--text {options.text}: plain text has no columns; leave it out or name another --format")
        super().__init__(path, options)
        self.parser = TextLines(self.name)


class JsonLinesSource(_LineSource):
    """JSONL: rows keep their line as it was; blank lines are passed over."""

    schema = pa.schema([(LINE, pa.string())])

    def __init__(self, path: str, options: ReadOptions) -> None:
        """Open the file; the key of the messages is taken from the first good line."""
        super().__init__(path, options)
        try:
            self.text = self._find_key(options.text)
        except BaseException:
            self.close()
            raise
        self.parser = JsonLines(self.name, self.text)

    def _find_key(self, wanted: str | None) -> str:
        seen: list[bytes] = []
        found: dict[str, Any] | None = None
        while found is None and len(seen) < _LINES_TO_LEARN_FROM and (line := next(self._lines, b"")):
            seen.append(line)
            try:
                found = _json_object(line)
            except ValueError:
                continue
        self._lines = chain(seen, self._lines)
        return pick_text_column(self.name, list(found), wanted) if found is not None else wanted or TEXT


@dataclass(frozen=True, slots=True)
class TextLines:
    """The parser of plain text."""

    source: str

    def __call__(self, block: Block) -> Chunk:
        """Every line is a message, but for those that are not UTF-8."""
        lines = block.rows.column(0)
        try:
            texts, numbers, rejects = lines.cast(pa.string()), block.numbers, block.rejects
        except pa.ArrowInvalid:
            texts, numbers, rejects = self._with_rejects(block)
        return Chunk(pa.RecordBatch.from_arrays([texts], schema=TextSource.schema), texts, numbers, rejects)

    def _with_rejects(self, block: Block) -> tuple[pa.Array, pa.Array, tuple[Reject, ...]]:
        kept = _Kept(self.source, block)
        for place, line in kept.lines():
            try:
                kept.keep(place, line.decode())
            except UnicodeDecodeError:
                kept.reject(place, NO_ENCODING, line)
        return arrow_strings(kept.texts), kept.numbers(), kept.rejects()


@dataclass(frozen=True, slots=True)
class JsonLines:
    """The parser of JSONL: ``key`` is that of the messages."""

    source: str
    key: str

    def __call__(self, block: Block) -> Chunk:
        """Every line that holds an object with a message."""
        kept = _Kept(self.source, block)
        texts: list[str] = []
        for place, line in kept.lines():
            if not line.strip():
                continue
            try:
                text = self._message(line)
            except ValueError as error:
                kept.reject(place, str(error), line)
                continue
            kept.keep(place, line.decode().strip())
            texts.append(text)
        rows = pa.RecordBatch.from_arrays([arrow_strings(kept.texts)], schema=JsonLinesSource.schema)
        return Chunk(rows, arrow_strings(texts), kept.numbers(), kept.rejects())

    def _message(self, line: bytes) -> str:
        """The message in a line; raises ``ValueError`` with the reason why there is none."""
        text = _json_object(line).get(self.key, 0)
        if text is None:
            return ""
        if not isinstance(text, str):
            raise ValueError(f"no text under {self.key!r}")
        # A lone surrogate cannot be written as UTF-8; the line itself stays as it was.
        return text.encode("utf-8", "ignore").decode()


class _Kept:
    """The lines of a block that are kept, and those that are not."""

    def __init__(self, source: str, block: Block) -> None:
        self._source = source
        self._block = block
        self._places: list[int] = []
        self._rejects: list[Reject] = []
        self.texts: list[str] = []

    def lines(self) -> Iterator[tuple[int, bytes]]:
        return enumerate(self._block.rows.column(0).to_pylist())

    def keep(self, place: int, text: str) -> None:
        self._places.append(place)
        self.texts.append(text)

    def reject(self, place: int, reason: str, line: bytes) -> None:
        number = self._block.numbers[place].as_py()
        self._rejects.append(Reject(self._source, number, reason, line.decode("utf-8", "replace")))

    def numbers(self) -> pa.Array:
        return self._block.numbers.take(arrow_numbers(np.array(self._places, dtype=np.int64)))

    def rejects(self) -> tuple[Reject, ...]:
        return (*self._block.rejects, *self._rejects)


def _json_object(line: bytes) -> dict[str, Any]:
    """The object in a line; raises ``ValueError`` with the reason why there is none."""
    try:
        row = json.loads(line)
    except UnicodeDecodeError:
        raise ValueError(NO_ENCODING) from None
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise ValueError("not JSON: nested too deeply") from None
    if not isinstance(row, dict):
        raise ValueError("not a JSON object")
    return row
