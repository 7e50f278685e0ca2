"""Scored rows as those who count them see them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dunwatch.batch.findings.columns import ReportColumns, senders_and_dates
from dunwatch.batch.findings.flags import Flags, flags_of
from dunwatch.text import numbers_in


@dataclass(frozen=True, slots=True)
class Scored:
    """Rows of ``source``. ``numbers``: where they stand in it; ``evidence``: their scores over all labels added up."""

    source: str
    numbers: pa.Array
    texts: pa.Array
    senders: pa.Array
    dates: pa.Array
    flags: Flags
    evidence: NDArray[np.float64]


def scored_rows(
    source: str,
    rows: pa.RecordBatch,
    added: pa.RecordBatch,
    texts: pa.Array,
    numbers: pa.Array,
    columns: ReportColumns,
    labels: tuple[str, ...],
) -> Scored:
    """Input columns and the columns that scoring added, as far as they are counted."""
    senders, dates = senders_and_dates(rows, columns)
    evidence = np.zeros(len(added))
    for label in labels:
        evidence += numbers_in(added.column(f"{label}_score"))
    return Scored(source, numbers, texts, senders, dates, flags_of(added, labels), evidence)
