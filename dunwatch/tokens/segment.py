"""Chinese word segmentation: where words begin, by our own kernel, by rjieba, or by jieba itself.

All three use jieba's dictionary and algorithm and give the same words. The kernel works on a whole batch of code points
without making strings; the others are its references. Only runs of Chinese characters come here.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dunwatch.text import PlainBatch
from dunwatch.text.chars import char_tables
from dunwatch.tokens import kernels, segment_kernels
from dunwatch.tokens.dictionary import dictionary

Segmenter = Callable[[PlainBatch], NDArray[np.uint8]]
"""Gives 1 for each plain character that begins a Chinese word (what it gives for other characters does not matter)."""


def kernel_segmenter(plain: PlainBatch) -> NDArray[np.uint8]:
    """Our own kernel."""
    d = dictionary()
    begins = np.zeros(len(plain.codes), dtype=np.uint8)
    longest = int(np.diff(plain.offsets).max(initial=0))
    segment_kernels.mark_words(plain.codes, plain.offsets, d.singles, d.pairs, d.keys, d.words, d.emit, longest, begins)
    return begins


def rjieba_segmenter(plain: PlainBatch) -> NDArray[np.uint8]:
    """Jieba in Rust. Raises ``ImportError`` where it is not installed."""
    import rjieba

    return _by_words(plain, rjieba.cut)


def jieba_segmenter(plain: PlainBatch) -> NDArray[np.uint8]:
    """Jieba itself."""
    return _by_words(plain, _jieba())


def _by_words(plain: PlainBatch, cut: Callable[[str], Iterable[str]]) -> NDArray[np.uint8]:
    """One call for all runs of Chinese characters, joined by line feeds."""
    begins = np.zeros(len(plain.codes), dtype=np.uint8)
    runs = np.empty(2 * len(plain.codes), dtype=np.uint32)
    place = np.empty(2 * len(plain.codes), dtype=np.int32)
    size = kernels.gather_han(plain.codes, plain.offsets, char_tables().kind, runs, place)
    words = cut(runs[:size].tobytes().decode("utf-32-le"))
    kernels.mark_words(np.fromiter(map(len, words), dtype=np.int32), place[:size], begins)
    return begins


@cache
def _jieba() -> Callable[[str], Iterable[str]]:
    with warnings.catch_warnings():
        # jieba 0.42.1, the last release, has escapes that newer Pythons warn about.
        warnings.simplefilter("ignore")
        import jieba

    jieba.setLogLevel("WARNING")
    tokenizer = jieba.Tokenizer()
    # jieba reads its cache with marshal: in the shared temporary folder anybody could have put it there.
    tokenizer.tmp_dir = str(_private_folder())
    tokenizer.initialize()
    cut: Callable[[str], Iterable[str]] = tokenizer.lcut
    return cut


def _private_folder() -> Path:
    """A folder that only this user can write, kept from run to run where possible."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dunwatch"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="dunwatch-"))
    return folder
