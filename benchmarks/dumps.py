"""Dumps of any size, made of the corpus's messages by a seed: what the benchmarks of batches read.

``python -m benchmarks.dumps ROWS OUTPUT`` writes one; the format is told by the suffix (parquet or csv).
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from dunwatch_train.corpus import DATA, read_corpus

_BATCH = 65_536
_SENDERS = 20_000
_BEGIN = datetime(2026, 1, 1)


def dump_batches(rows: int, seed: int = 1) -> Iterator[pa.RecordBatch]:
    """So many messages in random order, each of the corpus as often as the others, so that lengths are those of the corpus.

    Each gets an id, a sender and a time.
    """
    chance = random.Random(seed)
    texts = [message.text for message in read_corpus(DATA / "corpus")]
    order: list[str] = []
    for first in range(0, rows, _BATCH):
        count = min(_BATCH, rows - first)
        while len(order) < count:
            order += chance.sample(texts, len(texts))
        taken, order = order[:count], order[count:]
        yield pa.record_batch(
            {
                "id": [f"{first + n:010}" for n in range(count)],
                "sender": [f"1700{chance.randrange(_SENDERS):07}" for _ in range(count)],
                "date": [str(_BEGIN + timedelta(seconds=chance.randrange(180 * 86_400))) for _ in range(count)],
                "text": taken,
            }
        )


def write_dump(rows: int, path: Path, seed: int = 1) -> None:
    """Write a dump; memory stays the same whatever its size."""
    batches = dump_batches(rows, seed)
    first = next(batches)
    with _writer(path, first.schema) as writer:
        writer.write(first)
        for batch in batches:
            writer.write(batch)


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter | arrow_csv.CSVWriter:
    return pq.ParquetWriter(path, schema, compression="zstd") if path.suffix == ".parquet" else arrow_csv.CSVWriter(path, schema)


if __name__ == "__main__":
    write_dump(int(sys.argv[1]), Path(sys.argv[2]))
