"""Random small instances against the oracle, which enumerates reveal times one by one in rational arithmetic."""

from __future__ import annotations

import math
from contextlib import suppress
from fractions import Fraction

import numpy as np
import pytest
from by_default import drawn
from grid import Case, cases
from oracles.logs import real

from maskbound.numerics.engines import reference, tabular
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.errors import NoLogForm
from maskbound.numerics.metrics import METHODS, measurable, measure
from maskbound.numerics.numbers.enclosure import Enclosure, gamma

ENGINES = sorted({method.engine for method in METHODS if method.kind != "statistical"})
SAMPLES = 300
"""Sequences in sampled methods, whose intervals hold with probability 1 - 1e-6 each; the seed is always the same."""
FLOOR = 1e-3
WIDTH = 1e-9
ACCURACY = 1e-12
LOCAL = "local scope off the support"
"""The note of a value in the local scope where the instance leaves it open; the oracle takes the global one."""
SUBTRACTED = 1e-2
"""Correlations are differences of some 2L entropies of order 1, each rounded at 1e-16: 1e-14 where the value is 0."""
SLOPES = 1e-1
"""Slopes are sums of some 4 L^2 entropies, each known to 1e-14."""
SOMETIMES_LOG_FORMS = (
    "log_mean_path_kl",
    "curve_min_slope",
    "curve_max_slope",
    "effective_total_correlation",
    "log_ratio_growth_bound",
)
"""The rational engine refuses these where they are no log forms."""
ORACLE_ERROR = real(Fraction(1, 10**55))
"""Logarithms of the oracle are rounded to some 70 digits."""


def assert_encloses(name: str, found, truth) -> None:
    """The enclosure holds the true value and, unless it is a bound or a sample, is narrow and accurate to 1e-12."""
    exact = real(truth) if isinstance(truth, int | Fraction) else truth
    assert found.lo - ORACLE_ERROR <= exact <= found.hi + ORACLE_ERROR, f"{name}: {found} misses {exact}"
    if found.kind in ("bound", "statistical"):
        return
    if math.isinf(truth):
        assert found.value == math.inf
        return
    scale = max(abs(float(exact)), SLOPES if "slope" in name else FLOOR)
    assert found.width <= WIDTH * scale, f"{name}: {found} is wide"
    assert abs(found.value - float(exact)) <= ACCURACY * max(abs(float(exact)), SUBTRACTED), (
        f"{name}: {found.value} against {exact}"
    )


def measured(instance, names, engine):
    """What the engine says of these quantities; the rational one says nothing of some where they are no log forms."""
    doubtful = [name for name in names if engine == "rational" and name in SOMETIMES_LOG_FORMS]
    found = dict(measure(instance, [name for name in names if name not in doubtful], engine=engine, samples=SAMPLES))
    for name in doubtful:
        with suppress(NoLogForm):
            found |= measure(instance, [name], engine=engine)
    return found


@drawn(cases(), few=20, many=100)
def test_every_quantity_by_every_engine_is_the_oracles(case: Case):
    truth = case.truth()
    compared = 0
    for engine in ENGINES:
        names = [name for name in measurable(case.instance, engine=engine) if name in truth]
        for name, found in measured(case.instance, names, engine).items():
            assert_encloses(f"{name} by {engine}", found, truth[name])
            compared += 1
    assert compared >= 20


@drawn(cases(), few=20, many=60)
def test_both_laws_are_the_oracles_cell_by_cell(case: Case):
    """Zero is zero, and every other entry is within gamma of its depth."""
    expected = case.output_law()
    for engine in (tabular, reference):
        law = engine.law(Workspace(case.instance))
        for x, found in zip(np.ndindex(*(law.vocab,) * law.length), law.p, strict=True):
            exact = expected.get(x, 0)
            assert (found == 0) == (exact == 0), f"{x}: {found} against {exact}"
            assert abs(float((found - exact) if exact == 0 else (real(found) - real(exact)) / real(exact))) <= gamma(
                law.p_depth
            )


def test_the_comparison_can_fail():
    for wrong in (Enclosure.around(0.5, 1e-15), Enclosure(0.3, 0.2, 0.4, "rounding")):
        with pytest.raises(AssertionError):
            assert_encloses("x", wrong, Fraction(1, 3))
