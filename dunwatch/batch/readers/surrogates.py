"""Character references that XML forbids, put right before a parser sees them.

Programs in Java write an emoji as references to the two halves of its UTF-16 form, ``&#55357;&#56832;``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

BLOCK = 1 << 18
_REFERENCE = rb"&#(?:[0-9]{1,10}|x[0-9A-Fa-f]{1,10});"
# The first reference of a run stands by itself so that the search can look for "&#", which is fast.
_RUN = re.compile(rb"%b(?:%b)*" % (_REFERENCE, _REFERENCE))
_NUMBER = re.compile(rb"&#(x?[0-9A-Fa-f]+);")
_TAIL = re.compile(rb"(?P<whole>%b)?(?P<begun>&(?:#(?:[0-9]{0,10}|x[0-9A-Fa-f]{0,10}))?)?\Z" % _REFERENCE)
_TAIL_BYTES = 32
"""More than a whole reference and a begun one take."""
_LAST_CHARACTER = 0x10FFFF
_REPLACEMENT = "\ufffd"


def joined(stream: IO[bytes]) -> Iterator[bytes]:
    """Blocks of XML in UTF-8: references to halves of a character joined, those to lone halves and forbidden ones U+FFFD."""
    held = b""
    while piece := stream.read(BLOCK):
        block = held + piece
        cut = _cut(block)
        held = block[cut:]
        if cut:
            yield _RUN.sub(_repaired, block[:cut])
    if held:
        yield _RUN.sub(_repaired, held)


def _cut(block: bytes) -> int:
    """Where to end a block so that neither a reference nor a pair of them is split."""
    tail = _TAIL.search(block, max(0, len(block) - _TAIL_BYTES))
    if tail is None:
        return len(block)
    whole = tail["whole"]
    if whole and 0xD800 <= _number(whole[2:-1]) <= 0xDBFF:
        return tail.start()
    return tail.start("begun") if tail["begun"] else len(block)


def _repaired(run: re.Match[bytes]) -> bytes:
    halves = "".join(map(_character, _NUMBER.findall(run[0])))
    whole = halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    # ASCII stays a reference: it may be a quote, a bracket or a line end.
    return "".join(char if char > "\x7f" else f"&#{ord(char)};" for char in whole).encode()


def _character(digits: bytes) -> str:
    """The character, or half of one, that a reference names."""
    number = _number(digits)
    if number in (0x9, 0xA, 0xD) or (0x20 <= number <= _LAST_CHARACTER and number not in (0xFFFE, 0xFFFF)):
        return chr(number)
    return _REPLACEMENT


def _number(digits: bytes) -> int:
    return int(digits[1:], 16) if digits.startswith(b"x") else int(digits)
