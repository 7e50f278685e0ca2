"""How well the spans of a model match what readers marked (``data/rationales.jsonl``, on messages of the test part)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dunwatch import Classifier, Span
from dunwatch.errors import CorpusError
from dunwatch.labels import LABEL_IDS

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
    precision: float
    recall: float
    f1: float
    top_inside: float


def read_rationales(path: Path) -> list[Rationale]:
    """All marked rationales; raises ``CorpusError`` naming the line that is wrong."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        row = json.loads(line)
        if row["label"] not in LABEL_IDS or not row["spans"]:
            raise CorpusError(f"{path.name}:{number}: a rationale has a known label and a span at least")
        found.append(Rationale(row["id"], row["label"], tuple(row["spans"])))
    return found


def match(classifier: Classifier, rationales: Iterable[Rationale], texts: Mapping[str, str]) -> Match:
    """Compare the spans of flagged labels with the marked ones; ``texts`` by id of the message."""
    shared = given = marked = inside = count = 0
    for rationale in rationales:
        text = texts[rationale.id]
        verdict = classifier.classify(text)
        spans = [span for span in verdict.spans if span.label == rationale.label]
        if rationale.label not in verdict.labels or not spans:
            continue
        wanted = _marked(text, rationale.spans)
        tokens = [range(*token.span()) for token in _TOKEN.finditer(text)]
        ours = {token.start for token in tokens if any(span.start <= token.start < span.end for span in spans)}
        theirs = {token.start for token in tokens if token.start in wanted}
        shared, given, marked = shared + len(ours & theirs), given + len(ours), marked + len(theirs)
        inside += _mostly_inside(spans[0], wanted)
        count += 1
    f1 = 2 * shared / max(given + marked, 1)
    return Match(count, shared / max(given, 1), shared / max(marked, 1), f1, inside / max(count, 1))


def _marked(text: str, spans: Sequence[str]) -> set[int]:
    """The places of the text that are marked."""
    starts = [(text.index(span), len(span)) for span in spans]
    return {place for start, length in starts for place in range(start, start + length)}


def _mostly_inside(span: Span, wanted: set[int]) -> bool:
    return 2 * sum(place in wanted for place in range(span.start, span.end)) > span.end - span.start
