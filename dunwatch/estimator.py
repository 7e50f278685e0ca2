# ruff: noqa: ARG002, N803 - scikit-learn calls with X and y, whether they are used or not.
"""The model as a scikit-learn estimator, for pipelines of one's own: a multi-label classifier, and a source of features.

    make_pipeline(DunwatchClassifier(), LogisticRegression())  # scores as features of a task of one's own
    FeatureUnion([("words", TfidfVectorizer()), ("dunwatch", DunwatchClassifier())])
    GridSearchCV(DunwatchClassifier(), {"operating_point": ["balanced", "careful", "wide"]}).fit(texts, labels)

X is a list, a pandas Series or a one-dimensional array of texts; the tags say so (``input_tags.two_d_array`` is false), as those
of scikit-learn's own text vectorisers do. ``check_estimator`` then leaves out all checks that bring matrices of numbers.
tests/test_estimator.py runs those too, on texts made from the numbers. What even so does not apply:

* ``check_n_features_in*``: texts have no number of features.
* ``check_classifiers_*`` and ``check_supervised_y_no_nan``, which look for classes learned from y or for a y that cannot be
  learned: nothing is learned, y may be anybody's.
* ``check_fit_score_takes_y`` and ``check_pipeline_consistency``, which call ``score`` with one class for each sample: these
  labels are not exclusive.

Needs ``pip install 'dunwatch[sklearn]'``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from dunwatch.classifier import Classifier
from dunwatch.errors import MissingExtra, UnusableSamples
from dunwatch.model import DEFAULT_OPERATING_POINT, Model, load_model, resolve_model

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
    from sklearn.metrics import f1_score
    from sklearn.utils import check_consistent_length
except ImportError:
    raise MissingExtra("scikit-learn", "sklearn") from None


class DunwatchClassifier(ClassifierMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Judges messages with a published model; columns are the model's labels, in the order of ``classes_``.

    ``model``: version or folder, the one in use if ``None``. ``operating_point``: which cut-offs ``predict`` uses.
    ``include_review``: whether ``predict`` counts messages under review as positive too. ``classes_``: label ids, after ``fit``.

    Nothing is learned, so all but ``classes_`` works without ``fit``. Wherever X is wanted it is texts; None and NaN are empty
    messages. Raises ``UnusableSamples`` (a ``ValueError``) for another X, ``InputError`` for an operating point the model does
    not have, and ``ModelNotFound``, ``DamagedModel`` or ``NewerModelFormat``. A pickle holds the parameters alone: where it
    is opened, the model must be there too.
    """

    def __init__(
        self,
        model: str | None = None,
        operating_point: str = DEFAULT_OPERATING_POINT,
        include_review: bool = False,
    ) -> None:
        self.model = model
        self.operating_point = operating_point
        self.include_review = include_review

    def fit(self, X: Iterable[str | None], y: object = None) -> Self:
        """Check texts and parameters; of y only the length, for it may belong to a later step of a pipeline."""
        check_consistent_length(_texts(X), y)
        self.classes_ = np.array(self._classifier().labels)
        return self

    def predict(self, X: Iterable[str | None]) -> NDArray[np.int64]:
        """1 where a label applies at the operating point, else 0: (n, labels)."""
        classifier = self._classifier()
        bounds = [cut.review if self.include_review else cut.flagged for cut in classifier.cut_offs.values()]
        return (classifier.score(_texts(X)) >= np.array(bounds, dtype=np.float32)).astype(np.int64)

    def predict_proba(self, X: Iterable[str | None]) -> NDArray[np.float64]:
        """Calibrated probability of each label for itself: (n, labels), rows need not sum to 1."""
        return self.transform(X).astype(np.float64)

    def transform(self, X: Iterable[str | None]) -> NDArray[np.float32]:
        """The scores as features: (n, labels)."""
        return self._classifier().score(_texts(X))

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Names of the columns of ``transform``: those of the scores in the output of ``dunwatch score``."""
        return np.array([f"{label}_score" for label in self._classifier().labels], dtype=object)

    def score(self, X: Iterable[str | None], y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Macro F1 of ``predict`` against y, an indicator (n, labels), over the labels that y or the prediction holds.

        Not the accuracy that scikit-learn's classifiers have: for several labels that is the share of messages with all labels
        right, which in a dump of clean messages is high for predicting nothing. NaN if there are no positives at all.
        """
        if np.shape(y)[1:] != (len(self._classifier().labels),):
            raise UnusableSamples(f"y has shape {np.shape(y)}; it must have a row for each text and a column for each label")
        return float(f1_score(y, self.predict(X), average="macro", sample_weight=sample_weight, zero_division=np.nan))

    def _classifier(self) -> Classifier:
        return Classifier(_loaded(resolve_model(self.model).resolve()), self.operating_point)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.string = tags.input_tags.one_d_array = tags.input_tags.allow_nan = True
        tags.input_tags.two_d_array = False
        tags.target_tags.required = tags.target_tags.single_output = False
        tags.target_tags.two_d_labels = tags.classifier_tags.multi_label = True
        tags.transformer_tags.preserves_dtype = []
        return tags


@lru_cache(maxsize=4)
def _loaded(folder: Path) -> Model:
    """Outside the estimator, so that clones share one model and pickles hold none."""
    return load_model(folder)


def _texts(X: Iterable[Any]) -> list[str]:
    """Texts as a list, missing ones empty."""
    if isinstance(X, str | bytes | Mapping) or not isinstance(X, Iterable) or getattr(X, "ndim", 1) != 1:
        raise UnusableSamples(
            f"X is {_described(X)}; it must be a list, a pandas Series (one column of a frame) or a 1-d array of texts"
        )
    return [value if isinstance(value, str) else _empty(value, place) for place, value in enumerate(X)]


def _described(X: object) -> str:
    shape = getattr(X, "shape", None)
    return f"of type {type(X).__name__}" + (f" and shape {shape}" if shape is not None else "")


def _empty(value: Any, place: int) -> str:
    """The empty message for a missing one; no other value will do."""
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return ""
    raise UnusableSamples(f"X[{place}] is of type {type(value).__name__}, not a text")
