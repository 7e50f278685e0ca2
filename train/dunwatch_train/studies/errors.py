"""Where a model errs on author batches it has not read (``make errors``): misses by way of doing, false alarms by scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import typer

from dunwatch.features import Lexicon
from dunwatch.labels import LABEL_IDS
from dunwatch.model import DEFAULT_OPERATING_POINT
from dunwatch_train.corpus import DATA, Message, read_corpus
from dunwatch_train.evaluation.decisions import Decided, decide_all
from dunwatch_train.evaluation.labels import false_alarms as count_false_alarms
from dunwatch_train.lexicon import read_lexicon
from dunwatch_train.publish import train_model
from dunwatch_train.settings import Settings


@dataclass(frozen=True, slots=True)
class Errors:
    """``wrong`` of ``messages``: not flagged, of those done in one way; or with a flag, of the clean ones of one scene."""

    name: str
    messages: int
    wrong: int

    @property
    def share(self) -> float:
        """Of the messages, those that are wrong."""
        return self.wrong / self.messages


def out_of_fold_decisions(messages: Sequence[Message], lexicon: Lexicon, settings: Settings) -> Decided:
    """Decisions on each message by a model that has read nothing of its author batch, at the default operating point."""
    trained = train_model(messages, lexicon, settings)
    cut_offs = {name: points[DEFAULT_OPERATING_POINT] for name, points in trained.cut_offs.items()}
    return decide_all(messages, trained.fitted.held_out, cut_offs)


def missed_ways(messages: Sequence[Message], decided: Decided) -> list[Errors]:
    """By way of doing, most missed first."""
    found: dict[str, tuple[int, int]] = {}
    for message, flagged in zip(messages, decided.flagged, strict=True):
        for way in message.ways:
            total, missed = found.get(way, (0, 0))
            found[way] = (total + 1, missed + int(not flagged[LABEL_IDS.index(way.partition(".")[0])]))
    return _sorted(found)


def false_alarms(messages: Sequence[Message], decided: Decided) -> list[Errors]:
    """By scene of the clean messages, most flagged first."""
    return _sorted(count_false_alarms(messages, decided.flagged))


def _sorted(found: Mapping[str, tuple[int, int]]) -> list[Errors]:
    errors = (Errors(name, messages, wrong) for name, (messages, wrong) in found.items())
    return sorted(errors, key=lambda row: (-row.share, row.name))


def main() -> None:
    """Print both tables."""
    messages = read_corpus(DATA / "corpus")
    decided = out_of_fold_decisions(messages, read_lexicon(DATA / "lexicon"), Settings())
    for title, rows in (("not flagged", missed_ways(messages, decided)), ("clean but flagged", false_alarms(messages, decided))):
        typer.echo(title)
        for row in rows:
            typer.echo(f"  {row.name:40} {row.wrong:5,} of {row.messages:6,} ({row.share:.0%})")


if __name__ == "__main__":
    typer.run(main)
