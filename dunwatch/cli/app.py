"""The application: commands of the library, and those that other rooms register under the entry point ``dunwatch.commands``."""

from __future__ import annotations

import os
import sys
from importlib.metadata import EntryPoint, entry_points
from typing import Annotated

import typer

import dunwatch
from dunwatch.cli import explain, model, score
from dunwatch.errors import DunwatchError

NOTHING_DONE = 2

app = typer.Typer(
    help="Read debt-collection messages and say which of them abuse, where, and under which rule.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("score")(score.score)
app.command("explain")(explain.explain)
app.add_typer(model.app, name="model")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dunwatch {dunwatch.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Read debt-collection messages and say which of them abuse, where, and under which rule."""


def main() -> None:
    """Run the command line; errors become one line on stderr and exit status 2."""
    _register_rooms(sys.argv[1:])
    try:
        app()
    except DunwatchError as error:
        _stop(str(error), NOTHING_DONE)
    except BrokenPipeError:
        # Whoever read our output has gone: there is nobody to complain to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(NOTHING_DONE)


def _stop(message: str, status: int) -> None:
    sys.stderr.write(f"dunwatch: {message}\n")
    sys.exit(status)


def _register_rooms(arguments: list[str]) -> None:
    """Load only the room whose command is called, or all for the overview: their libraries take long to import."""
    first = next((argument for argument in arguments if not argument.startswith("-")), None)
    for entry in entry_points(group="dunwatch.commands"):
        if entry.name == first or first is None:
            _register(entry, called=entry.name == first)


def _register(entry: EntryPoint, called: bool) -> None:
    try:
        app.command(entry.name)(entry.load())
    except ImportError as error:
        if called:
            _stop(f"{entry.name}: {error}", NOTHING_DONE)
