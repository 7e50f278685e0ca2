"""Which linear learner to take: nested cross-validation over author batches (``make learners``).

The inner folds choose a learner by macro average precision, the outer ones say what the choice, and each learner, is worth.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.svm import LinearSVC

from dunwatch_train.corpus import DATA, Message, read_corpus
from dunwatch_train.evaluation import average_precisions
from dunwatch_train.fit import Floats, targets, telling
from dunwatch_train.lexicon import read_lexicon
from dunwatch_train.matrix import Counts, count_features, loudness, weighted
from dunwatch_train.settings import Settings
from dunwatch_train.splits import folds

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Learner:
    """``build`` makes a scikit-learn classifier; ``telling_share`` as in ``Settings``; ``hard``: near misses count twice."""

    build: Callable[[], Any]
    telling_share: float
    hard: bool = False


def _svm(strength: float) -> Callable[[], Any]:
    return lambda: LinearSVC(C=strength, dual=False, tol=1e-3, max_iter=1000, random_state=0)


def _logistic(strength: float) -> Callable[[], Any]:
    return lambda: LogisticRegression(C=strength, solver="liblinear", tol=1e-3, random_state=0)


def _elastic_net() -> Any:
    return SGDClassifier(loss="log_loss", penalty="elasticnet", alpha=1e-6, l1_ratio=0.15, max_iter=20, random_state=0)


LEARNERS: Mapping[str, Learner] = {
    "SVM, C 1, no log ratios": Learner(_svm(1.0), 0.0),
    "SVM, C 1, share .25": Learner(_svm(1.0), 0.25),
    "SVM, C 2, share .4": Learner(_svm(2.0), 0.4),
    "SVM, C 4, share .4": Learner(_svm(4.0), 0.4),
    "SVM, C 2, share .4, hard negatives twice": Learner(_svm(2.0), 0.4, hard=True),
    "logistic regression, C 100, share .4": Learner(_logistic(100.0), 0.4),
    "elastic net, share .4": Learner(_elastic_net, 0.4),
}
AVERAGES: Mapping[str, tuple[str, ...]] = {
    "average of SVM and logistic regression": ("SVM, C 2, share .4", "logistic regression, C 100, share .4"),
    "average of two SVMs": ("SVM, C 1, share .25", "SVM, C 4, share .4"),
}
"""Averages of scores, each divided by its spread."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Macro average precision on the outer folds, of each learner; ``chosen``: what the inner folds took, by outer fold."""

    by_learner: dict[str, list[float]]
    chosen: list[str]

    @property
    def nested(self) -> float:
        """What the way of choosing is worth, on messages that had no part in the choice."""
        return float(np.mean([self.by_learner[name][fold] for fold, name in enumerate(self.chosen)]))


def compare(
    messages: Sequence[Message], counts: Counts, settings: Settings, learners: Mapping[str, Learner] = LEARNERS
) -> Reached:
    """Nested comparison; ``settings.folds`` outer folds, as many inner ones."""
    by_learner: dict[str, list[float]] = {}
    chosen = []
    for fit, held in folds(messages, settings.folds, settings.seed):
        inner: dict[str, list[float]] = {}
        for a, b in folds([messages[i] for i in fit], settings.folds, settings.seed + 1):
            _collect(inner, _reached(messages, counts, fit[a], fit[b], settings, learners))
        chosen.append(max(inner, key=lambda name: np.mean(inner[name])))
        _collect(by_learner, _reached(messages, counts, fit, held, settings, learners))
    return Reached(by_learner, chosen)


def _collect(found: dict[str, list[float]], reached: Mapping[str, float]) -> None:
    for name, value in reached.items():
        found.setdefault(name, []).append(value)


def _reached(
    messages: Sequence[Message], counts: Counts, fit: Rows, held: Rows, settings: Settings, learners: Mapping[str, Learner]
) -> dict[str, float]:
    """Macro average precision of each learner, and of each average whose members there are, fitted on some rows."""
    wanted = targets(messages)
    known = counts.rows(fit).columns(counts.rows(fit).frequency() >= settings.least)
    loud = loudness(known, settings.view_weights)
    seen = counts.rows(held).columns(np.isin(counts.hashes, known.hashes))
    matrices = weighted(known, loud), weighted(seen, loud)
    jobs = [(name, k) for name in learners for k in range(wanted.shape[1])]
    columns = Parallel(n_jobs=-1, max_nbytes=None)(
        delayed(_scores)(*matrices, wanted[fit, k], learners[name]) for name, k in jobs
    )
    scores = {name: np.column_stack([c for (n, _), c in zip(jobs, columns, strict=True) if n == name]) for name in learners}
    for name, members in AVERAGES.items():
        if all(member in scores for member in members):
            scores[name] = np.mean([scores[member] / scores[member].std(axis=0) for member in members], axis=0)
    return {name: float(average_precisions(wanted[held], values).mean()) for name, values in scores.items()}


def _scores(matrix: csr_matrix, unseen: csr_matrix, wanted: NDArray[np.bool_], learner: Learner) -> Floats:
    """Scores (unseen messages) of one label; hard negatives are those that a first fit does not clear by a wide margin."""
    scale = diags(telling(matrix, wanted, learner.telling_share))
    model = learner.build().fit(matrix @ scale, wanted)
    if learner.hard:
        near = ~wanted & (model.decision_function(matrix @ scale) > -1.0)
        model = learner.build().fit(matrix @ scale, wanted, sample_weight=1.0 + near)
    return np.asarray(model.decision_function(unseen @ scale))


def main(output: Annotated[Path, typer.Argument(help="CSV file to write.")] = DATA / "plots" / "learners.csv") -> None:
    """Compare all learners and write the table."""
    # Frequent features alone: there are hundreds of fits.
    settings = replace(Settings(), folds=3, least=5)
    messages = read_corpus(DATA / "corpus")
    reached = compare(
        messages, count_features([m.text for m in messages], read_lexicon(DATA / "lexicon"), settings.least), settings
    )
    with output.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("learner", "macro", "chosen"))
        for name, values in sorted(reached.by_learner.items(), key=lambda row: -float(np.mean(row[1]))):
            typer.echo(f"{name:44} {100 * np.mean(values):.2f}, chosen {reached.chosen.count(name)} of {len(reached.chosen)}")
            rows.writerow((name, f"{100 * np.mean(values):.2f}", reached.chosen.count(name)))
    typer.echo(f"what the choice is worth: {100 * reached.nested:.2f}")


if __name__ == "__main__":
    typer.run(main)
