"""Disguises of English words. Each function disguises one word, or gives it back as it was where it cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from dunwatch_train.disguise.side import Side, pick

_LOOKALIKES: Mapping[str, Sequence[str]] = {
    "a": ("а", "α", "ɑ"), "b": ("Ь", "в"), "c": ("с", "ϲ"), "d": ("ԁ",), "e": ("е", "є"), "h": ("һ", "н"), "i": ("і", "ι"),
    "j": ("ј",), "k": ("к", "κ"), "l": ("ӏ",), "m": ("м",), "n": ("η", "ո"), "o": ("о", "ο", "σ"), "p": ("р", "ρ"), "q": ("ԛ",),
    "s": ("ѕ",), "t": ("т", "τ"), "u": ("υ", "ս"), "v": ("ν",), "w": ("ԝ", "ω"), "x": ("х", "χ"), "y": ("у", "γ"), "z": ("ʐ",),
}  # fmt: skip
_LEET: Mapping[str, Sequence[str]] = {
    "a": ("4", "@", "/\\"), "b": ("8", "6"), "c": ("(", "<"), "e": ("3", "€"), "g": ("9", "6"), "i": ("1", "!", "|"),
    "l": ("1", "|", "£"), "o": ("0", "()"), "s": ("5", "$", "z"), "t": ("7", "+"), "z": ("2",),
}  # fmt: skip
_TEXTING: Mapping[str, Sequence[str]] = {
    "you": ("u", "yu", "ya"), "your": ("ur", "yr", "yo"), "are": ("r",), "to": ("2",), "for": ("4",), "before": ("b4", "bfor"),
    "people": ("ppl", "peeps"), "because": ("coz", "bcz"), "please": ("pls", "plz"), "tomorrow": ("2moro", "tmrw"),
    "today": ("2day", "tdy"), "money": ("mony", "$$"), "know": ("kno", "knw"), "night": ("nite", "nyt"), "the": ("da", "d"),
    "that": ("dat", "tht"), "with": ("wit", "w/"), "have": ("hv", "hav"), "will": ("wil", "wll"), "this": ("dis", "ths"),
    "them": ("dem", "thm"), "police": ("pol1ce", "polis", "popo"),
}  # fmt: skip
_STYLES = {Side.TRAIN: (0x1D41A, 0x24D0), Side.ATTACK: (0x1D5BA, 0x1D4EA)}
"""Where styled alphabets begin: bold and enclosed letters; sans-serif and script by the other side."""

_STRIKES = {Side.TRAIN: ("\u0336", "\u0332"), Side.ATTACK: ("\u0335", "\u0333")}
_VOWELS = frozenset("aeiou")


def lookalikes(word: str, side: Side, rng: Random) -> str:
    """Two letters in three as Cyrillic or Greek ones."""
    return _some(word, _LOOKALIKES, side, rng, 0.67)


def leet(word: str, side: Side, rng: Random) -> str:
    """Four letters in five as digits and signs: p@y."""
    return _some(word, _LEET, side, rng, 0.8)


def dropped_vowels(word: str, side: Side, rng: Random) -> str:
    """Without the vowels inside, or (the other side) without the last of them."""
    inner = [place for place in range(1, len(word) - 1) if word[place].lower() in _VOWELS]
    gone = set(inner if side is Side.TRAIN or rng.random() < 0.5 else inner[-1:])
    return "".join(letter for place, letter in enumerate(word) if place not in gone)


def typos(word: str, side: Side, rng: Random) -> str:
    """One slip: two letters swapped, one left out, or (the other side) one doubled, or struck beside its key."""
    if len(word) < 4:
        return word
    at = rng.randrange(1, len(word) - 1)
    if rng.random() < 0.5:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :] if side is Side.TRAIN else word[:at] + word[at] + word[at:]
    return word[:at] + ("" if side is Side.TRAIN else _beside(word[at])) + word[at + 1 :]


def texting(word: str, side: Side, rng: Random) -> str:
    """As in hasty text messages: u, ppl, 2day, -in for -ing."""
    short = pick(_TEXTING.get(word.lower(), ()), side, rng)
    if short is None and word.lower().endswith("ing") and len(word) > 4:
        return word[:-1]
    return short or word


def styled(word: str, side: Side, rng: Random) -> str:
    """In letters of a mathematical or enclosed alphabet."""
    base = rng.choice(_STYLES[side])
    return "".join(chr(base + ord(letter) - 97) if "a" <= letter <= "z" else letter for letter in word.lower())


def struck(word: str, side: Side, rng: Random) -> str:
    """With a line through every letter, or under it."""
    mark = rng.choice(_STRIKES[side])
    return "".join(letter + mark for letter in word)


def _some(word: str, table: Mapping[str, Sequence[str]], side: Side, rng: Random, share: float) -> str:
    return "".join((pick(table.get(x.lower(), ()), side, rng) or x) if rng.random() < share else x for x in word)


def _beside(letter: str) -> str:
    rows = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    row = next((row for row in rows if letter.lower() in row), None)
    return row[(row.index(letter.lower()) + 1) % len(row)] if row else letter
