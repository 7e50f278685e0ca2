"""The corpus and what it must hold."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import dunwatch
from dunwatch_train.check import personal_data, problems
from dunwatch_train.corpus import DATA, Message, read_corpus
from dunwatch_train.near import near_duplicates

GOOD = {
    "id": "x-001",
    "text": "再不还钱就爆你通讯录",
    "lang": "zh",
    "labels": ["threat", "third_party_disclosure"],
    "scene": "to_debtor",
    "sender": "app_lender",
    "channel": "sms",
    "disguise": [],
    "author_batch": "x",
}


def test_the_corpus_has_no_problems() -> None:
    assert list(problems(read_corpus(DATA / "corpus"))) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"labels": ["menace"]}, "labels 'menace' is not one of"),
        ({"lang": "fr"}, "lang 'fr'"),
        ({"scene": "everyday"}, "scene 'everyday'"),
        ({"labels": []}, "scene 'to_debtor'"),
        ({"text": " "}, "text is empty"),
        ({"colour": "red"}, "colour"),
        ({"ways": ["insult.liar"]}, "of no label the message has"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, change: dict[str, object], reason: str) -> None:
    (tmp_path / "x.jsonl").write_text(json.dumps({**GOOD, **change}) + "\n")
    with pytest.raises(dunwatch.CorpusError, match=r"x\.jsonl:1: ") as caught:
        read_corpus(tmp_path)
    assert reason in str(caught.value)


def test_a_folder_without_messages_is_named(tmp_path: Path) -> None:
    with pytest.raises(dunwatch.CorpusError, match=r"no \*\.jsonl files"):
        read_corpus(tmp_path)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("打13800138000找我", "a mobile number"),
        ("+86 138-0013-8000", "a mobile number"),
        ("身份证11010519491231002X", "an identity number"),
        ("身份证110105194912310021", None),
        ("138****8000 尾号0327, 13800元", None),
    ],
)
def test_personal_data_is_found(text: str, kind: str | None) -> None:
    assert personal_data(text) == kind


def test_near_duplicates_are_found_with_digits_masked() -> None:
    texts = ["您的借款已逾期3天，请尽快处理", "您的借款已逾期47天，请尽快处理", "今晚吃什么", "今晚吃什么呀我请你"]
    assert [(i, j) for i, j, _ in near_duplicates(texts, 0.6)] == [(0, 1)]
    assert [(i, j) for i, j, _ in near_duplicates(texts, 0.4, known=3)] == [(2, 3)]


def test_problems_are_named_by_id() -> None:
    first = Message(**{**GOOD, "labels": tuple(GOOD["labels"]), "disguise": ()})  # type: ignore[arg-type]
    found = list(problems([first, replace(first, text="再不还钱就爆你通讯录!")]))
    assert "id stands 2 times: 'x-001'" in found
    assert any("nearly the same" in problem for problem in found)
    assert "no message has the label insult alone" in found
