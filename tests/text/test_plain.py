"""Messages made plain, with a way back."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dunwatch.text import arrow_code_points, code_points, plain_batch, plain_text

ANY_CHARACTER = st.one_of(
    st.characters(),
    st.characters(categories=["Cs", "Cf", "Cc", "Mn"]),
    st.sampled_from("卫星定位還錢ＷＥＩ①🔪⚰️\u200b\u200d\ufe0f4174 .*-wei xing d1e p@y а е о ﬁ ㎏ \ud83d"),
)
MESSAGES = st.lists(ANY_CHARACTER, max_size=40).map("".join)


@pytest.mark.parametrize(
    ("text", "plain", "disguise"),
    [
        ("卫 星 定 位", "卫星定位", "split"),
        ("卫*星", "卫星", "split"),
        ("k.i.l.l him", "kill him", "split"),
        ("wei星定位", "卫星定位", "pinyin"),
        ("拿命还qian", "拿命还钱", "pinyin"),
        ("wei xing ding wei", "卫星定位", "pinyin"),
        ("p@y or d1e", "pay or die", "leetspeak"),
        ("you f*cking thief", "you fucking thief", "starred"),
        ("4全家", "死全家", "digits"),
        ("送你全家⚰️花圈", "送你全家棺材花圈", "emoji"),
        ("ｋｉｌｌ", "kill", "full_width"),
        ("卫\u200b星", "卫星", "zero_width"),
        ("欠錢不还", "欠钱不还", "traditional"),
        ("ⓚⓘⓛⓛ", "kill", "variant"),
        ("lоаn", "loan", "lookalike"),
    ],
)
def test_a_disguise_is_undone_and_named(text: str, plain: str, disguise: str) -> None:
    result = plain_text(text)
    assert result.text == plain
    assert disguise in result.disguises


@pytest.mark.parametrize(
    "text",
    [
        "您的包裹已到小区3号楼, 取件码8-1-4072",
        "call me at 9 4 a chat, i am at gate 4b",
        "欠款5000元, 请于11月24日前还款",
        "see you in a bit, men and women can sing",
        "我家住4楼",
        "invoice no. 7456 paid, flat 2b",
    ],
)
def test_plain_messages_stay_as_they_are(text: str) -> None:
    assert plain_text(text).text == text
    assert plain_text(text).disguises == ()


def test_traditional_script_alone_is_no_disguise() -> None:
    assert plain_text("請儘快還錢").text == "请尽快还钱"
    assert plain_text("請儘快還錢").disguises == ()


def test_a_rewritten_word_points_to_where_it_stood() -> None:
    text = "请看:卫 星 定 位😀ok"
    result = plain_text(text)
    start = result.text.index("位")
    assert text[result.origin[start]] == "位"
    assert text[result.origin[result.text.index("ok")]] == "o"


@given(MESSAGES)
@settings(max_examples=400)
def test_every_plain_character_comes_from_the_message(text: str) -> None:
    result = plain_text(text)
    assert len(result.origin) == len(result.text)
    assert all(0 <= place < len(text) for place in result.origin)
    assert list(result.origin) == sorted(result.origin)


@given(MESSAGES)
@example("Aἀ")  # a letter that becomes a look-alike only in its plain form
@settings(max_examples=400)
def test_plain_text_is_stable_under_a_second_pass(text: str) -> None:
    once = plain_text(text).text
    assert plain_text(once).text == once


@given(st.lists(MESSAGES, max_size=6))
def test_a_batch_is_its_messages_in_order(texts: list[str]) -> None:
    batch = plain_batch(texts)
    assert [batch.text(i) for i in range(len(texts))] == [plain_text(text).text for text in texts]
    for i, text in enumerate(texts):
        origin = batch.origin[batch.offsets[i] : batch.offsets[i + 1]]
        assert tuple(origin) == plain_text(text).origin


@given(st.lists(st.text(max_size=20), max_size=5), st.integers(0, 3))
def test_arrow_strings_decode_to_the_same_code_points(texts: list[str], skipped: int) -> None:
    array = pa.array([*["x"] * skipped, *texts]).slice(skipped)
    codes, offsets = arrow_code_points(array)
    expected, bounds = code_points(texts)
    assert np.array_equal(codes, expected)
    assert np.array_equal(offsets, bounds)


def test_a_null_is_an_empty_message() -> None:
    codes, offsets = arrow_code_points(pa.array(["a", None, "b"]))
    assert codes.tolist() == [97, 98]
    assert offsets.tolist() == [0, 1, 1, 2]
