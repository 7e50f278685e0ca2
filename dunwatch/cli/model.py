"""``dunwatch model``: show, verify, list, use."""

from __future__ import annotations

from typing import Annotated

import typer

from dunwatch.errors import ModelNotFound
from dunwatch.model import current_version, list_versions, resolve_model, use_version, verify_model

app = typer.Typer(help="Look at models and choose the one in use.", no_args_is_help=True)

Version = Annotated[str | None, typer.Argument(help="Version or folder; the one in use if not given.", show_default=False)]


@app.command()
def show(version: Version = None) -> None:
    """What a model is: labels, cut-offs, corpus, metrics."""
    manifest = verify_model(resolve_model(version))
    typer.echo(f"version {manifest.version} (format {manifest.format_version})")
    typer.echo("corpus  " + ", ".join(f"{key} {value}" for key, value in manifest.corpus.items()))
    for label in manifest.labels:
        for point, cut_offs in label.cut_offs.items():
            typer.echo(f"{label.id}: {point}: flagged from {cut_offs.flagged:.3f}, review from {cut_offs.review:.3f}")
    for label_id, figures in manifest.metrics.get("labels", {}).items():
        typer.echo(f"{label_id}: " + ", ".join(f"{name} {value}" for name, value in figures.items()))


@app.command()
def verify(version: Version = None) -> None:
    """Check a model's files against its manifest."""
    folder = resolve_model(version)
    typer.echo(f"{folder}: version {verify_model(folder).version} is whole")


@app.command("list")
def list_models() -> None:
    """Versions there are; the one in use is marked."""
    try:
        current = current_version()
    except ModelNotFound:
        current = ""
    for version in list_versions():
        typer.echo(f"{'*' if version == current else ' '} {version}")


@app.command()
def use(version: Annotated[str, typer.Argument(help="Version to put into use.", show_default=False)]) -> None:
    """Put a version into use, after verifying it."""
    use_version(version)
    typer.echo(f"{version} is in use")
