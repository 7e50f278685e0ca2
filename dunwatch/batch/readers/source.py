"""What a reader is asked for, and what it promises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from dunwatch.batch.rows import Block, Chunk
from dunwatch.errors import MissingColumn

STDIN = "-"
TEXT_COLUMNS = ("text", "content", "body", "message", "msg", "sms", "内容", "短信内容", "消息", "消息内容", "短信", "正文")
NO_ENCODING = "bytes that no encoding explains"
BLOCK_BYTES = 1 << 23
"""About how many bytes a block of rows may hold, so that long messages do not fill the memory."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """``text``: the column of messages, None to guess. ``encoding``: a name or ``auto``. ``rows``: messages a block, at most."""

    text: str | None = None
    encoding: str = "auto"
    rows: int = 8192


class Parser(Protocol):
    """Looks into rows: finds the messages, and rejects what holds none. Small, and can be sent to other processes."""

    def __call__(self, block: Block) -> Chunk:
        """The rows of a block that can be scored."""


class Source(Protocol):
    """An input being read: its name for people, its columns, the column of its messages, and its rows in order."""

    name: str
    schema: pa.Schema
    text: str

    @property
    def parser(self) -> Parser:
        """Looks into the rows."""

    def blocks(self) -> Iterator[Block]:
        """All rows, once."""

    def fraction(self) -> float:
        """How much of the input has been read, from 0 to 1."""

    def close(self) -> None:
        """Let go of the file."""


@dataclass(frozen=True, slots=True)
class TableRows:
    """The parser of tables: ``text`` names the column of messages."""

    text: str

    def __call__(self, block: Block) -> Chunk:
        """Every row as it is."""
        texts = block.rows.column(self.text)
        if pa.types.is_dictionary(texts.type):
            texts = texts.dictionary_decode()
        return Chunk(block.rows, texts, block.numbers, block.rejects)


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
