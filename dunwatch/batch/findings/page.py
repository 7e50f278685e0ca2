"""The report: one page of HTML that needs nothing else, and does nothing."""

from __future__ import annotations

from dunwatch.batch.findings.contents import PageFacts, contents
from dunwatch.batch.findings.findings import Findings
from dunwatch.batch.findings.marks import shown
from dunwatch.batch.writers.assemble import written_whole


def write_page(findings: Findings, *, facts: PageFacts, path: str) -> None:
    """Write the page to a file or URL, whole or not at all; raises ``OutputError`` where it cannot be written.

    Explaining messages takes a second or two.
    """
    content = _page(findings, facts).encode("utf-8", "replace")
    with written_whole(path) as target:
        target.write(content)


def _page(findings: Findings, facts: PageFacts) -> str:
    # Late: it would slow every start.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("dunwatch.batch.findings", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"shown": shown, "shorter": _shorter, "number": lambda number: f"{number:,}", "percent": _percent}
    return environment.get_template("findings.html.j2").render(contents(findings, facts))


def _shorter(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"


def _percent(part: int, whole: int) -> str:
    return "–" if not whole else f"{100 * part / whole:.1f}\N{NO-BREAK SPACE}%"
