"""One run of expat over the XML of a phone backup. No entity is ever expanded: a document that declares any is refused."""

from __future__ import annotations

from dataclasses import dataclass
from xml.parsers import expat

from dunwatch.batch.readers.phone_message import PhoneMessage, Row
from dunwatch.errors import UnreadableInput

_UNDEFINED_ENTITY = expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]
_DEEPEST = 8


class Damage(Exception):
    """Why a stretch cannot be read, and the byte where that showed: a message that begins there may be whole."""

    def __init__(self, reason: str, place: int) -> None:
        super().__init__(reason)
        self.place = place


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch left out."""

    reason: str
    content: str


class BackupParser:
    """One run of expat: adds whole messages to ``found`` until something does not fit."""

    def __init__(self, name: str, found: list[Row | Gap]) -> None:
        self.in_root = False
        self.whole = 0
        """In front of this byte all messages are whole and found."""
        self._name = name
        self._found = found
        self._depth = 0
        self._message = PhoneMessage("", {})
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
        """Read a piece, an empty one at the end. Raises ``Damage``, and ``UnreadableInput`` for what is no backup at all."""
        try:
            self._expat.Parse(piece, not piece)
        except expat.ExpatError as error:
            if not piece:
                raise Damage("the file breaks off here", self.place + 1) from None
            told = expat.ErrorString(error.code).removeprefix("not well-formed (").removesuffix(")")
            # Of this error expat tells the beginning of the tag that it is in.
            in_tag = error.code == _UNDEFINED_ENTITY
            raise Damage(f"not well-formed XML: {told}", self.place + in_tag) from None

    def _damage(self, reason: str) -> Damage:
        return Damage(reason, self.place)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1:
            self._enter(name)
        elif name in ("sms", "mms"):
            if self._depth > 2:
                raise self._damage("a message that does not end")
            self._message = PhoneMessage(name, attributes)
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
