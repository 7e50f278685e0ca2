"""Words, numbers, amounts, links and phone numbers."""

from __future__ import annotations

import stat
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwatch.text import plain_batch, plain_text
from dunwatch.tokens import Segmenter, cut_batch, jieba_segmenter, kernels, rjieba_segmenter, segment
from dunwatch_train.corpus import DATA, read_corpus

COMMON = "的一是不了人我在有他这中大来上个国到说们为子和你债款催收还钱借贷逾期卫星定位"


def words(text: str) -> list[str]:
    plain = plain_batch([text])
    return list(cut_batch(plain).words(plain, 0))


def kinds(text: str) -> list[int]:
    return [int(kind) for kind in cut_batch(plain_batch([text])).kinds]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("派外勤人员上门催收", ["派", "外勤人员", "上门", "催收"]),
        ("don't pay John's loan!!!", ["don't", "pay", "john's", "loan", "!!!"]),
        ("open https://a.b/c?d=1 now", ["open", "https://a.b/c?d=1", "now"]),
        ("mail a.b@c.org", ["mail", "a.b@c.org"]),
        ("还款1,200.50元", ["还款", "1,200.50", "元"]),
        ("...", []),
        ("", []),
    ],
)
def test_a_message_is_cut_into_tokens(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("$500", kernels.AMOUNT),
        ("₦23,000", kernels.AMOUNT),
        ("500元", kernels.AMOUNT),
        ("0800-123-4567", kernels.PHONE),
        ("3:30", kernels.NUMBER),
        ("www.x.cn", kernels.LINK),
        ("bit.ly/x1", kernels.LINK),
    ],
)
def test_numbers_and_links_have_their_kind(text: str, kind: int) -> None:
    assert kinds(text)[0] == kind


@pytest.mark.parametrize(("reference", "last"), [(jieba_segmenter, 0x10FFFF), (rjieba_segmenter, 0xFFFF)])
def test_the_corpus_is_cut_as_jieba_and_rjieba_cut_it(reference: Segmenter, last: int) -> None:
    """rjieba takes characters beyond the basic plane for Chinese where jieba does not: there the kernel follows jieba."""
    texts = [plain_text(message.text).text for message in read_corpus(DATA / "corpus")]
    plain = plain_batch([text for text in texts if not any(ord(char) > last and _is_han(char) for char in text)])
    ours, theirs = cut_batch(plain), cut_batch(plain, reference)
    assert np.array_equal(ours.starts, theirs.starts)
    assert np.array_equal(ours.stops, theirs.stops)


def _is_han(char: str) -> bool:
    return unicodedata.name(char, "").startswith("CJK")


@given(st.lists(st.text(st.one_of(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), st.sampled_from(COMMON)))))
def test_any_chinese_is_cut_as_jieba_cuts_it(texts: list[str]) -> None:
    """Ties, unknown words and rare characters included."""
    plain = plain_batch(texts)
    assert np.array_equal(cut_batch(plain).starts, cut_batch(plain, jieba_segmenter).starts)


def test_the_cache_of_jieba_lies_in_a_private_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """jieba reads its cache with marshal: in the shared temporary folder anybody could have put one there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    segment._jieba.cache_clear()
    try:
        assert jieba_segmenter(plain_batch(["催收"])).tolist() == [1, 0]
    finally:
        segment._jieba.cache_clear()
    assert stat.S_IMODE((tmp_path / "dunwatch").stat().st_mode) == 0o700
    assert list((tmp_path / "dunwatch").iterdir())
