"""Mixtures of sizes: their laws, and the sizes that are drawn."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from oracles import samplers

from maskbound.numerics import Instance, languages, measure
from maskbound.numerics.conformance.e_values import Evidence
from maskbound.numerics.denoisers import Perturbed
from maskbound.numerics.errors import BadInput
from maskbound.numerics.instances import parse
from maskbound.numerics.policies import FixedSize, MixtureOfSizes
from maskbound.numerics.policies.minimax import minimax
from maskbound.numerics.sampling.sampler import CompiledSampler, StepwiseSampler, sampler_for

LISTS = [[1, 2, 0, 1], [2, 1, 1, 0], [1, 2, 1, 0], [0, 0, 4, 0]]
WEIGHTS = [Fraction(1, 4), Fraction(1, 4), Fraction(1, 3), Fraction(1, 6)]
POLICY = MixtureOfSizes(LISTS, WEIGHTS)
L = 4


def test_reveal_times_have_the_law_of_the_definition():
    tau = POLICY.reveal_times(np.random.default_rng(3).random((40_000, L)))
    seen = Counter(map(tuple, (tau + 1).tolist()))
    times = samplers.mixture_of_sizes(LISTS, WEIGHTS).times
    assert set(seen) <= set(times)
    for t, probability in times.items():
        assert abs(seen[t] / 40_000 - probability) <= 5 * math.sqrt(probability * (1 - probability) / 40_000)
        assert math.log2(probability) >= POLICY.log2_of_times(L) - 1e-9


def test_what_is_masked_does_not_tell_the_sizes():
    """Given how many are masked the expected jumps are right, and the joint law is not: engines ask the parts."""
    lists = [[1, 2, 1, 1], [2, 1, 2, 0]]
    policy = MixtureOfSizes(lists, ["1/2", "1/2"])
    assert super(MixtureOfSizes, policy).exact_jumps(5) == policy.exact_jumps(5)
    reached = {()}
    for step in range(1, policy.steps + 1):
        reached = {(*sizes, size) for sizes in reached for _, size in policy.counts(step, 5 - sum(sizes))}
    assert reached - {tuple(sizes) for sizes in lists} == {(1, 2, 2, 0), (2, 1, 1, 1)}
    language = languages.mds(5, 2, 5)
    found = measure(Instance(language, policy), ["ser"], engine="rational")["ser"].exact
    parts = [measure(Instance(language, FixedSize(sizes)), ["ser"], engine="rational")["ser"].exact for sizes in lists]
    assert found == sum(parts) / 2


def sizes_drawn(rng: np.random.Generator, stepwise: bool, policy: MixtureOfSizes, n: int) -> np.ndarray:
    """How many positions each step reveals, (n, N), as the samplers find it."""
    if not stepwise:
        tau = policy.reveal_times(rng.random((n, L)))
        return (tau[:, :, None] == np.arange(policy.steps)).sum(axis=1)
    step, y = policy.drawing(n, L, rng), np.full((n, L), 2)
    found = []
    for k in range(1, policy.steps + 1):
        after = step(k, y, np.full((n, L, 2), 0.5))
        found.append(((y == 2) & (after != 2)).sum(axis=1))
        y = after
    assert (y != 2).all()
    return np.stack(found, axis=1)


def evidence(policy: MixtureOfSizes, weights: np.ndarray, stepwise: bool, calls: int = 300, rows: int = 64) -> float:
    """Against the claim that the lists are drawn with these probabilities, in nats: it may be looked at any time."""
    found = Evidence(weights, lambda h: h @ weights, len(weights), {}, rows)
    most = 0.0
    numbers = {tuple(sizes): n for n, (_, sizes) in enumerate(policy.size_law)}
    for seed in range(calls):
        drawn = sizes_drawn(np.random.default_rng([11, seed]), stepwise, policy, rows)
        found.add(np.array([numbers[tuple(sizes)] for sizes in drawn.tolist()]))
        most = max(most, found.log)
    return most


@pytest.mark.parametrize("stepwise", [False, True])
def test_the_sizes_drawn_follow_their_law_sequentially(stepwise):
    policy = MixtureOfSizes.minimax(L, 2)
    right = np.array([float(probability) for probability, _ in policy.size_law])
    assert evidence(policy, right, stepwise) < math.log(1e6)
    assert evidence(policy, np.roll(right, 1), stepwise, calls=40) > math.log(1e6)


def test_both_samplers_are_used():
    coins = languages.iid(["1/2", "1/2"], L)
    assert isinstance(sampler_for(Instance(coins, POLICY)), CompiledSampler)
    assert isinstance(sampler_for(Instance(coins, POLICY, Perturbed("uniform", "1/2"))), StepwiseSampler)


def test_kl_flatters_mixtures_and_ser_does_not():
    """On Parity KL is less than the mean of the parts; SER is their mean (section on sizes in best-sizes.md)."""
    parity, parts = languages.parity(3), ([1, 2], [2, 1])
    mixed = measure(
        Instance(parity, MixtureOfSizes(parts, ["1/2", "1/2"])), ["kl", "path_kl", "ser"], engine="rational"
    )
    each = [measure(Instance(parity, FixedSize(sizes)), ["kl", "path_kl", "ser"], engine="rational") for sizes in parts]
    for name in ("path_kl", "ser"):
        assert math.isclose(mixed[name].value, sum(one[name].value for one in each) / 2)
    assert mixed["kl"].hi < sum(one["kl"].value for one in each) / 2


def test_the_minimax_policy_from_its_key():
    spec = {
        "language": {"kind": "pair", "vocab": 2, "length": 4},
        "policy": {"kind": "mixture-of-sizes", "minimax": "tc", "steps": 2},
    }
    policy = parse(spec).policy
    assert sorted((sizes, probability) for probability, sizes in policy.size_law) == minimax(4, 2, "tc").sizes
    again = parse(spec | {"policy": policy.written()}).policy
    assert again.size_law == policy.size_law
    assert repr(again) == repr(policy)


@pytest.mark.parametrize(
    ("sizes", "weights", "key"),
    [
        ([], [], "sizes"),
        ([[1, 1], [2]], ["1/2", "1/2"], "sizes[1]"),
        ([[1, 1], [2, 1]], ["1/2", "1/2"], "sizes[1]"),
        ([[1, 1], [3, -1]], ["1/2", "1/2"], "sizes[1][1]"),
        ([[1, 1], [2, 0]], ["1/2", "1/3"], "weights"),
        ([[1, 1], [2, 0]], [0.5, 0.5], "weights"),
        ([[1, 1], [2, 0]], ["1/2"], "weights"),
    ],
)
def test_what_is_refused(sizes, weights, key):
    with pytest.raises(BadInput) as problem:
        MixtureOfSizes(sizes, weights)
    assert problem.value.key == key


def test_lists_that_occur_twice_are_one():
    policy = MixtureOfSizes([[1, 1], [2, 0], [1, 1], [0, 2]], ["1/4", "1/2", "1/4", 0])
    assert policy.size_law == ((Fraction(1, 2), (1, 1)), (Fraction(1, 2), (2, 0)))
    with pytest.raises(BadInput, match="sum of 2"):
        policy.check(2, 3)


@pytest.mark.parametrize("engine", ["markov", "tabular"])
def test_a_prediction_of_zero_costs_infinitely_much_under_every_list(engine):
    policy = MixtureOfSizes([[0, 1], [1, 0]], ["1/2", "1/2"])
    instance = Instance(languages.iid(["1/2", "1/2"], 1), policy, denoiser=Perturbed("peak", 1))
    for name in ("learning_term", "mean_learning_error"):
        assert measure(instance, [name], engine=engine)[name].lo == math.inf
