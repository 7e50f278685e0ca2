"""The share of messages flagged in files nobody here wrote: ``python -m benchmarks.external FOLDER``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import dunwatch


def main(folder: Path) -> None:
    """Print, for every JSONL file of the folder, how many messages are flagged and under review; and flagged if `careful`."""
    classifier, careful = dunwatch.load(), dunwatch.load(operating_point="careful")
    flagged_from, careful_from = (_flagged_from(one) for one in (classifier, careful))
    review_from = np.array([cut_offs.review for cut_offs in classifier.cut_offs.values()], dtype=np.float32)
    print(f"model {classifier.version}")
    for path in sorted(folder.glob("*.jsonl")):
        texts = [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
        scores = classifier.score(texts)
        flagged = (scores >= flagged_from).any(axis=1)
        review = (scores >= review_from).any(axis=1) & ~flagged
        by_label = ", ".join(
            f"{name} {share:.1%}"
            for name, share in zip(classifier.labels, (scores >= flagged_from).mean(axis=0), strict=True)
            if share
        )
        few = (scores >= careful_from).any(axis=1).mean()
        shares = f"flagged {flagged.mean():6.1%}  review {review.mean():6.1%}  careful {few:6.1%}"
        print(f"{path.stem:24} {len(texts):>6,} messages  {shares}  {by_label}")


def _flagged_from(classifier: dunwatch.Classifier) -> NDArray[np.float32]:
    return np.array([cut_offs.flagged for cut_offs in classifier.cut_offs.values()], dtype=np.float32)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
