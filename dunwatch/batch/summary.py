"""What a run found: counts, and the strongest messages."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dunwatch.verdict import DECISIONS


@dataclass(slots=True)
class Summary:
    """Counts of a run so far. ``decisions``: by label and decision; ``verdicts``: by strongest decision."""

    labels: tuple[str, ...]
    keep: int = 0
    rows: int = 0
    rejected: int = 0
    verdicts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(DECISIONS, 0))
    decisions: dict[str, dict[str, int]] = field(default_factory=dict)
    _heap: list[tuple[float, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start every count at 0."""
        self.decisions = {label: dict.fromkeys(DECISIONS, 0) for label in self.labels}

    def add(self, texts: pa.Array, added: pa.RecordBatch) -> None:
        """Count a scored chunk."""
        _count(added.column("verdict"), self.verdicts)
        for label, counts in self.decisions.items():
            _count(added.column(label), counts)
        if self.keep:
            self._remember(texts, added)
        self.rows += len(added)

    def _remember(self, texts: pa.Array, added: pa.RecordBatch) -> None:
        scores = np.column_stack([added.column(f"{label}_score").to_numpy() for label in self.labels])
        flagged = added.column("verdict").to_numpy(zero_copy_only=False) == DECISIONS[-1]
        ranks = np.where(flagged, scores.sum(axis=1), -1.0)
        for place in np.argsort(-ranks, kind="stable")[: self.keep]:
            if ranks[place] < 0:
                break
            heapq.heappush(self._heap, (float(ranks[place]), -(self.rows + int(place)), texts[int(place)].as_py() or ""))
        while len(self._heap) > self.keep:
            heapq.heappop(self._heap)

    def strongest(self) -> list[tuple[int, str]]:
        """Row number (from 1) and text of the messages with the most evidence over all labels, strongest first."""
        return [(1 - place, text) for _, place, text in sorted(self._heap, reverse=True)]


def _count(words: pa.Array, counts: dict[str, int]) -> None:
    for pair in pc.value_counts(words).to_pylist():
        counts[pair["values"]] += pair["counts"]
