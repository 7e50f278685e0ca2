"""Figures on a terminal."""

from __future__ import annotations

import typer

from dunwatch_train.evaluation import Evaluation
from dunwatch_train.report.measured import Measured


def show(measured: Evaluation) -> None:
    """Headline figures, and false alarms by scene."""
    typer.echo(f"on {measured.messages:,} messages: {measured.source}")
    typer.echo(f"macro-F1 {measured.macro_f1}, macro average precision {measured.macro_average_precision}")
    for name, figures in measured.labels.items():
        typer.echo(
            f"{name:24} F1 {figures.f1}  precision {figures.precision}  recall {figures.recall}  "
            f"flagged or review {figures.review_recall}  average precision {figures.average_precision}  "
            f"calibration error {figures.calibration_error}"
        )
    for scene, (total, wrong) in measured.false_alarms.items():
        typer.echo(f"{scene:24} {wrong} of {total} clean messages flagged")


def show_more(measured: Measured) -> None:
    """Disguises, what to expect of a dump, and spans."""
    seen = measured.slices["disguise"]["disguised"].seen
    typer.echo(f"disguised by their writers: {seen} of the labels flagged or under review")
    for name, row in measured.attacks.items():
        losses = ", ".join(f"{strength} {cell.lost:.1f}" for strength, cell in row.items())
        typer.echo(f"disguised by program, {name:15} points of recall lost: {losses}")
    for point, shift in measured.priors.items():
        expected = ", ".join(f"{precision:.1%} if {prior:.0%} is" for prior, precision in shift.precision.items())
        typer.echo(f"{point:10} flags {shift.recall} of abusive and {shift.false_alarms} of clean messages: {expected} abusive")
    if spans := measured.spans:
        typer.echo(
            f"spans of flagged labels against {spans.rationales} marked rationales: precision {spans.precision}, "
            f"recall {spans.recall}, F1 {spans.f1} by token; strongest span inside {spans.top_inside}"
        )
