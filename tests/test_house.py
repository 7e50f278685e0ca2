"""The house: names others rely on, and data that flows one way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dunwatch
from dunwatch.labels import LABELS

ROOT = Path(__file__).resolve().parents[1]


def test_public_names() -> None:
    assert sorted(dunwatch.__all__) == [
        "Classifier",
        "ClusterError",
        "CorpusError",
        "DamagedModel",
        "Decision",
        "DunwatchError",
        "InputError",
        "LABELS",
        "LABEL_IDS",
        "Label",
        "MissingColumn",
        "MissingExtra",
        "ModelError",
        "ModelNotFound",
        "NewerModelFormat",
        "OutputError",
        "ResumeRefused",
        "Rule",
        "Span",
        "UnknownFormat",
        "UnreadableInput",
        "UnusableSamples",
        "Verdict",
        "__version__",
        "load",
    ]


def test_every_error_has_one_root() -> None:
    errors = [value for value in vars(dunwatch).values() if isinstance(value, type) and issubclass(value, Exception)]
    assert errors
    assert all(issubclass(error, dunwatch.DunwatchError) for error in errors)


def test_no_room_imports_one_above_it() -> None:
    """The layers are drawn in pyproject.toml."""
    done = subprocess.run([Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_label_has_names_a_definition_and_rules_with_reasons() -> None:
    assert [label.id for label in LABELS] == [
        "threat",
        "insult",
        "third_party_disclosure",
        "satellite_positioning",
        "false_authority",
    ]
    for label in LABELS:
        assert label.name_zh
        assert label.name_en
        assert label.definition.endswith(".")
        assert {rule.source for rule in label.rules} >= {"Convention 2018", "FDCPA", "Reg F"}
        assert all(rule.reason and rule.article for rule in label.rules)


def test_the_library_starts_without_training_libraries() -> None:
    code = (
        "import sys, dunwatch, dunwatch.cli; print(*(m for m in ('sklearn', 'joblib', 'opencc', 'pypinyin') if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
