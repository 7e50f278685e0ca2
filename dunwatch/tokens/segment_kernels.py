"""jieba's algorithm in compiled loops: the likeliest path through the dictionary, then a hidden Markov model for the rest.

Follows jieba 0.42.1 (``__cut_DAG``, ``finalseg``) step by step, ties included, so that the words are the same; a test holds
them together.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from dunwatch.jit import kernel

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

ABSENT = -1
NO_WORD = 1.0
IMPOSSIBLE = -3.14e100

STATES = "BMES"
"""A character begins a word, goes on, ends it, or is one."""

_B, _M, _E, _S = 0, 1, 2, 3
_START = np.array([-0.26268660809250016, IMPOSSIBLE, IMPOSSIBLE, -1.4652633398537678])
# From one state to another (finalseg's prob_trans); the other ways are impossible.
_B_TO_E, _B_TO_M = -0.510825623765990, -0.916290731874155
_M_TO_E, _M_TO_M = -0.33344856811948514, -1.2603623820268226
_E_TO_B, _E_TO_S = -0.5897149736854513, -0.8085250474669937
_S_TO_B, _S_TO_S = -0.7211965654669841, -0.6658631448798212

_PRIME = np.uint64(0x9E3779B97F4A7C15)
_S32, _S29 = np.uint64(32), np.uint64(29)
_FIRST_HAN, _LAST_HAN = 0x4E00, 0x9FD5

PAIR_BITS = 21
"""Bits, as a power of two, of the filter of word beginnings of two characters: the table is too large for the cache."""


@kernel
def _grow(h: np.uint64, code: np.uint32) -> np.uint64:
    h = (h ^ np.uint64(code)) * _PRIME
    return h ^ (h >> _S29)


@kernel
def _pair_bit(first: np.uint32, second: np.uint32) -> np.int64:
    """The place of two characters in the filter of beginnings."""
    return (np.int64(first) * 21_143 + np.int64(second) * 8_191) & ((1 << PAIR_BITS) - 1)


@kernel
def _begins_word(pairs: U8, first: np.uint32, second: np.uint32) -> bool:
    """Whether words may begin with two characters; if not, none does."""
    bit = _pair_bit(first, second)
    return bool(pairs[bit >> 3] >> np.uint8(bit & 7) & np.uint8(1))


@kernel
def _slot(keys: U32, h: np.uint64) -> np.int64:
    """The slot of a word or beginning, or the free one where it would go."""
    mask = keys.size - 1
    tag = np.uint32(h >> _S32) | np.uint32(1)
    slot = np.int64(h) & mask
    while keys[slot] != 0 and keys[slot] != tag:
        slot = (slot + 1) & mask
    return slot


@kernel
def _enter(keys: U32, frequencies: I64, h: np.uint64, frequency: int) -> None:
    """Enter a word; a beginning (frequency 0) does not replace what is there."""
    slot = _slot(keys, h)
    if keys[slot] == 0 or frequency > 0:
        keys[slot] = np.uint32(h >> _S32) | np.uint32(1)
        frequencies[slot] = frequency


@kernel
def _decode(data: U8, i: int, codes: U32) -> tuple[int, int]:
    """Code points from i to the next space; returns where it stands and how many there are."""
    size = 0
    while data[i] != 32:
        lead = np.uint32(data[i])
        width = 1 if lead < 0x80 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
        code = lead if width == 1 else lead & np.uint32(0x7F >> width)
        for k in range(1, width):
            code = code << np.uint32(6) | np.uint32(data[i + k] & 0x3F)
        codes[size] = code
        size += 1
        i += width
    return i, size


@kernel
def read_dictionary(data: U8, counts: I64, keys: U32, frequencies: I64, pairs: U8) -> int:
    """Read lines of “word frequency tag” in UTF-8; returns the sum of all frequencies."""
    codes = np.empty(256, dtype=np.uint32)
    total = 0
    i = 0
    while i < data.size:
        i, size = _decode(data, i, codes)
        i += 1
        frequency = 0
        while i < data.size and 48 <= data[i] <= 57:
            frequency = frequency * 10 + data[i] - 48
            i += 1
        while i < data.size and data[i] != 10:
            i += 1
        i += 1
        total += frequency
        h = _grow(_PRIME, codes[0])
        if size > 1:
            bit = _pair_bit(codes[0], codes[1])
            pairs[bit >> 3] |= np.uint8(1) << np.uint8(bit & 7)
        if codes[0] < counts.size and (size == 1 or counts[codes[0]] == ABSENT):
            counts[codes[0]] = frequency if size == 1 else 0
        for k in range(1, size):
            h = _grow(h, codes[k])
            _enter(keys, frequencies, h, frequency if k == size - 1 else 0)
    return total


@kernel
def log_probabilities(counts: I64, total: int, out: F64) -> None:
    """Log of each count (1 where there is none) over the total, as jieba computes it."""
    log_total = math.log(total)
    for i in range(counts.size):
        out[i] = (math.log(counts[i]) if counts[i] > 0 else 0.0) - log_total


@kernel
def _route(codes: U32, first: int, last: int, singles: F64, pairs: U8, keys: U32, words: F64, best: F64, after: I32) -> None:
    """For each character of a run, where the first word of the likeliest rest of the run ends."""
    mask = keys.size - 1
    best[last - first] = 0.0
    for i in range(last - 1, first - 1, -1):
        top = singles[codes[i]] + best[i + 1 - first]
        end = i + 1
        if i + 1 < last and _begins_word(pairs, codes[i], codes[i + 1]):
            h = _grow(_PRIME, codes[i])
            for j in range(i + 1, last):
                h = _grow(h, codes[j])
                # As in _slot: a call for each character would take longer than the search.
                tag = np.uint32(h >> _S32) | np.uint32(1)
                slot = np.int64(h) & mask
                while keys[slot] != 0 and keys[slot] != tag:
                    slot = (slot + 1) & mask
                if keys[slot] == 0:
                    break
                if words[slot] != NO_WORD:
                    weight = words[slot] + best[j + 1 - first]
                    if weight >= top:
                        top = weight
                        end = j + 1
        best[i - first] = top
        after[i - first] = end


@kernel
def _is_word(codes: U32, first: int, last: int, keys: U32, words: F64) -> bool:
    h = _grow(_PRIME, codes[first])
    for i in range(first + 1, last):
        h = _grow(h, codes[i])
        slot = _slot(keys, h)
        if keys[slot] == 0:
            return False
    return bool(words[slot] != NO_WORD)


@kernel
def _better(left: float, right: float, left_bit: int, bits: int) -> tuple[float, int]:
    """The likelier of two ways to a state; ``left_bit`` is added to ``bits`` where it is the left one, which wins a tie."""
    return (left, bits | left_bit) if left >= right else (right, bits)


@kernel
def _viterbi(codes: U32, first: int, last: int, emit: F64, came: U8, begins: U8) -> None:
    """Cut a run of characters that are no dictionary words, by the hidden Markov model.

    ``came[i]`` has the bit of each state that was reached the first way of two: B and S after S or else E, M and E after M
    or else B. A number for each state, not an array: to allocate one for each run would take longer than the run.
    """
    row = codes[first]
    b, m, e, s = _START[_B] + emit[row, _B], _START[_M] + emit[row, _M], _START[_E] + emit[row, _E], _START[_S] + emit[row, _S]
    for i in range(first + 1, last):
        row = codes[i]
        to_b, to_m, to_e, to_s = emit[row, _B], emit[row, _M], emit[row, _E], emit[row, _S]
        new_b, bits = _better(s + _S_TO_B + to_b, e + _E_TO_B + to_b, 1 << _B, 0)
        new_m, bits = _better(m + _M_TO_M + to_m, b + _B_TO_M + to_m, 1 << _M, bits)
        new_e, bits = _better(m + _M_TO_E + to_e, b + _B_TO_E + to_e, 1 << _E, bits)
        new_s, bits = _better(s + _S_TO_S + to_s, e + _E_TO_S + to_s, 1 << _S, bits)
        b, m, e, s = new_b, new_m, new_e, new_s
        came[i - first] = bits
    state = _S if s >= e else _E
    for i in range(last - 1, first - 1, -1):
        alone_or_first = state == _B or state == _S
        begins[i] = alone_or_first
        left = came[i - first] >> state & 1
        before, otherwise = (_S, _E) if alone_or_first else (_M, _B)
        state = before if left else otherwise
    begins[first] = 1


@kernel
def _flush(codes: U32, first: int, last: int, keys: U32, words: F64, emit: F64, came: U8, begins: U8) -> None:
    """Two or more single characters in a row: a known word stays single characters, others go to the model."""
    if not _is_word(codes, first, last, keys, words):
        _viterbi(codes, first, last, emit, came, begins)


@kernel
def _cut_run(
    codes: U32,
    first: int,
    last: int,
    singles: F64,
    pairs: U8,
    keys: U32,
    words: F64,
    emit: F64,
    best: F64,
    after: I32,
    came: U8,
    begins: U8,
) -> None:
    _route(codes, first, last, singles, pairs, keys, words, best, after)
    loose = i = first
    while i < last:
        end = after[i - first]
        begins[i] = 1
        if end - i > 1:
            if i - loose > 1:
                _flush(codes, loose, i, keys, words, emit, came, begins)
            loose = end
        i = end
    if last - loose > 1:
        _flush(codes, loose, last, keys, words, emit, came, begins)


@kernel
def _is_han(code: np.uint32) -> bool:
    """The characters that jieba cuts into words; rarer ones each stand alone."""
    return bool(_FIRST_HAN <= code <= _LAST_HAN)


@kernel
def mark_words(
    codes: U32, offsets: I64, singles: F64, pairs: U8, keys: U32, words: F64, emit: F64, longest: int, begins: U8
) -> None:
    """Set ``begins`` (characters) to 1 where a word begins; ``longest``: characters of the longest message."""
    best = np.empty(longest + 1)
    after = np.empty(longest + 1, dtype=np.int32)
    came = np.empty(longest + 1, dtype=np.uint8)
    for m in range(offsets.size - 1):
        i = offsets[m]
        while i < offsets[m + 1]:
            if not _is_han(codes[i]):
                begins[i] = 1
                i += 1
                continue
            first = i
            while i < offsets[m + 1] and _is_han(codes[i]):
                i += 1
            _cut_run(codes, first, i, singles, pairs, keys, words, emit, best, after, came, begins)
