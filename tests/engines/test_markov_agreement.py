"""The chain engine against tables, blocks and rational enumeration on chains as long as these can do."""

from __future__ import annotations

import math
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from oracles import denoisers as oracle_denoisers
from oracles import languages as oracle_languages
from oracles import quantities as oracle_quantities
from oracles import samplers as oracle_samplers
from oracles.logs import real

from maskbound.numerics import Instance, denoisers, languages, measure, policies
from maskbound.numerics.engines import markov, tabular
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.metrics import measurable
from maskbound.numerics.metrics.sequences import log_probabilities
from maskbound.numerics.numbers.enclosure import Enclosure

F = Fraction
LOOSE = ("bound", "statistical")
"""Kinds that promise to hold the value, not to be near it."""

WIDTH = 1e-9
"""Depths here are below 1e5, so gamma below 2e-11, times entropies of at most 10 nats."""


def random_chain(seed: int, V: int, L: int) -> languages.Language:
    return languages.markov(*oracle_languages.random_chain(Random(seed), V, zeros=0.4), L)


def assert_same(name: str, one: Enclosure, other: Enclosure) -> None:
    assert one.overlaps(other), f"{name}: {one} and {other} exclude each other"
    for found in (one, other):
        if found.kind not in LOOSE and math.isfinite(found.value):
            assert found.width <= WIDTH * max(abs(found.value), 1e-2), f"{name}: {found} is wide"


@pytest.mark.parametrize(("seed", "V", "L"), [(0, 2, 7), (3, 2, 7), (1, 3, 6), (2, 3, 5), (3, 4, 5), (5, 4, 2)])
@pytest.mark.parametrize(
    "policy_of",
    [
        lambda L: policies.Bernoulli(weights=["1/2", "1/3", "1/6"]),
        lambda L: policies.FixedSize([L - 2, 0, 1, 1] if L > 2 else [2]),
        lambda L: policies.FixedSets([range(0, L, 2), range(1, L, 2)]),
    ],
    ids=["bernoulli", "sizes", "sets"],
)
def test_random_sparse_chains_as_tables(seed, V, L, policy_of):
    compared = 0
    for denoiser in (denoisers.Exact(), denoisers.Perturbed("uniform", "1/5")):
        instance = Instance(random_chain(seed, V, L), policy_of(L), denoiser, off_support_scope="local")
        names = [
            name for name in measurable(instance, engine="markov") if name in measurable(instance, engine="tabular")
        ]
        chains = measure(instance, names, engine="markov", samples=50)
        tables = measure(instance, names, engine="tabular")
        for name in names:
            assert_same(name, chains[name], tables[name])
        compared += len(names)
    assert compared >= 18


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "V", "L", "N"), [(3, 2, 7, 2), (1, 3, 5, 3), (3, 4, 4, 3)])
def test_random_sparse_chains_in_rationals(seed, V, L, N):
    case = oracle_languages.random_chain(Random(seed), V, zeros=0.4)
    q, policy = oracle_languages.markov(*case, L), oracle_samplers.uniform_steps(N, L)
    denoiser = oracle_denoisers.denoiser(
        oracle_denoisers.interval_scope(*case, L), V, oracle_denoisers.exact_prediction
    )
    truth = oracle_quantities.measure_all(q, V, denoiser, policy, case[1])
    instance = Instance(random_chain(seed, V, L), policies.Bernoulli(N), off_support_scope="local")
    names = [name for name in measurable(instance, engine="markov") if name in truth]
    assert len(names) >= 9
    for name, found in measure(instance, names, engine="markov", samples=50).items():
        exact = real(truth[name]) if isinstance(truth[name], int | Fraction) else truth[name]
        assert found.lo <= exact <= found.hi, name
        if found.kind not in LOOSE and math.isfinite(found.value):
            assert found.width <= WIDTH * max(abs(found.value), 1e-2), name


def pair_as_chain(V: int, L: int) -> languages.Language:
    """Symbols 0..V-1 begin a block, V..2V-1 end it."""
    repeat = [[F(int(b == V + a)) for b in range(2 * V)] for a in range(V)]
    renew = [[F(1, V)] * V + [F(0)] * V for _ in range(V)]
    return languages.markov([F(1, V)] * V + [F(0)] * V, repeat + renew, L)


def as_table(language: languages.Language) -> languages.Language:
    return languages.Tabular.from_table(language.vocab, language.length, language.exact_table())


INSENSITIVE = ("kl", "path_kl", "ser", "log_ter", "entropy", "total_correlation", "dual_total_correlation")
"""What no alphabet and no rule off the support changes (definitions.md#off-support)."""


@pytest.mark.parametrize(
    "policy",
    [
        policies.Bernoulli(3),
        policies.Bernoulli(weights=["1/2", "0", "1/2"]),
        policies.FixedSize([3, 2, 1]),
        policies.FixedSets([[0, 2, 3], [1, 5], [4]]),
        policies.bisection(6),
    ],
    ids=repr,
)
def test_pairs_three_ways(policy):
    forms = {"markov": pair_as_chain(2, 6), "blocks": languages.pair(2, 6), "tabular": as_table(languages.pair(2, 6))}
    found = {
        engine: {
            name: measure(instance, [name], engine=engine, samples=50)[name]
            for name in INSENSITIVE
            if name in measurable(instance, engine=engine)
        }
        for engine, language in forms.items()
        if (instance := Instance(language, policy))
    }
    assert len(found["markov"]) >= 6
    assert len(found["blocks"]) >= 6
    for engine in ("markov", "blocks"):
        for name, one in found[engine].items():
            assert_same(f"{name} by {engine}", one, found["tabular"][name])


@pytest.mark.parametrize("policy", [policies.Bernoulli(3), policies.FixedSets([[0, 2, 3], [1, 5], [4]])], ids=repr)
def test_sequences_of_pairs_have_one_probability(policy):
    """As a chain by its intervals, and as a table."""
    instance = Instance(pair_as_chain(2, 6), policy)
    possible = [[a, 2 + a, b, 2 + b, c, 2 + c] for a in range(2) for b in range(2) for c in range(2)]
    by_chain = markov.log_probabilities(Workspace(instance), np.array(possible))
    table = log_probabilities(Instance(languages.pair(2, 6), policy), np.array(possible) % 2)
    assert tabular.obstacle(Instance(languages.pair(2, 6), policy)) is None
    for one, other in zip(by_chain, table, strict=True):
        assert other.engine == "tabular"
        assert one.lo <= other.hi
        assert other.lo <= one.hi
        assert max(one.error, other.width) < 1e-10


def test_the_comparison_can_fail():
    right, off = Enclosure.around(0.5, 1e-13), Enclosure.around(0.5 + 1e-9, 1e-13)
    with pytest.raises(AssertionError, match="exclude"):
        assert_same("x", right, off)
    with pytest.raises(AssertionError, match="wide"):
        assert_same("x", right, Enclosure.around(0.5, 1e-6))
