"""Where in a message the evidence for a label lies.

Every score is a sum of feature weights; each weight is shared out over the characters its feature stands on. Tokens that
carry enough of the sum are joined to phrases. As the sum is exact, so is the explanation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dunwatch.features import extract
from dunwatch.features.kernels import BIAS, find_word
from dunwatch.jit import kernel
from dunwatch.model import Model
from dunwatch.text import PlainBatch
from dunwatch.tokens import TokenBatch
from dunwatch.verdict.verdict import Span

MOST_SPANS = 5
_CLAUSE_ENDS = np.array([ord(sign) for sign in ",.;:!?…、。\n"], dtype=np.uint32)
_SMALLEST_SHARE = 0.12
_TOKEN_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class _Phrase:
    first: int
    last: int
    weight: float


@kernel
def _share_out(
    hashes: NDArray[np.uint64],
    starts: NDArray[np.int32],
    stops: NDArray[np.int32],
    words: NDArray[np.uint64],
    evidence: NDArray[np.float64],
) -> None:
    """Add each feature's weights to the characters it stands on: ``evidence`` (characters, labels)."""
    for n in range(hashes.size):
        word = find_word(words, hashes[n])
        if word == np.uint64(0):
            continue
        for label in range(evidence.shape[1]):
            weight = np.int64(word >> np.uint64(8 * label) & np.uint64(0xFF)) - BIAS
            part = weight / (stops[n] - starts[n])
            for i in range(starts[n], stops[n]):
                evidence[i, label] += part


def message_evidence(model: Model, plain: PlainBatch, tokens: TokenBatch) -> NDArray[np.float64]:
    """Evidence of each plain character for each label, in the units of the label's sum: (characters, labels)."""
    features = extract(plain, model.lexicon, tokens)
    evidence = np.zeros((len(plain.codes), len(model.manifest.labels)))
    _share_out(features.hashes, features.starts, features.stops, model.weights.words, evidence)
    return evidence


def spans_of(label: str, evidence: NDArray[np.float64], text: str, plain: PlainBatch, tokens: TokenBatch) -> tuple[Span, ...]:
    """The phrases of the one message in ``plain`` that speak for a label, strongest first; ``evidence`` (characters)."""
    by_token = np.array([evidence[a:b].sum() for a, b in zip(tokens.starts, tokens.stops, strict=True)])
    total = by_token[by_token > 0].sum() if by_token.size else 0.0
    if total <= 0:
        return ()
    phrases = [p for p in _phrases(by_token, _clauses(plain, tokens)) if p.weight >= _SMALLEST_SHARE * total]
    phrases.sort(key=lambda phrase: (-phrase.weight, phrase.first))
    return tuple(_span(label, phrase, total, text, plain, tokens) for phrase in phrases[:MOST_SPANS])


def _clauses(plain: PlainBatch, tokens: TokenBatch) -> NDArray[np.int64]:
    """The number of the clause each token stands in."""
    ends = np.concatenate([[0], np.cumsum(np.isin(plain.codes, _CLAUSE_ENDS))])
    return np.asarray(ends[tokens.starts], dtype=np.int64)


def _phrases(by_token: NDArray[np.float64], clauses: NDArray[np.int64]) -> list[_Phrase]:
    """Runs of tokens of one clause that carry evidence; one weak token between two strong ones does not part them."""
    enough = _TOKEN_SHARE * by_token.max()
    strong = np.flatnonzero(by_token >= enough)
    breaks = np.flatnonzero((np.diff(strong) > 2) | (np.diff(clauses[strong]) > 0)) + 1
    groups = np.split(strong, breaks)
    return [_Phrase(int(g[0]), int(g[-1]), float(by_token[g[0] : g[-1] + 1].sum())) for g in groups if len(g)]


def _span(label: str, phrase: _Phrase, total: float, text: str, plain: PlainBatch, tokens: TokenBatch) -> Span:
    start = int(plain.origin[tokens.starts[phrase.first]])
    end = int(plain.origin[tokens.stops[phrase.last] - 1]) + 1
    return Span(label, start, end, text[start:end], round(phrase.weight / total, 4))
