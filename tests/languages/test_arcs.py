"""Hidden chains by their arcs, with silent states and without, held against sums over paths in rationals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise, product
from random import Random

import numpy as np
import pytest
import scipy
from oracles import denoisers, information, quantities, samplers
from oracles import silent as oracle
from oracles.languages import Law, Marginals

from maskbound.numerics import Instance, draw, languages, measure, policies
from maskbound.numerics.errors import BadInput, BeyondReach
from maskbound.numerics.instances import explicit_spec, from_spec
from maskbound.numerics.languages.bigrams import bigram_law
from maskbound.numerics.numbers import arcs as numbers
from maskbound.numerics.numbers.enclosure import gamma
from maskbound.numerics.sampling.conditionals import exact_conditionals
from maskbound.numerics.sampling.posterior import drawer_for
from maskbound.numerics.sampling.sampler import CompiledSampler, sampler_for

FEW, SOME, MANY = 12, 40, 250


def seeds(many: int) -> list:
    return [*range(FEW), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(FEW, many))]


CLOSE = 1e-12
"""Relative: some hundred roundings of positive terms, and the parameters' own."""


@pytest.fixture(params=["whole", "arcs"])
def form(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Small matrices with all their zeros, as they are, or by arcs, as large ones."""
    if request.param == "arcs":
        monkeypatch.setattr(numbers, "WRITTEN_OUT", 0)
    return request.param


def drawn(seed: int, most: int = 3) -> tuple[languages.HMM, Law, object]:
    """A chain of 1 to 3 states that emit and up to 3 silent ones, its law and the probability of its length."""
    rng = Random(seed)
    while True:
        K, S, V, L = rng.randint(1, 3), rng.randint(0, most), rng.randint(1, 3), rng.randint(1, 4)
        initial, A, B, end, empty = oracle.random_chain(rng, K, S, V, rng.random() < 0.6)
        law, Z = oracle.law(initial, A, B, end, V, L)
        if Z:
            if end is None:
                return languages.HMM(L, initial, A, B), law, Z
            return languages.HMM(L, initial, A, B, end, empty), law, Z


def listed(language: languages.HMM) -> list[tuple[int, ...]]:
    return list(product(range(language.vocab), repeat=language.length))


@pytest.mark.parametrize("seed", seeds(MANY))
def test_the_law_and_the_conditionals(form: str, seed: int) -> None:
    language, law, Z = drawn(seed)
    sequences = listed(language)
    table = [law.get(x, 0) for x in sequences]
    assert language.exact_table().tolist() == table
    assert language.exact_length_probability() == Z
    error = language.log_length_probability_error
    assert abs(language.log_length_probability - math.log(Z)) <= error + 1e-15
    q = np.array([float(p) for p in table])
    assert np.allclose(language.table(), q, rtol=gamma(language.depth), atol=0)
    assert (language.support_table() == (q > 0)).all()
    x = np.array(sequences)
    with np.errstate(divide="ignore"):
        assert np.allclose(language.log_prob(x), np.log(q), rtol=0, atol=CLOSE)
    assert (language.in_support(x) == (q > 0)).all()
    marginals, V, L = Marginals(law), language.vocab, language.length
    partial = np.array(list(product(range(V + 1), repeat=L)))
    for rows, possible in (language.conditionals(partial), exact_conditionals(language, "global")(partial)):
        for y, row, able in zip(partial.tolist(), rows, possible, strict=True):
            known = {i: v for i, v in enumerate(y) if v < V}
            total = marginals.probability(known)
            for i in set(range(L)).difference(known):
                assert able[i] == (total > 0)
                if total:
                    each = [float(marginals.probability({**known, i: v}) / total) for v in range(V)]
                    assert np.allclose(row[i], each, rtol=CLOSE, atol=0)


@pytest.mark.parametrize("seed", seeds(SOME))
def test_what_is_written_and_what_is_measured(form: str, seed: int) -> None:
    """Engines that know no silent states have the chain without them."""
    language, law, _ = drawn(seed)
    policy = samplers.uniform_steps(2, language.length)
    instance = Instance(language, policies.Bernoulli(steps=2))
    again = from_spec(explicit_spec(instance)).language
    assert again.exact_table().tolist() == language.exact_table().tolist()
    assert language.voiced.exact_table().tolist() == language.exact_table().tolist()
    assert language.voiced.links == language.links
    truth = {
        "entropy": information.entropy(law),
        "path_kl": quantities.path_kl(law, denoisers.exact(law, language.vocab), policy),
    }
    for engine in ("tabular", "windows"):
        for name, found in measure(instance, list(truth), engine=engine).items():
            assert found.lo <= truth[name] <= found.hi, (engine, name)
    if language.length > 1:
        pairs, depth = bigram_law(language)
        each = np.zeros(pairs.shape)
        for x, p in law.items():
            for a, b in pairwise(x):
                each[a, b] += float(p) / (language.length - 1)
        assert np.allclose(pairs, each, rtol=gamma(depth) + CLOSE, atol=0)


@pytest.mark.parametrize("seed", range(6))
def test_sequences_are_drawn_by_the_conditionals(form: str, seed: int) -> None:
    """Token by token, from the same uniform numbers."""
    language, _, _ = drawn(seed)
    policy = policies.Bernoulli(steps=3)
    sampler = sampler_for(Instance(language, policy))
    assert isinstance(sampler, CompiledSampler)
    tau = np.random.default_rng(0).integers(0, 3, (40, language.length))
    u = np.random.default_rng(1).random(tau.shape)
    tokens, broke = drawer_for(language, 3).draw(tau, 3, u)
    y = np.full(tau.shape, language.vocab)
    for step in range(3):
        rows, possible = language.conditionals(y)
        chosen = (np.cumsum(rows, axis=-1) <= u[..., None] * rows.sum(axis=-1, keepdims=True)).sum(axis=-1)
        chosen = np.where(possible & (tau == step), np.minimum(chosen, language.vocab - 1), y)
        y = np.where((y == language.vocab) & (tau == step), chosen, y)
    alive = broke[:, 0] == np.iinfo(np.int64).max
    assert alive.any()
    assert (tokens[alive] == y[alive]).all()
    assert (language.in_support(y) == alive).all()


@pytest.mark.parametrize("seed", range(6))
def test_the_languages_own_sequences(form: str, seed: int) -> None:
    """Each count of 4000 within five standard deviations."""
    language, law, _ = drawn(seed)
    x = language.sample(4000, np.random.default_rng(seed))
    codes = x @ language.vocab ** np.arange(language.length - 1, -1, -1)
    counts = np.bincount(codes, minlength=language.vocab**language.length)
    p = np.array([float(law.get(each, 0)) for each in listed(language)])
    assert (counts[p == 0] == 0).all()
    assert (np.abs(counts - 4000 * p) <= 5 * np.sqrt(4000 * p * (1 - p)) + 1e-9).all()


def test_rows_may_be_tables_or_sparse_matrices() -> None:
    A = np.array([[0.0, 0.5, 0.5], [0.25, 0.0, 0.75], [0.0, 1.0, 0.0]])
    B = np.array([[0.5, 0.5], [0.25, 0.75]])
    rows = [{1: 0.5, 2: 0.5}, {"0": 0.25, "2": 0.75}, {1: 1.0}]
    given = [languages.HMM(3, [1.0, 0.0, 0.0], each, B).table() for each in (A, rows, scipy.sparse.csr_matrix(A))]
    assert (given[0] == given[1]).all()
    assert (given[0] == given[2]).all()
    shown = languages.HMM(3, [1.0, 0.0, 0.0], A, [{0: "1/2", 1: "1/2"}, {0: "1/4", 1: "3/4"}], vocab=3)
    assert shown.vocab == 3
    assert (shown.table().reshape(3, 3, 3)[:2, :2, :2] == given[0].reshape(2, 2, 2)).all()


@pytest.mark.parametrize(
    ("transition", "found"),
    [
        ([[0, 0, 1], [1, 0, 0], [0, 0, 1]], r"transition\[2\]: leads to state 2; a state without a row of emission"),
        ([{1: 1}, {3: 1}, {0: 1}], r"transition\[1\]: found the column 3; whole numbers from 0 to 2"),
        ([{1: 1}, {"x": 1}, {0: 1}], r"transition\[1\]: found the column 'x'"),
        ([{1: 1}, {"1": "1/2", "01": "1/2"}, {0: 1}], r"transition\[1\]: found the column 1 twice"),
        ([{1: 1}, {1: "1/2"}, {0: 1}], r"transition\[1\]: the row sums to 1/2"),
        ([{1: 1}, {1: 2}, {0: 1}], r"transition\[1\]\[1\]: found 2; a probability"),
        ([{1: 1}, {0: 1}], r"transition: found 2 rows; 3 are accepted"),
        ([{1: 1}, [1, 0], {0: 1}], r"transition\[1\]: found 2 entries; 3 are accepted"),
        ([{1: 1}, 1, {0: 1}], r"transition\[1\]: found 1; a list, or a table"),
    ],
)
def test_wrong_arcs_are_refused_in_one_sentence(transition: list, found: str) -> None:
    with pytest.raises(BadInput, match=found):
        languages.HMM(2, [1, 0, 0], transition, [[1], [1]])


def test_a_way_that_float64_loses_stays_in_messages_and_is_refused_as_a_matrix() -> None:
    """600 silent states in a row, each skipped with probability 1/4: 4^-600 is below float64."""
    S = 600
    rows: list = [{0: "1/2", 1: "1/2"}, *({0: "3/4", s + 2: "1/4"} for s in range(S - 1)), {0: 1}]
    language = languages.HMM(5, [1] + [0] * S, rows, [["1/2", "1/2"]])
    assert language.table() == pytest.approx(1 / 32, rel=gamma(language.depth))
    assert language.conditionals(np.array([[2, 0, 2, 1, 2]]))[0][0, 0] == pytest.approx([0.5, 0.5])
    with pytest.raises(BeyondReach, match="a way over 600 silent states"):
        _ = language.transition


@pytest.mark.slow
def test_memory_is_in_proportion_to_the_arcs() -> None:
    """A ring of 10000 states, whose matrix would take 800 MB."""
    K, L = 10_000, 20
    ring = languages.HMM(
        L,
        [1] + [0] * (K - 1),
        [{k: "3/8", (k + 1) % K: "3/8"} for k in range(K)],
        [{k % 3: 1} for k in range(K)],
        end=["1/4"] * K,
        vocab=3,
    )
    x = ring.sample(5, np.random.default_rng(0))
    assert np.allclose(ring.log_prob(x), (1 - L) * math.log(2))
    rows, possible = exact_conditionals(ring, "global")(np.full((1, L), 3))
    assert possible.all()
    assert np.allclose(rows[0, 1], [0.5, 0.5, 0.0])
    instance = Instance(ring, policies.Bernoulli(steps=2))
    (found,) = measure(instance, ["log_length_probability"]).values()
    assert found.lo <= (L - 1) * math.log(3) - L * math.log(4) <= found.hi
    assert ring.in_support(draw(Instance(ring, policies.autoregressive(L)), 5, seed=1)).all()
