"""Findings: what a report says of a dump beside its counts, found part by part, and the page that shows it."""

from dunwatch.batch.findings.columns import ReportColumns, pick_report_columns
from dunwatch.batch.findings.contents import PageFacts, RejectPlace
from dunwatch.batch.findings.findings import Findings
from dunwatch.batch.findings.page import write_page

__all__ = ["Findings", "PageFacts", "RejectPlace", "ReportColumns", "pick_report_columns", "write_page"]
