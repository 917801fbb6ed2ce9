"""Laws that code may write tokens by in the place of the conditional that the claim draws from."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from ..policies import Policy

__all__ = [
    "AS_CLAIMED",
    "GREEDY",
    "STALE",
    "TEMPERATURES",
    "UNIFORM",
    "claimed_tokens",
    "near_laws",
    "normalised",
    "temperatures",
    "token_laws",
]

Array = NDArray[np.float64]
Rows = Callable[[Array], Array]
"""From log conditionals (..., V) to log probabilities."""

AS_CLAIMED, GREEDY, STALE = "as claimed", "the likeliest token", "the conditionals of the previous step"

TEMPERATURES = (0.1, 0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.94, 0.97, 1, 1.03, 1.06, 1.1, 1.2, 1.4, 1.7, 2, 3, 5)

NEAR = (0.9, 1.1)
UNIFORM = "% of the tokens drawn uniformly"
REPLACED = f"3 {UNIFORM}"


def claimed_tokens(policy: Policy) -> Rows:
    """The claim's."""
    exponent = float(policy.exponent)
    return greedy if exponent == math.inf else tempered(exponent)


def token_laws(policy: Policy, vocab: int) -> Mapping[str, Rows]:
    """Named laws, the claim's own left out."""
    found = {name: tempered(1 / t) for name, t in temperatures(policy).items()}
    if policy.temperature:
        found[GREEDY] = greedy
    for k in (2, 3, 5, 10, 20, 50):
        if k < vocab:
            found[f"top-{k}"] = top(k)
    for mass in (0.8, 0.9, 0.95):
        found[f"nucleus {mass:g}"] = nucleus(mass, crossing=True)
        found[f"nucleus {mass:g} without the token that crosses"] = nucleus(mass, crossing=False)
    own = claimed_tokens(policy)
    for share in (0.003, 0.01, 0.03, 0.1, 0.3, 1):
        found[f"{100 * share:g} {UNIFORM}"] = replaced(own, share)
    return found


def temperatures(policy: Policy) -> dict[str, float]:
    """Those of the laws that are powers of the conditional, the claim's own left out."""
    claimed = float(policy.temperature)
    near = [claimed * factor for factor in NEAR] if claimed else []
    return {f"temperature {t:g}": t for t in (*TEMPERATURES, *near) if not math.isclose(t, claimed, rel_tol=1e-6)}


def near_laws(policy: Policy) -> list[str]:
    """Laws that a test of any use can tell from the claim's: a temperature a tenth off, 3 % of the tokens replaced."""
    claimed = float(policy.temperature)
    return [*(f"temperature {claimed * factor:g}" for factor in NEAR), REPLACED] if claimed else []


def tempered(exponent: float) -> Rows:
    """``c^e`` normalised."""
    if exponent == 1:
        return lambda logs: logs

    def rows(logs: Array) -> Array:
        powers = exponent * (logs - logs.max(axis=-1, keepdims=True))
        return powers - np.log(np.exp(powers).sum(axis=-1, keepdims=True))

    return rows


def greedy(logs: Array) -> Array:
    """The first of the largest."""
    best = logs.argmax(axis=-1)
    return np.where(np.arange(logs.shape[-1]) == best[..., None], 0.0, -math.inf)


def top(k: int) -> Rows:
    """The k largest."""

    def rows(logs: Array) -> Array:
        cut = np.partition(logs, -k, axis=-1)[..., -k, None]
        return _renormalised(logs, logs >= cut)

    return rows


def nucleus(mass: float, crossing: bool) -> Rows:
    """The likeliest tokens up to a total, with the one that crosses it or without; at least one."""

    def rows(logs: Array) -> Array:
        order = np.argsort(-logs, axis=-1, kind="stable")
        ranked = np.exp(np.take_along_axis(logs, order, -1))
        total = np.cumsum(ranked, axis=-1)
        inside = total - ranked < mass if crossing else total <= mass
        inside[..., 0] = True
        kept = np.zeros(logs.shape, dtype=bool)
        np.put_along_axis(kept, order, inside, -1)
        return _renormalised(logs, kept)

    return rows


def replaced(own: Rows, share: float) -> Rows:
    """A share of the tokens drawn from all alike."""
    vocab_share = math.log(share)

    def rows(logs: Array) -> Array:
        rest = math.log1p(-share) if share < 1 else -math.inf
        return np.logaddexp(rest + own(logs), vocab_share - math.log(logs.shape[-1]))

    return rows


def normalised(laws: Mapping[str, Rows]) -> dict[str, Rows]:
    """Somebody's laws, each row divided by its sum, so that they are evidence whatever they are."""
    return {name: _checked(name, law) for name, law in laws.items()}


def _checked(name: str, law: Rows) -> Rows:
    def rows(logs: Array) -> Array:
        found = np.asarray(law(logs), dtype=np.float64)
        if found.shape != logs.shape or np.isnan(found).any() or (found == math.inf).any():
            raise BadInput(name, f"it returned shape {found.shape}, NaN or infinity; logs {logs.shape} are accepted")
        with np.errstate(divide="ignore", invalid="ignore"):
            total = np.log(np.exp(found - found.max(axis=-1, keepdims=True)).sum(axis=-1, keepdims=True))
            return np.where(found > -math.inf, found - found.max(axis=-1, keepdims=True) - total, -math.inf)

    return rows


def _renormalised(logs: Array, kept: NDArray[np.bool_]) -> Array:
    found = np.where(kept, logs, -math.inf)
    with np.errstate(divide="ignore"):
        return found - np.log(np.exp(found).sum(axis=-1, keepdims=True))
