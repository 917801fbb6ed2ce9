"""Token error rates and perplexities where their logarithms are measured without the output law."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..engines.workspace import Workspace
from ..numbers.enclosure import Enclosure
from . import block_sizes, chains, derived, products, windows
from .error_rates import EXPONENTIALS, exponential
from .method import Method

__all__ = ["METHODS"]


def _exponential(quantity: str, exponent: Method) -> Method:
    def run(work: Workspace) -> Enclosure:
        return exponential(work.once(exponent.run))

    return replace(exponent, quantity=quantity, run=run)


def _of(methods: Iterable[Method]) -> Iterator[Method]:
    named = {exponent: quantity for quantity, exponent in EXPONENTIALS.items()}
    return (_exponential(named[method.quantity], method) for method in methods if method.quantity in named)


METHODS = tuple(
    method for family in (products, block_sizes, chains, windows, derived) for method in _of(family.METHODS)
)
