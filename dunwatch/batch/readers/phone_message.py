"""One message of a phone backup: what its elements and attributes say, as the columns of a table."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dunwatch.batch.rows import TEXT

COLUMNS = ("date", "sender", "recipients", "contact", "direction", "kind", TEXT)

Row = tuple[str, ...]
"""Values of the columns."""

_DIRECTIONS = {"1": "received", "2": "sent", "3": "draft", "4": "outbox", "5": "failed", "6": "queued"}
_OUTGOING = frozenset(_DIRECTIONS.values()) - {"received"}
_OURSELVES = "insert-address-token"
_FROM = "137"
_RECIPIENTS = frozenset(("151", "130", "129"))
_NOBODY = "(Unknown)"
_EPOCH = datetime(1970, 1, 1)
_STAMP = re.compile(r"-?[0-9]{1,18}")


@dataclass(slots=True)
class PhoneMessage:
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
            self._text(),
        )

    def _text(self) -> str:
        """The body; of an MMS its subject and its text parts."""
        if self.kind == "sms":
            return _value(self.attributes, "body")
        return "\n".join(filter(None, (_value(self.attributes, "sub"), *self.texts)))


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
