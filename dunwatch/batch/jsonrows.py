"""JSON objects as rows, and rows as JSON objects, without touching what was there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa

from dunwatch.batch.rows import LINE
from dunwatch.text import arrow_strings

_DECODER = json.JSONDecoder()
_SPACE = " \t\n\r"


def raw_members(line: str) -> Iterator[tuple[str, str]]:
    """Keys and values of a JSON object, values as they are written. The line must hold one valid object."""
    at = _skip(line, line.index("{") + 1)
    while line[at] != "}":
        key, at = _DECODER.raw_decode(line, at)
        start = _skip(line, line.index(":", at) + 1)
        _, at = _DECODER.raw_decode(line, start)
        yield key, line[start:at]
        at = _skip(line, at)
        if line[at] == ",":
            at = _skip(line, at + 1)


def _skip(line: str, at: int) -> int:
    while line[at] in _SPACE:
        at += 1
    return at


def extended_line(line: str, added: str, taken: frozenset[str]) -> str:
    """A JSON object with the members ``added``; of its own, those whose keys are ``taken`` become ``input_…``."""
    if not any(f'"{name}"' in line for name in taken):
        inside = line.rstrip()[:-1].rstrip()
        return f"{inside}{'' if inside.endswith('{') else ', '}{added}}}"
    members = [(f"input_{key}" if key in taken else key, value) for key, value in raw_members(line)]
    return "{" + "".join(f"{json.dumps(key, ensure_ascii=False)}: {value}, " for key, value in members) + added + "}"


def keys_of(lines: Iterable[str]) -> list[str]:
    """All keys of JSON objects, in the order in which they first appear."""
    found: dict[str, None] = {}
    for line in lines:
        found.update(dict.fromkeys(json.loads(line)))
    return list(found)


def flattened(rows: pa.RecordBatch, columns: Sequence[str]) -> pa.RecordBatch:
    """Lines as a table of strings: texts as they are, other values as JSON, null where a key is missing."""
    objects = [dict(raw_members(line)) for line in rows.column(LINE).to_pylist()]
    arrays = [arrow_strings([_cell(row.get(name)) for row in objects]) for name in columns]
    return pa.RecordBatch.from_arrays(arrays, names=list(columns))


def _cell(raw: str | None) -> str | None:
    if raw is None or raw == "null":
        return None
    if raw.startswith('"'):
        text: str = json.loads(raw)
        return text.encode("utf-8", "ignore").decode()
    return raw


def row_lines(rows: pa.RecordBatch) -> list[str]:
    """Table rows as JSON objects; values that JSON does not know are written as text."""
    return [json.dumps(row, ensure_ascii=False, default=str) for row in rows.to_pylist()]
