"""The evidence in one message: what each character and each lexicon class adds to the sum of each label.

Every score is a sum of feature weights, so the evidence is exact. What is known of a message as a whole (the views ``signs``
and ``edges``: whom it names, its first word as such) counts for no character.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dunwatch.features import VIEWS, extract
from dunwatch.features.kernels import BIAS, SIGNS, find_word
from dunwatch.jit import kernel
from dunwatch.model import Model
from dunwatch.text import PlainBatch
from dunwatch.tokens import TokenBatch

_CLASSES = VIEWS.index("classes")


@dataclass(frozen=True, slots=True)
class Evidence:
    """In the units of a label's sum, above 0 for the label.

    ``characters`` (plain characters, labels). ``classes``: by lexicon class, what the characters of its entries add (labels).
    """

    characters: NDArray[np.float64]
    classes: dict[str, NDArray[np.float64]]


@kernel
def _share_out(
    hashes: NDArray[np.uint64],
    starts: NDArray[np.int32],
    stops: NDArray[np.int32],
    words: NDArray[np.uint64],
    evidence: NDArray[np.float64],
) -> None:
    """Add each feature's weights to the characters it stands on: ``evidence`` (characters, labels)."""
    for n in range(hashes.size):
        word = find_word(words, hashes[n])
        if word == np.uint64(0) or hashes[n] & np.uint64(7) >= SIGNS:
            continue
        for label in range(evidence.shape[1]):
            weight = np.int64(word >> np.uint64(8 * label) & np.uint64(0xFF)) - BIAS
            for i in range(starts[n], stops[n]):
                evidence[i, label] += weight / (stops[n] - starts[n])


def message_evidence(model: Model, plain: PlainBatch, tokens: TokenBatch) -> Evidence:
    """The evidence in the one message of ``plain``."""
    features = extract(plain, model.lexicon, tokens)
    labels = len(model.manifest.labels)
    characters = np.zeros((len(plain.codes), labels))
    _share_out(features.hashes, features.starts, features.stops, model.weights.words, characters)
    classes: dict[str, NDArray[np.float64]] = {}
    for place in np.flatnonzero((features.hashes & np.uint64(7)) == _CLASSES):
        name = model.lexicon.class_of[int(features.hashes[place])]
        added = characters[features.starts[place] : features.stops[place]].sum(axis=0)
        classes[name] = classes.get(name, np.zeros(labels)) + added
    return Evidence(characters, classes)
