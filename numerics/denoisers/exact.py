"""The exact denoiser: ``p_theta = q`` (definitions.md#denoisers)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from ..languages import Language
from .base import Denoiser, NearRule, Predictor
from .kind import DenoiserTable

__all__ = ["Exact"]


class Exact(Denoiser):
    """Predicts the language's own conditionals."""

    exact = True

    @property
    def rational(self) -> bool:
        return True

    def depth(self, vocab: int, exact_depth: int) -> int:
        return exact_depth

    def predictor(self, language: Language) -> Predictor:
        return lambda y, exact: exact

    def near_rule(self, language: Language) -> NearRule:
        return NearRule(lambda left, right, exact: exact)

    def written(self) -> dict[str, Any]:
        return {"kind": "exact"}

    def __repr__(self) -> str:
        return "Exact()"


class ExactTable(DenoiserTable):
    kind: Literal["exact"] = "exact"

    def build(self, folder: Path, language: Language) -> Denoiser:
        return Exact()
