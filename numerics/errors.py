"""The three ways in which a request can fail, told apart because the remedy differs.

``BadInput``: the request is wrong. ``BeyondReach``: it is right, but no engine can do it within this
machine's means. ``Undecidable``: a truth value that the answer depends on is unknown.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

__all__ = ["BadInput", "BeyondReach", "MaskboundError", "NoLogForm", "RowsRescaled", "Undecidable", "shown", "unread"]

LONGEST_SHOWN = 40
MOST_DIGITS_SHOWN = 30


class MaskboundError(Exception):
    """Base of every error that is answered by one sentence."""


class BadInput(MaskboundError):
    """The input is wrong.

    Parameters
    ----------
    key : str
        Path of the offending argument, e.g. ``"transition[3]"``; readers of files prefix it.
    problem : str
        What was found and what is accepted.
    """

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}" if key else problem)
        self.key = key
        self.problem = problem

    def within(self, prefix: str) -> BadInput:
        """The same error seen from outside: ``prefix.key``."""
        joint = "" if not self.key or self.key.startswith("[") or not prefix else "."
        return BadInput(f"{prefix}{joint}{self.key}", self.problem)


class BeyondReach(MaskboundError):
    """No engine can answer within the memory or the time there is; the sentence holds the estimate."""


class NoLogForm(BeyondReach):
    """A number was asked for as a log form, and may be none; the sentence says why."""


class Undecidable(MaskboundError):
    """A comparison that the answer depends on could not be decided; the sentence names both sides."""


class RowsRescaled(UserWarning):
    """Says by how much the rows of a model's file miss 1, or which mass a restriction takes away."""


def shown(value: Any) -> str:
    """A value that was found, as it reads inside a message: on one line, short, whatever its size or nesting."""
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "a table" if value else "an empty table"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)} entries" if len(value) != 1 else "a list of 1 entry"
    if isinstance(value, Fraction) and value.denominator != 1:
        above, below = _digits(value.numerator), _digits(value.denominator)
        if above + below <= MOST_DIGITS_SHOWN:
            return str(value)
        size = f"{float(value):.6g}" if abs(above - below) < 300 else f"{'-' * (value < 0)}10^{above - below}"
        return f"about {size} (a rational of {above + below} digits)"
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        digits = _digits(int(value))
        return str(value) if digits <= MOST_DIGITS_SHOWN else f"about {'-' * (value < 0)}10^{digits - 1}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(float(value))
    text = repr(value[: LONGEST_SHOWN + 1] if isinstance(value, str) else value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."


def unread(problem: Exception, what: str) -> str:
    """Why a file was not read: what the system says, or that it does not hold ``what``."""
    reason = problem.strerror if isinstance(problem, OSError) else None
    return f"cannot be read ({reason})" if reason else f"cannot be read as {what} ({type(problem).__name__})"


def _digits(value: int) -> int:
    """Decimal digits of an integer, to within one where there are many; ``str`` refuses more than 4300."""
    return len(str(abs(value))) if value.bit_length() < 200 else int(value.bit_length() * math.log10(2)) + 1
