"""The estimator keeps scikit-learn's contract, and its figures are the classifier's."""

from __future__ import annotations

import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from joblib import Parallel, delayed
from sklearn.base import clone, is_classifier
from sklearn.exceptions import SkipTestWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.utils import check_array, get_tags
from sklearn.utils.estimator_checks import check_estimator

import dunwatch
from dunwatch import estimator
from dunwatch.estimator import DunwatchClassifier

TEXTS = [
    "再不还钱就爆你通讯录",
    "你这个老赖，全家都不要脸",
    "您好，您的账单本月到期，请按时还款，谢谢",
    "已启动卫星定位，今晚上门",
    "Pay by five or your boss gets the whole story",
    "Your statement is ready. Thank you for banking with us.",
    "这里是网警支队，你涉嫌诈骗已立案",
    "妈，晚上回家吃饭",
] * 2
ABUSIVE = np.array([1, 1, 0, 1, 1, 0, 1, 0] * 2)

LEARNS = "nothing is learned from y"
NOT_EXCLUSIVE = "score wants an indicator of labels that do not exclude one another"
NO_FEATURES = "texts have no number of features"
DO_NOT_APPLY = {
    "check_classifiers_classes": LEARNS,
    "check_classifiers_one_label": LEARNS,
    "check_classifiers_regression_target": LEARNS,
    "check_classifiers_train": LEARNS,
    "check_supervised_y_no_nan": LEARNS,
    "check_fit_score_takes_y": NOT_EXCLUSIVE,
    "check_pipeline_consistency": NOT_EXCLUSIVE,
    "check_n_features_in": NO_FEATURES,
    "check_n_features_in_after_fitting": NO_FEATURES,
}


class OfMatrices(DunwatchClassifier):
    """Lets scikit-learn's checks of matrices run."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.one_d_array = tags.input_tags.string = tags.input_tags.allow_nan = False
        return tags


@pytest.fixture
def numbers_as_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = estimator._texts

    def of_rows(X: Any) -> list[str]:  # noqa: N803
        rows = check_array(X, estimator=OfMatrices())
        return texts([" ".join(TEXTS[int(abs(value)) % len(TEXTS)] for value in row) for row in rows])

    monkeypatch.setattr(estimator, "_texts", of_rows)


@pytest.fixture(scope="module")
def indicator() -> np.ndarray[Any, Any]:
    return DunwatchClassifier(operating_point="wide").predict(TEXTS)


def test_scikit_learn_finds_nothing_wrong() -> None:
    with pytest.warns(SkipTestWarning, match="requires input"):
        check_estimator(DunwatchClassifier())


@pytest.mark.usefixtures("numbers_as_texts")
def test_scikit_learn_finds_nothing_wrong_with_texts_made_from_numbers() -> None:
    results = check_estimator(OfMatrices(), expected_failed_checks=DO_NOT_APPLY, on_skip=None, on_fail="raise")
    assert sum(result["status"] == "passed" for result in results) > 40


def test_tags_say_texts_in_and_several_labels_out() -> None:
    tags = get_tags(DunwatchClassifier())
    assert is_classifier(DunwatchClassifier())
    assert tags.input_tags.string
    assert tags.input_tags.one_d_array
    assert not tags.input_tags.two_d_array
    assert tags.classifier_tags.multi_label
    assert not tags.requires_fit
    assert not tags.target_tags.required


def test_scores_are_those_of_the_classifier(classifier: dunwatch.Classifier) -> None:
    model = DunwatchClassifier()
    scores = classifier.score(TEXTS)
    assert model.transform(TEXTS).dtype == np.float32
    np.testing.assert_array_equal(model.transform(TEXTS), scores)
    np.testing.assert_array_equal(model.predict_proba(TEXTS), scores.astype(float))
    assert model.fit(TEXTS).classes_.tolist() == list(classifier.labels)


@pytest.mark.parametrize(("include_review", "positive"), [(False, {"flagged"}), (True, {"flagged", "review"})])
@pytest.mark.parametrize("point", ["balanced", "careful", "wide"])
def test_predictions_are_the_decisions_at_the_operating_point(point: str, include_review: bool, positive: set[str]) -> None:
    verdicts = dunwatch.load(operating_point=point).classify_many(TEXTS, explain=False)
    expected = [[int(decision in positive) for decision in verdict.decisions.values()] for verdict in verdicts]
    model = DunwatchClassifier(operating_point=point, include_review=include_review)
    np.testing.assert_array_equal(model.predict(TEXTS), expected)


@pytest.mark.parametrize(
    "texts",
    [
        tuple(TEXTS),
        iter(TEXTS),
        np.array(TEXTS),
        np.array(TEXTS, dtype=object),
        pd.Series(TEXTS),
        pd.Series(TEXTS, dtype="category", index=range(7, 23)),
    ],
)
def test_texts_come_in_any_one_dimensional_dress(texts: Any) -> None:
    np.testing.assert_array_equal(DunwatchClassifier().predict(texts), DunwatchClassifier().predict(TEXTS))


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, pd.NA, pd.NaT])
def test_missing_texts_are_empty_messages(missing: Any) -> None:
    mixed = np.array([TEXTS[0], missing], dtype=object)
    np.testing.assert_array_equal(DunwatchClassifier().transform(mixed), DunwatchClassifier().transform([TEXTS[0], ""]))


def test_no_texts_give_no_rows() -> None:
    assert DunwatchClassifier().predict([]).shape == (0, 5)
    assert DunwatchClassifier().transform(pd.Series([], dtype=str)).shape == (0, 5)


@pytest.mark.parametrize(
    ("unusable", "problem"),
    [
        ("secret", "X is of type str"),
        (b"secret", "X is of type bytes"),
        ({"text": "secret"}, "X is of type dict"),
        (7, "X is of type int"),
        (np.array("secret"), r"shape \(\)"),
        (np.array([["secret"]]), r"shape \(1, 1\)"),
        (pd.DataFrame({"text": ["secret"]}), r"of type DataFrame and shape \(1, 1\).*one column"),
        (["fine", 7], r"X\[1\] is of type int"),
        ([["secret"]], r"X\[0\] is of type list"),
        ([b"secret"], r"X\[0\] is of type bytes"),
    ],
)
@pytest.mark.parametrize("method", ["fit", "predict", "predict_proba", "transform"])
def test_what_are_no_texts_is_refused_by_place_and_type(method: str, unusable: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as caught:
        getattr(DunwatchClassifier(), method)(unusable)
    assert isinstance(caught.value, dunwatch.InputError)
    assert "secret" not in str(caught.value)


def test_fit_checks_the_parameters() -> None:
    with pytest.raises(dunwatch.InputError, match="operating point 'bold'"):
        DunwatchClassifier(operating_point="bold").fit(TEXTS)
    with pytest.raises(dunwatch.ModelNotFound):
        DunwatchClassifier(model="1900.1").fit(TEXTS)


def test_a_pickle_is_small_and_judges_alike() -> None:
    model = DunwatchClassifier(include_review=True).fit(TEXTS)
    stored = pickle.dumps(model)
    assert len(stored) < 2000
    np.testing.assert_array_equal(pickle.loads(stored).predict(TEXTS), model.predict(TEXTS))


def test_clones_share_one_loaded_model() -> None:
    model = DunwatchClassifier()
    copy = clone(model).set_params(operating_point="wide")
    assert copy._classifier().model is model._classifier().model


def test_score_is_macro_f1_over_the_labels_that_occur(indicator: np.ndarray[Any, Any]) -> None:
    model = DunwatchClassifier()
    expected = f1_score(indicator, model.predict(TEXTS), average="macro")
    assert model.score(TEXTS, indicator) == pytest.approx(expected)
    assert model.score(TEXTS[:1], model.predict(TEXTS[:1])) == 1.0
    assert np.isnan(model.score(["你好"], [[0] * 5]))


def test_score_refuses_a_y_that_is_no_indicator() -> None:
    with pytest.raises(ValueError, match=r"y has shape \(16,\)"):
        DunwatchClassifier().score(TEXTS, ABUSIVE)


def test_a_grid_search_picks_an_operating_point(indicator: np.ndarray[Any, Any]) -> None:
    points = ["balanced", "careful", "wide"]
    search = GridSearchCV(DunwatchClassifier(), {"operating_point": points}, cv=2, error_score="raise").fit(TEXTS, indicator)
    assert search.best_params_ == {"operating_point": "wide"}
    assert search.best_score_ == 1.0


@pytest.mark.parametrize("scoring", [None, "f1_micro", "average_precision", "roc_auc"])
def test_cross_validation_scores_it(indicator: np.ndarray[Any, Any], scoring: str | None) -> None:
    scores = cross_val_score(DunwatchClassifier(), TEXTS, indicator, cv=2, scoring=scoring, error_score="raise")
    assert ((scores > 0.5) & (scores <= 1)).all()


def test_its_scores_feed_another_classifier() -> None:
    pipeline = make_pipeline(DunwatchClassifier(), LogisticRegression(C=100)).fit(TEXTS, ABUSIVE)
    assert pipeline.score(TEXTS, ABUSIVE) == 1.0


def test_its_scores_stand_beside_other_features() -> None:
    union = FeatureUnion([("words", TfidfVectorizer()), ("dunwatch", DunwatchClassifier())])
    features = union.fit_transform(TEXTS)
    assert features.shape == (len(TEXTS), len(union.get_feature_names_out()))
    assert union.get_feature_names_out()[-5:].tolist() == [f"dunwatch__{label}_score" for label in dunwatch.LABEL_IDS]


def test_features_come_as_a_frame_on_request() -> None:
    texts = pd.Series(TEXTS, index=range(100, 116))
    frame = DunwatchClassifier().set_output(transform="pandas").fit_transform(texts)
    assert list(frame.columns) == [f"{label}_score" for label in dunwatch.LABEL_IDS]
    assert list(frame.index) == list(texts.index)


def test_other_processes_judge_alike() -> None:
    model = DunwatchClassifier()
    halves = Parallel(n_jobs=2)(delayed(model.predict)(half) for half in (TEXTS[:8], TEXTS[8:]))
    np.testing.assert_array_equal(np.concatenate(halves), model.predict(TEXTS))


def test_without_scikit_learn_the_extra_is_named() -> None:
    code = "import sys; sys.modules['sklearn'] = None; import dunwatch.estimator"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "MissingExtra: scikit-learn is not installed: pip install 'dunwatch[sklearn]'" in done.stderr
