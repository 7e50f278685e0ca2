"""The features that weigh most, written as the words they stand on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dunwatch.features import VIEWS, Lexicon, extract
from dunwatch.text import plain_batch


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature, one stretch of plain text on which it stands, and its weight in units of the label's largest."""

    view: str
    text: str
    weight: float


def top_features(
    hashes: NDArray[np.uint64], weights: NDArray[np.int8], texts: Sequence[str], lexicon: Lexicon, most: int = 15
) -> list[tuple[list[Feature], list[Feature]]]:
    """By label, the features (with ``weights`` (features, labels)) that speak most for it and most against it."""
    plain = plain_batch(texts)
    found = extract(plain, lexicon)
    unique, first = np.unique(found.hashes, return_index=True)
    located = np.isin(hashes, unique)
    hashes, weights = hashes[located], weights[located]
    place = first[np.searchsorted(unique, hashes)]

    def described(chosen: NDArray[np.intp], label: int) -> list[Feature]:
        return [
            Feature(
                VIEWS[int(hashes[i]) & 7],
                "".join(map(chr, plain.codes[found.starts[place[i]] : found.stops[place[i]]])) or "(persons or quotes)",
                round(float(weights[i, label]) / 127, 2),
            )
            for i in chosen
        ]

    rows = []
    for label in range(weights.shape[1]):
        order = np.argsort(weights[:, label], kind="stable")
        rows.append((described(order[::-1][:most], label), described(order[:most], label)))
    return rows
