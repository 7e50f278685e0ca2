"""Which messages are flagged, and how often in each group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dunwatch.text import arrow_strings, numbers_in
from dunwatch.verdict import DECISIONS

Flags = NDArray[np.bool_]
"""By message and label: whether it is flagged."""

_FLAGGED = arrow_strings([DECISIONS[-1]])[0]


def flags_of(added: pa.RecordBatch, labels: Sequence[str]) -> Flags:
    """The flags in the columns that scoring added."""
    flags = np.empty((len(added), len(labels)), dtype=np.bool_, order="F")
    for place, label in enumerate(labels):
        flags[:, place] = numbers_in(pc.equal(added.column(label), _FLAGGED).cast(pa.uint8()))
    return flags


def tally(groups: NDArray[np.integer], size: int, flags: Flags) -> NDArray[np.int64]:
    """Counts by group, (size, 2 + labels): messages, flagged ones, and those flagged with each label."""
    counted = [groups, groups[flags.any(axis=1)], *(groups[column] for column in flags.T)]
    return np.column_stack([np.bincount(places, minlength=size) for places in counted])
