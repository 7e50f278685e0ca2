"""The lexicon in the form the feature kernel reads: a hash table of entries and of all their beginnings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dunwatch.features import kernels
from dunwatch.features.table import empty_keys
from dunwatch.text import plain_text
from dunwatch.text.chars import HAN, LETTER, char_tables

PREFIX_ONLY = -1
SHORTEST = 2
"""Entries of one character are passed over: they would be everywhere."""

SHORTEST_BY_SOUND = 3
"""Chinese entries from this length on are also found by their syllables; shorter ones have too many homophones."""


@dataclass(frozen=True)
class Lexicon:
    """Classes of words and phrases.

    ``names``: class names, their place is the class number. ``hashes``: uint64, entries and their beginnings.
    ``classes``: int16, the class number of each, ``PREFIX_ONLY`` for a mere beginning. ``pairs``: uint8, a filter of the
    beginnings of entries.
    """

    names: tuple[str, ...]
    hashes: NDArray[np.uint64]
    classes: NDArray[np.int16]
    pairs: NDArray[np.uint8]

    @cached_property
    def table(self) -> tuple[NDArray[np.uint32], NDArray[np.int16], NDArray[np.uint8]]:
        """Keys and classes by slot, as the kernel looks them up, and the filter of beginnings."""
        keys = empty_keys(len(self.hashes))
        slots = np.empty(len(self.hashes), dtype=np.int64)
        kernels.insert_all(keys, slots, self.hashes)
        classes = np.full(len(keys), PREFIX_ONLY, dtype=np.int16)
        classes[slots] = self.classes
        return keys, classes, self.pairs

    @cached_property
    def class_of(self) -> dict[int, str]:
        """The name of the class that a feature of the view ``classes`` stands for."""
        return {int(h): name for h, name in zip(kernels.class_features(len(self.names)), self.names, strict=True)}


def compile_lexicon(entries: Iterable[tuple[str, str]]) -> Lexicon:
    """Compile pairs of (class, entry). Entries are made plain first; of two classes with one entry the first has it."""
    rows = list(entries)
    names = tuple(sorted({name for name, _ in rows}))
    number = {name: place for place, name in enumerate(names)}
    found: dict[int, int] = {}
    sounds: dict[int, set[int]] = {}
    pairs = np.zeros(kernels.PAIR_FILTER, dtype=np.uint8)
    for name, entry in rows:
        codes = np.frombuffer(plain_text(entry).text.encode("utf-32-le"), dtype=np.uint32)
        if len(codes) < SHORTEST:
            continue
        _mark_beginning(pairs, codes, kernels.LITERAL)
        _enter(found, _beginnings(codes, kernels.LITERAL), number[name])
        if len(codes) >= SHORTEST_BY_SOUND and (char_tables().kind[codes] == HAN).all():
            syllables = char_tables().syllable[codes].astype(np.uint32)
            if syllables.all():
                _mark_beginning(pairs, syllables, kernels.BY_SOUND)
                for h in _beginnings(syllables, kernels.BY_SOUND):
                    sounds.setdefault(h, set())
                sounds[h].add(number[name])
    for h, classes in sounds.items():
        # A sound that two classes share says nothing.
        found[h] = classes.pop() if len(classes) == 1 else PREFIX_ONLY
    hashes = np.array(sorted(found), dtype=np.uint64)
    return Lexicon(names, hashes, np.array([found[int(h)] for h in hashes], dtype=np.int16), pairs)


def _mark_beginning(pairs: NDArray[np.uint8], units: NDArray[np.uint32], seed: np.uint64) -> None:
    latin = seed == kernels.LITERAL and char_tables().kind[units[0]] == LETTER
    pairs[kernels.beginning_slot(units, 0, len(units), latin)] |= int(seed)


def _beginnings(units: NDArray[np.uint32], seed: np.uint64) -> list[int]:
    return [int(kernels.sequence_hash(units[:size], seed)) for size in range(SHORTEST, len(units) + 1)]


def _enter(found: dict[int, int], hashes: list[int], number: int) -> None:
    for h in hashes[:-1]:
        found.setdefault(h, PREFIX_ONLY)
    if hashes and found.get(hashes[-1], PREFIX_ONLY) == PREFIX_ONLY:
        found[hashes[-1]] = number
