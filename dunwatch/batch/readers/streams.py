"""The bytes of an input: a file, a packed one, stdin, or what fsspec reaches; unpacked, and as UTF-8 where it is text."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa

from dunwatch.batch.encodings import as_utf8
from dunwatch.batch.readers.source import STDIN, ReadOptions, place_name
from dunwatch.errors import MissingExtra, UnreadableInput

PACKED = (".gz", ".zst")


class Opened:
    """An input's bytes, and how far they have been read."""

    def __init__(self, path: str) -> None:
        """Open ``path``, unpacked if its name says that it is packed. Raises ``UnreadableInput`` if it is missing or empty."""
        self.name = place_name(path)
        self._raw, self._size = _open_raw(path)
        self.stream: IO[bytes] = _unpacked(path, self._raw)

    def as_utf8(self, options: ReadOptions) -> Opened:
        """The same with ``stream`` giving UTF-8; raises as the constructor does, and ``InputError`` for unknown encodings."""
        try:
            self.stream = as_utf8(self.stream, options.encoding)[0]
        except BaseException:
            self.close()
            raise
        return self

    def fraction(self) -> float:
        """How much has been read, from 0 to 1; always 0 where nobody knows the size."""
        return min(1.0, self._raw.tell() / self._size) if self._size else 0.0

    def close(self) -> None:
        """Let go of the file; stdin stays open."""
        if self._raw is not sys.stdin.buffer:
            self.stream.close()
            self._raw.close()


def open_text(path: str, options: ReadOptions) -> Opened:
    """An input of text, as UTF-8."""
    return Opened(path).as_utf8(options)


def is_url(path: str) -> bool:
    """Whether fsspec has to reach it."""
    return "://" in path


def file_system(path: str) -> tuple[Any, str]:
    """The fsspec file system of a URL, and the path in it. Raises ``MissingExtra``, or ``UnreadableInput`` for strange URLs."""
    try:
        import fsspec
    except ImportError:
        raise MissingExtra("fsspec", "cluster") from None
    try:
        found: tuple[Any, str] = fsspec.core.url_to_fs(path)
    except (ImportError, ValueError) as error:
        raise UnreadableInput(f"{path}: cannot be reached: {error}") from None
    return found


def _open_raw(path: str) -> tuple[IO[bytes], int]:
    """The bytes as they are stored, and how many; 0 for stdin."""
    if path == STDIN:
        return sys.stdin.buffer, 0
    try:
        if is_url(path):
            system, inner = file_system(path)
            raw, size = cast(IO[bytes], system.open(inner, "rb")), int(system.size(inner))
        else:
            size = Path(path).stat().st_size
            raw = Path(path).open("rb")  # noqa: SIM115
    except FileNotFoundError:
        raise UnreadableInput(f"{path}: no such file") from None
    except OSError as error:
        raise UnreadableInput(f"{path}: cannot be read: {error.strerror or error}") from None
    if size == 0:
        raw.close()
        raise UnreadableInput(f"{path}: the file is empty; nothing to score")
    return raw, size


def _unpacked(path: str, raw: IO[bytes]) -> IO[bytes]:
    if path.endswith(".gz"):
        return _guarded(path, gzip.GzipFile(fileobj=raw))
    if path.endswith(".zst"):
        return _guarded(path, pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), "zstd"))
    return raw


def _guarded(path: str, packed: Any) -> IO[bytes]:
    return io.BufferedReader(_Guarded(path, packed.read, packed.close), 1 << 20)


class _Guarded(io.RawIOBase):
    """A packed stream whose damage is told in one line."""

    def __init__(self, path: str, read: Callable[[int], bytes], close: Callable[[], None]) -> None:
        self._path = path
        self._read = read
        self._close = close

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            piece = self._read(len(buffer))
        except (OSError, EOFError, zlib.error, pa.ArrowException) as error:
            kind = Path(self._path).suffix.lstrip(".")
            raise UnreadableInput(f"{self._path}: not a whole {kind} file ({error}); fetch it again") from None
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._close()
        super().close()
