"""The report as one page of HTML that needs nothing else."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from dunwatch.labels import LABEL_IDS, label
from dunwatch_train.report import plots
from dunwatch_train.report.measured import Measured
from dunwatch_train.report.metrics import metrics

REPORT, METRICS = "report.html", "metrics.json"
_PROLOGUE = re.compile(r"\A.*?(?=<svg)", re.DOTALL)
_ID = re.compile(r'(?<=\bid=")|(?<=url\(#)|(?<=href="#)')
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)


def report_files(measured: Measured, learning_curve: Path) -> dict[str, bytes]:
    """Both files by name; ``learning_curve``: the table that the study of that name writes, left out where there is none."""
    return {METRICS: metrics(measured).encode(), REPORT: page(measured, learning_curve).encode()}


def page(measured: Measured, learning_curve: Path) -> str:
    """The HTML text."""
    drawn = {
        "precision_recall": plots.precision_recall_plot(measured),
        "reliability": plots.reliability_plot(measured),
        "scores": plots.score_plot(measured),
        "attacks": plots.attack_plot(measured),
        "confusion": plots.confusion_plot(measured),
        "scenes": plots.scene_plot(measured),
    }
    if learning_curve.is_file():
        drawn["learning_curve"] = plots.learning_curve_plot(_points(learning_curve))
    environment = Environment(
        loader=PackageLoader("dunwatch_train.report", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("report.html.j2").render(
        measured=measured,
        names={name: label(name).name_en for name in LABEL_IDS},
        plots={name: _inlined(name, drawing) for name, drawing in drawn.items()},
    )


def _points(path: Path) -> list[tuple[float, float, float, float]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return [(float(a), float(b), float(c), float(d)) for a, b, c, d in rows]


def _inlined(name: str, drawing: str) -> str:
    """An SVG document as part of a page: without prologue and metadata, and with names of its own, for the page has several."""
    return _ID.sub(f"{name}-", _METADATA.sub("", _PROLOGUE.sub("", drawing)))
