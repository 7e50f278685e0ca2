"""Text: characters made plain, with a way back to the original."""

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
from dunwatch.text.utf8 import arrow_code_points

__all__ = [
    "DISGUISES",
    "PlainBatch",
    "PlainText",
    "arrow_code_points",
    "code_points",
    "disguise_names",
    "plain_batch",
    "plain_codes",
    "plain_text",
]
