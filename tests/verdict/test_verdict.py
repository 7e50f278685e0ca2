"""Verdicts: decisions, spans, rules."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dunwatch
from dunwatch.model import CutOffs
from dunwatch.verdict import decide, rules_of, strongest

ABUSE = "😀再不还钱，今晚就带二十个人去你家，把你的照片群发给你通讯录里所有亲戚朋友，你个老赖骗子，卫星已经定位你了"


@pytest.mark.parametrize(("score", "decision"), [(0.9, "flagged"), (0.7, "flagged"), (0.5, "review"), (0.1, "clear")])
def test_two_cut_offs_make_three_decisions(score: float, decision: str) -> None:
    assert decide(score, CutOffs(flagged=0.7, review=0.3)) == decision


def test_the_strongest_decision_is_the_verdict() -> None:
    assert strongest({"a": "clear", "b": "flagged", "c": "review"}) == "flagged"


def test_each_rule_is_named_once() -> None:
    rules = rules_of(("threat", "insult", "false_authority"))
    assert len(rules) == len(set(rules))
    assert any(rule.article == "Article 16" for rule in rules)


def test_an_abusive_message_is_flagged_with_spans_in_the_original(classifier: dunwatch.Classifier) -> None:
    verdict = classifier.classify(ABUSE)
    assert verdict.decision == "flagged"
    assert verdict.rules
    assert verdict.model == classifier.version
    assert verdict.spans
    for span in verdict.spans:
        assert ABUSE[span.start : span.end] == span.text
        assert -1.5 <= span.weight <= 1.5
    for name in verdict.labels:
        weights = [span.weight for span in verdict.spans if span.label == name]
        assert 1 <= len(weights) <= 5
        assert weights[0] > 0
        assert weights == sorted(weights, reverse=True)


def test_spans_are_whole_words_within_a_clause(classifier: dunwatch.Classifier) -> None:
    text = "Pay by Friday, or the boys will be waiting at your kid's school. Nothing personal, you deadbeat."
    starts = {match.start() for match in re.finditer(r"[\w']+", text)}
    stops = {match.end() for match in re.finditer(r"[\w']+", text)}
    spans = classifier.classify(text).spans
    assert spans
    for span in spans:
        assert span.start in starts
        assert span.end in stops
        assert not set(",.") & set(span.text)


def test_spans_stay_within_a_line(classifier: dunwatch.Classifier) -> None:
    text = "装死是吧\n明天开始挨个给你通讯录打电话\n先从你妈打起"
    assert not any("\n" in span.text for span in classifier.classify(text).spans)
    assert classifier.classify(text).spans


def test_what_speaks_against_a_label_weighs_below_zero(classifier: dunwatch.Classifier) -> None:
    """Some clause of these speaks against what the others say."""
    texts = [
        ABUSE,
        "祝您生日快乐，谢谢您的支持，再不还钱弄死你全家",
        "Happy birthday from all of us, pay or we break your legs tonight",
    ]
    weights = [span.weight for text in texts for span in classifier.classify(text).spans]
    assert min(weights) < 0 < max(weights)


def test_each_label_that_is_not_clear_has_a_reason_in_words(classifier: dunwatch.Classifier) -> None:
    verdict = classifier.classify(ABUSE)
    assert set(verdict.reasons) == {name for name, decision in verdict.decisions.items() if decision != "clear"}
    located = classifier.classify("已对你的手机启动卫星定位，外勤二十人已出发，定位费由你承担")
    assert "field team" in located.reasons["satellite_positioning"]
    assert classifier.classify("谢谢").reasons == {}
    assert classifier.classify(ABUSE, explain=False).reasons == {}


def test_what_the_model_has_never_read_is_clear(classifier: dunwatch.Classifier) -> None:
    for text in ("สวัสดีครับ วันนี้อากาศดีมาก", "⚙⚙⚙", "ሰላም ነው", "привет как дела"):
        assert classifier.classify(text).decision == "clear"


def test_an_empty_message_is_clear(classifier: dunwatch.Classifier) -> None:
    assert classifier.classify("").decision == "clear"
    assert classifier.classify("\u200b \n").decision == "clear"


@given(st.text(st.one_of(st.characters(), st.characters(categories=["Cs"]), st.sampled_from("死定位卫星 *.4🔪")), max_size=60))
def test_any_text_has_a_verdict_whose_spans_lie_within(classifier: dunwatch.Classifier, text: str) -> None:
    verdict = classifier.classify(text)
    assert set(verdict.scores) == set(dunwatch.LABEL_IDS)
    assert all(0 <= score <= 1 for score in verdict.scores.values())
    for span in verdict.spans:
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == span.text


def test_many_are_judged_as_one_by_one(classifier: dunwatch.Classifier) -> None:
    texts = [ABUSE, "您的包裹已到", "", "\ud800pay", "卫 星 定 位"]
    scores = classifier.score(texts)
    assert classifier.classify_many(texts) == [classifier.classify(text) for text in texts]
    for row, text in zip(scores, texts, strict=True):
        assert row.tolist() == list(classifier.classify(text).scores.values())


def test_a_frame_keeps_its_columns_and_index(classifier: dunwatch.Classifier) -> None:
    frame = pd.DataFrame({"content": [ABUSE, None], "n": [1, 2]}, index=[7, 9])
    scored = classifier.score_frame(frame, text="content")
    assert scored.index.tolist() == [7, 9]
    assert scored["n"].tolist() == [1, 2]
    assert scored["verdict"].tolist() == ["flagged", "clear"]
    assert "verdict" not in frame


def test_a_frame_without_the_column_says_which_there_are(classifier: dunwatch.Classifier) -> None:
    with pytest.raises(dunwatch.MissingColumn, match="columns are: a, b"):
        classifier.score_frame(pd.DataFrame({"a": [], "b": []}))


def test_an_unknown_operating_point_says_which_there_are(classifier: dunwatch.Classifier) -> None:
    with pytest.raises(dunwatch.InputError, match="balanced"):
        dunwatch.load(operating_point="bold")
