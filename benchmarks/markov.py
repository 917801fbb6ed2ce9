"""How long do the Markov chain engines take at length, and how narrow are they?

    python benchmarks/markov.py [--full] [--ser]

English letters (V = 27) with smoothing 1 for bigram rates and without for sequence errors, uniform Bernoulli
steps. ``--full`` runs the grid to (1024, 1024); ``--ser`` adds sequence error rates. Times are wall-clock
seconds on this machine, loaded as it is.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from maskbound.numerics.engines.markov.bigrams import bigram_kl_rate, bigram_law, bigram_tv_rate
from maskbound.numerics.engines.markov.chain import Chain, Measured
from maskbound.numerics.engines.markov.information import lag_information_of, path_kl
from maskbound.numerics.engines.markov.sequences import log_probabilities
from maskbound.numerics.engines.markov.ser import chance_correct
from maskbound.numerics.engines.reveal_steps import bernoulli_steps
from maskbound.numerics.languages import english_ngram

SHORT = [(128, 8), (128, 64), (128, 128), (1024, 8), (1024, 64)]
LONG = [(128, 8), (128, 16), (128, 32), (128, 64), (128, 128)] + [(1024, 2**k) for k in range(3, 11)]


def english(L: int, smoothing: int) -> Chain:
    return Chain(*english_ngram(2, L, smoothing).chain(), L)


def timed(run: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    result = run()
    return result, time.perf_counter() - start


def shown(measured: Measured) -> str:
    relative = measured.error / measured.value if measured.value else 0.0
    return f"{measured.value:.12e} +- {measured.error:.1e} ({relative:.1e})"


def uniform(N: int) -> np.ndarray:
    return np.full(N, 1.0 / N)


def path_kls() -> None:
    print("path_kl: seconds, value +- absolute error (relative)")
    for L in (128, 1024, 100_000):
        for N in (8, 64, 1024):
            result, seconds = timed(lambda L=L, N=N: path_kl(lag_information_of(english(L, 1)), uniform(N)))
            print(f"  L={L:6d} N={N:4d}  {seconds:7.3f} s  {shown(result)}")


def bigrams(grid: list[tuple[int, int]]) -> None:
    print("bigram rates: seconds for the law, then the KL and TV rates")
    for L, N in grid:
        law, seconds = timed(lambda L=L, N=N: bigram_law(english(L, 1), bernoulli_steps(uniform(N), L), N))
        kl, tv = shown(bigram_kl_rate(law)), shown(bigram_tv_rate(law))
        print(f"  L={L:4d} N={N:4d}  {seconds:7.2f} s  kl {kl}  tv {tv}")


def sequence_errors(grid: list[tuple[int, int]]) -> None:
    print("1 - SER, unsmoothed")
    for L, N in grid:
        result, seconds = timed(lambda L=L, N=N: chance_correct(english(L, 0), uniform(N)))
        print(f"  L={L:4d} N={N:4d}  {seconds:7.2f} s  {shown(result)}")


def sequences() -> None:
    print("log p(x) of one drawn text, unsmoothed")
    for L, N in ((128, 8), (128, 128), (512, 8)):
        x = english_ngram(2, L).sample(1, np.random.default_rng(0))
        (result,), seconds = timed(lambda L=L, N=N, x=x: log_probabilities(english(L, 0), uniform(N), x))
        print(f"  L={L:4d} N={N:4d}  {seconds:7.2f} s  {shown(result)}")


def random_chain(V: int, L: int) -> Chain:
    rng = np.random.default_rng(V)
    return Chain(np.full(V, 1 / V), rng.dirichlet(np.ones(V), size=V), L)


def growth() -> None:
    print("growth of the bigram law's time: each of L, N, V doubled on its own, from (512, 16, 16)")
    for L, N, V in ((512, 16, 16), (1024, 16, 16), (512, 32, 16), (512, 16, 32)):
        _, seconds = timed(lambda L=L, N=N, V=V: bigram_law(random_chain(V, L), bernoulli_steps(uniform(N), L), N))
        print(f"  L={L:4d} N={N:3d} V={V:3d}  {seconds:7.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="the grid to (1024, 1024)")
    parser.add_argument("--ser", action="store_true", help="sequence error rates, too")
    options = parser.parse_args()
    bigram_law(english(40, 1), bernoulli_steps(uniform(2), 40), 2)
    path_kls()
    bigrams(LONG if options.full else SHORT)
    if options.ser:
        chance_correct(english(12, 0), uniform(2))
        sequence_errors([point for point in (LONG if options.full else SHORT) if options.full or point[0] == 128])
    log_probabilities(english(12, 0), uniform(2), np.zeros((1, 12), dtype=int))
    sequences()
    growth()
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
