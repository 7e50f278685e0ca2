"""Subcommands that training adds to ``dunwatch``."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from dunwatch.classifier import load
from dunwatch.errors import CorpusError
from dunwatch.model import models_folder
from dunwatch_train.check import balance, problems
from dunwatch_train.corpus import DATA, read_corpus
from dunwatch_train.evaluate import Evaluation
from dunwatch_train.evaluate import evaluate as measure
from dunwatch_train.lexicon import read_lexicon
from dunwatch_train.publish import measure_on_holdout, next_version, publish
from dunwatch_train.settings import DEFAULT_SEED, Settings

Corpus = Annotated[Path, typer.Option(help="Folder of *.jsonl messages.")]
LexiconFolder = Annotated[Path, typer.Option(help="Folder of lexicon files.")]


def train(
    corpus: Corpus = DATA / "corpus",
    lexicon: LexiconFolder = DATA / "lexicon",
    models: Annotated[Path | None, typer.Option(help="Folder to publish in.", show_default=False)] = None,
    version: Annotated[str | None, typer.Option(help="Version to publish; the next of this month if not given.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of splits and solvers.")] = DEFAULT_SEED,
) -> None:
    """Train on the corpus, measure on held-out author batches, publish the model and put it into use."""
    settings = replace(Settings(), seed=seed)
    root = models or models_folder()
    messages = read_corpus(corpus)
    compiled = read_lexicon(lexicon)
    typer.echo(f"{len(messages):,} messages, {len(compiled.names)} lexicon classes; measuring on held-out batches", err=True)
    measured = measure_on_holdout(messages, compiled, settings)
    typer.echo("training on everything", err=True)
    named = version or next_version(root, f"{datetime.now(tz=UTC):%Y.%m}")
    manifest = publish(messages, compiled, settings, root, named, measured)
    _show(measured)
    typer.echo(f"published {root / manifest.version}, now in use")


def evaluate(
    messages: Annotated[
        Path | None, typer.Argument(help="Folder of *.jsonl messages no model has learned from.", show_default=False)
    ] = None,
    model: Annotated[str | None, typer.Option(help="Model version or folder; the one in use if not given.")] = None,
    corpus: Corpus = DATA / "corpus",
    lexicon: LexiconFolder = DATA / "lexicon",
) -> None:
    """Measure a published model on other messages; without a folder, the way it is made on held-out author batches."""
    if messages is None:
        measured = measure_on_holdout(read_corpus(corpus), read_lexicon(lexicon), Settings())
        typer.echo(f"trained without a fifth of the author batches, measured on their {measured.messages:,} messages")
    else:
        classifier = load(model)
        unseen = read_corpus(messages)
        scores = classifier.score([message.text for message in unseen])
        measured = measure(unseen, scores, classifier.cut_offs, DEFAULT_SEED)
        typer.echo(f"model {classifier.version} on {measured.messages:,} messages")
    _show(measured)


def _show(measured: Evaluation) -> None:
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
    test: Annotated[Path, typer.Option(help="Folder of the test part, if there is one.")] = DATA / "test",
) -> None:
    """Check the corpus: schema, ids, texts, near-duplicates, personal data, balance. Status 1 if anything is wrong."""
    messages = read_corpus(corpus)
    for title, counts in balance(messages).items():
        typer.echo(f"{title}: " + ", ".join(f"{name} {count}" for name, count in counts.most_common()))
    found = list(problems(messages, read_corpus(test) if test.is_dir() else ()))
    for problem in found:
        typer.echo(problem, err=True)
    if found:
        raise CorpusError(f"{corpus}: {len(found)} problems, see above")
    typer.echo(f"{len(messages):,} messages, no problems")
