"""The lexicon files: ``class ⇥ entry``, one file for each group of classes, and ``classes.tsv`` with their meanings."""

from __future__ import annotations

from pathlib import Path

from dunwatch.errors import CorpusError
from dunwatch.features import Lexicon, compile_lexicon
from dunwatch.text import plain_text

MEANINGS = "classes.tsv"


def read_lexicon(folder: Path) -> Lexicon:
    """The compiled lexicon of a folder. Raises ``CorpusError`` naming file and line."""
    return compile_lexicon(read_entries(folder))


def read_entries(folder: Path) -> list[tuple[str, str]]:
    """All (class, entry) pairs, in the order of file names and lines; each plain form stands once."""
    known = set(read_meanings(folder))
    seen: dict[str, str] = {}
    rows: list[tuple[str, str]] = []
    for path in sorted(folder.glob("*.tsv")):
        if path.name == MEANINGS:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            place = f"{path.name}:{number}"
            name, _, entry = line.partition("\t")
            plain = plain_text(entry).text
            if name not in known:
                raise CorpusError(f"{place}: class {name!r} is not in {MEANINGS}")
            if len(plain) < 2:
                raise CorpusError(f"{place}: an entry has two characters at least")
            if plain in seen:
                raise CorpusError(f"{place}: {entry!r} stands already under {seen[plain]}")
            seen[plain] = name
            rows.append((name, entry))
    return rows


def read_meanings(folder: Path) -> dict[str, str]:
    """What each class means, in one line."""
    lines = (folder / MEANINGS).read_text(encoding="utf-8").splitlines()
    return {name: meaning for name, _, meaning in (line.partition("\t") for line in lines)}
