"""Models: the published artefact, where it lies, and its scores."""

from dunwatch.model.artefact import Model, add_to_model, load_model, save_model, text_tables_digest, verify_model
from dunwatch.model.manifest import DEFAULT_OPERATING_POINT, CutOffs, LabelSettings, Manifest
from dunwatch.model.scoring import score_plain
from dunwatch.model.store import current_version, list_versions, models_folder, resolve_model, use_version

__all__ = [
    "DEFAULT_OPERATING_POINT",
    "CutOffs",
    "LabelSettings",
    "Manifest",
    "Model",
    "add_to_model",
    "current_version",
    "list_versions",
    "load_model",
    "models_folder",
    "resolve_model",
    "save_model",
    "score_plain",
    "text_tables_digest",
    "use_version",
    "verify_model",
]
