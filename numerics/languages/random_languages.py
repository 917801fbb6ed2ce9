"""Languages drawn at random, with forbidden transitions and small rational rows.

Only :meth:`random.Random.random` is used, whose sequence for a seed is the same in every version of Python.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random

from ..numbers.probabilities import whole
from .hidden_markov import HMM
from .n_gram import NGram

__all__ = ["random_hmm", "random_ngram"]

GRAINS = 16
"""Every probability is a multiple of 1/16, which float64 holds exactly."""


def random_ngram(order: int, vocab: int, length: int, seed: int) -> NGram:
    """An n-gram that forbids half of the continuations of every context; its first n-1 tokens are uniform.

    Parameters
    ----------
    order, length : int
    vocab : int
        At most 32.
    seed : int

    Examples
    --------
    >>> random_ngram(2, 4, 3, seed=0).transition.values[0].tolist()
    [0.0, 0.0, 0.25, 0.75]
    """
    contexts, draw = whole(vocab, "vocab", 1, 2 * GRAINS) ** (whole(order, "order", 1) - 1), Random(seed)
    rows = [_row(vocab, -(-vocab // 2), draw) for _ in range(contexts)]
    return NGram(order, vocab, length, [Fraction(1, contexts)] * contexts, rows)


def random_hmm(states: int, vocab: int, length: int, seed: int) -> HMM:
    """A hidden chain that forbids half of the transitions of every state, each of which shows two tokens.

    Parameters
    ----------
    states : int
        At most 32; the first is uniform.
    vocab, length : int
    seed : int
    """
    K, draw = whole(states, "states", 1, 2 * GRAINS), Random(seed)
    transition = [_row(K, -(-K // 2), draw) for _ in range(K)]
    emission = [_row(vocab, min(whole(vocab, "vocab", 1), 2), draw) for _ in range(K)]
    return HMM(length, [Fraction(1, K)] * K, transition, emission)


def _row(width: int, kept: int, draw: Random) -> list[Fraction]:
    """Positive multiples of 1/16 at ``kept`` random places, uniform among such rows."""
    places = sorted(range(width), key=lambda _: draw.random())[:kept]
    cuts = sorted(sorted(range(1, GRAINS), key=lambda _: draw.random())[: kept - 1])
    row = [Fraction(0)] * width
    for place, low, high in zip(places, [0, *cuts], [*cuts, GRAINS], strict=True):
        row[place] = Fraction(high - low, GRAINS)
    return row
