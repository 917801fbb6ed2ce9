"""Compiling kernels, all of them the same way, at the first call.

Arithmetic is IEEE's, but for contraction: a product and a sum may be one fused operation, which rounds once where
two would round twice, so that no bound of the rounding model (definitions.md#rounding) is lost. A division by zero
gives infinity or NaN, as in numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property, update_wrapper
from types import FunctionType
from typing import Any, Generic, ParamSpec, TypeVar

import numpy as np

from .compiling import listen

__all__ = ["inlined", "interpreted", "interpreting", "kernel", "uncontracted"]

interpreting: ContextVar[bool] = ContextVar("interpreting", default=False)
"""Whether kernels run as Python in this thread."""

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Kernel(Generic[Arguments, Result]):
    """A function that is compiled, or read from the disk, when it is first called: who measures without it does not
    wait for numba.
    """

    def __init__(self, function: Callable[Arguments, Result], **options: Any) -> None:
        update_wrapper(self, function)
        self._function, self._options = function, options

    @cached_property
    def compiled(self) -> Any:
        """The compiled function, which finds the kernels that it calls compiled, too."""
        from numba import njit

        listen()
        function = self._function
        assert isinstance(function, FunctionType)
        code, scope = function.__code__, function.__globals__
        known = {name: scope.get(name) for name in code.co_names}
        called = {name: value.compiled for name, value in known.items() if isinstance(value, Kernel)}
        linked = FunctionType(
            function.__code__, function.__globals__ | called, function.__name__, function.__defaults__
        )
        return _one_for_all_numbers(
            njit(nogil=True, error_model="numpy", **self._options)(update_wrapper(linked, function))
        )

    def __call__(self, *arguments: Arguments.args, **named: Arguments.kwargs) -> Result:
        return (self._function if interpreting.get() else self.compiled)(*arguments, **named)


def _one_for_all_numbers(dispatcher: Any) -> Any:
    """A number that stands in a calling kernel is one like others: numba compiles once more for each of them."""
    from numba.core.types.misc import unliteral

    template = dispatcher.get_call_template

    def of_types(args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
        return template(tuple(map(unliteral, args)), {name: unliteral(each) for name, each in kws.items()})

    dispatcher.get_call_template = of_types
    return dispatcher


@contextmanager
def interpreted() -> Iterator[None]:
    """Meanwhile kernels run as Python, for work that is done before a compiler would be read from the disk.

    No operation is fused, so that a number may differ in its last bits, within the same bound.
    """
    before = interpreting.set(True)
    try:
        with np.errstate(all="ignore"):
            yield
    finally:
        interpreting.reset(before)


def kernel(function: Callable[Arguments, Result]) -> Kernel[Arguments, Result]:
    """Keep the code on disk; the interpreter lock is let go."""
    return Kernel(function, cache=True, fastmath={"contract"})


def inlined(function: Callable[Arguments, Result]) -> Kernel[Arguments, Result]:
    """Compile into each kernel that calls."""
    return Kernel(function, inline="always", fastmath={"contract"})


def uncontracted(function: Callable[Arguments, Result]) -> Kernel[Arguments, Result]:
    """A kernel whose operations are rounded one by one, for compensated sums."""
    return Kernel(function, cache=True)
