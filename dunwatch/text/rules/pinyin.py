"""Chinese words spelled in Latin letters: “wei星定位”, “拿命还qian”, “wei xing ding wei”.

Only words of a short list are restored (``pinyin_words.tsv``: word ⇥ syllables).
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

from dunwatch.text.edits import Edit

WORDS_FILE = Path(__file__).with_name("pinyin_words.tsv")

_GAP = r"[ '\-*.]?"
_SHORTEST_ALONE = 6
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN = re.compile("[a-z]")
_LATIN_RUN = re.compile("[a-z]+")
_REACH = 8


@cache
def pinyin_words() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Word and syllables, longest first."""
    rows = (line.split("\t") for line in WORDS_FILE.read_text(encoding="utf-8").splitlines() if line)
    return tuple(sorted(((word, tuple(spelled.split())) for word, spelled in rows), key=lambda row: (-len(row[0]), row[0])))


def _spelling(word: str, spelled: tuple[str, ...]) -> str:
    """Each character as itself or as its syllable; the first as a set, which ``re`` rejects fastest."""
    units = [f"(?:{han}|{latin})" for han, latin in zip(word, spelled, strict=True)]
    han, latin = word[0], spelled[0]
    units[0] = f"[{han}{latin[0]}](?:(?<={han})|(?<={latin[0]}){latin[1:]})"
    return _GAP.join(units)


@cache
def _patterns() -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], str], ...]]:
    """One pattern for all words, and one for each."""
    spellings = [(_spelling(word, spelled), word) for word, spelled in pinyin_words()]
    return re.compile("|".join(s for s, _ in spellings)), tuple((re.compile(s), word) for s, word in spellings)


@cache
def parts() -> frozenset[str]:
    """Runs of Latin letters that may be part of a listed word: its syllables, and neighbours written together."""
    return frozenset(
        "".join(spelled[first:last])
        for _, spelled in pinyin_words()
        for first in range(len(spelled))
        for last in range(first + 1, len(spelled) + 1)
    )


@cache
def wholes() -> frozenset[str]:
    """Words in Latin letters that are restored without a Chinese character beside them."""
    joined = ("".join(spelled) for _, spelled in pinyin_words())
    return frozenset(word for word in joined if len(word) >= _SHORTEST_ALONE - 1)


def undo(text: str) -> list[Edit]:
    """Restore listed words of which at least one syllable is in Latin letters."""
    edits: list[Edit] = []
    end = 0
    for place in _places(text):
        match = _patterns()[0].match(text, place) if place >= end else None
        if match and _LATIN.search(match.group()) and _whole(text, place, match.end()) and _meant(match.group()):
            edits.append(Edit(place, match.end(), _word(match.group()), "pinyin"))
            end = match.end()
    return edits


def _places(text: str) -> list[int]:
    """Where a word may begin: at a run of Latin letters that is part of one, or at one of the characters before it.

    A word that takes a run takes the whole of it, so that others need no look.
    """
    found: set[int] = set()
    for run in _LATIN_RUN.finditer(text):
        if run.group() in parts():
            start = run.start()
            found.add(start)
            found.update(place for place in range(max(0, start - _REACH), start) if text[place] in _first_characters())
    return sorted(found)


@cache
def _first_characters() -> frozenset[str]:
    return frozenset(word[0] for word, _ in pinyin_words())


def _word(found: str) -> str:
    return next(word for pattern, word in _patterns()[1] if pattern.fullmatch(found))


def _whole(text: str, start: int, stop: int) -> bool:
    """Whether the match does not cut a Latin word in two."""
    return not any(0 < at < len(text) and all(_LATIN.match(char) for char in text[at - 1 : at + 1]) for at in (start, stop))


def _meant(found: str) -> bool:
    """Latin letters alone are meant as Chinese only if they are long enough not to be an English word."""
    if any(_HAN.match(char) for char in found):
        mixed = all(not (left == " " or right == " ") for left, right in pairwise(found))
        return mixed or len(found) > 4
    return len(found) >= _SHORTEST_ALONE
