"""How fast is the output law of a tabular instance, and what do the lanes gain over one push a step?

For each (V, L, N), a random language with uniform weights of N steps: the pairs of partial sequences, the law
from one pass over them (`lanes.composed_steps`), the same law for general weights (`lanes.weighted_steps`, N lanes),
by plain enumeration (the pairs walked once a step, a compiled loop of thirty lines below), and the entropies of all
2^L sets of positions, also by `dit` where that is a matter of seconds. Compile time is left out; times are the least of
several runs on as many threads as the kernels use (NUMBA_NUM_THREADS; plain enumeration on one).

    python benchmarks/tabular.py [--runs 3] [--plain-limit 2e9]

`dit` comes with the optional extra: ``pip install maskbound[bench]``.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from tabulate import tabulate

from maskbound.numerics._kernels import entropies, lanes, lattice
from maskbound.numerics._kernels.threads import thread_count

CASES = [(2, 10, 16), (2, 14, 8), (4, 8, 16), (8, 5, 32), (16, 4, 64), (27, 4, 8)]
DIT_LIMIT = 2**10 * 2**10
"""Sequences times sets of positions that dit is asked for."""

SEED = 20


def random_language(V: int, L: int) -> NDArray[np.float64]:
    q = np.random.default_rng(SEED).random(V**L)
    return q / q.sum()


def law_by_lanes(q: NDArray[np.float64], V: int, L: int, N: int) -> NDArray[np.float64]:
    m = lattice.marginal_lattice(q, V, L)
    ways = np.array([math.comb(N, j) / N**L for j in range(1, min(L, N) + 1)])
    return lanes.composed_steps(m, None, np.full((L, V), 1 / V), ways, V, L)


def law_by_weights(q: NDArray[np.float64], V: int, L: int, N: int) -> NDArray[np.float64]:
    m = lattice.marginal_lattice(q, V, L)
    g = lanes.weighted_steps(m, None, np.full((L, V), 1 / V), np.full(N, 1 / N), V, L)
    return lattice.complete_rows(g.reshape(-1, 1), V, L)[:, 0]


def law_by_enumeration(q: NDArray[np.float64], V: int, L: int, N: int) -> NDArray[np.float64]:
    m = lattice.marginal_lattice(q, V, L)
    f = np.zeros(len(m))
    f[0] = 1.0
    for k in range(1, N + 1):
        push(f, m, V, L, 1.0 / (N - k + 1), (N - k) / (N - k + 1))
    return lattice.complete_rows(f.reshape(-1, 1), V, L)[:, 0]


@njit(error_model="numpy")
def push(f, m, V, L, hazard, stays):
    """One Bernoulli step in place: sources from most to least revealed, each to all its extensions."""
    masked = np.empty(L, dtype=np.int64)
    digit = np.empty(L, dtype=np.int64)
    probability = np.empty(L + 1)
    for y in range(len(f) - 1, -1, -1):
        if f[y] == 0.0:
            continue
        count = 0
        for i in range(L):
            stride = (V + 1) ** (L - 1 - i)
            if (y // stride) % (V + 1) == 0:
                masked[count] = stride
                digit[count] = 0
                count += 1
        probability[0] = f[y]
        for j in range(count):
            probability[j + 1] = probability[j] * stays
        f[y] = probability[count]
        z = y
        j = count - 1
        while j >= 0:
            if digit[j] == V:
                z -= V * masked[j]
                digit[j] = 0
                j -= 1
                continue
            digit[j] += 1
            z += masked[j]
            token = m[y + digit[j] * masked[j]] / m[y] if m[y] > 0.0 else 1.0 / V
            probability[j + 1] = probability[j] * hazard * token
            for k in range(j + 1, count):
                probability[k + 1] = probability[k] * stays
            f[z] += probability[count]
            j = count - 1


def entropies_by_dit(q: NDArray[np.float64], V: int, L: int) -> NDArray[np.float64]:
    """The same 2^L entropies in nats, indexed by bit L-1-i for position i."""
    import dit

    outcomes = [tuple(int(v) for v in np.unravel_index(x, (V,) * L)) for x in range(V**L)]
    joint = dit.Distribution(outcomes, q)
    H = np.zeros(1 << L)
    for R in range(1, 1 << L):
        H[R] = dit.shannon.entropy(joint, [i for i in range(L) if (R >> (L - 1 - i)) & 1]) * math.log(2)
    return H


def have_dit() -> bool:
    try:
        import dit  # noqa: F401
    except ImportError:
        return False
    return True


def least_time(runs: int, compute: Callable[[], Any]) -> tuple[float, Any]:
    best, value = math.inf, None
    for _ in range(runs):
        start = time.perf_counter()
        value = compute()
        best = min(best, time.perf_counter() - start)
    return best, value


def seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


def measure(V: int, L: int, N: int, runs: int, plain_limit: float, with_dit: bool) -> list[str]:
    q = random_language(V, L)
    pairs = (2 * V + 1) ** L
    law, p = least_time(runs, lambda: law_by_lanes(q, V, L, N))
    weighted, p_weighted = least_time(runs, lambda: law_by_weights(q, V, L, N))
    check(p, p_weighted, "general weights")
    plain = None
    if pairs * N <= plain_limit:
        plain, p_plain = least_time(1, lambda: law_by_enumeration(q, V, L, N))
        check(p, p_plain, "plain enumeration")
    m = lattice.marginal_lattice(q, V, L)
    all_entropies, H = least_time(runs, lambda: entropies.entropies(m, V, L))
    other = None
    if with_dit and V**L * 2**L <= DIT_LIMIT:
        other, H_other = least_time(1, lambda: entropies_by_dit(q, V, L))
        check(1 + H, 1 + H_other, "dit")
    return [
        f"{V}, {L}, {N}",
        f"{pairs:.3g}",
        f"{pairs / law:.3g}",
        seconds(law),
        seconds(weighted),
        seconds(plain),
        "-" if plain is None else f"{plain / law:.0f}",
        seconds(all_entropies),
        seconds(other),
    ]


def check(ours: NDArray[np.float64], theirs: NDArray[np.float64], name: str) -> None:
    apart = float(np.max(np.abs(ours / theirs - 1)))
    if apart > 1e-10:
        raise SystemExit(f"{name} gives another result: relative difference {apart:.3g}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--plain-limit", type=float, default=2e9, help="pairs times steps to walk one by one")
    arguments = parser.parse_args()
    with_dit = have_dit()
    if not with_dit:
        print("dit is not installed, so its column stays empty: pip install maskbound[bench]")
    measure(2, 2, 2, 1, math.inf, with_dit)
    rows = [measure(*case, arguments.runs, arguments.plain_limit, with_dit) for case in CASES]
    head = ["V, L, N", "pairs", "pairs/s", "law s", "weights s", "plain s", "gain", "entropies s", "dit s"]
    print(f"{thread_count()} threads")
    print(tabulate(rows, headers=head, disable_numparse=True, stralign="right"))


if __name__ == "__main__":
    main()
