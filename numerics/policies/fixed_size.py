"""Fixed sizes: each step reveals a uniformly random set of a given size (definitions.md#policies)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, shown
from ..numbers.limits import power
from ..numbers.probabilities import whole
from ..spec.draws import Spec
from ..spec.table import ABSENT, Wholes
from ..traits import decides
from .base import Partial, Policy, Transition
from .filling import fillings
from .given_times import ExchangeableTimes
from .kind import FEW_STEPS, PolicyTable, ScheduledTable
from .schedule import MOST_STEPS

__all__ = ["FixedSize", "evenly", "random_order"]


class FixedSize(ExchangeableTimes):
    """At step k a uniformly random set of ``s_k`` masked positions.

    Parameters
    ----------
    sizes : sequence of int
        ``s_1..s_N``, summing to the length; empty steps are allowed.
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        if not isinstance(sizes, Iterable):
            raise BadInput("sizes", f"found {shown(sizes)}; a list of whole numbers is accepted, one a step")
        self.sizes: tuple[int, ...] = tuple(whole(size, f"sizes[{k}]") for k, size in enumerate(sizes))
        if not self.sizes:
            raise BadInput("sizes", "found no step; at least one is accepted")
        self.random_sizes = self.sizes
        self.size_law = ((Fraction(1), self.sizes),)

    @classmethod
    def balanced(cls, steps: int, length: int) -> FixedSize:
        """Sizes as even as possible, the remainder to the early steps."""
        return cls(evenly(length, whole(steps, "steps", 1, MOST_STEPS)))

    @property
    def steps(self) -> int:
        return len(self.sizes)

    def revealed(self) -> list[int]:
        """``S_0..S_N``."""
        return [0, *itertools.accumulate(self.sizes)]

    @property
    def one_choice(self) -> bool:
        return self.one_step

    @property
    def given_sizes(self) -> tuple[int, ...]:
        return self.sizes

    def check(self, vocab: int, length: int) -> None:
        if sum(self.sizes) != length:
            raise BadInput("sizes", f"found a sum of {shown(sum(self.sizes))}; sizes must add up to length={length}")

    def transitions(
        self, step: int, y: Partial, conditionals: NDArray[np.float64], memory: Hashable = None
    ) -> Iterator[Transition]:
        vocab = conditionals.shape[1]
        masked = [i for i, token in enumerate(y) if token == vocab]
        size = self.sizes[step - 1]
        probability = 1 / math.comb(len(masked), size)
        for chosen in itertools.combinations(masked, size):
            yield from fillings(probability, y, chosen, conditionals)

    def counts(self, step: int, masked: int) -> Iterator[tuple[Fraction, int]]:
        yield Fraction(1), self.sizes[step - 1]

    def exact_jumps(self, length: int) -> Mapping[tuple[int, int], Fraction]:
        return {(before, s): Fraction(1) for before, s in zip(self.revealed(), self.sizes, strict=False) if s}

    def reveal_times(self, uniforms: NDArray[np.float64]) -> NDArray[np.int64]:
        tau = np.empty(uniforms.shape, dtype=np.int64)
        at = np.repeat(np.arange(self.steps), self.sizes)
        np.put_along_axis(tau, uniforms.argsort(axis=1, kind="stable"), at[None], axis=1)
        return tau

    def log2_of_times(self, length: int) -> float:
        assignments = math.lgamma(length + 1) - math.fsum(math.lgamma(size + 1) for size in self.sizes)
        return -assignments / math.log(2)

    def resized(self, sizes: Sequence[int]) -> FixedSize:
        return FixedSize(sizes)

    def refines(self, coarser: Policy) -> bool | None:
        return set(coarser.revealed()) <= set(self.revealed()) if isinstance(coarser, FixedSize) else None

    def pair_count(self, vocab: int, length: int) -> int:
        total = 0
        for before, size in zip(self.revealed(), self.sizes, strict=False):
            total += math.comb(length, before) * math.comb(length - before, size) * power(vocab, before + size)
        return total

    def written(self) -> dict[str, Any]:
        return {"kind": "fixed-size", "sizes": list(self.sizes)}

    def __repr__(self) -> str:
        return f"FixedSize({list(self.sizes)})"


def evenly(total: int, parts: int) -> list[int]:
    """Parts as even as possible, the remainder to the early ones."""
    each, remainder = divmod(total, parts)
    return [each + (k < remainder) for k in range(parts)]


def random_order(length: int) -> FixedSize:
    """One token a step, in a uniformly random order."""
    return FixedSize([1] * whole(length, "length", 1, MOST_STEPS))


@decides("FixedSizePolicy", "policy")
def _is_fixed_size(policy: Policy) -> bool:
    return isinstance(policy, FixedSize)


@decides("BalancedSizes", "policy")
def _is_balanced(policy: Policy) -> bool:
    return isinstance(policy, FixedSize) and max(policy.sizes) - min(policy.sizes) <= 1


@decides("GreedySizes", "policy")
def _is_greedy(policy: Policy) -> bool:
    """The least eta that allows every step is the one to try."""
    if not isinstance(policy, FixedSize) or 0 in policy.sizes:
        return False
    sizes, length = policy.sizes, sum(policy.sizes)
    rests = [length - 1 - before for before in itertools.accumulate(sizes, initial=0)]
    eta = max((Fraction(s - 1, rest) for s, rest in zip(sizes, rests, strict=False) if s > 1), default=Fraction(0))
    return all(s == 1 + math.floor(eta * rest) for s, rest in zip(sizes, rests, strict=False))


@decides("GreedyDtcSizes", "policy")
def _is_greedy_for_dtc(policy: Policy) -> bool:
    """The least eta that allows every step is the one to try; the last step takes what is left."""
    if not isinstance(policy, FixedSize) or 0 in policy.sizes:
        return False
    starts = [1 + before for before in itertools.accumulate(policy.sizes, initial=0)]
    eta = max(Fraction(s - 1, start) for s, start in zip(policy.sizes, starts, strict=False))
    return all(s == 1 + math.floor(eta * start) for s, start in zip(policy.sizes[:-1], starts, strict=False))


class FixedSizeTable(ScheduledTable):
    """``sizes``, or the keys of a schedule: uniform ``steps`` are as even as possible, others are rounded."""

    kind: Literal["fixed-size"]
    steps_key: ClassVar[str] = "sizes"
    sizes: Wholes = ABSENT

    def build(self, length: int) -> Policy:
        source = self.exactly_one("sizes", "steps", "weights", "alpha")
        if source == "sizes":
            self.refuse_strays(source)
            return FixedSize(self.sizes)
        if source == "steps" and self.schedule in (None, "uniform"):
            self.refuse_strays(source)
            return FixedSize.balanced(self.steps, length)
        schedule = self.read_schedule(source)
        try:
            return FixedSize(schedule.sizes(length))
        except BadInput as problem:
            raise BadInput(source, problem.problem) from None

    @classmethod
    def examples(cls, length: int) -> Iterator[Spec]:
        """As many steps as tokens, and every composition into few sizes."""
        if length > FEW_STEPS:
            yield {"kind": "fixed-size", "sizes": [1] * length}
        for steps in range(1, min(length, FEW_STEPS) + 1):
            for cuts in itertools.combinations(range(1, length), steps - 1):
                yield {"kind": "fixed-size", "sizes": _between(cuts, length)}

    @classmethod
    def drawn(cls, length: int, rng: Random) -> Spec:
        cuts = sorted(rng.randint(0, length) for _ in range(rng.randint(1, FEW_STEPS) - 1))
        return {"kind": "fixed-size", "sizes": _between(cuts, length)}


def _between(cuts: Sequence[int], length: int) -> list[int]:
    return [after - before for before, after in itertools.pairwise([0, *cuts, length])]


class RandomOrderTable(PolicyTable):
    kind: Literal["random-order"]

    def build(self, length: int) -> Policy:
        return random_order(length)
