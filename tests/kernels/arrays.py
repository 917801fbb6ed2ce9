"""Oracle languages and denoisers as the arrays that kernels take, and how far a float is from a rational."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from itertools import product
from random import Random

import numpy as np
from oracles import denoisers, languages
from oracles.denoisers import Denoiser
from oracles.languages import Law, Marginals

UNIT = Fraction(1, 2**53)
RULES = ("uniform", "marginal", "stop")


def shapes() -> list[tuple[int, int]]:
    """Vocabulary and length of small cases, one token and one position among them."""
    return [(1, 1), (1, 3), (2, 1), (3, 1), (2, 3), (2, 4), (3, 3), (4, 2)]


def language(V: int, L: int, zeros: float = 0.6, seed: int = 1) -> Law:
    return languages.random_table(Random(seed), V, L, zeros)


def rare(V: int, L: int) -> Law:
    """A language most of whose sequences have a probability near 1e-14."""
    entries = {x: Fraction(1 + k % 3, 10**14) for k, x in enumerate(product(range(V), repeat=L))}
    first = (0,) * L
    entries[first] = 1 - sum(p for x, p in entries.items() if x != first)
    return entries


def table(q: Law, V: int, L: int) -> np.ndarray:
    """q in the order of a table, each entry correctly rounded."""
    return np.array([float(q.get(x, Fraction(0))) for x in product(range(V), repeat=L)])


def partial_sequences(V: int, L: int) -> list[tuple[int | None, ...]]:
    """All of them in lattice order, None for a mask."""
    return list(product([None, *range(V)], repeat=L))


def context(y: tuple[int | None, ...]) -> dict[int, int]:
    return {i: v for i, v in enumerate(y) if v is not None}


def fallback(q: Law, V: int, L: int, rule: str) -> np.ndarray:
    """What is drawn at each position in a context of probability zero."""
    if rule == "uniform":
        return np.full((L, V), 1.0 / V)
    if rule == "stop":
        return np.zeros((L, V))
    m = Marginals(q)
    return np.array([[float(m.probability({i: v})) for v in range(V)] for i in range(L)])


def denoiser_lattice(denoiser: Denoiser, V: int, L: int) -> np.ndarray:
    """``D[i, y']``, the probability of the token that y' has at i, given the rest of y'."""
    D = np.zeros((L, (V + 1) ** L))
    for index, y in enumerate(partial_sequences(V, L)):
        for i in context(y):
            rest = {j: v for j, v in context(y).items() if j != i}
            D[i, index] = float(denoiser(i, rest)[y[i]])
    return D


def noisy(q: Law, V: int, rule: str = "uniform") -> Denoiser:
    return denoisers.predicting(q, V, denoisers.mix_uniform(Fraction(1, 7)), rule)


def ordered_partitions(L: int, blocks: int) -> list[tuple[int, ...]]:
    """Reveal times 0..blocks-1 that use every one of them."""
    return [tau for tau in product(range(blocks), repeat=L) if set(tau) == set(range(blocks))]


def roundings(values: np.ndarray, exact: Iterable[Fraction]) -> float:
    """Largest relative distance in units of 2^-53; infinite where exactly one of the two is zero."""
    most = 0.0
    for value, truth in zip(values.reshape(-1).tolist(), exact, strict=True):
        if (value == 0.0) != (truth == 0):
            return math.inf
        if truth:
            most = max(most, float(abs(Fraction(value) / truth - 1) / UNIT))
    return most


def table_depth(V: int, L: int) -> int:
    """Roundings in the marginal lattice of a correctly rounded table (definitions.md#rounding)."""
    return 1 + L * (V - 1)


def with_threads(monkeypatch, count: int, compute: Callable[[], np.ndarray]) -> bytes:
    """The bits of a result on so many threads, however little there is to do."""
    from maskbound.numerics._kernels import threads

    monkeypatch.setattr(threads, "thread_count", lambda: count)
    monkeypatch.setattr(threads, "WORTH_THREADS", 0)
    return compute().tobytes()


def sequence_values(p: Mapping[tuple[int, ...], Fraction], V: int, L: int) -> list[Fraction]:
    """A law as a list in the order of a table."""
    return [p.get(x, Fraction(0)) for x in product(range(V), repeat=L)]
