"""Near-duplicates: messages that share most of their character pairs, digits aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.sparse import csr_matrix

_BLOCK = 2000


def pair_sets(texts: Sequence[str]) -> csr_matrix:
    """Which pairs of neighbouring characters each text has (texts, pairs); digits count as one, spaces as none."""
    vocabulary: dict[str, int] = {}
    columns: list[int] = []
    bounds = [0]
    for text in texts:
        squeezed = "".join("0" if char.isdigit() else char for char in text.lower() if not char.isspace())
        pairs = {squeezed[i : i + 2] for i in range(len(squeezed) - 1)} or {squeezed}
        columns += (vocabulary.setdefault(pair, len(vocabulary)) for pair in sorted(pairs))
        bounds.append(len(columns))
    return csr_matrix((np.ones(len(columns), np.int32), columns, bounds), shape=(len(texts), len(vocabulary)))


def near_duplicates(texts: Sequence[str], least: float, known: int = 0) -> Iterator[tuple[int, int, float]]:
    """Pairs (i < j) whose sets of character pairs have a Jaccard index of ``least`` or more.

    With ``known``, only pairs of one of the first ``known`` texts and one of the others.
    """
    sets = pair_sets(texts)
    sizes = np.diff(sets.indptr)
    others = sets[known:].T.tocsc()
    for start in range(0, known or len(texts), _BLOCK):
        rows = sets[start : min(start + _BLOCK, known or len(texts))]
        shared = (rows @ others).tocoo()
        i, j = shared.row + start, shared.col + known
        index = shared.data / (sizes[i] + sizes[j] - shared.data)
        for n in np.flatnonzero((index >= least) & (i < j)):
            yield int(i[n]), int(j[n]), float(index[n])
