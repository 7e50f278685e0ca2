"""What the corpus must hold at least (``data/targets.toml``), and where it falls short."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from dunwatch.errors import CorpusError
from dunwatch.labels import LABEL_IDS
from dunwatch_train.corpus.message import Message
from dunwatch_train.corpus.telling import shares_without


@dataclass(frozen=True, slots=True)
class Targets:
    """Least counts and shares; ``data/targets.toml`` says what each one is."""

    messages: int
    batch_size: tuple[int, int]
    disguised: int
    disguised_clean: int
    long_from: int
    long_abusive: int
    long_clean: int
    way: int
    without_telling_words: float
    pair: int
    alone: int
    test: int
    second_labels: float
    languages: Mapping[str, int]
    labels: Mapping[str, int]
    scenes: Mapping[str, int]


def read_targets(path: Path) -> Targets:
    """The targets in a file. Raises ``CorpusError`` for a missing or unknown one."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        return Targets(**{**values, "batch_size": tuple(values["batch_size"])})
    except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise CorpusError(f"{path.name}: {error}") from None


def read_ways(path: Path) -> dict[str, str]:
    """Meanings of all ways of doing an act, by ``label.way``."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    return {f"{label}.{way}": meaning for label, way, meaning in rows}


def shortfalls(messages: Sequence[Message], targets: Targets, ways: Mapping[str, str]) -> Iterator[str]:
    """Every target the corpus misses, one line each."""
    yield from _less("messages", len(messages), targets.messages)
    yield from _sizes(messages, targets.batch_size)
    yield from _label_counts(messages, targets)
    yield from _clean_counts(messages, targets)
    yield from _way_counts(messages, targets.way, ways)
    for lang, least in targets.languages.items():
        yield from _less(f"language {lang}", sum(message.lang == lang for message in messages), least)
    for label, (telling, share) in shares_without(messages).items():
        if share < targets.without_telling_words:
            yield f"{label}: only {share:.1%} of its messages do without {', '.join(telling)}"


def _less(what: str, count: int, least: int) -> Iterator[str]:
    if count < least:
        yield f"{what}: {count:,}, {least:,} needed"


def _sizes(messages: Sequence[Message], bounds: tuple[int, int]) -> Iterator[str]:
    low, high = bounds
    for batch, count in sorted(Counter(message.author_batch for message in messages).items()):
        if not low <= count <= high:
            yield f"author batch {batch}: {count} messages, {low} to {high} allowed"


def _label_counts(messages: Sequence[Message], targets: Targets) -> Iterator[str]:
    sets = Counter(message.labels for message in messages)
    for label, least in targets.labels.items():
        yield from _less(label, sum(count for names, count in sets.items() if label in names), least)
        yield from _less(f"{label} alone", sets[(label,)], targets.alone)
    for pair in combinations(LABEL_IDS, 2):
        together = sum(count for names, count in sets.items() if set(pair) <= set(names))
        yield from _less(" with ".join(pair), together, targets.pair)


def _clean_counts(messages: Sequence[Message], targets: Targets) -> Iterator[str]:
    scenes = Counter(message.scene for message in messages)
    for scene, least in targets.scenes.items():
        yield from _less(f"scene {scene}", scenes[scene], least)
    disguised = [message for message in messages if message.disguise]
    yield from _less("disguised messages", len(disguised), targets.disguised)
    yield from _less("disguised clean messages", sum(not message.labels for message in disguised), targets.disguised_clean)
    long = [message for message in messages if len(message.text) >= targets.long_from]
    yield from _less("long abusive messages", sum(bool(message.labels) for message in long), targets.long_abusive)
    yield from _less("long clean messages", sum(not message.labels for message in long), targets.long_clean)


def _way_counts(messages: Sequence[Message], least: int, ways: Mapping[str, str]) -> Iterator[str]:
    counts = Counter(way for message in messages for way in message.ways)
    for way in sorted(counts.keys() - ways.keys()):
        yield f"way {way} is not in ways.tsv"
    for way in ways:
        yield from _less(f"way {way}", counts[way], least)
