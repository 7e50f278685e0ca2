"""The report of a whole run, from the reports of its parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from dunwatch.batch.findings.columns import ReportColumns
from dunwatch.batch.findings.contents import PageFacts, RejectPlace
from dunwatch.batch.findings.findings import Findings
from dunwatch.batch.findings.page import write_page
from dunwatch.batch.parts.part import PartReport, rejects_file
from dunwatch.batch.parts.workfolder import WorkFolder
from dunwatch.batch.rejects import read_reject_lines
from dunwatch.batch.summary import Summary
from dunwatch.classifier import Classifier

_REJECTS_SHOWN = 20


def write_report(
    path: str,
    inputs: Sequence[str],
    classifier: Classifier,
    summary: Summary,
    reports: Iterable[PartReport],
    folder: WorkFolder,
) -> None:
    """Write the page on a run; ``reports`` are those of its parts, in order. Raises ``OutputError`` if it cannot be written."""
    from dunwatch import __version__

    findings: Findings | None = None
    reasons: Counter[str] = Counter()
    places: list[RejectPlace] = []
    for report in reports:
        assert report.findings is not None
        found = Findings.from_json(report.findings)
        findings = _merged(findings, found)
        if report.summary.rejected:
            rejects = read_reject_lines(folder.read(rejects_file(report.number)))
            reasons.update(reject.reason for reject in rejects)
            shown = rejects[: _REJECTS_SHOWN - len(places)]
            places += [RejectPlace(reject.source, reject.row, reject.reason) for reject in shown]
    facts = PageFacts(
        inputs=tuple(inputs),
        classifier=classifier,
        rows=summary.rows,
        rejected=summary.rejected,
        decisions=summary.decisions,
        verdicts=summary.verdicts,
        reject_reasons=dict(reasons),
        rejects=tuple(places),
        when=datetime.now().astimezone(),
        version=__version__,
    )
    write_page(findings or Findings(classifier.labels, ReportColumns(None, None)), facts=facts, path=path)


def _merged(findings: Findings | None, more: Findings) -> Findings:
    if findings is None:
        return more
    findings.merge(more)
    return findings
