"""Given sets: every step reveals the positions that it is told (definitions.md#policies)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from fractions import Fraction
from random import Random
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from ..numbers.limits import power
from ..numbers.probabilities import whole
from ..spec.draws import Spec
from ..spec.table import WholeRows
from ..traits import decides
from .base import Policy
from .given_times import GivenTimes
from .kind import FEW_STEPS, PolicyTable

__all__ = ["FixedSets", "autoregressive", "bisection"]

MOST_POSITIONS = 10**6
"""Sets of positions are stored position by position."""


class FixedSets(GivenTimes):
    """The position set of every step is given.

    Parameters
    ----------
    sets : iterable of iterables of int
        Disjoint sets of positions (from 0) that cover the sequence, step by step.
    """

    def __init__(self, sets: Iterable[Iterable[int]]) -> None:
        self.sets: tuple[tuple[int, ...], ...] = tuple(
            tuple(sorted(whole(i, f"sets[{k}][{j}]") for j, i in enumerate(chosen))) for k, chosen in enumerate(sets)
        )
        self.sizes: tuple[int, ...] = tuple(len(chosen) for chosen in self.sets)

    @property
    def steps(self) -> int:
        return len(self.sets)

    @property
    def one_choice(self) -> bool:
        return True

    @property
    def given_sizes(self) -> tuple[int, ...]:
        return self.sizes

    def check(self, vocab: int, length: int) -> None:
        listed = sorted(itertools.chain.from_iterable(self.sets))
        if len(listed) != length or listed != list(range(length)):
            raise BadInput("sets", f"together they must hold each of the positions 0..{length - 1} exactly once")

    def choices(self, step: int, masked: tuple[int, ...]) -> Iterator[tuple[Fraction, tuple[int, ...]]]:
        yield Fraction(1), self.sets[step - 1]

    def reveal_times(self, uniforms: NDArray[np.float64]) -> NDArray[np.int64]:
        tau = np.empty(uniforms.shape, dtype=np.int64)
        for step, chosen in enumerate(self.sets):
            tau[:, list(chosen)] = step
        return tau

    def refines(self, coarser: Policy) -> bool | None:
        """Whether each set of the coarser is the union of consecutive sets of its own."""
        if not isinstance(coarser, FixedSets):
            return None
        following = (chosen for chosen in self.sets if chosen)
        for chosen in coarser.sets:
            missing = set(chosen)
            while missing:
                part = set(next(following, ()))
                if not part or not part <= missing:
                    return False
                missing -= part
        return True

    def pair_count(self, vocab: int, length: int) -> int:
        return sum(power(vocab, reached) for reached in itertools.accumulate(map(len, self.sets)))

    def written(self) -> dict[str, Any]:
        return {"kind": "fixed-sets", "sets": [list(chosen) for chosen in self.sets]}

    def __repr__(self) -> str:
        return f"FixedSets({[list(chosen) for chosen in self.sets]})"


def autoregressive(length: int) -> FixedSets:
    """Left to right, one token a step."""
    return FixedSets([[i] for i in range(whole(length, "length", 1, MOST_POSITIONS))])


def bisection(length: int) -> FixedSets:
    """The midpoint of every masked run at once: ``ceil(log2(L+1))`` steps (independent-steps/path-kl)."""
    runs, sets = [(0, whole(length, "length", 1, MOST_POSITIONS))], []
    while runs:
        sets.append([(start + stop - 1) // 2 for start, stop in runs])
        halves = ((start, (start + stop - 1) // 2, stop) for start, stop in runs)
        runs = [
            run for start, middle, stop in halves for run in ((start, middle), (middle + 1, stop)) if run[0] < run[1]
        ]
    return FixedSets(sets)


@decides("BisectionPolicy", "policy")
def _bisects(policy: Policy) -> bool:
    return isinstance(policy, FixedSets) and policy.sets == bisection(sum(policy.given_sizes)).sets


class FixedSetsTable(PolicyTable):
    kind: Literal["fixed-sets"]
    steps_key: ClassVar[str] = "sets"
    sets: WholeRows

    def build(self, length: int) -> Policy:
        return FixedSets(self.sets)

    @classmethod
    def examples(cls, length: int) -> Iterator[Spec]:
        """Runs of every width, odd and even positions, the ends and the middle, midpoints."""
        everything = list(range(length))
        several = [[everything[at : at + width] for at in range(0, length, width)] for width in range(1, length + 1)]
        if length > 1:
            several += [[everything[::2], everything[1::2]], [everything[1::2], everything[::2]]]
        if length > 2:
            several += [[[0, length - 1], everything[1:-1]]]
        for sets in [*several, [list(chosen) for chosen in bisection(length).sets]]:
            yield {"kind": "fixed-sets", "sets": sets}

    @classmethod
    def drawn(cls, length: int, rng: Random) -> Spec:
        order = rng.sample(range(length), length)
        cuts = sorted(rng.randint(0, length) for _ in range(rng.randint(1, FEW_STEPS) - 1))
        return {"kind": "fixed-sets", "sets": [sorted(order[a:b]) for a, b in itertools.pairwise([0, *cuts, length])]}


class AutoregressiveTable(PolicyTable):
    kind: Literal["autoregressive"]

    def build(self, length: int) -> Policy:
        return autoregressive(length)


class BisectionTable(PolicyTable):
    kind: Literal["bisection"]

    def build(self, length: int) -> Policy:
        return bisection(length)
