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
U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

Tokens = tuple[I32, I32, U8]
"""Where tokens begin, where they end, and their kinds."""

LexiconTable = tuple[U32, I16, U8]
"""Keys, classes by slot, and the filter of beginnings."""

Out = tuple[U64, I32, I32]
"""Where features go: their hashes, and where each begins and ends (or nothing where nobody asks for places)."""

CHARS, WORDS, WORD_PAIRS, SYLLABLES, CLASSES, CLASS_PAIRS, SIGNS, EDGES = 0, 1, 2, 3, 4, 5, 6, 7
"""Views, as kept in the lowest bits of a feature's hash."""

PERSONS: tuple[tuple[str, ...], ...] = (
    ("我", "咱", "俺", "i", "im", "my", "me", "we", "our", "us", "mine"),
    ("你", "您", "妳", "you", "your", "ur", "u", "yours", "youre"),
    ("他", "她", "它", "he", "she", "they", "his", "her", "their", "him", "them"),
)
"""Words that name the first, the second and the third person of speech."""

_LONGEST_PERSON = 5
_PERSON_SLOTS = 203
"""A number of slots that gives each of these words its own."""


def _packed(word: str) -> int:
    """The letters of a word in one number, as ``_person`` packs them."""
    packed = 0
    for letter in word:
        packed = (packed << 10) + ord(letter)
    return packed


def _person_table() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """By slot, the packed word there and the number of its person; 0 and -1 where there is none."""
    words, numbers = np.zeros(_PERSON_SLOTS, dtype=np.int64), np.full(_PERSON_SLOTS, -1, dtype=np.int64)
    for number, pronouns in enumerate(PERSONS):
        for word in pronouns:
            words[_packed(word) % _PERSON_SLOTS] = _packed(word)
            numbers[_packed(word) % _PERSON_SLOTS] = number
    return words, numbers


_PERSON_WORDS, _PERSON_NUMBERS = _person_table()
_PERSON_BEGINNINGS = np.uint64(sum({1 << (ord(word[0]) & 63) for words in PERSONS for word in words}))
"""A bit for the lowest six bits of each first letter: most words begin with none of these and need no search."""

LONGEST_CHARS = 5
SHORTEST_LATIN, LONGEST_LATIN = 3, 4
SHORTEST_SYLLABLES, LONGEST_SYLLABLES = 2, 4
PER_CHARACTER = LONGEST_CHARS + LONGEST_SYLLABLES - SHORTEST_SYLLABLES + 1 + 2 + 2
PER_MESSAGE = 16
"""No message has more features than these many for each plain character and for itself."""

EDGE = 2
"""Words at the beginning and at the end of a message that count by their place."""

_PRIME = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_SEED = np.uint64(0x243F6A8885A308D3)
_VIEW_MASK = np.uint64(7)
_S48, _S32, _S29, _S20, _S8, _S3 = (np.uint64(bits) for bits in (48, 32, 29, 20, 8, 3))
_EVEN_BYTES = np.uint64(0x00FF00FF00FF)

MASS_LANE, LANES, BIAS = 5, 6, 128
"""Bytes of a word of the weight table: weights before the mass; what is added to weights to make them positive."""

LITERAL, BY_SOUND = np.uint64(1), np.uint64(2)
"""Seeds of the hashes of lexicon entries, and their bits in the pair filter: by characters and by syllables."""

PAIR_FILTER = 1 << 15

_APOSTROPHE, _CURLED_APOSTROPHE = 39, 0x2019


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
def _put_characters(codes: U32, first: int, last: int, kind: U8, out: Out, w: int) -> int:
    """n-grams of 1 to 5 characters; of 3 to 4 where they begin with no Chinese one."""
    found, starts, stops = out
    for i in range(first, last):
        if codes[i] == 32:
            continue
        h = start_hash(np.uint64(1))
        shortest, longest = (1, LONGEST_CHARS) if kind[codes[i]] == HAN else (SHORTEST_LATIN, LONGEST_LATIN)
        for j in range(i, min(i + longest, last)):
            h = grow_hash(h, np.uint64(codes[j]))
            if j - i + 1 >= shortest:
                w = _put(feature_hash(h, CHARS), i, j + 1, found, starts, stops, w)
    return w


@kernel
def _put_syllables(first: int, last: int, sounds: U32, out: Out, w: int) -> int:
    """n-grams of 2 to 4 syllables of Chinese characters side by side; ``sounds`` is 0 for everything else."""
    found, starts, stops = out
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
def _person(codes: U32, start: int, stop: int) -> int:
    """The number of the person that a pronoun, or what stands before its apostrophe, names; -1 for other words."""
    packed = np.int64(0)
    for i in range(start, stop):
        if codes[i] == _APOSTROPHE or codes[i] == _CURLED_APOSTROPHE:
            break
        packed = (packed << 10) + np.int64(codes[i])
    slot = packed % _PERSON_SLOTS
    return _PERSON_NUMBERS[slot] if _PERSON_WORDS[slot] == packed else -1


@kernel
def _count_persons(codes: U32, kind: U8, t0: int, t1: int, tokens: Tokens) -> tuple[int, int, int]:
    """How often the first, the second and the third person of speech are named, up to three times."""
    token_starts, token_stops, token_kinds = tokens
    first = second = third = 0
    for t in range(t0, t1):
        start, stop = token_starts[t], token_stops[t]
        if not (_PERSON_BEGINNINGS >> np.uint64(codes[start] & 63)) & np.uint64(1):
            continue
        han = kind[codes[start]] == HAN
        if token_kinds[t] != WORD or stop - start > (2 if han else _LONGEST_PERSON + 3):
            continue
        who = _person(codes, start, start + 1 if han else stop)
        first += who == 0
        second += who == 1
        third += who == 2
    return min(first, 3), min(second, 3), min(third, 3)


@kernel
def _opens_quote(code: int) -> bool:
    """Whether a character opens a quotation: the straight mark, “, 「 or 『."""
    return code == 34 or code == 0x201C or code == 0x300C or code == 0x300E


@kernel
def _put_signs(codes: U32, first: int, last: int, persons: tuple[int, int, int], out: Out, w: int) -> int:
    """What a message is like as a whole: the persons it names, and whether it quotes. It stands nowhere.

    Its length would tell much, too, but of the corpus rather than of abuse: short threats are real.
    """
    found, starts, stops = out
    quotes = 0
    for i in range(first, last):
        quotes += _opens_quote(codes[i])
    counts = (min(quotes, 1), persons[0], persons[1], persons[2])
    for sign in range(len(counts)):
        h = grow_hash(grow_hash(start_hash(np.uint64(30)), np.uint64(sign)), np.uint64(counts[sign]))
        w = _put(feature_hash(h, SIGNS), first, first, found, starts, stops, w)
    return w


@kernel
def _put_words(codes: U32, t0: int, t1: int, tokens: Tokens, out: Out, w: int) -> int:
    """Tokens, pairs of neighbouring ones, and those at the beginning and at the end of the message as such.

    Words count by their letters, numbers by how long they are, links, amounts and the like by their kind alone.
    """
    found, starts, stops = out
    token_starts, token_stops, token_kinds = tokens
    before = np.uint64(0)
    for t in range(t0, t1):
        start, stop = token_starts[t], token_stops[t]
        what = token_kinds[t]
        h = start_hash(np.uint64(3) + np.uint64(what))
        if what == WORD:
            for i in range(start, stop):
                h = grow_hash(h, np.uint64(codes[i]))
        elif what == MARK:
            h = grow_hash(h, np.uint64(codes[start]))
        elif what == NUMBER:
            h = grow_hash(h, np.uint64(stop - start))
        w = _put(feature_hash(h, WORDS), start, stop, found, starts, stops, w)
        if t > t0:
            pair = feature_hash(grow_hash(before, h), WORD_PAIRS)
            w = _put(pair, token_starts[t - 1], stop, found, starts, stops, w)
        if t < t0 + EDGE:
            w = _put(feature_hash(grow_hash(start_hash(np.uint64(31)), h), EDGES), start, stop, found, starts, stops, w)
        if t >= t1 - EDGE:
            w = _put(feature_hash(grow_hash(start_hash(np.uint64(32)), h), EDGES), start, stop, found, starts, stops, w)
        before = h
    return w


@kernel
def _ends_word(codes: U32, i: int, last: int, kind: U8) -> bool:
    """Whether a lexicon entry may end before i: not inside a Latin word."""
    return i == last or kind[codes[i]] != LETTER or kind[codes[i - 1]] != LETTER


@kernel
def beginning_slot(units: U32, i: int, last: int, latin: bool) -> np.int64:
    """Place of a beginning in the filter of beginnings of entries, which have two units at least, or -1 before the end.

    Two Chinese characters or sounds say enough; of Latin letters it takes three (or two and a blank).
    """
    if i + 1 >= last:
        return np.int64(-1)
    first, second = np.uint64(units[i]), np.uint64(units[i + 1])
    if latin:
        third = np.uint64(units[i + 2]) if i + 2 < last and 97 <= units[i + 2] <= 122 else np.uint64(32)
        first, second = first * np.uint64(31) + second, third
    return np.int64(first * np.uint64(40503) + second * np.uint64(193)) & (PAIR_FILTER - 1)


@kernel
def class_hash(number: np.int64) -> np.uint64:
    """The hash of a class of the lexicon by its number."""
    return grow_hash(start_hash(np.uint64(20)), np.uint64(number))


@kernel
def class_features(count: int) -> U64:
    """The features of the first classes of the lexicon."""
    found = np.empty(count, dtype=np.uint64)
    for number in range(count):
        found[number] = feature_hash(class_hash(np.int64(number)), CLASSES)
    return found


@kernel
def _put_classes(codes: U32, first: int, last: int, kind: U8, sounds: U32, lexicon: LexiconTable, out: Out, w: int) -> int:
    """Lexicon classes, longest match first, by characters or else by sound; and pairs of classes that follow each other."""
    found, starts, stops = out
    keys, classes, pairs = lexicon
    mask = keys.size - 1
    before, before_start = np.int64(-1), first
    i = first
    while i < last:
        what, beginning = kind[codes[i]], np.int64(-1)
        if what == HAN or (what == LETTER and not (i > first and kind[codes[i - 1]] == LETTER)):
            beginning = beginning_slot(codes, i, last, what == LETTER)
        end, number = i, np.int64(-1)
        if beginning >= 0 and np.uint64(pairs[beginning]) & LITERAL != np.uint64(0):
            # Tables are searched here: a call for each place would take longer than the search.
            h = grow_hash(start_hash(LITERAL), np.uint64(codes[i]))
            for j in range(i + 1, last):
                h = grow_hash(h, np.uint64(codes[j]))
                if j == i + 1 and what == LETTER and j + 1 < last and kind[codes[j + 1]] == LETTER:
                    continue  # The filter knew three letters, and no entry ends inside a word.
                slot = np.int64(h >> _S3) & mask
                while keys[slot] != 0 and keys[slot] != _tag(h):
                    slot = (slot + 1) & mask
                if keys[slot] == 0:
                    break
                if classes[slot] >= 0 and _ends_word(codes, j + 1, last, kind):
                    end, number = j + 1, np.int64(classes[slot])
        if number < 0 and what == HAN:
            beginning = beginning_slot(sounds, i, last, False)
        if number < 0 and what == HAN and beginning >= 0 and np.uint64(pairs[beginning]) & BY_SOUND != np.uint64(0):
            h = grow_hash(start_hash(BY_SOUND), np.uint64(sounds[i]))
            for j in range(i + 1, last):
                h = grow_hash(h, np.uint64(sounds[j]))
                slot = np.int64(h >> _S3) & mask
                while keys[slot] != 0 and keys[slot] != _tag(h):
                    slot = (slot + 1) & mask
                if keys[slot] == 0:
                    break
                if classes[slot] >= 0:
                    end, number = j + 1, np.int64(classes[slot])
        if number < 0:
            i += 1
            continue
        h = class_hash(number)
        w = _put(feature_hash(h, CLASSES), i, end, found, starts, stops, w)
        if before >= 0:
            pair = feature_hash(grow_hash(h, np.uint64(before)), CLASS_PAIRS)
            w = _put(pair, before_start, end, found, starts, stops, w)
        before, before_start = number, i
        i = end
    return w


@kernel
def emit(
    codes: U32,
    first: int,
    last: int,
    kind: U8,
    sounds: U32,
    tokens: Tokens,
    t0: int,
    t1: int,
    lexicon: LexiconTable,
    out: Out,
) -> int:
    """All features of one message; returns how many.

    ``out`` has room for ``PER_CHARACTER`` features for each character and ``PER_MESSAGE`` more.
    """
    if t0 == t1:
        return 0
    w = _put_characters(codes, first, last, kind, out, 0)
    w = _put_syllables(first, last, sounds, out, w)
    w = _put_words(codes, t0, t1, tokens, out, w)
    w = _put_signs(codes, first, last, _count_persons(codes, kind, t0, t1, tokens), out, w)
    return _put_classes(codes, first, last, kind, sounds, lexicon, out, w)


@kernel
def sounds_of(codes: U32, syllables: U16, sounds: U32) -> None:
    """The syllable of each character, 0 for those without."""
    for i in range(codes.size):
        sounds[i] = syllables[codes[i]]


@kernel
def emit_batch(
    codes: U32,
    offsets: I64,
    kind: U8,
    sounds: U32,
    tokens: Tokens,
    token_offsets: I64,
    lexicon: LexiconTable,
    out: Out,
    feature_offsets: I64,
) -> None:
    """Features of all messages, end to end."""
    found, starts, stops = out
    w = 0
    for m in range(offsets.size - 1):
        t0, t1 = token_offsets[m], token_offsets[m + 1]
        first, last = offsets[m], offsets[m + 1]
        w += emit(codes, first, last, kind, sounds, tokens, t0, t1, lexicon, (found[w:], starts[w:], stops[w:]))
        feature_offsets[m + 1] = w


@kernel
def _word_tag(h: np.uint64) -> np.uint64:
    """What a word of the weight table keeps of its hash; never 0, which is a free word."""
    return (h >> _S48) | np.uint64(1)


@kernel
def find_word(words: U64, h: np.uint64) -> np.uint64:
    """The word of a feature in a table of buckets (a power of two) of four words, 0 = free; or 0.

    From the lowest byte up a word holds a weight for each label, plus 128, then from ``MASS_LANE`` the mass, and in its
    highest two bytes the tag.
    """
    mask = words.shape[0] - 1
    tag = _word_tag(h)
    bucket = np.int64(h >> _S3) & mask
    while True:
        for k in range(4):
            word = words[bucket, k]
            if word >> _S48 == tag or word == np.uint64(0):
                return word
        bucket = (bucket + 1) & mask


@kernel
def enter_words(words: U64, hashes: U64, contents: U64) -> None:
    """Enter features into a table of buckets that has room for them; ``contents`` are their words but for the tags."""
    mask = words.shape[0] - 1
    for n in range(hashes.size):
        bucket = np.int64(hashes[n] >> _S3) & mask
        k = 0
        while words[bucket, k] != np.uint64(0):
            k += 1
            if k == 4:
                bucket = (bucket + 1) & mask
                k = 0
        words[bucket, k] = contents[n] | (_word_tag(hashes[n]) << _S48)


@kernel
def _keep_likely(found: U64, size: int, bits: U8) -> np.int64:
    """Drop the hashes that the filter knows to have no row; returns how many stay."""
    mask = np.uint64(bits.size * 8 - 1)
    kept = np.int64(0)
    for n in range(size):
        h = found[n]
        bit = (h >> _S20) & mask
        found[kept] = h
        kept += np.int64((bits[bit >> _S3] >> np.uint8(bit & _VIEW_MASK)) & np.uint8(1))
    return kept


@kernel
def _spill(even: np.uint64, odd: np.uint64, sums: I64) -> None:
    """Add sums of bytes, kept in two bytes each, to the sums of their lanes."""
    for k in range(3):
        shift = np.uint64(16 * k)
        sums[2 * k] += np.int64((even >> shift) & np.uint64(0xFFFF))
        sums[2 * k + 1] += np.int64((odd >> shift) & np.uint64(0xFFFF))


@kernel
def _add_words(found: U64, size: np.int64, words: U64, sums: I64) -> None:
    """Add up the words of features, all lanes of a word at once; 256 bytes fit into two bytes before they are spilled.

    The first bucket is searched here and without a branch, all four at once: a call for each feature, or a branch that
    cannot be foretold, would take three times as long.
    """
    sums[:] = 0
    hits = 0
    even = odd = np.uint64(0)
    mask = words.shape[0] - 1
    for n in range(size):
        tag = _word_tag(found[n])
        bucket = np.int64(found[n] >> _S3) & mask
        word = np.uint64(0)
        for k in range(4):
            other = words[bucket, k]
            if other >> _S48 == tag:
                word = other
        if word == np.uint64(0) and words[bucket, 3] != np.uint64(0):
            word = find_word(words, found[n])
        hits += word != np.uint64(0)
        even += word & _EVEN_BYTES
        odd += (word >> _S8) & _EVEN_BYTES
        if n & 255 == 255:
            _spill(even, odd, sums)
            even = odd = np.uint64(0)
    _spill(even, odd, sums)
    for lane in range(MASS_LANE):
        sums[lane] -= BIAS * hits


@kernel
def score_batch(
    codes: U32,
    offsets: I64,
    kind: U8,
    sounds: U32,
    tokens: Tokens,
    token_offsets: I64,
    lexicon: LexiconTable,
    bits: U8,
    words: U64,
    sums: I64,
    found: U64,
) -> None:
    """Sum the words of every message's features into ``sums`` (n, lanes).

    Sums are of integers, so that neither order nor batch size can change a score.
    """
    nowhere = np.empty(0, dtype=np.int32)
    for m in range(offsets.size - 1):
        t0, t1 = token_offsets[m], token_offsets[m + 1]
        first, last = offsets[m], offsets[m + 1]
        size = emit(codes, first, last, kind, sounds, tokens, t0, t1, lexicon, (found, nowhere, nowhere))
        likely = _keep_likely(found, size, bits)
        _add_words(found, likely, words, sums[m])
