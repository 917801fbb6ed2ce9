"""A statement of the ledger measures its left side, by whatever engine knows the quantities of its right side."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maskbound.numerics import Instance, languages, measure, policies
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.metrics.derived import METHODS, derived
from maskbound.numerics.metrics.methods import methods_for
from maskbound.theory import statements

CHAIN = languages.markov(["1/4", "3/4"], [["1/2", "1/2"], ["1/3", "2/3"]], 40)
UNIFORM = Instance(CHAIN, policies.Bernoulli(8))
BOUND = statements["bernoulli/uniform-rate"]


def of_chain(*quantities: str):
    return [next(m for m in methods_for(name) if m.engine == "markov") for name in quantities]


def test_a_statement_becomes_a_method():
    parts = of_chain("total_correlation", "dual_total_correlation")
    method = derived(BOUND, parts)
    assert (method.quantity, method.engine, method.kind) == ("path_kl", "markov", "bound")
    assert method.obstacle(UNIFORM) is None
    assert method.relies_on >= {BOUND.id, *parts[0].relies_on, *parts[1].relies_on}
    found, known = method.measure(Workspace(UNIFORM)), measure(UNIFORM, ["path_kl"])["path_kl"]
    assert found.lo == 0 < known.lo <= known.hi < found.hi
    total, dual = measure(UNIFORM, ["total_correlation", "dual_total_correlation"]).values()
    assert found.hi == pytest.approx((total.value + dual.value) / 8, rel=1e-9)


def test_its_assumptions_are_its_obstacle():
    method = derived(BOUND, of_chain("total_correlation", "dual_total_correlation"))
    refused = method.obstacle(Instance(CHAIN, policies.Bernoulli(weights=["1/3", "2/3"])))
    assert refused is not None
    assert "w_k = 1/N" in refused


def test_a_false_statement_measures_something_false():
    wrong = replace(BOUND, rhs=BOUND.rhs / 100)
    found = derived(wrong, of_chain("total_correlation", "dual_total_correlation")).measure(Workspace(UNIFORM))
    assert found.hi < measure(UNIFORM, ["path_kl"])["path_kl"].lo


def test_an_equality_of_known_numbers_has_a_value_and_of_bounds_none():
    one_step, steps = Instance(CHAIN, policies.Bernoulli(1)), UNIFORM
    found = [measure(instance, ["log_ter"], engine="markov")["log_ter"] for instance in (one_step, steps)]
    assert [each.has_value for each in found] == [True, False]
    assert found[1].lo <= found[1].hi


def test_what_a_bound_assumes_is_signed():
    for method in METHODS:
        named = {statements[name].lhs.name for name in method.relies_on if name in statements}
        assert method.quantity in named
