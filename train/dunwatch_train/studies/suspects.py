"""Messages whose labels are most likely wrong, for a reader to look at: ``make suspects``.

Confident learning (Northcutt, Jiang and Chuang 2021, by ``cleanlab``) over scores of models that have not seen the message.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from cleanlab.multilabel_classification import get_label_quality_scores
from cleanlab.multilabel_classification.filter import find_label_issues

from dunwatch.labels import LABEL_IDS
from dunwatch_train.corpus import DATA, Message, read_corpus
from dunwatch_train.fit import Floats, train
from dunwatch_train.lexicon import read_lexicon
from dunwatch_train.settings import Settings

_ROWS = 400


def suspects(messages: Sequence[Message], scores: Floats, count: int) -> pd.DataFrame:
    """The messages whose labels the out-of-fold ``scores`` (messages, labels) doubt most, the most doubtful first.

    ``quality``: 0 to 1, how well the scores support the labels; ``issue``: whether confident learning calls them wrong.
    """
    given = [[place for place, name in enumerate(LABEL_IDS) if name in message.labels] for message in messages]
    rows = pd.DataFrame(
        {
            "id": [message.id for message in messages],
            "quality": get_label_quality_scores(given, scores),
            "issue": find_label_issues(given, scores, n_jobs=1),
            "labels": ["|".join(message.labels) for message in messages],
            "scene": [message.scene for message in messages],
            "text": [message.text for message in messages],
        }
    )
    rows[[*LABEL_IDS]] = scores.round(3)
    return rows.sort_values(["quality", "id"]).head(count)


def main(
    output: Annotated[Path, typer.Argument(help="CSV file to write.")] = Path("out/suspects.csv"),
    count: Annotated[int, typer.Option(help="Rows to list.")] = _ROWS,
) -> None:
    """List the messages of the corpus whose labels are most doubtful."""
    messages = read_corpus(DATA / "corpus")
    scores = train(messages, read_lexicon(DATA / "lexicon"), Settings()).held_out
    found = suspects(messages, scores, count)
    output.parent.mkdir(parents=True, exist_ok=True)
    found.to_csv(output, index=False)
    typer.echo(f"{output}: {len(found)} messages, {int(found['issue'].sum())} of them called wrong by confident learning")


if __name__ == "__main__":
    typer.run(main)
