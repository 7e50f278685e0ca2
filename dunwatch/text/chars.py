"""Character tables: for every code point its plain form, its kind, and the disguise its plain form undoes.

The tables are data (``chars.safetensors``, built by ``dunwatch_train.tables`` from Unicode, OpenCC and pypinyin),
spread here into arrays indexed by code point.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

CODE_POINTS = 0x110000
DROP = 0x1FFFFF
EXPAND = 0x200000

SPACE, HAN, LETTER, DIGIT, MARK = 1, 2, 3, 4, 5

FULL_WIDTH, INVISIBLE, TRADITIONAL, SIMPLIFIED, VARIANT, LOOKALIKE = 1, 2, 4, 8, 16, 32

TABLE_FILE = Path(__file__).with_name("chars.safetensors")


@dataclass(frozen=True, slots=True)
class CharTables:
    """Arrays indexed by code point.

    ``plain``: uint32, the plain code point, ``DROP``, or ``EXPAND + k`` for the k-th expansion.
    ``kind``: uint8, one of SPACE, HAN, LETTER, DIGIT, MARK. ``note``: uint8, bits of what undoing it reveals.
    ``lookalike``: uint32, the Latin letter a Greek or Cyrillic one resembles, else 0.
    ``expansion_start``/``expansion_codes``: plain forms of more than one code point. ``syllable``: uint16, toneless
    pinyin syllable, 0 for none.
    """

    plain: NDArray[np.uint32]
    kind: NDArray[np.uint8]
    note: NDArray[np.uint8]
    lookalike: NDArray[np.uint32]
    expansion_start: NDArray[np.int32]
    expansion_codes: NDArray[np.uint32]
    syllable: NDArray[np.uint16]


@cache
def char_tables() -> CharTables:
    """The tables of this installation, read once."""
    stored = load_file(TABLE_FILE)
    plain = np.arange(CODE_POINTS, dtype=np.uint32)
    plain[stored["plain_source"]] = stored["plain_target"]
    lookalike = np.zeros(CODE_POINTS, dtype=np.uint32)
    lookalike[stored["lookalike_source"]] = stored["lookalike_target"]
    note = np.zeros(CODE_POINTS, dtype=np.uint8)
    note[stored["note_source"]] = stored["note_bits"]
    syllable = np.zeros(CODE_POINTS, dtype=np.uint16)
    syllable[stored["syllable_source"]] = stored["syllable_id"]
    return CharTables(
        plain=plain,
        kind=np.repeat(stored["kind_value"], stored["kind_length"]),
        note=note,
        lookalike=lookalike,
        expansion_start=stored["expansion_start"],
        expansion_codes=stored["expansion_codes"],
        syllable=syllable,
    )
