"""Measuring: intervals, calibration, slices, expected precision."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dunwatch.labels import LABEL_IDS
from dunwatch.model import CutOffs
from dunwatch_train.corpus import DATA, Message, read_corpus
from dunwatch_train.cutoffs import OperatingPoint, choose_cut_offs, precision_recall
from dunwatch_train.evaluation.bootstrap import figure, ratio, resamples, share
from dunwatch_train.evaluation.calibration import expected_calibration_error
from dunwatch_train.evaluation.decisions import Decided, confusion, decide_all
from dunwatch_train.evaluation.prior_shift import prior_shift
from dunwatch_train.evaluation.slices import clean_scenes, slices
from dunwatch_train.fit import targets


@pytest.fixture(scope="module")
def messages() -> list[Message]:
    """Every fifth message of the test part."""
    return read_corpus(DATA / "test")[::5]


def _decided(messages: list[Message], wrong: float) -> Decided:
    """Decisions that know the truth but for a share of them."""
    wanted = targets(messages)
    flips = np.random.default_rng(3).random(wanted.shape) < wrong
    scores = np.where(wanted ^ flips, 0.9, 0.1)
    return decide_all(messages, scores, dict.fromkeys(LABEL_IDS, CutOffs(0.5, 0.05)))


def test_an_interval_holds_the_value_and_shrinks_with_more_messages() -> None:
    random = np.random.default_rng(5)
    few, many = (share(random.random(size) < 0.3, 1) for size in (100, 10_000))
    assert few.low < few.value < few.high
    assert many.high - many.low < (few.high - few.low) / 5
    assert many.value == pytest.approx(0.3, abs=0.02)


def test_a_ratio_is_of_sums_not_of_rows() -> None:
    rows = np.array([(1.0, 1.0), (0.0, 9.0)])
    assert ratio(rows, (1, 0), (0, 1), seed=1).value == pytest.approx(0.1)


def test_scores_that_are_probabilities_have_no_calibration_error() -> None:
    random = np.random.default_rng(2)
    scores = random.random(50_000)
    wanted = random.random(50_000) < scores
    assert expected_calibration_error(wanted, scores) < 0.02
    assert expected_calibration_error(wanted, np.sqrt(scores)) > 0.1


def test_the_interval_of_a_figure_is_of_its_resamples() -> None:
    wanted, given = np.ones(50, dtype=bool), np.arange(50) < 25
    measured, values = figure(lambda a, b: float((a & b).mean()), wanted, given, resamples(50, 1))
    assert measured.value == 0.5
    assert measured.low == np.percentile(values, 2.5)


def test_expected_precision_follows_from_rates(messages: list[Message]) -> None:
    decided = _decided(messages, 0.0)
    assert all(value == 1.0 for value in prior_shift(decided, 1).precision.values())
    shift = prior_shift(_decided(messages, 0.02), 1)
    recall, alarms = shift.recall.value, shift.false_alarms.value
    assert 0 < alarms < recall
    assert shift.precision[0.01] == pytest.approx(0.01 * recall / (0.01 * recall + 0.99 * alarms))
    assert shift.precision[0.01] < shift.precision[0.1] < shift.precision[0.5]


def test_slices_part_the_messages(messages: list[Message]) -> None:
    for named in slices(messages, _decided(messages, 0.1), 1).values():
        assert sum(part.messages for part in named.values()) == len(messages)
    scenes = clean_scenes(messages, _decided(messages, 0.0), 1)
    assert sum(part.clean for part in scenes.values()) == sum(not message.labels for message in messages)
    assert all(part.false_alarms.value == 0 and part.held.value == 1 for part in scenes.values())


def test_confusion_shows_which_label_is_taken_for_which(messages: list[Message]) -> None:
    """Every threat is flagged as an insult too."""
    decided = _decided(messages, 0.0)
    flagged = decided.flagged.copy()
    flagged[:, LABEL_IDS.index("insult")] |= decided.wanted[:, LABEL_IDS.index("threat")]
    table = confusion(replace(decided, flagged=flagged))
    assert np.allclose(np.diag(table), 1.0)
    assert table[LABEL_IDS.index("threat"), LABEL_IDS.index("insult")] == 1.0
    assert table[LABEL_IDS.index("insult"), LABEL_IDS.index("threat")] == 0.0


def test_cut_offs_keep_a_margin_that_small_samples_need() -> None:
    """With few author batches the same scores give a higher cut-off than with many."""
    random = np.random.default_rng(4)
    wanted = random.random(6000) < 0.3
    scores = np.clip(random.normal(0.35 + 0.3 * wanted, 0.15), 0, 1)
    point = OperatingPoint(least_precision=0.9, least_recall=0.0, review_recall=0.9)
    many = choose_cut_offs(precision_recall(scores, wanted, [str(i) for i in range(6000)]), point)
    few = choose_cut_offs(precision_recall(scores[:300], wanted[:300], [str(i) for i in range(300)]), point)
    assert few.flagged > many.flagged
    measured = precision_recall(scores, wanted, [str(i) for i in range(6000)])
    assert (measured.low_precision <= measured.precision + 1e-9).all()
    assert (np.diff(measured.recall) <= 0).all()


def test_a_review_holds_half_of_what_is_not_flagged() -> None:
    """Even where flags alone reach the recall that was asked of a review."""
    random = np.random.default_rng(6)
    wanted = random.random(6000) < 0.3
    scores = np.clip(random.normal(0.2 + 0.5 * wanted, 0.12), 0, 1)
    point = OperatingPoint(least_precision=0.85, least_recall=0.0, review_recall=0.5)
    cut_offs = choose_cut_offs(precision_recall(scores, wanted, [str(i % 50) for i in range(6000)]), point)
    flagged, seen = (float((scores[wanted] >= cut).mean()) for cut in (cut_offs.flagged, cut_offs.review))
    assert 0.5 < flagged < seen
    assert seen >= (1 + flagged) / 2 - 0.01


def test_a_point_that_no_cut_off_reaches_takes_the_nearest() -> None:
    scores = np.linspace(0, 1, 200)
    wanted = np.arange(200) % 2 == 0
    curve = precision_recall(scores, wanted, [str(i % 10) for i in range(200)])
    strict = choose_cut_offs(curve, OperatingPoint(least_precision=0.99, least_recall=0.0, review_recall=0.9))
    assert 0 <= strict.review <= strict.flagged <= 1
    wide = choose_cut_offs(curve, OperatingPoint(least_precision=0.0, least_recall=0.95, review_recall=0.98))
    assert (scores[wanted] >= wide.flagged).mean() >= 0.95
