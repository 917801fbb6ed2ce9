"""Other people's ways to the same numbers: a model checker, and the sampling estimator of a paper.

    python benchmarks/peers.py ours|stormpy|sampling

Each runs where its package is: `ours` and `sampling` need this project's environment, `stormpy` one that has stormpy
(2.0). All print user seconds beside the number; imports and compilation are left out.

*stormpy*: the sequence error rate of the two-state chain of README's kind (V = 2, one forbidden pair), L tokens in N
uniform steps, as the probability of reaching a correct sequence in a Markov chain whose states are (step, partial
sequence); in float64 and in exact rationals, read from its explicit format. Listing the states is shown apart.

*sampling*: the transition-level mismatch as arXiv 2602.19619 describes it: sequences drawn step by step with the exact
posterior of the chain in the place of a network (forward-backward on a batch), and the KL rate of their empirical
transitions from the chain's. The standard error is that of batches; to be as narrow as an enclosure of half-width h it
needs ``(standard error / h)^2`` times as long, were it not for the bias.
"""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np

P = ((Fraction(1, 3), Fraction(2, 3)), (Fraction(1), Fraction(0)))
FIRST = (Fraction(1, 2), Fraction(1, 2))
SIZES = [(4, 3), (6, 3), (7, 4)]
LENGTH, STEPS, SEQUENCES, BATCHES = 128, 64, 64, 8

Partial = tuple[int | None, ...]


def weight(y: Partial) -> Fraction:
    """``q(y)`` of a partial sequence."""
    row = {v: FIRST[v] for v in range(2) if y[0] in (None, v)}
    for token in y[1:]:
        row = {v: sum(row[u] * P[u][v] for u in row) for v in range(2) if token in (None, v)}
    return Fraction(sum(row.values()))


def step(y: Partial, hazard: Fraction) -> Iterator[tuple[Partial, Fraction]]:
    """One Bernoulli step with the exact denoiser; uniform draws off the support."""
    masked = [i for i, token in enumerate(y) if token is None]
    mass = weight(y)
    each = {}
    for i in masked:
        for v in range(2):
            z = (*y[:i], v, *y[i + 1 :])
            each[i, v] = weight(z) / mass if mass else Fraction(1, 2)
    for choice in itertools.product([None, 0, 1], repeat=len(masked)):
        probability, z = Fraction(1), list(y)
        for i, token in zip(masked, choice, strict=True):
            probability *= 1 - hazard if token is None else hazard * each[i, token]
            z[i] = token
        if probability:
            yield tuple(z), probability


def reached(L: int, N: int) -> tuple[list[dict[int, Fraction]], list[int]]:
    """Rows of the transition matrix, and the states that are correct sequences."""
    index: dict[tuple[int, Partial], int] = {(0, (None,) * L): 0}
    rows: list[dict[int, Fraction]] = []
    pending = list(index)
    for k, y in pending:
        row: dict[int, Fraction] = {}
        if k < N:
            for z, probability in step(y, Fraction(1, N - k)):
                if (k + 1, z) not in index:
                    index[k + 1, z] = len(index)
                    pending.append((k + 1, z))
                row[index[k + 1, z]] = row.get(index[k + 1, z], Fraction(0)) + probability
        else:
            row[index[k, y]] = Fraction(1)
        rows.append(row)
    return rows, [s for (k, y), s in index.items() if k == N and weight(y) > 0]


def by_stormpy() -> None:
    import stormpy

    for L, N in SIZES:
        start = os.times().user
        rows, correct = reached(L, N)
        built = os.times().user - start
        for name, kind, of in (("float", float, float), ("exact", stormpy.Rational, Fraction)):
            with tempfile.NamedTemporaryFile("w", suffix=".drn") as file:
                file.write(explicit(rows, set(correct), "double" if of is float else "rational", of))
                file.flush()
                start = os.times().user
                model = stormpy.build_model_from_drn[kind](file.name)
                goal = stormpy.parse_property('P=? [F "correct"]')
                found = stormpy.model_checking(model, goal, only_initial_states=True).get_value(0)
                used = os.times().user - start
            print(f"stormpy {name} L={L} N={N}: {used:.3f} s, listed in {built:.3f} s, {len(rows)} states, 1 - {found}")


def explicit(rows: list[dict[int, Fraction]], correct: set[int], kind: str, of: Callable[[Fraction], object]) -> str:
    """Storm's explicit format."""
    head = f"@type: DTMC\n@value_type: {kind}\n@parameters\n\n@reward_models\n\n@nr_states\n{len(rows)}\n"
    lines = [f"{head}@nr_choices\n{len(rows)}\n@model"]
    for s, row in enumerate(rows):
        lines.append(f"state {s}{' init' if s == 0 else ''}{' correct' if s in correct else ''}\n\taction 0")
        lines += [f"\t\t{t} : {of(row[t])}" for t in sorted(row)]
    return "\n".join(lines) + "\n"


def ours() -> None:
    from maskbound.numerics import Instance, languages, measure, policies

    for L, N in SIZES:
        instance = Instance(languages.markov(FIRST, P, L), policies.Bernoulli(N))
        for engine in ("tabular", "rational"):
            measure(instance, ["ser"], engine=engine)
            start = os.times().user
            found = measure(instance, ["ser"], engine=engine)["ser"]
            print(f"ours {engine} L={L} N={N}: {os.times().user - start:.3f} s, {found}")


def sampling() -> None:
    from maskbound.numerics import languages

    language = languages.english_ngram(2, LENGTH, 1)
    first, transition = language.chain()
    rng = np.random.default_rng(0)
    draw(first, transition, rng, 2, 2)
    start = os.times().user
    rates = [kl_rate(draw(first, transition, rng, SEQUENCES, STEPS), transition) for _ in range(BATCHES)]
    used = os.times().user - start
    error = np.std(rates, ddof=1) / np.sqrt(BATCHES)
    print(
        f"sampling L={LENGTH} N={STEPS}: {used:.2f} s for {SEQUENCES * BATCHES} sequences, {np.mean(rates):.5f}, "
        f"standard error {error:.5f} beside the bias of its {SEQUENCES} sequences a batch"
    )


def draw(first: np.ndarray, transition: np.ndarray, rng: np.random.Generator, n: int, N: int) -> np.ndarray:
    """Sequences (n, LENGTH) by N uniform Bernoulli steps, each with the posterior of every position."""
    V = len(first)
    y = np.full((n, LENGTH), V)
    for k in range(N):
        seen = np.where(y[..., None] == V, 1.0, y[..., None] == np.arange(V))
        ahead, behind = np.empty(seen.shape), np.ones(seen.shape)
        for i in range(LENGTH):
            ahead[:, i] = first if i == 0 else (ahead[:, i - 1] * seen[:, i - 1]) @ transition
            ahead[:, i] /= ahead[:, i].sum(axis=1, keepdims=True)
        for i in range(LENGTH - 2, -1, -1):
            behind[:, i] = (behind[:, i + 1] * seen[:, i + 1]) @ transition.T
            behind[:, i] /= behind[:, i].sum(axis=1, keepdims=True)
        posterior = np.cumsum(ahead * behind, axis=2)
        drawn = (rng.random((n, LENGTH, 1)) * posterior[..., -1:] > posterior).sum(axis=2)
        now = (y == V) & (rng.random(y.shape) < 1 / (N - k))
        y[now] = drawn[now]
    return y


def kl_rate(x: np.ndarray, transition: np.ndarray) -> float:
    counts = np.zeros(transition.shape)
    np.add.at(counts, (x[:, :-1], x[:, 1:]), 1)
    rows = counts.sum(axis=1, keepdims=True)
    on = counts > 0
    return float((counts[on] * np.log((counts / np.maximum(rows, 1))[on] / transition[on])).sum() / counts.sum())


if __name__ == "__main__":
    {"ours": ours, "stormpy": by_stormpy, "sampling": sampling}[sys.argv[1]]()
