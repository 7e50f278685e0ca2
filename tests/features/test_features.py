"""The feature kernel, the lexicon and the weight table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwatch.features import VIEWS, WeightTable, compile_lexicon, extract, weighted_sums
from dunwatch.features.lexicon import PREFIX_ONLY
from dunwatch.text import plain_batch

LEXICON = compile_lexicon(
    [
        ("funeral", "花圈"),
        ("funeral", "骨灰盒"),
        ("tracking", "卫星"),
        ("tracking", "卫星定位"),
        ("team", "外勤"),
        ("boss", "your boss"),
        ("pay", "pay"),
    ]
)


def stretches(text: str, view: str) -> list[str]:
    plain = plain_batch([text])
    features = extract(plain, LEXICON)
    chosen = (features.hashes & np.uint64(7)) == np.uint64(VIEWS.index(view))
    return [plain.text(0)[a:b] for a, b in zip(features.starts[chosen], features.stops[chosen], strict=True)]


def test_the_longest_lexicon_entry_wins() -> None:
    assert stretches("已卫星定位", "classes") == ["卫星定位"]


def test_classes_that_follow_each_other_make_a_pair() -> None:
    assert stretches("卫星定位，外勤已出发", "class_pairs") == ["卫星定位,外勤"]


def test_an_entry_is_found_by_its_sound() -> None:
    assert stretches("捧着古灰合", "classes") == ["古灰合"]


def test_a_latin_entry_stands_between_word_borders() -> None:
    assert stretches("payday payment pay", "classes") == ["pay"]
    assert stretches("we call your boss.", "classes") == ["your boss"]
    assert stretches("we call your bossy aunt", "classes") == []


def test_homophones_share_syllables() -> None:
    one, other = (extract(plain_batch([text]), LEXICON) for text in ("卫星定位", "为行订畏"))
    view = np.uint64(VIEWS.index("syllables"))
    assert set(one.hashes[(one.hashes & np.uint64(7)) == view]) & set(other.hashes[(other.hashes & np.uint64(7)) == view])


def test_a_batch_has_the_features_of_its_messages() -> None:
    texts = ["再不还钱就爆你通讯录", "", "we will call your boss", "卫 星 定 位"]
    whole = extract(plain_batch(texts), LEXICON)
    for place, text in enumerate(texts):
        alone = extract(plain_batch([text]), LEXICON)
        assert np.array_equal(whole.hashes[whole.offsets[place] : whole.offsets[place + 1]], alone.hashes)


@given(st.lists(st.text(max_size=60), min_size=1, max_size=5))
def test_sums_are_those_of_the_features_one_by_one(texts: list[str]) -> None:
    """What serves (filter, table, integer sums) is what a dictionary of weights would give."""
    plain = plain_batch(texts)
    features = extract(plain, LEXICON)
    known = np.unique(features.hashes)[::2]
    random = np.random.default_rng(1)
    weights = random.integers(-127, 128, (len(known), 5)).astype(np.int8)
    mass = random.integers(1, 256, len(known)).astype(np.uint8)
    by_hash = dict(zip(known.tolist(), np.column_stack([weights.astype(np.int64), mass]), strict=True))
    sums = weighted_sums(plain, LEXICON, WeightTable.build(known, weights, mass))
    for m in range(len(texts)):
        found = features.hashes[features.offsets[m] : features.offsets[m + 1]].tolist()
        expected = sum((by_hash[h] for h in found if h in by_hash), np.zeros(6, np.int64))
        assert sums[m].tolist() == expected.tolist()


def test_an_unseen_feature_counts_nothing() -> None:
    """But for what both messages are like as a whole."""
    hashes = np.unique(extract(plain_batch(["甲乙丙"]), LEXICON).hashes)
    hashes = hashes[(hashes & np.uint64(7)) != VIEWS.index("signs")]
    table = WeightTable.build(hashes, np.ones((len(hashes), 5), dtype=np.int8), np.ones(len(hashes), dtype=np.uint8))
    assert weighted_sums(plain_batch(["天地玄黄"]), LEXICON, table).tolist() == [[0] * 6]


def test_long_messages_do_not_overflow() -> None:
    hashes = np.unique(extract(plain_batch(["死" * 9]), LEXICON).hashes)
    full = WeightTable.build(hashes, np.full((len(hashes), 5), 127, np.int8), np.full(len(hashes), 255, np.uint8))
    sums = weighted_sums(plain_batch(["死" * 100_000]), LEXICON, full)[0]
    assert sums[0] * 255 == sums[5] * 127
    assert sums[5] > 100_000 * 255


def test_more_labels_than_a_word_holds_are_refused() -> None:
    with pytest.raises(ValueError, match="holds 5 labels, not 6"):
        WeightTable.build(np.ones(1, np.uint64), np.ones((1, 6), np.int8), np.ones(1, np.uint8))


def test_beginnings_of_entries_have_no_class_of_their_own() -> None:
    assert (LEXICON.classes == PREFIX_ONLY).any()
    assert stretches("骨灰", "classes") == []


def _signs(text: str) -> set[int]:
    features = extract(plain_batch([text]), LEXICON)
    view = (features.hashes & np.uint64(7)) == VIEWS.index("signs")
    nowhere = features.starts == features.stops
    return set(features.hashes[view & nowhere].tolist())


def test_persons_count_in_both_languages() -> None:
    """Who is spoken of, however often from three times on, and whatever else is said."""
    assert _signs("你们欠钱") == _signs("your loan") == _signs("YOU’RE late")
    assert _signs("他欠钱") == _signs("they'll pay") != _signs("你欠钱")
    assert _signs("我还钱") == _signs("I pay")
    assert _signs("你 你 你") == _signs("you, you, you and you")
    assert _signs("yours truly") != _signs("yoursx truly")


def test_a_quotation_is_a_sign() -> None:
    assert _signs("“还钱”") == _signs('"pay"') == _signs("「還錢」") != _signs("还钱")


def test_the_first_and_the_last_words_count_as_such() -> None:
    first, last = ({*extract(plain_batch([text]), LEXICON).hashes.tolist()} for text in ("dear a b c d", "a b c d dear"))
    assert first != last


def test_a_message_without_words_has_no_features() -> None:
    assert extract(plain_batch(["", "\u200b"]), LEXICON).hashes.size == 0
