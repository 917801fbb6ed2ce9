"""PATH_KL from what the tokens of a step tell of each other: the mean, the interval, and what bounds its range."""

from __future__ import annotations

import math

import numpy as np
import pytest

from maskbound.numerics import Instance, languages, measure, policies
from maskbound.numerics.engines.windows.hidden import hidden_chain
from maskbound.numerics.engines.windows.layers import layered
from maskbound.numerics.engines.windows.step_correlations import HEAVIEST, Mixture, StepCorrelations, Tilt
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


TILT = Tilt(1, 2)


def variables(instance: Instance, count: int) -> np.ndarray:
    return StepCorrelations(instance, layered(hidden_chain(instance.language))).drawn(count, [3], TILT)


@pytest.mark.parametrize("policy", POLICIES, ids=repr)
@pytest.mark.parametrize("name", LANGUAGES)
def test_both_means_are_path_kl(name, policy):
    instance = Instance(LANGUAGES[name], policy)
    exact = measure(instance, ["path_kl"], engine="tabular")["path_kl"]
    found = variables(instance, 8192)
    # Six standard errors: a wrong alarm once in 1e8.
    means = np.array([exact.value, exact.value, 0.0])
    assert (np.abs(found.mean(axis=0) - means) <= 6 * found.std(axis=0) / math.sqrt(len(found)) + 1e-12).all()
    assert exact.value > 0.001
    arrays = layered(hidden_chain(instance.language))
    assert found[:, 0].min() >= 0
    assert found[:, 0].max() <= HEAVIEST * instance.length * arrays.divergence()
    assert np.abs(found[:, 1]).max() <= HEAVIEST * instance.length * arrays.capacity()
    assert np.abs(found[:, 2]).max() <= TILT.most(instance.length)
    measured = measure(instance, ["path_kl"], engine="sampled", samples=4000)["path_kl"]
    assert measured.lo <= exact.value <= measured.hi
    assert "standard error" in measured.note


def test_another_law_is_noticed():
    """Sequences of another language have another mean, by far more than the standard error."""
    exact = measure(Instance(HIDDEN, POLICIES[0]), ["path_kl"], engine="tabular")["path_kl"]
    found = variables(Instance(LANGUAGES["hidden chain"], POLICIES[0]), 4096)[:, :2]
    assert (np.abs(found.mean(axis=0) - exact.value) > 6 * found.std(axis=0) / math.sqrt(len(found))).all()


@pytest.mark.slow
def test_intervals_miss_as_rarely_as_they_say():
    """At confidence 1/2 an interval misses in half of 30 runs, but for luck of 4e-6: Bin(30, 1/2) > 27."""
    instance = Instance(HIDDEN, POLICIES[0])
    exact = measure(instance, ["path_kl"], engine="tabular")["path_kl"]
    runs = [
        measure(instance, ["path_kl"], engine="sampled", samples=2000, confidence=0.5, seed=seed)["path_kl"]
        for seed in range(30)
    ]
    assert sum(not run.lo <= exact.value <= run.hi for run in runs) <= 27
    assert max(run.hi - run.lo for run in runs) < exact.value


def test_what_is_left_out_is_counted():
    """A state that is met with a probability of 1e-9 is left out; of one in a hundred nothing is."""
    rare = languages.HMM(3, [1 - 1e-9, 1e-9], np.eye(2), [[0.5, 0.5], [0.9, 0.1]])
    found = layered(hidden_chain(rare))
    assert len(found.shape) == 3
    assert 1.9e-9 <= found.left_out <= 2.1e-9
    assert found.moved() > 1e-9 * math.log(1e9)
    common = layered(hidden_chain(languages.HMM(3, [0.99, 0.01], np.eye(2), [[0.5, 0.5], [0.9, 0.1]])))
    assert len(common.shape) == 6
    assert common.left_out == 0


def test_capacities():
    """Of a symmetric channel, log 2 - h(p); of one state, nothing; of states that show themselves, log V."""
    symmetric = languages.HMM(2, [0.5, 0.5], [[0.5, 0.5], [0.5, 0.5]], [[0.9, 0.1], [0.1, 0.9]])
    h = -0.9 * math.log(0.9) - 0.1 * math.log(0.1)
    assert layered(hidden_chain(symmetric)).capacity() == pytest.approx(math.log(2) - h, rel=1e-6)
    assert layered(hidden_chain(languages.iid([0.5, 0.5], 3))).capacity() == pytest.approx(0, abs=1e-6)
    assert layered(hidden_chain(LANGUAGES["trigram"])).capacity() == pytest.approx(math.log(2), rel=1e-6)


def test_divergences():
    """Of a symmetric channel, (1 - 2p) log((1 - p)/p); infinite where a state never shows what another does."""
    symmetric = languages.HMM(2, [0.5, 0.5], [[0.5, 0.5], [0.5, 0.5]], [[0.9, 0.1], [0.1, 0.9]])
    assert layered(hidden_chain(symmetric)).divergence() == pytest.approx(0.8 * math.log(9), rel=1e-6)
    assert layered(hidden_chain(LANGUAGES["trigram"])).divergence() == math.inf


def test_the_third_variable_lowers_the_variance():
    """Half of each of the two, and some of the third, vary less than either."""
    found = variables(Instance(HIDDEN, POLICIES[0]), 8192)
    mixed = Mixture.fitted(0.5, found).of(found)
    assert mixed.var() < Mixture(0.5, 0.0).of(found).var()
    assert mixed.mean() == pytest.approx(found[:, 0].mean(), abs=6 * found[:, 0].std() / math.sqrt(len(found)))


def test_one_token_a_step_costs_nothing():
    found = measure(Instance(HIDDEN, policies.random_order(4)), ["path_kl"], engine="sampled", samples=10)["path_kl"]
    assert (found.lo, found.hi) == (0, 0)


def test_adaptive_policies_are_refused():
    policy = policies.Adaptive(4, score="confidence", sizes=[2, 2])
    with pytest.raises(BadInput, match="reveal times depend on the tokens"):
        measure(Instance(HIDDEN, policy), ["path_kl"], engine="sampled")
