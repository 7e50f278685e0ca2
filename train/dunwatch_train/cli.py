"""Subcommands that training adds to ``dunwatch``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from dunwatch.classifier import Classifier, load
from dunwatch.errors import CorpusError
from dunwatch.model import DEFAULT_OPERATING_POINT, add_to_model, models_folder
from dunwatch.model.artefact import CARD
from dunwatch_train.card import full_card
from dunwatch_train.corpus import DATA, Message, read_corpus
from dunwatch_train.corpus.check import balance, problems, read_rules
from dunwatch_train.corpus.second import agreement
from dunwatch_train.corpus.telling import shares_without
from dunwatch_train.lexicon import read_lexicon, read_meanings
from dunwatch_train.publish import TEST_PART, measure_on_holdout, next_version, publish, train_model
from dunwatch_train.rationales import read_rationales
from dunwatch_train.report import Measured, measure_model, report_files
from dunwatch_train.report.page import REPORT
from dunwatch_train.report.terminal import show, show_more
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
    publish(trained, messages, compiled, settings, measured, root / named, read_meanings(lexicon))
    if unseen:
        write_report(_measured(load(root / named), unseen, messages, TEST_PART), None)
    show(measured)
    typer.echo(f"published {root / named}, now in use")


def _test_part(folder: Path) -> Sequence[Message]:
    return read_corpus(folder) if folder.is_dir() else ()


def evaluate(
    messages: Annotated[Path, typer.Argument(help="Folder of *.jsonl messages no model has learned from.")] = DATA / "test",
    model: Annotated[str | None, typer.Option(help="Model version or folder; the one in use if not given.")] = None,
    operating_point: Annotated[str, typer.Option(help="Which cut-offs to measure.")] = DEFAULT_OPERATING_POINT,
    corpus: Corpus = DATA / "corpus",
    report: Annotated[Path | None, typer.Option(help="Folder to write report.html and metrics.json to.")] = None,
) -> None:
    """Measure a published model on messages it has not learned from, and print the figures.

    Measured on the test part at its default operating point, the model's folder gets a new report, metrics and card.
    """
    classifier = load(model, operating_point=operating_point)
    usual = messages == DATA / "test" and operating_point == DEFAULT_OPERATING_POINT
    measured = _measured(
        classifier, read_corpus(messages), read_corpus(corpus), TEST_PART if messages == DATA / "test" else str(messages)
    )
    typer.echo(f"model {classifier.version}, {operating_point}")
    show(measured.evaluation)
    show_more(measured)
    if report or usual:
        typer.echo(f"written: {write_report(measured, report)}")


def _measured(classifier: Classifier, unseen: Sequence[Message], known: Sequence[Message], source: str) -> Measured:
    rationales = read_rationales(DATA / "rationales.jsonl")
    return measure_model(classifier, unseen, known, rationales, DEFAULT_SEED, source)


def write_report(measured: Measured, folder: Path | None) -> Path:
    """Write the report to a folder, or into that of the model, with a new card; says where."""
    files = report_files(measured, DATA / "plots" / "learning_curve.csv")
    if folder is None:
        add_to_model(measured.classifier.model.path, {**files, CARD: full_card(measured).encode()})
        return measured.classifier.model.path / REPORT
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder / REPORT


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
