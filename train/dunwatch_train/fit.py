"""Fitting: one linear model per label on grouped folds and on everything, calibrated and folded into integer weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from dunwatch.features import VIEWS, Lexicon
from dunwatch.labels import LABEL_IDS
from dunwatch_train.corpus import Message
from dunwatch_train.matrix import Counts, count_features, weighted
from dunwatch_train.settings import Settings
from dunwatch_train.splits import folds

Floats = NDArray[np.float64]
_TOP = 32767


@dataclass(frozen=True, slots=True)
class Linear:
    """Linear models on one set of features: ``hashes`` (features), ``weights`` (features, labels), ``biases`` (labels)."""

    hashes: NDArray[np.uint64]
    weights: Floats
    biases: Floats

    def decision(self, counts: Counts, view_weights: dict[str, float]) -> Floats:
        """Uncalibrated scores (messages, labels)."""
        shared, ours, theirs = np.intersect1d(self.hashes, counts.hashes, assume_unique=True, return_indices=True)
        kept = Counts(counts.counts[:, theirs], shared)
        return np.asarray(weighted(kept, view_weights) @ self.weights[ours] + self.biases)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What training yields.

    ``weights``: integers (features, labels) of ``hashes`` (features). ``slopes`` and ``intercepts`` (labels) turn a sum
    into a probability. ``held_out``: calibrated out-of-fold scores (messages, labels).
    """

    hashes: NDArray[np.uint64]
    weights: NDArray[np.int16]
    slopes: Floats
    intercepts: Floats
    held_out: Floats


def targets(messages: Sequence[Message]) -> NDArray[np.bool_]:
    """Which labels each message has (messages, labels)."""
    return np.array([[label in message.labels for label in LABEL_IDS] for message in messages])


def fit_linear(counts: Counts, wanted: NDArray[np.bool_], settings: Settings) -> Linear:
    """Fit every label, keep the features that speak loudest, and fit again on those alone."""
    counts = counts.columns(counts.frequency() >= settings.least)
    weights, biases = _fit_labels(weighted(counts, settings.view_weights), wanted, settings)
    if len(counts.hashes) > settings.most:
        loudness = np.abs(weights).max(axis=1)
        kept = np.zeros(len(loudness), dtype=bool)
        kept[np.argsort(-loudness, kind="stable")[: settings.most]] = True
        counts = counts.columns(kept)
        weights, biases = _fit_labels(weighted(counts, settings.view_weights), wanted, settings)
    return Linear(counts.hashes, weights, biases)


def _fit_labels(matrix: csr_matrix, wanted: NDArray[np.bool_], settings: Settings) -> tuple[Floats, Floats]:
    fitted = Parallel(n_jobs=-1, max_nbytes=None)(
        delayed(_fit_one)(matrix, wanted[:, place], settings) for place in range(wanted.shape[1])
    )
    return np.column_stack([weights for weights, _ in fitted]), np.array([bias for _, bias in fitted])


def _fit_one(matrix: csr_matrix, wanted: NDArray[np.bool_], settings: Settings) -> tuple[Floats, float]:
    model = LogisticRegression(C=settings.strength, solver="liblinear", max_iter=1000, tol=1e-3, random_state=settings.seed)
    model.fit(matrix, wanted)
    return model.coef_[0], float(model.intercept_[0])


def out_of_fold(messages: Sequence[Message], counts: Counts, settings: Settings) -> Floats:
    """Uncalibrated scores (messages, labels) by models that saw nothing of the message's group."""
    wanted = targets(messages)
    scores = np.empty(wanted.shape)
    for fit, held in folds(messages, settings.folds, settings.seed):
        linear = fit_linear(counts.rows(fit), wanted[fit], settings)
        scores[held] = linear.decision(counts.rows(held), settings.view_weights)
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
    counts = count_features([message.text for message in messages], lexicon, settings.least)
    wanted = targets(messages)
    raw = out_of_fold(messages, counts, settings)
    linear = fit_linear(counts, wanted, settings)
    curves = np.array([platt(raw[:, place], wanted[:, place]) for place in range(wanted.shape[1])])
    slopes, intercepts = curves[:, 0], curves[:, 1]
    by_view = np.array([settings.view_weights[name] for name in VIEWS])
    loud = linear.weights * by_view[(linear.hashes & np.uint64(7)).astype(np.int64)][:, None]
    steps = np.abs(loud).max(axis=0) / _TOP
    return Fitted(
        hashes=linear.hashes,
        weights=np.rint(loud / steps).astype(np.int16),
        slopes=slopes * steps,
        intercepts=slopes * linear.biases + intercepts,
        held_out=1 / (1 + np.exp(-(raw * slopes + intercepts))),
    )
