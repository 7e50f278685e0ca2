"""Disguised copies of messages, to learn from beside the messages themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from dunwatch.features import Lexicon
from dunwatch_train.disguise import DISGUISES, disguised, sensitive_stretches

_STRENGTHS = (0.3, 0.6, 1.0)
_TRIES = 8


@dataclass(frozen=True, slots=True)
class Augmented:
    """Texts and then disguised copies of some; ``sources`` (texts and copies): the place of the text each comes from."""

    texts: list[str]
    sources: NDArray[np.int64]


def augment(texts: Sequence[str], lexicon: Lexicon, share: float, seed: int) -> Augmented:
    """A share of the texts, clean or not, gets a copy in one disguise that can be put on it; the same seed, the same copies."""
    rng = Random(seed)
    copies, sources = [], []
    for place, (text, stretches) in enumerate(zip(texts, sensitive_stretches(texts, lexicon), strict=True)):
        if rng.random() >= share:
            continue
        strength = rng.choice(_STRENGTHS)
        for name in rng.sample(list(DISGUISES), _TRIES):
            copy = disguised(text, stretches, name, strength, rng)
            if copy != text:
                copies.append(copy)
                sources.append(place)
                break
    return Augmented([*texts, *copies], np.concatenate([np.arange(len(texts)), np.array(sources, dtype=np.int64)]))
