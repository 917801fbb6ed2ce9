"""The learning term of denoisers that see two neighbours, against enumeration of reveal times in rationals."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from by_default import rest_slow
from engines.chain_cases import MIXING, NeverMixes
from oracles import denoisers, languages, quantities, samplers
from oracles.logs import mp

from maskbound.numerics import Instance, measure, policies
from maskbound.numerics import denoisers as product
from maskbound.numerics import languages as made
from maskbound.numerics.denoisers import NearRule
from maskbound.numerics.engines.markov.chain import Chain
from maskbound.numerics.engines.markov.information import lag_information_of, path_kl
from maskbound.numerics.engines.markov.learning import NearPredictions
from maskbound.numerics.engines.reveal_probabilities import before_bernoulli, before_fixed_size
from maskbound.numerics.numbers.enclosure import Enclosure

F = Fraction
CASES = [languages.random_chain(Random(seed), V, zeros=0.4) for seed, V in ((0, 3), (3, 2), (8, 2), (6, 3))]
CASES = [*CASES, ([F(1)], [[F(1)]])]
WEIGHTS = [[F(1)], [F(1, 2), F(1, 3), F(1, 6)], [F(1, 4), F(0), F(3, 4)]]
SIZES = {1: [(1,)], 2: [(2,), (1, 1)], 4: [(4,), (1, 2, 0, 1), (2, 2)]}


def mixed_with_uniform(strength, V):
    return lambda left, right, exact: np.where(
        exact.sum(axis=-1, keepdims=True) > 0, (1 - strength) * exact + strength / V, exact
    )


def short_sighted(V):
    """A prediction by distances: the nearer the left neighbour, the more of the uniform law; none beyond 2."""

    def weight(left):
        return F(1, 2 + left) if 0 < left <= 2 else F(1, 7)

    def oracle(i, context, exact):
        a = max((j for j in context if j < i), default=i)
        s = weight(i - a)
        return [(1 - s) * c + s / V for c in exact]

    def plain(left, right, exact):
        return mixed_with_uniform(float(weight(left)), V)(left, right, exact)

    return oracle, NearRule(plain, reach=2)


def rules(kind, V):
    if kind == "uniform":
        return denoisers.mix_uniform(F(1, 10)), NearRule(mixed_with_uniform(0.1, V), least=0.1 / V)
    if kind == "peak":
        return denoisers.peak(F(1, 3)), product.Perturbed("peak", "1/3").near_rule(made.iid([1], 1))
    return short_sighted(V)


def chain_of(case, L):
    return Chain(np.array(case[0], dtype=float), np.array(case[1], dtype=float), L)


def learning_term(chain, weights, rule, depth=8):
    predictions = NearPredictions(chain, rule, depth)
    return predictions.learning_term(before_bernoulli(weights, 2 * predictions.furthest + 1))


def close(measured, truth, width):
    assert abs(mp.mpf(measured.value) - truth) <= measured.error + 1e-60
    assert measured.error <= width


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("kind", ["uniform", "short-sighted"])
@pytest.mark.parametrize("L", [1, 2, 4])
def test_against_every_reveal_time(case, weights, kind, L):
    V = len(case[0])
    q = languages.markov(*case, L)
    oracle, rule = rules(kind, V)
    denoiser = denoisers.predicting(q, V, oracle)
    policy = samplers.bernoulli(weights, L)
    chain = chain_of(case, L)
    w = np.array(weights, dtype=float)
    measured = learning_term(chain, w, rule)
    close(measured, L * quantities.mean_learning_error(q, V, denoiser, policy), 1e-11)
    exact = path_kl(lag_information_of(chain), w)
    truth = quantities.path_kl(q, denoiser, policy)
    assert abs(truth - exact.value - measured.value) <= exact.error + measured.error


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("L", [1, 2, 4])
def test_fixed_sizes_against_every_reveal_time(case, L):
    V = len(case[0])
    q = languages.markov(*case, L)
    oracle, rule = short_sighted(V)
    predictions = NearPredictions(chain_of(case, L), rule, 8)
    for sizes in SIZES[L]:
        truth = quantities.mean_learning_error(
            q, V, denoisers.predicting(q, V, oracle), samplers.fixed_size([s for s in sizes if s])
        )
        close(predictions.learning_term(before_fixed_size(sizes, L, 2 * predictions.furthest + 1)), L * truth, 1e-11)


@pytest.mark.parametrize("case", CASES)
def test_the_worst_context(case):
    V, L = len(case[0]), 4
    q = languages.markov(*case, L)
    measured = NearPredictions(chain_of(case, L), NearRule(mixed_with_uniform(0.1, V)), 8).worst()
    denoiser = denoisers.predicting(q, V, denoisers.mix_uniform(F(1, 10)))
    close(measured, quantities.eps_learning(q, V, denoiser), 1e-11)


@pytest.mark.parametrize("L", rest_slow([90, 130]))
def test_neighbours_out_of_reach_change_nothing_but_the_stated_error(L):
    w = np.full(6, 1 / 6)
    cut = learning_term(Chain(*MIXING, L), w, short_sighted(3)[1])
    full = learning_term(NeverMixes(*MIXING, L), w, short_sighted(3)[1])
    assert abs(cut.value - full.value) <= cut.error + full.error
    assert cut.error < 1e-8 * cut.value


def test_what_is_left_out_for_being_rare_is_part_of_the_error():
    """Long distances are rare when the first of three steps is so large."""
    w, chain = np.array([0.7, 0.2, 0.1]), NeverMixes(*MIXING, 90)
    rule = rules("uniform", 3)[1]
    short, full = learning_term(chain, w, rule), learning_term(chain, w, replace(rule, least=0.0))
    assert 0 < short.truncation < 1e-10
    assert full.truncation == 0
    assert abs(short.value - full.value) <= short.error + full.error


def test_a_prediction_of_zero_costs_everything():
    def nothing(left, right, exact):
        return np.zeros_like(exact)

    chain, rule = Chain(*MIXING, 5), NearRule(nothing)
    assert learning_term(chain, np.array([0.5, 0.5]), rule).value == np.inf
    assert NearPredictions(chain, rule, 8).worst().value == np.inf


def test_a_zero_far_away_costs_everything_though_its_probability_underflows():
    """Two tokens at a distance of 300 with nothing between are met with probability 1e-700, which is not zero."""

    def forgetful(left, right, exact):
        return exact if left + right < 300 else np.zeros_like(exact)

    chain, w = NeverMixes(*MIXING, 310), np.array([0.99999, 0.000005, 0.000005])
    assert learning_term(chain, w, NearRule(forgetful, reach=310)).value == np.inf
    assert learning_term(chain, np.array([1.0]), NearRule(forgetful, reach=310)).value < 1e-9


def test_a_wrong_reach_is_caught():
    """A denoiser that sees farther than it says is measured wrongly once the chain's own mixing is short enough."""
    case = CASES[0]
    q = languages.markov(*case, 4)
    policy = samplers.bernoulli(WEIGHTS[1], 4)
    oracle, rule = short_sighted(3)
    denoiser = denoisers.predicting(q, 3, oracle)
    blind = NearRule(lambda g, h, exact: rule.predict(0, h, exact))
    measured = learning_term(chain_of(case, 4), np.array(WEIGHTS[1], dtype=float), blind)
    with pytest.raises(AssertionError):
        close(measured, 4 * quantities.mean_learning_error(q, 3, denoiser, policy), 1.0)


CHAIN = made.markov(["1/2", "1/4", "1/4"], [["1/2", "1/2", 0], [0, "1/3", "2/3"], ["3/4", 0, "1/4"]], 4)


def a_table(V, D):
    rows = np.random.default_rng(1).dirichlet(np.ones(V), size=(D + 1, D + 1, V + 1, V + 1))
    return product.Table(neighbours=rows)


@pytest.mark.parametrize(
    "denoiser",
    [
        product.Perturbed("uniform", "1/7"),
        product.Perturbed("peak", "1/7"),
        product.Learned(30, seed=2, pseudo_count="1/2", context="neighbours"),
        a_table(3, 1),
        a_table(3, 3),
    ],
    ids=repr,
)
@pytest.mark.parametrize("policy", [policies.Bernoulli(3), policies.FixedSize([2, 1, 1])], ids=repr)
def test_methods_agree_with_the_table(denoiser, policy):
    instance = Instance(CHAIN, policy, denoiser)
    names = ["learning_term", "eps_learning", "mean_learning_error", "path_kl"]
    chains, tables = (measure(instance, names, engine=engine) for engine in ("markov", "tabular"))
    for name in names:
        assert chains[name].overlaps(tables[name])
        # depths below 1e4: gamma below 2e-12, times entropies of a few nats
        assert max(chains[name].width, tables[name].width) < 1e-10
    bounds = measure(instance, ["kl", "log_ter", "ser"], engine="markov")
    truth = measure(instance, ["kl", "log_ter", "ser"], engine="tabular")
    assert all(found.lo <= truth[name].hi and truth[name].lo <= found.hi for name, found in bounds.items())


def test_a_tie_for_the_most_likely_token_needs_no_decision():
    """Both tokens of a symmetric chain are equally likely in the middle; whichever is favoured costs the same."""
    flips = made.markov(["1/2", "1/2"], [["2/3", "1/3"], ["1/3", "2/3"]], 5)
    instance = Instance(flips, policies.Bernoulli(3), product.Perturbed("peak", "1/4"))
    found = {engine: measure(instance, ["path_kl"], engine=engine)["path_kl"] for engine in ("markov", "tabular")}
    assert found["markov"].overlaps(found["tabular"])
    assert isinstance(found["markov"], Enclosure)
    assert found["markov"].width < 1e-10


def test_denoisers_that_see_more_are_refused():
    for denoiser in (
        product.Perturbed("tilt", "1/2"),
        product.Learned(5),
        product.Table(conditionals=np.full((4**4, 4, 3), 1 / 3)),
    ):
        assert denoiser.near_rule(CHAIN) is None
