"""The folder of published models: one subfolder per version; the file ``current`` names the one in use."""

from __future__ import annotations

import os
from pathlib import Path

from dunwatch.errors import ModelNotFound
from dunwatch.model.artefact import MANIFEST, verify_model

CURRENT = "current"
_PACKAGE = Path(__file__).resolve().parents[1]


def models_folder() -> Path:
    """Where the models lie: ``DUNWATCH_MODELS``, else ``models/`` of a checkout, else those the wheel carries."""
    if named := os.environ.get("DUNWATCH_MODELS"):
        return Path(named)
    is_checkout = (_PACKAGE.parent / "pyproject.toml").is_file()
    return _PACKAGE.parent / "models" if is_checkout else _PACKAGE / "_models"


def list_versions(root: Path | None = None) -> list[str]:
    """Versions in the folder, oldest first."""
    root = root or models_folder()
    found = (path.parent.name for path in root.glob(f"*/{MANIFEST}") if not path.parent.name.startswith("."))
    return sorted(found, key=_version_key)


def _version_key(version: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in version.split("."))


def current_version(root: Path | None = None) -> str:
    """The version in use. Raises ``ModelNotFound`` if none is."""
    root = root or models_folder()
    try:
        version = (root / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        version = ""
    if not version:
        raise ModelNotFound(f"{root}: no model is in use; `dunwatch train` makes one, `dunwatch model use VERSION` picks one")
    return version


def use_version(version: str, root: Path | None = None) -> None:
    """Put a version into use after verifying it; raises as ``verify_model`` does."""
    root = root or models_folder()
    verify_model(root / version)
    aside = root / f".{CURRENT}-{os.getpid()}"
    aside.write_text(version + "\n", encoding="utf-8")
    aside.replace(root / CURRENT)


def resolve_model(name: str | Path | None = None) -> Path:
    """The folder of a model given by path or version; the one in use without a name."""
    if name is None:
        root = models_folder()
        return root / current_version(root)
    path = Path(name)
    return path if path.is_dir() else models_folder() / path.name
