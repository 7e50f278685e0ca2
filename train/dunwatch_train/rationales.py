"""How well the spans of a model match what readers marked (``data/rationales.jsonl``, on messages of the test part)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from dunwatch import Classifier, Span
from dunwatch.errors import CorpusError
from dunwatch.labels import LABEL_IDS
from dunwatch_train.evaluation.bootstrap import Figure, ratio, share

_TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Rationale:
    """The stretches of a message without which a reader would not give it the label."""

    id: str
    label: str
    spans: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Figures over all rationales whose label the model flags.

    ``precision``, ``recall`` and ``f1`` count tokens: Chinese characters, and words of other scripts. ``top_inside``: how often
    more than half of the strongest span is marked.
    """

    rationales: int
    precision: Figure
    recall: Figure
    f1: Figure
    top_inside: Figure


def read_rationales(path: Path) -> list[Rationale]:
    """All marked rationales; raises ``CorpusError`` naming the line that is wrong."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        row = json.loads(line)
        if row["label"] not in LABEL_IDS or not row["spans"]:
            raise CorpusError(f"{path.name}:{number}: a rationale has a known label and a span at least")
        found.append(Rationale(row["id"], row["label"], tuple(row["spans"])))
    return found


def match(classifier: Classifier, rationales: Iterable[Rationale], texts: Mapping[str, str], seed: int = 0) -> Match:
    """Compare the spans of flagged labels with the marked ones; ``texts`` by id of the message."""
    compared = [counts for rationale in rationales if (counts := _compare(classifier, rationale, texts[rationale.id]))]
    rows = np.array(compared or [(0, 0, 0, 0)], dtype=np.float64)
    measure = partial(ratio, rows, seed=seed)
    return Match(
        rationales=len(compared),
        precision=measure((1, 0, 0, 0), (0, 1, 0, 0)),
        recall=measure((1, 0, 0, 0), (0, 0, 1, 0)),
        f1=measure((2, 0, 0, 0), (0, 1, 1, 0)),
        top_inside=share(rows[:, 3] > 0, seed),
    )


def _compare(classifier: Classifier, rationale: Rationale, text: str) -> tuple[int, int, int, int] | None:
    """Tokens both have, the model's, the marked ones, and whether the strongest span lies inside; None if nothing is flagged."""
    verdict = classifier.classify(text)
    spans = [span for span in verdict.spans if span.label == rationale.label and span.weight > 0]
    if rationale.label not in verdict.labels or not spans:
        return None
    wanted = _marked(text, rationale.spans)
    tokens = [token.start() for token in _TOKEN.finditer(text)]
    ours = {token for token in tokens if any(span.start <= token < span.end for span in spans)}
    theirs = {token for token in tokens if token in wanted}
    return len(ours & theirs), len(ours), len(theirs), int(_mostly_inside(spans[0], wanted))


def _marked(text: str, spans: Sequence[str]) -> set[int]:
    """The places of the text that are marked."""
    starts = [(text.index(span), len(span)) for span in spans]
    return {place for start, length in starts for place in range(start, start + length)}


def _mostly_inside(span: Span, wanted: set[int]) -> bool:
    return 2 * sum(place in wanted for place in range(span.start, span.end)) > span.end - span.start
