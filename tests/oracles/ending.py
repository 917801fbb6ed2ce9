"""Chains that may end, by enumeration: the law of their sequences given that these have L tokens.

From the definition: a path of states ends after its last state with that state's end weight; the law of the tokens is
the sum over the paths of L states, divided by the probability of the length.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise, product
from random import Random

from .languages import Law

Row = Sequence[Fraction]


def hmm(pi: Row, A: Sequence[Row], B: Sequence[Row], end: Row, L: int) -> tuple[Law, Fraction]:
    """The law given L, and the probability of L."""
    weights: Law = {}
    for path in product(range(len(pi)), repeat=L):
        probability = pi[path[0]] * end[path[-1]]
        for s, t in pairwise(path):
            probability *= A[s][t]
        if probability:
            for tokens in product(range(len(B[0])), repeat=L):
                weight = probability
                for state, token in zip(path, tokens, strict=True):
                    weight *= B[state][token]
                weights[tokens] = weights.get(tokens, Fraction(0)) + weight
    return _given(weights)


def ngram(order: int, V: int, initial: Row, transition: Sequence[Row], end: Row, L: int) -> tuple[Law, Fraction]:
    """The same for an n-gram, n >= 2 and L >= n - 1; contexts of n - 1 tokens, first most significant."""
    contexts = list(product(range(V), repeat=order - 1))
    number = {context: at for at, context in enumerate(contexts)}
    weights: Law = {}
    for tokens in product(range(V), repeat=L):
        weight = initial[number[tokens[: order - 1]]] * end[number[tokens[L - order + 1 :]]]
        for i in range(order - 1, L):
            weight *= transition[number[tokens[i - order + 1 : i]]][tokens[i]]
        weights[tokens] = weight
    return _given(weights)


def _given(weights: Law) -> tuple[Law, Fraction]:
    Z = sum(weights.values(), Fraction(0))
    return {tokens: weight / Z for tokens, weight in weights.items() if weight} if Z else {}, Z


def random_rows(rng: Random, count: int, width: int, zeros: float = 0.3) -> tuple[list[list[Fraction]], list[Fraction]]:
    """Rows and the rest of each, which sum to 1 together; each entry is zero with probability ``zeros``."""
    rows, rest = [], []
    for _ in range(count):
        counts = [0 if rng.random() < zeros else rng.randint(1, 6) for _ in range(width + 1)]
        if not any(counts):
            counts[rng.randrange(width + 1)] = 1
        rows.append([Fraction(c, sum(counts)) for c in counts[:-1]])
        rest.append(Fraction(counts[-1], sum(counts)))
    return rows, rest
