"""Finding out a file's encoding, and reading it as UTF-8."""

from __future__ import annotations

import codecs
import io
from typing import IO

from dunwatch.errors import InputError

_SAMPLE = 1 << 18
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ALIASES = {"gbk": "gb18030", "gb2312": "gb18030", "utf8": "utf-8"}
# Characters that make up most of everyday Chinese text, in both scripts: the likelier reading has more of them.
_COMMON = frozenset(
    "的一是不了人我在有他这為之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用发天如然作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从"
    "這說們個來時後會過還無對發學經見從錢電話請問嗎款債貸電話元请问吗钱电话债贷，。、！？：；（）“”"
)


def canonical(encoding: str) -> str:
    """The Python name of an encoding. Raises ``InputError`` for an unknown one."""
    name = _ALIASES.get(encoding.lower(), encoding.lower())
    try:
        codecs.lookup(name)
    except LookupError:
        raise InputError(f"--encoding {encoding}: unknown; try auto, utf-8, gb18030, big5 or utf-16") from None
    return name


def detect(sample: bytes) -> str:
    """The encoding of a file that begins with ``sample``.

    By its mark, as UTF-8, as UTF-16 by its zero bytes, else the likelier of GB18030 and Big5. What none of them explains
    is taken for UTF-8 with damaged rows.
    """
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    if zeros := _utf16_by_zeros(sample):
        return zeros
    if _is_valid(sample, "utf-8"):
        return "utf-8"
    fits = {name: _chinese_share(sample, name) for name in ("gb18030", "big5")}
    best = max(fits, key=lambda name: fits[name])
    return best if fits[best] > 0.3 else "utf-8"


def _is_valid(sample: bytes, encoding: str) -> bool:
    try:
        # Not final: the sample may end inside a character.
        codecs.getincrementaldecoder(encoding)().decode(sample, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _utf16_by_zeros(sample: bytes) -> str | None:
    """UTF-16 without a mark: Latin letters, digits and line ends leave zero bytes at odd or even places."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    # A few characters, 一 among them, have their zero byte at the other place.
    if odd > 0.02 * len(sample) and even < 0.2 * odd:
        return "utf-16-le"
    if even > 0.02 * len(sample) and odd < 0.2 * even:
        return "utf-16-be"
    return None


def _chinese_share(sample: bytes, encoding: str) -> float:
    """Share of common Chinese characters among those that are not ASCII; damage counts against."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample, final=False)
    foreign = [char for char in text if char > "\x7f"]
    if not foreign:
        return 0.0
    return (sum(char in _COMMON for char in foreign) - sum(char == "\ufffd" for char in foreign)) / len(foreign)


class _Recoded(io.RawIOBase):
    """A byte stream read as another: piece by piece, with a decoder that keeps what the next piece has to finish."""

    def __init__(self, source: IO[bytes], encoding: str, errors: str) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self._ready = b""
        self._ended = False

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with UTF-8; 0 at the end."""
        while not self._ready and not self._ended:
            piece = self._source.read(1 << 20)
            self._ended = not piece
            self._ready = self._encoded(self._decoder.decode(piece, final=self._ended))
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _encoded(self, text: str) -> bytes:
        raise NotImplementedError


class Utf8Stream(_Recoded):
    """A byte stream in another encoding, read as UTF-8.

    Bytes that do not decode become the byte 0xFF, which no UTF-8 text holds, so that readers find the rows they stand in.
    """

    def __init__(self, source: IO[bytes], encoding: str) -> None:
        """Wrap ``source``, which is read in the named encoding."""
        super().__init__(source, encoding, "damaged")

    def _encoded(self, text: str) -> bytes:
        return text.encode("utf-8", "damaged")

    def close(self) -> None:
        """Close the source too."""
        self._source.close()
        super().close()


DAMAGE = "\U0010ffff"
"""Stands for bytes that are no UTF-8; Unicode keeps this code point free of meaning."""


class MarkedStream(_Recoded):
    """A stream of UTF-8 in which ``DAMAGE`` stands for what is none: Arrow's CSV reader goes on, and the rows can be found.

    ``damaged`` tells whether there was any so far.
    """

    def __init__(self, source: IO[bytes]) -> None:
        """Wrap ``source``."""
        super().__init__(source, "utf-8", "marked")
        self.damaged = False

    def _encoded(self, text: str) -> bytes:
        self.damaged = self.damaged or DAMAGE in text
        return text.encode()


def _damaged(error: UnicodeError) -> tuple[str | bytes, int]:
    """Undecodable bytes become a lone surrogate, and that the byte 0xFF."""
    if isinstance(error, UnicodeDecodeError):
        return "\udcff", error.end
    if isinstance(error, UnicodeEncodeError):
        return b"\xff", error.end
    raise error


codecs.register_error("damaged", _damaged)
codecs.register_error("marked", lambda error: (DAMAGE, getattr(error, "end", 0)))


class _Rejoined(io.RawIOBase):
    """A stream that cannot seek, put together again after its beginning was read."""

    def __init__(self, head: bytes, source: IO[bytes]) -> None:
        self._head = head
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = self._head[: len(buffer)] or self._source.read(len(buffer))
        self._head = self._head[len(piece) :]
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._source.close()
        super().close()


def as_utf8(source: IO[bytes], encoding: str) -> tuple[IO[bytes], str]:
    """The stream as UTF-8 without a mark, and the encoding it is in; ``auto`` finds it out."""
    sample = source.read(_SAMPLE)
    if source.seekable():
        source.seek(0)
    else:
        source = io.BufferedReader(_Rejoined(sample, source), 1 << 20)
    name = detect(sample) if encoding == "auto" else canonical(encoding)
    if name in ("utf-8", "utf-8-sig"):
        if sample.startswith(codecs.BOM_UTF8):
            source.read(len(codecs.BOM_UTF8))
        return source, "utf-8"
    return io.BufferedReader(Utf8Stream(source, name), 1 << 20), name
