"""Figures by slice of the messages: language, length, disguise, clean scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dunwatch_train.corpus import Message
from dunwatch_train.evaluation.bootstrap import Figure, share
from dunwatch_train.evaluation.decisions import Decided

_LENGTHS = ((0, 15), (15, 40), (40, 100), (100, 250), (250, 1_000_000))


@dataclass(frozen=True, slots=True)
class Slice:
    """Figures of some messages.

    ``labels``: how many these messages have. ``recall``: of those, the flagged ones; ``seen``: those flagged or under review.
    ``false_alarms``: of the clean messages, those with any flag; ``held``: those with none that are under review.
    """

    messages: int
    clean: int
    labels: int
    recall: Figure
    seen: Figure
    false_alarms: Figure
    held: Figure


def slices(messages: Sequence[Message], decided: Decided, seed: int) -> dict[str, dict[str, Slice]]:
    """By kind of slice and name of slice."""
    kinds: Mapping[str, Sequence[str]] = {
        "language": [message.lang for message in messages],
        "length": [_length(message) for message in messages],
        "disguise": ["disguised" if message.disguise else "plain" for message in messages],
    }
    order = {_length_name(*bounds): place for place, bounds in enumerate(_LENGTHS)}
    return {
        kind: {
            name: _slice(decided, np.array(names) == name, seed)
            for name in sorted(set(names), key=lambda n: (order.get(n, 0), n))
        }
        for kind, names in kinds.items()
    }


def _length(message: Message) -> str:
    return next(_length_name(low, high) for low, high in _LENGTHS if low <= len(message.text) < high)


def _length_name(low: int, high: int) -> str:
    return f"{low} to {high - 1}" if high < _LENGTHS[-1][1] else f"{low} or more"


def clean_scenes(messages: Sequence[Message], decided: Decided, seed: int) -> dict[str, Slice]:
    """By scene of the clean messages."""
    scenes = sorted({message.scene for message in messages if not message.labels})
    return {scene: _slice(decided, np.array([not m.labels and m.scene == scene for m in messages]), seed) for scene in scenes}


def _slice(decided: Decided, chosen: NDArray[np.bool_], seed: int) -> Slice:
    wanted, flagged, seen = decided.wanted[chosen], decided.flagged[chosen], decided.seen[chosen]
    clean = ~np.any(wanted, axis=1)
    alarms, held = np.asarray(flagged[clean].any(axis=1)), np.asarray(seen[clean].any(axis=1))
    return Slice(
        messages=int(chosen.sum()),
        clean=int(clean.sum()),
        labels=int(wanted.sum()),
        recall=share(flagged[wanted], seed),
        seen=share(seen[wanted], seed),
        false_alarms=share(alarms, seed),
        held=share(held & ~alarms, seed),
    )
