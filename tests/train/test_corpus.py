"""The corpus and what it must hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import dunwatch
from dunwatch_train.corpus import DATA, Message, parse_message, read_corpus
from dunwatch_train.corpus.check import problems, read_rules, unfit
from dunwatch_train.corpus.near import near_duplicates
from dunwatch_train.corpus.personal import personal_data

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


FIRMS = ("邦邦银行", "Harrowgate Credit")


def test_the_corpus_and_the_test_part_have_no_problems() -> None:
    assert list(problems(read_corpus(DATA / "corpus"), read_corpus(DATA / "test"), read_rules())) == []


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


def message(**change: Any) -> Message:
    return parse_message(json.dumps({**GOOD, **change}, ensure_ascii=False))


def test_problems_are_named_by_id() -> None:
    found = list(unfit([message(), message(text="再不还钱就爆你通讯录!")], (), FIRMS))
    assert "id stands 2 times: 'x-001'" in found
    assert any("x-001 and x-001 are nearly the same" in problem for problem in found)


def test_the_test_part_may_share_less_with_the_corpus_than_the_corpus_with_itself() -> None:
    near = [message(id="a", text="明天带人去你单位门口坐坐"), message(id="b", text="明天带人去你单位楼下坐坐吧")]
    assert list(unfit(near, (), FIRMS)) == []
    assert list(unfit(near[:1], near[1:], FIRMS)) == ["a and b are nearly the same (0.53)"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我是邦邦银行的", "邦邦银行"),
        ("this is HARROWGATE Credit calling", "HARROWGATE Credit"),
        ("harrowgate credits", None),
        ("我在银行排队", None),
    ],
)
def test_names_of_real_firms_are_refused(text: str, name: str | None) -> None:
    found = list(unfit([message(text=text)], (), FIRMS))
    assert found == ([f"x-001: names a real firm, {name}"] if name else [])
