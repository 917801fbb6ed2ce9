"""The two families of adaptive policies that practice confuses (M3.1), by confidence and fixed sizes.

Small and literal, one function each: they exist for the known answers M6.14, M6.15 and M6.17.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations, product

from .denoisers import Denoiser
from .languages import Law, Tokens


def choose_then_sample(sizes: Sequence[int], V: int, denoiser: Denoiser, ties: str = "first") -> Law:
    """Reveal the `s_k` positions of largest `max_v c_i(v)`, then draw their tokens."""

    def step(y: tuple, size: int) -> list[tuple[Fraction, dict[int, int]]]:
        context, masked = _split(y)
        rows = {i: denoiser(i, context) for i in masked}
        moves = []
        for choice, A in _best({i: max(rows[i]) for i in masked}, size, ties):
            for draw in product(range(V), repeat=len(A)):
                chance = choice
                for i, v in zip(A, draw, strict=True):
                    chance *= rows[i][v]
                moves.append((chance, dict(zip(A, draw, strict=True))))
        return moves

    return _run(sizes, step)


def sample_then_choose(sizes: Sequence[int], V: int, denoiser: Denoiser, ties: str = "first") -> Law:
    """Propose a token at every masked position, keep the `s_k` proposals of largest probability."""

    def step(y: tuple, size: int) -> list[tuple[Fraction, dict[int, int]]]:
        context, masked = _split(y)
        rows = {i: denoiser(i, context) for i in masked}
        moves = []
        for draw in product(range(V), repeat=len(masked)):
            proposal = dict(zip(masked, draw, strict=True))
            chance = Fraction(1)
            for i, v in proposal.items():
                chance *= rows[i][v]
            if chance:
                for choice, A in _best({i: rows[i][v] for i, v in proposal.items()}, size, ties):
                    moves.append((chance * choice, {i: proposal[i] for i in A}))
        return moves

    return _run(sizes, step)


def _split(y: tuple) -> tuple[dict[int, int], Tokens]:
    context = {i: v for i, v in enumerate(y) if v is not None}
    return context, tuple(i for i in range(len(y)) if y[i] is None)


def _best(scores: dict[int, Fraction], size: int, ties: str) -> list[tuple[Fraction, Tokens]]:
    """The sets of `size` positions with the largest scores: the lowest positions, or one of all at random."""
    if ties == "first":
        return [(Fraction(1), tuple(sorted(scores, key=lambda i: (-scores[i], i))[:size]))]
    top = sorted(scores.values(), reverse=True)[:size]
    tied = [A for A in combinations(scores, size) if sorted((scores[i] for i in A), reverse=True) == top]
    return [(Fraction(1, len(tied)), A) for A in tied]


def _run(sizes: Sequence[int], step: Callable[[tuple, int], list[tuple[Fraction, dict[int, int]]]]) -> Law:
    states: dict[tuple, Fraction] = {(None,) * sum(sizes): Fraction(1)}
    for size in sizes:
        following: dict[tuple, Fraction] = {}
        for y, chance in states.items():
            for weight, tokens in step(y, size):
                if weight:
                    z = tuple(tokens.get(i, v) for i, v in enumerate(y))
                    following[z] = following.get(z, Fraction(0)) + chance * weight
        states = following
    return states
