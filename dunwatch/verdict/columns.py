"""Scores as the columns that ``dunwatch score`` adds to its input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dunwatch.model import CutOffs
from dunwatch.text import arrow_numbers, arrow_strings, disguise_names
from dunwatch.verdict.verdict import DECISIONS


def added_columns(labels: Sequence[str]) -> list[str]:
    """Names of the added columns, in their order."""
    by_label = [name for label in labels for name in (label, f"{label}_score")]
    return [*by_label, "verdict", "labels", "disguises", "model"]


def result_columns(
    scores: NDArray[np.float32],
    disguises: NDArray[np.uint16],
    cut_offs: dict[str, CutOffs],
    version: str,
) -> pa.RecordBatch:
    """The added columns for scores (n, labels) and disguise bits (n); ``cut_offs`` in the order of the labels."""
    levels = np.zeros(scores.shape, dtype=np.int8)
    arrays: list[pa.Array] = []
    for place, cut_off in enumerate(cut_offs.values()):
        column = scores[:, place]
        levels[:, place] = (column >= np.float32(cut_off.review)).astype(np.int8) + (column >= np.float32(cut_off.flagged))
        arrays += (_words(levels[:, place], DECISIONS), arrow_numbers(column))
    flags = (levels == len(DECISIONS) - 1) @ (1 << np.arange(len(cut_offs)))
    arrays += (
        _words(levels.max(axis=1, initial=0), DECISIONS),
        _joined(flags, lambda bits: (name for place, name in enumerate(cut_offs) if bits >> place & 1)),
        _joined(disguises, disguise_names),
        _words(np.zeros(len(scores), dtype=np.int8), (version,)),
    )
    return pa.record_batch(arrays, names=added_columns(tuple(cut_offs)))


def _words(places: NDArray[np.int8], words: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(arrow_numbers(places), arrow_strings(list(words))).dictionary_decode()


def _joined(bits: NDArray[np.integer], names: Callable[[int], Iterable[str]]) -> pa.Array:
    """For each number the names of its bits, joined by ``|``."""
    values = np.flatnonzero(np.bincount(bits))
    place_of = np.zeros(int(values.max(initial=0)) + 1, dtype=np.int32)
    place_of[values] = np.arange(len(values))
    words = ["|".join(names(int(value))) for value in values]
    return pa.DictionaryArray.from_arrays(arrow_numbers(place_of[bits]), arrow_strings(words)).dictionary_decode()
