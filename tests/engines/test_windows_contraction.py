"""What patterns let through: the mean over patterns, informations beyond them, and enclosures that rest on both."""

from __future__ import annotations

from functools import cache
from itertools import combinations, groupby, product

import numpy as np
import pytest
from engines.window_cases import MARKOV, enclosed, steps_of

from maskbound.numerics import languages, measure, policies
from maskbound.numerics._kernels.thresholds import surviving
from maskbound.numerics.engines.windows import contraction
from maskbound.numerics.engines.windows.hidden import HiddenChain, hidden_chain
from maskbound.numerics.instances import Instance

KEPT = np.array([1.0, 0.9, 0.9, 0.25])
REVEALED = [[1.0, 1.0], [1.0, 0.0], [1.0, 1.0, 0.0], [1.0, 1.0, 0.75, 0.5], [1.0, 0.5, 0.5, 0.25, 0.0]]


def let_through(pattern: tuple[bool, ...], masked: np.ndarray, revealed: np.ndarray) -> float:
    """From the definition, run by run."""
    found = 1.0
    for shown, run in groupby(pattern):
        kept = revealed if shown else masked
        found *= kept[min(len(list(run)), len(kept) - 1)]
    return found


@pytest.mark.parametrize("revealed", REVEALED, ids=str)
def test_the_mean_over_patterns(revealed):
    most = 7
    out = np.zeros((most + 1, most + 1))
    surviving(KEPT, np.array(revealed), out)
    for G in range(most + 1):
        for g in range(G + 1):
            patterns = [tuple(t in chosen for t in range(G)) for chosen in combinations(range(G), g)]
            mean = np.mean([let_through(pattern, KEPT, np.array(revealed)) for pattern in patterns])
            # Some 10 roundings a position.
            assert out[G, g] == pytest.approx(mean, rel=1e-13, abs=0)


def random_chain(seed: int, ngram: bool) -> HiddenChain:
    """Two to three states or a trigram of two tokens; some forget at once, some never."""
    rng = np.random.default_rng(seed)
    if ngram:
        rows = rng.dirichlet(np.full(2, rng.choice([0.3, 3.0])), size=4)
        return hidden_chain(languages.NGram(3, 2, 64, rng.dirichlet(np.ones(4)), rows))
    K, V, sharp = rng.choice([2, 3]), rng.choice([2, 3]), rng.choice([0.3, 1.0, 10.0])
    A = rng.dirichlet(np.full(K, sharp), size=K)
    A[rng.random((K, K)) < rng.choice([0.0, 0.3])] = 0.0
    A[A.sum(axis=1) == 0] = 1.0
    A /= A.sum(axis=1, keepdims=True)
    return hidden_chain(languages.HMM(64, rng.dirichlet(np.ones(K)), A, rng.dirichlet(np.ones(V), size=K)))


def told(law: np.ndarray, M: np.ndarray) -> float:
    """``P(x) I(S; X_i | x)`` for a window's matrix."""
    joint = law[:, None] * M
    rows, columns, total = joint.sum(axis=1, keepdims=True), joint.sum(axis=0), joint.sum()
    on = joint > 0
    return float((joint[on] * np.log((joint * total)[on] / (rows * columns)[on])).sum())


@cache
def forgetting(seed: int) -> tuple[HiddenChain, np.ndarray, np.ndarray]:
    """A chain, and what runs of masked positions let through, and of revealed ones."""
    chain = random_chain(seed, ngram=seed % 3 == 0)
    return chain, contraction._masked(chain), contraction._revealed(chain)


def beyond_and_bound(seed: int, kept_power: float) -> list[tuple[float, float]]:
    """Over patterns of four positions: what the state beyond tells, and what the pattern lets through."""
    chain, *kept = forgetting(seed)
    rng = np.random.default_rng(seed)
    A, B = chain.transition.toarray(), chain.emission.toarray()
    masked, shown = (each**kept_power for each in kept)
    M = rng.dirichlet(np.full(2, 0.3), size=chain.states) * rng.random(chain.states)[:, None]
    at = 20
    whole = told(chain.laws[at], M)
    found = []
    for pattern in product([False, True], repeat=4):
        windows = [M]
        for revealed in pattern:
            windows = (
                [A @ (B[:, [c]] * W) for W in windows for c in range(chain.vocab)]
                if revealed
                else [A @ W for W in windows]
            )
        rest = sum(told(chain.laws[at - 4], W) for W in windows)
        found.append((rest, whole * let_through(pattern, masked, shown)))
    return found


def test_the_state_beyond_a_pattern_tells_at_most_what_it_lets_through():
    """Informations of order 1 to some 100 roundings."""
    ratios = []
    for seed in range(20):
        for rest, bound in beyond_and_bound(seed, 1.0):
            assert rest <= bound + 1e-13
            ratios.append(rest / bound if bound > 1e-9 else 0.0)
    assert max(ratios) > 0.9


def test_too_much_forgetting_is_noticed():
    """Contraction coefficients to the power of three."""
    over = [rest > bound + 1e-6 for seed in range(20) for rest, bound in beyond_and_bound(seed, 3.0)]
    assert sum(over) >= 4


def forgetful(seed: int) -> languages.HMM | languages.NGram:
    """Small, and forgetting enough for it to count."""
    rng = np.random.default_rng(seed)
    if seed % 2:
        return languages.NGram(3, 2, 6, rng.dirichlet(np.ones(4)), rng.dirichlet(np.ones(2), size=4))
    A, B = rng.dirichlet(np.full(2, 8.0), size=2), rng.dirichlet(np.full(2, 0.3), size=2)
    return languages.HMM(6, rng.dirichlet(np.ones(2)), A, B)


def missed_and_narrower(seed: int, part: float) -> tuple[int, float]:
    """How often the exact value is missed with so much of the survival, and how much narrower the widest one is."""
    language = forgetful(seed)
    survival = part * contraction.survival(hidden_chain(language))
    missed, narrower = 0, 1.0
    for policy in (*map(policies.FixedSize, ((6,), (3, 3), (4, 2), (1, 2, 3))), policies.Bernoulli(3)):
        exact = measure(Instance(language, policy), ["path_kl"], engine="tabular")["path_kl"]
        for importance in (1e9, 1.0, 1e-1, 1e-2, 1e-3):
            lo, hi = enclosed(language, steps_of(policy, 6, survival), importance)
            missed += hi < exact.lo or exact.hi < lo
            least, most = enclosed(language, steps_of(policy, 6), importance)
            narrower = min(narrower, (hi - lo) / max(most - least, 1e-12))
    return missed, narrower


def test_enclosures_that_rest_on_forgetting_hold_the_exact_values():
    found = [missed_and_narrower(seed, 1.0) for seed in range(6)]
    assert sum(missed for missed, _ in found) == 0
    assert np.median([narrower for _, narrower in found]) < 0.9


@pytest.mark.slow
def test_a_survival_that_is_too_small_is_noticed():
    assert sum(missed_and_narrower(seed, 0.0)[0] for seed in range(6)) >= 5


@pytest.mark.parametrize(
    "policy", [policies.FixedSize.balanced(64, 1024), policies.Bernoulli(64)], ids=("sizes", "steps")
)
def test_forgetting_of_a_markov_chain_at_length(policy):
    """As a hidden chain cut early, against the Markov engine, which needs no windows."""
    as_hmm = languages.HMM(1024, MARKOV.initial.values, MARKOV.transition.values, np.eye(3))
    exact = measure(Instance(MARKOV, policy), ["path_kl"], engine="markov")["path_kl"]
    for language in (MARKOV, as_hmm):
        functional = steps_of(policy, 1024, contraction.survival(hidden_chain(language)))
        for importance in (1e9, 1.0, 0.1, 1e-2, 1e-3):
            lo, hi = enclosed(language, functional, importance)
            assert lo <= exact.lo
            assert exact.hi <= hi
        widest, without = (enclosed(language, each, 1e9) for each in (functional, steps_of(policy, 1024)))
        assert widest[1] - widest[0] < 0.9 * (without[1] - without[0])
