"""Backups of a phone's messages by the Android app SMS Backup & Restore, in XML."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from xml.parsers import expat

import numpy as np
import pyarrow as pa

from dunwatch.batch.readers.source import BLOCK_BYTES, NO_ENCODING, ReadOptions, TableRows, pick_text_column
from dunwatch.batch.readers.streams import open_text
from dunwatch.batch.readers.surrogates import joined
from dunwatch.batch.rows import TEXT, Block, Reject
from dunwatch.errors import UnreadableInput
from dunwatch.text import arrow_numbers, arrow_strings

_COLUMNS = ("date", "sender", "recipients", "contact", "direction", "kind", TEXT)
_DIRECTIONS = {"1": "received", "2": "sent", "3": "draft", "4": "outbox", "5": "failed", "6": "queued"}
_OUTGOING = frozenset(_DIRECTIONS.values()) - {"received"}
_OURSELVES = "insert-address-token"
_FROM = "137"
_RECIPIENTS = frozenset(("151", "130", "129"))
_NOBODY = "(Unknown)"
_EPOCH = datetime(1970, 1, 1)
_STAMP = re.compile(r"-?[0-9]{1,18}")

_ROOT = b"<smses>"
_START = re.compile(rb"<[sm]ms[ \t\r\n]")
_START_BYTES = 5
_SIGN = re.compile(rb"<smses\b|" + _START.pattern)
_BEFORE = re.compile(r"\A(?:</[sm]ms\s*>|<smses(?:\s[^<>]*)?(?<!/)>)\s*")
"""What is not part of the damage, though behind the place up to which all is whole."""
_UNDEFINED_ENTITY = expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]
_CONTENT = 10_000
_CONTENT_BYTES = 4 * _CONTENT + 8
_FIRST_PIECE = 1 << 12
_PIECE = 1 << 16
_LONGEST = 1 << 26
"""Bytes of a message at most, pictures included: more than a network lets through, and little enough to hold."""
_DEEPEST = 8

Row = tuple[str, ...]


class _Damage(Exception):
    """Why a stretch cannot be read, and the byte where that showed: a message that begins there may be whole."""

    def __init__(self, reason: str, place: int) -> None:
        super().__init__(reason)
        self.place = place


@dataclass(frozen=True, slots=True)
class _Gap:
    """A stretch left out."""

    reason: str
    content: str


class PhoneSource:
    """A backup with its messages in order, SMS and MMS alike, numbered from 1; damage before all of them is number 0."""

    schema = pa.schema([(name, pa.string()) for name in _COLUMNS])

    def __init__(self, path: str, options: ReadOptions) -> None:
        """Open the file. Raises ``UnreadableInput`` unless it is such a backup, ``MissingColumn`` for another text column."""
        self._opened = open_text(path, options)
        self.name = self._opened.name
        self._rows = options.rows
        try:
            self.text = pick_text_column(self.name, _COLUMNS, options.text)
            self._backup = _Backup(self.name, joined(self._opened.stream))
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

    def add(self, number: int, item: Row | _Gap) -> None:
        if isinstance(item, _Gap):
            self._rejects.append(Reject(self._name, number, item.reason, item.content))
            text = item.content
        else:
            self._found.append(item)
            self._numbers.append(number)
            text = item[-1]
        self.count += 1
        self.size += len(text) if text.isascii() else 3 * len(text)

    def block(self, schema: pa.Schema) -> Block:
        columns = zip(*self._found, strict=True) if self._found else ((),) * len(_COLUMNS)
        rows = pa.RecordBatch.from_arrays([arrow_strings(column) for column in columns], schema=schema)
        return Block(rows, arrow_numbers(np.array(self._numbers, dtype=np.int64)), tuple(self._rejects))


class _Backup:
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
        self._found: list[Row | _Gap] = []
        self._parser = _Parser(name, self._found)
        self._ended = False
        self.first = 1
        while not (self._parser.in_root or self._ended):
            self._advance()

    def items(self) -> Iterator[Row | _Gap]:
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
        except _Damage as damage:
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
            raise _Damage("a comment or instruction that does not end", behind)
        if self._fed - self._origin - self._parser.whole > _LONGEST:
            raise _Damage(f"longer than {_LONGEST >> 20} MB", behind)

    def _leave_out(self, damage: _Damage) -> None:
        """Make a gap of what cannot be read, and begin anew at the next message."""
        self._drop(self._origin + self._parser.whole)
        content = self._pass_over(max(1, self._origin + damage.place)) if self._parser.in_root else self._pass_header(str(damage))
        told = _BEFORE.sub("", content.decode("utf-8", "replace").strip())[:_CONTENT]
        self._found.append(_Gap(_likelier(str(damage), content), told))
        self._parser = _Parser(self._name, self._found)
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


class _Parser:
    """One run of expat: adds whole messages to ``found`` until something does not fit."""

    def __init__(self, name: str, found: list[Row | _Gap]) -> None:
        self.in_root = False
        self.whole = 0
        """In front of this byte all messages are whole and found."""
        self._name = name
        self._found = found
        self._depth = 0
        self._message = _Message("", {})
        self._expat = expat.ParserCreate("utf-8")
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._text
        self._expat.CommentHandler = self._aside
        self._expat.ProcessingInstructionHandler = self._aside
        self._expat.StartDoctypeDeclHandler = self._refuse
        # Later versions of expat may otherwise leave whole messages waiting.
        if put_off := getattr(self._expat, "SetReparseDeferralEnabled", None):
            put_off(False)

    @property
    def place(self) -> int:
        """The byte expat has come to: the beginning of what has not ended yet."""
        return self._expat.CurrentByteIndex

    def feed(self, piece: bytes | bytearray) -> None:
        """Read a piece, an empty one at the end. Raises ``_Damage``, and ``UnreadableInput`` for what is no backup at all."""
        try:
            self._expat.Parse(piece, not piece)
        except expat.ExpatError as error:
            if not piece:
                raise _Damage("the file breaks off here", self.place + 1) from None
            told = expat.ErrorString(error.code).removeprefix("not well-formed (").removesuffix(")")
            # Of this error expat tells the beginning of the tag that it is in.
            in_tag = error.code == _UNDEFINED_ENTITY
            raise _Damage(f"not well-formed XML: {told}", self.place + in_tag) from None

    def _damage(self, reason: str) -> _Damage:
        return _Damage(reason, self.place)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1:
            self._enter(name)
        elif name in ("sms", "mms"):
            if self._depth > 2:
                raise self._damage("a message that does not end")
            self._message = _Message(name, attributes)
        elif self._depth == 2:
            raise self._damage("an element that is neither sms nor mms")
        elif self._depth > _DEEPEST:
            raise self._damage("nested too deeply")
        else:
            self._message.add(name, attributes)

    def _enter(self, name: str) -> None:
        if name in ("sms", "mms"):
            raise self._damage("the header is missing")
        if name != "smses":
            holds = "calls, not messages" if name == "calls" else f"<{name}>, not <smses>"
            raise UnreadableInput(f"{self._name}: not a backup of SMS Backup & Restore: holds {holds[:80]}")
        self.in_root = True
        self.whole = self.place

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if self._depth == 1:
            self._found.append(self._message.row())
            self.whole = self.place

    def _text(self, text: str) -> None:
        if not text.isspace():
            raise self._damage("text outside of attributes")

    def _aside(self, *texts: str) -> None:
        if any("<sms" in text or "<mms" in text for text in texts):
            raise self._damage("a comment or instruction that holds messages")

    def _refuse(self, *_: object) -> None:
        # Entities are declared nowhere else, so that none can be expanded or fetched.
        raise UnreadableInput(f"{self._name}: holds a DTD, which has no place in a backup; not read")


@dataclass(slots=True)
class _Message:
    """A message as its elements come in."""

    kind: str
    attributes: dict[str, str]
    texts: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    def add(self, name: str, attributes: dict[str, str]) -> None:
        """An element inside of an MMS. Pictures are not kept."""
        if name == "part" and attributes.get("ct", "").lower().startswith("text/plain"):
            self.texts.append(_value(attributes, "text"))
        elif name == "addr" and (number := _value(attributes, "address")) not in ("", _OURSELVES):
            if attributes.get("type") == _FROM:
                self.senders.append(number)
            elif attributes.get("type") in _RECIPIENTS:
                self.recipients.append(number)

    def row(self) -> Row:
        """The values of the columns."""
        raw = _value(self.attributes, "type" if self.kind == "sms" else "msg_box")
        direction = _DIRECTIONS.get(raw, raw)
        other = _value(self.attributes, "address").replace("~", "|")
        sent = direction in _OUTGOING
        return (
            _moment(_value(self.attributes, "date")),
            "" if sent else "|".join(self.senders) or other,
            "|".join(self.recipients) or (other if sent else ""),
            _contact(_value(self.attributes, "contact_name")),
            direction,
            self.kind,
            _value(self.attributes, "body") if self.kind == "sms" else "\n".join(filter(None, self.texts)),
        )


def _value(attributes: dict[str, str], name: str) -> str:
    value = attributes.get(name, "")
    return "" if value == "null" else value


def _contact(names: str) -> str:
    """Names of contacts; one of several may be unknown."""
    return ", ".join(name for name in names.split(", ") if name != _NOBODY) if _NOBODY in names else names


def _moment(stamp: str) -> str:
    """Milliseconds since 1970 as ISO 8601; anything else as it is."""
    if not _STAMP.fullmatch(stamp):
        return stamp
    try:
        moment = _EPOCH + timedelta(milliseconds=int(stamp))
    except OverflowError:
        return stamp
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds") + "Z"
