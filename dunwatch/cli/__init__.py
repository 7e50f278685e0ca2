"""The command ``dunwatch``."""

from dunwatch.cli.app import main

__all__ = ["main"]
