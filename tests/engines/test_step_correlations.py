"""PATH_KL from what the tokens of a step tell of each other: the mean, the interval, and what bounds its range."""

from __future__ import annotations

import math

import numpy as np
import pytest

from maskbound.numerics import Instance, languages, measure, policies
from maskbound.numerics.engines.windows.hidden import hidden_chain
from maskbound.numerics.engines.windows.step_correlations import StepCorrelations, _largest_divergence
from maskbound.numerics.engines.workspace import Request, Workspace
from maskbound.numerics.errors import BadInput

A = [[0.5, 0.25, 0], [0.125, 0.5, 0.25], [0, 0.25, 0.5]]
HIDDEN = languages.HMM(4, [0.5, 0.25, 0.25], A, [[0.5, 0.5], [0.125, 0.875], [0.75, 0.25]], [0.25, 0.125, 0.25])
LANGUAGES = {
    "hidden chain with ends": HIDDEN,
    "hidden chain": languages.HMM(4, [1, 0], [["1/2", "1/2"], ["1/4", "3/4"]], [["1/2", "1/2", 0], [0, "1/3", "2/3"]]),
    "chain with ends": languages.markov(
        [0.5, 0.5, 0], [[0.5, 0.25, 0], [0, 0.5, 0.25], [0.5, 0, 0.5]], 4, [0.25, 0.25, 0]
    ),
    "trigram": languages.NGram(3, 2, 4, [0.5, 0, 0.25, 0.25], [[0.5, 0.5], [0.75, 0.25], [0, 1], [0.25, 0.75]]),
}
POLICIES = (policies.Bernoulli(2), policies.FixedSize((1, 3)), policies.FixedSets([[0, 2, 3], [1]]))


@pytest.mark.parametrize("policy", POLICIES, ids=repr)
@pytest.mark.parametrize("name", LANGUAGES)
def test_the_mean_is_path_kl(name, policy):
    instance = Instance(LANGUAGES[name], policy)
    exact = measure(instance, ["path_kl"], engine="tabular")["path_kl"]
    T = StepCorrelations(Workspace(instance, Request(seed=3))).upto(8192)
    # Six standard errors: a wrong alarm once in 1e8.
    assert abs(T.mean() - exact.value) <= 6 * T.std() / math.sqrt(len(T))
    assert T.mean() > 0.001
    found = measure(instance, ["path_kl"], engine="sampled", samples=4000)["path_kl"]
    assert found.lo <= exact.value <= found.hi
    assert "standard error" in found.note


def test_another_law_is_noticed():
    """Sequences of another language have another mean, by far more than the standard error."""
    instance = Instance(HIDDEN, POLICIES[0])
    exact = measure(instance, ["path_kl"], engine="tabular")["path_kl"]
    other = StepCorrelations(Workspace(Instance(LANGUAGES["hidden chain"], POLICIES[0]), Request()))
    T = other.upto(4096)
    assert abs(T.mean() - exact.value) > 6 * T.std() / math.sqrt(len(T))


def test_one_token_a_step_costs_nothing():
    found = measure(Instance(HIDDEN, policies.random_order(4)), ["path_kl"], engine="sampled", samples=10)["path_kl"]
    assert (found.lo, found.hi) == (0, 0)


def test_the_range_is_that_of_two_rows():
    B = np.array([[0.5, 0.5], [0.125, 0.875], [0.75, 0.25]])
    largest = max(float((p * np.log(p / q)).sum()) for p in B for q in B)
    assert _largest_divergence(hidden_chain(HIDDEN)) == pytest.approx(largest, rel=1e-6)
    assert _largest_divergence(hidden_chain(LANGUAGES["hidden chain"])) == math.inf


def test_adaptive_policies_are_refused():
    policy = policies.Adaptive(4, score="confidence", sizes=[2, 2])
    with pytest.raises(BadInput, match="reveal times depend on the tokens"):
        measure(Instance(HIDDEN, policy), ["path_kl"], engine="sampled")
