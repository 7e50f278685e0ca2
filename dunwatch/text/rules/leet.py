"""Letters written as digits and signs (“p@y or d1e”), and starred words (“f*ck”).

Only words of a short list are restored (``leet_words.txt``), so that part numbers and addresses stay what they are.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from dunwatch.text.edits import Edit

WORDS_FILE = Path(__file__).with_name("leet_words.txt")

_SIGNS = {"a": "4@", "b": "8", "e": "3", "g": "9", "i": "1!", "l": "1|", "o": "0", "s": "5$", "t": "7+", "z": "2"}
_SOFT = frozenset("0123456789@$!|+*")
# Only chunks with a sign in them.
_CHUNK = re.compile(r"(?<![\w@$*])(?=[a-z]*[0-9@$!|+*])[a-z0-9@$!|+*]{3,}(?![\w@$*])")


@cache
def leet_words() -> tuple[str, ...]:
    """Words worth restoring, longest first."""
    return tuple(sorted(WORDS_FILE.read_text(encoding="utf-8").split(), key=lambda word: (-len(word), word)))


@cache
def _patterns() -> dict[tuple[int, str], tuple[tuple[re.Pattern[str], str], ...]]:
    """Patterns by the length of the word and the first sign it may be written with."""
    table: dict[tuple[int, str], list[tuple[re.Pattern[str], str]]] = {}
    for word in leet_words():
        for first in word[0] + _SIGNS.get(word[0], ""):
            table.setdefault((len(word), first), []).append((_pattern(word), word))
    return {key: tuple(rows) for key, rows in table.items()}


@cache
def _folded() -> dict[str, tuple[tuple[re.Pattern[str], str], ...]]:
    """Patterns by the letters of the word, those written with the same sign taken for one."""
    table: dict[str, list[tuple[re.Pattern[str], str]]] = {}
    for word in leet_words():
        table.setdefault(_fold(word), []).append((_pattern(word), word))
    return {key: tuple(rows) for key, rows in table.items()}


_LETTERS = str.maketrans(
    {sign: "i" if letter == "l" else letter for letter, signs in _SIGNS.items() for sign in signs} | {"l": "i"}
)


def _fold(spelled: str) -> str:
    return spelled.translate(_LETTERS)


@cache
def _pattern(word: str) -> re.Pattern[str]:
    """All ways to write a word."""
    first, rest = word[0], word[1:]
    inner = "".join("[" + re.escape(char + _SIGNS.get(char, "") + "*") + "]" for char in rest)
    return re.compile("[" + re.escape(first + _SIGNS.get(first, "")) + "]" + inner)


def undo(text: str) -> list[Edit]:
    """Restore listed words that are written with signs for letters."""
    edits: list[Edit] = []
    for match in _CHUNK.finditer(text):
        found = match.group().rstrip("!+")
        if word := _word(found):
            disguise = "starred" if "*" in found else "leetspeak"
            edits.append(Edit(match.start(), match.start() + len(found), word, disguise))
    return edits


def _word(found: str) -> str | None:
    """The listed word written with signs, if more than half of it is letters: “1O1” is a number, “****” nobody knows."""
    if _SOFT.isdisjoint(found) or 2 * sum(map(str.isalpha, found)) < len(found):
        return None
    candidates = _patterns().get((len(found), found[0]), ()) if "*" in found else _folded().get(_fold(found), ())
    return next((word for pattern, word in candidates if pattern.fullmatch(found)), None)
