"""Least counts, telling words, second labels."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import dunwatch
from dunwatch.labels import LABEL_IDS
from dunwatch_train.corpus import DATA, Message, parse_message
from dunwatch_train.corpus.second import SecondLabel, agreement, read_second_labels, second_label_problems
from dunwatch_train.corpus.targets import Targets, read_targets, read_ways, shortfalls
from dunwatch_train.corpus.telling import shares_without

NOTHING = Targets(
    messages=0,
    batch_size=(0, 100),
    disguised=0,
    disguised_clean=0,
    long_from=20,
    long_abusive=0,
    long_clean=0,
    way=0,
    without_telling_words=0.0,
    pair=0,
    alone=0,
    test=0,
    second_labels=0.0,
    languages={},
    labels={},
    scenes={},
)


def message(number: int, text: str, *labels: str, **change: Any) -> Message:
    scene = "to_debtor" if labels else "everyday"
    row = {"id": f"x-{number}", "text": text, "lang": "zh", "labels": labels, "scene": scene, "sender": "friend"}
    return parse_message(json.dumps({**row, "channel": "chat", "disguise": [], "author_batch": "x", **change}))


MESSAGES = [
    message(1, "今晚去你家坐坐", "threat", ways=["threat.visit"]),
    message(2, "你妈身体还好吧，别让她操心，也别让我们跑那么远的路", "threat", ways=["threat.parents"]),
    message(3, "厚脸皮", "insult", disguise=["homophone"]),
    message(4, "晚上吃面"),
    message(5, "晚上吃面还是吃饭，我在菜市场，你要是想吃鱼我就买一条回来", lang="mixed"),
]


def test_nothing_wanted_is_no_shortfall() -> None:
    assert list(shortfalls(MESSAGES, NOTHING, {"threat.visit": "", "threat.parents": ""})) == []


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ({"messages": 6}, "messages: 5, 6 needed"),
        ({"batch_size": (6, 9)}, "author batch x: 5 messages, 6 to 9 allowed"),
        ({"batch_size": (1, 4)}, "author batch x: 5 messages, 1 to 4 allowed"),
        ({"labels": {"threat": 3}}, "threat: 2, 3 needed"),
        ({"labels": {"insult": 1}, "alone": 2}, "insult alone: 1, 2 needed"),
        ({"pair": 1}, "threat with insult: 0, 1 needed"),
        ({"scenes": {"everyday": 3}}, "scene everyday: 2, 3 needed"),
        ({"disguised": 2}, "disguised messages: 1, 2 needed"),
        ({"disguised_clean": 1}, "disguised clean messages: 0, 1 needed"),
        ({"long_abusive": 2}, "long abusive messages: 1, 2 needed"),
        ({"long_clean": 2}, "long clean messages: 1, 2 needed"),
        ({"way": 2}, "way threat.visit: 1, 2 needed"),
        ({"languages": {"mixed": 2}}, "language mixed: 1, 2 needed"),
    ],
)
def test_a_shortfall_is_named_with_its_figures(wanted: dict[str, Any], problem: str) -> None:
    assert problem in list(shortfalls(MESSAGES, replace(NOTHING, **wanted), {"threat.visit": "", "threat.parents": ""}))


def test_a_way_nobody_described_is_refused() -> None:
    assert "way threat.visit is not in ways.tsv" in list(shortfalls(MESSAGES, NOTHING, {"threat.parents": ""}))


def test_telling_words_are_those_of_the_label_alone() -> None:
    """定位 stands in satellite messages only, 你 in all: the first tells, the second does not."""
    spoken = ["你被定位了", "定位到你了", "你的定位有了", "你在三号楼没动"]
    others = ["你好", "你吃了吗", "谢谢你", "你来不来"]
    messages = [message(i, text, "satellite_positioning") for i, text in enumerate(spoken)]
    messages += [message(9 + i, text) for i, text in enumerate(others)]
    telling, share = shares_without(messages)["satellite_positioning"]
    assert "定位" in telling
    assert "你" not in telling
    assert share < 0.5


def test_targets_and_ways_are_those_the_labels_need() -> None:
    targets, ways = read_targets(DATA / "targets.toml"), read_ways(DATA / "ways.tsv")
    assert set(targets.labels) == set(LABEL_IDS)
    for label in LABEL_IDS:
        assert sum(way.startswith(f"{label}.") for way in ways) >= 25


def test_an_unknown_target_is_named(tmp_path: Path) -> None:
    (tmp_path / "targets.toml").write_text("batch_size = [1, 2]\nweight = 3\n")
    with pytest.raises(dunwatch.CorpusError, match=r"targets\.toml: .*weight"):
        read_targets(tmp_path / "targets.toml")


def test_two_readers_who_agree_by_chance_have_no_kappa() -> None:
    """Of four messages each reader calls two a threat, and they agree on half: what chance gives."""
    rows = [
        SecondLabel("1", ("threat",), ("threat",), ("threat",)),
        SecondLabel("2", ("threat",), (), ("threat",)),
        SecondLabel("3", (), ("threat",), ()),
        SecondLabel("4", (), (), ()),
        SecondLabel("5", ("insult",), ("insult",), ("insult",)),
    ]
    assert agreement(rows[:4])["threat"].kappa == pytest.approx(0)
    assert agreement(rows)["insult"].kappa == pytest.approx(1)
    assert agreement([]) == {}


def test_second_labels_must_cover_a_share_of_each_batch_and_be_followed() -> None:
    rows = [SecondLabel("x-1", (), ("threat",), ()), SecondLabel("y-1", (), (), ())]
    assert list(second_label_problems(MESSAGES, rows, 0.3)) == [
        "x-1: its labels are not those settled in second_labels.tsv",
        "author batch x: 1 of 5 messages labelled twice, 30% needed",
        "second_labels.tsv: no message has the id y-1",
    ]


@pytest.mark.parametrize(("line", "reason"), [("x-1\tthreat", "2 fields"), ("x-1\tmenace\t\t", "unknown label 'menace'")])
def test_a_wrong_second_label_is_named(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "second_labels.tsv"
    path.write_text(f"id\tfirst\tsecond\tsettled\n{line}\n")
    with pytest.raises(dunwatch.CorpusError, match=rf"second_labels\.tsv:2: {reason}"):
        read_second_labels(path)
