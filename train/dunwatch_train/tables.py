"""Builds ``dunwatch/text/chars.safetensors`` from Unicode data, OpenCC's characters and pypinyin's readings.

Run ``python -m dunwatch_train.tables`` after a change here; a test holds the file to this recipe.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from dunwatch.text import chars

_SPACES = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85")
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_HAN_RANGES = ((0x3007, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFD))
_COMBINING_RANGES = ((0x0300, 0x036F), (0x0483, 0x0489), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F))
_MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"))

# Letters of other alphabets that a reader takes for Latin ones (after Unicode's confusables, lower case only).
_LOOKALIKES = dict(
    zip(
        "авесорхукмтнгіјѕԁԛԝһьзӏαβεικνορτυχγηωϲϳє",
        "abecopxykmthrijsdqwhb3labeiknoptuxynwcje",
        strict=True,
    )
)


def _within(code: int, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(low <= code <= high for low, high in ranges)


def is_han(code: int) -> bool:
    """Whether the code point is a Chinese character."""
    return _within(code, _HAN_RANGES)


def _simplifier() -> dict[str, str]:
    """Traditional and regional characters to simplified ones, one to one."""
    import opencc

    converters = [opencc.OpenCC(name) for name in ("t2s", "hk2s", "tw2s")]
    table: dict[str, str] = {}
    for low, high in _HAN_RANGES:
        for code in range(low, high + 1):
            char = chr(code)
            if _encodes(char, "gb2312"):
                # In simplified use already, whatever it may also stand for: 么 is not 幺.
                continue
            forms = [converter.convert(char) for converter in converters]
            changed = [form for form in forms if form != char and len(form) == 1]
            if changed:
                table[char] = changed[0]
    return table


def _plain_char(char: str, simplified: dict[str, str]) -> str:
    """One step towards the plain form of a character: '' drops it."""
    code, category = ord(char), unicodedata.category(char)
    if char in _SPACES or category in ("Zs", "Zl", "Zp"):
        return " "
    if category in ("Cc", "Cf", "Cs") or char in _BLANKS or 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
        return ""
    if _within(code, _COMBINING_RANGES):
        return ""
    if is_han(code):
        return simplified.get(char, unicodedata.normalize("NFKC", char))
    folded = unicodedata.normalize("NFKC", char).casefold()
    name = unicodedata.name(folded[0], "") if folded else ""
    if name.startswith(("LATIN", "GREEK", "CYRILLIC")):
        folded = unicodedata.normalize("NFD", folded)
    return folded


def plain_form(char: str, simplified: dict[str, str]) -> str:
    """The plain form of one character, stable under a second pass."""
    form = char
    for _ in range(6):
        following = "".join(_plain_char(c, simplified) for c in form)
        if following == form:
            return form
        form = following
    raise AssertionError(f"no stable plain form for U+{ord(char):04X}")


def _note(char: str, form: str) -> int:
    code, category = ord(char), unicodedata.category(char)
    if form == "" and category not in ("Cc", "Cs"):
        return 0 if code in (0x200D, 0xFE0E, 0xFE0F, 0xFEFF) else chars.INVISIBLE
    if 0xFF10 <= code <= 0xFF5A and form.isalnum():
        return chars.FULL_WIDTH
    if is_han(code):
        return chars.TRADITIONAL if form != char and not _encodes(char, "gb2312") else 0
    if form.isascii() and form.isalnum() and not char.isascii() and form != char.lower() and code > 0x24F:
        return chars.VARIANT
    return 0


def _encodes(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _kind(char: str) -> int:
    category = unicodedata.category(char)
    if is_han(ord(char)):
        return chars.HAN
    if char == " ":
        return chars.SPACE
    if category == "Nd":
        return chars.DIGIT
    return chars.LETTER if category[0] in "LM" else chars.MARK


def _syllables() -> dict[int, int]:
    """Toneless syllable number of each character, near-homophones merged (zh/z, ch/c, sh/s, n/ng, n/l)."""
    from pypinyin.pinyin_dict import pinyin_dict

    spelled = {code: _merge(readings.split(",")[0]) for code, readings in pinyin_dict.items()}
    numbers = {name: number for number, name in enumerate(sorted(set(spelled.values())), 1)}
    return {code: numbers[name] for code, name in spelled.items()}


def _merge(reading: str) -> str:
    letters = unicodedata.normalize("NFD", reading.replace("ü", "v"))
    name = "".join(c for c in letters if c.isascii() and c.isalpha())
    for long, short in _MERGED:
        if name.startswith(long):
            name = short + name[len(long) :]
    if name.endswith("ng"):
        name = name[:-1]
    return "l" + name[1:] if name.startswith("n") and len(name) > 1 else name


def _pairs(table: dict[int, int], dtype: type[np.generic]) -> tuple[NDArray[np.uint32], NDArray[np.generic]]:
    keys = sorted(table)
    return np.array(keys, dtype=np.uint32), np.array([table[key] for key in keys], dtype=dtype)


def build() -> dict[str, NDArray[np.generic]]:
    """All arrays of ``chars.safetensors``."""
    simplified = _simplifier()
    plain: dict[int, int] = {}
    notes: dict[int, int] = {}
    starts, codes = [0], list[int]()
    lookalikes = {ord(char): ord(letter) for char, letter in _LOOKALIKES.items()}
    for code in range(chars.CODE_POINTS):
        char = chr(code)
        form = plain_form(char, simplified)
        if form == char:
            continue
        if len(form) > 1:
            plain[code] = chars.EXPAND + len(starts) - 1
            codes += map(ord, form)
            starts.append(len(codes))
        else:
            plain[code] = ord(form) if form else chars.DROP
        if bits := _note(char, form):
            notes[code] = bits
        if any(ord(piece) in lookalikes for piece in form):
            notes[code] = notes.get(code, 0) | chars.LOOKALIKE
    for target in set(simplified.values()) - set(simplified):
        if not _encodes(target, "big5"):
            notes[ord(target)] = notes.get(ord(target), 0) | chars.SIMPLIFIED
    for code in lookalikes:
        notes[code] = chars.LOOKALIKE
    kinds = np.array([_kind(chr(code)) for code in range(chars.CODE_POINTS)], dtype=np.uint8)
    edges = np.flatnonzero(np.r_[True, kinds[1:] != kinds[:-1]])
    arrays: dict[str, NDArray[np.generic]] = {
        "kind_value": kinds[edges],
        "kind_length": np.diff(np.r_[edges, chars.CODE_POINTS]).astype(np.int32),
        "expansion_start": np.array(starts, dtype=np.int32),
        "expansion_codes": np.array(codes, dtype=np.uint32),
    }
    arrays["plain_source"], arrays["plain_target"] = _pairs(plain, np.uint32)
    arrays["note_source"], arrays["note_bits"] = _pairs(notes, np.uint8)
    arrays["lookalike_source"], arrays["lookalike_target"] = _pairs(lookalikes, np.uint32)
    arrays["syllable_source"], arrays["syllable_id"] = _pairs(_syllables(), np.uint16)
    return arrays


def main(path: Path = chars.TABLE_FILE) -> None:
    """Write the tables beside the text room."""
    save_file(build(), path)


if __name__ == "__main__":
    main()
