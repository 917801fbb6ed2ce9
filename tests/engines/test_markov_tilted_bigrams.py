"""KL of chains from below by a function of neighbouring tokens: it holds, it is near, and it grows with the length."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise, product
from random import Random

import numpy as np
import pytest
from engines.chain_cases import CHAINS, MIXING, WEIGHTS, NeverMixes, chain_of
from oracles import denoisers, languages, quantities, samplers
from oracles.logs import mp, real

from maskbound.numerics import Instance, policies
from maskbound.numerics import languages as named
from maskbound.numerics.engines.markov import tilted_bigrams as engine
from maskbound.numerics.engines.markov.chain import Chain
from maskbound.numerics.engines.markov.ser import mean_product
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.metrics.measure import measure_one
from maskbound.numerics.numbers.enclosure import Enclosure

F = Fraction
DENSE = [languages.random_chain(Random(seed), V, zeros=0.0) for seed, V in ((1, 2), (2, 3))]
SIZES = [[(F(1), (2, 2))], [(F(1), (1, 3))], [(F(1, 3), (4, 0)), (F(2, 3), (2, 2))]]


def pair_factors(case, seed: int) -> list[list[Fraction]]:
    """Sixteenths between 0 and 1, 0 where the transition is."""
    rng = Random(seed)
    return [[F(rng.randint(1, 16), 16) if p else F(0) for p in row] for row in case[1]]


@pytest.mark.parametrize("case", [*CHAINS, *DENSE])
@pytest.mark.parametrize("weights", WEIGHTS)
def test_the_mean_of_a_product_against_enumeration(case, weights):
    L, V = 4, len(case[0])
    g = pair_factors(case, 5)
    p = samplers.law(samplers.bernoulli(weights, L), V, denoisers.exact(languages.markov(*case, L), V))
    truth = sum(probability * math.prod(g[u][v] for u, v in pairwise(x)) for x, probability in p.items())
    chain = chain_of(case, L)
    factors = np.array(g, dtype=float)[np.ix_(chain.reached, chain.reached)]
    found = mean_product(chain.reduced, np.array(weights, dtype=float), factors, 1e-9, 1e-12)
    assert abs(mp.mpf(found.value) - real(truth)) <= found.error <= 1e-11


@pytest.mark.parametrize("case", [*CHAINS, *DENSE])
@pytest.mark.parametrize("weights", WEIGHTS)
def test_it_is_below_the_divergence_and_near_it(case, weights):
    L, V = 4, len(case[0])
    q = languages.markov(*case, L)
    p = samplers.law(samplers.bernoulli(weights, L), V, denoisers.exact(q, V))
    truth, correct = quantities.kl(q, p), 1 - quantities.ser(q, p)
    below = engine.kl_from_below(chain_of(case, L), np.array(weights, dtype=float))
    assert 0 <= below <= truth
    assert below >= 0.4 * truth
    assert below >= -0.9 * mp.log(real(correct))


def test_a_mean_under_another_sampler_or_a_factor_left_out_is_above():
    """The checks above can fail: more steps, or a product of one factor less, make a smaller mean or a larger log."""
    case, L = DENSE[1], 4
    q = languages.markov(*case, L)
    p = samplers.law(samplers.bernoulli([F(1)], L), 3, denoisers.exact(q, 3))
    truth = quantities.kl(q, p)
    chain, one = chain_of(case, L), np.ones(1)
    law = engine.bigram_law(chain, engine.bernoulli_steps(one, L), 1)
    factors, _ = engine._factors(chain, law)
    mean_log, _ = engine._mean_log(chain, law, factors)
    right = mean_product(chain, one, factors, 1e-3, 1e-9).value
    assert mean_log - math.log(right) <= truth
    assert mean_log * (L - 2) / (L - 1) - math.log(right) > truth
    assert mean_log - math.log(mean_product(chain, one, factors**2, 1e-3, 1e-9).value) > truth
    assert -math.log(right) > truth


@pytest.mark.parametrize("factor", [1.0, 0.5])
def test_what_is_overlooked_is_covered_however_small_the_mean(factor):
    """Factors of a half make a mean of about 2^-119, where an absolute error would be larger."""
    L, weights = 120, np.full(3, 1 / 3)
    factors = factor * (MIXING[1] > 0)
    floor = 1e-9 * factor**L
    full = mean_product(NeverMixes(*MIXING, L), weights, factors, floor, 1e-12)
    cut = mean_product(Chain(*MIXING, L), weights, factors, floor, 1e-4)
    assert abs(cut.value - full.value) <= cut.error + full.error
    assert cut.error <= 1e-4 * cut.value


@pytest.mark.parametrize("case", [*CHAINS[:3], *DENSE])
@pytest.mark.parametrize("law", SIZES)
def test_sizes(case, law):
    L, V = 4, len(case[0])
    q = languages.markov(*case, L)
    lists, probabilities = [sizes for _, sizes in law], [c for c, _ in law]
    p = samplers.law(samplers.mixture_of_sizes(lists, probabilities), V, denoisers.exact(q, V))
    below = engine.kl_from_below_of_sizes(chain_of(case, L), law)
    assert 0 <= below <= quantities.kl(q, p)


def test_how_rare_sizes_are():
    """The probability that three tokens fall 2 + 1, by enumeration; an improbable one costs more than a divergence."""
    mean = [F(2, 3), F(1, 3)]
    truth = sum(math.prod(mean[k] for k in steps) for steps in product(range(2), repeat=3) if steps.count(0) == 2)
    found, error = engine._minus_log_probability((2, 1), mean)
    assert abs(found + math.log(truth)) <= error + 1e-15
    assert 0 < error < 1e-13


def test_pairs_that_come_together_count_less(monkeypatch):
    """A chain that goes back and forth between two tokens for long: to the first power the ratio is worth little."""
    rng = np.random.default_rng(8)
    P = rng.dirichlet(np.ones(8), size=8) * (rng.random((8, 8)) >= 0.5)
    chain, weights = Chain(np.full(8, 1 / 8), P / P.sum(axis=1, keepdims=True), 32), np.full(4, 1 / 4)
    found = engine.kl_from_below(chain, weights)
    monkeypatch.setattr(engine, "_power", lambda chain, law, deviation: 1.0)
    assert found > 1.5 * engine.kl_from_below(chain, weights)


def at_length(zeros: float, L: int, policy: policies.Policy) -> Enclosure:
    """KL of a random chain of five tokens, without drawing."""
    rng = np.random.default_rng(2)
    P = rng.dirichlet(np.ones(5), size=5) * (rng.random((5, 5)) >= zeros)
    language = named.markov(np.full(5, 1 / 5), P / P.sum(axis=1, keepdims=True), L)
    return measure_one(Workspace(Instance(language, policy)), "kl")


@pytest.mark.slow
@pytest.mark.parametrize("zeros", [0.0, 0.5])
def test_it_grows_with_the_length(zeros):
    """Twice the length has more than twice the bound, but for the ends."""
    found = [at_length(zeros, L, policies.Bernoulli(32)) for L in (256, 512)]
    assert {each.kind for each in found} == {"bound"}
    assert found[1].lo > 2 * found[0].lo - 0.01 > 0.1
    assert all(0.02 * each.hi < each.lo <= each.hi for each in found)


def test_it_grows_with_the_length_for_few_large_steps_of_given_sizes():
    found = [at_length(0.5, L, policies.FixedSize.balanced(4, L)) for L in (256, 512)]
    assert found[0].lo > 1
    assert found[1].lo > 2 * found[0].lo


def test_a_mean_beyond_the_range_of_floats_is_avoided():
    """The product has a mean of about ``e^-2600`` to the power that is best at a fourth of the length."""
    P = np.random.default_rng(2).dirichlet(np.full(3, 0.3), size=3)
    near, far = (engine.kl_from_below(Chain(np.full(3, 1 / 3), P, L), np.full(2, 0.5)) for L in (1024, 4096))
    assert far > near > 1
