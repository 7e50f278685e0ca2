"""Chinese word segmentation: rjieba (jieba's dictionary and algorithm in Rust), or jieba itself where rjieba has no wheel.

Only runs of Chinese characters come here, joined by line feeds, so that both cut alike.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

Segmenter = Callable[[str], Iterable[str]]
"""Cuts a text into words that, joined, are the text again."""


@cache
def segmenter() -> Segmenter:
    """The fastest segmenter installed."""
    try:
        return rjieba_segmenter()
    except ImportError:
        return jieba_segmenter()


@cache
def rjieba_segmenter() -> Segmenter:
    """Jieba in Rust. Raises ``ImportError`` where there is no wheel for it."""
    import rjieba

    cut: Segmenter = rjieba.cut
    return cut


@cache
def jieba_segmenter() -> Segmenter:
    """Jieba itself: the reference, some twenty times slower."""
    with warnings.catch_warnings():
        # jieba 0.42.1, the last release, has escapes that newer Pythons warn about.
        warnings.simplefilter("ignore")
        import jieba

    jieba.setLogLevel("WARNING")
    tokenizer = jieba.Tokenizer()
    # jieba reads its cache with marshal: in the shared temporary folder anybody could have put it there.
    tokenizer.tmp_dir = str(_private_folder())
    tokenizer.initialize()

    def cut(text: str) -> list[str]:
        words: list[str] = tokenizer.lcut(text)
        return words

    return cut


def _private_folder() -> Path:
    """A folder that only this user can write, kept from run to run where possible."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "dunwatch"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="dunwatch-"))
    return folder
