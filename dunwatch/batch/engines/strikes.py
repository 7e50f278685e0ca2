"""What to do with a part whose worker died of it."""

from __future__ import annotations

from collections import Counter

from dunwatch.batch.parts.part import Part, trail_file
from dunwatch.batch.parts.workfolder import WorkFolder
from dunwatch.errors import DunwatchError

STRIKES = 3


class Strikes:
    """Counts deaths by part: it is tried so often, then row by row, and rows found to kill are left out.

    A worker may die of something else (of a full memory, by somebody's hand), so one death does not condemn a row's part.
    """

    def __init__(self, folder: WorkFolder) -> None:
        """``folder`` is where careful workers leave their trails."""
        self._folder = folder
        self._deaths: Counter[int] = Counter()

    def another_try(self, part: Part) -> Part:
        """The part as it shall be tried next. Raises ``DunwatchError`` if no row of it is to blame."""
        self._deaths[part.number] += 1
        if not part.careful:
            return part if self._deaths[part.number] < STRIKES else part.carefully()
        row = self._row_at_fault(part)
        self._folder.delete(trail_file(part.number))
        return part.carefully(row)

    def _row_at_fault(self, part: Part) -> int:
        try:
            return int(self._folder.read(trail_file(part.number)))
        except (FileNotFoundError, ValueError):
            raise DunwatchError(
                f"{part.source}: part {part.number} kills every worker, and no row of it is to blame; "
                "is there enough memory? Run again with --resume and fewer --workers"
            ) from None
