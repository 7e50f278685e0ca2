"""The report of a model."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import dunwatch
from dunwatch.labels import LABEL_IDS, label
from dunwatch.model import add_to_model, verify_model
from dunwatch_train.card import full_card
from dunwatch_train.corpus import DATA, read_corpus
from dunwatch_train.rationales import read_rationales
from dunwatch_train.report import Measured, measure_model, report_files


@pytest.fixture(scope="module")
def measured(classifier: dunwatch.Classifier) -> Measured:
    """The model in use on every sixth message of the test part."""
    unseen, known = read_corpus(DATA / "test")[::6], read_corpus(DATA / "corpus")[::20]
    return measure_model(classifier, unseen, known, read_rationales(DATA / "rationales.jsonl"), 1, "some of the test part")


def test_the_page_needs_nothing_else(measured: Measured, tmp_path: Path) -> None:
    page = report_files(measured, DATA / "plots" / "learning_curve.csv")["report.html"].decode()
    assert page.count("<svg") == 7
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)
    assert not re.search(r"url\((?!#)", page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for name in LABEL_IDS:
        assert label(name).name_en in page


def test_a_page_without_a_learning_curve_leaves_it_out(measured: Measured, tmp_path: Path) -> None:
    assert b"Learning curve" not in report_files(measured, tmp_path / "none.csv")["report.html"]


def test_metrics_hold_every_headline_figure_with_its_interval(measured: Measured, tmp_path: Path) -> None:
    metrics = json.loads(report_files(measured, tmp_path / "none.csv")["metrics.json"])
    assert metrics["model"] == measured.classifier.version
    for figure in (metrics["macro_f1"], metrics["macro_average_precision"], metrics["labels"]["threat"]["calibration_error"]):
        assert figure["low"] <= figure["value"] <= figure["high"]
    assert set(metrics["prior_shift"]) == {"balanced", "careful", "wide"}
    assert all(set(row) == {"light", "middle", "heavy"} for row in metrics["attacks"].values())


def test_the_same_figures_give_the_same_bytes(measured: Measured, tmp_path: Path) -> None:
    curve = tmp_path / "curve.csv"
    curve.write_text("messages,macro_average_precision,lowest,highest\n100,0.4,0.3,0.5\n200,0.5,0.5,0.5\n")
    assert report_files(measured, curve) == report_files(measured, curve)


def test_text_of_messages_is_escaped(measured: Measured, tmp_path: Path) -> None:
    """Features may hold any character; none may become markup."""
    first, *others = measured.features
    wild = (replace(first[0][0], text="<script>alert(1)</script>"), *first[0]), first[1]
    changed = replace(measured, features=[(list(wild[0]), wild[1]), *others])
    assert b"<script" not in report_files(changed, tmp_path / "none.csv")["report.html"]


def test_the_card_says_what_the_report_measured(measured: Measured) -> None:
    card = full_card(measured)
    assert str(measured.evaluation.macro_f1) in card
    assert str(measured.priors["careful"].recall) in card
    assert all(f"| {name} |" in card for name in measured.attacks)


def test_a_model_gets_its_report_and_stays_whole(measured: Measured, tmp_path: Path) -> None:
    folder = tmp_path / measured.classifier.version
    shutil.copytree(measured.classifier.model.path, folder)
    before = verify_model(folder)
    add_to_model(folder, {"MODEL_CARD.md": b"new", "report.html": b"page"})
    assert verify_model(folder).files["weights.safetensors"] == before.files["weights.safetensors"]
    assert (folder / "MODEL_CARD.md").read_bytes() == b"new"
    assert (folder / "report.html").read_bytes() == b"page"
