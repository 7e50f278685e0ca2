"""What a run found: counts, and the strongest messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dunwatch.text import arrow_strings, numbers_in
from dunwatch.verdict import DECISIONS


@dataclass(frozen=True, slots=True)
class Strong:
    """A flagged message. ``evidence``: its scores added up; ``part``: of the job, ``row``: its number in ``source``."""

    evidence: float
    part: int
    row: int
    source: str
    text: str

    @property
    def rank(self) -> tuple[float, int, int]:
        """Strongest first, then in the order of the input."""
        return (-self.evidence, self.part, self.row)


@dataclass(slots=True)
class Summary:
    """Counts of a run so far. ``decisions``: by label and decision; ``verdicts``: by strongest decision."""

    labels: tuple[str, ...]
    keep: int = 0
    rows: int = 0
    rejected: int = 0
    verdicts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(DECISIONS, 0))
    decisions: dict[str, dict[str, int]] = field(default_factory=dict)
    strongest: list[Strong] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start every count at 0."""
        self.decisions = self.decisions or {label: dict.fromkeys(DECISIONS, 0) for label in self.labels}

    def add(self, texts: pa.Array, added: pa.RecordBatch, numbers: pa.Array, part: int, source: str) -> None:
        """Count scored messages of a part."""
        _count(added.column("verdict"), self.verdicts)
        for label, counts in self.decisions.items():
            _count(added.column(label), counts)
        if self.keep:
            self._remember(texts, added, numbers, part, source)
        self.rows += len(added)

    def merge(self, other: Summary) -> None:
        """Add what another part found."""
        self.rows += other.rows
        self.rejected += other.rejected
        for decision, count in other.verdicts.items():
            self.verdicts[decision] += count
        for label, counts in other.decisions.items():
            for decision, count in counts.items():
                self.decisions[label][decision] += count
        self._keep_strongest(other.strongest)

    def _remember(self, texts: pa.Array, added: pa.RecordBatch, numbers: pa.Array, part: int, source: str) -> None:
        scores = np.column_stack([numbers_in(added.column(f"{label}_score")) for label in self.labels])
        flagged = is_one_of(added.column("verdict"), DECISIONS[-1:])
        evidence = np.where(flagged, scores.sum(axis=1, dtype=np.float64), -1.0)
        places = np.argsort(-evidence, kind="stable")[: min(self.keep, int(flagged.sum()))].tolist()
        self._keep_strongest(
            [Strong(float(evidence[at]), part, numbers[at].as_py(), source, texts[at].as_py() or "") for at in places]
        )

    def _keep_strongest(self, more: list[Strong]) -> None:
        self.strongest = sorted([*self.strongest, *more], key=lambda strong: strong.rank)[: self.keep]

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Summary:
        """From plain values."""
        strongest = [Strong(**strong) for strong in values["strongest"]]
        return cls(**{**values, "labels": tuple(values["labels"]), "strongest": strongest})


def is_one_of(words: pa.Array, wanted: Sequence[str]) -> NDArray[np.bool_]:
    """Where one of the wanted words stands."""
    return numbers_in(pc.is_in(words, arrow_strings(wanted)).cast(pa.uint8())).astype(np.bool_)


def _count(words: pa.Array, counts: dict[str, int]) -> None:
    for pair in pc.value_counts(words).to_pylist():
        counts[pair["values"]] += pair["counts"]
