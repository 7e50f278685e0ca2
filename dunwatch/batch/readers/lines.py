"""Plain text, one message a line, and JSONL, one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

import pyarrow as pa

from dunwatch.batch.readers.source import ReadOptions, open_utf8, pick_text_column, place_name
from dunwatch.batch.rows import LINE, TEXT, Chunk, Reject
from dunwatch.text import arrow_strings

_Numbered = tuple[int, bytes]


class _LineSource:
    def __init__(self, path: str, options: ReadOptions) -> None:
        self.name = place_name(path)
        self._options = options
        self._stream = open_utf8(path, options)

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()

    def _groups(self) -> Iterator[list[_Numbered]]:
        """Lines with their numbers from 1, without their ends, so many at a time."""
        numbered = ((number, line.rstrip(b"\r\n")) for number, line in enumerate(self._stream, 1))
        while group := list(islice(numbered, self._options.rows)):
            yield group

    def _reject(self, number: int, reason: str, line: bytes) -> Reject:
        return Reject(self.name, number, reason, line.decode("utf-8", "replace"))


class TextSource(_LineSource):
    """Plain text: each line is a message, empty lines too."""

    schema = pa.schema([(TEXT, pa.string())])

    def chunks(self) -> Iterator[Chunk]:
        """All lines, once."""
        for group in self._groups():
            texts: list[str] = []
            rejects: list[Reject] = []
            for number, line in group:
                try:
                    texts.append(line.decode())
                except UnicodeDecodeError:
                    rejects.append(self._reject(number, "bytes that no encoding explains", line))
            rows = pa.record_batch([arrow_strings(texts)], schema=self.schema)
            yield Chunk(rows, rows.column(TEXT), tuple(rejects))


class JsonLinesSource(_LineSource):
    """JSONL: rows keep their line as it was; blank lines are passed over."""

    schema = pa.schema([(LINE, pa.string())])

    def __init__(self, path: str, options: ReadOptions) -> None:
        """Open the file; the key of the messages is taken from the first good line."""
        super().__init__(path, options)
        self._key: str | None = options.text
        self._found = False

    def chunks(self) -> Iterator[Chunk]:
        """All lines, once."""
        for group in self._groups():
            lines: list[str] = []
            texts: list[str] = []
            rejects: list[Reject] = []
            for number, line in group:
                if not line.strip():
                    continue
                try:
                    text = self._message(line)
                except (ValueError, RecursionError) as error:
                    rejects.append(self._reject(number, str(error), line))
                    continue
                lines.append(line.decode().strip())
                texts.append(text)
            rows = pa.record_batch([arrow_strings(lines)], schema=self.schema)
            yield Chunk(rows, arrow_strings(texts), tuple(rejects))

    def _message(self, line: bytes) -> str:
        """The message in a line; raises ``ValueError`` with the reason why there is none."""
        try:
            row = json.loads(line)
        except UnicodeDecodeError:
            raise ValueError("bytes that no encoding explains") from None
        except json.JSONDecodeError as error:
            raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from None
        except RecursionError:
            raise ValueError("not JSON: nested too deeply") from None
        if not isinstance(row, dict):
            raise ValueError("not a JSON object")
        if not self._found:
            self._key = pick_text_column(self.name, list(row), self._options.text)
            self._found = True
        text = row.get(self._key, 0)
        if text is None:
            return ""
        if not isinstance(text, str):
            raise ValueError(f"no text under {self._key!r}")
        # A lone surrogate cannot be written as UTF-8; the line itself stays as it was.
        return text.encode("utf-8", "ignore").decode()
