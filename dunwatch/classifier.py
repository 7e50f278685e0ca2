"""The Python API: load a model, judge messages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dunwatch.errors import InputError, MissingColumn
from dunwatch.model import DEFAULT_OPERATING_POINT, CutOffs, Model, load_model, resolve_model, score_plain
from dunwatch.text import PlainBatch, disguise_names, plain_batch
from dunwatch.tokens import TokenBatch, cut_batch
from dunwatch.verdict import (
    Decision,
    Span,
    Verdict,
    clauses_of,
    decide,
    message_evidence,
    reason_of,
    result_columns,
    rules_of,
    spans_of,
    strongest,
)

if TYPE_CHECKING:
    import pandas as pd

_CHUNK = 8192


class Classifier:
    """Judges messages with one model at one operating point. Safe to share between threads."""

    def __init__(self, model: Model, operating_point: str = DEFAULT_OPERATING_POINT) -> None:
        """Use a loaded model; raises ``InputError`` for an operating point it does not have."""
        points = model.manifest.operating_points
        if operating_point not in points:
            raise InputError(f"no operating point {operating_point!r}; this model has: {', '.join(points)}")
        self.model = model
        self.operating_point = operating_point
        self.labels: tuple[str, ...] = tuple(label.id for label in model.manifest.labels)
        self._meanings = model.manifest.meanings
        self.cut_offs: dict[str, CutOffs] = {label.id: label.cut_offs[operating_point] for label in model.manifest.labels}

    @property
    def version(self) -> str:
        """The model's version."""
        return self.model.manifest.version

    def score(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Scores of messages, the fast path: float32 (n, labels), columns after ``labels``."""
        chunks = [score_plain(self.model, plain_batch(texts[i : i + _CHUNK])) for i in range(0, len(texts), _CHUNK)]
        return np.concatenate(chunks) if chunks else np.empty((0, len(self.labels)), dtype=np.float32)

    def classify(self, text: str, *, explain: bool = True) -> Verdict:
        """The verdict on one message; without ``explain`` it has no spans and no reasons, and comes sooner."""
        plain = plain_batch([text])
        tokens = cut_batch(plain)
        scores = score_plain(self.model, plain, tokens)[0]
        return self._verdict(text, scores, plain, tokens, explain)

    def classify_many(self, texts: Sequence[str], *, explain: bool = True) -> list[Verdict]:
        """Verdicts on messages, in their order."""
        return [self.classify(text, explain=explain) for text in texts]

    def score_frame(self, frame: pd.DataFrame, text: str = "text") -> pd.DataFrame:
        """A copy of the frame with the output columns of ``dunwatch score``; missing texts count as empty.

        As there, columns of its own that have the name of an added one become ``input_…``.

        Raises ``MissingColumn`` if there is no column ``text``.
        """
        if text not in frame.columns:
            raise MissingColumn("data frame", text, [str(name) for name in frame.columns])
        texts = ["" if missing else str(value) for value, missing in zip(frame[text], frame[text].isna(), strict=True)]
        added = self.columns(plain_batch(texts)).to_pandas()
        own = frame.rename(columns={name: f"input_{name}" for name in added.columns})
        return own.assign(**{name: added[name].to_numpy() for name in added.columns})

    def columns(self, plain: PlainBatch) -> pa.RecordBatch:
        """The output columns of ``dunwatch score`` for plain messages."""
        return result_columns(score_plain(self.model, plain), plain.disguises, self.cut_offs, self.version)

    def _verdict(self, text: str, scores: NDArray[np.float32], plain: PlainBatch, tokens: TokenBatch, explain: bool) -> Verdict:
        by_label = dict(zip(self.labels, scores.tolist(), strict=True))
        decisions: dict[str, Decision] = {name: decide(by_label[name], self.cut_offs[name]) for name in self.labels}
        flagged = tuple(name for name in self.labels if decisions[name] == "flagged")
        spans, reasons = self._explanation(text, decisions, plain, tokens) if explain else ((), {})
        return Verdict(
            decision=strongest(decisions),
            labels=flagged,
            scores=by_label,
            decisions=decisions,
            spans=spans,
            disguises=disguise_names(int(plain.disguises[0])),
            model=self.version,
            rules=rules_of(flagged),
            reasons=reasons,
        )

    def _explanation(
        self, text: str, decisions: dict[str, Decision], plain: PlainBatch, tokens: TokenBatch
    ) -> tuple[tuple[Span, ...], dict[str, str]]:
        """Spans and reasons of the labels that are not clear."""
        wanted = [(place, name) for place, name in enumerate(self.labels) if decisions[name] != "clear"]
        if not wanted:
            return (), {}
        evidence = message_evidence(self.model, plain, tokens)
        clauses = clauses_of(text, plain, tokens)
        by_label = [spans_of(name, evidence.characters[:, k], clauses, text, plain, tokens) for k, name in wanted]
        return tuple(chain.from_iterable(by_label)), {name: reason_of(k, evidence.classes, self._meanings) for k, name in wanted}


def load(model: str | Path | None = None, *, operating_point: str = DEFAULT_OPERATING_POINT) -> Classifier:
    """A classifier with the model in use, or one given by path (``models/2026.11.1``) or version.

    Raises ``ModelNotFound``, ``DamagedModel`` or ``NewerModelFormat``.
    """
    return Classifier(load_model(resolve_model(model)), operating_point)
