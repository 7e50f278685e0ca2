"""From corpus to published model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dunwatch.features import Lexicon, WeightTable, weighted_sums
from dunwatch.labels import LABEL_IDS
from dunwatch.model import (
    DEFAULT_OPERATING_POINT,
    CutOffs,
    LabelSettings,
    Manifest,
    list_versions,
    save_model,
    text_tables_digest,
    use_version,
)
from dunwatch.model.scoring import calibrate
from dunwatch.text import plain_batch
from dunwatch_train.card import model_card
from dunwatch_train.corpus import Message, corpus_digest
from dunwatch_train.cutoffs import choose_cut_offs
from dunwatch_train.evaluate import Evaluation, evaluate
from dunwatch_train.fit import Fitted, targets, train
from dunwatch_train.settings import Settings
from dunwatch_train.splits import folds


def fitted_cut_offs(fitted: Fitted, messages: Sequence[Message], settings: Settings) -> dict[str, CutOffs]:
    """Cut-offs for every label, from the out-of-fold scores of training."""
    wanted = targets(messages)
    return {
        name: choose_cut_offs(fitted.held_out[:, k], wanted[:, k], settings.least_precision, settings.least_recall)
        for k, name in enumerate(LABEL_IDS)
    }


def fitted_scores(fitted: Fitted, lexicon: Lexicon, texts: Sequence[str]) -> NDArray[np.float32]:
    """Scores (messages, labels), by the path that serves."""
    sums = weighted_sums(plain_batch(texts), lexicon, WeightTable.build(fitted.hashes, fitted.weights, fitted.mass))
    scores = np.empty((len(texts), len(LABEL_IDS)), dtype=np.float32)
    calibrate(sums, fitted.slopes, fitted.intercepts, scores)
    return scores


def measure_on_holdout(messages: Sequence[Message], lexicon: Lexicon, settings: Settings) -> Evaluation:
    """The same training without one group-wise fold, measured on that fold."""
    fit, held = folds(messages, settings.holdout_folds, settings.seed + 1)[0]
    learnt, unseen = [messages[i] for i in fit], [messages[i] for i in held]
    fitted = train(learnt, lexicon, settings)
    scores = fitted_scores(fitted, lexicon, [message.text for message in unseen])
    return evaluate(unseen, scores, fitted_cut_offs(fitted, learnt, settings), settings.seed)


def publish(
    messages: Sequence[Message], lexicon: Lexicon, settings: Settings, root: Path, version: str, measured: Evaluation
) -> Manifest:
    """Train on all messages, write ``root/version`` and put it into use."""
    fitted = train(messages, lexicon, settings)
    cut_offs = fitted_cut_offs(fitted, messages, settings)
    labels = tuple(
        LabelSettings(name, float(fitted.slopes[k]), float(fitted.intercepts[k]), {DEFAULT_OPERATING_POINT: cut_offs[name]})
        for k, name in enumerate(LABEL_IDS)
    )
    manifest = Manifest(
        version=version,
        labels=labels,
        lexicon_classes=lexicon.names,
        text_tables=text_tables_digest(),
        corpus={"messages": len(messages), "sha256": corpus_digest(messages)},
        metrics=measured.summary(),
        settings=asdict(settings),
    )
    card = model_card(manifest, measured, len(fitted.hashes))
    finished = save_model(root / version, manifest, lexicon, fitted.hashes, fitted.weights, fitted.mass, card)
    use_version(version, root)
    return finished


def next_version(root: Path, month: str) -> str:
    """``month`` (YYYY.MM) and the next free number."""
    taken = [int(name.rpartition(".")[2]) for name in list_versions(root) if name.rpartition(".")[0] == month]
    return f"{month}.{max(taken, default=0) + 1}"
