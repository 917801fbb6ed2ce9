"""Sampled learning errors hold those of the tables, whatever the policy, and are no wider than they must be."""

from __future__ import annotations

import math

import numpy as np
import pytest

from maskbound.numerics import Instance, measure
from maskbound.numerics.denoisers import Learned, Perturbed, Table
from maskbound.numerics.engines.sampled import learning
from maskbound.numerics.languages import HMM, markov, random_ngram
from maskbound.numerics.policies import Bernoulli, FixedSets, FixedSize, MixtureOfSizes, autoregressive

LANGUAGE = random_ngram(2, 3, 4, 1)
POLICIES = {
    "bernoulli": Bernoulli(3),
    "sizes": FixedSize([1, 3]),
    "mixture": MixtureOfSizes([[1, 3], [2, 2]], ["1/3", "2/3"]),
    "sets": FixedSets([[2], [0, 3], [1]]),
    "in order": autoregressive(4),
}
DENOISERS = {"uniform": Perturbed("uniform", "1/5"), "tilt": Perturbed("tilt", "1/2"), "learned": Learned(40, 1, "1/2")}
QUANTITIES = ["eps_learning", "mean_learning_error", "learning_term"]
SAMPLES, MORE = 3000, 30_000


def both(instance, **options):
    exact = measure(instance, QUANTITIES, engine="tabular")
    return exact, measure(instance, QUANTITIES, engine="sampled", **{"samples": SAMPLES, **options})


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("denoiser", DENOISERS)
def test_intervals_hold_what_tables_say(policy, denoiser):
    exact, found = both(Instance(LANGUAGE, POLICIES[policy], DENOISERS[denoiser]))
    for name in QUANTITIES:
        assert found[name].lo <= exact[name].hi
        assert exact[name].lo <= found[name].hi
    assert found["learning_term"].value == pytest.approx(4 * found["mean_learning_error"].value)
    assert found["mean_learning_error"].lo > 0.5 * exact["mean_learning_error"].value
    # Of a few contexts all are met, and the largest divergence among them.
    assert found["eps_learning"].lo == pytest.approx(exact["eps_learning"].value)
    assert math.isfinite(found["mean_learning_error"].hi) == (denoiser == "uniform")


@pytest.mark.slow
def test_contexts_of_another_policy_are_noticed(monkeypatch):
    """An interval is narrow enough to tell the policies apart, and to fail when the wrong positions are asked."""
    pair = [Instance(LANGUAGE, POLICIES[name], DENOISERS["uniform"]) for name in ("sizes", "in order")]
    once, in_order = (both(each, samples=MORE)[1]["mean_learning_error"] for each in pair)
    assert once.hi < in_order.lo or in_order.hi < once.lo
    monkeypatch.setattr(FixedSets, "exchangeable", True)
    exact, wrong = both(pair[1], samples=MORE)
    true = exact["mean_learning_error"].value
    assert not wrong["mean_learning_error"].lo <= true <= wrong["mean_learning_error"].hi


def test_a_forbidden_token_makes_it_infinite():
    conditionals = np.zeros((4**4, 4, 3))
    conditionals[..., :2] = 0.5
    exact, found = both(Instance(LANGUAGE, Bernoulli(2), Table(conditionals=conditionals)))
    assert all(each.lo == math.inf for each in (*exact.values(), *found.values()))


def test_at_length():
    """A chain's mean learning error is known to its own engine; a hidden chain's is sampled only."""
    chain = Instance(markov([0.5, 0.5], [[0.9, 0.1], [0.3, 0.7]], 100), Bernoulli(8), DENOISERS["uniform"])
    exact = measure(chain, ["mean_learning_error"])["mean_learning_error"]
    found = measure(chain, ["mean_learning_error"], engine="sampled", samples=2000)["mean_learning_error"]
    assert exact.kind != "statistical"
    assert found.lo <= exact.value <= found.hi < 3 * found.lo
    hidden = HMM(100, [0.5, 0.5], [[0.9, 0.1], [0.3, 0.7]], [[0.8, 0.2], [0.1, 0.9]])
    drawn = measure(Instance(hidden, Bernoulli(8), DENOISERS["uniform"]), QUANTITIES[:2], samples=1000)
    assert drawn["eps_learning"].kind == "statistical"
    assert 0 < drawn["mean_learning_error"].lo < drawn["eps_learning"].lo


def test_rounding_widens_the_interval():
    instance = Instance(LANGUAGE, Bernoulli(2), DENOISERS["uniform"])
    contexts = learning.Contexts(learning.Workspace(instance), instance.policy)
    assert 1e-15 < learning._rounding(contexts, 1.0) < 1e-11
