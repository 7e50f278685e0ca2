"""Tables and marked messages on a terminal. rich is imported late: it would slow every start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwatch.batch import Summary
from dunwatch.classifier import Classifier
from dunwatch.labels import label
from dunwatch.verdict import Verdict

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

COLOURS = {
    "threat": "bold white on red",
    "insult": "bold black on yellow",
    "third_party_disclosure": "bold white on blue",
    "satellite_positioning": "bold black on cyan",
    "false_authority": "bold white on magenta",
}
_OTHER_COLOUR = "bold reverse"


def print_summary(summary: Summary, classifier: Classifier, output: str, rejects: str, report: str | None = None) -> None:
    """What a run found, on stderr: counts per label, the strongest messages, where the output lies."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(stderr=True)
    table = Table(title=f"{summary.rows:,} messages, model {classifier.version}", title_justify="left")
    for heading in ("label", "flagged", "review", "clear"):
        table.add_column(heading, justify="left" if heading == "label" else "right")
    for name, counts in [*summary.decisions.items(), ("any", summary.verdicts)]:
        title = name if name == "any" else f"{name} {label(name).name_zh}"
        table.add_row(title, *(f"{counts[decision]:,}" for decision in ("flagged", "review", "clear")))
    console.print(table)
    several = len({strong.source for strong in summary.strongest}) > 1
    for strong in summary.strongest:
        verdict = classifier.classify(strong.text)
        place = f"{escape(strong.source)}, row {strong.row:,}" if several else f"row {strong.row:,}"
        console.print(f"[bold]{place}[/bold] {', '.join(verdict.labels)}", highlight=False)
        console.print(marked(strong.text, verdict))
        for span in verdict.spans:
            if span.label in verdict.labels and span.weight > 0:
                console.print(f"   {span.label}: “{span.text}”", style="dim", highlight=False, markup=False, soft_wrap=True)
    if output != "-":
        console.print(f"written to {output}", highlight=False, soft_wrap=True)
    if report:
        console.print(f"report in {report}", highlight=False, markup=False, soft_wrap=True)
    if summary.rejected:
        console.print(f"{summary.rejected:,} rows rejected, see {rejects}", highlight=False, soft_wrap=True)


def marked(text: str, verdict: Verdict) -> Text:
    """A message with the spans that speak for a label in its colour; lone surrogates are shown as replacement characters."""
    from rich.text import Text

    shown = Text("".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text))
    for span in reversed([span for span in verdict.spans if span.weight > 0]):
        shown.stylize(COLOURS.get(span.label, _OTHER_COLOUR), span.start, span.end)
    return shown


def print_verdict(text: str, verdict: Verdict, console: Console) -> None:
    """A message with marks, then a line for each label that is not clear, with its spans and rules."""
    console.print(marked(text, verdict))
    console.print(f"verdict: [bold]{verdict.decision}[/bold] (model {verdict.model})", highlight=False)
    for name, decision in verdict.decisions.items():
        if decision == "clear":
            continue
        named = label(name)
        console.print(
            f"[{COLOURS.get(name, _OTHER_COLOUR)}] {name} [/] {named.name_zh}: {decision}, score {verdict.scores[name]:.2f}",
            highlight=False,
        )
        console.print(f"   {verdict.reasons[name]}", highlight=False, markup=False)
        for span in (span for span in verdict.spans if span.label == name):
            console.print(f"   “{span.text}” [{span.start}:{span.end}] {span.weight:+.0%}", highlight=False, markup=False)
        if decision == "flagged":
            for rule in named.rules:
                console.print(f"   {rule}: {rule.reason}", highlight=False, markup=False)
    if verdict.disguises:
        console.print(f"disguises undone: {', '.join(verdict.disguises)}", highlight=False)
