"""Compiled loops of the token room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dunwatch.jit import kernel
from dunwatch.text.chars import DIGIT, HAN, LETTER, SPACE

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

WORD, NUMBER, AMOUNT, LINK, PHONE, MARK = 0, 1, 2, 3, 4, 5
"""Kinds of tokens. A mark is one of ! ? … or a run of it."""

LONGEST_NUMBER = 6
"""Digits from which on a number is a phone, account or case number."""

_NEWLINE, _DOT, _COMMA, _COLON, _DASH, _APOSTROPHE, _QUOTE = 10, 46, 44, 58, 45, 39, 0x2019
_SLASH, _AT, _BANG, _QUESTION, _BLANK = 47, 64, 33, 63, 32


@kernel
def gather_han(codes: U32, offsets: I64, kind: U8, out: U32, place: I32) -> int:
    """Copy the runs of Chinese characters, each followed by a line feed; ``place`` says where each came from (-1: none)."""
    w = 0
    for m in range(offsets.size - 1):
        for i in range(offsets[m], offsets[m + 1]):
            if kind[codes[i]] != HAN:
                continue
            out[w] = codes[i]
            place[w] = i
            w += 1
            if i + 1 == offsets[m + 1] or kind[codes[i + 1]] != HAN:
                out[w] = _NEWLINE
                place[w] = -1
                w += 1
    return w


@kernel
def mark_words(lengths: I32, place: I32, begins: U8) -> None:
    """Set ``begins`` at the first character of each Chinese word."""
    at = 0
    for length in lengths:
        if place[at] >= 0:
            begins[place[at]] = 1
        at += length


@kernel
def _is_currency(code: int) -> bool:
    """$ ¢ £ ¤ ¥, and the block of currency signs, ₦ ₹ ₱ among them."""
    return code == 36 or 0xA2 <= code <= 0xA5 or 0x20A0 <= code <= 0x20C0


@kernel
def _is_money_word(code: int) -> bool:
    """元 块 万 圆 千."""
    return code == 0x5143 or code == 0x5757 or code == 0x4E07 or code == 0x5706 or code == 0x5343


@kernel
def _goes_on_in_link(code: int) -> bool:
    """Whether a link may go on after its first letters with this: . / : @ - _ or a digit."""
    return 45 <= code <= 58 or code == _AT or code == 95


@kernel
def _link_end(codes: U32, i: int, stop: int, kind: U8) -> int:
    """Where the link that begins at i ends, or i if none does: has “://”, “www.”, “@x.y” or “a.b/c”."""
    end = i
    dot = 0
    at = 0
    slash = 0
    while end < stop and codes[end] != _BLANK and codes[end] < 0x250 and kind[codes[end]] != SPACE:
        code = codes[end]
        inner = i < end and end + 1 < stop
        if code == _DOT and inner and kind[codes[end - 1]] != SPACE and kind[codes[end + 1]] == LETTER:
            dot = end
        elif code == _AT and inner:
            at = end
        elif code == _SLASH and inner and slash == 0:
            slash = end
        end += 1
    web = codes[i] == 119 and i + 3 < end and codes[i + 1] == 119 and codes[i + 2] == 119 and codes[i + 3] == _DOT
    scheme = slash > i and codes[slash - 1] == _COLON and codes[slash + 1] == _SLASH
    mail = at > i and dot > at
    path = dot > i and slash > dot
    return end if web or scheme or mail or path else i


@kernel
def _number_end(codes: U32, i: int, stop: int, kind: U8) -> tuple[int, int]:
    """Where the number that begins at i ends, and how many digits it has; single , . : - and spaces between digits belong."""
    end = i
    digits = 0
    while end < stop:
        code = codes[end]
        if kind[code] == DIGIT:
            digits += 1
        elif not (
            (code == _COMMA or code == _DOT or code == _COLON or code == _DASH)
            and end + 1 < stop
            and kind[codes[end + 1]] == DIGIT
        ):
            break
        end += 1
    return end, digits


@kernel
def _is_inner_apostrophe(codes: U32, i: int, stop: int, kind: U8) -> bool:
    return (codes[i] == _APOSTROPHE or codes[i] == _QUOTE) and i + 1 < stop and kind[codes[i + 1]] == LETTER


@kernel
def cut_tokens(codes: U32, offsets: I64, kind: U8, begins: U8, starts: I32, stops: I32, kinds: U8, token_offsets: I64) -> None:
    """Cut every message; ``begins`` marks where Chinese words begin. Token t spans ``codes[starts[t]:stops[t]]``."""
    w = 0
    for m in range(offsets.size - 1):
        i, stop = offsets[m], offsets[m + 1]
        while i < stop:
            code = codes[i]
            what = kind[code]
            token = -1
            end = i + 1
            if what == HAN:
                while end < stop and kind[codes[end]] == HAN and begins[end] == 0:
                    end += 1
                token = WORD
            elif what == LETTER:
                # An apostrophe between letters belongs to the word.
                while end < stop and (kind[codes[end]] == LETTER or _is_inner_apostrophe(codes, end, stop, kind)):
                    end += 1
                token = WORD
                if end < stop and _goes_on_in_link(codes[end]):
                    link_end = _link_end(codes, i, stop, kind)
                    if link_end > i:
                        end = link_end
                        token = LINK
            elif what == DIGIT:
                end, digits = _number_end(codes, i, stop, kind)
                token = PHONE if digits >= LONGEST_NUMBER else NUMBER
                if (i > offsets[m] and _is_currency(codes[i - 1])) or (end < stop and _is_money_word(codes[end])):
                    token = AMOUNT
            elif code == _BANG or code == _QUESTION or code == 0x2026:
                while end < stop and codes[end] == code:
                    end += 1
                token = MARK
            if token >= 0:
                starts[w] = i
                stops[w] = end
                kinds[w] = token
                w += 1
            i = end
        token_offsets[m + 1] = w
