"""The report of a model: everything measured on unseen messages, as a page (``report.html``) and as ``metrics.json``."""

from dunwatch_train.report.measured import Measured, measure_model
from dunwatch_train.report.page import report_files

__all__ = ["Measured", "measure_model", "report_files"]
