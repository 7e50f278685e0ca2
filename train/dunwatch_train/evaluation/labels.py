"""Measuring a model on messages it has not seen, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from dunwatch.labels import LABEL_IDS
from dunwatch.model import CutOffs
from dunwatch_train.corpus import Message
from dunwatch_train.fit import targets

_RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """How well one label is told, at its cut-offs. ``review_recall``: of positives, those flagged or under review."""

    positives: int
    precision: Figure
    recall: Figure
    f1: Figure
    review_recall: Figure
    average_precision: Figure


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of a model on messages it has not learned from.

    ``source``: where these come from, in words. ``false_alarms``: by clean scene, messages and how many have any flag.
    """

    source: str
    messages: int
    macro_f1: Figure
    macro_average_precision: Figure
    labels: dict[str, LabelFigures]
    false_alarms: dict[str, tuple[int, int]]

    def summary(self) -> dict[str, Any]:
        """Headline figures as plain numbers, for the manifest."""
        return {
            "messages": self.messages,
            "macro_f1": round(self.macro_f1.value, 4),
            "macro_average_precision": round(self.macro_average_precision.value, 4),
            "labels": {
                name: {
                    "f1": round(figures.f1.value, 4),
                    "precision": round(figures.precision.value, 4),
                    "recall": round(figures.recall.value, 4),
                    "average_precision": round(figures.average_precision.value, 4),
                }
                for name, figures in self.labels.items()
            },
        }


def evaluate(
    messages: Sequence[Message], scores: NDArray[np.floating[Any]], cut_offs: dict[str, CutOffs], seed: int, source: str
) -> Evaluation:
    """Figures for scores (messages, labels) at the cut-offs, resampling whole messages."""
    wanted = targets(messages)
    flagged = np.column_stack([scores[:, place] >= cut_offs[name].flagged for place, name in enumerate(LABEL_IDS)])
    seen = np.column_stack([scores[:, place] >= cut_offs[name].review for place, name in enumerate(LABEL_IDS)])
    samples = np.random.default_rng(seed).integers(0, len(messages), (_RESAMPLES, len(messages)))
    f1s = [_figure(_f1, wanted[:, k], flagged[:, k], samples) for k in range(len(LABEL_IDS))]
    ranks = [_figure(_average_precision, wanted[:, k], scores[:, k], samples) for k in range(len(LABEL_IDS))]
    labels = {
        name: LabelFigures(
            positives=int(wanted[:, k].sum()),
            precision=_figure(_precision, wanted[:, k], flagged[:, k], samples)[0],
            recall=_figure(_recall, wanted[:, k], flagged[:, k], samples)[0],
            f1=f1s[k][0],
            review_recall=_figure(_recall, wanted[:, k], seen[:, k], samples)[0],
            average_precision=ranks[k][0],
        )
        for k, name in enumerate(LABEL_IDS)
    }
    return Evaluation(source, len(messages), _macro(f1s), _macro(ranks), labels, _false_alarms(messages, flagged))


_Measured = tuple[Figure, NDArray[np.float64]]


def _figure(
    measure: Callable[[NDArray[Any], NDArray[Any]], float], wanted: NDArray[Any], given: NDArray[Any], samples: NDArray[Any]
) -> _Measured:
    """The measure on all messages, its interval, and its value on each resample."""
    resampled = np.array([measure(wanted[sample], given[sample]) for sample in samples])
    low, high = np.percentile(resampled, (2.5, 97.5))
    return Figure(measure(wanted, given), float(low), float(high)), resampled


def _macro(measured: Sequence[_Measured]) -> Figure:
    values = np.mean([resampled for _, resampled in measured], axis=0)
    low, high = np.percentile(values, (2.5, 97.5))
    return Figure(float(np.mean([figure.value for figure, _ in measured])), float(low), float(high))


def _precision(wanted: NDArray[Any], flagged: NDArray[Any]) -> float:
    return float((wanted & flagged).sum() / max(flagged.sum(), 1))


def _recall(wanted: NDArray[Any], flagged: NDArray[Any]) -> float:
    return float((wanted & flagged).sum() / max(wanted.sum(), 1))


def _f1(wanted: NDArray[Any], flagged: NDArray[Any]) -> float:
    return float(2 * (wanted & flagged).sum() / max(wanted.sum() + flagged.sum(), 1))


def _average_precision(wanted: NDArray[Any], scores: NDArray[Any]) -> float:
    return float(average_precision_score(wanted, scores)) if wanted.any() else 0.0


def average_precisions(wanted: NDArray[np.bool_], scores: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """The average precision of each label, of truth and scores (messages, labels); 0 where no message has the label."""
    return np.array([_average_precision(wanted[:, k], scores[:, k]) for k in range(wanted.shape[1])])


def _false_alarms(messages: Sequence[Message], flagged: NDArray[np.bool_]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for message, flags in zip(messages, flagged, strict=True):
        if not message.labels:
            total, wrong = found.get(message.scene, (0, 0))
            found[message.scene] = (total + 1, wrong + int(flags.any()))
    return dict(sorted(found.items()))
