"""The plots of the datasheet (``make plots``); the same data gives the same bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from matplotlib.figure import Figure

from dunwatch.labels import LABEL_IDS, label
from dunwatch_train.corpus import CLEAN_SCENES, DATA, Message, read_corpus
from dunwatch_train.drawing import ABUSIVE, CLEAN, new_figure, svg

_LENGTH_BINS = np.geomspace(2, 1000, 25)


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(svg(figure), encoding="utf-8")


def length_plot(messages: Sequence[Message], path: Path) -> None:
    """How long abusive and clean messages are."""
    figure, axes = new_figure(7, 3)
    for abusive, colour, name in ((True, ABUSIVE, "abusive"), (False, CLEAN, "clean")):
        lengths = [len(message.text) for message in messages if bool(message.labels) == abusive]
        axes.hist(lengths, bins=_LENGTH_BINS.tolist(), histtype="step", linewidth=1.6, color=colour, label=name)
    axes.set(xscale="log", xlabel="characters", ylabel="messages", title="Length of messages")
    axes.set_xticks([2, 5, 10, 20, 50, 100, 200, 500, 1000], labels=["2", "5", "10", "20", "50", "100", "200", "500", "1000"])
    axes.legend(frameon=False)
    _save(figure, path)


def label_plot(messages: Sequence[Message], path: Path) -> None:
    """How often each label stands alone (diagonal) and with each other label."""
    figure, axes = new_figure(6, 4.5)
    names = [label(name).name_en for name in LABEL_IDS]
    counts = np.zeros((len(LABEL_IDS), len(LABEL_IDS)), dtype=int)
    for a, b in combinations_with_replacement(range(len(LABEL_IDS)), 2):
        pair = {LABEL_IDS[a], LABEL_IDS[b]}
        counts[b, a] = sum(set(m.labels) == pair if a == b else pair <= set(m.labels) for m in messages)
    axes.imshow(np.where(counts > 0, np.log1p(counts), np.nan), cmap="OrRd")
    for (row, column), count in np.ndenumerate(counts):
        if row >= column:
            dark = np.log1p(count) > 0.9 * np.log1p(counts.max())
            axes.text(column, row, f"{count:,}", ha="center", va="center", color="white" if dark else "black")
    axes.set_xticks(range(len(names)), labels=names, rotation=20, ha="right")
    axes.set_yticks(range(len(names)), labels=names)
    axes.set_title("Labels alone (diagonal) and together")
    _save(figure, path)


def scene_plot(messages: Sequence[Message], path: Path) -> None:
    """What the messages are, clean ones by scene, abusive ones by addressee."""
    counts = Counter(message.scene for message in messages).most_common()[::-1]
    figure, axes = new_figure(7, 4)
    colours = [CLEAN if scene in CLEAN_SCENES else ABUSIVE for scene, _ in counts]
    bars = axes.barh([scene for scene, _ in counts], [count for _, count in counts], color=colours)
    axes.bar_label(bars, fmt="{:,.0f}", padding=3)
    axes.set(title="Scenes: clean messages (blue) and abusive ones (red)", xlabel="messages")
    _save(figure, path)


def language_plot(messages: Sequence[Message], path: Path) -> None:
    """Languages, with the disguised messages of each."""
    figure, axes = new_figure(7, 2.6)
    languages = ("zh", "en", "mixed")
    groups = (("abusive", True, ABUSIVE), ("clean", False, CLEAN))
    for offset, (name, abusive, colour) in zip((-0.2, 0.2), groups, strict=True):
        rows = [[m for m in messages if m.lang == lang and bool(m.labels) == abusive] for lang in languages]
        places = np.arange(len(languages)) + offset
        bars = axes.bar(places, [len(row) for row in rows], 0.36, color=colour, alpha=0.55, label=name)
        axes.bar_label(bars, fmt="{:,.0f}")
        axes.bar(places, [sum(bool(m.disguise) for m in row) for row in rows], 0.36, color=colour, label=f"{name}, disguised")
    axes.set_xticks(range(len(languages)), labels=languages)
    axes.set(title="Languages", ylabel="messages")
    axes.legend(frameon=False, fontsize="small")
    _save(figure, path)


def main(folder: Annotated[Path, typer.Argument(help="Folder to write the plots into.")] = DATA / "plots") -> None:
    """Draw lengths, labels, scenes and languages of the corpus."""
    messages = read_corpus(DATA / "corpus")
    for name, draw in (("lengths", length_plot), ("labels", label_plot), ("scenes", scene_plot), ("languages", language_plot)):
        draw(messages, folder / f"{name}.svg")
        typer.echo(f"{folder / name}.svg")


if __name__ == "__main__":
    typer.run(main)
