"""Hidden chains with silent states, from the definition: sums over all their paths."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from random import Random

from .formats import given_length
from .languages import Law

Row = Sequence[Fraction]
ZERO = Fraction(0)


def weight(initial: Row, A: Sequence[Row], B: Sequence[Row], end: Row | None, tokens: Sequence[int]) -> Fraction:
    """The sum over the paths that write the tokens; the first ``len(B)`` states emit, and any may be the last."""

    def on(state: int, at: int) -> Fraction:
        """Of what follows a state that has been left, with ``at`` tokens written."""
        done = (end[state] if end is not None else Fraction(state < len(B))) if at == len(tokens) else ZERO
        return done + sum((p * into(target, at) for target, p in enumerate(A[state]) if p), ZERO)

    def into(state: int, at: int) -> Fraction:
        if state >= len(B):
            return on(state, at) if end is not None or at < len(tokens) else ZERO
        if at == len(tokens) or not B[state][tokens[at]]:
            return ZERO
        if end is None and at == len(tokens) - 1:
            return B[state][tokens[at]]
        return B[state][tokens[at]] * on(state, at + 1)

    return sum((p * into(state, 0) for state, p in enumerate(initial) if p), ZERO)


def law(initial: Row, A: Sequence[Row], B: Sequence[Row], end: Row | None, V: int, L: int) -> tuple[Law, Fraction]:
    """The law of L tokens, and the probability of the length."""
    return given_length({x: weight(initial, A, B, end, x) for x in product(range(V), repeat=L)})


def random_chain(
    rng: Random, emitting: int, silent: int, V: int, ends: bool, zeros: float = 0.3
) -> tuple[list[Fraction], list[list[Fraction]], list[list[Fraction]], list[Fraction] | None, Fraction]:
    """Initial law, transitions, emissions, end weights, and the probability of the empty sequence before any state."""
    N = emitting + silent

    def row(allowed: Sequence[int], with_end: bool) -> tuple[list[Fraction], Fraction]:
        counts = {k: rng.randint(1, 6) for k in allowed if rng.random() >= zeros}
        last = rng.randint(0, 3) if with_end else 0
        if not counts and not last:
            counts[allowed[0]] = 1
        total = sum(counts.values()) + last
        return [Fraction(counts.get(k, 0), total) for k in range(N)], Fraction(last, total)

    initial, empty = row(range(N), ends)
    rows = [row(range(N), ends) for _ in range(emitting)]
    rows += [row([*range(emitting), *range(s + 1, N)], ends) for s in range(emitting, N)]
    emission = []
    for _ in range(emitting):
        counts = [0 if rng.random() < zeros else rng.randint(1, 6) for _ in range(V)]
        counts[rng.randrange(V)] += 1
        emission.append([Fraction(count, sum(counts)) for count in counts])
    return initial, [arcs for arcs, _ in rows], emission, [last for _, last in rows] if ends else None, empty
