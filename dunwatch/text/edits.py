"""What a rewriting rule reports, and how its report is applied without losing the way back to the original."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace ``text[start:stop]`` by ``replacement``, undoing the disguise of that name."""

    start: int
    stop: int
    replacement: str
    disguise: str


def apply_edits(text: str, origin: Sequence[int], edits: Sequence[Edit]) -> tuple[str, list[int]]:
    """Apply ``edits`` (in order, not overlapping) to ``text``, whose character i came from ``origin[i]``.

    A replacement of the same length keeps each position; otherwise all its characters come from where the edit starts.
    """
    pieces: list[str] = []
    places: list[int] = []
    cursor = 0
    for edit in edits:
        pieces += (text[cursor : edit.start], edit.replacement)
        places += origin[cursor : edit.start]
        if len(edit.replacement) == edit.stop - edit.start:
            places += origin[edit.start : edit.stop]
        else:
            places += [origin[edit.start]] * len(edit.replacement)
        cursor = edit.stop
    pieces.append(text[cursor:])
    places += origin[cursor:]
    return "".join(pieces), places
