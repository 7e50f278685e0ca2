"""``dunwatch explain``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dunwatch.classifier import load
from dunwatch.cli.report import print_verdict


def explain(
    text: Annotated[str, typer.Argument(help="The message; - reads it from stdin.", show_default=False)],
    model: Annotated[str | None, typer.Option(help="Model version or folder; the one in use if not given.")] = None,
) -> None:
    """Judge one message and show the words that speak for each label."""
    from rich.console import Console

    message = sys.stdin.read().rstrip("\n") if text == "-" else text
    print_verdict(message, load(model).classify(message), Console())
