"""Training: splits by group, calibrated, the same bytes from the same data and seed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import dunwatch
from dunwatch_train.corpus import DATA, Message, read_corpus
from dunwatch_train.cutoffs import OperatingPoint, choose_cut_offs, precision_recall
from dunwatch_train.fit import platt
from dunwatch_train.lexicon import read_entries, read_lexicon, read_meanings
from dunwatch_train.publish import measure_on_holdout, next_version, publish, train_model
from dunwatch_train.settings import Settings
from dunwatch_train.splits import folds

SETTINGS = replace(Settings(), folds=3)


@pytest.fixture(scope="module")
def messages() -> list[Message]:
    """Every third message: enough of each author batch to learn from, in little time."""
    return read_corpus(DATA / "corpus")[::3]


def test_groups_never_part(messages: list[Message]) -> None:
    for fit, held in folds(messages, 5, seed=1):
        assert {messages[i].author_batch for i in fit}.isdisjoint(messages[i].author_batch for i in held)
        assert sorted([*fit, *held]) == list(range(len(messages)))


def test_a_corpus_of_few_groups_is_refused(messages: list[Message]) -> None:
    with pytest.raises(dunwatch.CorpusError, match="has 1 author batches; 3 are needed"):
        folds([replace(message, author_batch="one") for message in messages], 5, seed=1)


def test_the_same_data_and_seed_give_the_same_bytes(messages: list[Message], tmp_path: Path) -> None:
    lexicon = read_lexicon(DATA / "lexicon")
    measured = measure_on_holdout(messages, lexicon, SETTINGS)
    for place in ("a", "b"):
        trained = train_model(messages, lexicon, SETTINGS)
        publish(trained, messages, lexicon, SETTINGS, measured, tmp_path / place / "2026.11.1")
    for name in ("weights.safetensors", "manifest.json", "MODEL_CARD.md"):
        assert (tmp_path / "a/2026.11.1" / name).read_bytes() == (tmp_path / "b/2026.11.1" / name).read_bytes()
    classifier = dunwatch.load(tmp_path / "a/2026.11.1")
    assert classifier.version == "2026.11.1"
    assert "Macro-F1 0." in (tmp_path / "a/2026.11.1/MODEL_CARD.md").read_text("utf-8")


def test_what_serves_scores_as_what_was_fitted(messages: list[Message]) -> None:
    """Small integers for weights cost next to nothing: scores stay in order and near."""
    lexicon = read_lexicon(DATA / "lexicon")
    scores = train_model(messages, lexicon, SETTINGS).scores(lexicon, [message.text for message in messages])
    wanted = np.array([["threat" in message.labels] for message in messages])[:, 0]
    assert scores[wanted, 0].mean() > scores[~wanted, 0].mean() + 0.3


def test_cut_offs_reach_what_they_promise() -> None:
    random = np.random.default_rng(1)
    wanted = random.random(4000) < 0.3
    scores = np.clip(random.normal(0.35 + 0.3 * wanted, 0.15), 0, 1)
    groups = [str(place % 20) for place in range(len(scores))]
    curve = precision_recall(scores, wanted, groups)
    cut_offs = choose_cut_offs(curve, OperatingPoint(least_precision=0.85, least_recall=0.0, review_recall=0.95))
    flagged, seen = scores >= cut_offs.flagged, scores >= cut_offs.review
    assert (wanted & flagged).sum() / flagged.sum() >= 0.85
    assert (wanted & seen).sum() / wanted.sum() >= 0.95
    assert cut_offs.review <= cut_offs.flagged


def test_calibrated_scores_are_frequencies() -> None:
    random = np.random.default_rng(2)
    raw = random.normal(0, 2, 20_000)
    wanted = random.random(20_000) < 1 / (1 + np.exp(-(0.7 * raw - 1)))
    slope, intercept = platt(raw, wanted)
    assert slope == pytest.approx(0.7, abs=0.05)
    assert intercept == pytest.approx(-1, abs=0.06)


def test_versions_count_up_within_a_month(tmp_path: Path) -> None:
    assert next_version(tmp_path, "2026.11") == "2026.11.1"
    for version in ("2026.11.2", "2026.10.7"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "manifest.json").write_text("{}")
    assert next_version(tmp_path, "2026.11") == "2026.11.3"


def test_the_lexicon_is_clean() -> None:
    entries = read_entries(DATA / "lexicon")
    meanings = read_meanings(DATA / "lexicon")
    assert {name for name, _ in entries} == set(meanings)
    assert all(meanings.values())
