"""Adaptive policies (definitions.md#adaptive-policies) and remasking (definitions.md#remasking): every proposal, every
choice and every filling one by one.

A step is a function from a partial sequence (None is a mask) to the pairs (probability, next partial sequence).
Probabilities are Fractions; where `1/T` is no whole number, or a large one, those of tokens are real numbers of mpmath.
Entropies are compared at 70 digits: those of different laws that agree to 50 are taken as equal.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product

from .denoisers import Denoiser
from .languages import Law, Marginals, Tokens
from .logs import Real, log_sum, mp, negligible, real

LARGEST_RATIONAL_POWER = 2
"""Rationals to a higher power would be written out with too many digits."""

Partial = tuple
Step = Callable[[int, Partial], Iterator[tuple[Fraction, Partial]]]


@dataclass(frozen=True)
class Adaptive:
    """An adaptive policy (definitions.md#adaptive-policies).

    Attributes
    ----------
    proposes : whether tokens are drawn before positions are chosen.
    sizes : the size of every step, or None for one of the two other rules.
    inverse_temperature : `1/T`; None for T = 0.
    """

    L: int
    score: str
    proposes: bool = False
    sizes: tuple[int, ...] | None = None
    threshold: Fraction | None = None
    entropy_bound: Fraction | None = None
    inverse_temperature: Fraction | int | None = 1
    ties: str = "first"
    block_length: int | None = None

    @property
    def N(self) -> int:
        return self.L if self.sizes is None else len(self.sizes)

    def step(self, denoiser: Denoiser) -> Step:
        def moves(k: int, y: Partial) -> Iterator[tuple[Fraction, Partial]]:
            context = {i: v for i, v in enumerate(y) if v is not None}
            masked = self.candidates(y)
            scored = {i: denoiser(i, context) for i in masked}
            drawn = {i: self.tempered(row) for i, row in scored.items()}
            if not self.proposes:
                scores = {i: self.score_of(row) for i, row in scored.items()}
                for share, A in self.choices(k, scores):
                    for values in product(range(len(scored[masked[0]])) if masked else (), repeat=len(A)):
                        yield share * _probability(A, values, drawn), _with(y, A, values)
                return
            for values in product(range(len(scored[masked[0]])) if masked else (), repeat=len(masked)):
                probability = _probability(masked, values, drawn)
                proposal = dict(zip(masked, values, strict=True))
                if probability:
                    for share, A in self.choices(k, {i: scored[i][v] for i, v in proposal.items()}):
                        yield share * probability, _with(y, A, [proposal[i] for i in A])

        return moves

    def candidates(self, y: Partial) -> list[int]:
        """Masked positions of the first block that has any."""
        block = self.block_length or self.L
        masked = [i for i in range(self.L) if y[i] is None]
        return [i for i in masked if i // block == masked[0] // block]

    def tempered(self, row: list[Fraction]) -> list[Fraction]:
        if self.inverse_temperature is None:
            return [Fraction(int(any(row) and v == row.index(max(row)))) for v in range(len(row))]
        exponent = Fraction(self.inverse_temperature)
        rational = exponent.denominator == 1 and exponent <= LARGEST_RATIONAL_POWER
        powers = [c**exponent.numerator if rational or not c else real(c) ** real(exponent) for c in row]
        return [c * (1 / sum(powers)) for c in powers] if any(powers) else powers

    def score_of(self, row: list[Fraction]) -> Fraction | Real:
        if self.score == "confidence":
            return max(row)
        if self.score == "margin":
            return max(row) - sorted([Fraction(0), *row])[-2]
        if self.score == "entropy":
            return log_sum((c, c) for c in row)
        return Fraction(0)

    def choices(self, k: int, scores: dict) -> list[tuple[Fraction, Tokens]]:
        """The sets of positions that the rule may choose, with their probabilities."""
        if not scores:
            return [(Fraction(1), ())]
        tied = any_order if self.ties == "random" or self.score == "random" else lowest_first
        if self.sizes is not None:
            return tied(scores, self.sizes[k - 1])
        if self.threshold is not None:
            passed = tuple(i for i, s in scores.items() if not _less(s, self.threshold))
            return [(Fraction(1), passed)] if passed else tied(scores, 1)
        entropies = sorted(-real_of(s) for s in scores.values())
        counts = [
            n for n in range(1, len(scores) + 1) if not _less(real(self.entropy_bound), mp.fsum(entropies[: n - 1]))
        ]
        return tied(scores, max(counts))


def lowest_first(scores: dict, size: int) -> list[tuple[Fraction, Tokens]]:
    """The best, the lower of two positions of equal score."""
    chosen: list[int] = []
    for _ in range(size):
        left = [i for i in scores if i not in chosen]
        chosen.append(min(i for i in left if not any(_less(scores[i], scores[j]) for j in left)))
    return [(Fraction(1), tuple(sorted(chosen)))]


def any_order(scores: dict, size: int) -> list[tuple[Fraction, Tokens]]:
    """Any of the sets that leave no better position out, each as likely."""
    sets = [
        A
        for A in combinations(scores, size)
        if not any(_less(scores[i], scores[j]) for i in A for j in {*scores} - {*A})
    ]
    return [(Fraction(1, len(sets)), A) for A in sets]


def remasking(weights: Sequence[Fraction], sigma: Sequence[Fraction]) -> Callable[[Denoiser], Step]:
    """Remasking (definitions.md#remasking): what each position may become, multiplied out."""
    w = [Fraction(value) for value in weights]

    def step(denoiser: Denoiser) -> Step:
        def moves(k: int, y: Partial) -> Iterator[tuple[Fraction, Partial]]:
            context = {i: v for i, v in enumerate(y) if v is not None}
            before, tail = sum(w[: k - 1]), sum(w[k - 1 :])
            hazard = (w[k - 1] + sigma[k - 1] * before) / tail if tail else Fraction(1)
            options = [
                [(1 - sigma[k - 1], v), (Fraction(sigma[k - 1]), None)]
                if v is not None
                else [(1 - hazard, None), *((hazard * c, u) for u, c in enumerate(denoiser(i, context)))]
                for i, v in enumerate(y)
            ]
            for drawn in product(*options):
                probability = Fraction(1)
                for share, _ in drawn:
                    probability *= share
                yield probability, tuple(v for _, v in drawn)

        return moves

    return step


@dataclass(frozen=True)
class Run:
    """What comes of a run: the output law, the expected number of steps that met a mask, and the mass of every
    (step, context) that was met."""

    law: Law
    steps: Fraction
    met: dict[tuple[int, Partial], Fraction]


def run(step: Step, N: int, L: int) -> Run:
    """Move the law of the partial sequence through the steps."""
    states: dict[Partial, Fraction] = {(None,) * L: Fraction(1)}
    met: dict[tuple[int, Partial], Fraction] = {}
    for k in range(1, N + 1):
        following: dict[Partial, Fraction] = {}
        for y, probability in states.items():
            met[k, y] = probability
            for weight, z in step(k, y):
                if weight:
                    following[z] = following.get(z, Fraction(0)) + probability * weight
        states = following
    steps = sum((probability for (_, y), probability in met.items() if None in y), Fraction(0))
    return Run({y: probability for y, probability in states.items() if None not in y}, steps, met)


@dataclass(frozen=True)
class Replayed:
    """What comes of running a choose-then-sample policy on the own tokens of x ~ q (definitions.md#joint-law,
    kl-path-kl/equality-deterministic, entropy-bound/path-kl).
    """

    path_kl: Real
    step_correlation: Real
    expected_parallel_steps: Fraction


def under_language(q: Law, policy: Adaptive, denoiser: Denoiser) -> Replayed:
    """History by history of every x: what it costs, what is drawn together, and how often."""
    m = Marginals(q)
    costs: list[tuple[Fraction, Fraction]] = []
    together: list[tuple[Fraction, Fraction]] = []
    crowded = Fraction(0)

    def replay(x: Tokens, k: int, y: Partial, probability: Fraction) -> None:
        nonlocal crowded
        if k > policy.N:
            return
        context = {i: v for i, v in enumerate(y) if v is not None}
        scores = {i: policy.score_of(denoiser(i, context)) for i in policy.candidates(y)}
        for share, A in policy.choices(k, scores):
            z = _with(y, A, [x[i] for i in A])
            for i in A:
                costs.append((-probability * share, policy.tempered(denoiser(i, context))[x[i]]))
                together.append((-probability * share, m.conditional(i, context, 1 + max(map(max, q)))[x[i]]))
            joint = m.probability({i: v for i, v in enumerate(z) if v is not None}) / m.probability(context)
            together.append((probability * share, joint))
            crowded += probability * share * (len(A) > 1)
            replay(x, k + 1, z, probability * share)

    for x, probability in q.items():
        costs.append((probability, probability))
        replay(x, 1, (None,) * policy.L, probability)
    return Replayed(log_sum(costs), log_sum(together), crowded)


def choose_then_sample(sizes: Sequence[int], V: int, denoiser: Denoiser, ties: str = "first") -> Law:
    """By confidence and sizes."""
    policy = Adaptive(sum(sizes), "confidence", sizes=tuple(sizes), ties=ties)
    return run(policy.step(denoiser), policy.N, policy.L).law


def sample_then_choose(sizes: Sequence[int], V: int, denoiser: Denoiser, ties: str = "first") -> Law:
    """By confidence and sizes."""
    policy = Adaptive(sum(sizes), "confidence", proposes=True, sizes=tuple(sizes), ties=ties)
    return run(policy.step(denoiser), policy.N, policy.L).law


def real_of(score: Fraction | Real) -> Real:
    return real(score) if isinstance(score, Fraction) else score


def _less(a: Fraction | Real, b: Fraction | Real) -> bool:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a < b
    return real_of(a) < real_of(b) - negligible()


def _probability(A: Sequence[int], values: Sequence[int], rows: dict[int, list[Fraction]]) -> Fraction:
    probability = Fraction(1)
    for i, v in zip(A, values, strict=True):
        probability *= rows[i][v]
    return probability


def _with(y: Partial, A: Sequence[int], values: Sequence[int]) -> Partial:
    filled = dict(zip(A, values, strict=True))
    return tuple(filled.get(i, v) for i, v in enumerate(y))
