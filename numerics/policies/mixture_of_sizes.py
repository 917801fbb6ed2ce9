"""Mixtures of sizes: fixed sizes, drawn before the first step (definitions.md#policies)."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from random import Random
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, shown
from ..numbers.probabilities import Probabilities, written
from ..spec.draws import Spec, normalised
from ..spec.table import ABSENT, Count, Numbers, Text, WholeRows
from ..traits import decides
from .base import Partial, Policy, Transition
from .fixed_size import FixedSize
from .given_times import ExchangeableTimes
from .kind import FEW_STEPS, PolicyTable
from .minimax import minimax

__all__ = ["MixtureOfSizes"]


class MixtureOfSizes(ExchangeableTimes):
    """Sizes drawn from a law, then at step k a uniformly random set of ``s_k`` masked positions.

    Parameters
    ----------
    sizes : sequence of sequences of int
        Lists ``s_1..s_N`` of as many steps, each summing to the length; empty steps are allowed.
    weights : sequence of rationals
        Their probabilities.
    """

    def __init__(self, sizes: Sequence[Sequence[int]], weights: Any) -> None:
        if not isinstance(sizes, list | tuple) or not sizes:
            raise BadInput("sizes", f"found {shown(sizes)}; a list of lists such as [[1, 2], [2, 1]] is accepted")
        probabilities = Probabilities.parse(weights, (len(sizes),), "weights")
        if not probabilities.rational:
            raise BadInput("weights", 'found floating numbers; rationals such as "1/3" are accepted')
        law: defaultdict[tuple[int, ...], Fraction] = defaultdict(Fraction)
        for n, (given, probability) in enumerate(zip(sizes, probabilities.fractions.tolist(), strict=True)):
            try:
                law[FixedSize(given).sizes] += probability
            except BadInput as problem:
                raise BadInput(problem.key.replace("sizes", f"sizes[{n}]", 1), problem.problem) from None
            for what, count in (("steps", len), ("tokens", sum)):
                found, first = count(given), count(sizes[0])
                if found != first:
                    raise BadInput(f"sizes[{n}]", f"found {shown(found)} {what}; the first list has {shown(first)}")
        self.size_law = tuple((probability, given) for given, probability in law.items() if probability)

    @classmethod
    def minimax(cls, length: int, steps: int, criterion: str = "tc+dtc") -> MixtureOfSizes:
        """The best random sizes for the worst language, see :func:`~maskbound.numerics.policies.minimax.minimax`."""
        sizes, weights = zip(*minimax(length, steps, criterion).sizes, strict=True)
        return cls(sizes, list(weights))

    @property
    def steps(self) -> int:
        return len(self.size_law[0][1])

    @cached_property
    def parts(self) -> tuple[tuple[Fraction, FixedSize], ...]:
        return tuple((probability, FixedSize(given)) for probability, given in self.size_law)

    @property
    def edges(self) -> int:
        """Seven for each list of sizes: the largest of the uniform numbers is held against a power of a probability."""
        return self.steps + 7 * len(self.size_law)

    def check(self, vocab: int, length: int) -> None:
        self.parts[0][1].check(vocab, length)

    @cached_property
    def _conditional_counts(self) -> dict[tuple[int, int], list[tuple[Fraction, int]]]:
        """The law of the size of a step, given how many are masked before it."""
        law: defaultdict[tuple[int, int], defaultdict[int, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
        for probability, part in self.parts:
            rests = itertools.accumulate(part.sizes, lambda rest, size: rest - size, initial=sum(part.sizes))
            for step, (masked, size) in enumerate(zip(rests, part.sizes, strict=False), 1):
                law[step, masked][size] += probability
        return {
            at: [(probability / sum(sizes.values()), size) for size, probability in sizes.items()]
            for at, sizes in law.items()
        }

    def counts(self, step: int, masked: int) -> Iterator[tuple[Fraction, int]]:
        yield from self._conditional_counts[step, masked]

    def exact_jumps(self, length: int) -> Mapping[tuple[int, int], Fraction]:
        found: defaultdict[tuple[int, int], Fraction] = defaultdict(Fraction)
        for probability, part in self.parts:
            for at in part.exact_jumps(length):
                found[at] += probability
        return found

    def reveal_times(self, uniforms: NDArray[np.float64]) -> NDArray[np.int64]:
        """The largest of the numbers chooses the sizes, and their order, independent of it, the positions."""
        length = uniforms.shape[1]
        cumulated = np.array([float(c) for c in itertools.accumulate(probability for probability, _ in self.size_law)])
        drawn = np.searchsorted(cumulated[:-1] ** (1 / length), uniforms.max(axis=1), side="right")
        at = np.array([np.repeat(np.arange(self.steps), part.sizes) for _, part in self.parts])
        tau = np.empty(uniforms.shape, dtype=np.int64)
        np.put_along_axis(tau, uniforms.argsort(axis=1, kind="stable"), at[drawn], axis=1)
        return tau

    def log2_of_times(self, length: int) -> float:
        return min(
            math.log2(probability.numerator) - math.log2(probability.denominator) + part.log2_of_times(length)
            for probability, part in self.parts
        )

    def transitions(
        self, step: int, y: Partial, conditionals: NDArray[np.float64], memory: Hashable = None
    ) -> Iterator[Transition]:
        """The memory is the number of the list of sizes that was drawn."""
        for n, (probability, part) in enumerate(self.parts):
            if memory is None or memory == n:
                share = float(probability) if memory is None else 1.0
                yield from ((share * c, z, n) for c, z, _ in part.transitions(step, y, conditionals))

    def pair_count(self, vocab: int, length: int) -> int:
        return sum(part.pair_count(vocab, length) for _, part in self.parts)

    def written(self) -> dict[str, Any]:
        return {
            "kind": "mixture-of-sizes",
            "sizes": [list(given) for _, given in self.size_law],
            "weights": [written(probability) for probability, _ in self.size_law],
        }

    def __repr__(self) -> str:
        sizes = [list(given) for _, given in self.size_law]
        return f"MixtureOfSizes({sizes}, {[str(probability) for probability, _ in self.size_law]})"


@decides("MixtureOfSizesPolicy", "policy")
def _draws_sizes(policy: Policy) -> bool:
    return bool(policy.size_law)


class MixtureOfSizesTable(PolicyTable):
    """``sizes`` and ``weights``; or ``steps`` and ``minimax``, what the best random sizes are best for."""

    kind: Literal["mixture-of-sizes"]
    sizes: WholeRows = ABSENT
    weights: Numbers = ABSENT
    steps: Count = ABSENT
    minimax: Text = ABSENT

    def build(self, length: int) -> Policy:
        source = self.exactly_one("sizes", "minimax")
        partner, stranger = ("weights", "steps") if source == "sizes" else ("steps", "weights")
        if not self.given(partner):
            raise BadInput(partner, f"the key is missing; {source} needs it")
        if self.given(stranger):
            raise BadInput(stranger, f"found it next to {source}, which goes with {partner}")
        if source == "sizes":
            return MixtureOfSizes(self.sizes, self.weights)
        try:
            return MixtureOfSizes.minimax(length, self.steps, self.minimax)
        except BadInput as problem:
            raise BadInput(problem.key.replace("criterion", "minimax"), problem.problem) from None

    @classmethod
    def examples(cls, length: int) -> Iterator[Spec]:
        """Two steps, the first of one token or of all but one."""
        if length > 2:
            sizes = [[1, length - 1], [length - 1, 1]]
            for weights in ([1, 1], [1, 2], [2, 1]):
                yield {"kind": "mixture-of-sizes", "sizes": sizes, "weights": normalised(weights)}

    @classmethod
    def drawn(cls, length: int, rng: Random) -> Spec:
        lists, steps = [], rng.randint(1, FEW_STEPS)
        for _ in range(rng.randint(1, FEW_STEPS)):
            cuts = sorted(rng.randint(0, length) for _ in range(steps - 1))
            lists.append([after - before for before, after in itertools.pairwise([0, *cuts, length])])
        weights = normalised([rng.randint(1, 5) for _ in lists])
        return {"kind": "mixture-of-sizes", "sizes": lists, "weights": weights}
