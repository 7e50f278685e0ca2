"""Verdicts: decisions, spans, reasons and rules from scores."""

from dunwatch.verdict.columns import added_columns, result_columns
from dunwatch.verdict.evidence import message_evidence
from dunwatch.verdict.reasons import reason_of
from dunwatch.verdict.spans import clauses_of, spans_of
from dunwatch.verdict.verdict import DECISIONS, Decision, Span, Verdict, decide, rules_of, strongest

__all__ = [
    "DECISIONS",
    "Decision",
    "Span",
    "Verdict",
    "added_columns",
    "clauses_of",
    "decide",
    "message_evidence",
    "reason_of",
    "result_columns",
    "rules_of",
    "spans_of",
    "strongest",
]
