"""Probabilities that the sampler draws from, in exact rationals: the marginal lattice, predictions, the off-support
rule.

Partial sequences are tuples with the mask V. Numbers are ``flint.fmpq``.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from flint import fmpq

from ...denoisers import Denoiser, Exact, Learned, Perturbed, Table
from ...instances import Instance
from ...languages import Language, NGram
from ...numbers.lattice import sequence_rows
from ...numbers.rationals import to_flint
from ...policies import Partial

__all__ = ["ONE", "ZERO", "Row", "SamplerRows", "marginal_lattice"]

Row = list[fmpq]
"""V probabilities."""

ZERO, ONE = fmpq(0), fmpq(1)


def marginal_lattice(language: Language) -> dict[Partial, fmpq]:
    """``m[y] = q(x_R)`` for the partial sequences where it is positive.

    Notes
    -----
    Cost: one addition an entry and axis, at most ``L (V+1)^L``.
    """
    V, L = language.vocab, language.length
    sequences = map(tuple, sequence_rows(0, V**L, V, L).tolist())
    m = {x: to_flint(c) for x, c in zip(sequences, language.exact_table().tolist(), strict=True) if c}
    for i in range(L):
        sums: defaultdict[Partial, fmpq] = defaultdict(fmpq)
        for y, probability in m.items():
            sums[(*y[:i], V, *y[i + 1 :])] += probability
        m |= sums
    return m


def _conditional(m: dict[Partial, fmpq], y: Partial, i: int, vocab: int) -> Row | None:
    """``q(x_i = v | y)`` for every v; None where ``q(y) = 0``."""
    if y not in m:
        return None
    return [m.get((*y[:i], v, *y[i + 1 :]), ZERO) / m[y] for v in range(vocab)]


class SamplerRows:
    """The law from which the sampler draws each masked position of a partial sequence.

    Parameters
    ----------
    instance : Instance
        Rational; of the languages, only chains and blocks have a local scope.
    marginals : dict
        The language's :func:`marginal_lattice`.
    """

    def __init__(self, instance: Instance, marginals: dict[Partial, fmpq]) -> None:
        self.vocab, self.length = instance.vocab, instance.length
        self._marginals = marginals
        self._rule = instance.off_support
        self._predicted = _predictor(instance.denoiser, instance.language)
        self._inside = _local_scope(instance.language) if instance.off_support_scope == "local" else self.exact
        self._kept: dict[tuple[Partial, int], Row] = {}

    def exact(self, y: Partial, i: int) -> Row | None:
        """The exact conditional at the masked position i of y; None where ``q(y) = 0``."""
        return _conditional(self._marginals, y, i, self.vocab)

    def predicted(self, y: Partial, i: int) -> Row:
        """``p_theta(. | y)`` at i in a possible context."""
        exact = self.exact(y, i)
        assert exact is not None
        return self._predicted(y, i, exact)

    def drawn(self, y: Partial, i: int) -> Row:
        """Law of the token drawn at i: the prediction, or the off-support rule where the context is impossible."""
        if (y, i) not in self._kept:
            inside = self._inside(y, i)
            self._kept[y, i] = self._convention[i] if inside is None else self._predicted(y, i, inside)
        return self._kept[y, i]

    @cached_property
    def _convention(self) -> list[Row]:
        V, L = self.vocab, self.length
        if self._rule == "stop":
            return [[ZERO] * V] * L
        if self._rule == "uniform":
            return [[fmpq(1, V)] * V] * L
        rows = [self.exact((V,) * L, i) for i in range(L)]
        return [row for row in rows if row is not None]


def _predictor(denoiser: Denoiser, language: Language) -> Callable[[Partial, int, Row], Row]:
    """``p_theta(. | y)`` at i from the exact conditional there."""
    V = language.vocab
    match denoiser:
        case Exact():
            return lambda y, i, exact: exact
        case Perturbed(noise="uniform", strength=Fraction() as strength):
            moved = to_flint(strength)
            return lambda y, i, exact: [(1 - moved) * c + moved / V for c in exact]
        case Perturbed(noise="peak", strength=Fraction() as strength):
            moved = to_flint(strength)
            return lambda y, i, exact: [
                (1 - moved) * c + (moved if v == exact.index(max(exact)) else 0) for v, c in enumerate(exact)
            ]
        case Learned(pseudo_count=Fraction() as pseudo_count):
            pseudo = to_flint(pseudo_count)
            counted = _agreeing if denoiser.context == "full" else _between_like_neighbours
            seen = denoiser.training_set(language)

            def learned(y: Partial, i: int, exact: Row) -> Row:
                counts = np.bincount(counted(seen, y, i, V), minlength=V).tolist()
                total = sum(counts) + V * pseudo
                return [(count + pseudo) / total for count in counts] if any(counts) else [fmpq(1, V)] * V

            return learned
        case Table():
            stored = denoiser.predictor(language)
            nothing = np.zeros((1, language.length, V))
            return lambda y, i, exact: [
                fmpq(*c.as_integer_ratio()) for c in stored(np.array([y]), nothing)[0, i].tolist()
            ]
    raise TypeError(f"{denoiser!r} has no rational predictions")


def _agreeing(seen: Any, y: Partial, i: int, vocab: int) -> Any:
    """Tokens at i of the sample sequences that agree with y."""
    revealed = [j for j, token in enumerate(y) if token != vocab]
    return seen[(seen[:, revealed] == [y[j] for j in revealed]).all(axis=1), i]


def _between_like_neighbours(seen: Any, y: Partial, i: int, vocab: int) -> Any:
    """Tokens of the sample, at any position, between neighbours like those of i in y, at the same distances."""
    ends = [j - i for j in _neighbours(y, i, vocab) if 0 <= j < len(y)]
    found = []
    for at in range(max([0, *(-d for d in ends)]), len(y) - max([0, *ends])):
        alike = np.ones(len(seen), dtype=bool)
        for d in ends:
            alike &= seen[:, at + d] == y[i + d]
        found.append(seen[alike, at])
    return np.concatenate(found)


def _neighbours(y: Partial, i: int, vocab: int) -> tuple[int, int]:
    """The nearest revealed positions on either side of i; -1 and L where there is none."""
    left = next((j for j in range(i - 1, -1, -1) if y[j] != vocab), -1)
    right = next((j for j in range(i + 1, len(y)) if y[j] != vocab), len(y))
    return left, right


def _local_scope(language: Language) -> Callable[[Partial, int], Row | None]:
    """The conditional at i of what lies in the same block, or between the same two revealed neighbours
    (definitions.md#off-support).
    """
    if language.is_product:
        m, size = marginal_lattice(language.unit), language.unit.length
        return lambda y, i: _conditional(m, y[i - i % size : i - i % size + size], i % size, language.vocab)
    if language.is_markov:
        return _between_ends(NGram.of(language))
    # Refuses, in the words of the language.
    language.conditionals(np.full((1, language.length), language.vocab), "local")
    raise TypeError(f"{language!r} has a local scope that this engine does not know")


def _between_ends(language: NGram) -> Callable[[Partial, int], Row | None]:
    """``K(a,i)[u,v] K(i,b)[v,w]`` normalised over v, by powers of the transition matrix."""
    V, L = language.vocab, language.length
    P = [[to_flint(c) for c in row] for row in language.transition.fractions] * (V if language.order == 1 else 1)
    first = [to_flint(c) for c in language.initial.fractions] if language.order == 2 else P[0]
    last = [to_flint(c) for c in language.final(lambda law: law.fractions)] if language.ends else [ONE] * V
    powers = [[[ONE if u == v else ZERO for v in range(V)] for u in range(V)]]
    for _ in range(L):
        powers.append([_times(row, P) for row in powers[-1]])
    arrivals = list(itertools.accumulate(range(L - 1), lambda law, _: _times(law, P), initial=first))
    endings = [last] * L if not language.ends else [[_dot(row, last) for row in powers[L - 1 - i]] for i in range(L)]

    def inside(y: Partial, i: int) -> Row | None:
        a, b = _neighbours(y, i, V)
        left = powers[i - a][y[a]] if a >= 0 else arrivals[i]
        right = [row[y[b]] for row in powers[b - i]] if b < L else endings[i]
        weights = [u * w for u, w in zip(left, right, strict=True)]
        total = sum(weights, ZERO)
        return [weight / total for weight in weights] if total else None

    return inside


def _times(row: Iterable[fmpq], matrix: list[Row]) -> Row:
    """Row vector times matrix."""
    return [_dot(row, column) for column in zip(*matrix, strict=True)]


def _dot(row: Iterable[fmpq], column: Iterable[fmpq]) -> fmpq:
    return sum((c * m for c, m in zip(row, column, strict=True)), ZERO)
