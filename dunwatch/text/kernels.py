"""Compiled loops of the text room: the table pass over a whole batch, and the search for messages that need the rules."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dunwatch.jit import kernel
from dunwatch.text.chars import DIGIT, DROP, EXPAND, HAN, LETTER, LOOKALIKE, SIMPLIFIED, TRADITIONAL

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

LATIN_HASH_BITS = 20

MAY_BE_EMOJI, MAY_BE_SPLIT, MAY_BE_DIGITS, MAY_BE_PINYIN, MAY_BE_LEET = 1, 2, 4, 8, 16
"""Bits of the rules, in their order."""

PART, WHOLE = 1, 2
"""Marks in the pinyin table: one or more syllables of a listed word; a whole word long enough to stand alone."""

BEFORE, AFTER = 1, 2
"""Marks in the table of characters beside digits: stands before such a digit; stands after it."""

LOOSE, STAR = 1, 2
"""Marks in the separator table: keeps apart lone characters; keeps apart any Chinese characters."""

_BLANK = 32
_A, _Z = 97, 122


@kernel
def fold_lookalikes(codes: U32, start: int, stop: int, kind: U8, lookalike: U32) -> bool:
    """Turn look-alike letters Latin, in place, in words that hold a Latin letter and nothing that is neither."""
    changed = False
    i = start
    while i < stop:
        if kind[codes[i]] != LETTER:
            i += 1
            continue
        end = i
        latin = False
        foreign = False
        similar = False
        while end < stop and kind[codes[end]] == LETTER:
            code = codes[end]
            if lookalike[code] != 0:
                similar = True
            elif code < 0x250:
                latin = True
            else:
                foreign = True
            end += 1
        if similar and latin and not foreign:
            changed = True
            for j in range(i, end):
                if lookalike[codes[j]] != 0:
                    codes[j] = lookalike[codes[j]]
        i = end
    return changed


@kernel
def plain_pass(
    codes: U32,
    offsets: I64,
    plain: U32,
    kind: U8,
    note: U8,
    lookalike: U32,
    expansion_start: I32,
    expansion_codes: U32,
    out: U32,
    origin: I32,
    out_offsets: I64,
    notes: U8,
) -> None:
    """Map every message through the table; white space is collapsed and trimmed.

    ``out`` and ``origin`` must hold all expansions. ``notes[m]`` collects what was undone in message m.
    """
    w = 0
    for m in range(offsets.size - 1):
        first = w
        begin = offsets[m]
        bits = 0
        blank = True
        for i in range(begin, offsets[m + 1]):
            code = codes[i]
            form = plain[code]
            bits |= note[code]
            if form == DROP:
                continue
            low, high = 0, 1
            if form >= EXPAND:
                low, high = expansion_start[form - EXPAND], expansion_start[form - EXPAND + 1]
            for k in range(low, high):
                piece = expansion_codes[k] if form >= EXPAND else form
                if piece == _BLANK and blank:
                    continue
                blank = piece == _BLANK
                out[w] = piece
                origin[w] = i - begin
                w += 1
        if w > first and out[w - 1] == _BLANK:
            w -= 1
        if bits & LOOKALIKE and not fold_lookalikes(out, first, w, kind, lookalike):
            bits &= ~LOOKALIKE
        if not (bits & TRADITIONAL and bits & SIMPLIFIED):
            bits &= ~TRADITIONAL
        notes[m] = bits & ~SIMPLIFIED
        out_offsets[m + 1] = w


@kernel
def expanded_size(codes: U32, plain: U32, expansion_start: I32) -> int:
    """How many code points the plain form can have at most."""
    size = codes.size
    for i in range(codes.size):
        form = plain[codes[i]]
        if form >= EXPAND:
            size += expansion_start[form - EXPAND + 1] - expansion_start[form - EXPAND] - 1
    return size


@kernel
def latin_hash(codes: U32, start: int, stop: int, seed: int) -> int:
    """Hash of a run of Latin letters, going on from ``seed``: the hash of neighbouring runs is that of one word."""
    h = seed
    for i in range(start, stop):
        h = (h * 31 + codes[i]) & 0xFFFFFFF
    return h


@kernel
def latin_slot(hashed: int) -> int:
    """Slot of a hash in the tables of Latin words."""
    return ((hashed * 2654435761) & 0xFFFFFFFF) >> (32 - LATIN_HASH_BITS)


@kernel
def leet_letter(code: int) -> int:
    """The letter a sign stands for (i for l too, as 1 is both), or 0."""
    if code == 108 or code == 49 or code == 33 or code == 124:
        return 105
    if _is_letter(code):
        return code
    if code == 48:
        return 111
    if code == 50:
        return 122
    if code == 51:
        return 101
    if code == 52 or code == 64:
        return 97
    if code == 53 or code == 36:
        return 115
    if code == 55 or code == 43:
        return 116
    if code == 56:
        return 98
    return 103 if code == 57 else 0


@kernel
def _is_letter(code: int) -> bool:
    return _A <= code <= _Z


@kernel
def _lone_han_follows(codes: U32, i: int, stop: int, kind: U8, splitter: U8) -> bool:
    """Whether, after two more separators at most, a Chinese character stands between separators."""
    for j in range(i, min(i + 3, stop - 1)):
        if kind[codes[j]] == HAN:
            return codes[j + 1] < splitter.size and splitter[codes[j + 1]] != 0
        if codes[j] >= splitter.size or splitter[codes[j]] == 0:
            return False
    return False


@kernel
def _splits_word(codes: U32, i: int, start: int, stop: int, kind: U8, splitter: U8) -> bool:
    """Whether the mark or space at i keeps apart the characters of one word."""
    if i == start or i + 1 >= stop:
        return False
    before, after = codes[i - 1], codes[i + 1]
    if kind[before] == HAN:
        if splitter[codes[i]] == STAR:
            return True
        return (i < start + 2 or kind[codes[i - 2]] != HAN) and _lone_han_follows(codes, i + 1, stop, kind, splitter)
    if not (_is_letter(before) and _is_letter(after)) or i + 3 >= stop or codes[i + 2] != codes[i]:
        return False
    lone = (i < start + 2 or not _is_letter(codes[i - 2])) and (i + 4 >= stop or not _is_letter(codes[i + 4]))
    return lone and _is_letter(codes[i + 3])


@kernel
def _sounds(codes: U32, i: int, start: int, stop: int, kind: U8, beside: U8) -> bool:
    """Whether the digit at i begins a number of 4, 7 or 9, or is a 2, beside a word: it may be read aloud."""
    if i > start and kind[codes[i - 1]] == DIGIT:
        return False
    code = codes[i]
    if code == 50:
        return i + 1 < stop and codes[i + 1] == 98
    if code != 52 and code != 55 and code != 57 and code != 49:
        return False
    size = 1
    while i + size < stop and kind[codes[i + size]] == DIGIT:
        size += 1
    if size == 1:
        before = codes[i - 1] if i > start else _BLANK
        after = codes[i + 1] if i + 1 < stop else _BLANK
        return (code == 52 or code == 55) and (
            (before < beside.size and beside[before] & BEFORE != 0) or (after < beside.size and beside[after] & AFTER != 0)
        )
    second = codes[i + 1]
    return (
        (size == 2 and code == 57 and second == 52)
        or (size == 3 and code == 49 and second == 55)
        or (size == 4 and code == 55 and second == 52)
    )


@kernel
def _beside_letter(codes: U32, i: int, start: int, stop: int) -> bool:
    return (i > start and _is_letter(codes[i - 1])) or (i + 1 < stop and _in_chunk(codes[i + 1]))


@kernel
def _in_chunk(code: int) -> bool:
    return code == 42 or leet_letter(code) != 0


@kernel
def _spells_listed(codes: U32, i: int, start: int, stop: int, leet: U8) -> int:
    """End of the chunk of letters and signs around i, negative if it may be a listed word written with signs."""
    first = i
    while first > start and _in_chunk(codes[first - 1]):
        first -= 1
    h = 0
    starred = False
    letters = 0
    end = first
    while end < stop and _in_chunk(codes[end]):
        starred = starred or codes[end] == 42
        letters += _is_letter(codes[end])
        # Signs of emphasis at the end are no letters.
        if (codes[end] != 33 and codes[end] != 43) or (end + 1 < stop and _in_chunk(codes[end + 1])):
            h = (h * 31 + leet_letter(codes[end])) & 0xFFFFFFF
        end += 1
    return -end if end - first > 2 and ((starred and 2 * letters >= end - first) or leet[latin_slot(h)] != 0) else end


@kernel
def _pinyin_at(codes: U32, i: int, start: int, stop: int, kind: U8, pinyin: U8) -> bool:
    """Whether the Latin run at i is a listed syllable beside a Chinese character, or begins a listed word."""
    end = i
    h = 0
    for _ in range(5):
        first = end
        while end < stop and _is_letter(codes[end]):
            end += 1
        if end == first:
            return False
        h = latin_hash(codes, first, end, h)
        listed = pinyin[latin_slot(h)]
        if listed & WHOLE:
            return True
        if listed == 0:
            return False
        beside_han = (i > start and kind[codes[i - 1]] == HAN) or (end < stop and kind[codes[end]] == HAN)
        if first == i and listed & PART and beside_han:
            return True
        if end < stop and not _is_letter(codes[end]):
            end += 1
    return False


@kernel
def _word_follows(codes: U32, i: int, stop: int, kind: U8) -> bool:
    """Whether a Chinese character, a letter or another sign stands at i."""
    return i < stop and (kind[codes[i]] == HAN or _is_letter(codes[i]) or codes[i] > 0x2000)


@kernel
def find_suspects(
    codes: U32, offsets: I64, kind: U8, stands_in: U8, splitter: U8, beside: U8, pinyin: U8, leet: U8, suspects: U8
) -> None:
    """Collect in ``suspects[m]`` the bits of the rules that may have something to undo in message m; no other rule has.

    ``stands_in`` marks emoji with a word, by the low 16 bits of the code point; ``splitter`` marks separators below its
    size; ``beside`` marks characters that make a digit beside them sound like a word; ``pinyin`` and ``leet`` mark slots
    of ``latin_slot``.
    """
    for m in range(offsets.size - 1):
        start, stop = offsets[m], offsets[m + 1]
        bits = 0
        chunk_end = i = start
        while i < stop:
            code = codes[i]
            if _is_letter(code):
                # Only a run that is part of a listed word is worth a closer look.
                first, h = i, 0
                while i < stop and _is_letter(codes[i]):
                    h = (h * 31 + codes[i]) & 0xFFFFFFF
                    i += 1
                if pinyin[latin_slot(h)] and _pinyin_at(codes, first, start, stop, kind, pinyin):
                    bits |= MAY_BE_PINYIN
                continue
            what = kind[code]
            if what == HAN:
                i += 1
                continue
            if what == DIGIT:
                if _sounds(codes, i, start, stop, kind, beside):
                    bits |= MAY_BE_DIGITS
            elif code < splitter.size and splitter[code] and _splits_word(codes, i, start, stop, kind, splitter):
                bits |= MAY_BE_SPLIT
            elif code > 0x2000 and stands_in[code & 0xFFFF] and _word_follows(codes, i + 1, stop, kind):
                bits |= MAY_BE_EMOJI
            if i >= chunk_end and _in_chunk(code) and _beside_letter(codes, i, start, stop):
                end = _spells_listed(codes, i, start, stop, leet)
                if end < 0:
                    bits |= MAY_BE_LEET
                chunk_end = abs(end)
            i += 1
        suspects[m] = bits


@kernel
def splice(
    codes: U32,
    origin: I32,
    offsets: I64,
    new_codes: U32,
    new_origin: I32,
    messages: I64,
    out_offsets: I64,
    out_codes: U32,
    out_origin: I32,
) -> None:
    """Copy a batch, with the given messages (in order) taken from ``new_codes`` and ``new_origin``, end to end."""
    taken = 0
    following = 0
    for m in range(offsets.size - 1):
        start, size = out_offsets[m], out_offsets[m + 1] - out_offsets[m]
        if following < messages.size and messages[following] == m:
            out_codes[start : start + size] = new_codes[taken : taken + size]
            out_origin[start : start + size] = new_origin[taken : taken + size]
            taken += size
            following += 1
        else:
            out_codes[start : start + size] = codes[offsets[m] : offsets[m + 1]]
            out_origin[start : start + size] = origin[offsets[m] : offsets[m + 1]]
