"""Sequence error rates of chains under fixed sizes, against every order of revealing, closed forms and mixtures."""

from __future__ import annotations

import math
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from oracles import denoisers, languages, quantities, samplers

from maskbound.numerics import Instance, measure, policies
from maskbound.numerics import languages as made
from maskbound.numerics.engines.markov import counts as engine
from maskbound.numerics.engines.markov.chain import Chain
from maskbound.numerics.engines.markov.ser import sequence_error_rate
from maskbound.numerics.errors import BeyondReach

SPARSE = [languages.random_chain(Random(seed), V, zeros=0.4) for seed, V in ((0, 3), (3, 2), (6, 3), (3, 4))]
SIZES = [(4,), (2, 2), (1, 2, 1), (3, 0, 1), (2, 1, 1), (1, 1, 1, 1)]


def chain_of(case, L):
    return Chain(np.array(case[0], dtype=float), np.array(case[1], dtype=float), L)


@pytest.mark.parametrize("case", SPARSE)
@pytest.mark.parametrize("sizes", SIZES)
def test_against_every_order_of_revealing(case, sizes):
    q, V = languages.markov(*case, 4), len(case[0])
    policy = samplers.fixed_size([size for size in sizes if size])
    truth = quantities.ser(q, samplers.law(policy, V, denoisers.exact(q, V)))
    measured = engine.sequence_error_rate_of_sizes(chain_of(case, 4), sizes)
    assert abs(Fraction(measured.value) - truth) <= measured.error
    # some 500 roundings deep
    assert measured.error <= 1e-12


def test_bernoulli_steps_are_a_mixture_of_sizes():
    """Steps as a mixture of sizes, at a length beyond tables: 14 tokens, two steps of probabilities 1/3 and 2/3."""
    L, w = 14, (1 / 3, 2 / 3)
    chain = chain_of(SPARSE[0], L)
    mixture = math.fsum(
        math.comb(L, n) * w[0] ** n * w[1] ** (L - n) * engine.sequence_error_rate_of_sizes(chain, (n, L - n)).value
        for n in range(L + 1)
    )
    bernoulli = sequence_error_rate(chain, np.array(w))
    assert abs(mixture - bernoulli.value) <= bernoulli.error + 1e-12


def test_one_step_is_the_one_step_sampler():
    chain = chain_of(SPARSE[2], 40)
    both = engine.sequence_error_rate_of_sizes(chain, (40,)), sequence_error_rate(chain, np.ones(1))
    assert abs(both[0].value - both[1].value) <= both[0].error + both[1].error < 1e-10


def test_sixteen_english_letters_in_four_steps():
    instance = Instance(made.english_ngram(2, 16), policies.FixedSize([4] * 4))
    found = measure(instance, ["ser"])["ser"]
    assert found.kind == "rounding"
    assert found.width < 1e-10
    bernoulli = measure(Instance(instance.language, policies.Bernoulli(4)), ["ser"])["ser"]
    # more tokens meet in a step when the sizes vary
    assert 0 < found.hi < bernoulli.lo


def test_the_estimate_counts_the_products(monkeypatch):
    """Pairs that exceed the sizes are part of the estimate, so that it is an upper bound, and not a far one."""
    made_pairs = []
    add = engine._add

    def counted(out, first, second, sizes, product):
        made_pairs.append(len(first) * len(second))
        add(out, first, second, sizes, product)

    monkeypatch.setattr(engine, "_add", counted)
    for sizes in ((4, 4), (3, 2, 3), (2, 2, 2, 2)):
        made_pairs.clear()
        engine.sequence_error_rate_of_sizes(chain_of(SPARSE[0], 8), sizes)
        assert sum(made_pairs) <= engine.pairs_of_counts(sizes) <= 5 * sum(made_pairs)


def test_too_many_assignments_are_refused():
    assert engine.pairs_of_counts([64] * 16) == math.inf
    with pytest.raises(BeyondReach, match="assignments"):
        engine.sequence_error_rate_of_sizes(chain_of(SPARSE[0], 1200), (600, 600))


def test_a_wrong_rate_is_caught():
    right = engine.sequence_error_rate_of_sizes(chain_of(SPARSE[0], 4), (2, 2))
    q = languages.markov(*SPARSE[0], 4)
    wrong = quantities.ser(q, samplers.law(samplers.fixed_size([3, 1]), 3, denoisers.exact(q, 3)))
    assert abs(Fraction(right.value) - wrong) > right.error
