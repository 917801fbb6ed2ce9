"""A command that measures one small instance does not wait for a compiler, and prints the same numbers."""

from __future__ import annotations

import sys

import pytest

from maskbound.numerics import languages, policies
from maskbound.numerics.engines.workspace import Request, Workspace
from maskbound.numerics.instances import Instance
from maskbound.numerics.metrics.measure import measurable, measure_one
from maskbound.numerics.metrics.output_law import law

CHAIN = Instance(
    languages.markov(["1/2", "1/2"], [["1/3", "2/3"], ["1", "0"]], 5), policies.Bernoulli(steps=3), name="a small chain"
)
ALONE = Request(alone=True)


def engine_of(quantity: str, instance: Instance = CHAIN) -> str:
    return measure_one(Workspace(instance, ALONE), quantity).engine


@pytest.mark.parametrize("quantity", measurable(CHAIN))
def test_the_numbers_are_the_same(quantity: str):
    first, usual = (measure_one(Workspace(CHAIN, request), quantity) for request in (ALONE, Request()))
    assert first.lo <= usual.hi
    assert usual.lo <= first.hi
    assert first.hi == usual.hi or first.width <= max(usual.width, 1e-9)


def test_small_instances_are_measured_in_python():
    assert [engine_of(quantity) for quantity in ("kl", "path_kl")] == ["reference", "rational"]


def test_the_engine_of_the_scope_measures_what_depends_on_it(monkeypatch):
    """Which differs here: a contradiction in one interval does not reach the others."""
    assert engine_of("bigram_tv_rate") == "markov"
    monkeypatch.setattr(sys.modules[measure_one.__module__], "OF_SCOPE", ())
    assert engine_of("bigram_tv_rate") == "reference"


def test_larger_instances_are_worth_a_compiler():
    larger = Instance(languages.markov(["1/2", "1/2"], [["1/3", "2/3"], ["1", "0"]], 9), policies.Bernoulli(steps=3))
    assert engine_of("kl", larger) == "tabular"


def test_the_law_is_the_same():
    first, usual = law(CHAIN, alone=True), law(CHAIN)
    assert abs(first.p - usual.p).max() < 1e-14
