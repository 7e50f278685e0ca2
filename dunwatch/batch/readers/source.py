"""What a reader is asked for, and what it promises."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol, cast

import pyarrow as pa

from dunwatch.batch.encodings import as_utf8
from dunwatch.batch.rows import Chunk
from dunwatch.errors import MissingColumn, UnreadableInput

STDIN = "-"
TEXT_COLUMNS = ("text", "content", "body", "message", "msg", "sms", "内容", "短信内容", "消息", "消息内容", "短信", "正文")


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """``text``: the column of messages, None to guess. ``encoding``: a name or ``auto``. ``rows``: messages a chunk."""

    text: str | None = None
    encoding: str = "auto"
    rows: int = 8192


class Source(Protocol):
    """An input being read: its name for people, its columns, and its rows in order."""

    name: str
    schema: pa.Schema

    def chunks(self) -> Iterator[Chunk]:
        """All rows, once."""

    def close(self) -> None:
        """Let go of the file."""


def open_utf8(path: str, options: ReadOptions) -> IO[bytes]:
    """The bytes of a file or of stdin (``-``) as UTF-8. Raises ``UnreadableInput`` if it is missing or empty."""
    stream = open_bytes(path)
    try:
        return as_utf8(stream, options.encoding)[0]
    except BaseException:
        stream.close()
        raise


def open_bytes(path: str) -> IO[bytes]:
    """The bytes of a file (``.gz`` unpacked) or of stdin (``-``)."""
    if path == STDIN:
        return sys.stdin.buffer
    try:
        if Path(path).stat().st_size == 0:
            raise UnreadableInput(f"{path}: the file is empty; nothing to score")
        return cast(IO[bytes], gzip.open(path, "rb")) if path.endswith(".gz") else Path(path).open("rb")
    except FileNotFoundError:
        raise UnreadableInput(f"{path}: no such file") from None
    except OSError as error:
        raise UnreadableInput(f"{path}: cannot be read: {error.strerror}") from None


def pick_text_column(place: str, columns: Sequence[str], wanted: str | None) -> str:
    """The column that holds the messages. Raises ``MissingColumn`` if there is none of that name, or none to guess."""
    if wanted is not None:
        if wanted in columns:
            return wanted
        raise MissingColumn(place, wanted, list(columns))
    lowered = {name.strip().lower(): name for name in reversed(columns)}
    for name in TEXT_COLUMNS:
        if name in lowered:
            return lowered[name]
    if len(columns) == 1:
        return columns[0]
    raise MissingColumn(place, None, list(columns))


def place_name(path: str) -> str:
    """How an input is called in messages."""
    return "stdin" if path == STDIN else path
