"""The figures of the report as plain numbers, for ``metrics.json``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from dunwatch.labels import LABEL_IDS
from dunwatch_train.report.measured import Measured


def metrics(measured: Measured) -> str:
    """Indented JSON, the same bytes for the same figures."""
    evaluation = asdict(measured.evaluation)
    evaluation["clean_scenes"] = {name: asdict(row) for name, row in measured.scenes.items()}
    del evaluation["false_alarms"]
    content = {
        "model": measured.classifier.version,
        "operating_point": measured.classifier.operating_point,
        **evaluation,
        "slices": {kind: {name: asdict(row) for name, row in rows.items()} for kind, rows in measured.slices.items()},
        "confusion": {
            name: dict(zip(LABEL_IDS, row, strict=True)) for name, row in zip(LABEL_IDS, measured.confusion.tolist(), strict=True)
        },
        "attacks": {name: {at: asdict(cell) for at, cell in row.items()} for name, row in measured.attacks.items()},
        "prior_shift": {point: asdict(row) for point, row in measured.priors.items()},
        "spans": asdict(measured.spans) if measured.spans else None,
    }
    return json.dumps(_rounded(content), ensure_ascii=False, indent=1) + "\n"


def _rounded(content: Any) -> Any:
    if isinstance(content, float):
        return round(content, 4)
    if isinstance(content, dict):
        return {str(key): _rounded(value) for key, value in content.items()}
    return content
