"""Who sent the most flagged messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from dunwatch.batch.findings.flags import Flags, tally
from dunwatch.batch.findings.heavy import HeavyHitters
from dunwatch.text import numbers_in

MOST_SENDERS = 5_000


@dataclass(frozen=True, slots=True)
class SenderCounts:
    """Messages of a sender, flagged ones, and those flagged with each label."""

    sender: str
    messages: int
    flagged: int
    by_label: tuple[int, ...]


class Senders:
    """Counts by sender in bounded memory: by flagged messages, and, apart from that, by all messages.

    ``unknown``: messages without a sender, flagged ones, those flagged with each label.
    """

    def __init__(self, labels: int, capacity: int = MOST_SENDERS) -> None:
        """Exact for ``capacity`` senders of flagged messages, and for as many senders at all."""
        self.flagged = HeavyHitters(capacity)
        self.messages = HeavyHitters(capacity)
        self.unknown = [0] * (2 + labels)

    def add(self, senders: pa.Array, flags: Flags) -> None:
        """Count messages; ``senders`` are strings, null where not known."""
        coded = senders.dictionary_encode(null_encoding="encode")
        counts = tally(numbers_in(coded.indices), len(coded.dictionary), flags)
        absent = numbers_in(coded.dictionary.is_null().cast(pa.uint8())).astype(np.bool_)
        self.unknown = [a + b for a, b in zip(self.unknown, counts[absent].sum(axis=0).tolist(), strict=True)]
        counts[absent] = 0
        self.flagged.add(coded.dictionary, counts[:, 1:])
        self.messages.add(coded.dictionary, counts[:, :1])

    def merge(self, other: Senders) -> None:
        """Count what another part counted."""
        self.flagged.merge(other.flagged)
        self.messages.merge(other.messages)
        self.unknown = [a + b for a, b in zip(self.unknown, other.unknown, strict=True)]

    def top(self, most: int) -> list[SenderCounts]:
        """The senders of the most flagged messages, as far as they were counted."""
        first = sorted(self.flagged.entries.items(), key=lambda entry: (-entry[1][1], entry[0]))[:most]
        return [self._counts(sender, *seen) for sender, (_, *seen) in first]

    def _counts(self, sender: str, flagged: int, *by_label: int) -> SenderCounts:
        messages = self.messages.entries.get(sender, (0, 0))[1]
        return SenderCounts(sender, max(messages, flagged), flagged, by_label)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {"flagged": self.flagged.to_json(), "messages": self.messages.to_json(), "unknown": self.unknown}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Senders:
        """From plain values."""
        senders = cls(len(values["unknown"]) - 2)
        senders.flagged = HeavyHitters.from_json(values["flagged"])
        senders.messages = HeavyHitters.from_json(values["messages"])
        senders.unknown = list(values["unknown"])
        return senders
