"""The inputs of a job: found, looked at once before any work, and then read one after the other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from dunwatch.batch.columns import common_schema
from dunwatch.batch.jsonrows import keys_of
from dunwatch.batch.readers import STDIN, InputFile, ReadOptions, Source, file_system, is_url, open_source
from dunwatch.batch.rows import LINE


@dataclass(frozen=True, slots=True)
class Looked:
    """What is known of an input before it is read: its columns, and which of them holds the messages."""

    name: str
    schema: pa.Schema
    text: str
    passed_over: tuple[str, ...]
    is_guess: bool


class Inputs:
    """Inputs in order. A single one is opened once, so that it may be stdin; several are opened again to be read."""

    def __init__(self, files: Sequence[InputFile], options: ReadOptions) -> None:
        """Look at all inputs; raises an ``InputError`` if any of them cannot be read."""
        self.files = tuple(files)
        self._options = options
        self._open: dict[str, Source] = {}
        self.looked = tuple(self._look(file) for file in files)

    def _look(self, file: InputFile) -> Looked:
        source = open_source(file, self._options)
        looked = Looked(source.name, source.schema, source.text, getattr(source, "passed_over", ()), self._is_guess(file))
        if file.path == STDIN or len(self.files) == 1:
            self._open[file.path] = source
        else:
            source.close()
        return looked

    def _is_guess(self, file: InputFile) -> bool:
        return self._options.text is None and file.format not in ("text", "phone")

    def sources(self) -> Iterator[Source]:
        """All inputs, each open; whoever takes one closes it."""
        for file in self.files:
            yield self._open.pop(file.path) if file.path in self._open else open_source(file, self._options)

    def close(self) -> None:
        """Close what nobody took."""
        for source in self._open.values():
            source.close()

    def table_schema(self) -> pa.Schema:
        """The columns of all inputs as one table; those of JSONL are the keys of all lines, which a reading finds.

        Raises ``InputError`` where one column has two types.
        """
        schemas = []
        for file, looked in zip(self.files, self.looked, strict=True):
            lines = looked.schema.names == [LINE]
            schemas.append((looked.name, self._keys(file) if lines else looked.schema))
        return common_schema(schemas)

    def _keys(self, file: InputFile) -> pa.Schema:
        with closing(open_source(file, self._options)) as source:
            chunks = (source.parser(block) for block in source.blocks())
            names = keys_of(line for chunk in chunks for line in chunk.rows.column(LINE).to_pylist())
        return pa.schema([(name, pa.string()) for name in names])


def stdin_kept(files: Sequence[InputFile], stream: Any, path: Path) -> tuple[InputFile, ...]:
    """The files with stdin copied to ``path``, for what must be read twice."""
    with path.open("wb") as target:
        shutil.copyfileobj(stream, target)
    return tuple(InputFile(str(path), file.format) if file.path == STDIN else file for file in files)


def identity_of(file: InputFile) -> dict[str, Any]:
    """What tells whether a file is still the same: its name, size, and when it was written."""
    if file.path == STDIN:
        return {"path": STDIN}
    if is_url(file.path):
        system, inner = file_system(file.path)
        return {"path": file.path, "format": file.format, "state": str(system.ukey(inner))}
    state = Path(file.path).stat()
    return {"path": file.path, "format": file.format, "size": state.st_size, "changed": state.st_mtime_ns}
