"""How loops are compiled: one place for the Numba settings.

Numba keeps compiled code beside the source (``__pycache__``), or in the user's own cache folder where that is read-only.
It checks only the file a kernel stands in: kernels that call one another therefore stand in one file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def kernel(function: F) -> F:
    """Compile ``function`` on first use, cached on disk, without the GIL and without reordering of floats."""
    return cast(F, numba.njit(cache=True, nogil=True)(function))
