"""The corpus: one message a line, checked field by field on reading."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from dunwatch.errors import CorpusError
from dunwatch.labels import LABEL_IDS

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "data"

LANGUAGES = frozenset(("zh", "en", "mixed"))
ABUSE_SCENES = frozenset(("to_debtor", "to_contact", "in_public"))
CLEAN_SCENES = frozenset(
    (
        "civil_collection",
        "location_talk",
        "borrower_voice",
        "everyday",
        "marketing",
        "banter",
        "notice",
        "service",
        "fragment",
    )
)
SENDERS = frozenset(
    [
        "app_lender",
        "bank",
        "agency",
        "private_lender",
        "lawyer",
        "company",
        "landlord",
        "neighbour",
        "ex_partner",
        "campus_agent",
        "pawnshop",
        "car_loan",
        "credit_union",
        "debt_buyer",
        "authority",
        "borrower",
        "friend",
        "family",
        "colleague",
        "merchant",
        "courier",
        "school",
        "media",
        "stranger",
    ]
)
CHANNELS = frozenset(
    [
        "sms",
        "chat",
        "group",
        "email",
        "call",
        "voicemail",
        "poster",
        "letter",
        "social",
    ]
)
TRICKS = frozenset(
    [
        "homophone",
        "pinyin",
        "split",
        "star",
        "lookalike",
        "traditional",
        "fullwidth",
        "zerowidth",
        "emoji",
        "leet",
        "digits",
        "abbreviation",
        "typo",
    ]
)


@dataclass(frozen=True, slots=True)
class Message:
    """One labelled message. ``labels`` empty means clean; ``ways`` says how the act is done, as ``label.way``."""

    id: str
    text: str
    lang: str
    labels: tuple[str, ...]
    scene: str
    sender: str
    channel: str
    disguise: tuple[str, ...]
    author_batch: str
    ways: tuple[str, ...] = ()

    def to_json(self) -> str:
        """One line of the corpus."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read_corpus(folder: Path) -> list[Message]:
    """All messages of a folder, in the order of file names and lines.

    Raises ``CorpusError`` for a line that breaks the schema, naming file and line.
    """
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise CorpusError(f"{folder}: no *.jsonl files; is this the corpus folder?")
    return [message for path in files for message in _read_file(path)]


def _read_file(path: Path) -> Iterable[Message]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            yield parse_message(line)
        except (ValueError, TypeError) as error:
            raise CorpusError(f"{path.name}:{number}: {error}") from None


def parse_message(line: str) -> Message:
    """The message in a line of JSON; raises ``ValueError`` or ``TypeError`` saying which field is wrong."""
    row = json.loads(line)
    for name in ("labels", "disguise", "ways"):
        row[name] = tuple(row.get(name, ()))
    message = Message(**row)
    _check("labels", message.labels, frozenset(LABEL_IDS))
    _check("lang", (message.lang,), LANGUAGES)
    _check("scene", (message.scene,), ABUSE_SCENES if message.labels else CLEAN_SCENES)
    _check("sender", (message.sender,), SENDERS)
    _check("channel", (message.channel,), CHANNELS)
    _check("disguise", message.disguise, TRICKS)
    if not message.text.strip():
        raise ValueError("text is empty")
    if strays := [way for way in message.ways if way.partition(".")[0] not in message.labels]:
        raise ValueError(f"way {strays[0]!r} is of no label the message has")
    return message


def _check(field: str, values: Iterable[str], allowed: frozenset[str]) -> None:
    for value in values:
        if value not in allowed:
            raise ValueError(f"{field} {value!r} is not one of {', '.join(sorted(allowed))}")


def corpus_digest(messages: Iterable[Message]) -> str:
    """sha256 over all messages, as written."""
    digest = hashlib.sha256()
    for message in messages:
        digest.update(message.to_json().encode() + b"\n")
    return digest.hexdigest()
