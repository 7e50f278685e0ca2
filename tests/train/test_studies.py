"""Studies: doubtful labels, learning curve, worth of lexicon classes, plots."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dunwatch.features import VIEWS, compile_lexicon
from dunwatch.labels import LABEL_IDS
from dunwatch_train.corpus import DATA, Message, read_corpus
from dunwatch_train.evaluation.decisions import Decided
from dunwatch_train.fit import targets
from dunwatch_train.matrix import count_features
from dunwatch_train.settings import Settings
from dunwatch_train.studies.candidates import CANDIDATES, candidate_counts
from dunwatch_train.studies.errors import false_alarms, missed_ways
from dunwatch_train.studies.learners import LEARNERS, compare
from dunwatch_train.studies.learning_curve import learning_curve
from dunwatch_train.studies.lexicon_ablation import ablation
from dunwatch_train.studies.plots import label_plot, language_plot, length_plot, scene_plot
from dunwatch_train.studies.suspects import suspects
from dunwatch_train.studies.views import worth_of_views

SETTINGS = replace(Settings(), folds=3)
ENTRIES = [("kin", "你妈"), ("kin", "your mother"), ("sky.up", "卫星"), ("sky.low", "phone")]


@pytest.fixture(scope="module")
def messages() -> list[Message]:
    """Every tenth message of the corpus."""
    return read_corpus(DATA / "corpus")[::10]


def test_wrong_labels_lead_the_doubtful_ones(messages: list[Message]) -> None:
    """Scores that know the truth, and three messages mislabelled: those come first, and confident learning names them."""
    scores = np.where(targets(messages), 0.9, 0.1)
    wrong = [i for i, message in enumerate(messages) if not message.labels][:3]
    for i in wrong:
        messages = [*messages[:i], replace(messages[i], labels=("threat",)), *messages[i + 1 :]]
    found = suspects(messages, scores, 3)
    assert set(found["id"]) == {messages[i].id for i in wrong}
    assert found["issue"].all()


def test_more_messages_help(messages: list[Message]) -> None:
    points = learning_curve(messages[::2], messages[1::2], compile_lexicon(ENTRIES), SETTINGS, shares=(0.3, 1.0))
    assert [point.messages for point in points] == sorted(point.messages for point in points)
    assert points[-1].mean > points[0].mean
    assert all(point.low <= point.mean <= point.high for point in points)


def test_every_class_is_taken_away_and_every_split_merged_once(messages: list[Message]) -> None:
    found = list(ablation(messages, ENTRIES, SETTINGS))
    assert [worth.change for worth in found] == [
        "without all",
        "without kin",
        "without sky.low",
        "without sky.up",
        "merged sky.*",
    ]
    assert [worth.entries for worth in found] == [4, 2, 1, 1, 2]
    assert all(0 < worth.messages < len(messages) for worth in found)
    assert all(worth.macro == pytest.approx(np.mean(worth.labels)) for worth in found)
    assert len(found[0].labels) == len(LABEL_IDS)


def test_plots_are_the_same_bytes_from_the_same_data(messages: list[Message], tmp_path: Path) -> None:
    for place in ("a", "b"):
        for draw in (length_plot, label_plot, scene_plot, language_plot):
            draw(messages, tmp_path / place / f"{draw.__name__}.svg")
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
        assert path.read_text("utf-8").count("<text") > 5


def test_views_are_weighed_with_and_without(messages: list[Message]) -> None:
    """All served ones, without each, and with one candidate; characters are worth something."""
    few = replace(SETTINGS, most=20_000)
    found = list(worth_of_views(messages[::2], compile_lexicon(ENTRIES), few, candidates=("skip_bigrams",)))
    assert [row.change for row in found] == [
        "all served views",
        *(f"without {name}" for name in VIEWS),
        "with skip_bigrams",
    ]
    by_change = {row.change: row for row in found}
    assert by_change["with skip_bigrams"].features > by_change["all served views"].features
    assert by_change["without characters"].features < by_change["all served views"].features
    assert all(0 < row.macro < 100 for row in found)


@pytest.mark.parametrize("name", CANDIDATES)
def test_every_candidate_emits_something_it_can_tell_apart(name: str) -> None:
    texts = ["你妈 打开 卫星 和 你妈 卫星", "your mother has a phone and your mother rings the phone"] * 2
    counts = candidate_counts(name, texts, compile_lexicon(ENTRIES), least=2)
    assert counts.counts.shape[0] == len(texts)
    assert (counts.views() == VIEWS.index("edges")).all()
    if name != "stems":
        assert counts.counts[0].nnz
        assert (counts.counts[0] != counts.counts[1]).nnz


def test_learners_are_chosen_without_the_messages_they_are_judged_by(messages: list[Message]) -> None:
    few = {name: LEARNERS[name] for name in list(LEARNERS)[1:3]}
    counts = count_features([message.text for message in messages], compile_lexicon(ENTRIES), 5)
    reached = compare(messages, counts, replace(SETTINGS, least=5, folds=3), few)
    assert set(reached.by_learner) == set(few)
    assert len(reached.chosen) == 3
    assert set(reached.chosen) <= set(few)
    lowest, highest = min(map(min, reached.by_learner.values())), max(map(max, reached.by_learner.values()))
    assert lowest <= reached.nested <= highest
    assert 0.2 < reached.nested < 1


def test_errors_are_counted_by_way_and_by_scene(messages: list[Message]) -> None:
    """Threats are all missed, insults all flagged wherever nothing is."""
    wanted = targets(messages)
    flagged = wanted.copy()
    flagged[:, LABEL_IDS.index("threat")] = False
    flagged[~wanted.any(axis=1), LABEL_IDS.index("insult")] = True
    decided = Decided(wanted, flagged, flagged)
    ways = missed_ways(messages, decided)
    assert {row.share for row in ways if row.name.startswith("threat.")} == {1.0}
    assert {row.share for row in ways if not row.name.startswith("threat.")} == {0.0}
    assert {row.share for row in false_alarms(messages, decided)} == {1.0}
    assert sum(row.messages for row in false_alarms(messages, decided)) == sum(not message.labels for message in messages)
