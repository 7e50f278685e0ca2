"""The rejects file: rows that could not be scored, with where they stood and why."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import IO

from dunwatch.batch.rows import Reject
from dunwatch.batch.writers import STDOUT
from dunwatch.errors import InputError


def rejects_path(output: str, named: str | None) -> Path:
    """Beside the output, ``NAME.rejects.jsonl``, unless named; for stdout in the working folder."""
    if named is not None:
        return Path(named)
    return Path("dunwatch.rejects.jsonl") if output == STDOUT else Path(f"{output}.rejects.jsonl")


class RejectsFile:
    """JSONL with ``source``, ``row``, ``reason`` and ``content``; there is none when nothing is rejected."""

    def __init__(self, path: Path) -> None:
        """Forget what an earlier run left at ``path``."""
        self.path = path
        self.count = 0
        self._stream: IO[str] | None = None
        path.unlink(missing_ok=True)

    def write(self, rejects: tuple[Reject, ...]) -> None:
        """Add rows."""
        if not rejects:
            return
        try:
            self._stream = self._stream or self.path.open("w", encoding="utf-8", errors="replace")
        except OSError as error:
            raise InputError(f"{self.path}: cannot be written: {error.strerror}; choose another --rejects") from None
        self._stream.writelines(json.dumps(asdict(reject), ensure_ascii=False) + "\n" for reject in rejects)
        self.count += len(rejects)

    def close(self) -> None:
        """End the file."""
        if self._stream:
            self._stream.close()
