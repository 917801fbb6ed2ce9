"""Blocks under fixed sizes, one step after another: how many blocks have come how far.

The state is the number of blocks with each *history*, the sizes of the steps that have touched a block so far; the
untouched have the empty one, and completed ones are only counted. A step of s out of M masked tokens takes j tokens
from ``k_j`` of the n blocks of a history that has d tokens masked, for every history and j, in

    prod over histories of n! / (k_0! k_1! .. k_d!) prod_j C(d, j)^{k_j}

of ``C(M, s)`` ways, exact whole numbers; a block that is completed brings its probability ``beta``. Nothing is
subtracted. With blocks of two tokens a single number, of blocks half revealed, describes the state, so the number of
steps hardly matters; :mod:`.counts` has the opposite strength.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ...numbers.limits import BEYOND_COUNTING
from ..workspace import Cost
from .counts import SMALLEST, Composition, Tiny, compositions

__all__ = ["all_blocks", "steps_cost"]

State = tuple[int, ...]
"""Number of blocks that have each history."""

Moves = Sequence[Sequence[int | None]]
"""For each history, where j = 1, 2, .. tokens more lead; None is completion."""

Done = tuple[tuple[int, int], ...]
"""Histories that were completed, each with the number of blocks."""

OPERATIONS_A_DRAW = 5000
"""A way to spread a step over the histories, in Python, in billionths of a second."""


LONGEST_BLOCK = 6
"""With 2^(b-1) histories nothing longer than a few tokens can be done."""


def _histories(b: int) -> list[Composition]:
    """Of the blocks that are not complete; the empty one first."""
    return [history for revealed in range(b) for history in compositions(revealed)]


def steps_cost(sizes: Sequence[int], b: int) -> Cost:
    """States, times ways to spread a step over the histories, counted for each step.

    Every touched block that is not complete has a token revealed and a token masked, so there are at most
    ``min(S_k, L - S_k)`` of them.
    """
    L, reached = sum(sizes), 0
    if b > LONGEST_BLOCK:
        return Cost(BEYOND_COUNTING, BEYOND_COUNTING)
    touched = 2 ** (b - 1) - 1
    ways, largest = _spreads(b, min(max(sizes), 2000)), 1.0
    operations = 0.0
    for s in sizes:
        most = min(reached, L - reached, L // b)
        # One of two parities of the number of half-revealed blocks occurs.
        states = most // 2 + 1.0 if b == 2 else float(min(math.comb(most + touched, touched), BEYOND_COUNTING))
        spreads = ways[s] if s < len(ways) else float(BEYOND_COUNTING)
        operations += states * spreads * OPERATIONS_A_DRAW if s else 0.0
        largest = max(largest, states)
        reached += s
    return Cost(operations, 200.0 * largest * (touched + 2))


def _spreads(b: int, most: int) -> list[float]:
    """In how many ways s tokens can be spread over histories and numbers of tokens, for s = 0..most."""
    ways = [1.0] + [0.0] * most
    for history in _histories(b):
        for j in range(1, b - sum(history) + 1):
            for s in range(j, most + 1):
                ways[s] += ways[s - j]
    return ways


def all_blocks(beta: Mapping[Composition, float], sizes: Sequence[int], depth: float) -> Tiny:
    """``E prod_blocks beta(sizes of the block)``, as :func:`.counts.all_blocks` finds it.

    Parameters
    ----------
    beta : mapping
        A number from 0 to (about) 1 for every composition of b.
    sizes : sequence of int
        ``s_1..s_N``, whose sum is a multiple of b.
    depth : float
        Roundings in the entries of ``beta``.

    Notes
    -----
    Rounding: ``m (depth + 1)`` for the probabilities and their powers (4 ulps a power), a quotient, two products and
    the sums over the states of every step.

    Examples
    --------
    Pair(2), L = 4, two tokens at a time:

    >>> found = all_blocks({(2,): 0.5, (1, 1): 1.0}, [2, 2], depth=0)
    >>> found.mantissa * 2.0**found.exponent
    0.75
    """
    b = sum(next(iter(beta)))
    histories = _histories(b)
    index = {history: c for c, history in enumerate(histories)}
    moves = [[index.get((*history, j)) for j in range(1, b - sum(history) + 1)] for history in histories]
    finish = [beta[(*history, b - sum(history))] for history in histories]
    masked = sum(sizes)
    F: dict[State, float] = {(masked // b, *[0] * (len(histories) - 1)): 1.0}
    exponent, lost, additions, powers = 0, 0.0, 0, 0
    for s in sizes:
        if not s:
            continue
        of = math.comb(masked, s)
        G: defaultdict[State, float] = defaultdict(float)
        arrivals: defaultdict[State, int] = defaultdict(int)
        near = False
        for state, probability in F.items():
            for reached, ways, done in _draws(state, s, moves):
                weight = probability * (ways / of)
                for c, k in done:
                    weight *= finish[c] ** k
                if weight < SMALLEST and all(finish[c] for c, _ in done):
                    near = True
                G[reached] += weight
                arrivals[reached] += 1
        largest = math.frexp(max(G.values()))[1]
        F = {state: math.ldexp(probability, -largest) for state, probability in G.items() if probability}
        exponent += largest
        # Each arrival that underflowed is below the smallest normal number, and ways / of adds up to 1.
        lost = math.ldexp(lost + (SMALLEST * len(G) if near else 0.0), -largest)
        additions += max(arrivals.values())
        powers += 2 + 5 * len(histories)
        masked -= s
        if not F:
            return Tiny(0.0, exponent, 0, lost)
    (value,) = F.values()
    count = sum(sizes) // b
    return Tiny(value, exponent, count * (depth + 1) + additions + powers, lost)


def _draws(state: State, s: int, moves: Moves) -> Iterator[tuple[State, int, Done]]:
    """Ways to take s tokens from the blocks of a state.

    Yields
    ------
    reached, ways, done
        The next state, in how many ways it comes about, and how many blocks of each history are completed; a state may
        come more than once.
    """
    capacity = [0] * (len(moves) + 1)
    for c in range(len(moves) - 1, -1, -1):
        capacity[c] = capacity[c + 1] + state[c] * len(moves[c])
    kinds = [(c, j) for c, targets in enumerate(moves) for j in range(1, len(targets) + 1)]

    def spread(kind: int, free: int, left: int, reached: State, ways: int, done: Done) -> Iterator:
        """Take j tokens each from some of the ``free`` blocks of history c, and go on to the next kind."""
        if left == 0:
            yield reached, ways, done
            return
        c, j = kinds[kind]
        d, target = len(moves[c]), moves[c][j - 1]
        least = max(0, -(-(left - capacity[c + 1]) // d)) if j == d else 0
        for k in range(least, min(free, left // j) + 1):
            moved = reached
            if k:
                counts = list(reached)
                counts[c] -= k
                if target is not None:
                    counts[target] += k
                moved = tuple(counts)
            finished = (*done, (c, k)) if target is None and k else done
            untouched = free - k if j < d else state[c + 1] if c + 1 < len(moves) else 0
            if left - j * k <= (untouched * d if j < d else 0) + capacity[c + 1]:
                chosen = ways * math.comb(free, k) * math.comb(d, j) ** k
                yield from spread(kind + 1, untouched, left - j * k, moved, chosen, finished)

    yield from spread(0, state[0], s, state, 1, ())
