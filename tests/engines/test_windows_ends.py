"""Windows of chains with end weights: complete, cut, sampled, and at length against the engine of Markov chains."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest
from engines.window_cases import enclosed, random_policy, steps_of
from oracles import ending
from oracles.languages import random_row

from maskbound.numerics import Instance, languages, measure, policies
from maskbound.numerics.errors import BadInput, BeyondReach


def random_ending(seed: int) -> languages.Language | None:
    """A hidden chain or a trigram with ends and structural zeros; None where no sequence has the length."""
    rng, L = Random(seed), 5
    try:
        if seed % 2:
            (initial,), _ = ending.random_rows(rng, 1, 3, 0.0)
            A, end = ending.random_rows(rng, 3, 3)
            whole = sum(initial)
            return languages.HMM(L, [c / whole for c in initial], A, [random_row(rng, 2) for _ in A], end)
        A, end = ending.random_rows(rng, 4, 2)
        return languages.NGram(3, 2, L, random_row(rng, 4), A, end)
    except BadInput:
        return None


SEEDS = [seed for seed in range(40) if random_ending(seed) is not None]


@pytest.mark.parametrize("seed", [*SEEDS[:8], *(pytest.param(seed, marks=pytest.mark.slow) for seed in SEEDS[8:])])
def test_cut_windows_enclose(seed: int) -> None:
    language, policy = random_ending(seed), random_policy(seed, 5)
    true = measure(Instance(language, policy), ["path_kl"], engine="tabular")["path_kl"]
    for importance in (0.0, 1e-3, 1e-2, 0.1, 1.0):
        lo, hi = enclosed(language, steps_of(policy, 5), importance)
        assert lo <= true.hi
        assert true.lo <= hi
        if importance == 0:
            assert hi - lo <= 1e-9


LONG = 90
ROWS = np.array([[0.5, 0.25, 0.0], [0.25, 0.25, 0.25], [0.0, 0.5, 0.5]])
END = 1 - ROWS.sum(axis=1)


@pytest.mark.parametrize(
    "policy",
    [policies.Bernoulli(8), pytest.param(policies.FixedSize.balanced(8, LONG), marks=pytest.mark.slow)],
    ids=repr,
)
def test_at_length_windows_agree_with_the_chain(policy) -> None:
    chain = Instance(languages.markov([0.5, 0.25, 0.25], ROWS, LONG, END), policy)
    hidden = Instance(languages.HMM(LONG, [0.5, 0.25, 0.25], ROWS, np.eye(3), END), policy)
    names = ["path_kl", "entropy", "total_correlation", "dual_total_correlation"]
    for instance in (chain, hidden):
        found = measure(instance, names, engine="windows")
        true = measure(chain, names, engine="markov")
        for name in names:
            assert found[name].lo <= true[name].value <= found[name].hi
            assert found[name].width <= 0.02 * found[name].value


def test_another_end_is_noticed() -> None:
    policy = policies.Bernoulli(4)
    one = measure(Instance(languages.HMM(6, [1, 0, 0], ROWS, np.eye(3), END), policy), ["entropy"], engine="windows")
    other = languages.markov([1, 0, 0], ROWS / ROWS.sum(axis=1, keepdims=True), 6)
    assert not one["entropy"].overlaps(measure(Instance(other, policy), ["entropy"], engine="markov")["entropy"])


def test_ends_that_float64_loses_are_refused() -> None:
    """States of which one leads nowhere: sequences of this length have probability ``2^-40 0.3^(L-1)`` in the other."""
    rare = 2.0**-40
    for length, lost in ((500, False), (580, True), (588, True)):
        language = languages.HMM(length, [1, 0], [[0.3, 0.7 - rare], [0, 1]], [[0.75, 0.25], [0.25, 0.75]], [rare, 0])
        instance = Instance(language, policies.Bernoulli(2))
        if lost:
            with pytest.raises(BeyondReach, match="leaves the range of float64"):
                measure(instance, ["entropy"], engine="windows")
        else:
            found = measure(instance, ["entropy"], engine="windows")["entropy"]
            assert found.lo <= -length * (0.75 * math.log(0.75) + 0.25 * math.log(0.25)) <= found.hi


@pytest.mark.slow
def test_what_is_sampled_beyond_the_windows() -> None:
    A = np.array([[0.7, 0.2], [0.1, 0.8]])
    language = languages.HMM(70, [0.5, 0.5], A, [[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]], 1 - A.sum(axis=1))
    instance = Instance(language, policies.Bernoulli(8))
    sure = measure(instance, ["path_kl"], engine="windows", width=1e-3, seconds=1)["path_kl"]
    drawn = measure(instance, ["path_kl"], engine="windows", samples=2000, seconds=2)["path_kl"]
    by_steps = measure(instance, ["path_kl"], engine="sampled", samples=2000)["path_kl"]
    assert sure.overlaps(drawn)
    assert sure.overlaps(by_steps)
    assert math.isfinite(sure.width)
