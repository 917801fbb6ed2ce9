"""Windows of a hidden Markov chain that grow to the left, one position at a time.

A window of X_i is a pattern of revealed and masked positions just before i with the revealed tokens x. All that lies
further left acts through the hidden state S at the window's left end, so that a window is a matrix

    ``M(s, v) = P(x, X_i = v | S = s)``,  K x V,

kept up to a factor. A further position is taken in by one of V + 1 sparse matrices: A where it stays masked,
``A diag(B(., c))`` where it shows the token c.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

__all__ = [
    "COARSE_BITS",
    "INFORMATION",
    "MASS",
    "PAIR",
    "PAIR_ERROR",
    "explore",
    "extend",
    "fingerprints",
    "heads",
    "unfold",
]

PAIR, PAIR_ERROR, INFORMATION, MASS = range(4)
"""The numbers that :func:`unfold` returns of a window."""

COARSE_BITS = 8
"""Low bits of a float64 that do not count when windows are compared: what is left tells numbers apart that differ by
more than a relative ``2^-44``."""


@kernel
def unfold(
    piece: int,
    rows: int,
    M: NDArray[np.float64],
    weight: NDArray[np.float64],
    root: NDArray[np.int64],
    starts: NDArray[np.int64],
    columns: NDArray[np.int64],
    probabilities: NDArray[np.float64],
    alike: NDArray[np.int64],
    alike_from: NDArray[np.int64],
    alike_token: NDArray[np.int64],
    alike_target: NDArray[np.int64],
    laws: NDArray[np.float64],
    count: NDArray[np.float64],
    apart: NDArray[np.float64],
    shown_from: NDArray[np.int64],
    shown: NDArray[np.int64],
    shown_probability: NDArray[np.float64],
    rounding: float,
    out: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """Informations of the V + 1 extensions of windows ``piece * rows`` and following, in place.

    Parameters
    ----------
    M : (n, K, V) float64
    weight : (n,) float64
    root : (n,) int64
        Which right ends each window stands for.
    starts : (V+1, K+1) int64
        Where the rows of each extension's matrix begin in ``columns`` and ``probabilities``; the last one masks.
    alike : (V+1, K) int64
        Class of the states that show one token and go to one state, in each extension; -1 for others.
    alike_from, alike_token, alike_target
        Where the classes of each extension begin, the token shown, and the state.
    laws : (T, K) float64
        Laws of the hidden state at the new left end.
    count, apart : (R, T) float64
        How many positions have each law, by right ends, and the relative error of joint probabilities that it gives.
    shown_from, shown, shown_probability
        The emission matrix, row by row.
    rounding : float
        Absolute error of an information by its own evaluation, beside a mass of 1.
    out : (n, V+1, 4) float64
        Sums over positions, times the weight: ``I(X_j; X_i | x)`` with j the new position and its error;
        ``I(S_j; X_i | x)`` with its error added; ``P(x)``.

    Notes
    -----
    Cost ``K V`` logarithms an extension, and ``V^2`` more a law.
    """
    K, V = M.shape[1], M.shape[2]
    child, room = np.empty((K, V)), _room(K, V)
    rows_of, told_of = np.empty(K), np.empty(K)
    for n in range(piece * rows, min((piece + 1) * rows, len(M))):
        _weigh_rows(M[n], rows_of, told_of)
        for c in range(V + 1):
            _extended(M[n], starts[c], columns, probabilities, child)
            _weigh_extended(child, starts[c], columns, probabilities, rows_of, told_of, room)
            _tell(
                child,
                M[n],
                alike[c],
                alike_token[alike_from[c] : alike_from[c + 1]],
                alike_target[alike_from[c] : alike_from[c + 1]],
                weight[n],
                laws,
                count[root[n]],
                apart[root[n]],
                shown_from,
                shown,
                shown_probability,
                rounding,
                room,
                out[n, c],
            )


@kernel
def _room(K, V):  # pragma: no cover - compiled
    """Space for the numbers of one window."""
    return np.empty(K), np.empty(K), np.empty(V), np.empty(V), np.empty((V, V)), np.empty(K), np.empty(K)


@kernel
def _weigh(M, s, row, told):  # pragma: no cover - compiled
    """The sum of a row, and of ``p log(p / sum)`` over its entries."""
    total, information = 0.0, 0.0
    for v in range(M.shape[1]):
        total += M[s, v]
    for v in range(M.shape[1]):
        if M[s, v] > 0.0:
            information += M[s, v] * math.log(M[s, v] / total)
    row[s], told[s] = total, information


@kernel
def _weigh_rows(M, row, told):  # pragma: no cover - compiled
    for s in range(len(M)):
        _weigh(M, s, row, told)


@kernel
def _weigh_extended(child, start, columns, probabilities, row, told, room):  # pragma: no cover - compiled
    """The same of ``T M``, by that of M: where a row of T has one entry, it is a multiple of a row of M."""
    child_row, child_told, multiple = room[0], room[1], room[6]
    for s in range(len(child)):
        e = start[s]
        if start[s + 1] == e + 1:
            multiple[s] = probabilities[e]
            child_row[s] = probabilities[e] * row[columns[e]]
            child_told[s] = probabilities[e] * told[columns[e]]
        else:
            _weigh(child, s, child_row, child_told)


@kernel
def _tell(
    M,
    parent,
    alike,
    alike_token,
    alike_target,
    weight,
    laws,
    count,
    apart,
    shown_from,
    shown,
    shown_probability,
    rounding,
    room,
    out,
):  # pragma: no cover - compiled
    """The numbers that one window yields, whose rows are weighed; see :func:`unfold`."""
    K, V = M.shape
    row, told, last, first, joint, share_of, multiple = room
    out[:] = 0.0
    for j in range(len(laws)):
        if count[j] == 0.0:
            continue
        last[:] = 0.0
        joint[:, :] = 0.0
        share_of[: len(alike_token)] = 0.0
        mass, information = 0.0, 0.0
        for s in range(K):
            if laws[j, s] == 0.0 or row[s] == 0.0:
                continue
            mass += laws[j, s] * row[s]
            information += laws[j, s] * told[s]
            if alike[s] >= 0:
                # Its row is a multiple of the parent's row at the target.
                share_of[alike[s]] += laws[j, s] * multiple[s]
                continue
            for e in range(shown_from[s], shown_from[s + 1]):
                u, share = shown[e], laws[j, s] * shown_probability[e]
                for v in range(V):
                    joint[u, v] += share * M[s, v]
        if mass == 0.0:
            continue
        for k in range(len(alike_token)):
            u, t = alike_token[k], alike_target[k]
            for v in range(V):
                joint[u, v] += share_of[k] * parent[t, v]
        for u in range(V):
            for v in range(V):
                last[v] += joint[u, v]
        for v in range(V):
            if last[v] > 0.0:
                information -= last[v] * math.log(last[v] / mass)
        pair = 0.0
        for u in range(V):
            first[u] = 0.0
            for v in range(V):
                first[u] += joint[u, v]
            for v in range(V):
                if joint[u, v] > 0.0:
                    pair += joint[u, v] * math.log(joint[u, v] / first[u] * (mass / last[v]))
        pair, information = max(pair, 0.0), max(information, 0.0)
        scale = weight * count[j]
        out[PAIR] += scale * pair
        out[PAIR_ERROR] += scale * _moved(pair, mass, apart[j], rounding)
        out[INFORMATION] += scale * (information + _moved(information, mass, apart[j], rounding))
        out[MASS] += scale * mass


@kernel
def _moved(information: float, mass: float, apart: float, rounding: float) -> float:  # pragma: no cover - compiled
    """How far an information moves when the joint probabilities move by a relative ``apart`` of at most 1/100."""
    spread = information + math.sqrt(2.0 * information * mass)
    return 1.1 * apart * (spread + apart * mass) + rounding * mass


@kernel
def _extended(M, start, columns, probabilities, child):  # pragma: no cover - compiled
    """``child = T M`` for one sparse matrix T."""
    K, V = M.shape
    for s in range(K):
        for v in range(V):
            child[s, v] = 0.0
        for e in range(start[s], start[s + 1]):
            t, probability = columns[e], probabilities[e]
            for v in range(V):
                child[s, v] += probability * M[t, v]


@kernel
def extend(
    piece: int,
    rows: int,
    M: NDArray[np.float64],
    parent: NDArray[np.int64],
    token: NDArray[np.int64],
    starts: NDArray[np.int64],
    columns: NDArray[np.int64],
    probabilities: NDArray[np.float64],
    out: NDArray[np.float64],
    scale: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """The extensions of windows ``parent`` by ``token``, divided by their largest entry, which goes to ``scale``."""
    for n in range(piece * rows, min((piece + 1) * rows, len(out))):
        _extended(M[parent[n]], starts[token[n]], columns, probabilities, out[n])
        largest = out[n].max()
        scale[n] = largest
        out[n] /= largest


@kernel
def fingerprints(bits: NDArray[np.int64]) -> NDArray[np.int64]:  # pragma: no cover - compiled
    """A number for each window that equal windows share.

    Parameters
    ----------
    bits : (n, K V) int64
        The matrices' float64 bit patterns.
    """
    found = np.empty(len(bits), np.int64)
    for n in range(len(bits)):
        mixed = np.int64(1469598103934665603)
        for k in range(bits.shape[1]):
            mixed = (mixed ^ coarse(bits[n, k])) * np.int64(1099511628211)
            mixed ^= mixed >> np.int64(29)
        found[n] = mixed
    return found


@kernel
def coarse(bits: int) -> int:  # pragma: no cover - compiled
    """A float64's bit pattern rounded to its leading bits."""
    return (bits + (1 << (COARSE_BITS - 1))) >> COARSE_BITS


@kernel
def heads(
    bits: NDArray[np.int64], kind: NDArray[np.int64], key: NDArray[np.int64], order: NDArray[np.int64]
) -> NDArray[np.int64]:  # pragma: no cover - compiled
    """For each window, the first one in ``order`` that it is equal to, kind and all.

    Parameters
    ----------
    bits : (n, K V) int64
    kind, key : (n,) int64
        What must be equal too, and the fingerprints.
    order : (n,) int64
        The windows by kind and key.
    """
    head = np.empty(len(bits), np.int64)
    current = np.int64(-1)
    for n in order:
        same = current >= 0 and kind[n] == kind[current] and key[n] == key[current]
        k = 0
        while same and k < bits.shape[1]:
            same = coarse(bits[n, k]) == coarse(bits[current, k])
            k += 1
        if not same:
            current = n
        head[n] = current
    return head


@kernel
def explore(
    piece: int,
    rows: int,
    M: NDArray[np.float64],
    weight: NDArray[np.float64],
    revealed: NDArray[np.int64],
    root: NDArray[np.int64],
    distance: NDArray[np.int64],
    told: NDArray[np.float64],
    starts: NDArray[np.int64],
    columns: NDArray[np.int64],
    probabilities: NDArray[np.float64],
    alike: NDArray[np.int64],
    alike_from: NDArray[np.int64],
    alike_token: NDArray[np.int64],
    alike_target: NDArray[np.int64],
    laws: NDArray[np.float64],
    counts: NDArray[np.float64],
    apart: NDArray[np.float64],
    shown_from: NDArray[np.int64],
    shown: NDArray[np.int64],
    shown_probability: NDArray[np.float64],
    rounding: float,
    coefficient: NDArray[np.float64],
    width: NDArray[np.float64],
    uniforms: NDArray[np.float64],
    least: float,
    most: float,
    out: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """One random path to the left of each window: an estimate of all that lies there.

    The window's share of a functional is ``T = e pair + sum of its extensions' shares``, and ``|T| <= I w`` with the
    coefficient e and the width w of its class. A path goes to one extension with a probability proportional to its
    bound ``I w`` and divides by the probability.

    Parameters
    ----------
    M, weight, revealed, root, distance
        Windows, their factors, m, which right ends they stand for, and d.
    told : (n, 4) float64
        What they tell; see :func:`unfold`.
    counts, apart : (D, R, T) float64
        By distance and right ends: how many positions have each law, and its relative error.
    coefficient, width : (D, D) float64
        e and w by m and q; paths end at distance D - 1 or the sequence's end.
    uniforms : (n, D) float64
    least, most : float
        Paths end where what remains is below ``least`` or might leave ``[0, most]``, or the estimate ``[-most, most]``.
    out : (n, 2) float64
        The estimate, and how far from T its expectation may be because of this path; both divided by the bound of T. At
        most ``most`` and ``2 most`` in absolute value.
    """
    K, V = M.shape[1], M.shape[2]
    room = _room(K, V)
    here, child, heard = np.empty((K, V)), np.empty((K, V)), np.empty((V + 1, 4))
    rows_of, told_of = np.empty(K), np.empty(K)
    last_distance = len(coefficient) - 1
    for n in range(piece * rows, min((piece + 1) * rows, len(M))):
        here[:] = M[n]
        m, d, factor = revealed[n], distance[n], weight[n]
        bound = told[n, INFORMATION] * width[m, d - 1 - m]
        estimate = coefficient[m, d - 1 - m] * told[n, PAIR] / bound
        doubt = abs(coefficient[m, d - 1 - m]) * told[n, PAIR_ERROR] / bound
        growth, rest = 1.0 / bound, 2.0
        while True:
            d += 1
            if d > last_distance:
                doubt += rest
                break
            total = 0.0
            _weigh_rows(here, rows_of, told_of)
            for c in range(V + 1):
                _extended(here, starts[c], columns, probabilities, child)
                _weigh_extended(child, starts[c], columns, probabilities, rows_of, told_of, room)
                _tell(
                    child,
                    here,
                    alike[c],
                    alike_token[alike_from[c] : alike_from[c + 1]],
                    alike_target[alike_from[c] : alike_from[c + 1]],
                    factor,
                    laws,
                    counts[d, root[n]],
                    apart[d, root[n]],
                    shown_from,
                    shown,
                    shown_probability,
                    rounding,
                    room,
                    heard[c],
                )
                more = m + (c < V)
                heard[c, MASS] = heard[c, INFORMATION] * width[more, d - 1 - more]
                total += heard[c, MASS]
            ahead = growth * total
            if ahead <= least or ahead > most:
                doubt += min(ahead, rest)
                break
            target, c = uniforms[n, d] * total, 0
            while c < V and target >= heard[c, MASS]:
                target -= heard[c, MASS]
                c += 1
            while heard[c, MASS] == 0.0:
                c -= 1
            m += c < V
            growth *= total / heard[c, MASS]
            e = growth * coefficient[m, d - 1 - m]
            if abs(estimate + e * heard[c, PAIR]) > most or doubt + abs(e) * heard[c, PAIR_ERROR] > most:
                doubt += ahead
                break
            estimate += e * heard[c, PAIR]
            doubt += abs(e) * heard[c, PAIR_ERROR]
            rest = 2.0 * ahead
            _extended(here, starts[c], columns, probabilities, child)
            largest = child.max()
            here[:] = child / largest
            factor *= largest
        out[n, 0] = estimate
        out[n, 1] = doubt
