"""A job of one part is done by this process: starting others would take longer than the work."""

from __future__ import annotations

from collections.abc import Iterator

from dunwatch.batch.engines.crew import Crew
from dunwatch.batch.parts.part import Part, PartReport
from dunwatch.batch.parts.score import PartSettings, score_part
from dunwatch.classifier import Classifier
from dunwatch.errors import DunwatchError


def run_here(part: Part, settings: PartSettings, classifier: Classifier) -> Iterator[PartReport]:
    """Do a part; if it fails for a reason nobody foresaw, a crew of one tries it row by row in the end."""
    try:
        yield score_part(part, settings, classifier)
    except DunwatchError:
        raise
    except Exception:
        yield from Crew(1, settings, classifier).run(iter([part]))
