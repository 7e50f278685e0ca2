"""What the page shows, by section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dunwatch.batch.findings.days import timeline
from dunwatch.batch.findings.findings import Findings
from dunwatch.batch.findings.marks import Excerpt, excerpt
from dunwatch.batch.findings.phrases import LONGEST as LONGEST_SAMPLED
from dunwatch.batch.findings.phrases import top_phrases
from dunwatch.batch.findings.strongest import KEEP, LONGEST, StrongMessage
from dunwatch.classifier import Classifier
from dunwatch.labels import Label, label
from dunwatch.verdict import Verdict

MOST_SHOWN = 20
MOST_PHRASES = 10
_COLOURS = 6


@dataclass(frozen=True, slots=True)
class RejectPlace:
    """Where a row that could not be scored stood, and why; not what it held."""

    source: str
    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the page says beside the findings.

    ``classifier``: the one that scored; it explains messages. ``decisions``: by label and decision, ``verdicts``: by decision.
    ``rejects``: the first few; ``reject_reasons``: how many for each reason.
    """

    inputs: tuple[str, ...]
    classifier: Classifier
    rows: int
    rejected: int
    decisions: Mapping[str, Mapping[str, int]]
    verdicts: Mapping[str, int]
    reject_reasons: Mapping[str, int]
    rejects: tuple[RejectPlace, ...]
    when: datetime
    version: str


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """One of the strongest messages, explained."""

    found: StrongMessage
    verdict: Verdict
    excerpt: Excerpt


def contents(findings: Findings, facts: PageFacts) -> dict[str, Any]:
    """Values for the template, by name."""
    reasons = sorted(facts.reject_reasons.items(), key=lambda reason: (-reason[1], reason[0]))
    return {
        "facts": facts,
        "findings": findings,
        "labels": [label(name) for name in findings.labels],
        "colours": {name: f"c{place % _COLOURS}" for place, name in enumerate(findings.labels)},
        "widest": max((counts["flagged"] + counts["review"] for counts in facts.decisions.values()), default=0),
        "timeline": timeline(findings.days),
        "senders": findings.senders.top(MOST_SHOWN),
        "phrases": top_phrases(findings.sample, facts.classifier, MOST_PHRASES),
        "strongest": [_shown_message(found, facts.classifier) for found in findings.strongest.messages],
        "reasons": reasons[:MOST_SHOWN],
        "other_reasons": sum(count for _, count in reasons[MOST_SHOWN:]),
        "places": facts.rejects[:MOST_SHOWN],
        "rules": {name: _rules(label(name)) for name in findings.labels},
        "longest": LONGEST,
        "most_kept": KEEP,
        "longest_sampled": LONGEST_SAMPLED,
    }


def _shown_message(found: StrongMessage, classifier: Classifier) -> ShownMessage:
    verdict = classifier.classify(found.text)
    return ShownMessage(found, verdict, excerpt(found.text, (span for span in verdict.spans if span.label in found.labels)))


def _rules(broken: Label) -> list[tuple[str, str]]:
    """By source, its provisions in one line."""
    articles: dict[str, list[str]] = {}
    for rule in broken.rules:
        articles.setdefault(rule.source, []).append(rule.article)
    return [(source, ", ".join(found)) for source, found in articles.items()]
