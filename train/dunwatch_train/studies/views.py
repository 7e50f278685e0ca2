"""What each view is worth on author batches held out (``make views``): those served, and candidates that are not."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from dunwatch.features import VIEWS, Lexicon
from dunwatch.labels import LABEL_IDS
from dunwatch_train.corpus import DATA, Message, read_corpus
from dunwatch_train.evaluation import average_precisions
from dunwatch_train.fit import Floats, out_of_fold, targets
from dunwatch_train.lexicon import read_lexicon
from dunwatch_train.matrix import Counts, count_features
from dunwatch_train.settings import Settings
from dunwatch_train.studies.candidates import CANDIDATES, candidate_counts


@dataclass(frozen=True, slots=True)
class Worth:
    """Average precision by grouped cross-validation, points of a hundred: with all served views, or after a change of them."""

    change: str
    features: int
    macro: float
    labels: tuple[float, ...]


def worth_of_views(
    messages: Sequence[Message], lexicon: Lexicon, settings: Settings, candidates: Sequence[str] = tuple(CANDIDATES)
) -> Iterator[Worth]:
    """All served views first, then without each of them, then with each candidate beside them."""
    texts = [message.text for message in messages]
    served = count_features(texts, lexicon, settings.least)
    yield _measured("all served views", messages, served, settings)
    for place, name in enumerate(VIEWS):
        yield _measured(f"without {name}", messages, served.columns(served.views() != place), settings)
    for name in candidates:
        widened = served.beside(candidate_counts(name, texts, lexicon, settings.least))
        yield _measured(f"with {name}", messages, widened, settings)


def _measured(change: str, messages: Sequence[Message], counts: Counts, settings: Settings) -> Worth:
    reached: Floats = 100 * average_precisions(targets(messages), out_of_fold(messages, counts, settings))
    return Worth(change, len(counts.hashes), float(np.mean(reached)), tuple(reached.tolist()))


def main(output: Annotated[Path, typer.Argument(help="CSV file to write.")] = DATA / "plots" / "views.csv") -> None:
    """Measure every change and write the table."""
    # Without the cut to the heaviest features, so that every view has all of its own.
    settings = replace(Settings(), folds=3, most=10**7)
    with output.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("change", "features", "macro", *LABEL_IDS))
        for worth in worth_of_views(read_corpus(DATA / "corpus"), read_lexicon(DATA / "lexicon"), settings):
            typer.echo(f"{worth.change:32} {worth.features:>10,} features: {worth.macro:.2f}")
            rows.writerow((worth.change, worth.features, *(f"{figure:.2f}" for figure in (worth.macro, *worth.labels))))


if __name__ == "__main__":
    typer.run(main)
