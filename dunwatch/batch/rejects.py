"""The rejects file: rows that could not be scored, with where they stood and why."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from dunwatch.batch.rows import Reject
from dunwatch.batch.writers.encode import STDOUT


def rejects_path(output: str, named: str | None) -> str:
    """Beside the output, ``NAME.rejects.jsonl``, unless named; for stdout in the working folder."""
    return named or ("dunwatch.rejects.jsonl" if output == STDOUT else f"{output}.rejects.jsonl")


def reject_lines(rejects: Iterable[Reject]) -> bytes:
    """JSONL with ``source``, ``row``, ``reason`` and ``content``."""
    lines = (json.dumps(asdict(reject), ensure_ascii=False) + "\n" for reject in rejects)
    return "".join(lines).encode("utf-8", "replace")


def read_reject_lines(content: bytes) -> tuple[Reject, ...]:
    """What ``reject_lines`` wrote."""
    return tuple(Reject(**json.loads(line)) for line in content.splitlines())
