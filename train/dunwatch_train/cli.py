"""Subcommands that training adds to ``dunwatch``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from dunwatch.classifier import load
from dunwatch.errors import CorpusError
from dunwatch.model import DEFAULT_OPERATING_POINT, models_folder
from dunwatch_train.corpus import DATA, Message, read_corpus
from dunwatch_train.corpus.check import balance, problems, read_rules
from dunwatch_train.corpus.second import agreement
from dunwatch_train.corpus.telling import shares_without
from dunwatch_train.evaluate import Evaluation
from dunwatch_train.evaluate import evaluate as measure
from dunwatch_train.lexicon import read_lexicon
from dunwatch_train.publish import TEST_PART, measure_on_holdout, next_version, publish, train_model
from dunwatch_train.rationales import match, read_rationales
from dunwatch_train.settings import DEFAULT_SEED, Settings

Corpus = Annotated[Path, typer.Option(help="Folder of *.jsonl messages to learn from.")]
Test = Annotated[Path, typer.Option(help="Folder of *.jsonl messages to measure on, if there is one.")]
LexiconFolder = Annotated[Path, typer.Option(help="Folder of lexicon files.")]


def train(
    corpus: Corpus = DATA / "corpus",
    test: Test = DATA / "test",
    lexicon: LexiconFolder = DATA / "lexicon",
    models: Annotated[Path | None, typer.Option(help="Folder to publish in.", show_default=False)] = None,
    version: Annotated[str | None, typer.Option(help="Version to publish; the next of this month if not given.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of splits and solvers.")] = DEFAULT_SEED,
) -> None:
    """Train on the corpus, measure on the test part (without one: on author batches held out), publish, put into use."""
    settings = replace(Settings(), seed=seed)
    root = models or models_folder()
    messages, unseen, compiled = read_corpus(corpus), _test_part(test), read_lexicon(lexicon)
    typer.echo(f"training on {len(messages):,} messages and {len(compiled.names)} lexicon classes", err=True)
    trained = train_model(messages, compiled, settings)
    measured = trained.measure(compiled, unseen, seed, TEST_PART) if unseen else measure_on_holdout(messages, compiled, settings)
    named = version or next_version(root, f"{datetime.now(tz=UTC):%Y.%m}")
    publish(trained, messages, compiled, settings, measured, root / named)
    _show(measured)
    typer.echo(f"published {root / named}, now in use")


def _test_part(folder: Path) -> Sequence[Message]:
    return read_corpus(folder) if folder.is_dir() else ()


def evaluate(
    messages: Annotated[Path, typer.Argument(help="Folder of *.jsonl messages no model has learned from.")] = DATA / "test",
    model: Annotated[str | None, typer.Option(help="Model version or folder; the one in use if not given.")] = None,
    operating_point: Annotated[str, typer.Option(help="Which cut-offs to measure.")] = DEFAULT_OPERATING_POINT,
) -> None:
    """Measure a published model on messages it has not learned from; the test part if no others are given."""
    classifier = load(model, operating_point=operating_point)
    unseen = read_corpus(messages)
    scores = classifier.score([message.text for message in unseen])
    typer.echo(f"model {classifier.version}, {operating_point}")
    _show(measure(unseen, scores, classifier.cut_offs, DEFAULT_SEED, str(messages)))
    texts = {message.id: message.text for message in unseen}
    marked = [row for row in read_rationales(DATA / "rationales.jsonl") if row.id in texts]
    if marked:
        spans = match(classifier, marked, texts)
        typer.echo(
            f"spans of flagged labels against {spans.rationales} marked rationales: precision {spans.precision:.3f}, "
            f"recall {spans.recall:.3f}, F1 {spans.f1:.3f} by token; strongest span inside {spans.top_inside:.3f}"
        )


def _show(measured: Evaluation) -> None:
    typer.echo(f"on {measured.messages:,} messages: {measured.source}")
    typer.echo(f"macro-F1 {measured.macro_f1}, macro average precision {measured.macro_average_precision}")
    for name, figures in measured.labels.items():
        typer.echo(
            f"{name:24} F1 {figures.f1}  precision {figures.precision}  recall {figures.recall}  "
            f"flagged or review {figures.review_recall}  average precision {figures.average_precision}"
        )
    for scene, (total, wrong) in measured.false_alarms.items():
        typer.echo(f"{scene:24} {wrong} of {total} clean messages flagged")


def corpus_check(
    corpus: Corpus = DATA / "corpus",
    test: Test = DATA / "test",
    rules: Annotated[Path, typer.Option(help="Folder of targets.toml, ways.tsv, firms.txt, second_labels.tsv.")] = DATA,
) -> None:
    """Check the corpus: schema, repeats, near-duplicates, real people and firms, counts, second labels. Status 2 if wrong."""
    messages, unseen, wanted = read_corpus(corpus), _test_part(test), read_rules(rules)
    for title, counts in balance(messages).items():
        typer.echo(f"{title}: " + ", ".join(f"{name} {count}" for name, count in counts.most_common()))
    for name, (telling, share) in shares_without(messages).items():
        typer.echo(f"{name}: {share:.0%} of its messages hold none of {', '.join(telling)}")
    for name, figures in agreement(wanted.second).items():
        typer.echo(f"{name}: two readers agree with kappa {figures.kappa:.2f} on {len(wanted.second):,} messages")
    found = list(problems(messages, unseen, wanted))
    for problem in found:
        typer.echo(problem, err=True)
    if found:
        raise CorpusError(f"{corpus}: {len(found)} problems, see above")
    typer.echo(f"{len(messages):,} messages and {len(unseen):,} of the test part, no problems")
