"""How much more messages help: macro average precision on the test part against corpus size (``make learning-curve``)."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from dunwatch.features import Lexicon
from dunwatch_train.corpus import DATA, Message, read_corpus
from dunwatch_train.evaluation import average_precisions
from dunwatch_train.fit import fit_linear, targets
from dunwatch_train.lexicon import read_lexicon
from dunwatch_train.matrix import count_features
from dunwatch_train.report.plots import learning_curve_plot
from dunwatch_train.settings import Settings

SHARES = (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)
_REPEATS = 5


@dataclass(frozen=True, slots=True)
class Point:
    """Models that learned from ``messages`` messages of whole author batches, on average; and what they reach."""

    messages: float
    mean: float
    low: float
    high: float


def learning_curve(
    messages: Sequence[Message], test: Sequence[Message], lexicon: Lexicon, settings: Settings, shares: Sequence[float] = SHARES
) -> list[Point]:
    """Macro average precision for growing shares of the author batches, each drawn several times."""
    counts = count_features([message.text for message in [*messages, *test]], lexicon, settings.least)
    wanted = targets([*messages, *test])
    unseen = np.arange(len(messages), len(wanted))
    truth, held = wanted[unseen], counts.rows(unseen)
    batches = np.array([message.author_batch for message in messages])
    points = []
    for share in shares:
        sizes, reached = [], []
        for repeat in range(_REPEATS if share < 1 else 1):
            names = np.unique(batches)
            drawn = np.random.default_rng(settings.seed + repeat).permutation(names)[: max(1, round(share * len(names)))]
            fit = np.flatnonzero(np.isin(batches, drawn))
            scores = fit_linear(counts.rows(fit), wanted[fit], settings).decision(held)
            sizes.append(len(fit))
            reached.append(float(average_precisions(truth, scores).mean()))
        points.append(Point(float(np.mean(sizes)), float(np.mean(reached)), min(reached), max(reached)))
    return points


def main(folder: Annotated[Path, typer.Argument(help="Folder to write the table and the plot into.")] = DATA / "plots") -> None:
    """Measure the learning curve, write ``learning_curve.csv`` and ``learning_curve.svg``."""
    points = learning_curve(read_corpus(DATA / "corpus"), read_corpus(DATA / "test"), read_lexicon(DATA / "lexicon"), Settings())
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "learning_curve.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("messages", "macro_average_precision", "lowest", "highest"))
        rows.writerows((round(p.messages), f"{p.mean:.4f}", f"{p.low:.4f}", f"{p.high:.4f}") for p in points)
    drawn = learning_curve_plot([(p.messages, p.mean, p.low, p.high) for p in points])
    (folder / "learning_curve.svg").write_text(drawn, encoding="utf-8")
    for p in points:
        typer.echo(f"{p.messages:8,.0f} messages: {p.mean:.3f} [{p.low:.3f}, {p.high:.3f}]")


if __name__ == "__main__":
    typer.run(main)
