"""What files for Coq share, whatever their certificates say: how data is spelled, and one theorem after another."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

__all__ = ["listed", "naturals", "rational", "theorems"]


def theorems(text: str, verify: Callable[[str], Any], head: str, theorem: Callable[[int, dict[str, Any]], str]) -> str:
    """A file for ``coqc``: the head, then what ``theorem`` writes of each certificate and its number from 1.

    Parameters
    ----------
    text : str
        A certificate or a list of them, in JSON, which ``verify`` accepts or refuses by an error of its own.
    """
    verify(text)
    data = json.loads(text)
    certificates = data if isinstance(data, list) else [data]
    return "\n".join([head, *(theorem(n, certificate) for n, certificate in enumerate(certificates, 1))])


def listed(items: Iterable[str]) -> str:
    return f"[:: {'; '.join(items)}]"


def naturals(numbers: Iterable[int]) -> str:
    return f"{listed(map(str, numbers))}%N"


def rational(c: Fraction) -> str:
    return f"({c.numerator} # {c.denominator})%Q"
