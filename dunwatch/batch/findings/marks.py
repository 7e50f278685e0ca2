"""A message as a page shows it: marked where it speaks for a label, cut where it is long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from dunwatch.verdict import Span

LONGEST_SHOWN = 600
_LEAD = 60
"""Characters shown before the first mark of a message that is cut."""

_UNSHOWN = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd")
_UNSHOWN.update({ord("\t"): "\t", ord("\n"): "\n", ord("\r"): "\n"})
"""Control characters have no place in a page, and those of writing direction could end the element that isolates them."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a message. ``labels``: those it speaks for, the heaviest first; ``ends``: those whose mark ends with it."""

    text: str
    labels: tuple[str, ...]
    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is shown of a message: ``pieces`` hold ``shown`` characters, with more before or behind."""

    pieces: tuple[Piece, ...]
    shown: int
    more_before: bool
    more_behind: bool


def shown(text: str) -> str:
    """Text without characters that could do something to a page, one for one."""
    return text.translate(_UNSHOWN)


def excerpt(text: str, spans: Iterable[Span], longest: int = LONGEST_SHOWN) -> Excerpt:
    """A message with ``spans`` marked; of a long one the stretch that holds the most weight."""
    marks = [span for span in spans if span.weight > 0]
    start = _best_start(len(text), marks, longest)
    end = min(start + longest, len(text))
    inside = sorted((mark for mark in marks if mark.start < end and mark.end > start), key=lambda mark: -mark.weight)
    bounds = {start, end, *(max(start, mark.start) for mark in inside), *(min(end, mark.end) for mark in inside)}
    pieces = tuple(_piece(text, a, b, inside, end) for a, b in pairwise(sorted(bounds)))
    return Excerpt(pieces, end - start, start > 0, end < len(text))


def _best_start(length: int, marks: list[Span], longest: int) -> int:
    if length <= longest or not marks:
        return 0

    def weight(start: int) -> float:
        return sum(mark.weight for mark in marks if mark.start >= start and mark.end <= start + longest)

    starts = [max(0, min(mark.start - _LEAD, length - longest)) for mark in marks]
    return max(starts, key=lambda start: (weight(start), -start))


def _piece(text: str, start: int, end: int, marks: list[Span], last: int) -> Piece:
    covering = [mark for mark in marks if mark.start <= start and mark.end >= end]
    ends = (mark.label for mark in covering if min(mark.end, last) == end)
    return Piece(shown(text[start:end]), tuple(dict.fromkeys(mark.label for mark in covering)), tuple(dict.fromkeys(ends)))
