"""A model folder: ``weights.safetensors``, ``manifest.json``, ``MODEL_CARD.md``. Data, no code; loading checks the digests."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from dunwatch.errors import DamagedModel, ModelNotFound
from dunwatch.features import Lexicon, WeightTable
from dunwatch.model.manifest import Manifest, parse_manifest
from dunwatch.text.chars import TABLE_FILE

MANIFEST, WEIGHTS, CARD = "manifest.json", "weights.safetensors", "MODEL_CARD.md"
MODEL_FILES = (MANIFEST, WEIGHTS, CARD)
"""What makes up a model wherever it is sent."""


@dataclass(frozen=True)
class Model:
    """A loaded model."""

    manifest: Manifest
    lexicon: Lexicon
    weights: WeightTable
    path: Path


@cache
def text_tables_digest() -> str:
    """sha256 of the character tables of this installation: a model is only right on the tables it learned with."""
    return hashlib.sha256(TABLE_FILE.read_bytes()).hexdigest()


def load_model(folder: Path) -> Model:
    """Load and verify a model folder.

    Raises ``ModelNotFound``, ``DamagedModel`` or ``NewerModelFormat``.
    """
    manifest = verify_model(folder)
    try:
        tensors = load_tensors((folder / WEIGHTS).read_bytes())
        lexicon = Lexicon(
            manifest.lexicon_classes, tensors["lexicon_hashes"], tensors["lexicon_classes"], tensors["lexicon_pairs"]
        )
        table = WeightTable.build(tensors["hashes"], tensors["weights"], tensors["mass"])
    except (SafetensorError, KeyError) as error:
        raise DamagedModel(f"{folder / WEIGHTS}: not the weights of a dunwatch model; restore the folder") from error
    return Model(manifest, lexicon, table, folder)


def model_digest(folder: Path) -> str:
    """sha256 of the manifest, which holds the digests of the other files: it stands for the whole model."""
    return hashlib.sha256(_read(folder / MANIFEST)).hexdigest()


def verify_model(folder: Path) -> Manifest:
    """Check a model folder's files against its manifest; raises as ``load_model`` does."""
    if not folder.is_dir():
        raise ModelNotFound(f"{folder}: no such model folder; `dunwatch model list` shows those there are")
    manifest = parse_manifest(_read(folder / MANIFEST).decode("utf-8", "replace"), str(folder / MANIFEST))
    for name in (WEIGHTS, CARD):
        if manifest.files.get(name) != hashlib.sha256(_read(folder / name)).hexdigest():
            raise DamagedModel(f"{folder / name}: differs from what the manifest says; restore the model folder")
    if manifest.text_tables != text_tables_digest():
        raise DamagedModel(
            f"{folder}: learned with other character tables than this dunwatch has; retrain it or use its dunwatch"
        )
    return manifest


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DamagedModel(f"{path}: the file is missing; restore the model folder from its source") from None


def save_model(
    folder: Path,
    manifest: Manifest,
    lexicon: Lexicon,
    hashes: NDArray[np.uint64],
    weights: NDArray[np.int8],
    mass: NDArray[np.uint8],
    card: str,
) -> Manifest:
    """Write a model folder, whole or not at all; returns the manifest with its digests. An older folder is replaced."""
    tensors: dict[str, NDArray[Any]] = {
        "hashes": hashes,
        "weights": weights,
        "mass": mass,
        "lexicon_hashes": lexicon.hashes,
        "lexicon_classes": lexicon.classes,
        "lexicon_pairs": lexicon.pairs,
    }
    contents = {WEIGHTS: save_tensors(tensors), CARD: card.encode()}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    finished = replace(manifest, files=digests)
    _write_aside(folder, {**contents, MANIFEST: finished.to_json().encode()})
    return finished


def add_to_model(folder: Path, contents: Mapping[str, bytes]) -> Manifest:
    """Write files beside those of a model, or a new card; the digests of the manifest follow. Raises as ``verify_model`` does."""
    manifest = verify_model(folder)
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} | dict(contents)
    digests = {name: hashlib.sha256(files[name]).hexdigest() for name in (WEIGHTS, CARD)}
    finished = replace(manifest, files=digests)
    _write_aside(folder, {**files, MANIFEST: finished.to_json().encode()})
    return finished


def _write_aside(folder: Path, contents: Mapping[str, bytes]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    aside.chmod(0o755)
    try:
        for name, content in contents.items():
            (aside / name).write_bytes(content)
        if folder.exists():
            shutil.rmtree(folder)
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
