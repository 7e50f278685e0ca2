"""Second, blind labellings: how far two readers agree (``data/second_labels.tsv``: id, first, second, settled)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sklearn.metrics import cohen_kappa_score

from dunwatch.errors import CorpusError
from dunwatch.labels import LABEL_IDS
from dunwatch_train.corpus.message import Message

Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SecondLabel:
    """A message labelled twice: by its writer, by a reader who did not see that, and as settled by a third reading."""

    id: str
    first: Labels
    second: Labels
    settled: Labels


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the two readers agree on a label. ``kappa``: Cohen's; 1 is full agreement, 0 what chance would give."""

    both: int
    first_only: int
    second_only: int
    neither: int
    kappa: float


def read_second_labels(path: Path) -> list[SecondLabel]:
    """All messages labelled twice; raises ``CorpusError`` naming the line that is wrong."""
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    return [_parse(line, f"{path.name}:{number}") for number, line in enumerate(lines, 2)]


def _parse(line: str, place: str) -> SecondLabel:
    fields = line.split("\t")
    if len(fields) != 4:
        raise CorpusError(f"{place}: {len(fields)} fields, 4 needed: id, first, second, settled")
    first, second, settled = (tuple(filter(None, field.split(","))) for field in fields[1:])
    if strays := {*first, *second, *settled} - set(LABEL_IDS):
        raise CorpusError(f"{place}: unknown label {min(strays)!r}")
    return SecondLabel(fields[0], first, second, settled)


def agreement(rows: Sequence[SecondLabel]) -> dict[str, Agreement]:
    """The agreement on each label; nothing without rows."""
    if not rows:
        return {}
    return {label: _agreement([label in row.first for row in rows], [label in row.second for row in rows]) for label in LABEL_IDS}


def _agreement(first: Sequence[bool], second: Sequence[bool]) -> Agreement:
    counts = Counter(zip(first, second, strict=True))
    same = len({*first, *second}) == 1
    kappa = 1.0 if same else float(cohen_kappa_score(first, second))
    return Agreement(counts[True, True], counts[True, False], counts[False, True], counts[False, False], kappa)


def second_label_problems(messages: Sequence[Message], rows: Sequence[SecondLabel], share: float) -> Iterator[str]:
    """Author batches of which too few messages were labelled twice, and settled labels the corpus does not have."""
    settled = {row.id: row.settled for row in rows}
    sizes, done = Counter[str](), Counter[str]()
    for message in messages:
        sizes[message.author_batch] += 1
        done[message.author_batch] += message.id in settled
        if settled.get(message.id, message.labels) != message.labels:
            yield f"{message.id}: its labels are not those settled in second_labels.tsv"
    for batch, size in sorted(sizes.items()):
        if done[batch] < share * size:
            yield f"author batch {batch}: {done[batch]} of {size} messages labelled twice, {share:.0%} needed"
    for stray in sorted(settled.keys() - {message.id for message in messages}):
        yield f"second_labels.tsv: no message has the id {stray}"
