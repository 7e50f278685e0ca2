"""Where in a message the evidence for a label lies: phrases of whole words, each within one clause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dunwatch.text import PlainBatch
from dunwatch.tokens import TokenBatch
from dunwatch.verdict.verdict import Span

MOST_SPANS = 5
_CLAUSE_ENDS = np.array([ord(sign) for sign in ",.;:!?…、。"], dtype=np.uint32)
_SMALLEST_SHARE = 0.1
_WHOLE_CLAUSE = 0.5
"""A phrase that is this share of its clause is widened to all of it: half a clause reads badly."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Tokens ``first`` to ``last``, both within, and their evidence: below 0 it speaks against the label."""

    first: int
    last: int
    weight: float


Clauses = list[tuple[int, int]]
"""The first and the last token of each clause."""


def spans_of(
    label: str, evidence: NDArray[np.float64], clauses: Clauses, text: str, plain: PlainBatch, tokens: TokenBatch
) -> tuple[Span, ...]:
    """The phrases of the one message in ``plain`` that weigh most for or against a label; ``evidence`` (characters).

    Those that speak for it come first, the strongest first. Weights are shares of all that speaks for it.
    """
    by_token = np.array([evidence[a:b].sum() for a, b in zip(tokens.starts, tokens.stops, strict=True)])
    total = float(by_token[by_token > 0].sum())
    if total <= 0:
        return ()
    phrases = [_heaviest(by_token, first, last) for first, last in clauses]
    heavy = [phrase for phrase in phrases if abs(phrase.weight) >= _SMALLEST_SHARE * total]
    heavy = sorted(heavy, key=lambda phrase: -abs(phrase.weight))[:MOST_SPANS]
    heavy.sort(key=lambda phrase: (-phrase.weight, phrase.first))
    return tuple(_span(label, phrase, total, text, plain, tokens) for phrase in heavy)


def clauses_of(text: str, plain: PlainBatch, tokens: TokenBatch) -> Clauses:
    """The clauses of the one message in ``plain``; the end of a line, which plain text does not keep, ends one too."""
    ends = np.concatenate([[0], np.cumsum(np.isin(plain.codes, _CLAUSE_ENDS))])
    lines = np.cumsum([char == "\n" for char in text])
    breaks = np.flatnonzero(np.diff(ends[tokens.starts] + lines[plain.origin[tokens.starts]]) > 0)
    firsts, lasts = np.concatenate([[0], breaks + 1]), np.concatenate([breaks, [len(tokens.starts) - 1]])
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def _heaviest(by_token: NDArray[np.float64], first: int, last: int) -> _Phrase:
    """The run of tokens of a clause whose evidence weighs most, to whichever side."""
    clause = by_token[first : last + 1]
    a, b = max((_largest_run(clause), _largest_run(-clause)), key=lambda run: abs(clause[run[0] : run[1] + 1].sum()))
    if b - a + 1 >= _WHOLE_CLAUSE * len(clause):
        a, b = 0, len(clause) - 1
    return _Phrase(first + a, first + b, float(clause[a : b + 1].sum()))


def _largest_run(values: NDArray[np.float64]) -> tuple[int, int]:
    """First and last place of the run with the largest sum (Bentley 1984, by prefix sums)."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    last = int(np.argmax(sums[1:] - np.minimum.accumulate(sums[:-1])))
    return int(np.argmin(sums[: last + 1])), last


def _span(label: str, phrase: _Phrase, total: float, text: str, plain: PlainBatch, tokens: TokenBatch) -> Span:
    start = int(plain.origin[tokens.starts[phrase.first]])
    end = int(plain.origin[tokens.stops[phrase.last] - 1]) + 1
    return Span(label, start, end, text[start:end], round(phrase.weight / total, 4))
