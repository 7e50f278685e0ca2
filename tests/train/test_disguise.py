"""Disguises made by program."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwatch_train.augment import augment
from dunwatch_train.corpus import DATA
from dunwatch_train.disguise import DISGUISES, Side, disguised, sensitive_stretches
from dunwatch_train.disguise.side import owned
from dunwatch_train.lexicon import read_lexicon

CHINESE = "再不还钱就找警察抓你去法院，通知你妈和全家，欠的债逾期了，卫星定位已启动"
ENGLISH = "Pay your money today or the police are coming, we will tell your family and kill your dog"
TEXTS = (CHINESE, ENGLISH)


@pytest.mark.parametrize("name", DISGUISES)
@pytest.mark.parametrize("side", Side)
def test_every_disguise_hides_words(name: str, side: Side) -> None:
    changed = [disguised(text, _words(text), name, 1.0, Random(seed), side) != text for text in TEXTS for seed in range(3)]
    assert any(changed)


def test_there_are_disguises_for_both_languages() -> None:
    changed = {
        name: [any(disguised(t, _words(t), name, 1.0, Random(s)) != t for s in range(5)) for t in TEXTS] for name in DISGUISES
    }
    assert len(DISGUISES) >= 14
    assert sum(chinese for chinese, _ in changed.values()) >= 7
    assert sum(english for _, english in changed.values()) >= 7


@given(st.lists(st.text(min_size=1, max_size=3), unique=True, max_size=20))
def test_the_two_sides_share_no_substitute(candidates: list[str]) -> None:
    ours, theirs = (owned(candidates, side) for side in Side)
    assert not set(ours) & set(theirs)
    assert sorted(ours + theirs) == sorted(candidates)


@pytest.mark.parametrize("name", ["homophones", "variants", "components", "lookalikes", "emoji"])
def test_what_attacks_was_not_learned(name: str) -> None:
    """Of the characters that either side puts in, none are put in by both."""
    added = [
        {char for seed in range(40) for t in TEXTS for char in disguised(t, _words(t), name, 1.0, Random(seed), side)}
        for side in Side
    ]
    ours, theirs = (chars - set("".join(TEXTS)) - {"\ufe0f", "\u200d"} for chars in added)
    shared = ours & theirs
    # Emoji and characters taken apart are made of common pieces.
    assert len(shared) <= 0.25 * len(ours | theirs)


@given(st.sampled_from(TEXTS), st.sampled_from(sorted(DISGUISES)), st.floats(0, 1), st.integers(0, 50))
def test_nothing_outside_the_stretches_changes(text: str, name: str, strength: float, seed: int) -> None:
    start, stop = 5, 20
    result = disguised(text, [(start, stop)], name, strength, Random(seed))
    assert result.startswith(text[:start])
    assert result.endswith(text[stop:])


def test_strength_is_the_share_of_words_disguised() -> None:
    text = "警察 法院 银行 电话 照片 家人 公司 学校"
    words = [(place, place + 2) for place in range(0, len(text), 3)]
    for strength, expected in ((0.0, 0), (0.25, 2), (0.5, 4), (1.0, 8)):
        result = disguised(text, words, "initials", strength, Random(1))
        assert sum(part.isascii() for part in result.split()) == expected


def test_sensitive_words_are_those_of_the_lexicon() -> None:
    lexicon = read_lexicon(DATA / "lexicon")
    text = "😀 卫\u200b星定位已启动"
    (stretches,) = sensitive_stretches([text], lexicon)
    assert any("卫\u200b星" in text[start:stop] for start, stop in stretches)


def test_copies_come_with_the_place_of_their_message() -> None:
    lexicon = read_lexicon(DATA / "lexicon")
    texts = [CHINESE, "ok", ENGLISH] * 20
    augmented = augment(texts, lexicon, 0.5, 3)
    assert augmented.texts[: len(texts)] == texts
    assert augmented.sources[: len(texts)].tolist() == list(range(len(texts)))
    assert 10 < len(augmented.texts) - len(texts) < 40
    for copy, source in zip(augmented.texts[len(texts) :], augmented.sources[len(texts) :], strict=True):
        assert copy != texts[source]
    again = augment(texts, lexicon, 0.5, 3)
    assert again.texts == augmented.texts


def _words(text: str) -> list[tuple[int, int]]:
    """Words of two Chinese characters, or of letters."""
    if text.isascii():
        starts = [0, *(place + 1 for place, char in enumerate(text) if char == " ")]
        return [(start, (text + " ").index(" ", start)) for start in starts]
    return [(place, place + 2) for place in range(0, len(text) - 1, 2)]
