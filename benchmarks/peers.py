"""What people would glue together for the same job: scikit-learn on jieba's words, fastText on jieba's and rjieba's words."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import fasttext
import jieba
import rjieba
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer

from dunwatch.labels import LABEL_IDS
from dunwatch_train.corpus import Message

Peer = Callable[[Sequence[str]], object]
_CLEAN = "__label__clean"


def scikit_learn(corpus: Sequence[Message]) -> Peer:
    """TF-IDF over jieba's words and pairs, one logistic regression per label."""
    jieba.setLogLevel("WARNING")
    words = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, ngram_range=(1, 2), min_df=2)
    pipeline: Any = make_pipeline(words, OneVsRestClassifier(LogisticRegression(C=10, solver="liblinear")))
    wanted = MultiLabelBinarizer(classes=list(LABEL_IDS)).fit_transform([message.labels for message in corpus])
    pipeline.fit([message.text for message in corpus], wanted)
    predict: Peer = pipeline.predict_proba
    return predict


def fast_text(corpus: Sequence[Message], cut: Callable[[str], list[str]]) -> Peer:
    """fastText, one against all, with word pairs and its usual hundred dimensions; a whole batch in one call."""
    lines = [f"{_names(message)} {_words(message.text, cut)}" for message in corpus]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        model = fasttext.train_supervised(
            str(path), loss="ova", wordNgrams=2, epoch=25, lr=0.5, bucket=200_000, thread=1, verbose=0
        )
    return lambda texts: model.f.multilinePredict([_words(text, cut) + "\n" for text in texts], -1, 0.0, "strict")


def _words(text: str, cut: Callable[[str], list[str]]) -> str:
    return " ".join(cut(text.replace("\n", " ")))


def _names(message: Message) -> str:
    return " ".join(f"__label__{name}" for name in message.labels) or _CLEAN


def all_peers(corpus: Sequence[Message]) -> dict[str, Peer]:
    """Every peer, trained on the same messages."""
    return {
        "scikit-learn + jieba": scikit_learn(corpus),
        "fastText + jieba": fast_text(corpus, jieba.lcut),
        "fastText + rjieba": fast_text(corpus, rjieba.cut),
    }
