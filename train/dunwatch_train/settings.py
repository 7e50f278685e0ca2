"""Settings of a training run."""

from __future__ import annotations

from dataclasses import dataclass, field

from dunwatch_train.cutoffs import OperatingPoint

DEFAULT_SEED = 20261124


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model is trained.

    ``strength``: inverse of regularisation. ``telling_share``: how far features are scaled by how well they tell a label, 0 to 1.
    ``disguised_share``: of the messages, those that are learned from in disguise, too.
    ``least``: messages a feature must be in. ``most``: features a model keeps. ``view_weights``: how loudly each view speaks.
    ``operating_points``: what the cut-offs of each must reach.
    """

    seed: int = DEFAULT_SEED
    folds: int = 5
    holdout_folds: int = 5
    strength: float = 2.0
    telling_share: float = 0.4
    disguised_share: float = 0.35
    least: int = 2
    most: int = 128_000
    view_weights: dict[str, float] = field(
        default_factory=lambda: {
            "characters": 1.0,
            "words": 1.5,
            "word_pairs": 1.0,
            "syllables": 0.7,
            "classes": 2.0,
            "class_pairs": 1.0,
            "signs": 2.0,
            "edges": 1.0,
        }
    )
    operating_points: dict[str, OperatingPoint] = field(
        default_factory=lambda: {
            "balanced": OperatingPoint(least_precision=0.85, least_recall=0.0, review_recall=0.9),
            "careful": OperatingPoint(least_precision=0.97, least_recall=0.0, review_recall=0.8),
            "wide": OperatingPoint(least_precision=0.0, least_recall=0.95, review_recall=0.98),
        }
    )
