"""A phone backup as a stream of messages: what is damaged costs itself, and nothing else."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from dunwatch.batch.readers.backup_parser import BackupParser, Damage, Gap
from dunwatch.batch.readers.phone_message import Row
from dunwatch.batch.readers.source import NO_ENCODING
from dunwatch.errors import UnreadableInput

_ROOT = b"<smses>"
_START = re.compile(rb"<[sm]ms[ \t\r\n]")
_START_BYTES = 5
_SIGN = re.compile(rb"<smses\b|" + _START.pattern)
_BEFORE = re.compile(r"\A(?:</[sm]ms\s*>|<smses(?:\s[^<>]*)?(?<!/)>)\s*")
"""What is not part of the damage, though behind the place up to which all is whole."""
_CONTENT = 10_000
_CONTENT_BYTES = 4 * _CONTENT + 8
_FIRST_PIECE = 1 << 12
_PIECE = 1 << 16
_LONGEST = 1 << 26
"""Bytes of a message at most, pictures included: more than a network lets through, and little enough to hold."""


class Backup:
    """The bytes of a backup on their way through expat, which begins anew behind every stretch it cannot read."""

    def __init__(self, name: str, blocks: Iterator[bytes]) -> None:
        """Read up to the root."""
        self._name = name
        self._input = blocks
        self._data = bytearray(next(blocks, b""))
        if b"\0" in self._data[:2]:
            # Expat would read it as that, but not what follows damage.
            raise UnreadableInput(f"{name}: looks like UTF-16; name it with --encoding utf-16-le or utf-16-be")
        self._fed = 0
        """How much of the data expat has seen."""
        self._origin = 0
        """Where in the data its byte 0 stands."""
        self._found: list[Row | Gap] = []
        self._parser = BackupParser(name, self._found)
        self._ended = False
        self.first = 1
        while not (self._parser.in_root or self._ended):
            self._advance()

    def items(self) -> Iterator[Row | Gap]:
        """Messages and gaps in their order."""
        while self._found or not self._ended:
            yield from self._found
            self._found.clear()
            if not self._ended:
                self._advance()

    def _advance(self) -> None:
        """Let expat read on."""
        begun = self._origin + self._parser.whole
        # Small pieces behind damage, of which there may be more; large ones for pictures, which expat begins anew each time.
        self._feed(max(_FIRST_PIECE, min(self._fed - self._origin, _PIECE), self._fed - begun))

    def _feed(self, size: int) -> None:
        self._fill(size)
        piece = self._data[self._fed : self._fed + size]
        self._fed += len(piece)
        self._ended = not piece
        try:
            self._parser.feed(piece)
            self._check_unfinished()
        except Damage as damage:
            self._leave_out(damage)

    def _fill(self, size: int) -> None:
        """Drop what is whole, and read until so many bytes can be fed, if there are as many."""
        if len(self._data) - self._fed >= size:
            return
        self._drop(self._origin + self._parser.whole)
        while len(self._data) - self._fed < size and (block := next(self._input, b"")):
            self._data += block

    def _drop(self, count: int) -> None:
        del self._data[:count]
        self._fed -= count
        self._origin -= count

    def _check_unfinished(self) -> None:
        """Messages inside what has not ended yet would wait for its end in vain."""
        behind = self._parser.place + 1
        if _START.search(self._data, self._origin + behind, self._fed):
            raise Damage("a comment or instruction that does not end", behind)
        if self._fed - self._origin - self._parser.whole > _LONGEST:
            raise Damage(f"longer than {_LONGEST >> 20} MB", behind)

    def _leave_out(self, damage: Damage) -> None:
        """Make a gap of what cannot be read, and begin anew at the next message."""
        self._drop(self._origin + self._parser.whole)
        content = self._pass_over(max(1, self._origin + damage.place)) if self._parser.in_root else self._pass_header(str(damage))
        told = _BEFORE.sub("", content.decode("utf-8", "replace").strip())[:_CONTENT]
        self._found.append(Gap(_likelier(str(damage), content), told))
        self._parser = BackupParser(self._name, self._found)
        self._parser.feed(_ROOT)
        self._parser.whole = len(_ROOT)
        self._fed, self._origin = 0, -len(_ROOT)
        self._ended = not self._data

    def _pass_header(self, reason: str) -> bytes:
        """The same for damage before the root. Raises ``UnreadableInput`` if this is no backup, or one without messages."""
        # A file without any sign of being one is not read to its end.
        content = self._pass_over(0) if _SIGN.search(self._data) else b""
        if not _START.match(self._data):
            raise UnreadableInput(f"{self._name}: not a backup of SMS Backup & Restore: {reason}")
        self.first = 0
        return content

    def _pass_over(self, behind: int) -> bytes:
        """Drop everything up to the next message that begins at a place or later; the beginning of what was dropped."""
        content = b""
        while not (start := _START.search(self._data, behind)) and (block := next(self._input, b"")):
            # What is kept may hold the beginning of the message.
            end = max(behind, len(self._data) - _START_BYTES)
            content = (content + self._data[:end])[:_CONTENT_BYTES]
            del self._data[:end]
            self._data += block
            behind = 0
        end = start.start() if start else len(self._data)
        content = (content + self._data[:end])[:_CONTENT_BYTES]
        del self._data[:end]
        return content


def _likelier(reason: str, content: bytes) -> str:
    """The reason, or the likelier one that bytes are damaged."""
    try:
        # Not final: the content may end inside a character.
        codecs.getincrementaldecoder("utf-8")().decode(content, final=False)
    except UnicodeDecodeError:
        return NO_ENCODING
    return reason
