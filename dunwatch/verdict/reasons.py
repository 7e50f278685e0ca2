"""Why a label was given, in words: what the message speaks of, by the classes of the lexicon that weigh most."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

MOST_CLASSES = 3
NO_CLASS = "its wording as a whole; no single word stands out"


def reason_of(label: int, classes: Mapping[str, NDArray[np.float64]], meanings: Mapping[str, str]) -> str:
    """One line for the label at place ``label`` of the evidence by class."""
    strongest = sorted((name for name in classes if classes[name][label] > 0), key=lambda name: (-classes[name][label], name))
    named = list(dict.fromkeys(meanings.get(name, name) for name in strongest[:MOST_CLASSES]))
    return f"speaks of {'; '.join(named)}" if named else NO_CLASS
