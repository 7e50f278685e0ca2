"""All that the report says of one model, measured once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from dunwatch.classifier import Classifier
from dunwatch.model.artefact import WEIGHTS
from dunwatch_train.corpus import Message
from dunwatch_train.evaluation import Evaluation, evaluate
from dunwatch_train.evaluation.attack import Attacked, attack
from dunwatch_train.evaluation.decisions import Decided, confusion, decide_all
from dunwatch_train.evaluation.prior_shift import PriorShift, prior_shift
from dunwatch_train.evaluation.slices import Slice, clean_scenes, slices
from dunwatch_train.evaluation.telling import Feature, top_features
from dunwatch_train.rationales import Match, Rationale, match


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of a model on messages it has not learned from.

    ``scores`` (messages, labels). ``features``: by label, those that speak most for it and against it. ``spans``: ``None``
    where no rationales are marked.
    """

    classifier: Classifier
    evaluation: Evaluation
    decided: Decided
    scores: NDArray[np.float32]
    slices: dict[str, dict[str, Slice]]
    scenes: dict[str, Slice]
    confusion: NDArray[np.float64]
    attacks: dict[str, dict[str, Attacked]]
    priors: dict[str, PriorShift]
    features: list[tuple[list[Feature], list[Feature]]]
    feature_count: int
    spans: Match | None


def measure_model(
    classifier: Classifier,
    unseen: Sequence[Message],
    known: Sequence[Message],
    rationales: Sequence[Rationale],
    seed: int,
    source: str,
) -> Measured:
    """Measure on ``unseen`` messages, which come from ``source``; features are written as they stand in ``known`` ones."""
    model = classifier.model
    tensors = load_file(model.path / WEIGHTS)
    texts = {message.id: message.text for message in unseen}
    scores = classifier.score(list(texts.values()))
    decided = decide_all(unseen, scores, classifier.cut_offs)
    marked = [row for row in rationales if row.id in texts]
    return Measured(
        classifier=classifier,
        evaluation=evaluate(unseen, scores, classifier.cut_offs, seed, source),
        decided=decided,
        scores=scores,
        slices=slices(unseen, decided, seed),
        scenes=clean_scenes(unseen, decided, seed),
        confusion=confusion(decided),
        attacks=attack(classifier, unseen, model.lexicon, seed),
        priors=_priors(classifier, unseen, scores, seed),
        features=top_features(tensors["hashes"], tensors["weights"], [message.text for message in known], model.lexicon),
        feature_count=len(tensors["hashes"]),
        spans=match(classifier, marked, texts) if marked else None,
    )


def _priors(classifier: Classifier, unseen: Sequence[Message], scores: NDArray[Any], seed: int) -> dict[str, PriorShift]:
    labels = classifier.model.manifest.labels
    return {
        point: prior_shift(decide_all(unseen, scores, {label.id: label.cut_offs[point] for label in labels}), seed)
        for point in classifier.model.manifest.operating_points
    }
