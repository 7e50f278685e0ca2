"""Splits by group: messages of one author batch, and near-duplicates of each other, never part."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from dunwatch.errors import CorpusError
from dunwatch_train.corpus import Message

LEAST_GROUPS = 3

Fold = tuple[NDArray[np.intp], NDArray[np.intp]]


def groups_of(messages: Sequence[Message]) -> list[str]:
    """The group of each message: its author batch."""
    return [message.author_batch for message in messages]


def folds(messages: Sequence[Message], count: int, seed: int) -> list[Fold]:
    """Pairs of (fit, held out) places; whole groups, label sets balanced as far as groups allow.

    Raises ``CorpusError`` for a corpus of too few groups.
    """
    label_sets = ["|".join(message.labels) for message in messages]
    groups = groups_of(messages)
    if len(set(groups)) < LEAST_GROUPS:
        raise CorpusError(f"the corpus has {len(set(groups))} author batches; {LEAST_GROUPS} are needed to hold some out")
    splitter = StratifiedGroupKFold(n_splits=min(count, len(set(groups))), shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        # A rare set of labels may well be in fewer groups than there are folds.
        warnings.filterwarnings("ignore", message="The least populated class", category=UserWarning)
        return list(splitter.split(np.zeros(len(messages)), label_sets, groups))
