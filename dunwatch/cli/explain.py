"""``dunwatch explain``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dunwatch.classifier import load
from dunwatch.cli.options import OPERATING_POINT_HELP
from dunwatch.cli.report import print_verdict
from dunwatch.model import DEFAULT_OPERATING_POINT


def explain(
    text: Annotated[str, typer.Argument(help="The message; - reads it from stdin.", show_default=False)],
    model: Annotated[str | None, typer.Option(help="Model version or folder; the one in use if not given.")] = None,
    operating_point: Annotated[str, typer.Option(help=OPERATING_POINT_HELP)] = DEFAULT_OPERATING_POINT,
) -> None:
    """Judge one message and show the words that speak for each label."""
    from rich.console import Console

    message = sys.stdin.read().rstrip("\n") if text == "-" else text
    print_verdict(message, load(model, operating_point=operating_point).classify(message), Console())
