"""Disguising messages: which words, and how many of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from random import Random

from dunwatch.features import VIEWS, Lexicon, extract
from dunwatch.text import plain_batch
from dunwatch_train.disguise import han, latin, marks
from dunwatch_train.disguise.side import Side

Stretch = tuple[int, int]

_HAN_WORD = re.compile("[\u3400-\u9fff]+")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class Disguise:
    """One way to disguise words: those that match ``words``, each by ``change``."""

    words: re.Pattern[str]
    change: Callable[[str, Side, Random], str]


_EITHER = re.compile(f"{_HAN_WORD.pattern}|{_LATIN_WORD.pattern}")

DISGUISES: Mapping[str, Disguise] = {
    "homophones": Disguise(_HAN_WORD, han.homophones),
    "pinyin": Disguise(_HAN_WORD, han.pinyin),
    "initials": Disguise(_HAN_WORD, han.initials),
    "components": Disguise(_HAN_WORD, han.components),
    "variants": Disguise(_HAN_WORD, han.variants),
    "traditional": Disguise(_HAN_WORD, han.traditional),
    "digits": Disguise(_HAN_WORD, han.digits),
    "lookalikes": Disguise(_LATIN_WORD, latin.lookalikes),
    "leet": Disguise(_LATIN_WORD, latin.leet),
    "dropped_vowels": Disguise(_LATIN_WORD, latin.dropped_vowels),
    "typos": Disguise(_LATIN_WORD, latin.typos),
    "texting": Disguise(_LATIN_WORD, latin.texting),
    "styled": Disguise(_LATIN_WORD, latin.styled),
    "struck": Disguise(_LATIN_WORD, latin.struck),
    "full_width": Disguise(_LATIN_WORD, marks.full_width),
    "separated": Disguise(_EITHER, marks.separated),
    "starred": Disguise(_EITHER, marks.starred),
    "invisible": Disguise(_EITHER, marks.invisible),
    "emoji": Disguise(_EITHER, marks.emoji),
}
"""By name. A new one is learned from, and attacks, without further ado."""


def sensitive_stretches(texts: Sequence[str], lexicon: Lexicon) -> list[list[Stretch]]:
    """Where the words stand that a filter would know, by message: the entries of the lexicon, in the original text."""
    plain = plain_batch(texts)
    found = extract(plain, lexicon)
    in_classes = (found.hashes & 7) == VIEWS.index("classes")
    stretches: list[list[Stretch]] = []
    for first, last in zip(found.offsets[:-1], found.offsets[1:], strict=True):
        places = in_classes[first:last].nonzero()[0] + first
        ends = zip(plain.origin[found.starts[places]], plain.origin[found.stops[places] - 1] + 1, strict=True)
        stretches.append(sorted((int(start), int(stop)) for start, stop in ends))
    return stretches


def disguised(text: str, stretches: Sequence[Stretch], name: str, strength: float, rng: Random, side: Side = Side.TRAIN) -> str:
    """The text with a share (``strength``, 0 to 1, rounded up) of the words in its stretches disguised; equal if none can be."""
    disguise = DISGUISES[name]
    places = [match.span() for start, stop in stretches for match in disguise.words.finditer(text, start, stop)]
    changed = [(span, new) for span in places if (new := disguise.change(text[slice(*span)], side, rng)) != text[slice(*span)]]
    chosen = rng.sample(changed, ceil(strength * len(changed)))
    for (start, stop), new in sorted(chosen, reverse=True):
        text = text[:start] + new + text[stop:]
    return text
