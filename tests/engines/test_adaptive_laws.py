"""Laws of adaptive and remasking policies against the oracle, which enumerates every proposal (M3.1 to M3.3, M8.10)."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from grid import AdaptiveCase, adaptive_cases
from hypothesis import HealthCheck, given, settings
from oracles import adaptive as oracle_adaptive
from oracles import quantities
from oracles.logs import real

from maskbound.numerics.enclosure import Enclosure, gamma
from maskbound.numerics.engines import push, walk
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.metrics import measure

ACCURACY = 1e-12
ORACLE_ERROR = real(Fraction(1, 10**55))
"""Logarithms of the oracle are rounded to some 70 digits."""


def assert_law_is(expected: dict[tuple[int, ...], Fraction], law) -> None:
    """Zero is zero, and every other entry is within gamma of its depth and within 1e-12."""
    for x, found in zip(np.ndindex(*(law.vocab,) * law.length), law.p, strict=True):
        exact = expected.get(x, Fraction(0))
        assert (found == 0) == (exact == 0), f"{x}: {found} against {exact}"
        off = abs(real(Fraction(float(found))) - real(exact))
        assert off <= real(exact) * gamma(law.p_depth), f"{x}: {found} against {exact}"
        assert off <= ACCURACY


def assert_is(name: str, found: Enclosure, truth: Any) -> None:
    exact = real(truth) if isinstance(truth, Fraction) else truth
    assert found.lo - ORACLE_ERROR <= exact <= found.hi + ORACLE_ERROR, f"{name}: {found} misses {exact}"
    assert math.isinf(truth) or abs(found.value - float(exact)) <= ACCURACY, f"{name}: {found} against {exact}"


def compare(case: AdaptiveCase) -> None:
    run = case.run()
    for engine in (push, walk):
        assert_law_is(run.law, engine.law(Workspace(case.instance)))
    policy = case.policy
    assert_is("ser", measure(case.instance, ["ser"])["ser"], quantities.ser(case.law, run.law))
    if policy is not None and policy.sizes is None:
        assert_is("expected_steps", measure(case.instance, ["expected_steps"])["expected_steps"], run.steps)
    if policy is not None and not policy.proposes:
        truth = oracle_adaptive.path_kl(case.law, policy, case.denoiser)
        assert_is("path_kl", measure(case.instance, ["path_kl"])["path_kl"], truth)


@given(adaptive_cases())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_laws_are_the_oracles(case: AdaptiveCase):
    compare(case)


@pytest.mark.slow
@given(adaptive_cases())
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_laws_of_many_pairs_are_the_oracles(case: AdaptiveCase):
    compare(case)
