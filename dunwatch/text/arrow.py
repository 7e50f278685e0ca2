"""Arrow's strings: to code points without a Python string for each message, and from Python strings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dunwatch.jit import kernel

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
I64 = NDArray[np.int64]


@kernel
def _decode(data: U8, bounds: I64, codes: U32, offsets: I64) -> None:
    """Decode valid UTF-8; message m is ``data[bounds[m]:bounds[m+1]]``."""
    w = 0
    for m in range(bounds.size - 1):
        i = bounds[m]
        while i < bounds[m + 1]:
            lead = np.uint32(data[i])
            if lead < 0x80:
                codes[w] = lead
                i += 1
            elif lead < 0xE0:
                codes[w] = (lead & 0x1F) << 6 | (data[i + 1] & 0x3F)
                i += 2
            elif lead < 0xF0:
                codes[w] = (lead & 0x0F) << 12 | np.uint32(data[i + 1] & 0x3F) << 6 | (data[i + 2] & 0x3F)
                i += 3
            else:
                high = (lead & 0x07) << 18 | np.uint32(data[i + 1] & 0x3F) << 12
                codes[w] = high | np.uint32(data[i + 2] & 0x3F) << 6 | (data[i + 3] & 0x3F)
                i += 4
            w += 1
        offsets[m + 1] = w


def arrow_strings(values: Sequence[str | None]) -> pa.Array:
    """An array of strings, built from its buffers: ``pa.array`` would import pandas first, which takes long."""
    encoded = [b"" if value is None else value.encode() for value in values]
    present = np.packbits([value is not None for value in values], bitorder="little") if None in values else None
    return _from_pieces(pa.string(), encoded, present)


def arrow_bytes(values: Sequence[bytes]) -> pa.Array:
    """An array of byte strings, made as ``arrow_strings`` makes its own."""
    return _from_pieces(pa.binary(), values, None)


def _from_pieces(kind: pa.DataType, pieces: Sequence[bytes], present: U8 | None) -> pa.Array:
    bounds = np.zeros(len(pieces) + 1, dtype=np.int32)
    np.cumsum(np.fromiter(map(len, pieces), dtype=np.int32, count=len(pieces)), out=bounds[1:])
    buffers = [None if present is None else pa.py_buffer(present), pa.py_buffer(bounds), pa.py_buffer(b"".join(pieces))]
    return pa.Array.from_buffers(kind, len(pieces), buffers)


def arrow_numbers(values: NDArray[np.number[Any]]) -> pa.Array:
    """An array of numbers that shares memory with ``values``, made without importing pandas."""
    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])


def numbers_in(values: pa.Array) -> NDArray[Any]:
    """Arrow numbers without nulls as NumPy sees them; ``to_numpy`` would import pandas."""
    return np.from_dlpack(values)


def arrow_code_points(texts: pa.Array) -> tuple[U32, I64]:
    """Code points of a string array, end to end, and where each message begins; a null is an empty message."""
    texts = texts.cast(pa.large_string())
    if texts.null_count:
        texts = texts.fill_null("")
    _, bounds_buffer, data_buffer = texts.buffers()
    bounds = np.frombuffer(bounds_buffer, dtype=np.int64, count=len(texts) + 1, offset=texts.offset * 8)
    data = np.frombuffer(data_buffer, dtype=np.uint8) if data_buffer else np.empty(0, dtype=np.uint8)
    codes = np.empty(int(bounds[-1] - bounds[0]), dtype=np.uint32)
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    _decode(data, bounds, codes, offsets)
    return codes[: offsets[-1]], offsets
