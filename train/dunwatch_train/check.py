"""``dunwatch corpus-check``: what a corpus must hold to be worth learning from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from dunwatch.labels import LABEL_IDS
from dunwatch_train.corpus import CLEAN_SCENES, Message
from dunwatch_train.near import near_duplicates

NEAR_WITHIN, NEAR_ACROSS = 0.6, 0.5
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dxX](?!\d)")
_FACTORS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_SHORTEST_NEAR = 8


def problems(messages: Sequence[Message], test: Sequence[Message] = ()) -> Iterator[str]:
    """Everything wrong with a corpus, one line each, naming messages by id."""
    everything = [*messages, *test]
    yield from _repeated("id", [message.id for message in everything])
    yield from _repeated("text", [message.text for message in everything])
    for message in everything:
        if personal := personal_data(message.text):
            yield f"{message.id}: holds {personal}"
    yield from _near(messages, NEAR_WITHIN)
    if test:
        yield from _near(everything, NEAR_ACROSS, known=len(messages))
    yield from _shortfalls(messages)


def _repeated(field: str, values: Sequence[str]) -> Iterator[str]:
    for value, count in Counter(values).items():
        if count > 1:
            yield f"{field} stands {count} times: {value[:40]!r}"


def _near(messages: Sequence[Message], least: float, known: int = 0) -> Iterator[str]:
    for i, j, index in near_duplicates([message.text for message in messages], least, known):
        if min(len(messages[i].text), len(messages[j].text)) >= _SHORTEST_NEAR:
            yield f"{messages[i].id} and {messages[j].id} are nearly the same ({index:.2f})"


def personal_data(text: str) -> str | None:
    """What kind of real person's data a text seems to hold: a mainland mobile number, or a valid identity number."""
    if _MOBILE.search(text):
        return "a mobile number"
    if any(_is_identity(match.group()) for match in _IDENTITY.finditer(text)):
        return "an identity number"
    return None


def _is_identity(number: str) -> bool:
    """Whether the check digit is right (GB 11643-1999)."""
    total = sum(int(digit) * factor for digit, factor in zip(number, _FACTORS, strict=False))
    return _CHECK_DIGITS[total % 11] == number[-1].upper()


def _shortfalls(messages: Sequence[Message]) -> Iterator[str]:
    """Labels that are missing, alone or at all, clean scenes that are missing, and a share of clean messages far from half."""
    sets = Counter(message.labels for message in messages)
    for name in LABEL_IDS:
        if not sets[(name,)]:
            yield f"no message has the label {name} alone"
    scenes = {message.scene for message in messages}
    for scene in sorted(CLEAN_SCENES - scenes):
        yield f"no message of scene {scene}"
    share = sets[()] / max(len(messages), 1)
    if not 0.35 <= share <= 0.65:
        yield f"{share:.0%} of the messages are clean; about half should be"


def balance(messages: Sequence[Message]) -> dict[str, Counter[str]]:
    """Counts by label, label set, scene, language, disguise and author batch."""
    return {
        "label": Counter(name for message in messages for name in message.labels or ("clean",)),
        "label set": Counter(" + ".join(message.labels) or "clean" for message in messages),
        "scene": Counter(message.scene for message in messages),
        "language": Counter(message.lang for message in messages),
        "disguise": Counter(name for message in messages for name in message.disguise),
        "author batch": Counter(message.author_batch for message in messages),
    }
