"""Steps that look at the partial sequence, pushed from source to targets on the lattice.

A source is an index of the lattice; each of its positions has options, an offset of the index and a weight, and a
target is a choice of one option a position. Sources are visited in their order, each with its targets in theirs.
"""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray

from .choices import CERTAIN, TIED
from .jit import inlined, kernel

__all__ = ["correlations", "push_choices", "push_proposals", "push_remasking"]


def push_choices(
    f: NDArray[np.float64],
    mass: NDArray[np.float64],
    sources: NDArray[np.int64],
    rows: NDArray[np.float64],
    state: NDArray[np.int8],
    drawn: NDArray[np.int64],
) -> None:
    """Reveal chosen positions and fill them independently.

    Parameters
    ----------
    f : ((V+1)^L,) float64
        Added to.
    mass : (n,) float64
        Of the sources.
    sources : (n,) int64
    rows : (n, L, V) float64
        What tokens are drawn from.
    state, drawn : (n, L) int8, (n,) int64
        All that are CERTAIN, and each set of so many of the TIED as likely.

    Notes
    -----
    Cost ``sum over sources and choices A of V^|A|``. A target takes at most one term from each source and choice; each
    is a product of |A| + 2 factors.
    """
    _push_choices(f, mass, sources, rows, state, drawn, _shares(rows.shape[1]))


def _shares(L: int) -> NDArray[np.float64]:
    """``1 / C(n, k)``."""
    return np.array([[1 / max(1, comb(n, k)) for k in range(L + 1)] for n in range(L + 1)])


@kernel
def _push_choices(f, mass, sources, rows, state, drawn, shares):
    n, L, V = rows.shape
    offset, weight, options = _room(L, V + 1)
    tied = np.empty(L, dtype=np.int64)
    for k in range(n):
        fixed, several = 0, 0
        for i in range(L):
            if state[k, i] == CERTAIN:
                options[fixed] = _tokens(rows[k, i], i, L, V, offset[fixed], weight[fixed])
                fixed += 1
            elif state[k, i] == TIED:
                tied[several] = i
                several += 1
        more = drawn[k]
        probability = mass[k] * shares[several, more]
        chosen = (1 << more) - 1
        while chosen < 1 << several:
            m = fixed
            for j in range(several):
                if (chosen >> j) & 1:
                    options[m] = _tokens(rows[k, tied[j]], tied[j], L, V, offset[m], weight[m])
                    m += 1
            _spread(f, sources[k], probability, m, offset, weight, options, 0, L)
            if more == 0:
                break
            chosen = _next_subset(chosen)


@inlined
def _tokens(row, i, L, V, offset, weight):
    """The tokens of a position as its options; returns how many there are."""
    place = (V + 1) ** (L - 1 - i)
    count = 0
    for v in range(V):
        if row[v] > 0.0:
            offset[count] = (v + 1) * place
            weight[count] = row[v]
            count += 1
    return count


@inlined
def _next_subset(chosen):
    """The next larger number with as many ones."""
    lowest = chosen & -chosen
    carried = chosen + lowest
    return carried | (((chosen ^ carried) // lowest) >> 2)


def push_proposals(
    f: NDArray[np.float64],
    mass: NDArray[np.float64],
    sources: NDArray[np.int64],
    rows: NDArray[np.float64],
    rank: NDArray[np.int64],
    admitted: NDArray[np.int64] | None,
    size: int,
    nodes: NDArray[np.float64] | None,
) -> None:
    """Propose a token at every candidate and keep the best proposals, without enumerating proposals.

    For each set A and its tokens the last of its pairs in the order of weights decides: every position outside A must
    draw a later pair, whose probability is a sum of its row. Where equal weights are drawn from at random, each
    proposal carries a uniform number; given that of the last pair, x, one of equal weight is before it with probability
    x, and the polynomial in x is integrated exactly by Gauss-Legendre nodes.

    Parameters
    ----------
    f, mass, sources, rows
        As in `push_choices`; rows of positions that are no candidates are not read.
    rank : (n, L, V) int64
        From ``pair_ranks``.
    admitted : (n,) int64 or None
        All proposals of rank below this are kept, or the best one if there are none; None to keep ``size``.
    size : int
        At least 1; all of them if there are fewer candidates.
    nodes : (G, 3) float64 or None
        Nodes x in [0, 1], ``1 - x`` and weights, exact for polynomials of degree L - 1; None for the lowest first.
    """
    all_at_once = np.array([[0.0, 1.0, 1.0]])
    limit = np.zeros(len(sources), dtype=np.int64) if admitted is None else admitted
    several = all_at_once if nodes is None else nodes
    _push_proposals(f, mass, sources, rows, rank, limit, size, several, all_at_once, nodes is None)


@kernel
def _push_proposals(f, mass, sources, rows, rank, admitted, size, nodes, single, first):
    n, L, V = rows.shape
    offset, weight, options = _room(L, V + 1)
    candidates = np.empty(L, dtype=np.int64)
    for k in range(n):
        m = 0
        for i in range(L):
            if rank[k, i].max() >= 0:
                candidates[m] = i
                m += 1
        if m == 0:
            # The rule stop: there is nothing to draw from, and the sequence stays as it is.
            continue
        kept = min(size, m)
        if admitted[k] > 0:
            for j in range(m):
                i = candidates[j]
                options[j] = V + 1
                _not_before(rows[k, i], rank[k, i], i, L, V, admitted[k], False, 0.0, 1.0, offset[j], weight[j])
            _spread(f, sources[k], mass[k], m, offset, weight, options, 1, m)
        elif kept == m:
            for j in range(m):
                options[j] = _tokens(rows[k, candidates[j]], candidates[j], L, V, offset[j], weight[j])
            _spread(f, sources[k], mass[k], m, offset, weight, options, 0, m)
            continue
        for j in range(m):
            last = candidates[j]
            for v in range(V):
                r = rank[k, last, v]
                if r < admitted[k] or r < 0:
                    continue
                at = sources[k] + (v + 1) * (V + 1) ** (L - 1 - last)
                used = single
                if not first and _shared(rank[k], candidates[:m], last, r):
                    used = nodes
                for g in range(len(used)):
                    others = 0
                    for i in candidates[:m]:
                        if i != last:
                            earlier = first and i < last
                            x, rest = used[g, 0], used[g, 1]
                            options[others] = V + 1
                            _not_before(
                                rows[k, i], rank[k, i], i, L, V, r, earlier, x, rest, offset[others], weight[others]
                            )
                            others += 1
                    probability = mass[k] * rows[k, last, v] * used[g, 2]
                    if others == 0:
                        f[at] += probability
                    else:
                        _spread(f, at, probability, others, offset, weight, options, kept - 1, kept - 1)


@inlined
def _shared(rank, candidates, last, r):
    """Whether another position has a pair of this rank."""
    for i in candidates:
        if i != last:
            for s in rank[i]:
                if s == r:
                    return True
    return False


@inlined
def _not_before(row, rank, i, L, V, r, earlier, x, rest, offset, weight):
    """Option 0: a pair that is not before rank r; option v+1: token v, before it.

    A pair of rank r itself is before it if ``earlier``, and otherwise with probability x, and not with probability
    ``rest``.
    """
    place = (V + 1) ** (L - 1 - i)
    offset[0] = 0
    weight[0] = 0.0
    for v in range(V):
        offset[v + 1] = (v + 1) * place
        weight[v + 1] = 0.0
        if rank[v] < 0:
            continue
        if rank[v] < r or (rank[v] == r and earlier):
            weight[v + 1] = row[v]
        elif rank[v] > r:
            weight[0] += row[v]
        else:
            weight[v + 1] = row[v] * x
            weight[0] += row[v] * rest


@kernel
def push_remasking(
    f: NDArray[np.float64],
    mass: NDArray[np.float64],
    sources: NDArray[np.int64],
    rows: NDArray[np.float64],
    tokens: NDArray[np.int64],
    probabilities: NDArray[np.float64],
) -> None:
    """Reveal masked positions and mask revealed ones, each on its own (definitions.md#remasking).

    Parameters
    ----------
    f, mass, sources, rows
        As in `push_choices`.
    tokens : (n, L) int64
        The partial sequences, V for a mask.
    probabilities : (4,) float64
        That a masked position is revealed, that it is not; that a revealed one is masked, that it is not.

    Notes
    -----
    Cost ``(3V+1)^L`` over all sources; a target takes at most one term from each source.
    """
    n, L, V = rows.shape
    offset, weight, options = _room(L, V + 1)
    for k in range(n):
        for i in range(L):
            place = (V + 1) ** (L - 1 - i)
            offset[i, 0] = 0
            if tokens[k, i] == V:
                weight[i, 0] = probabilities[1]
                for v in range(V):
                    offset[i, v + 1] = (v + 1) * place
                    weight[i, v + 1] = rows[k, i, v] * probabilities[0]
                options[i] = V + 1
            else:
                weight[i, 0] = probabilities[3]
                offset[i, 1] = -(tokens[k, i] + 1) * place
                weight[i, 1] = probabilities[2]
                options[i] = 2
        _spread(f, sources[k], mass[k], L, offset, weight, options, 0, L)


def correlations(
    m: NDArray[np.float64],
    sources: NDArray[np.int64],
    rows: NDArray[np.float64],
    state: NDArray[np.int8],
    drawn: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Expected total correlation, given each source, of the tokens that a step reveals there.

    Parameters
    ----------
    m : ((V+1)^L,) float64
        Marginal lattice.
    sources, state, drawn
        As in `push_choices`; all sources are possible.
    rows : (n, L, V) float64
        Exact conditionals.

    Returns
    -------
    (n, 3) float64
        ``E log(q(x_A | y) / prod_i q(x_i | y))`` in nats; the sum of the terms' sizes; how many there are.
    """
    found = np.zeros((len(sources), 3))
    _correlations(m, sources, rows, state, drawn, _shares(rows.shape[1]), found)
    return found


@kernel
def _correlations(m, sources, rows, state, drawn, shares, found):
    n, L, V = rows.shape
    offset, weight, options = _room(L, V + 1)
    tied = np.empty(L, dtype=np.int64)
    for k in range(n):
        fixed, several = 0, 0
        for i in range(L):
            if state[k, i] == CERTAIN:
                options[fixed] = _tokens(rows[k, i], i, L, V, offset[fixed], weight[fixed])
                fixed += 1
            elif state[k, i] == TIED:
                tied[several] = i
                several += 1
        more = drawn[k]
        chosen = (1 << more) - 1
        while chosen < 1 << several:
            size = fixed
            for j in range(several):
                if (chosen >> j) & 1:
                    options[size] = _tokens(rows[k, tied[j]], tied[j], L, V, offset[size], weight[size])
                    size += 1
            if size > 1:
                _correlation(m, sources[k], shares[several, more], size, offset, weight, options, found[k])
            if more == 0:
                break
            chosen = _next_subset(chosen)


@kernel
def _correlation(m, source, share, size, offset, weight, options, found):
    """Add the terms of one set of positions."""
    at = np.empty(size, dtype=np.int64)
    option = np.empty(size, dtype=np.int64)
    logs = np.empty(size)
    at[0], logs[0], option[0] = source, 0.0, 0
    j = 0
    while j >= 0:
        if option[j] == options[j]:
            j -= 1
            continue
        o = option[j]
        option[j] += 1
        z = at[j] + offset[j, o]
        if m[z] == 0.0:
            continue
        so_far = logs[j] + np.log(weight[j, o])
        if j < size - 1:
            at[j + 1], logs[j + 1], option[j + 1] = z, so_far, 0
            j += 1
            continue
        probability = m[z] / m[source]
        together = np.log(probability)
        found[0] += share * probability * (together - so_far)
        found[1] += share * probability * (abs(together) + abs(so_far))
        found[2] += 1.0


@inlined
def _room(L, K):
    return np.empty((L, K), dtype=np.int64), np.empty((L, K)), np.empty(L, dtype=np.int64)


@kernel
def _spread(f, base, probability, m, offset, weight, options, least, most):
    """Add ``probability`` times the weights to every target in which ``least`` to ``most`` positions leave option 0."""
    if m == 0:
        f[base] += probability
        return
    at = np.empty(m, dtype=np.int64)
    moved = np.empty(m, dtype=np.int64)
    option = np.empty(m, dtype=np.int64)
    product = np.empty(m)
    at[0], moved[0], product[0], option[0] = base, 0, probability, 0
    j = 0
    while j >= 0:
        if option[j] == options[j]:
            j -= 1
            continue
        o = option[j]
        option[j] += 1
        w = weight[j, o]
        count = moved[j] + (o > 0)
        if w == 0.0 or count > most or count + m - 1 - j < least:
            continue
        if j == m - 1:
            f[at[j] + offset[j, o]] += product[j] * w
        else:
            at[j + 1] = at[j] + offset[j, o]
            moved[j + 1] = count
            product[j + 1] = product[j] * w
            option[j + 1] = 0
            j += 1
