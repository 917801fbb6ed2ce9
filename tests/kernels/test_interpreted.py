"""Kernels as Python, which small instances are measured by when nothing else is: the same numbers, and no compiler."""

from __future__ import annotations

import numpy as np
import pytest

from maskbound.numerics import Instance, curve, languages, law, policies
from maskbound.numerics._kernels.jit import Kernel, interpreted, kernel
from maskbound.numerics.engines.workspace import Cost, Request, Workspace
from maskbound.numerics.instances.gallery import load_gallery
from maskbound.numerics.metrics.measure import measurable, measure_one
from maskbound.numerics.metrics.method import without_compiler

NAMES = ("markov-floating", "hmm-tilt", "pair-stop", "markov-confidence", "mds-loose", "weight-two")


def measured(name: str, request: Request):
    work = Workspace(load_gallery(name), request)
    return {each: measure_one(work, each, "tabular") for each in measurable(work.instance, Request(), "tabular")}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_interpreted_has_the_enclosures_of_what_is_compiled(name):
    """Up to what one fused operation more or less rounds, a small part of the error that is given."""
    compiled, as_python = measured(name, Request()), measured(name, Request(alone=True))
    assert compiled.keys() == as_python.keys()
    for quantity, one in compiled.items():
        other = as_python[quantity]
        assert one.lo <= other.hi, quantity
        assert other.lo <= one.hi, quantity
        assert one.hi == other.hi or abs(one.hi - other.hi) <= 0.1 * one.width + 1e-15 * abs(one.hi), quantity


def test_the_curve_and_the_law_too():
    instance = load_gallery("markov-floating")
    ours, theirs = curve(instance), curve(instance, alone=True)
    assert [z.value for z in theirs.curve] == pytest.approx([z.value for z in ours.curve], rel=1e-14)
    np.testing.assert_allclose(law(instance, alone=True, engine="tabular").p, law(instance).p, rtol=1e-14)


def test_a_kernel_is_python_where_that_is_asked_for_and_nowhere_else():
    @kernel
    def is_python() -> bool:
        return True

    is_python.compiled = lambda: False
    with interpreted():
        assert is_python()
    assert not is_python()
    with without_compiler(Request(alone=True), Cost(100, 0)):
        assert is_python()
    for request, cost in ((Request(), Cost(100, 0)), (Request(alone=True), Cost(1e6, 0))):
        with without_compiler(request, cost):
            assert not is_python()
    with without_compiler(Request(alone=True), Cost(1e6, 0, python=1e6)):
        assert is_python()


def test_kernels_call_kernels_as_python(monkeypatch):
    """None of them is compiled on the way."""
    monkeypatch.setattr(Kernel, "compiled", property(lambda self: pytest.fail(f"{self.__name__} is compiled")))
    instance = Instance(languages.markov(["1/2", "1/2"], [["1/3", "2/3"], ["1", "0"]], 5), policies.Bernoulli(3))
    work = Workspace(instance, Request(alone=True))
    assert measure_one(work, "kl", "tabular").value == pytest.approx(measure_one(work, "kl", "reference").value)
    assert measure_one(work, "log_mean_path_kl", "tabular").value > measure_one(work, "kl", "tabular").value
