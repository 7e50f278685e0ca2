"""The folder in which a run keeps what it has done so far, beside the output: local, or wherever fsspec reaches."""

from __future__ import annotations

import errno
import os
import shutil
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa

from dunwatch.batch.readers import file_system, is_url
from dunwatch.errors import OutputError


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """Files by name, each written whole or not at all. Small, and can be sent to other processes."""

    place: str

    def create(self) -> None:
        """Make the folder. Raises ``OutputError``."""
        if is_url(self.place):
            self._system().makedirs(self._inner(), exist_ok=True)
            return
        try:
            Path(self.place).mkdir(parents=False, exist_ok=True)
        except OSError as error:
            raise output_error(self.place, error) from None

    def write(self, name: str, content: bytes) -> None:
        """Write a file. Raises ``OutputError``."""
        if is_url(self.place):
            self._system().pipe_file(self._inner(name), content)
            return
        aside = Path(self.place, f".{name}.{os.getpid()}")
        try:
            aside.write_bytes(content)
            aside.replace(Path(self.place, name))
        except OSError as error:
            with suppress(OSError):
                aside.unlink()
            raise output_error(self.place, error) from None

    def open(self, name: str) -> IO[bytes]:
        """A file to read; raises ``FileNotFoundError``."""
        if is_url(self.place):
            return cast(IO[bytes], self._system().open(self._inner(name), "rb"))
        return Path(self.place, name).open("rb")

    def read(self, name: str) -> bytes:
        """The content of a file; raises ``FileNotFoundError``."""
        with self.open(name) as stream:
            return stream.read()

    def open_arrow(self, name: str) -> pa.ipc.RecordBatchFileReader:
        """An Arrow file, mapped into memory where it is local."""
        if is_url(self.place):
            return pa.ipc.open_file(pa.BufferReader(self.read(name)))
        return pa.ipc.open_file(pa.memory_map(str(Path(self.place, name))))

    def names(self) -> set[str]:
        """The files there are; none if there is no folder."""
        if is_url(self.place):
            system = self._system()
            found = system.ls(self._inner(), detail=False) if system.exists(self._inner()) else []
            return {str(path).rsplit("/", 1)[-1] for path in found}
        return set(os.listdir(self.place)) if Path(self.place).is_dir() else set()  # noqa: PTH208

    def delete(self, name: str) -> None:
        """Delete a file, if it is there."""
        with suppress(FileNotFoundError):
            if is_url(self.place):
                self._system().rm_file(self._inner(name))
            else:
                Path(self.place, name).unlink()

    def remove(self) -> None:
        """Delete the folder with all that is in it."""
        with suppress(FileNotFoundError):
            if is_url(self.place):
                self._system().rm(self._inner(), recursive=True)
            else:
                shutil.rmtree(self.place)

    def _system(self) -> Any:
        return file_system(self.place)[0]

    def _inner(self, name: str = "") -> str:
        inner = str(file_system(self.place)[1]).rstrip("/")
        return f"{inner}/{name}" if name else inner


def output_error(place: str, error: OSError) -> OutputError:
    """What to say when something cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutputError(f"{place}: no space left on the device; free some and run the same command with --resume")
    return OutputError(f"{place}: cannot be written: {error.strerror or error}; choose another place")


def checksum_of(stream: IO[bytes]) -> int:
    """CRC-32 of the rest of a stream."""
    checksum = 0
    while piece := stream.read(1 << 20):
        checksum = zlib.crc32(piece, checksum)
    return checksum
