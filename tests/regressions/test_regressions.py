"""Messages that a model was once wrong about: none may be wrong again.

Each line of ``*.jsonl`` holds a ``text``, its ``labels``, and the model that was wrong (``wrong_in``).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import dunwatch

CASES = [
    json.loads(line)
    for path in sorted(Path(__file__).parent.glob("*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]


def test_there_are_messages_that_were_wrong_either_way() -> None:
    assert any(case["labels"] for case in CASES)
    assert any(not case["labels"] for case in CASES)
    assert all(set(case["labels"]) <= set(dunwatch.LABEL_IDS) for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:24] for case in CASES])
def test_what_was_wrong_once_stays_right(classifier: dunwatch.Classifier, case: dict[str, object]) -> None:
    assert list(classifier.classify(str(case["text"]), explain=False).labels) == case["labels"]
