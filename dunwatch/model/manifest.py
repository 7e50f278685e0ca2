"""The manifest of a published model: what it is, how its scores are read, and what its files must be."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from dunwatch.errors import DamagedModel, NewerModelFormat

FORMAT_VERSION = 2
DEFAULT_OPERATING_POINT = "balanced"


@dataclass(frozen=True, slots=True)
class CutOffs:
    """Scores from ``flagged`` on are flagged, from ``review`` on under review, the rest clear."""

    flagged: float
    review: float


@dataclass(frozen=True, slots=True)
class LabelSettings:
    """How one label's sum becomes a score, and its cut-offs by operating point.

    With s the sum of a message's weights and m that of its masses, the score is 1 / (1 + exp(-(slope·s/√m + intercept))).
    """

    id: str
    slope: float
    intercept: float
    cut_offs: dict[str, CutOffs]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Contents of ``manifest.json``; ``files`` maps each file's name to its sha256.

    ``lexicon_meanings`` says in a few words what each of ``lexicon_classes`` is. Format 1 did not have it.
    """

    version: str
    labels: tuple[LabelSettings, ...]
    lexicon_classes: tuple[str, ...]
    text_tables: str
    corpus: dict[str, Any]
    metrics: dict[str, Any]
    settings: dict[str, Any]
    lexicon_meanings: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    format_version: int = FORMAT_VERSION

    @property
    def operating_points(self) -> tuple[str, ...]:
        """Names under which cut-offs are stored."""
        return tuple(self.labels[0].cut_offs)

    @property
    def meanings(self) -> dict[str, str]:
        """What each class of the lexicon is, as far as the model says so."""
        return dict(zip(self.lexicon_classes, self.lexicon_meanings, strict=False))

    def to_json(self) -> str:
        """The manifest as indented JSON with sorted keys, the same bytes for the same content."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def parse_manifest(text: str, place: str) -> Manifest:
    """The manifest in a JSON text.

    Raises ``NewerModelFormat`` if a later dunwatch wrote it, ``DamagedModel`` if it is not a manifest.
    """
    try:
        raw = json.loads(text)
        version = raw["format_version"]
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedModel(f"{place}: not a dunwatch manifest; restore the model folder from its source") from error
    if not isinstance(version, int) or version > FORMAT_VERSION:
        raise NewerModelFormat(
            f"{place}: model format {version} is newer than {FORMAT_VERSION}, which this dunwatch reads; upgrade dunwatch"
        )
    try:
        labels = tuple(_label_settings(row) for row in raw.pop("labels"))
        classes, meanings = tuple(raw.pop("lexicon_classes")), tuple(raw.pop("lexicon_meanings", ()))
        return Manifest(labels=labels, lexicon_classes=classes, lexicon_meanings=meanings, **raw)
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedModel(f"{place}: a field is missing or unknown; restore the model folder from its source") from error


def _label_settings(row: dict[str, Any]) -> LabelSettings:
    points = {name: CutOffs(**cut_offs) for name, cut_offs in row["cut_offs"].items()}
    return LabelSettings(row["id"], float(row["slope"]), float(row["intercept"]), points)
