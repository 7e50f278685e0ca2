"""Fitting: one linear model per label on grouped folds and on everything, calibrated and folded into integer weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from dunwatch.features import Lexicon
from dunwatch.labels import LABEL_IDS
from dunwatch_train.augment import augment
from dunwatch_train.corpus import Message
from dunwatch_train.matrix import Counts, count_features, loudness, masses, weighted
from dunwatch_train.settings import Settings
from dunwatch_train.splits import folds

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
_TOP = 127
_CLIPPED = 2e-4
"""Share of weights that are cut to the largest a byte holds: a few giants would make the unit too coarse for the rest."""


@dataclass(frozen=True, slots=True)
class Linear:
    """Linear models on one set of features.

    ``hashes`` and ``loud`` (features): which, and how loudly they speak; ``weights`` (features, labels), ``biases`` (labels).
    """

    hashes: NDArray[np.uint64]
    loud: Floats
    weights: Floats
    biases: Floats

    def decision(self, counts: Counts) -> Floats:
        """Uncalibrated scores (messages, labels)."""
        shared, ours, theirs = np.intersect1d(self.hashes, counts.hashes, assume_unique=True, return_indices=True)
        kept = Counts(counts.counts[:, theirs], shared)
        return np.asarray(weighted(kept, self.loud[ours]) @ self.weights[ours] + self.biases)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What training yields.

    ``weights`` (features, labels) and ``mass`` (features): small integers for ``hashes`` (features). ``slopes`` and
    ``intercepts`` (labels) turn a sum into a probability. ``held_out``: calibrated out-of-fold scores (messages, labels).
    """

    hashes: NDArray[np.uint64]
    weights: NDArray[np.int8]
    mass: NDArray[np.uint8]
    slopes: Floats
    intercepts: Floats
    held_out: Floats


def targets(messages: Sequence[Message]) -> NDArray[np.bool_]:
    """Which labels each message has (messages, labels)."""
    return np.array([[label in message.labels for label in LABEL_IDS] for message in messages])


def fit_linear(counts: Counts, wanted: NDArray[np.bool_], settings: Settings) -> Linear:
    """Fit every label, keep the features that weigh most, and fit again on those alone."""
    counts = counts.columns(counts.frequency() >= settings.least)
    linear = _fit_labels(counts, wanted, settings)
    if len(counts.hashes) <= settings.most:
        return linear
    heaviest = np.argsort(-np.abs(linear.weights * linear.loud[:, None]).max(axis=1), kind="stable")
    kept = np.zeros(len(heaviest), dtype=bool)
    kept[heaviest[: settings.most]] = True
    return _fit_labels(counts.columns(kept), wanted, settings)


def _fit_labels(counts: Counts, wanted: NDArray[np.bool_], settings: Settings) -> Linear:
    loud = loudness(counts, settings.view_weights)
    matrix = weighted(counts, loud)
    fitted = Parallel(n_jobs=-1, max_nbytes=None)(
        delayed(_fit_one)(matrix, wanted[:, place], settings) for place in range(wanted.shape[1])
    )
    weights, biases = np.column_stack([row[0] for row in fitted]), np.array([row[1] for row in fitted])
    return Linear(counts.hashes, loud, weights, biases)


def _fit_one(matrix: csr_matrix, wanted: NDArray[np.bool_], settings: Settings) -> tuple[Floats, float]:
    """A linear support vector machine on features scaled by how far they tell the label (NBSVM, Wang and Manning 2012)."""
    scale = telling(matrix, wanted, settings.telling_share)
    model = LinearSVC(C=settings.strength, dual=False, tol=1e-3, max_iter=1000, random_state=settings.seed)
    model.fit(matrix @ diags(scale), wanted)
    return model.coef_[0] * scale, float(model.intercept_[0])


def telling(matrix: csr_matrix, wanted: NDArray[np.bool_], share: float) -> Floats:
    """Scale of each feature: between 1 and the size of its log ratio of frequencies with and without the label, by ``share``."""
    with_label, without = matrix[wanted].getnnz(axis=0) + 1, matrix[~wanted].getnnz(axis=0) + 1
    ratio = np.abs(np.log((with_label / wanted.sum()) / (without / (~wanted).sum())))
    return np.asarray((1 - share) + share * ratio)


def out_of_fold(messages: Sequence[Message], counts: Counts, settings: Settings, sources: Rows | None = None) -> Floats:
    """Uncalibrated scores (messages, labels) by models that saw nothing of the message's group.

    ``counts`` may have rows of copies after those of the messages; ``sources`` then names the message of each row. Copies are
    learned from with their message, and not scored.
    """
    wanted = targets(messages)
    scores = np.empty(wanted.shape)
    of = np.arange(len(messages)) if sources is None else sources
    for fit, held in folds(messages, settings.folds, settings.seed):
        rows = np.flatnonzero(np.isin(of, fit))
        linear = fit_linear(counts.rows(rows), wanted[of[rows]], settings)
        scores[held] = linear.decision(counts.rows(held))
    return scores


def platt(scores: Floats, wanted: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and intercept of the logistic curve from scores to probabilities (Platt 1999, with his smoothed targets)."""
    positives, negatives = int(wanted.sum()), int((~wanted).sum())
    high, low = (positives + 1) / (positives + 2), 1 / (negatives + 2)
    goal = np.where(wanted, high, low)
    model = LogisticRegression(C=1e6, solver="lbfgs", max_iter=1000)
    doubled = np.concatenate([scores, scores])[:, None]
    truth = np.repeat([True, False], len(scores))
    model.fit(doubled, truth, sample_weight=np.concatenate([goal, 1 - goal]))
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def train(messages: Sequence[Message], lexicon: Lexicon, settings: Settings) -> Fitted:
    """Fit, calibrate on out-of-fold scores, and fold everything into integer weights."""
    augmented = augment([message.text for message in messages], lexicon, settings.disguised_share, settings.seed)
    counts = count_features(augmented.texts, lexicon, settings.least)
    wanted = targets(messages)
    raw = out_of_fold(messages, counts, settings, augmented.sources)
    linear = fit_linear(counts, wanted[augmented.sources], settings)
    curves = np.array([platt(raw[:, place], wanted[:, place]) for place in range(wanted.shape[1])])
    slopes, intercepts = curves[:, 0], curves[:, 1]
    loud = linear.weights * linear.loud[:, None]
    steps = np.quantile(np.abs(loud), 1 - _CLIPPED, axis=0) / _TOP
    return Fitted(
        hashes=linear.hashes,
        weights=np.clip(np.rint(loud / steps), -_TOP, _TOP).astype(np.int8),
        mass=masses(linear.loud),
        slopes=slopes * steps,
        intercepts=slopes * linear.biases + intercepts,
        held_out=1 / (1 + np.exp(-(raw * slopes + intercepts))),
    )
