"""Settings of a training run."""

from __future__ import annotations

from dataclasses import dataclass, field

DEFAULT_SEED = 20261124


@dataclass(frozen=True, slots=True)
class Settings:
    """``strength``: inverse of regularisation. ``least``: messages a feature must be in. ``most``: features a model keeps.

    ``view_weights``: how loudly each view speaks. ``least_precision``/``least_recall``: what the upper and the lower
    cut-off must reach.
    """

    seed: int = DEFAULT_SEED
    folds: int = 5
    holdout_folds: int = 5
    strength: float = 100.0
    least: int = 2
    most: int = 64_000
    view_weights: dict[str, float] = field(
        default_factory=lambda: {
            "characters": 1.0,
            "words": 1.5,
            "word_pairs": 1.0,
            "syllables": 0.7,
            "classes": 2.0,
            "class_pairs": 1.0,
        }
    )
    least_precision: float = 0.85
    least_recall: float = 0.95
