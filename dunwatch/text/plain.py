"""Messages made plain: one table pass for a whole batch, then the rules for the few messages that need them.

Every plain character knows which original character it came from, so that whatever is found in the plain text can be
shown in the message as it was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from dunwatch.text import chars, kernels
from dunwatch.text.edits import apply_edits
from dunwatch.text.rules import RULES, digits, emoji, leet, pinyin, split

DISGUISES: tuple[str, ...] = (
    "full_width",
    "zero_width",
    "traditional",
    "variant",
    "lookalike",
    "emoji",
    "split",
    "digits",
    "pinyin",
    "leetspeak",
    "starred",
)
"""Names of the disguises that are undone, in the order of the bits of ``PlainBatch.disguises``."""

_NOTE_BITS = (
    (chars.FULL_WIDTH, "full_width"),
    (chars.INVISIBLE, "zero_width"),
    (chars.TRADITIONAL, "traditional"),
    (chars.VARIANT, "variant"),
    (chars.LOOKALIKE, "lookalike"),
)


@dataclass(frozen=True, slots=True)
class PlainBatch:
    """Plain forms of n messages, end to end.

    ``codes``: uint32, all plain code points. ``offsets``: int64 (n + 1), message m is ``codes[offsets[m]:offsets[m+1]]``.
    ``origin``: int32, for each plain code point its position in its original message. ``disguises``: uint16 (n), bits
    after ``DISGUISES``.
    """

    codes: NDArray[np.uint32]
    offsets: NDArray[np.int64]
    origin: NDArray[np.int32]
    disguises: NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def text(self, message: int) -> str:
        """The plain text of one message."""
        codes = self.codes[self.offsets[message] : self.offsets[message + 1]]
        return codes.tobytes().decode("utf-32-le", "surrogatepass")


@dataclass(frozen=True, slots=True)
class PlainText:
    """One plain message: ``origin[i]`` is the position in the original of plain character i."""

    text: str
    origin: tuple[int, ...]
    disguises: tuple[str, ...]


def disguise_names(bits: int) -> tuple[str, ...]:
    """The disguises whose bits are set."""
    return tuple(name for place, name in enumerate(DISGUISES) if bits >> place & 1)


def plain_text(text: str) -> PlainText:
    """The plain form of one message."""
    batch = plain_batch([text])
    return PlainText(batch.text(0), tuple(map(int, batch.origin)), disguise_names(int(batch.disguises[0])))


def plain_batch(texts: Sequence[str]) -> PlainBatch:
    """The plain forms of messages, in their order. Any ``str`` will do, lone surrogates included."""
    return plain_codes(*code_points(texts))


def plain_codes(codes: NDArray[np.uint32], offsets: NDArray[np.int64]) -> PlainBatch:
    """The plain forms of messages given as code points, end to end: message m is ``codes[offsets[m]:offsets[m+1]]``."""
    return _apply_rules(_table_pass(codes, offsets))


def code_points(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The messages as code points, and where each begins; the last offset is the end."""
    codes = _as_codes("".join(texts))
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)), out=offsets[1:])
    return codes, offsets


def _table_pass(codes: NDArray[np.uint32], offsets: NDArray[np.int64]) -> PlainBatch:
    tables = chars.char_tables()
    room = kernels.expanded_size(codes, tables.plain, tables.expansion_start)
    out = np.empty(room, dtype=np.uint32)
    origin = np.empty(room, dtype=np.int32)
    out_offsets = np.zeros_like(offsets)
    notes = np.empty(len(offsets) - 1, dtype=np.uint8)
    kernels.plain_pass(
        codes,
        offsets,
        tables.plain,
        tables.kind,
        tables.note,
        tables.lookalike,
        tables.expansion_start,
        tables.expansion_codes,
        out,
        origin,
        out_offsets,
        notes,
    )
    size = int(out_offsets[-1])
    return PlainBatch(out[:size], out_offsets, origin[:size], _disguises_by_note()[notes])


@cache
def _disguises_by_note() -> NDArray[np.uint16]:
    """Disguise bits for each value of a table pass's note."""
    values = [sum(_bit(name) for bit, name in _NOTE_BITS if note & bit) for note in range(256)]
    return np.array(values, dtype=np.uint16)


@cache
def _bit(name: str) -> int:
    return 1 << DISGUISES.index(name)


_SuspectTables = tuple[kernels.U8, kernels.U8, kernels.U8, kernels.U8, kernels.U8]


@cache
def _suspect_tables() -> _SuspectTables:
    stands_in = np.zeros(1 << 16, dtype=np.uint8)
    stands_in[[ord(char) & 0xFFFF for char in emoji.WORDS]] = 1
    splitter = np.zeros(1 << 14, dtype=np.uint8)
    splitter[[ord(char) for char in split.LOOSE]] = kernels.LOOSE
    splitter[[ord(char) for char in split.STARS]] = kernels.STAR
    beside = np.zeros(1 << 16, dtype=np.uint8)
    beside[[ord(char) for char in digits.BEFORE]] |= kernels.BEFORE
    beside[[ord(char) for char in digits.AFTER]] |= kernels.AFTER
    syllables = np.zeros(1 << kernels.LATIN_HASH_BITS, dtype=np.uint8)
    for words, mark in ((pinyin.parts(), kernels.PART), (pinyin.wholes(), kernels.WHOLE)):
        for word in words:
            syllables[_slot(word)] |= mark
    signs = np.zeros(1 << kernels.LATIN_HASH_BITS, dtype=np.uint8)
    for word in leet.leet_words():
        signs[_slot("".join(chr(kernels.leet_letter(ord(char))) for char in word))] = 1
    return stands_in, splitter, beside, syllables, signs


def _slot(word: str) -> int:
    return int(kernels.latin_slot(kernels.latin_hash(_as_codes(word), 0, len(word), 0)))


@dataclass(slots=True)
class _Rewritten:
    """A message being rewritten: ``places[i]`` is where its character i stood in the plain text it had at first."""

    text: str
    places: Sequence[int]
    disguises: int = 0


def _apply_rules(batch: PlainBatch) -> PlainBatch:
    """Undo what the rules find, again in what they changed, until they find nothing."""
    rewritten: dict[int, _Rewritten] = {}
    messages, current = list(range(len(batch))), batch
    while len(current):
        suspects = np.empty(len(current), dtype=np.uint8)
        kernels.find_suspects(current.codes, current.offsets, chars.char_tables().kind, *_suspect_tables(), suspects)
        changed: dict[int, _Rewritten] = {}
        for i in np.flatnonzero(suspects).tolist():
            form = rewritten.get(messages[i]) or _unwritten(batch, messages[i])
            if _rewrite(form, int(suspects[i])):
                changed[messages[i]] = form
        rewritten |= changed
        messages, current = list(changed), _without_origin([form.text for form in changed.values()])
    return _spliced(batch, rewritten) if rewritten else batch


def _unwritten(batch: PlainBatch, message: int) -> _Rewritten:
    text = batch.text(message)
    return _Rewritten(text, range(len(text)))


def _without_origin(texts: Sequence[str]) -> PlainBatch:
    """Texts that are plain already, to be looked through once more."""
    codes, offsets = code_points(texts)
    return PlainBatch(codes, offsets, np.empty(0, dtype=np.int32), np.empty(0, dtype=np.uint16))


def _rewrite(form: _Rewritten, suspected: int) -> bool:
    """Apply the suspected rules; whether they found anything."""
    changed = False
    for place, undo in enumerate(RULES):
        if suspected >> place & 1 and (edits := undo(form.text)):
            form.text, form.places = apply_edits(form.text, form.places, edits)
            for edit in edits:
                form.disguises |= _bit(edit.disguise)
            changed = True
    return changed


def _spliced(batch: PlainBatch, rewritten: dict[int, _Rewritten]) -> PlainBatch:
    """The batch with some messages replaced."""
    messages = sorted(rewritten)
    forms = [rewritten[message] for message in messages]
    lengths, disguises = np.diff(batch.offsets), batch.disguises.copy()
    lengths[messages] = [len(form.text) for form in forms]
    disguises[messages] |= np.array([form.disguises for form in forms], dtype=np.uint16)
    new_codes = _as_codes("".join(form.text for form in forms))
    places = np.fromiter(chain.from_iterable(form.places for form in forms), dtype=np.int64, count=len(new_codes))
    new_origin = batch.origin[places + np.repeat(batch.offsets[messages], lengths[messages])]
    offsets = np.zeros_like(batch.offsets)
    np.cumsum(lengths, out=offsets[1:])
    codes = np.empty(int(offsets[-1]), dtype=np.uint32)
    origin = np.empty(int(offsets[-1]), dtype=np.int32)
    kernels.splice(batch.codes, batch.origin, batch.offsets, new_codes, new_origin, np.array(messages), offsets, codes, origin)
    return PlainBatch(codes, offsets, origin, disguises)


def _as_codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
