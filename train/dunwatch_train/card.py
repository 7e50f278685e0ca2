"""The model card, written from what was measured."""

from __future__ import annotations

from dunwatch.labels import label
from dunwatch.model import Manifest
from dunwatch_train.evaluation import Evaluation, LabelFigures
from dunwatch_train.evaluation.attack import STRENGTHS
from dunwatch_train.rationales import Match
from dunwatch_train.report import Measured

_TEXT = """# dunwatch model {version}

Tells abusive debt-collection messages, in Chinese and English, from honest ones: five labels, each with a calibrated score
(0–1) and two cut-offs. One linear model per label over hashed n-grams of characters, words, syllables and lexicon classes;
every score is a sum of {features:,} weights at most, so every explanation is exact.

- **For**: sorting messages for people who read them: borrowers and their lawyers, compliance teams, supervisors.
- **Not for**: deciding anything about a person without somebody reading the message; languages other than Chinese and
  English; speech outside debt collection.
- **Learned from**: {messages:,} synthetic messages (see `data/README.md`), sha256 `{digest}`.
- **Known limits**: the messages were written for this project, not collected; rare dialects and new tricks are thin.

## Measured

Macro-F1 {macro_f1}, macro average precision {macro_ap}, on {unseen:,} messages: {source}.
Intervals are 95 % bootstrap intervals over messages; the calibration error is the expected one
over ten bins (resampling adds noise to it, so its interval lies somewhat high).

| label | positives | F1 | precision | recall | flagged or review | average precision | calibration error |
| --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

False alarms, clean messages with any flag:

| scene | messages | flagged |
| --- | --- | --- |
{alarms}

## Cut-offs

| label | operating point | flagged from | review from |
| --- | --- | --- | --- |
{cut_offs}
"""

_MORE = """
## What to expect of a dump

By message, whatever the label. The clean messages of the test part are near misses on purpose.

| operating point | abusive flagged | clean flagged | precision if 1 % is abusive | if 10 % | if 50 % |
| --- | --- | --- | --- | --- | --- |
{priors}

## Disguise

Labels of messages that their writers disguised: {seen} flagged or under review. Words disguised by program, with substitutes
that training has not seen, points of recall (flagged or review) lost:

| disguise | {strengths} |
| --- | --- | --- | --- |
{attacks}

## Spans

{spans}

Plots, slices and the features that weigh most: `report.html`; all figures: `metrics.json`.
"""


def _row(name: str, figures: LabelFigures) -> str:
    measured = (
        figures.f1,
        figures.precision,
        figures.recall,
        figures.review_recall,
        figures.average_precision,
        figures.calibration_error,
    )
    return f"| {name} | {figures.positives} | " + " | ".join(map(str, measured)) + " |"


def model_card(manifest: Manifest, measured: Evaluation, features: int) -> str:
    """The text of ``MODEL_CARD.md``."""
    rows = [_row(label(name).name_en, figures) for name, figures in measured.labels.items()]
    alarms = [f"| {scene} | {total} | {wrong} ({wrong / total:.1%}) |" for scene, (total, wrong) in measured.false_alarms.items()]
    cut_offs = [
        f"| {label(row.id).name_en} | {name} | {point.flagged:.3f} | {point.review:.3f} |"
        for row in manifest.labels
        for name, point in row.cut_offs.items()
    ]
    return _TEXT.format(
        version=manifest.version,
        features=features,
        messages=manifest.corpus["messages"],
        digest=manifest.corpus["sha256"],
        macro_f1=measured.macro_f1,
        macro_ap=measured.macro_average_precision,
        unseen=measured.messages,
        source=measured.source,
        rows="\n".join(rows),
        alarms="\n".join(alarms),
        cut_offs="\n".join(cut_offs),
    )


def full_card(measured: Measured) -> str:
    """The card of a published model, with all that its report measured."""
    manifest = measured.classifier.model.manifest
    priors = [
        f"| {point} | {shift.recall} | {shift.false_alarms} | " + " | ".join(f"{p:.1%}" for p in shift.precision.values()) + " |"
        for point, shift in measured.priors.items()
    ]
    attacks = [
        f"| {name} | " + " | ".join(f"{cell.lost:.1f}" for cell in row.values()) + " |" for name, row in measured.attacks.items()
    ]
    return model_card(manifest, measured.evaluation, measured.feature_count) + _MORE.format(
        priors="\n".join(priors),
        seen=measured.slices["disguise"]["disguised"].seen,
        strengths=" | ".join(STRENGTHS),
        attacks="\n".join(attacks),
        spans=_spans(measured.spans),
    )


def _spans(spans: Match | None) -> str:
    if spans is None:
        return "Not measured: no rationales are marked in these messages."
    return (
        f"Against {spans.rationales} rationales marked by readers, by token: precision {spans.precision}, recall {spans.recall}, "
        f"F1 {spans.f1}; the strongest span lies inside a marked stretch in {spans.top_inside}."
    )
