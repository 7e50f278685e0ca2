"""``dunwatch corpus-check``: what makes a corpus unfit to learn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dunwatch_train.corpus.message import DATA, Message
from dunwatch_train.corpus.near import near_duplicates
from dunwatch_train.corpus.personal import firm_pattern, personal_data, read_firms
from dunwatch_train.corpus.second import SecondLabel, read_second_labels, second_label_problems
from dunwatch_train.corpus.targets import Targets, read_targets, read_ways, shortfalls

NEAR_WITHIN, NEAR_ACROSS = 0.6, 0.5
_SHORTEST_NEAR = 8


@dataclass(frozen=True, slots=True)
class Rules:
    """What a corpus is checked against: least counts, ``ways`` with their meanings, names of real ``firms``, second labels."""

    targets: Targets
    ways: dict[str, str]
    firms: tuple[str, ...]
    second: tuple[SecondLabel, ...]


def read_rules(folder: Path = DATA) -> Rules:
    """The rules of a data folder: ``targets.toml``, ``ways.tsv``, ``firms.txt`` and ``second_labels.tsv``."""
    return Rules(
        targets=read_targets(folder / "targets.toml"),
        ways=read_ways(folder / "ways.tsv"),
        firms=tuple(read_firms(folder / "firms.txt")),
        second=tuple(read_second_labels(folder / "second_labels.tsv")),
    )


def problems(messages: Sequence[Message], test: Sequence[Message], rules: Rules) -> Iterator[str]:
    """Everything wrong with a corpus, one line each, naming messages by id."""
    yield from unfit(messages, test, rules.firms)
    yield from shortfalls(messages, rules.targets, rules.ways)
    if len(test) < rules.targets.test:
        yield f"test part: {len(test):,} messages, {rules.targets.test:,} needed"
    yield from second_label_problems([*messages, *test], rules.second, rules.targets.second_labels)


def unfit(messages: Sequence[Message], test: Sequence[Message], firms: Sequence[str]) -> Iterator[str]:
    """Messages that must not stand in a corpus of any size: repeated, nearly the same, or about real people and firms."""
    everything = [*messages, *test]
    yield from _repeated("id", [message.id for message in everything])
    yield from _repeated("text", [message.text for message in everything])
    real = firm_pattern(firms)
    for message in everything:
        if personal := personal_data(message.text):
            yield f"{message.id}: holds {personal}"
        if found := real.search(message.text):
            yield f"{message.id}: names a real firm, {found.group()}"
    yield from _near(messages, NEAR_WITHIN)
    yield from _near(test, NEAR_WITHIN)
    if test:
        yield from _near(everything, NEAR_ACROSS, known=len(messages))


def _repeated(field: str, values: Sequence[str]) -> Iterator[str]:
    for value, count in Counter(values).items():
        if count > 1:
            yield f"{field} stands {count} times: {value[:40]!r}"


def _near(messages: Sequence[Message], least: float, known: int = 0) -> Iterator[str]:
    for i, j, index in near_duplicates([message.text for message in messages], least, known):
        if min(len(messages[i].text), len(messages[j].text)) >= _SHORTEST_NEAR:
            yield f"{messages[i].id} and {messages[j].id} are nearly the same ({index:.2f})"


def balance(messages: Sequence[Message]) -> dict[str, Counter[str]]:
    """Counts by label, label set, scene, language, disguise and author batch."""
    return {
        "label": Counter(name for message in messages for name in message.labels or ("clean",)),
        "label set": Counter(" + ".join(message.labels) or "clean" for message in messages),
        "scene": Counter(message.scene for message in messages),
        "language": Counter(message.lang for message in messages),
        "disguise": Counter(name for message in messages for name in message.disguise),
        "author batch": Counter(message.author_batch for message in messages),
    }
