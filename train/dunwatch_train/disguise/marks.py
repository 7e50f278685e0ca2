"""Disguises by marks, of words of either language: between characters, over them, or instead of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from random import Random

from dunwatch_train.corpus import DATA
from dunwatch_train.disguise.side import Side, pick

_SEPARATORS = {Side.TRAIN: (" ", ".", "-"), Side.ATTACK: ("/", "_", "·", " . ")}
_STARS = {Side.TRAIN: ("*", "●"), Side.ATTACK: ("**", "☆", "^")}
_INVISIBLE = {Side.TRAIN: ("\u200b", "\u2060"), Side.ATTACK: ("\u200c", "\ufeff", "\u00ad")}
_FULL_WIDTH = 0xFEE0


def separated(word: str, side: Side, rng: Random) -> str:
    """With a blank, a point or a dash between all characters."""
    return rng.choice(_SEPARATORS[side]).join(word)


def starred(word: str, side: Side, rng: Random) -> str:
    """With a star between Chinese characters, or for one letter inside an English word."""
    star = rng.choice(_STARS[side])
    at = rng.randrange(1, max(len(word) - 1, 2))
    return word[:at] + star + word[at + (1 if word.isascii() and len(word) > 3 else 0) :]


def invisible(word: str, side: Side, rng: Random) -> str:
    """With a character that is not seen between all others."""
    return rng.choice(_INVISIBLE[side]).join(word)


def full_width(word: str, _side: Side, _: Random) -> str:
    """ASCII characters in the width of Chinese ones, alike on both sides."""
    return "".join(chr(ord(char) + _FULL_WIDTH) if "!" <= char <= "~" else char for char in word)


def emoji(word: str, side: Side, rng: Random) -> str:
    """A word as a picture of what it means."""
    return pick(_pictures().get(word.lower(), ()), side, rng) or word


@cache
def _pictures() -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for line in (DATA / "disguise" / "emoji.tsv").read_text(encoding="utf-8").splitlines():
        picture, *words = line.split("\t")
        for word in words:
            found.setdefault(word, []).append(picture)
    return found
