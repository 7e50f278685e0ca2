"""Messages as a sparse matrix, by the same kernel that serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from dunwatch.features import VIEWS, Lexicon, extract
from dunwatch.text import plain_batch


@dataclass(frozen=True, slots=True)
class Counts:
    """``counts``: how often each message has each feature (messages, features). ``hashes``: uint64, the features."""

    counts: csr_matrix
    hashes: NDArray[np.uint64]

    def rows(self, places: NDArray[np.intp]) -> Counts:
        """Some of the messages."""
        return Counts(self.counts[places], self.hashes)

    def columns(self, kept: NDArray[np.bool_]) -> Counts:
        """Some of the features."""
        return Counts(self.counts[:, np.flatnonzero(kept)], self.hashes[kept])

    def frequency(self) -> NDArray[np.int64]:
        """In how many messages each feature is."""
        return np.bincount(self.counts.indices, minlength=self.counts.shape[1])

    def views(self) -> NDArray[np.int64]:
        """The number of each feature's view."""
        return (self.hashes & np.uint64(7)).astype(np.int64)


def count_features(texts: Sequence[str], lexicon: Lexicon, least: int = 1) -> Counts:
    """All features that are in ``least`` messages or more."""
    batch = extract(plain_batch(texts), lexicon)
    hashes, columns = np.unique(batch.hashes, return_inverse=True)
    ones = np.ones(len(columns), dtype=np.float64)
    matrix = csr_matrix((ones, columns, batch.offsets), shape=(len(texts), len(hashes)))
    matrix.sum_duplicates()
    counts = Counts(matrix, hashes)
    return counts.columns(counts.frequency() >= least) if least > 1 else counts


def weighted(counts: Counts, view_weights: dict[str, float]) -> csr_matrix:
    """The matrix a model is fitted on: counts times the weight of the view, over the root of the message's count."""
    by_view = np.array([view_weights[name] for name in VIEWS])
    known = np.asarray(counts.counts.sum(axis=1)).ravel()
    scale = 1.0 / np.sqrt(np.maximum(known, 1.0))
    matrix = counts.counts.copy()
    matrix.data *= np.repeat(scale, np.diff(matrix.indptr)) * by_view[counts.views()][matrix.indices]
    return matrix
