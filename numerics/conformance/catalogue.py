"""The laws that a sampler may draw from in the place of the one it claims: other policies, and the usual mistakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..errors import MaskboundError
from ..instances import Instance
from ..metrics.output_law import law
from ..numbers.limits import power
from ..policies import Adaptive, Bernoulli, FixedSize, Policy, autoregressive
from .diagnosis import by
from .known_bugs import law_of_variant, mistakes
from .oracle import Oracle

__all__ = ["catalogue", "distinct"]

SECONDS = 10.0
"""Estimated cost beyond which a law is left out."""

MOST_PAIRS = 3_000_000
"""Source-target pairs that are pushed in Python for one mistake."""

ALIKE = 1e-12
"""Far above the rounding of a law, far below what any number of sequences could tell apart."""


def catalogue(instance: Instance, oracle: Oracle) -> dict[str, NDArray[np.float64]]:
    """The laws, by name, of what samplers of this language and denoiser may do with as many steps.

    Parameters
    ----------
    instance : Instance
        The claim; its own law is not among them.
    oracle : Oracle
        Of the instance.

    Returns
    -------
    dict of str to (V^L,) float64
        Laws that would take too long here, or cannot be decided, are left out.
    """
    laws = {}
    for name, policy in (_policies(instance) | _near(instance)).items():
        try:
            laws[name] = law(replace(instance, policy=policy, spec=None), seconds=SECONDS).p
        except MaskboundError:
            continue
    pairs = power(2 * instance.vocab + 1, instance.length) * instance.policy.steps
    if pairs <= MOST_PAIRS:
        wrong = mistakes(instance.policy, instance.length)
        laws |= {name: law_of_variant(variant, oracle) for name, variant in wrong.items()}
    return distinct(laws, law(instance).p)


def distinct(laws: Mapping[str, NDArray[np.float64]], claimed: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Without the claim's own law; equal laws under their joined names."""
    names: list[list[str]] = []
    kept: list[NDArray[np.float64]] = []
    for name, found in laws.items():
        if np.abs(found - claimed).max() <= ALIKE:
            continue
        same = [k for k, other in enumerate(kept) if np.abs(found - other).max() <= ALIKE]
        if same:
            names[same[0]].append(name)
        else:
            names.append([name])
            kept.append(found)
    return {" = ".join(joined): found for joined, found in zip(names, kept, strict=True)}


def _policies(instance: Instance) -> dict[str, Policy]:
    """Every kind of policy with its usual parameters."""
    L, N = instance.length, min(instance.policy.steps, instance.length)
    sizes = instance.policy.sizes or FixedSize.balanced(N, L).sizes
    found: dict[str, Policy] = {
        "bernoulli": Bernoulli(N),
        "fixed-size": FixedSize(sizes),
        "autoregressive": autoregressive(L),
    }
    for score in ("confidence", "margin", "entropy"):
        found[f"choose-then-sample {by(score)}"] = Adaptive(L, score=score, sizes=sizes)
    for ties in ("first", "random"):
        found[f"sample-then-choose by probability of the drawn token, ties {ties}"] = Adaptive(
            L, score="confidence", order="sample-then-choose", sizes=sizes, ties=ties
        )
    return found


def _near(instance: Instance) -> dict[str, Policy]:
    """The claim's own policy with one parameter changed, as code that ignores or misreads it would."""
    policy, L = instance.policy, instance.length
    found: dict[str, Policy] = {}
    if policy.sizes and policy.sets is None:
        for name, sizes in (
            ("one token a step", [1] * L),
            ("one token too many a step", _more(policy.sizes)),
            ("one token too few a step", _fewer(policy.sizes)),
            ("masks of an equally long prompt counted in the budget", _more_in_all(L, policy.steps)),
        ):
            found[name] = policy.resized(sizes)
    if policy.score is not None:
        policy = Adaptive.of(policy)
        if policy.block_length < L and policy.sizes:
            found["blocks ignored"] = policy.resized(policy.sizes)
        if policy.temperature != 1:
            found["temperature ignored"] = policy.changed(temperature=1)
        if policy.score == "confidence":
            other = "choose-then-sample" if policy.proposes else "sample-then-choose"
            found["choose before draw" if policy.proposes else "draw before choose"] = policy.changed(order=other)
        other = "random" if policy.ties == "first" else "first"
        found[f"ties {other}"] = policy.changed(ties=other)
    return found


def _more(sizes: Sequence[int]) -> list[int]:
    """One more at each step, while there are any."""
    left, found = sum(sizes), []
    for size in sizes:
        found.append(min(size + 1, left))
        left -= found[-1]
    return found


def _fewer(sizes: Sequence[int]) -> list[int]:
    """One fewer at each step but the last, which has the rest."""
    found = [max(size - 1, 0) for size in sizes[:-1]]
    return [*found, sum(sizes) - sum(found)]


def _more_in_all(length: int, steps: int) -> list[int]:
    """Even shares of the masks of prompt and answer together, all spent on the answer."""
    left, found = length, []
    for size in FixedSize.balanced(steps, 2 * length).sizes:
        found.append(min(size, left))
        left -= found[-1]
    return found
