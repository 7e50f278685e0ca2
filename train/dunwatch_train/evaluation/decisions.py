"""Scores turned into decisions at one operating point, beside the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dunwatch.labels import LABEL_IDS
from dunwatch.model import CutOffs
from dunwatch_train.corpus import Message
from dunwatch_train.fit import targets


@dataclass(frozen=True, slots=True)
class Decided:
    """Arrays of (messages, labels): which labels apply, which are flagged, which are flagged or under review."""

    wanted: NDArray[np.bool_]
    flagged: NDArray[np.bool_]
    seen: NDArray[np.bool_]


def decisions(scores: NDArray[np.floating[Any]], cut_offs: Mapping[str, CutOffs]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which labels are flagged, and which are flagged or under review: two arrays (messages, labels)."""
    flagged, review = ([getattr(cut_offs[name], bound) for name in LABEL_IDS] for bound in ("flagged", "review"))
    return scores >= np.array(flagged), scores >= np.array(review)


def decide_all(messages: Sequence[Message], scores: NDArray[np.floating[Any]], cut_offs: Mapping[str, CutOffs]) -> Decided:
    """Decisions on scores (messages, labels) beside the truth."""
    return Decided(targets(messages), *decisions(scores, cut_offs))


def confusion(decided: Decided) -> NDArray[np.float64]:
    """How labels are taken for one another: (labels, labels).

    At (i, j) the share flagged with label j of messages that have label i; off the diagonal, of those that do not have j.
    """
    count = decided.wanted.shape[1]
    table = np.zeros((count, count))
    for i in range(count):
        for j in range(count):
            chosen = decided.wanted[:, i] & (~decided.wanted[:, j] if i != j else True)
            table[i, j] = decided.flagged[chosen, j].mean() if chosen.any() else 0.0
    return table
