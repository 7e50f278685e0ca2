"""What each lexicon class, and each split of one, is worth: average precision lost without it (``make lexicon-ablation``)."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from dunwatch.features import compile_lexicon
from dunwatch.labels import LABEL_IDS
from dunwatch_train.corpus import DATA, Message, read_corpus
from dunwatch_train.evaluation import average_precisions
from dunwatch_train.fit import Floats, fit_linear, targets
from dunwatch_train.lexicon import read_entries
from dunwatch_train.matrix import Counts, count_features
from dunwatch_train.settings import Settings
from dunwatch_train.splits import folds

Entries = Sequence[tuple[str, str]]
_CLASS_VIEWS = ("classes", "class_pairs")


@dataclass(frozen=True, slots=True)
class Worth:
    """What average precision on unseen author batches loses by a change of the lexicon: points of a hundred, mean and by label.

    ``change``: ``without x`` or ``merged x.*``. ``entries``: how many it touches; ``messages``: how many of the corpus hold one.
    """

    change: str
    entries: int
    messages: int
    macro: float
    labels: tuple[float, ...]


def ablation(messages: Sequence[Message], entries: Entries, settings: Settings) -> Iterator[Worth]:
    """The worth of all classes together, of each class, and of each split: classes ``x.y`` and ``x.z`` merged into ``x``."""
    texts = [message.text for message in messages]
    others = count_features(texts, compile_lexicon(()), settings.least)
    measure = partial(_average_precisions, messages, texts, others, settings)
    whole = measure(entries)
    for change, touched, changed in _changes(entries):
        lost = 100 * (whole - measure(changed))
        yield Worth(change, len(touched), _messages_with(texts, touched), float(lost.mean()), tuple(lost))


def _changes(entries: Entries) -> Iterator[tuple[str, Entries, Entries]]:
    """Each change, the entries it touches, and the lexicon after it."""
    names = sorted({name for name, _ in entries})
    yield "without all", entries, ()
    for name in names:
        own = [row for row in entries if row[0] == name]
        yield f"without {name}", own, [row for row in entries if row[0] != name]
    for group, count in Counter(name.partition(".")[0] for name in names).items():
        if count > 1:
            touched = [row for row in entries if row[0].startswith(f"{group}.")]
            yield f"merged {group}.*", touched, [(group if row in touched else row[0], row[1]) for row in entries]


def _average_precisions(
    messages: Sequence[Message], texts: Sequence[str], others: Counts, settings: Settings, entries: Entries
) -> Floats:
    """By label, of models fitted on one half of the author batches, on the other half; ``others``: features without classes."""
    counts = others.beside(count_features(texts, compile_lexicon(entries), settings.least, _CLASS_VIEWS))
    wanted = targets(messages)
    fit, held = folds(messages, 2, settings.seed)[0]
    scores = fit_linear(counts.rows(fit), wanted[fit], settings).decision(counts.rows(held))
    return average_precisions(wanted[held], scores)


def _messages_with(texts: Sequence[str], entries: Entries) -> int:
    counts = count_features(texts, compile_lexicon(entries), views=("classes",))
    return int((np.diff(counts.counts.indptr) > 0).sum())


def main(output: Annotated[Path, typer.Argument(help="CSV file to write.")] = DATA / "lexicon" / "ablation.csv") -> None:
    """Measure every class of the lexicon and every split and write the table, the greatest loss first."""
    found = []
    # Frequent features alone, and no second fit on the heaviest: with hundreds of models it is long enough.
    settings = replace(Settings(), least=10, most=10**7)
    for worth in ablation(read_corpus(DATA / "corpus"), read_entries(DATA / "lexicon"), settings):
        typer.echo(f"{worth.change:48} {worth.entries:5} entries, in {worth.messages:6,} messages: {worth.macro:+.3f}")
        found.append(worth)
    with output.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("change", "entries", "messages", "macro", *LABEL_IDS))
        for worth in sorted(found, key=lambda worth: -worth.macro):
            figures = (f"{figure:.3f}" for figure in (worth.macro, *worth.labels))
            rows.writerow((worth.change, worth.entries, worth.messages, *figures))


if __name__ == "__main__":
    typer.run(main)
