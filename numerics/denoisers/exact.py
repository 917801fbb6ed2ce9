"""The exact denoiser: ``p_theta = q`` (definitions.md#denoisers)."""

from __future__ import annotations

from ..languages import Language
from .base import Denoiser, NearRule, Predictor

__all__ = ["Exact"]


class Exact(Denoiser):
    """Predicts the language's own conditionals."""

    @property
    def rational(self) -> bool:
        return True

    def depth(self, vocab: int, exact_depth: int) -> int:
        return exact_depth

    def predictor(self, language: Language) -> Predictor:
        return lambda y, exact: exact

    def near_rule(self, language: Language) -> NearRule:
        return NearRule(lambda left, right, exact: exact)

    def __repr__(self) -> str:
        return "Exact()"
