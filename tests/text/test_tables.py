"""The character tables."""

from __future__ import annotations

import numpy as np
from safetensors.numpy import load_file

from dunwatch.text.chars import TABLE_FILE
from dunwatch_train.tables import build


def test_the_file_is_what_its_recipe_makes() -> None:
    """The recipe reads this Python's Unicode data; later versions add characters, so only shared sources are compared."""
    stored, made = load_file(TABLE_FILE), build()
    assert stored.keys() == made.keys()
    for source, target in (("lookalike_source", "lookalike_target"), ("syllable_source", "syllable_id")):
        assert np.array_equal(stored[source], made[source])
        assert np.array_equal(stored[target], made[target])
    plain = dict(zip(stored["plain_source"].tolist(), stored["plain_target"].tolist(), strict=True))
    for code, form in zip(made["plain_source"].tolist(), made["plain_target"].tolist(), strict=True):
        if form < 0x110000 and code in plain:
            assert plain[code] == form
