"""How many positives stay in sight when their words are disguised by program, with choices that training has not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from dunwatch.classifier import Classifier
from dunwatch.features import Lexicon
from dunwatch_train.corpus import Message
from dunwatch_train.disguise import DISGUISES, Side, disguised, sensitive_stretches
from dunwatch_train.evaluation.decisions import decisions
from dunwatch_train.fit import targets

STRENGTHS: Mapping[str, float] = {"light": 0.25, "middle": 0.5, "heavy": 1.0}
"""Share of the words known to the lexicon that are disguised."""


@dataclass(frozen=True, slots=True)
class Attacked:
    """Recall of flagged-or-review, over the labels of those messages that the disguise changes: as they were, and disguised."""

    messages: int
    plain: float
    disguised: float

    @property
    def lost(self) -> float:
        """Points of a hundred."""
        return 100 * (self.plain - self.disguised)


def attack(classifier: Classifier, messages: Sequence[Message], lexicon: Lexicon, seed: int) -> dict[str, dict[str, Attacked]]:
    """By disguise and strength."""
    positives = [message for message in messages if message.labels]
    stretches = sensitive_stretches([message.text for message in positives], lexicon)
    wanted = targets(positives)
    before = decisions(classifier.score([message.text for message in positives]), classifier.cut_offs)[1]
    grid: dict[str, dict[str, Attacked]] = {}
    for name in DISGUISES:
        for title, strength in STRENGTHS.items():
            rng = Random(f"{seed} {name} {title}")
            texts = [
                disguised(message.text, found, name, strength, rng, Side.ATTACK)
                for message, found in zip(positives, stretches, strict=True)
            ]
            changed = np.array([text != message.text for text, message in zip(texts, positives, strict=True)])
            after = decisions(classifier.score(texts), classifier.cut_offs)[1]
            kept = wanted[changed]
            plain, now = float(before[changed][kept].mean()), float(after[changed][kept].mean())
            grid.setdefault(name, {})[title] = Attacked(int(changed.sum()), plain, now)
    return grid
