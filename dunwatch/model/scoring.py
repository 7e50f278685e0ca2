"""From plain messages to calibrated scores."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from dunwatch.features import weighted_sums
from dunwatch.features.kernels import MASS_LANE
from dunwatch.jit import kernel
from dunwatch.model.artefact import Model
from dunwatch.text import PlainBatch
from dunwatch.tokens import TokenBatch


@kernel
def calibrate(
    sums: NDArray[np.int64],
    slopes: NDArray[np.float64],
    intercepts: NDArray[np.float64],
    scores: NDArray[np.float32],
) -> None:
    """Logistic calibration of sums of weights over the root of the sum of masses, at ``MASS_LANE`` of ``sums``.

    One number at a time: vectorised functions may differ in the last bit with the size of the batch.
    """
    for m in range(sums.shape[0]):
        if sums[m, MASS_LANE] <= 0:
            # Nothing that was ever learned from: no evidence against anybody.
            scores[m, :] = 0.0
            continue
        scale = 1.0 / math.sqrt(sums[m, MASS_LANE])
        for label in range(scores.shape[1]):
            z = slopes[label] * sums[m, label] * scale + intercepts[label]
            scores[m, label] = 1.0 / (1.0 + math.exp(-min(max(z, -60.0), 60.0)))


def score_plain(model: Model, plain: PlainBatch, tokens: TokenBatch | None = None) -> NDArray[np.float32]:
    """Scores of plain messages: float32 (n, labels), each the probability that the label applies."""
    sums = weighted_sums(plain, model.lexicon, model.weights, tokens)
    labels = model.manifest.labels
    slopes = np.array([label.slope for label in labels])
    intercepts = np.array([label.intercept for label in labels])
    scores = np.empty((len(sums), len(labels)), dtype=np.float32)
    calibrate(sums, slopes, intercepts, scores)
    return scores
