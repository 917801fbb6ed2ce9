"""What a quantity is: a number that an instance has, by name, with symbol, meaning, unit and range; and parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from maskbound import theory

if TYPE_CHECKING:
    from sympy import Symbol

__all__ = [
    "COUNT",
    "NATS",
    "PERPLEXITY",
    "PER_TOKEN",
    "PROBABILITY",
    "Parameter",
    "Quantity",
    "declare",
    "parameters",
]

NATS = "nats"
PER_TOKEN = "nats per token"
PROBABILITY = "probability"
PERPLEXITY = "perplexity"
COUNT = "count"


@dataclass(frozen=True)
class Quantity:
    """A number that an instance (or a pair of instances) has.

    Parameters
    ----------
    name : str
        Its name in claims, on the command line and in tables.
    latex : str
    meaning : str
        The definition, in the notation above.
    unit : str
        "nats", "nats per token", "probability", "perplexity", "distance", "count" or "ratio".
    least, greatest : float
        Its range, ends included (infinity means that it may be infinite, or merely that it has no fixed bound).
    finite : bool
        Whether it is finite, though perhaps not bounded.
    of_pair : bool
        Whether it belongs to two subjects together; such a quantity has one symbol only.
    of_language : bool
        Whether the language alone has it, whatever the policy and the denoiser.
    """

    name: str
    latex: str
    meaning: str
    unit: str
    least: float
    greatest: float
    finite: bool
    of_pair: bool = False
    of_language: bool = False

    @property
    def name_of_second(self) -> str:
        """The second subject's: ``kl@2``."""
        return self.name if self.of_pair else f"{self.name}@2"

    @property
    def symbol(self) -> Symbol:
        """The first subject's, in formulas of sympy."""
        return theory.symbols[self.name]

    @property
    def definition(self) -> str:
        """Anchor of its definition, with a formula and an example: ``definitions.md#kl``, in ``proofs_notes``."""
        return f"definitions.md#{self.name}"


@dataclass(frozen=True)
class Parameter:
    """A whole number that an instance is given: V, L or N."""

    name: str
    meaning: str

    @property
    def name_of_second(self) -> str:
        """The second subject's: ``N@2``."""
        return f"{self.name}@2"

    @property
    def symbol(self) -> Symbol:
        """The first subject's, in formulas of sympy."""
        return theory.symbols[self.name]


def declare(
    known: dict[str, Quantity],
    name: str,
    latex: str,
    meaning: str,
    unit: str,
    *,
    least: float = 0,
    greatest: float = math.inf,
    finite: bool = False,
    of_pair: bool = False,
    of_language: bool = False,
) -> None:
    """Add a quantity: a probability is at most 1; ``finite`` says that it is finite though not bounded."""
    greatest = 1 if unit == PROBABILITY else greatest
    finite = finite or math.isfinite(greatest)
    known[name] = Quantity(name, latex, meaning, unit, least, greatest, finite, of_pair, of_language)


parameters: Mapping[str, Parameter] = MappingProxyType(
    {
        name: Parameter(name, meaning)
        for name, meaning in (
            ("V", "vocabulary size"),
            ("L", "sequence length"),
            ("N", "number of steps of the schedule, empty ones included"),
            ("K", "number of hidden states of a hidden Markov language"),
        )
    }
)
"""The parameters of an instance by name."""
