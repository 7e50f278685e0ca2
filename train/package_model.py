"""Build hook: the wheel carries the model in use as package data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ModelHook(BuildHookInterface):  # type: ignore[misc]
    """Adds ``models/current`` and the folder it names to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files to include; an editable install reads ``models/`` itself."""
        models = Path(self.root) / "models"
        if version == "editable" or not (models / "current").is_file():
            return
        current = (models / "current").read_text(encoding="utf-8").strip()
        for name in ("current", current):
            build_data["force_include"][str(models / name)] = f"dunwatch/_models/{name}"
