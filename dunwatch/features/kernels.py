"""The feature kernel: one walk over a message that emits hashed n-grams, for training and for serving alike.

Every feature is a 64-bit hash whose lowest three bits name its view, and the stretch of plain text it stands on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dunwatch.jit import kernel
from dunwatch.text.chars import HAN, LETTER
from dunwatch.tokens.kernels import MARK, NUMBER, WORD

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F32 = NDArray[np.float32]

CHARS, WORDS, WORD_PAIRS, SYLLABLES, CLASSES, CLASS_PAIRS = 0, 1, 2, 3, 4, 5
"""Views, as kept in the lowest bits of a feature's hash."""

LONGEST_CHARS = 5
SHORTEST_LATIN = 3
SHORTEST_SYLLABLES, LONGEST_SYLLABLES = 2, 4
PER_CHARACTER = LONGEST_CHARS + LONGEST_SYLLABLES - SHORTEST_SYLLABLES + 1 + 2 + 2
"""No message has more features than this many for each plain character."""

_PRIME = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_SEED = np.uint64(0x243F6A8885A308D3)
_VIEW_MASK = np.uint64(7)
_S32, _S29, _S20, _S3 = np.uint64(32), np.uint64(29), np.uint64(20), np.uint64(3)

LITERAL, BY_SOUND = np.uint64(1), np.uint64(2)
"""Seeds of the hashes of lexicon entries, and their bits in the pair filter: by characters and by syllables."""

PAIR_FILTER = 1 << 15


@kernel
def start_hash(seed: np.uint64) -> np.uint64:
    """The hash of nothing, for one kind of thing."""
    return (_SEED ^ seed) * _PRIME


@kernel
def grow_hash(h: np.uint64, unit: np.uint64) -> np.uint64:
    """The hash of a sequence that is longer by one unit."""
    h = (h ^ unit) * _PRIME
    return h ^ (h >> _S29)


@kernel
def feature_hash(h: np.uint64, view: int) -> np.uint64:
    """The feature of a view, from the hash of its sequence."""
    h = (h ^ (h >> _S32)) * _MIX
    return ((h ^ (h >> _S29)) & ~_VIEW_MASK) | np.uint64(view)


@kernel
def _tag(h: np.uint64) -> np.uint32:
    """What a slot keeps of a hash; never 0, which marks a free slot."""
    return np.uint32(h >> _S32) | np.uint32(1)


@kernel
def find(keys: U32, h: np.uint64) -> np.int64:
    """Slot of a hash in an open-addressed table (a power of two of keys, 0 = free), or -1."""
    mask = keys.size - 1
    tag = _tag(h)
    slot = np.int64(h >> _S3) & mask
    while keys[slot] != 0:
        if keys[slot] == tag:
            return slot
        slot = (slot + 1) & mask
    return np.int64(-1)


@kernel
def insert_all(keys: U32, slots: I64, hashes: U64) -> None:
    """Enter hashes into a table that has room for them; ``slots`` receives where each went."""
    mask = keys.size - 1
    for n in range(hashes.size):
        tag = _tag(hashes[n])
        slot = np.int64(hashes[n] >> _S3) & mask
        while keys[slot] != 0 and keys[slot] != tag:
            slot = (slot + 1) & mask
        keys[slot] = tag
        slots[n] = slot


@kernel
def fill_filter(bits: U8, hashes: U64) -> None:
    """Mark hashes in a filter of a power of two of bytes: a hash whose bit is 0 is not among them."""
    mask = np.uint64(bits.size * 8 - 1)
    for h in hashes:
        bit = (h >> _S20) & mask
        bits[np.int64(bit >> _S3)] |= np.uint8(1) << np.uint8(bit & _VIEW_MASK)


@kernel
def pair_slot(first: np.uint64, second: np.uint64) -> np.int64:
    """Place in the filter of first pairs of units of lexicon entries."""
    return np.int64(first * np.uint64(40503) + second * np.uint64(193)) & (PAIR_FILTER - 1)


@kernel
def sequence_hash(units: U32, seed: np.uint64) -> np.uint64:
    """The hash of a whole sequence of units."""
    h = start_hash(seed)
    for unit in units:
        h = grow_hash(h, np.uint64(unit))
    return h


@kernel
def _put(h: np.uint64, start: int, stop: int, found: U64, starts: I32, stops: I32, w: int) -> int:
    """Emit a feature; returns the next free place."""
    found[w] = h
    if starts.size:
        starts[w] = start
        stops[w] = stop
    return w + 1


@kernel
def _put_characters(codes: U32, first: int, last: int, kind: U8, found: U64, starts: I32, stops: I32, w: int) -> int:
    """n-grams of 1 to 5 characters; of 3 to 5 where they begin with no Chinese one."""
    for i in range(first, last):
        if codes[i] == 32:
            continue
        h = start_hash(np.uint64(1))
        shortest = 1 if kind[codes[i]] == HAN else SHORTEST_LATIN
        for j in range(i, min(i + LONGEST_CHARS, last)):
            h = grow_hash(h, np.uint64(codes[j]))
            if j - i + 1 >= shortest:
                w = _put(feature_hash(h, CHARS), i, j + 1, found, starts, stops, w)
    return w


@kernel
def _put_syllables(first: int, last: int, sounds: U32, found: U64, starts: I32, stops: I32, w: int) -> int:
    """n-grams of 2 to 4 syllables of Chinese characters side by side; ``sounds`` is 0 for everything else."""
    for i in range(first, last - 1):
        if sounds[i] == 0 or sounds[i + 1] == 0:
            continue
        h = grow_hash(start_hash(np.uint64(2)), np.uint64(sounds[i]))
        for j in range(i + 1, min(i + LONGEST_SYLLABLES, last)):
            if sounds[j] == 0:
                break
            h = grow_hash(h, np.uint64(sounds[j]))
            w = _put(feature_hash(h, SYLLABLES), i, j + 1, found, starts, stops, w)
    return w


@kernel
def _token_hash(codes: U32, start: int, stop: int, what: int) -> np.uint64:
    """Words by their letters; numbers by how many characters they have; links, amounts and the like by kind alone."""
    h = start_hash(np.uint64(3) + np.uint64(what))
    if what == WORD or what == MARK:
        for i in range(start, stop if what == WORD else start + 1):
            h = grow_hash(h, np.uint64(codes[i]))
    elif what == NUMBER:
        h = grow_hash(h, np.uint64(stop - start))
    return h


@kernel
def _put_words(codes: U32, t0: int, t1: int, tokens: tuple[I32, I32, U8], found: U64, starts: I32, stops: I32, w: int) -> int:
    """Tokens, and pairs of neighbouring ones."""
    token_starts, token_stops, token_kinds = tokens
    before = np.uint64(0)
    for t in range(t0, t1):
        start, stop = token_starts[t], token_stops[t]
        h = _token_hash(codes, start, stop, token_kinds[t])
        w = _put(feature_hash(h, WORDS), start, stop, found, starts, stops, w)
        if t > t0:
            pair = feature_hash(grow_hash(before, h), WORD_PAIRS)
            w = _put(pair, token_starts[t - 1], stop, found, starts, stops, w)
        before = h
    return w


@kernel
def _ends_word(codes: U32, i: int, last: int, kind: U8) -> bool:
    """Whether a lexicon entry may end before i: not inside a Latin word."""
    return i == last or kind[codes[i]] != LETTER or kind[codes[i - 1]] != LETTER


@kernel
def _may_begin(units: U32, i: int, last: int, pairs: U8, seed: np.uint64) -> bool:
    """Whether a lexicon entry, of two units at least, may begin at i."""
    return i + 1 < last and np.uint64(pairs[pair_slot(np.uint64(units[i]), np.uint64(units[i + 1]))]) & seed != np.uint64(0)


@kernel
def _match_entry(
    codes: U32, i: int, last: int, kind: U8, units: U32, keys: U32, classes: I16, seed: np.uint64
) -> tuple[int, int]:
    """End and class of the longest lexicon entry at i, or (i, -1)."""
    h = grow_hash(start_hash(seed), np.uint64(units[i]))
    end, number = i, -1
    for j in range(i + 1, last):
        if units[j] == 0:
            break
        h = grow_hash(h, np.uint64(units[j]))
        slot = find(keys, h)
        if slot < 0:
            break
        if classes[slot] >= 0 and _ends_word(codes, j + 1, last, kind):
            end, number = j + 1, classes[slot]
    return end, number


@kernel
def _put_classes(
    codes: U32,
    first: int,
    last: int,
    kind: U8,
    sounds: U32,
    lexicon: tuple[U32, I16, U8],
    found: U64,
    starts: I32,
    stops: I32,
    w: int,
) -> int:
    """Lexicon classes, longest match first, and pairs of classes that follow each other."""
    keys, classes, pairs = lexicon
    before = -1
    before_start = first
    i = first
    while i < last:
        what = kind[codes[i]]
        if what != HAN and (what != LETTER or (i > first and kind[codes[i - 1]] == LETTER)):
            i += 1
            continue
        end, number = i, -1
        if _may_begin(codes, i, last, pairs, LITERAL):
            end, number = _match_entry(codes, i, last, kind, codes, keys, classes, LITERAL)
        if number < 0 and what == HAN and _may_begin(sounds, i, last, pairs, BY_SOUND):
            end, number = _match_entry(codes, i, last, kind, sounds, keys, classes, BY_SOUND)
        if number < 0:
            i += 1
            continue
        h = grow_hash(start_hash(np.uint64(20)), np.uint64(number))
        w = _put(feature_hash(h, CLASSES), i, end, found, starts, stops, w)
        if before >= 0:
            pair = feature_hash(grow_hash(h, np.uint64(before)), CLASS_PAIRS)
            w = _put(pair, before_start, end, found, starts, stops, w)
        before = number
        before_start = i
        i = end
    return w


@kernel
def emit(
    codes: U32,
    first: int,
    last: int,
    kind: U8,
    sounds: U32,
    tokens: tuple[I32, I32, U8],
    t0: int,
    t1: int,
    lexicon: tuple[U32, I16, U8],
    found: U64,
    starts: I32,
    stops: I32,
) -> int:
    """All features of one message; returns how many.

    ``found`` holds ``PER_CHARACTER`` for each character; ``starts`` and ``stops`` too, or nothing where nobody asks for places.
    """
    w = _put_characters(codes, first, last, kind, found, starts, stops, 0)
    w = _put_syllables(first, last, sounds, found, starts, stops, w)
    w = _put_words(codes, t0, t1, tokens, found, starts, stops, w)
    return _put_classes(codes, first, last, kind, sounds, lexicon, found, starts, stops, w)


@kernel
def emit_batch(
    codes: U32,
    offsets: I64,
    kind: U8,
    sounds: U32,
    tokens: tuple[I32, I32, U8],
    token_offsets: I64,
    lexicon: tuple[U32, I16, U8],
    found: U64,
    starts: I32,
    stops: I32,
    feature_offsets: I64,
) -> None:
    """Features of all messages, end to end."""
    w = 0
    for m in range(offsets.size - 1):
        t0, t1 = token_offsets[m], token_offsets[m + 1]
        first, last = offsets[m], offsets[m + 1]
        w += emit(codes, first, last, kind, sounds, tokens, t0, t1, lexicon, found[w:], starts[w:], stops[w:])
        feature_offsets[m + 1] = w


@kernel
def find_row(tags: U32, h: np.uint64) -> np.int64:
    """Row of a hash in a table of buckets (a power of two) of four tags, 0 = free; or -1.

    All four are compared without a branch: a bucket lies in one cache line, and what cannot be mispredicted costs nothing.
    """
    mask = tags.shape[0] - 1
    tag = _tag(h)
    bucket = np.int64(h >> _S3) & mask
    while True:
        place = np.int64(-1)
        if tags[bucket, 0] == tag:
            place = np.int64(0)
        if tags[bucket, 1] == tag:
            place = np.int64(1)
        if tags[bucket, 2] == tag:
            place = np.int64(2)
        if tags[bucket, 3] == tag:
            place = np.int64(3)
        if place >= 0:
            return bucket * 4 + place
        if tags[bucket, 3] == 0:
            return np.int64(-1)
        bucket = (bucket + 1) & mask


@kernel
def enter_rows(tags: U32, hashes: U64, places: I64) -> None:
    """Enter hashes into a table of buckets that has room for them; ``places`` receives their rows."""
    mask = tags.shape[0] - 1
    for n in range(hashes.size):
        bucket = np.int64(hashes[n] >> _S3) & mask
        tag = _tag(hashes[n])
        k = 0
        while tags[bucket, k] != 0 and tags[bucket, k] != tag:
            k += 1
            if k == 4:
                bucket = (bucket + 1) & mask
                k = 0
        tags[bucket, k] = tag
        places[n] = bucket * 4 + k


@kernel
def keep_known(found: U64, size: int, bits: U8, tags: U32) -> np.int64:
    """Replace the hashes that have a row by the row's number, drop the others; returns how many stay."""
    mask = np.uint64(bits.size * 8 - 1)
    w = np.int64(0)
    for n in range(size):
        h = found[n]
        bit = (h >> _S20) & mask
        found[w] = h
        w += np.int64((bits[bit >> _S3] >> np.uint8(bit & _VIEW_MASK)) & np.uint8(1))
    kept = np.int64(0)
    for n in range(w):
        row = find_row(tags, found[n])
        if row >= 0:
            found[kept] = np.uint64(row)
            kept += 1
    return kept


@kernel
def _add_rows(found: U64, size: np.int64, rows: I16, sums: I64) -> None:
    """Add up rows of eight numbers; written out, so that a row is one vector load."""
    a = b = c = d = e = f = g = h = np.int64(0)
    for n in range(size):
        row = found[n]
        a += rows[row, 0]
        b += rows[row, 1]
        c += rows[row, 2]
        d += rows[row, 3]
        e += rows[row, 4]
        f += rows[row, 5]
        g += rows[row, 6]
        h += rows[row, 7]
    sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7] = a, b, c, d, e, f, g, h


@kernel
def score_batch(
    codes: U32,
    offsets: I64,
    kind: U8,
    sounds: U32,
    tokens: tuple[I32, I32, U8],
    token_offsets: I64,
    lexicon: tuple[U32, I16, U8],
    bits: U8,
    tags: U32,
    rows: I16,
    sums: I64,
    found: U64,
) -> None:
    """Sum the rows of every message's features into ``sums`` (n, columns).

    Sums are of integers, so that neither order nor batch size can change a score.
    """
    nowhere = np.empty(0, dtype=np.int32)
    for m in range(offsets.size - 1):
        t0, t1 = token_offsets[m], token_offsets[m + 1]
        first, last = offsets[m], offsets[m + 1]
        size = emit(codes, first, last, kind, sounds, tokens, t0, t1, lexicon, found, nowhere, nowhere)
        kept = keep_known(found, size, bits, tags)
        _add_rows(found, kept, rows, sums[m])
