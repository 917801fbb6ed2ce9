"""How long do the Markov chain engines take at length, how narrow are they, and what would sampling take?

    python benchmarks/markov.py [--full] [--ser] [--quantities path_kl kl bigrams sequences growth]

English letters (V = 27) in N uniform Bernoulli steps, every count plus 1 for PATH_KL and bigram rates, and as counted
for sequence errors. Beside each number stand the sequences that Monte Carlo would draw until its standard error is the
half-width of the enclosure (in a third of all cases it would still be outside), from the variance of a single
sequence's contribution, and the time that the project's own `draw` would need for them. Seconds are wall-clock, then
processor time of all threads, on this machine, loaded as it is. ``--full`` runs the grid to (1024, 1024); ``--ser``
adds sequence error rates.
"""

from __future__ import annotations

import argparse
import math
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from maskbound.numerics import Instance, draw, languages, policies
from maskbound.numerics.engines.markov.bigrams import BigramLaw, bigram_kl_rate, bigram_law, bigram_tv_rate
from maskbound.numerics.engines.markov.chain import Chain, Measured
from maskbound.numerics.engines.markov.information import lag_information_of, path_kl
from maskbound.numerics.engines.markov.sequences import log_probabilities
from maskbound.numerics.engines.markov.ser import probability_correct
from maskbound.numerics.engines.markov.sets import log_probabilities_of_sets
from maskbound.numerics.engines.markov.tilted_bigrams import kl_from_below
from maskbound.numerics.engines.reveal_steps import bernoulli_steps

SHORT = [(128, 8), (128, 64), (128, 128), (1024, 8), (1024, 64)]
LONG = [(128, 8), (128, 16), (128, 32), (128, 64), (128, 128)] + [(1024, 2**k) for k in range(3, 11)]
SEQUENCES = 200
"""Drawn to learn the variance of one and the time that it takes."""

YEAR = 365.25 * 86400


def english(L: int, smoothing: int) -> Chain:
    return Chain(*languages.english_ngram(2, L, smoothing).chain(), L)


def uniform(N: int) -> np.ndarray:
    return np.full(N, 1.0 / N)


def timed(run: Callable[[], Any]) -> tuple[Any, str]:
    wall, processor = time.perf_counter(), time.process_time()
    result = run()
    return result, f"{time.perf_counter() - wall:8.2f} s {time.process_time() - processor:8.2f} s"


class Drawing:
    """A few sequences that the sampler draws, and how long one takes."""

    def __init__(self, L: int, N: int, smoothing: int) -> None:
        instance = Instance(languages.english_ngram(2, L, smoothing), policies.Bernoulli(N))
        draw(instance, 1, seed=0)
        start = time.process_time()
        self.x = draw(instance, SEQUENCES, seed=1)
        self.seconds = (time.process_time() - start) / SEQUENCES

    def beside(self, measured: Measured, deviation: float) -> str:
        """Number of sequences that Monte Carlo needs if the contribution of one has this standard deviation."""
        if not measured.error:
            return "exact"
        count = (deviation / measured.error) ** 2
        return f"Monte Carlo: {count:.0e} sequences, {duration(count * self.seconds)}"


def duration(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds < YEAR else f"{seconds / YEAR:.1e} years"


def shown(measured: Measured) -> str:
    relative = measured.error / measured.value if measured.value else 0.0
    return f"{measured.value:.12e} +- {measured.error:.1e} ({relative:.1e})"


def path_kls() -> None:
    print("PATH_KL; one contribution is log q(x)/p_tau(x), x drawn from q and tau at random")
    for L in (128, 1024, 100_000):
        for N in (8, 64, 1024):
            result, seconds = timed(lambda L=L, N=N: path_kl(lag_information_of(english(L, 1)), uniform(N)))
            sampling = f"  {Drawing(L, N, 1).beside(result, path_deviation(L, N))}" if L < 100_000 else ""
            print(f"  L={L:6d} N={N:4d} {seconds}  {shown(result)}{sampling}", flush=True)


def path_deviation(L: int, N: int) -> float:
    language, rng = languages.english_ngram(2, L, 1), np.random.default_rng(0)
    chain, x = english(L, 1), language.sample(SEQUENCES // 4, rng)
    ratios = []
    for one, log_q in zip(x, language.log_prob(x), strict=True):
        tau = rng.integers(N, size=L)
        sets = [np.flatnonzero(tau == k).tolist() for k in range(N)]
        (log_p,) = log_probabilities_of_sets(chain, sets, one[None])
        ratios.append(log_q - log_p.value)
    return float(np.std(ratios, ddof=1))


def kls() -> None:
    """The lower end grows with the length."""
    print("KL from below, and PATH_KL")
    for name, chain in (
        ("random, V = 8", lambda L: random_chain(8, L, seed=0)),
        ("random, half forbidden", lambda L: random_chain(8, L, zeros=0.5, seed=0)),
        ("English letters", lambda L: english(L, 1)),
        ("English letters, as counted", lambda L: english(L, 0)),
    ):
        for L, N in ((512, 64), (1024, 64), (1024, 8)):
            if L == 1024 and N == 8 and name.startswith("English"):
                continue
            below, seconds = timed(lambda L=L, N=N, chain=chain: kl_from_below(chain(L), uniform(N)))
            path = path_kl(lag_information_of(chain(L)), uniform(N))
            print(f"  {name:28s} L={L:4d} N={N:2d} {seconds}  {below:.4f} to {path.value:.4f}", flush=True)


def bigrams(grid: list[tuple[int, int]]) -> None:
    print("bigram rates; one contribution is the mean over a sequence's pairs of the derivative of the rate")
    for L, N in grid:
        law, seconds = timed(lambda L=L, N=N: bigram_law(english(L, 1), bernoulli_steps(uniform(N), L), N))
        drawing = Drawing(L, N, 1)
        print(f"  L={L:4d} N={N:4d} {seconds}", flush=True)
        for name, rate, slope in (
            ("kl", bigram_kl_rate(law), kl_slope(law)),
            ("tv", bigram_tv_rate(law), tv_slope(law)),
        ):
            each = slope[drawing.x[:, :-1], drawing.x[:, 1:]].mean(axis=1)
            print(f"    {name} {shown(rate)}  {drawing.beside(rate, float(each.std(ddof=1)))}", flush=True)


def kl_slope(law: BigramLaw) -> np.ndarray:
    """``log p(v|u)/P(u, v)``."""
    return np.log(law.law / law.law.sum(axis=1, keepdims=True) / law.transition)


def tv_slope(law: BigramLaw) -> np.ndarray:
    """Of ``sum max(p(u, v) - p(u) P(u, v), 0)``."""
    above = (law.law > law.law.sum(axis=1, keepdims=True) * law.transition).astype(float)
    return above - (above * law.transition).sum(axis=1, keepdims=True)


def sequence_errors(grid: list[tuple[int, int]]) -> None:
    print("1 - SER, unsmoothed; one contribution is 0 or 1")
    for L, N in grid:
        result, seconds = timed(lambda L=L, N=N: probability_correct(english(L, 0), uniform(N)))
        deviation = math.sqrt(result.value * (1 - result.value))
        print(
            f"  L={L:4d} N={N:4d} {seconds}  {shown(result)}  {Drawing(L, N, 0).beside(result, deviation)}", flush=True
        )


def sequences() -> None:
    print("log p(x) of one drawn text, unsmoothed")
    for L, N in ((128, 8), (128, 128), (512, 8), (1024, 64)):
        x = languages.english_ngram(2, L).sample(1, np.random.default_rng(0))
        (result,), seconds = timed(lambda L=L, N=N, x=x: log_probabilities(english(L, 0), uniform(N), x))
        print(f"  L={L:4d} N={N:4d} {seconds}  {shown(result)}", flush=True)


def random_chain(V: int, L: int, zeros: float = 0.0, seed: int | None = None) -> Chain:
    rng = np.random.default_rng(V if seed is None else seed)
    P = rng.dirichlet(np.ones(V), size=V) * (rng.random((V, V)) >= zeros)
    return Chain(np.full(V, 1 / V), P / P.sum(axis=1, keepdims=True), L)


def growth() -> None:
    """The chains of different V differ in how fast they mix, so the distances kept are printed."""
    print("growth of the bigram law's time: each of L, N, V doubled on its own, from (512, 16, 16)")
    for L, N, V in ((512, 16, 16), (1024, 16, 16), (512, 32, 16), (512, 16, 32)):
        chain = random_chain(V, L)
        _, seconds = timed(lambda chain=chain, L=L, N=N: bigram_law(chain, bernoulli_steps(uniform(N), L), N))
        mixing = chain.mixing(1e-15 / (40 * N))
        distances = min(mixing.gap, L - 1) if mixing else L - 1
        print(f"  L={L:4d} N={N:3d} V={V:3d} {seconds}  {distances} distances", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="the grid to (1024, 1024)")
    parser.add_argument("--ser", action="store_true", help="sequence error rates, too")
    parser.add_argument("--quantities", nargs="+", default=["path_kl", "kl", "bigrams", "sequences", "growth"])
    options = parser.parse_args()
    grid = LONG if options.full else SHORT
    bigram_law(english(40, 1), bernoulli_steps(uniform(2), 40), 2)
    log_probabilities(english(12, 0), uniform(2), np.zeros((1, 12), dtype=int))
    for name, run in {
        "path_kl": path_kls,
        "kl": kls,
        "bigrams": lambda: bigrams(grid),
        "sequences": sequences,
        "growth": growth,
    }.items():
        if name in options.quantities:
            run()
    if options.ser:
        probability_correct(english(12, 0), uniform(2))
        sequence_errors([point for point in grid if options.full or point[0] == 128])
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
