"""What each lexicon class is worth: average precision lost without it (``make lexicon-ablation``)."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from sklearn.metrics import average_precision_score

from dunwatch.features import VIEWS, compile_lexicon
from dunwatch.labels import LABEL_IDS
from dunwatch_train.corpus import DATA, Message, read_corpus
from dunwatch_train.fit import Floats, out_of_fold, targets
from dunwatch_train.lexicon import read_entries
from dunwatch_train.matrix import count_features
from dunwatch_train.settings import Settings

Entries = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Worth:
    """What out-of-fold average precision loses, in points of a hundred, on average and by label, without a class.

    ``messages``: how many of the corpus hold an entry of it.
    """

    name: str
    entries: int
    messages: int
    macro: float
    labels: tuple[float, ...]


def ablation(messages: Sequence[Message], entries: Entries, settings: Settings) -> Iterator[Worth]:
    """The worth of every class, one after the other; and first, as ``all``, that of all classes together."""
    whole = _average_precisions(messages, entries, settings)
    for name in ("all", *sorted({name for name, _ in entries})):
        rest = [(other, entry) for other, entry in entries if name not in ("all", other)]
        lost = 100 * (whole - _average_precisions(messages, rest, settings))
        own = [(other, entry) for other, entry in entries if name in ("all", other)]
        yield Worth(name, len(own), _messages_with(messages, own), float(lost.mean()), tuple(lost))


def _average_precisions(messages: Sequence[Message], entries: Entries, settings: Settings) -> Floats:
    counts = count_features([message.text for message in messages], compile_lexicon(entries), settings.least)
    wanted, scores = targets(messages), out_of_fold(messages, counts, settings)
    return np.array([average_precision_score(wanted[:, k], scores[:, k]) for k in range(len(LABEL_IDS))])


def _messages_with(messages: Sequence[Message], entries: Entries) -> int:
    counts = count_features([message.text for message in messages], compile_lexicon(entries))
    of_classes = counts.columns(counts.views() == VIEWS.index("classes"))
    return int((np.diff(of_classes.counts.indptr) > 0).sum())


def main(output: Annotated[Path, typer.Argument(help="CSV file to write.")] = DATA / "lexicon" / "ablation.csv") -> None:
    """Measure every class of the lexicon and write the table, the most useful class first."""
    found = []
    # Few folds, and all features at once (keeping only the heaviest would fit every model twice): it is long enough.
    settings = replace(Settings(), folds=3, most=10**7)
    for worth in ablation(read_corpus(DATA / "corpus"), read_entries(DATA / "lexicon"), settings):
        typer.echo(f"{worth.name:40} {worth.entries:5} entries, in {worth.messages:6,} messages: {worth.macro:+.3f}")
        found.append(worth)
    with output.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("class", "entries", "messages", "macro", *LABEL_IDS))
        for worth in sorted(found, key=lambda worth: -worth.macro):
            figures = (f"{figure:.3f}" for figure in (worth.macro, *worth.labels))
            rows.writerow((worth.name, worth.entries, worth.messages, *figures))


if __name__ == "__main__":
    typer.run(main)
