"""From corpus to published model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

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
from dunwatch_train.cutoffs import choose_cut_offs, precision_recall
from dunwatch_train.evaluation import Evaluation, evaluate
from dunwatch_train.fit import Fitted, targets, train
from dunwatch_train.settings import Settings
from dunwatch_train.splits import folds, groups_of

TEST_PART = "the test part, by writers of whom the model has read nothing"
HELD_OUT = "author batches held out, by the same training without them"


@dataclass(frozen=True, slots=True)
class Trained:
    """A fitted model, and its cut-offs by label and operating point."""

    fitted: Fitted
    cut_offs: dict[str, dict[str, CutOffs]]

    def scores(self, lexicon: Lexicon, texts: Sequence[str]) -> NDArray[np.float32]:
        """Scores (messages, labels), by the path that serves."""
        fitted = self.fitted
        sums = weighted_sums(plain_batch(texts), lexicon, WeightTable.build(fitted.hashes, fitted.weights, fitted.mass))
        scores = np.empty((len(texts), len(LABEL_IDS)), dtype=np.float32)
        calibrate(sums, fitted.slopes, fitted.intercepts, scores)
        return scores

    def measure(self, lexicon: Lexicon, unseen: Sequence[Message], seed: int, source: str) -> Evaluation:
        """Figures on messages the model has not learned from, which come from ``source``, at the default operating point."""
        cut_offs = {name: points[DEFAULT_OPERATING_POINT] for name, points in self.cut_offs.items()}
        return evaluate(unseen, self.scores(lexicon, [message.text for message in unseen]), cut_offs, seed, source)


def train_model(messages: Sequence[Message], lexicon: Lexicon, settings: Settings) -> Trained:
    """Train on all messages, cut-offs from the out-of-fold scores of training."""
    fitted = train(messages, lexicon, settings)
    wanted = targets(messages)
    groups = groups_of(messages)
    curves = [precision_recall(fitted.held_out[:, k], wanted[:, k], groups, settings.seed) for k in range(len(LABEL_IDS))]
    cut_offs = {
        name: {point: choose_cut_offs(curve, aims) for point, aims in settings.operating_points.items()}
        for name, curve in zip(LABEL_IDS, curves, strict=True)
    }
    return Trained(fitted, cut_offs)


def measure_on_holdout(messages: Sequence[Message], lexicon: Lexicon, settings: Settings) -> Evaluation:
    """The same training without one group-wise fold, measured on that fold: for a corpus that has no test part."""
    fit, held = folds(messages, settings.holdout_folds, settings.seed + 1)[0]
    trained = train_model([messages[i] for i in fit], lexicon, settings)
    return trained.measure(lexicon, [messages[i] for i in held], settings.seed, HELD_OUT)


def publish(
    trained: Trained,
    messages: Sequence[Message],
    lexicon: Lexicon,
    settings: Settings,
    measured: Evaluation,
    folder: Path,
    meanings: Mapping[str, str] = MappingProxyType({}),
) -> Manifest:
    """Write what was trained on the messages to ``folder``, whose name is the version, and put it into use.

    ``meanings``: what each class of the lexicon is.
    """
    fitted = trained.fitted
    manifest = Manifest(
        version=folder.name,
        labels=tuple(
            LabelSettings(name, float(fitted.slopes[k]), float(fitted.intercepts[k]), trained.cut_offs[name])
            for k, name in enumerate(LABEL_IDS)
        ),
        lexicon_classes=lexicon.names,
        lexicon_meanings=tuple(meanings.get(name, name) for name in lexicon.names),
        text_tables=text_tables_digest(),
        corpus={"messages": len(messages), "sha256": corpus_digest(messages)},
        metrics=measured.summary(),
        settings=asdict(settings),
    )
    card = model_card(manifest, measured, len(fitted.hashes))
    finished = save_model(folder, manifest, lexicon, fitted.hashes, fitted.weights, fitted.mass, card)
    use_version(folder.name, folder.parent)
    return finished


def next_version(root: Path, month: str) -> str:
    """``month`` (YYYY.MM) and the next free number."""
    taken = [int(name.rpartition(".")[2]) for name in list_versions(root) if name.rpartition(".")[0] == month]
    return f"{month}.{max(taken, default=0) + 1}"
