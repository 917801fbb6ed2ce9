"""How few steps are enough, policy by policy (definitions.md#speedup_at_unit_cost): a run of N denoiser calls at c
times the price pays if N c < L.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace

from ..engines.workspace import Request, Workspace
from ..errors import BadInput, BeyondReach
from ..instances import Instance
from ..metrics import Method
from ..metrics.measure import explain
from ..metrics.methods import methods_for
from ..numbers.enclosure import Enclosure
from ..numbers.limits import memory_budget
from ..numbers.probabilities import number
from ..policies import Bernoulli, FixedSize, Policy, bisection
from .best_schedule import best_sizes
from .profiles import profile_of

__all__ = ["BreakEven", "break_even"]

SECONDS = 2.0
"""Time that one measurement may be estimated to take; beyond it a bound is used."""

MOST_TRIED = 4096

QUANTITIES = {"ter_gap": "kl", "ser": "ser"}


@dataclass(frozen=True)
class BreakEven:
    """The smallest number of steps at which one kind of policy is known to meet a target.

    Parameters
    ----------
    policy : str
        "uniform Bernoulli", "best fixed-size", "bisection" or "autoregressive".
    length : int
        L, the steps of autoregressive decoding.
    steps : int or None
        None where at most L steps are not known to be enough.
    value : Enclosure or None
        KL or SER at that many steps.
    smallest : bool or None
        Whether fewer steps are known to miss the target, or else a bound is too weak to tell; None where there is no
        choice.
    """

    policy: str
    length: int
    steps: int | None
    value: Enclosure | None
    smallest: bool | None

    @property
    def price(self) -> float | None:
        """``L/N``: it pays while a denoiser call costs less than this many autoregressive steps."""
        return None if self.steps is None else self.length / self.steps


def break_even(instance: Instance, target: float | str, quantity: str = "ter_gap") -> tuple[BreakEven, ...]:
    """The smallest number of steps that meets a target, for each kind of policy.

    Parameters
    ----------
    instance : Instance
        Its policy does not matter; the denoiser is exact.
    target : number
        At least 0.
    quantity : {"ter_gap", "ser"}
        ``log TER(p) - log TER(q) = KL/L`` in nats per token, or the sequence error rate.

    Returns
    -------
    tuple of BreakEven
        Uniform Bernoulli steps, the fixed sizes that are best for PATH_KL, bisection, autoregressive.

    Raises
    ------
    BadInput
        For an unknown quantity, a negative target, or a denoiser that is not exact.
    BeyondReach
        When no engine measures the quantity or bounds it, or more than 4096 numbers of steps would be tried.

    Notes
    -----
    Neither KL nor SER is known to fall with N, so every N from 1 on is tried. Where PATH_KL is all that bounds
    them (kl-path-kl/given-times, sequence-error/from-path-kl), a number that is enough is found by bisection instead;
    of the best sizes PATH_KL never rises with N, as steps may be empty.

    Examples
    --------
    >>> from maskbound.numerics import languages, policies
    >>> found = break_even(Instance(languages.pair(16, 32), policies.Bernoulli(steps=1)), 0.5, "ser")
    >>> {each.policy: each.steps for each in found}
    {'uniform Bernoulli': 23, 'best fixed-size': 14, 'bisection': 6, 'autoregressive': 32}
    """
    if quantity not in QUANTITIES:
        raise BadInput("quantity", f"found {quantity!r}; one of {', '.join(QUANTITIES)} is accepted")
    most = float(number(target, "target"))
    if most < 0:
        raise BadInput("target", f"found {target}; a number of at least 0 is accepted")
    if not instance.exact_denoiser:
        raise BadInput("denoiser", "it is not exact; break-even compares policies under the exact denoiser")
    L = instance.length
    if quantity == "ter_gap":
        most *= L
    profile = profile_of(Workspace(instance)).values.clip(min=0.0)
    decided = functools.partial(_decided, instance, quantity, most)

    def sized(steps: int) -> FixedSize:
        return FixedSize(best_sizes(profile, steps))

    def fewest(policy: Callable[[int], Policy]) -> Found:
        early = decided(policy(min(2, L)))
        search = _search if early.lo <= most < early.hi else _scan
        return search(lambda steps: decided(policy(steps)), most, L)

    halves = bisection(L)
    halved = decided(halves)
    return (
        _found("uniform Bernoulli", L, fewest(Bernoulli)),
        _found("best fixed-size", L, fewest(sized)),
        _found("bisection", L, (halves.steps, halved, None) if halved.hi <= most else None),
        _found("autoregressive", L, (L, Enclosure.exactly(0), None)),
    )


Found = tuple[int, Enclosure, bool | None] | None


def _found(policy: str, length: int, found: Found) -> BreakEven:
    return BreakEven(policy, length, *(found or (None, None, None)))


def _methods(instance: Instance, quantity: str) -> list[Method]:
    """The methods that measure or bound the quantity without drawing, within the time, cheapest first."""
    able = [
        method
        for method in methods_for(QUANTITIES[quantity])
        if method.kind != "statistical" and not method.on_request and method.obstacle(instance) is None
    ]
    costs = [(method.cost(instance), method) for method in able]
    fit = [(cost, method) for cost, method in costs if cost.seconds <= SECONDS and cost.bytes <= memory_budget()]
    cheapest = [method for _, method in sorted(fit, key=lambda pair: pair[0].operations)]
    # Bounds by PATH_KL are all alike.
    by_path = [method for method in cheapest if "kl-path-kl/given-times" in method.relies_on]
    return [method for method in cheapest if method not in by_path[1:]]


def _decided(instance: Instance, quantity: str, most: float, policy: Policy) -> Enclosure:
    """The quantity by the cheapest method that tells whether it is within the target, or else by the narrowest."""
    if policy.random_sizes is not None and max(policy.random_sizes) <= 1:
        # One token at a time from the exact conditionals is q itself (known-answers.md).
        return Enclosure.exactly(0)
    work = Workspace(replace(instance, policy=policy, spec=None))
    best: Enclosure | None = None
    for method in _methods(work.instance, quantity):
        found = method.measure(work)
        if best is None or found.width < best.width:
            best = found
        if found.hi <= most or found.lo > most:
            return found
    if best is None:
        raise explain(work.instance, QUANTITIES[quantity], Request(seconds=SECONDS), None)
    return best


def _scan(at: Callable[[int], Enclosure], most: float, last: int) -> Found:
    """The first number of steps whose enclosure lies within the target."""
    if last > MOST_TRIED:
        raise BeyondReach(f"every number of steps up to L={last} would be tried; at most {MOST_TRIED} are")
    missed = True
    for steps in range(1, last + 1):
        value = at(steps)
        if value.hi <= most:
            return steps, value, missed
        missed = missed and value.lo > most
    return None


def _search(at: Callable[[int], Enclosure], most: float, last: int) -> Found:
    """A number of steps whose bound lies within the target, while that of one step less does not."""
    low, high, value = 0, last, at(last)
    if value.hi > most:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        tried = at(middle)
        if tried.hi <= most:
            high, value = middle, tried
        else:
            low = middle
    return high, value, high == 1
