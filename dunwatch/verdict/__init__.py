"""Verdicts: decisions, spans and rules from scores."""

from dunwatch.verdict.columns import added_columns, result_columns
from dunwatch.verdict.spans import message_evidence, spans_of
from dunwatch.verdict.verdict import DECISIONS, Decision, Span, Verdict, decide, rules_of, strongest

__all__ = [
    "DECISIONS",
    "Decision",
    "Span",
    "Verdict",
    "added_columns",
    "decide",
    "message_evidence",
    "result_columns",
    "rules_of",
    "spans_of",
    "strongest",
]
