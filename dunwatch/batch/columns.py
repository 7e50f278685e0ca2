"""One table out of several inputs: their columns together, in the order in which they first appear."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from dunwatch.batch.jsonrows import flattened
from dunwatch.batch.rows import LINE
from dunwatch.errors import InputError


def common_schema(schemas: Iterable[tuple[str, pa.Schema]]) -> pa.Schema:
    """The columns of all inputs, given by name; raises ``InputError`` where one column has two types."""
    found: dict[str, tuple[pa.Field, str]] = {}
    for place, schema in schemas:
        for field in schema:
            first, first_place = found.setdefault(field.name, (field, place))
            if first.type != field.type:
                raise InputError(
                    f"{place}: column {field.name!r} holds {field.type}, but {first.type} in {first_place}; score them one by one"
                )
    return pa.schema([field.with_nullable(True) for field, _ in found.values()])


def as_table(rows: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Rows as those of a table with the columns of ``schema``: lines of JSONL taken apart, missing columns null."""
    if rows.schema.names == [LINE]:
        rows = flattened(rows, schema.names)
    if rows.schema.names == schema.names:
        return pa.RecordBatch.from_arrays(rows.columns, schema=schema)
    present = dict(zip(rows.schema.names, rows.columns, strict=True))
    columns = [present[field.name] if field.name in present else pa.nulls(len(rows), field.type) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)
