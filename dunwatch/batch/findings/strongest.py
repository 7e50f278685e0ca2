"""The messages with the most evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from dunwatch.batch.findings.columns import cells
from dunwatch.batch.findings.scored import Scored
from dunwatch.text import arrow_numbers, numbers_in

KEEP = 20
LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class StrongMessage:
    """A flagged message. ``evidence``: its scores over all labels added up. ``text``: its first ``length`` characters at most."""

    evidence: float
    source: str
    row: int
    sender: str | None
    date: str | None
    labels: tuple[str, ...]
    text: str
    length: int


class Strongest:
    """The ``KEEP`` flagged messages with the most evidence; the same text counts once, where it first stands.

    The same however rows were cut into parts. ``LONGEST`` characters of a message are kept.
    """

    def __init__(self, messages: list[StrongMessage] | None = None) -> None:
        """Start with messages, none by default."""
        self.messages = messages or []

    def add(self, scored: Scored, labels: Sequence[str]) -> None:
        """Look through messages."""
        places = np.flatnonzero(scored.flags.any(axis=1))
        if len(self.messages) == KEEP:
            places = places[scored.evidence[places] >= self.messages[-1].evidence]
        places = places[np.argsort(-scored.evidence[places], kind="stable")]
        texts = pc.utf8_slice_codeunits(scored.texts.take(arrow_numbers(places)), 0, LONGEST)
        _, firsts = np.unique(numbers_in(texts.dictionary_encode().indices), return_index=True)
        self._keep(_messages(scored, places[firsts[:KEEP]], labels))

    def merge(self, other: Strongest) -> None:
        """Take over what another part found."""
        self._keep(other.messages)

    def _keep(self, more: list[StrongMessage]) -> None:
        ranked = sorted(self.messages + more, key=lambda message: (-message.evidence, message.row))
        first = {message.text: message for message in reversed(ranked)}
        self.messages = [message for message in ranked if first[message.text] is message][:KEEP]

    def to_json(self) -> list[dict[str, Any]]:
        """As plain values."""
        return [asdict(message) for message in self.messages]

    @classmethod
    def from_json(cls, values: list[dict[str, Any]]) -> Strongest:
        """From plain values."""
        return cls([StrongMessage(**{**message, "labels": tuple(message["labels"])}) for message in values])


def _messages(scored: Scored, places: NDArray[np.intp], labels: Sequence[str]) -> list[StrongMessage]:
    wanted = arrow_numbers(places)
    texts = scored.texts.take(wanted)
    columns = (
        scored.evidence[places].tolist(),
        scored.numbers.take(wanted).to_pylist(),
        scored.senders.take(wanted).to_pylist(),
        cells(scored.dates.take(wanted)).to_pylist(),
        [tuple(label for label, flag in zip(labels, flags, strict=True) if flag) for flags in scored.flags[places]],
        pc.utf8_slice_codeunits(texts, 0, LONGEST).to_pylist(),
        pc.utf8_length(texts).to_pylist(),
    )
    return [StrongMessage(evidence, scored.source, *others) for evidence, *others in zip(*columns, strict=True)]
