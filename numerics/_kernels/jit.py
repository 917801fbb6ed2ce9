"""Compiling kernels, all of them the same way.

Arithmetic is IEEE's, but for contraction: a product and a sum may be one fused operation, which rounds once where
two would round twice, so that no bound of the rounding model (definitions.md#rounding) is lost. A division by zero
gives infinity or NaN, as in numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from numba import njit

__all__ = ["inlined", "kernel", "uncontracted"]

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def kernel(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile at the first call and keep the code on disk; the interpreter lock is let go."""
    return njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})(function)


def inlined(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile into each kernel that calls."""
    return njit(inline="always", nogil=True, error_model="numpy", fastmath={"contract"})(function)


def uncontracted(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """A kernel whose operations are rounded one by one, for compensated sums."""
    return njit(cache=True, nogil=True, error_model="numpy")(function)
