"""Messages as a sparse matrix, by the same kernel that serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

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

    def beside(self, other: Counts) -> Counts:
        """The features of both, which have none in common, of the same messages."""
        return Counts(hstack([self.counts, other.counts], format="csr"), np.concatenate([self.hashes, other.hashes]))

    def frequency(self) -> NDArray[np.int64]:
        """In how many messages each feature is."""
        return np.bincount(self.counts.indices, minlength=self.counts.shape[1])

    def views(self) -> NDArray[np.int64]:
        """The number of each feature's view."""
        return (self.hashes & np.uint64(7)).astype(np.int64)


def count_features(texts: Sequence[str], lexicon: Lexicon, least: int = 1, views: Sequence[str] = VIEWS) -> Counts:
    """All features of the ``views`` that are in ``least`` messages or more."""
    batch = extract(plain_batch(texts), lexicon)
    found, offsets = batch.hashes, batch.offsets
    if len(views) < len(VIEWS):
        kept = np.isin(found & np.uint64(7), [VIEWS.index(name) for name in views])
        found, offsets = found[kept], np.concatenate([[0], np.cumsum(kept)])[offsets]
    hashes, columns = np.unique(found, return_inverse=True)
    ones = np.ones(len(columns), dtype=np.float64)
    matrix = csr_matrix((ones, columns, offsets), shape=(len(texts), len(hashes)))
    matrix.sum_duplicates()
    counts = Counts(matrix, hashes)
    return counts.columns(counts.frequency() >= least) if least > 1 else counts


def loudness(counts: Counts, view_weights: dict[str, float]) -> NDArray[np.float64]:
    """How loudly each feature speaks: the weight of its view times its inverse document frequency, smoothed."""
    rarity = np.log((1 + counts.counts.shape[0]) / (1 + counts.frequency())) + 1
    by_view = np.array([view_weights[name] for name in VIEWS])
    return np.asarray(by_view[counts.views()] * rarity)


def masses(loud: NDArray[np.float64]) -> NDArray[np.uint8]:
    """What each feature adds to the mass of a message, whose root its sums are divided by: the square of its loudness."""
    return np.clip(np.rint(np.square(loud)), 1, 255).astype(np.uint8)


def weighted(counts: Counts, loud: NDArray[np.float64]) -> csr_matrix:
    """The matrix a model is fitted on: counts times loudness, over the root of the message's mass.

    But for repeated features, rows have length 1.
    """
    mass = np.asarray(counts.counts @ masses(loud).astype(np.float64)).ravel()
    matrix = counts.counts.copy()
    matrix.data *= np.repeat(1.0 / np.sqrt(np.maximum(mass, 1.0)), np.diff(matrix.indptr)) * loud[matrix.indices]
    return matrix
