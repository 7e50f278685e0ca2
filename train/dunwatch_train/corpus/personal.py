"""What must never stand in a message: data of real people, and names of real firms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dxX](?!\d)")
_FACTORS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"


def personal_data(text: str) -> str | None:
    """What kind of real person's data a text seems to hold: a mainland mobile number, or a valid identity number."""
    if _MOBILE.search(text):
        return "a mobile number"
    if any(_is_identity(match.group()) for match in _IDENTITY.finditer(text)):
        return "an identity number"
    return None


def _is_identity(number: str) -> bool:
    """Whether the check digit is right (GB 11643-1999)."""
    total = sum(int(digit) * factor for digit, factor in zip(number, _FACTORS, strict=False))
    return _CHECK_DIGITS[total % 11] == number[-1].upper()


def read_firms(path: Path) -> list[str]:
    """Names of real firms, one a line; lines that begin with # are comments."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def firm_pattern(names: Sequence[str]) -> re.Pattern[str]:
    """Finds any of the names, in any case; Latin names only as whole words."""
    return re.compile("|".join(map(_one_name, sorted(names, key=len, reverse=True))), re.IGNORECASE)


def _one_name(name: str) -> str:
    escaped = re.escape(name)
    return rf"(?<![a-z0-9]){escaped}(?![a-z0-9])" if name.isascii() else escaped
