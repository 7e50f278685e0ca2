"""The share of messages flagged in files nobody here wrote: ``python -m benchmarks.external FOLDER``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

import dunwatch


def main(folder: Path) -> None:
    """Print, for every JSONL file of the folder, how many of its messages are flagged and under review."""
    classifier = dunwatch.load()
    flagged_from = np.array([cut_offs.flagged for cut_offs in classifier.cut_offs.values()], dtype=np.float32)
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
        print(f"{path.stem:24} {len(texts):>6,} messages  flagged {flagged.mean():6.1%}  review {review.mean():6.1%}  {by_label}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
