"""jieba's dictionary and character model, read from the installed jieba's own files, as arrays for the segmentation kernel.

Only data is read: importing jieba would take longer and compile its regular expressions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dunwatch.tokens import segment_kernels as kernels

_SLOTS = 1 << 20
_CHARACTERS = 1 << 16
_STATE = re.compile(r"'(?=[BMES]': \{)")
_EMISSION = re.compile(r"'\\u([0-9a-f]{4})': (-[0-9.e+]+)")


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The arrays of the segmentation kernel.

    ``singles``: float64, log probability of each character as a word; ``pairs``: a bit for each two characters that
    begin a longer word (``kernels.PAIR_BITS``).
    ``keys``/``words``: longer words and their beginnings by slot, and their log probabilities (``kernels.NO_WORD`` for mere
    beginnings). ``emit``: float64 (characters, 4), log probability of a character in each of ``kernels.STATES``.
    """

    singles: NDArray[np.float64]
    pairs: NDArray[np.uint8]
    keys: NDArray[np.uint32]
    words: NDArray[np.float64]
    emit: NDArray[np.float64]


@cache
def dictionary() -> Dictionary:
    """The dictionary of the installed jieba, read once (about 0.1 s)."""
    spec = find_spec("jieba")
    if spec is None or spec.origin is None:
        raise ImportError("jieba is not installed", name="jieba")
    folder = Path(spec.origin).parent
    data = np.fromfile(folder / "dict.txt", dtype=np.uint8)
    counts = np.full(_CHARACTERS, kernels.ABSENT, dtype=np.int64)
    keys = np.zeros(_SLOTS, dtype=np.uint32)
    frequencies = np.zeros(_SLOTS, dtype=np.int64)
    pairs = np.zeros(1 << (kernels.PAIR_BITS - 3), dtype=np.uint8)
    total = kernels.read_dictionary(data, counts, keys, frequencies, pairs)
    singles = np.empty(_CHARACTERS)
    words = np.empty(_SLOTS)
    kernels.log_probabilities(counts, total, singles)
    kernels.log_probabilities(frequencies, total, words)
    words[frequencies <= 0] = kernels.NO_WORD
    return Dictionary(singles, pairs, keys, words, _emissions(folder))


def _emissions(folder: Path) -> NDArray[np.float64]:
    """Read ``prob_emit.py`` as text: to compile its 35,000 entries would take half a second."""
    source = (folder / "finalseg" / "prob_emit.py").read_text(encoding="utf-8")
    emit = np.full((_CHARACTERS, len(kernels.STATES)), kernels.IMPOSSIBLE)
    for part in _STATE.split(source)[1:]:
        rows = _EMISSION.findall(part)
        codes = np.array([int(code, 16) for code, _ in rows])
        emit[codes, kernels.STATES.index(part[0])] = [float(value) for _, value in rows]
    return emit
