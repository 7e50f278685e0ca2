"""Which files an argument means: a file, a folder, a pattern, a URL, stdin; and the format of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path, PurePosixPath

from dunwatch.batch.readers.source import STDIN
from dunwatch.batch.readers.streams import PACKED, file_system, is_url
from dunwatch.errors import UnknownFormat, UnreadableInput

FORMATS: tuple[str, ...] = ("csv", "tsv", "jsonl", "parquet", "xlsx", "phone", "text")
"""``phone``: the XML of the Android app “SMS Backup & Restore”."""

_BY_SUFFIX = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".xlsx": "xlsx",
    ".xml": "phone",
    ".txt": "text",
    ".text": "text",
}


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read, and how."""

    path: str
    format: str


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """What the arguments mean, in order; and what lies in their folders but no reader knows."""

    files: tuple[InputFile, ...]
    passed_over: tuple[str, ...]


def find_files(arguments: Iterable[str], named_format: str | None = None) -> FoundFiles:
    """The files that arguments mean; those of folders (all levels) and patterns sorted by name.

    Raises ``UnreadableInput`` where there is nothing, ``UnknownFormat`` where a file's name does not tell its format.
    """
    files: list[InputFile] = []
    passed_over: list[str] = []
    for argument in arguments:
        within = _within(argument)
        for path in [argument] if within is None else within:
            try:
                files.append(InputFile(path, format_of(path, named_format)))
            except UnknownFormat:
                if within is None or named_format is not None:
                    raise
                passed_over.append(path)
    if not files:
        raise UnreadableInput(f"{', '.join(arguments)}: no file of a known format here; {_formats_hint()}")
    return FoundFiles(tuple(files), tuple(passed_over))


def _within(argument: str) -> list[str] | None:
    """The files of a folder or pattern; None for a plain file."""
    if argument == STDIN:
        return None
    if is_url(argument):
        return _within_url(argument)
    if Path(argument).is_dir():
        found = [path for path in sorted(Path(argument).rglob("*")) if path.is_file() and not _is_hidden(path, argument)]
        return [str(path) for path in found]
    if has_magic(argument) and not Path(argument).exists():
        # Path.glob takes no absolute patterns.
        if matching := sorted(path for path in glob(argument, recursive=True) if Path(path).is_file()):  # noqa: PTH207
            return matching
        raise UnreadableInput(f"{argument}: no file matches")
    return None


def _within_url(url: str) -> list[str] | None:
    system, inner = file_system(url)
    if has_magic(inner):
        found = [path for path in system.glob(inner) if not system.isdir(path)]
    elif system.isdir(inner):
        found = [path for path in system.find(inner) if not PurePosixPath(path).name.startswith((".", "_"))]
    else:
        return None
    return [system.unstrip_protocol(path) for path in sorted(found)]


def _is_hidden(path: Path, folder: str) -> bool:
    """Files such as ``.DS_Store`` and ``_SUCCESS``, and all in folders of such names."""
    return any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)


def format_of(path: str, named: str | None = None) -> str:
    """The format of a path: the one named, else by its suffix (before ``.gz`` or ``.zst``); stdin is plain text unless named.

    Raises ``UnknownFormat``.
    """
    if named is not None:
        if named not in FORMATS:
            raise UnknownFormat(f"format {named!r} is unknown; there are: {', '.join(FORMATS)}")
        return named
    if path == STDIN:
        return "text"
    suffixes = [suffix.lower() for suffix in PurePosixPath(path).suffixes]
    if suffixes and suffixes[-1] in PACKED:
        suffixes.pop()
    found = _BY_SUFFIX.get(suffixes[-1]) if suffixes else None
    if found is None:
        raise UnknownFormat(f"{path}: cannot tell the format by the name; {_formats_hint()}")
    return found


def _formats_hint() -> str:
    return f"add --format {'|'.join(FORMATS)}"
