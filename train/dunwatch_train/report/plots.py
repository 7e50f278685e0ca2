"""The plots of the report, each as an SVG document."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from sklearn.metrics import precision_recall_curve

from dunwatch.labels import LABEL_IDS, label
from dunwatch_train.drawing import ABUSIVE, CLEAN, LABEL_COLOURS, LINE, new_figure, new_row, svg
from dunwatch_train.evaluation.attack import STRENGTHS
from dunwatch_train.evaluation.calibration import reliability
from dunwatch_train.report.measured import Measured

_POINTS = {"careful": "^", "balanced": "o", "wide": "s"}
_NAMES = [label(name).name_en for name in LABEL_IDS]


def precision_recall_plot(measured: Measured) -> str:
    """Precision against recall by label, with the cut-offs of each operating point."""
    figure, row = new_row(12, 3, len(LABEL_IDS))
    for k, axes in enumerate(row):
        truth, scores = measured.decided.wanted[:, k], measured.scores[:, k]
        precision, recall, _ = precision_recall_curve(truth, scores)
        axes.plot(recall, precision, color=LABEL_COLOURS[k])
        for point, mark in _POINTS.items():
            flagged = scores >= measured.classifier.model.manifest.labels[k].cut_offs[point].flagged
            hits = (flagged & truth).sum()
            axes.plot(hits / truth.sum(), hits / max(flagged.sum(), 1), mark, color=LINE, markersize=6, label=point)
        axes.set(title=_NAMES[k], xlabel="recall", xlim=(0, 1.02), ylim=(0, 1.02))
    row[0].set_ylabel("precision")
    row[0].legend(frameon=False, loc="lower left", fontsize="small")
    return svg(figure)


def reliability_plot(measured: Measured) -> str:
    """Share that has the label against score, by label; on the diagonal a score is a probability."""
    figure, row = new_row(12, 3, len(LABEL_IDS))
    for k, axes in enumerate(row):
        bins = reliability(measured.decided.wanted[:, k], measured.scores[:, k])
        axes.plot((0, 1), (0, 1), color="#bbbbbb", linewidth=1)
        axes.plot(bins.scores, bins.shares, color=LABEL_COLOURS[k], linewidth=1)
        axes.scatter(bins.scores, bins.shares, s=8 + 60 * np.sqrt(bins.messages / bins.messages.max()), color=LABEL_COLOURS[k])
        error = measured.evaluation.labels[LABEL_IDS[k]].calibration_error.value
        axes.set(title=f"{_NAMES[k]}\nECE {error:.3f}", xlabel="score", xlim=(0, 1), ylim=(0, 1))
    row[0].set_ylabel("share that has the label")
    return svg(figure)


def attack_plot(measured: Measured) -> str:
    """Points of recall (flagged or review) that each disguise costs, at each strength."""
    figure, axes = new_figure(6, 0.32 * len(measured.attacks) + 1.2)
    lost = np.array([[cell.lost for cell in row.values()] for row in measured.attacks.values()])
    _heat_map(axes, lost, "{:.1f}", 15.0)
    axes.set_xticks(range(len(STRENGTHS)), labels=[f"{name} ({strength:.0%})" for name, strength in STRENGTHS.items()])
    axes.set_yticks(range(len(measured.attacks)), labels=list(measured.attacks))
    axes.set_title("Points of recall lost")
    return svg(figure)


def confusion_plot(measured: Measured) -> str:
    """Shares flagged: on the diagonal recall, beside it labels taken for others."""
    figure, axes = new_figure(6.4, 4.6)
    _heat_map(axes, 100 * measured.confusion, "{:.0f} %", 100.0)
    axes.set_xticks(range(len(_NAMES)), labels=_NAMES, rotation=20, ha="right")
    axes.set_yticks(range(len(_NAMES)), labels=_NAMES)
    axes.set(xlabel="flagged as", ylabel="has")
    return svg(figure)


def scene_plot(measured: Measured) -> str:
    """False alarms by scene of the clean messages, with their intervals."""
    figure, axes = new_figure(7, 3.6)
    scenes = list(measured.scenes)[::-1]
    alarms = [measured.scenes[scene].false_alarms for scene in scenes]
    values = np.array([100 * alarm.value for alarm in alarms])
    spread = np.array([[100 * (a.value - a.low) for a in alarms], [100 * (a.high - a.value) for a in alarms]])
    axes.barh(scenes, values, xerr=np.maximum(spread, 0), color=CLEAN, error_kw={"ecolor": LINE, "capsize": 2})
    axes.axvline(3, color=ABUSIVE, linewidth=1, linestyle=":")
    axes.set(xlabel="% of clean messages with any flag (dotted: 3 %)")
    return svg(figure)


def score_plot(measured: Measured) -> str:
    """How scores spread over 0 to 1, by label, for messages that have the label and that do not."""
    figure, row = new_row(12, 2.4, len(LABEL_IDS))
    for k, axes in enumerate(row):
        truth, scores = measured.decided.wanted[:, k], measured.scores[:, k]
        for chosen, colour, name in ((truth, ABUSIVE, "has it"), (~truth, CLEAN, "has it not")):
            axes.hist(scores[chosen], bins=np.linspace(0, 1, 21).tolist(), histtype="step", color=colour, label=name, log=True)
        axes.set(title=_NAMES[k], xlabel="score")
    row[0].set_ylabel("messages")
    row[0].legend(frameon=False, fontsize="small")
    return svg(figure)


def learning_curve_plot(points: Sequence[tuple[float, float, float, float]]) -> str:
    """Points of (messages, mean, lowest, highest)."""
    figure, axes = new_figure(7, 3.4)
    sizes, means, lows, highs = zip(*points, strict=True)
    axes.fill_between(sizes, lows, highs, color=LINE, alpha=0.15, linewidth=0)
    axes.plot(sizes, means, color=LINE, marker="o")
    for size, mean in zip(sizes, means, strict=True):
        axes.annotate(f"{mean:.3f}", (size, mean), textcoords="offset points", xytext=(0, 8), ha="center")
    axes.set(
        xscale="log", xlabel="messages learned from", ylabel="macro average precision", title="Learning curve, on the test part"
    )
    axes.set_xticks(sizes, labels=[f"{size:,.0f}" for size in sizes])
    axes.minorticks_off()
    axes.margins(y=0.15)
    return svg(figure)


def _heat_map(axes: Axes, values: np.ndarray[tuple[int, int], np.dtype[np.float64]], form: str, top: float) -> None:
    axes.imshow(np.clip(values, 0, top), cmap="OrRd", vmin=0, vmax=top, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        axes.text(column, row, form.format(value), ha="center", va="center", color="white" if value > 0.6 * top else "black")
