"""The phrases that speak for each label most often, in a sample of the messages flagged with it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from dunwatch.batch.findings.scored import Scored
from dunwatch.classifier import Classifier
from dunwatch.text import arrow_numbers, numbers_in
from dunwatch.verdict import Span

SAMPLE = 256
LONGEST = 300
_EDGES = " \t\n\r,.;:!?…，。；：！？、\"'“”‘’「」『』()（）[]【】《》<>-—~～*"

Drawn = tuple[int, int, str]
"""A message of a sample: its lot, its row, its text."""


class Sample:
    """For each label up to ``SAMPLE`` of the messages flagged with it; all of them while there are no more.

    Every message has a lot, a hash of its source and row, and those with the smallest are kept. So every message is as likely as
    any other, and the sample is the same however rows were cut into parts (bottom-k sampling: E. Cohen, H. Kaplan: Summarizing
    data using bottom-k sketches. PODC 2007). Of a long message ``LONGEST`` characters are kept. Explaining is left to the page:
    a part would mostly explain what other parts push out.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        """Start empty."""
        self.drawn: dict[str, list[Drawn]] = {label: [] for label in labels}

    def add(self, scored: Scored) -> None:
        """Draw from messages of one source."""
        rows = numbers_in(scored.numbers).astype(np.uint64)
        lots = _lots(rows, scored.source)
        for place, label in enumerate(self.drawn):
            flagged = np.flatnonzero(scored.flags[:, place])
            if len(flagged) > SAMPLE:
                flagged = flagged[np.argpartition(lots[flagged], SAMPLE)[:SAMPLE]]
            texts = pc.utf8_slice_codeunits(scored.texts.take(arrow_numbers(flagged)), 0, LONGEST).to_pylist()
            self._keep(label, list(zip(lots[flagged].tolist(), rows[flagged].tolist(), texts, strict=True)))

    def merge(self, other: Sample) -> None:
        """Draw from what another part drew."""
        for label, drawn in other.drawn.items():
            self._keep(label, drawn)

    def _keep(self, label: str, more: list[Drawn]) -> None:
        self.drawn[label] = sorted(self.drawn[label] + more)[:SAMPLE]

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {label: [list(message) for message in drawn] for label, drawn in self.drawn.items()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Sample:
        """From plain values."""
        sample = cls(list(values))
        sample.drawn = {label: [(lot, row, text) for lot, row, text in drawn] for label, drawn in values.items()}
        return sample


def _lots(rows: NDArray[np.uint64], source: str) -> NDArray[np.uint64]:
    """Hashes of 53 bits, which JSON readers keep (the finaliser of SplitMix64: Steele, Lea, Flood 2014)."""
    mixed = rows + (np.uint64(zlib.crc32(source.encode("utf-8", "surrogatepass"))) << np.uint64(32))
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ mixed >> np.uint64(shift)) * np.uint64(factor)
    return (mixed ^ mixed >> np.uint64(31)) >> np.uint64(11)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase, in how many messages of the sample it speaks for the label, and its share of what does there, added up."""

    text: str
    messages: int
    weight: float


def top_phrases(sample: Sample, classifier: Classifier, most: int) -> dict[str, list[Phrase]]:
    """By label the phrases found in most messages of its sample. Case, and signs at the ends, make no difference."""
    texts = {text for drawn in sample.drawn.values() for _, _, text in drawn}
    spans = {text: classifier.classify(text).spans for text in texts}
    return {
        label: _most_common([_phrases(span for span in spans[text] if span.label == label) for _, _, text in drawn], most)
        for label, drawn in sample.drawn.items()
    }


def _phrases(spans: Iterable[Span]) -> dict[str, float]:
    """The phrases of one message that speak for a label, and their weights."""
    phrases = ((" ".join(span.text.split()).strip(_EDGES), span.weight) for span in spans if span.weight > 0)
    return {phrase: weight for phrase, weight in phrases if phrase}


def _most_common(messages: Iterable[dict[str, float]], most: int) -> list[Phrase]:
    found: dict[str, Phrase] = {}
    for text, weight in (phrase for phrases in messages for phrase in phrases.items()):
        so_far = found.get(text.casefold(), Phrase(text, 0, 0.0))
        found[text.casefold()] = Phrase(so_far.text, so_far.messages + 1, so_far.weight + weight)
    return sorted(found.values(), key=lambda phrase: (-phrase.messages, -phrase.weight, phrase.text))[:most]
