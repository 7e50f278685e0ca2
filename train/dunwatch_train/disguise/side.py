"""Two sides that share no choice: what training disguises with, and what attacks the model."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from random import Random
from zlib import crc32


class Side(IntEnum):
    """Whose choices: substitutes are dealt to one side or the other by their checksum."""

    TRAIN = 0
    ATTACK = 1


def owned(candidates: Sequence[str], side: Side) -> list[str]:
    """The substitutes that belong to a side."""
    return [candidate for candidate in candidates if crc32(candidate.encode()) % 2 == side]


def pick(candidates: Sequence[str], side: Side, rng: Random) -> str | None:
    """One of the substitutes that belong to a side, if any does."""
    own = owned(candidates, side)
    return rng.choice(own) if own else None
