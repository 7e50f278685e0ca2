"""Text: characters made plain, with a way back to the original."""

from dunwatch.text.arrow import arrow_bytes, arrow_code_points, arrow_numbers, arrow_strings, numbers_in
from dunwatch.text.plain import (
    DISGUISES,
    PlainBatch,
    PlainText,
    code_points,
    disguise_names,
    plain_batch,
    plain_codes,
    plain_text,
)

__all__ = [
    "DISGUISES",
    "PlainBatch",
    "PlainText",
    "arrow_bytes",
    "arrow_code_points",
    "arrow_numbers",
    "arrow_strings",
    "code_points",
    "disguise_names",
    "numbers_in",
    "plain_batch",
    "plain_codes",
    "plain_text",
]
