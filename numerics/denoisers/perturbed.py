"""Exact conditionals, disturbed in a controlled way (definitions.md#denoisers)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, BeyondReach, Undecidable, shown
from ..languages import Language
from ..numbers.enclosure import SAFE, gamma
from ..numbers.probabilities import number, whole, written
from ..spec.table import Number, Seed
from .base import Denoiser, NearRule, Predictor
from .kind import DenoiserTable

__all__ = ["Perturbed"]

LARGEST_EXACT_TABLE = 1 << 16
NOISES = ("uniform", "tilt", "peak")
LARGEST_TILT = 50
TINIEST = Fraction(1, 10**280)


class Perturbed(Denoiser):
    """A disturbance of the exact conditionals ``c``.

    Parameters
    ----------
    noise : {"uniform", "tilt", "peak"}
        ``(1 - strength) c + strength / V``; proportional to ``c exp(strength g[i, v])`` with g standard normal per
        position and token; or ``(1 - strength) c`` plus ``strength`` on the most likely token (the lowest of several).
    strength : number
        Between 0 and 1; for ``tilt`` up to 50, so that no factor leaves the range of float64.
    seed : int
        Of the noise of ``tilt``.
    """

    def __init__(self, noise: Literal["uniform", "tilt", "peak"], strength: Any, seed: int = 0) -> None:
        if noise not in NOISES:
            raise BadInput("noise", f"found {shown(noise)}; one of {', '.join(NOISES)} is accepted")
        self.noise = noise
        self.alike = noise != "tilt"
        self.strength = number(strength, "strength")
        most = LARGEST_TILT if noise == "tilt" else 1
        if not 0 <= self.strength <= most:
            raise BadInput("strength", f"found {shown(self.strength)}; a number from 0 to {most} is accepted")
        if 0 < self.strength < TINIEST or 0 < 1 - Fraction(self.strength) < TINIEST:
            raise BadInput("strength", f"found {shown(self.strength)}; one within 1e-280 of 0 or 1 is lost in float64")
        self.seed = whole(seed, "seed")

    @property
    def rational(self) -> bool:
        return self.noise != "tilt" and isinstance(self.strength, Fraction)

    def depth(self, vocab: int, exact_depth: int) -> int:
        # tilt: exp within 1 ulp (4 allowed) of its rounded argument, a sum of V, a division; the noise is data.
        return 2 * exact_depth + vocab + 8 if self.noise == "tilt" else exact_depth + 4

    def predictor(self, language: Language) -> Predictor:
        if self.noise == "uniform":
            moved, kept = float(self.strength), float(1 - Fraction(self.strength))
            return lambda y, exact: _in_range(kept * exact + moved / language.vocab, kept * exact, exact, kept)
        if self.noise == "peak":
            moved, kept = float(self.strength), float(1 - Fraction(self.strength))
            favourite = _first_largest(language)
            return lambda y, exact: _in_range(kept * exact + moved * favourite(y, exact), kept * exact, exact, kept)
        noise = np.random.default_rng(self.seed).standard_normal((language.length, language.vocab))
        factors = np.exp(float(self.strength) * noise)

        def tilted(y: NDArray[np.int64], exact: NDArray[np.float64]) -> NDArray[np.float64]:
            weights = exact * factors
            totals = weights.sum(axis=-1, keepdims=True)
            rows = np.divide(weights, totals, out=np.zeros_like(weights), where=totals > 0)
            return _in_range(rows, np.minimum(weights, rows), exact, 1.0)

        return tilted

    def least(self, vocab: int) -> float:
        return float(self.strength) / vocab if self.noise == "uniform" else 0.0

    def near_rule(self, language: Language) -> NearRule | None:
        """Tokens that are equally likely within rounding need no decision here: if the favourite is one or the other,
        the divergence is that of conditionals in which the two have changed places."""
        V = language.vocab
        if self.noise == "tilt":
            return None
        moved, kept = float(self.strength), float(1 - Fraction(self.strength))
        if self.noise == "uniform":
            return NearRule(lambda left, right, exact: kept * exact + moved / V, least=moved / V)
        favourite = np.eye(V)
        return NearRule(
            lambda left, right, exact: kept * exact + moved * favourite[exact.argmax(axis=-1)], sensitivity=3.0
        )

    def written(self) -> dict[str, Any]:
        return {"kind": "perturbed", "noise": self.noise, "strength": written(self.strength), "seed": self.seed}

    def __repr__(self) -> str:
        return f"Perturbed(noise={self.noise!r}, strength={self.strength}, seed={self.seed})"


def _in_range(
    rows: NDArray[np.float64], parts: NDArray[np.float64], exact: NDArray[np.float64], kept: float
) -> NDArray[np.float64]:
    """The predictions, if what they owe to the exact conditionals is in the range of float64."""
    if kept and (parts[exact > 0] < SAFE).any():
        raise BeyondReach(f"predictions below {SAFE:.0e} lose digits, and soon their difference from zero")
    return rows


def _first_largest(language: Language) -> Callable[[NDArray[np.int64], NDArray[np.float64]], NDArray[np.bool_]]:
    """The indicator (n, L, V) of the lowest most likely token, as a function of ``y`` and the exact conditionals.

    A conditional of a language of depth d carries at most ``2 (d + L V) + 1`` roundings; where that leaves several
    candidates, rational sums over the table decide.
    """
    V = language.vocab
    spread = 2 * gamma(2 * (language.depth + language.length * V) + 1)

    @cache
    def law() -> NDArray[Any]:
        return language.exact_table().reshape((V,) * language.length)

    def decide(y: NDArray[np.int64], i: int, candidates: NDArray[np.int64]) -> int:
        if not language.rational or V**language.length > LARGEST_EXACT_TABLE:
            raise Undecidable(
                f"tokens {candidates[0]} and {candidates[1]} are equally likely at position {i} within rounding; a "
                f"rational language of at most {LARGEST_EXACT_TABLE} sequences is needed to decide which is favoured"
            )
        fixed = tuple(slice(None) if token == V else int(token) for token in y)
        axis = int((y[:i] == V).sum())
        joint = np.moveaxis(law()[fixed], axis, 0).reshape(V, -1).sum(axis=1)
        return int(max(candidates, key=lambda v: (joint[v], -v)))

    def indicator(y: NDArray[np.int64], exact: NDArray[np.float64]) -> NDArray[np.bool_]:
        largest = exact.max(axis=-1, keepdims=True)
        near = (exact >= largest * (1 - spread)) & (exact > 0)
        winner = near.argmax(axis=-1)
        for n, i in np.argwhere(near.sum(axis=-1) > 1):
            winner[n, i] = decide(y[n], int(i), np.flatnonzero(near[n, i]))
        return (winner[..., None] == np.arange(V)) & (largest > 0)

    return indicator


class PerturbedTable(DenoiserTable):
    kind: Literal["perturbed"]
    noise: Literal["uniform", "tilt", "peak"]
    strength: Number
    seed: Seed = 0

    def build(self, folder: Path, language: Language) -> Denoiser:
        return Perturbed(self.noise, self.strength, self.seed)
