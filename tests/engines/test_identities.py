"""What the form of an instance decides: KL where the reveal times are certain, SER where no string is impossible."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from oracles import denoisers as oracle_denoisers
from oracles import languages as oracle_languages
from oracles import quantities as oracle_quantities
from oracles import samplers as oracle_samplers

from maskbound.numerics import Instance, denoisers, languages, measure, policies
from maskbound.numerics.metrics.methods import methods_for

RARE = [["9999999999999/10000000000000", "1/10000000000000"], ["0", "1"]]


@pytest.mark.parametrize(
    "policy",
    [
        policies.Bernoulli(steps=1),
        policies.Bernoulli(weights=[0, 1, 0]),
        policies.FixedSize([3]),
        policies.FixedSize([0, 3]),
    ],
    ids=str,
)
def test_kl_in_one_step_is_the_total_correlation_whatever_its_size(policy):
    """2.95e-12: half of what KL is at most would pass for a number."""
    rows = [[Fraction(c) for c in row] for row in RARE]
    q = oracle_languages.markov([Fraction(1), Fraction(0)], rows, 3)
    p = oracle_samplers.law(oracle_samplers.bernoulli([Fraction(1)], 3), 2, oracle_denoisers.exact(q, 2))
    instance = Instance(languages.markov([1, 0], RARE, 3), policy)
    found = measure(instance, ["kl", "total_correlation", "log_ter"])
    assert found["kl"].contains(oracle_quantities.kl(q, p))
    assert found["log_ter"].contains(oracle_quantities.log_ter(q, p))
    assert found["kl"].width < 1e-12 * found["kl"].value * 100
    assert found["kl"].overlaps(found["total_correlation"])


CHAIN = [["1/2", "1/2"], ["1/3", "2/3"]]
AT_LENGTH = [
    ("markov", languages.markov(["1/4", "3/4"], CHAIN, 3000), policies.Bernoulli(steps=1)),
    ("markov", languages.markov(["1/4", "3/4"], CHAIN, 3000), policies.FixedSize([3000])),
    ("windows", languages.HMM(300, ["1/2", "1/2"], CHAIN, [["3/4", "1/4"], ["1/8", "7/8"]]), policies.FixedSize([300])),
    ("blocks", languages.pair(3, 3000), policies.FixedSize([0, 3000])),
]


@pytest.mark.parametrize(("engine", "language", "policy"), AT_LENGTH, ids=lambda each: str(each)[:40])
def test_kl_of_certain_reveal_times_is_known_at_any_length(engine, language, policy):
    instance = Instance(language, policy)
    kl, path_kl = measure(instance, ["kl", "path_kl"], engine=engine).values()
    assert (kl.value, kl.lo, kl.hi, kl.kind) == (path_kl.value, path_kl.lo, path_kl.hi, path_kl.kind)
    assert kl.relies_on >= {"kl-path-kl/equality-deterministic"}
    assert kl.width < 0.01 * kl.value


def test_reveal_times_are_certain():
    certain = [
        policies.autoregressive(3),
        policies.bisection(3),
        policies.FixedSize([0, 3]),
        policies.Bernoulli(weights=[0, 1]),
    ]
    uncertain = [
        policies.Bernoulli(steps=2),
        policies.FixedSize([1, 2]),
        policies.Bernoulli(weights=[Fraction(1, 10**300), 1 - Fraction(1, 10**300)]),
    ]
    assert all(policy.certain_times for policy in certain)
    assert not any(policy.certain_times for policy in uncertain)


FULL = [
    languages.markov(["1/4", "3/4"], CHAIN, 5000),
    languages.NGram(3, 2, 400, ["1/4"] * 4, [["1/3", "2/3"]] * 4),
    languages.HMM(900, ["1", "0"], [["0", "1"], ["1", "0"]], [["3/4", "1/4"], ["1/8", "7/8"]]),
    languages.Blocks(languages.iid(["1/2", "1/2"], 3), 50),
    languages.Tabular.from_table(2, 2, ["1/10", "2/10", "3/10", "4/10"]),
]


@pytest.mark.parametrize("language", FULL, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("rule", ["uniform", "stop"])
def test_no_sampler_is_wrong_where_every_string_is_possible(language, rule):
    instance = Instance(language, policies.Bernoulli(steps=2), off_support=rule)
    found = measure(instance, ["ser"])["ser"]
    assert (found.value, found.lo, found.hi, found.kind, found.exact) == (0, 0, 0, "exact", 0)


@pytest.mark.parametrize("seed", range(30))
def test_where_a_string_is_impossible_the_method_does_not_apply(seed):
    rng = Random(seed)
    law = oracle_languages.random_table(rng, 2, 2)
    tabular = languages.Tabular(2, 2, [list(x) for x in law], list(law.values()))
    initial, transition = oracle_languages.random_chain(rng, 2)
    chain = languages.markov(initial, transition, 2)
    (method,) = (method for method in methods_for("ser") if method.engine == "support")
    for language in (tabular, chain):
        instance = Instance(language, policies.Bernoulli(steps=1), denoisers.Perturbed("uniform", "1/2"))
        assert (method.obstacle(instance) is None) == bool(language.support_table().all())
        if method.obstacle(instance) is None:
            assert measure(instance, ["ser"], engine="tabular")["ser"].value == 0
