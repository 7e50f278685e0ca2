"""What is counted most often, in bounded memory, in parts that can be merged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dunwatch.text import arrow_numbers


@dataclass(slots=True)
class HeavyHitters:
    """A Misra–Gries summary of at most ``capacity`` keys; exact until there have been more.

    ``entries``: by key its counter, then what was seen of it while it was here: its count, and whatever is counted beside.
    Of every key, also of those not here (0):  true count − ``bound`` ≤ counter ≤ count seen ≤ true count, and ``bound`` is at
    most the sum of all true counts / (capacity + 1). Once there have been more keys than ``capacity``, counters depend on how
    the input was cut into parts, within that bound.

    J. Misra, D. Gries: Finding repeated elements. Science of Computer Programming 2 (1982) 143–152. Merging: P. K. Agarwal,
    G. Cormode, Z. Huang, J. M. Phillips, Z. Wei, K. Yi: Mergeable summaries. ACM Trans. Database Syst. 38:4 (2013) 26, sect. 2.
    """

    capacity: int
    bound: int = 0
    entries: dict[str, list[int]] = field(default_factory=dict)

    def add(self, keys: pa.Array, counts: NDArray[np.int64]) -> None:
        """Count ``keys``, strings that differ from one another: ``counts`` (keys, counts), that which ranks them first."""
        ranks = counts[:, 0]
        cut = _cut(ranks, self.capacity)
        places = np.flatnonzero(ranks > cut)
        kept = np.column_stack([ranks[places] - cut, counts[places]]).tolist()
        names = keys.take(arrow_numbers(places)).to_pylist()
        self.merge(HeavyHitters(self.capacity, cut, dict(zip(names, kept, strict=True))))

    def merge(self, other: HeavyHitters) -> None:
        """Count what another summary counted."""
        self.bound += other.bound
        for key, more in other.entries.items():
            mine = self.entries.get(key)
            self.entries[key] = [a + b for a, b in zip(mine, more, strict=True)] if mine else more
        if len(self.entries) > self.capacity:
            self._shrink()

    def _shrink(self) -> None:
        """Take the largest counter that is one too many from all of them, and let go of those that it leaves with nothing."""
        cut = _cut(np.array([entry[0] for entry in self.entries.values()]), self.capacity)
        self.bound += cut
        self.entries = {key: [entry[0] - cut, *entry[1:]] for key, entry in self.entries.items() if entry[0] > cut}

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {"capacity": self.capacity, "bound": self.bound, "entries": dict(self.entries)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> HeavyHitters:
        """From plain values."""
        return cls(values["capacity"], values["bound"], dict(values["entries"]))


def _cut(counters: NDArray[np.int64], capacity: int) -> int:
    """The counter after the ``capacity`` largest; 0 if there are no more."""
    if len(counters) <= capacity:
        return 0
    return int(np.partition(counters, len(counters) - capacity - 1)[len(counters) - capacity - 1])
