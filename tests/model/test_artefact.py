"""Model folders: whole, damaged, and from the future."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import dunwatch
from dunwatch.model import current_version, list_versions, load_model, models_folder, resolve_model, use_version


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "models" / "2026.11.9"
    shutil.copytree(resolve_model(), copy)
    return copy


def change_manifest(folder: Path, **fields: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **fields}), "utf-8")


@pytest.mark.parametrize("name", ["weights.safetensors", "MODEL_CARD.md"])
def test_a_changed_byte_is_refused_and_named(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[-1] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(dunwatch.DamagedModel, match=name):
        load_model(folder)


@pytest.mark.parametrize("name", ["weights.safetensors", "MODEL_CARD.md", "manifest.json"])
def test_a_missing_file_is_refused_and_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(dunwatch.DamagedModel, match=f"{name}: the file is missing"):
        load_model(folder)


def test_a_newer_format_is_refused(folder: Path) -> None:
    change_manifest(folder, format_version=99)
    with pytest.raises(dunwatch.NewerModelFormat, match="format 99 is newer"):
        load_model(folder)


def test_other_character_tables_are_refused(folder: Path) -> None:
    change_manifest(folder, text_tables="0" * 64)
    with pytest.raises(dunwatch.DamagedModel, match="character tables"):
        load_model(folder)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"format_version": 1}'])
def test_a_manifest_that_is_none_is_refused(folder: Path, content: str) -> None:
    (folder / "manifest.json").write_text(content)
    with pytest.raises(dunwatch.DamagedModel, match=r"manifest\.json"):
        load_model(folder)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(dunwatch.ModelNotFound, match="no such model folder"):
        load_model(tmp_path / "nowhere")


def test_a_damaged_model_is_not_put_into_use(folder: Path) -> None:
    (folder / "MODEL_CARD.md").write_text("other")
    with pytest.raises(dunwatch.DamagedModel):
        use_version(folder.name, folder.parent)
    with pytest.raises(dunwatch.ModelNotFound, match="no model is in use"):
        current_version(folder.parent)


def test_a_version_is_put_into_use(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_version(folder.name, folder.parent)
    monkeypatch.setenv("DUNWATCH_MODELS", str(folder.parent))
    assert models_folder() == folder.parent
    assert resolve_model() == folder
    assert resolve_model(folder.name) == folder
    assert resolve_model(folder) == folder


def test_versions_are_listed_oldest_first(folder: Path) -> None:
    shutil.copytree(folder, folder.parent / "2026.11.10")
    assert list_versions(folder.parent) == ["2026.11.9", "2026.11.10"]


def test_the_served_model_is_small() -> None:
    assert sum(path.stat().st_size for path in resolve_model().iterdir()) <= 8_000_000
