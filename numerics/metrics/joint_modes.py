"""Threshold decoding (joint-mode/uniform-rule): when the tokens most likely on their own are not the most likely
together.

Over contexts x_R and sets A of masked positions: ``(2V+1)^L`` pairs. Which joint outcome is the most likely is decided,
not rounded: in whole numbers for a small rational language; otherwise, where float64 cannot tell, the set counts in the
lower end of the enclosure and not in the upper one.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from functools import reduce

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from .._kernels import lattice as lattice_kernels
from ..engines import rational, tabular
from ..engines.needs import ANY_POLICY, RATIONAL_LANGUAGE
from ..engines.rational.rows import ONE
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..numbers.enclosure import UNIT_ROUNDOFF, Enclosure, gamma
from ..numbers.limits import power
from ..policies import Partial
from .information import tabular_method
from .log_forms import exact_method
from .method import Method

__all__ = ["METHODS"]

A_PATTERN = 2e4
"""Operations that a pair of sets costs beside its entries."""

LARGEST_COUNTED = 1 << 16
"""Sequences of a rational table that is brought to whole numbers."""


def _least_scores(work: Workspace) -> tuple[Enclosure, Enclosure]:
    """``mode_conflict`` and ``mode_conflict_uniform``.

    The least score of the sets that certainly conflict is the upper end, of those that may the lower one. Where several
    tokens may be the likeliest at a position, a conflict is certain if something else is likelier than all of these.
    """
    return work.once_for_policies(_found_scores)


def _found_scores(work: Workspace) -> tuple[Enclosure, Enclosure]:
    lattice = _counted(work)
    spread = 0.0 if lattice is not None else gamma(4 * tabular.exact_ratio_depth(work.instance))
    lo, hi = np.full(2, math.inf), np.full(2, math.inf)
    for joint, singles in _patterns(work, tabular.marginal_lattice(work) if lattice is None else lattice):
        tops = np.array([row.max(axis=1) for row in singles])
        likeliest = [row >= top[:, None] * (1 - spread) for row, top in zip(singles, tops, strict=True)]
        tied = np.any([row.sum(axis=1) > 1 for row in likeliest], axis=0)
        inside = reduce(lambda one, other: (one[:, :, None] & other[:, None, :]).reshape(len(one), -1), likeliest)
        mode, rival = (np.where(chosen, joint, 0.0).max(axis=1) for chosen in (inside, ~inside))
        doubts = 1 - tops / singles[0].sum(axis=1)
        scores = np.array([doubts.sum(axis=0) + doubts.max(axis=0), (len(singles) + 1) * doubts.max(axis=0)])
        error = (len(singles) + 2) * (gamma(4 * tabular.exact_ratio_depth(work.instance)) + 4 * UNIT_ROUNDOFF)
        possible = (rival >= mode * (1 - spread)) | tied
        certain = possible if spread == 0 else rival > mode * (1 + spread)
        lo = np.minimum(lo, scores[:, possible].min(axis=1, initial=math.inf) - error)
        hi = np.minimum(hi, scores[:, certain].min(axis=1, initial=math.inf) + error)
    return _between(lo[0], hi[0]), _between(lo[1], hi[1])


def _between(lo: float, hi: float) -> Enclosure:
    lo, hi = max(float(lo), 0.0), float(hi)
    if hi > lo + 1:
        return Enclosure.between(lo, hi, "rounding", note="whether a tie is exact is lost in rounding")
    return Enclosure((lo + hi) / 2 if math.isfinite(hi) else lo, lo, hi, "rounding")


def _counted(work: Workspace) -> NDArray[np.float64] | None:
    """The lattice of a rational language in whole numbers below 2^53, on which comparisons are exact; None if large."""
    V, L, language = work.instance.vocab, work.instance.length, work.instance.language
    if not language.rational or power(V, L) > LARGEST_COUNTED:
        return None
    table = language.exact_table().tolist()
    shared = math.lcm(*{probability.denominator for probability in table})
    if shared >= 1 << 53:
        return None
    return lattice_kernels.marginal_lattice(np.array([float(probability * shared) for probability in table]), V, L)


def _patterns(
    work: Workspace, flat: NDArray[np.float64]
) -> Iterator[tuple[NDArray[np.float64], list[NDArray[np.float64]]]]:
    """For disjoint sets R and A, |A| >= 2: ``q(x_R, x_A)`` and ``q(x_R, x_i)``, a row for each possible x_R."""
    V, L = work.instance.vocab, work.instance.length
    lattice = flat.reshape((V + 1,) * L)
    revealed, masked = slice(1, None), 0
    for kinds in itertools.product("-RA", repeat=L):
        A = [i for i, kind in enumerate(kinds) if kind == "A"]
        if len(A) < 2:
            continue
        R = [i for i, kind in enumerate(kinds) if kind == "R"]
        context = lattice[tuple(revealed if i in R else masked for i in range(L))].reshape(-1)
        possible = context > 0
        table = lattice[tuple(masked if kind == "-" else revealed for kind in kinds)]
        kept = sorted([*R, *A])
        table = np.moveaxis(table, [kept.index(i) for i in R], range(len(R))).reshape(len(context), -1)
        singles = [
            np.moveaxis(
                lattice[tuple(revealed if j in R or j == i else masked for j in range(L))],
                sorted([*R, i]).index(i),
                -1,
            ).reshape(len(context), V)
            for i in A
        ]
        yield table[possible], [single[possible] for single in singles]


def _conflicts(work: Workspace) -> Iterator[list[fmpq]]:
    """The doubts ``1 - max_v q(v | x_R)`` of every set that conflicts."""
    V, L = work.instance.vocab, work.instance.length
    m = rational.marginals(work)

    def with_tokens(y: Partial, A: tuple[int, ...], tokens: tuple[int, ...]) -> Partial:
        filled = list(y)
        for i, v in zip(A, tokens, strict=True):
            filled[i] = v
        return tuple(filled)

    for y, probability in m.items():
        masked = [i for i in range(L) if y[i] == V]
        rows = {i: [m.get(with_tokens(y, (i,), (v,)), fmpq(0)) for v in range(V)] for i in masked}
        own = {i: max(range(V), key=row.__getitem__) for i, row in rows.items()}
        tied = {i for i, row in rows.items() if row.count(max(row)) > 1}
        for size in range(2, len(masked) + 1):
            for A in itertools.combinations(masked, size):
                best = tuple(own[i] for i in A)
                mode = m.get(with_tokens(y, A, best), fmpq(0))
                rivals = (tokens for tokens in itertools.product(range(V), repeat=size) if tokens != best)
                if tied & set(A) or any(m.get(with_tokens(y, A, tokens), -ONE) >= mode for tokens in rivals):
                    yield [1 - max(rows[i]) / probability for i in A]


def _exact_scores(work: Workspace) -> tuple[fmpq | float, fmpq | float]:
    """Both, of the sets that conflict."""
    found = [(sum(doubts) + max(doubts), (len(doubts) + 1) * max(doubts)) for doubts in _conflicts(work)]
    first, other = (min(scores, default=math.inf) for scores in (zip(*found, strict=True) if found else ((), ())))
    return first, other


def _exact_conflict(work: Workspace) -> fmpq | float:
    return work.once_for_policies(_exact_scores)[0]


def _exact_uniform_conflict(work: Workspace) -> fmpq | float:
    return work.once_for_policies(_exact_scores)[1]


def _least_confidence(work: Workspace) -> Enclosure:
    return Enclosure.relative(float(work.instance.marginals.max(axis=1).min()), tabular.lattice_depth(work.instance))


def _exact_least_confidence(work: Workspace) -> fmpq:
    V, L = work.instance.vocab, work.instance.length
    m = rational.marginals(work)
    blank = (V,) * L
    return min(max(m.get((*blank[:i], v, *blank[i + 1 :]), fmpq(0)) for v in range(V)) for i in range(L))


def _cost(instance: Instance) -> Cost:
    V, L = instance.vocab, instance.length
    lattice = tabular.lattice_cost(instance)
    return Cost(lattice.operations + 10 * power(2 * V + 1, L) + A_PATTERN * power(3, L), 4 * lattice.bytes)


def _conflict_method(quantity: str, which: int) -> Method:
    return Method(
        quantity,
        "tabular",
        "rounding",
        ANY_POLICY,
        _cost,
        lambda work: _least_scores(work)[which],
        "any language x any policy",
        "(2V+1)^L",
    )


def _pair_cost(instance: Instance) -> Cost:
    pairs = power(2 * instance.vocab + 1, instance.length)
    return Cost(5e3 * pairs, 500 * power(instance.vocab + 1, instance.length))


METHODS = (
    _conflict_method("mode_conflict", 0),
    _conflict_method("mode_conflict_uniform", 1),
    tabular_method("least_confidence", _least_confidence),
    *(
        exact_method(name, run, RATIONAL_LANGUAGE, _pair_cost, "(2V+1)^L, in Python")
        for name, run in (("mode_conflict", _exact_conflict), ("mode_conflict_uniform", _exact_uniform_conflict))
    ),
    exact_method("least_confidence", _exact_least_confidence, RATIONAL_LANGUAGE),
)
