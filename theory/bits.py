"""Claims about amounts of information in bits, as claims about nats."""

from __future__ import annotations

import re
from typing import Any

from sympy import Expr, Integer, log

from maskbound.theory.claims import claim
from maskbound.theory.dimension import degree
from maskbound.theory.notation import quantities
from maskbound.theory.statement import Statement

__all__ = ["claim_in_bits"]

LOG_2 = log(Integer(2))


def claim_in_bits(text: str, **rest: Any) -> Statement:
    """The claim about nats that a typed one about bits is; ``rest`` as for :func:`~maskbound.theory.claim`.

    Where every term is an amount of information, logarithms to the base two among them, the unit does not matter.
    Else amounts are divided by log 2.

    Raises
    ------
    ClaimError
        When the text is not in the grammar, or a name is unknown.

    Examples
    --------
    >>> str(claim_in_bits("kl <= 2*log2(V)")), str(claim_in_bits("kl <= 2"))
    ('kl <= 2*log(V)', 'kl/log(2) <= 2')
    """
    claim(text, **rest)  # So that a fault is told by the column at which it was typed.
    divided = claim(re.sub(r"[A-Za-z_]\w*(?:@2)?", _divided, text), **rest)
    if all(side == 0 or degree(side, _of_log_2) == -1 for side in (divided.lhs, divided.rhs)):
        natural = claim(re.sub(r"\blog2\b", "log", text), **rest)
        if not natural.lhs.has(LOG_2) and not natural.rhs.has(LOG_2):
            return natural
    return divided


def _divided(found: re.Match[str]) -> str:
    known = quantities.get(found.group().removesuffix("@2"))
    return f"({found.group()}/log(2))" if known and known.unit.startswith("nats") else found.group()


def _of_log_2(part: Expr) -> int | None:
    """The power of log 2 in what is no sum, product or power; None where it stands inside."""
    return 1 if part == LOG_2 else None if part.has(LOG_2) else 0
