"""How many positions code reveals a step: laws that it may follow, and names for what it was seen doing."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from ..policies import FixedSize, Policy, Remasking
from .steps import SLIP, Transitions

__all__ = ["claimed_in_words", "remasking_law", "seen_in_words", "size_laws"]

Array = NDArray[np.float64]
Sizes = tuple[int, ...]

PRIOR = 20.0
"""Positions by which a hazard that is learned starts at the claim's."""

LONGEST = 12
"""Sizes that are written out."""


def size_laws(policy: Policy, seen: Transitions, hazards: NDArray[np.float64]) -> dict[str, Array]:
    """Log probabilities (n,) of how many, where the claim leaves that to probability.

    Parameters
    ----------
    policy : Policy
    seen : Transitions
    hazards : (2, n) float64
        Positions revealed, and masked before, at the same step of earlier calls.
    """
    if policy.step_law is None:
        return {}
    step = np.minimum(seen.step, policy.steps) - 1
    masked, size = seen.masked.sum(axis=1), seen.size
    known = seen.steps >= policy.steps
    claimed = np.asarray(policy.step_law.hazards, dtype=np.float64)
    learned = (hazards[0] + PRIOR * claimed[step]) / (hazards[1] + PRIOR)
    own = _binomial(masked, size, claimed[step])
    found = {"learned hazards": _binomial(masked, size, learned)}
    for name, rounding in (("rounded down", np.floor), ("rounded up", np.ceil), ("rounded", np.rint)):
        due = rounding(masked * claimed[step] * (1 + 1e-12) if name == "rounded down" else masked * claimed[step])
        strict = np.where(size == due, math.log1p(-SLIP), -math.inf)
        found[f"the expected number {name}"] = np.logaddexp(strict, math.log(SLIP) + own)
    return {name: np.where(known, law, 0.0) for name, law in found.items()}


def remasking_law(
    policy: Policy,
    seen: Transitions,
    before: NDArray[np.float64],
    remasked: NDArray[np.int64],
    revealed: NDArray[np.int64],
) -> Array:
    """Log probabilities (n,) of which revealed positions are masked again, by hazards learned from earlier calls."""
    step = np.minimum(seen.step, policy.steps) - 1
    claimed = np.array([float(sigma) for sigma in Remasking.of(policy).remasked])[step]
    hazard = (before[0] + PRIOR * np.clip(claimed, 1e-3, 1 - 1e-3)) / (before[1] + PRIOR)
    law = remasked * np.log(hazard) + (revealed - remasked) * np.log1p(-hazard)
    return np.where(seen.steps == policy.steps, law, 0.0)


def _binomial(m: NDArray[np.int64], k: NDArray[np.int64], hazard: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        powers = np.where(k > 0, k * np.log(hazard), 0.0) + np.where(m > k, (m - k) * np.log1p(-hazard), 0.0)
    return gammaln(m + 1.0) - gammaln(k + 1.0) - gammaln(m - k + 1.0) + powers


def planned(policy: Policy) -> Sizes | None:
    """The sizes of the steps that reveal something, where they are fixed."""
    return None if policy.sizes is None else tuple(size for size in policy.sizes if size)


def claimed_in_words(policy: Policy) -> str:
    """The claim about sizes."""
    sizes = planned(policy)
    if sizes is not None:
        return _spelled(sizes)
    if policy.size_law:
        often = (f"{_spelled(each)} with probability {probability}" for probability, each in policy.size_law)
        return "; ".join(itertools.islice(often, 3)) + "; .." * (len(policy.size_law) > 3)
    if policy.step_law is not None or policy.remasks:
        return f"each position on its own, in {policy.steps} steps"
    (rule,) = policy.written().keys() & {"threshold", "entropy_bound"}
    return f"{rule} {policy.bound}".replace("_", " ")


def seen_in_words(policy: Policy, seen: Counter[Sizes], length: int) -> str:
    """What was seen, by name where there is one."""
    (most, often), total = seen.most_common(1)[0], seen.total()
    if often == total and len(seen) == 1:
        name = _named(policy, most, length)
        return _spelled(most) + (f" ({name})" if name else "")
    left = sum(count for sizes, count in seen.items() if sum(sizes) < length)
    if left:
        return f"masks are left in {left} of {total} sequences"
    return f"vary: {_spelled(most)} in {often} of {total} sequences, {len(seen)} kinds in all"


def _named(policy: Policy, sizes: Sizes, length: int) -> str | None:
    claim = planned(policy)
    total, steps = sum(sizes), policy.steps
    if total < length:
        return f"{length - total} masks left"
    known: dict[str, Sequence[int]] = {"one at a time": [1] * length, "all at once": [length]}
    if claim is not None:
        known |= {"reversed": claim[::-1], "the remainder last": _remainder_last(steps, length)}
        known["blocks ignored"] = FixedSize.balanced(steps, length).sizes if policy.blocks > 1 else ()
        known["one more a step"] = _at_most((size + 1 for size in claim), length)
    known["the integer part of m(1 - s/t)"] = _integer_parts(steps, length)
    return next((name for name, each in known.items() if tuple(k for k in each if k) == sizes), None)


def _remainder_last(steps: int, length: int) -> list[int]:
    return [length // steps] * (steps - 1) + [length - length // steps * (steps - 1)]


def _at_most(sizes: Iterable[int], length: int) -> list[int]:
    found: list[int] = []
    for size in sizes:
        found.append(min(size, length - sum(found)))
    return found


def _integer_parts(steps: int, length: int) -> list[int]:
    """Times from 1 to 1/1000, the last step with the rest."""
    times, left, found = np.linspace(1, 1e-3, steps + 1), length, []
    for k in range(steps):
        due = int(left * (1 - times[k + 1] / times[k])) if k < steps - 1 else left
        found.append(due)
        left -= due
    return found


def _spelled(sizes: Sizes) -> str:
    if len(sizes) <= LONGEST:
        return ", ".join(map(str, sizes)) or "none"
    runs = [(size, len(list(group))) for size, group in itertools.groupby(sizes)]
    if len(runs) <= LONGEST // 2:
        return ", ".join(f"{count} times {size}" for size, count in runs)
    return f"{', '.join(map(str, sizes[: LONGEST - 2]))}, ... ({len(sizes)} steps)"
