"""How plots look, and how they become SVG: the same data gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

ABUSIVE, CLEAN, LINE = "#b5443c", "#4b7f8c", "#2f4858"
LABEL_COLOURS = ("#b5443c", "#c98a1b", "#2f6db5", "#2b8a8a", "#8a4f9e")


def new_figure(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure (inches) with one plot."""
    figure, (axes,) = new_row(width, height, 1)
    return figure, axes


def new_row(width: float, height: float, count: int) -> tuple[Figure, Sequence[Axes]]:
    """A figure (inches) with plots side by side, on the same scales."""
    figure = Figure(figsize=(width, height), layout="constrained")
    row: Sequence[Axes] = figure.subplots(1, count, squeeze=False, sharex=True, sharey=True)[0]
    for axes in row:
        axes.spines[["top", "right"]].set_visible(False)
    return figure, row


def svg(figure: Figure) -> str:
    """The figure as an SVG document without a date, with fixed names inside, and with text that stays text."""
    stream = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "dunwatch", "svg.fonttype": "none"}):
        figure.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()
