"""Mixtures of policies whose order does not depend on the tokens."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ..errors import BadInput
from ..policies import FixedSets, FixedSize

__all__ = ["Mixture"]


@dataclass(frozen=True)
class Mixture:
    """One of several given orders, or fixed sizes, drawn independently of the tokens.

    Parameters
    ----------
    parts : tuple of (Fraction, FixedSets or FixedSize)
        Probabilities that sum to 1, and what is then done.
    """

    parts: tuple[tuple[Fraction, FixedSets | FixedSize], ...]

    def __post_init__(self) -> None:
        if (
            not self.parts
            or sum(probability for probability, _ in self.parts) != 1
            or min(probability for probability, _ in self.parts) < 0
        ):
            raise BadInput("parts", "the probabilities must not be negative, and sum to 1")

    @property
    def policies(self) -> tuple[FixedSets | FixedSize, ...]:
        """What may be done."""
        return tuple(policy for _, policy in self.parts)

    @property
    def steps(self) -> int:
        """N, the most there can be."""
        return max(policy.steps for _, policy in self.parts)

    def check(self, vocab: int, length: int) -> None:
        """Refuse, with BadInput, a language that this policy does not fit."""
        for _, policy in self.parts:
            policy.check(vocab, length)

    def __repr__(self) -> str:
        return f"Mixture({', '.join(f'{probability}: {policy!r}' for probability, policy in self.parts)})"
