"""Scoring as a stream: record batches in, record batches out, in order and in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from dunwatch.classifier import Classifier
from dunwatch.text import arrow_code_points, plain_codes


def score_texts(classifier: Classifier, texts: pa.Array) -> pa.RecordBatch:
    """The added columns for an Arrow array of messages; a null is an empty message."""
    return classifier.columns(plain_codes(*arrow_code_points(texts)))


def score_batches(batches: Iterable[pa.RecordBatch], classifier: Classifier, text: str) -> Iterator[pa.RecordBatch]:
    """Each record batch with the added columns behind its own; ``text`` names the column of messages."""
    for rows in batches:
        added = score_texts(classifier, rows.column(text))
        schema = joined_schema(rows.schema, added.schema)
        yield pa.RecordBatch.from_arrays([*rows.columns, *added.columns], schema=schema)


def joined_schema(own: pa.Schema, added: pa.Schema) -> pa.Schema:
    """Input columns and added ones; an input column with the name of an added one becomes ``input_…``."""
    taken = set(added.names)
    fields = []
    for field in own:
        name = field.name
        while name in taken:
            name = f"input_{name}"
        taken.add(name)
        fields.append(field.with_name(name))
    return pa.schema([*fields, *added])
