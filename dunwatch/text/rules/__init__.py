"""Rules for disguises that are not one character for another. Each module has one pure function ``undo(text) -> list[Edit]``."""

from __future__ import annotations

from collections.abc import Callable

from dunwatch.text.edits import Edit
from dunwatch.text.rules import digits, emoji, leet, pinyin, split

Rule = Callable[[str], list[Edit]]

RULES: tuple[Rule, ...] = (emoji.undo, split.undo, digits.undo, pinyin.undo, leet.undo)

__all__ = ["RULES", "Rule"]
