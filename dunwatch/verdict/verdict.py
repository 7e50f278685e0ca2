"""What dunwatch says of a message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from dunwatch.labels import Rule, label
from dunwatch.model import CutOffs

Decision = Literal["clear", "review", "flagged"]

DECISIONS: tuple[Decision, ...] = ("clear", "review", "flagged")
"""Weakest first."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the original message that speaks for a label, or against it.

    ``start``/``end`` count code points of the text as given; ``weight`` is its share of all that speaks for the label, below 0
    if it speaks against it.
    """

    label: str
    start: int
    end: int
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one message.

    ``decision`` is the strongest one, ``labels`` are the flagged ones; ``scores`` (0–1) and ``decisions`` are by label.
    ``spans`` are of labels that are not clear, and so are ``reasons``, one line for each. ``rules`` are those that the flagged
    labels break, ``disguises`` the undone ones.
    """

    decision: Decision
    labels: tuple[str, ...]
    scores: dict[str, float]
    decisions: dict[str, Decision]
    spans: tuple[Span, ...]
    disguises: tuple[str, ...]
    model: str
    rules: tuple[Rule, ...] = field(default=())
    reasons: dict[str, str] = field(default_factory=dict)


def decide(score: float, cut_offs: CutOffs) -> Decision:
    """The decision for one label."""
    if score >= cut_offs.flagged:
        return "flagged"
    return "review" if score >= cut_offs.review else "clear"


def strongest(decisions: dict[str, Decision]) -> Decision:
    """The strongest of several decisions."""
    return max(decisions.values(), key=DECISIONS.index, default="clear")


def rules_of(labels: tuple[str, ...]) -> tuple[Rule, ...]:
    """The rules that the labels break, each once."""
    return tuple(dict.fromkeys(rule for label_id in labels for rule in label(label_id).rules))
