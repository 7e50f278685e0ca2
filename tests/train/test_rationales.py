"""Marked rationales, and spans measured against them."""

from __future__ import annotations

from pathlib import Path

import pytest

import dunwatch
from dunwatch_train.corpus import DATA, read_corpus
from dunwatch_train.rationales import Rationale, match, read_rationales


def test_every_rationale_is_a_stretch_of_its_message() -> None:
    messages = {message.id: message for message in read_corpus(DATA / "test")}
    rationales = read_rationales(DATA / "rationales.jsonl")
    assert len({rationale.id for rationale in rationales}) >= 290
    for rationale in rationales:
        assert rationale.label in messages[rationale.id].labels
        assert all(span in messages[rationale.id].text for span in rationale.spans)


def test_a_whole_message_marked_is_all_precision(classifier: dunwatch.Classifier) -> None:
    """Whatever span is given lies inside; one that leaves words out recalls less."""
    text = "再不还钱就爆你通讯录"
    found = match(classifier, [Rationale("a", "threat", (text,))], {"a": text})
    assert found.rationales == 1
    assert found.precision.value == found.top_inside.value == 1.0
    assert 0 < found.recall.value <= 1


def test_marks_elsewhere_match_nothing(classifier: dunwatch.Classifier) -> None:
    text = "谢谢。再不还钱就爆你通讯录"
    found = match(classifier, [Rationale("a", "threat", ("谢谢",))], {"a": text})
    assert found.precision.value == found.recall.value == found.f1.value == found.top_inside.value == 0.0


def test_a_rationale_without_spans_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rationales.jsonl"
    path.write_text('{"id": "a", "label": "threat", "spans": []}\n')
    with pytest.raises(dunwatch.CorpusError, match=r"rationales\.jsonl:1: "):
        read_rationales(path)
