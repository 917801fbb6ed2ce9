"""The values of quantities on MDS codes, against the exact engines on the codes themselves."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from maskbound.numerics import policies
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.instances import parse
from maskbound.numerics.metrics import measure_one
from maskbound.numerics.numbers.logform import LogForm
from maskbound.numerics.universal.codes import code, field_of, rare_ones
from maskbound.numerics.universal.exchangeable import LANGUAGE_RAYS, POLICY_RAYS, exchangeable, steps_of

IRRATIONAL = {"effective_total_correlation": LANGUAGE_RAYS, "log_ratio_growth_bound": POLICY_RAYS}
LANGUAGE = sorted(
    {*LANGUAGE_RAYS} - {"log V", "curve_max_slope", "curve_min_slope", "area_defect", "slope_defect", *IRRATIONAL}
)
BERNOULLI = {"kind": "bernoulli", "weights": ["1/2", "1/6", "0", "1/3"]}
SIZES = {2: [1, 1], 3: [2, 1], 4: [1, 0, 3]}


OF_BERNOULLI = ("weighted_slope", "growth_bound", "sharp_growth_bound", "ratio_growth_bound", "mixture_path_kl")


def measures(name: str, spec: dict, expected: Fraction, q: int) -> bool:
    """Whether the exact engine finds ``expected * log q``."""
    found = measure_one(Workspace(parse(spec)), name, "rational").exact
    return found == LogForm.log(q) * expected


@pytest.mark.parametrize("L", [2, 3, 4])
def test_rays_are_what_the_engines_measure(L):
    for kind, table in (("bernoulli", BERNOULLI), ("fixed-size", {"kind": "fixed-size", "sizes": SIZES[L]})):
        for K in range(L + 1):
            q = field_of(K, L)
            spec = {"language": code(K, L), "policy": table}
            steps = steps_of(parse(spec).policy, L)
            for name in LANGUAGE:
                assert measures(name, spec, LANGUAGE_RAYS[name](L)[K], q), (name, K)
            for name, ray in POLICY_RAYS.items():
                if name in ("path_kl", "profile_left_sum" if kind == "fixed-size" else "curve_left_riemann_sum") or (
                    kind == "bernoulli" and name in OF_BERNOULLI
                ):
                    assert measures(name, spec, ray(steps)[K], q), (name, K, kind)


@pytest.mark.parametrize("name", IRRATIONAL)
@pytest.mark.parametrize("L", [2, 3, 4])
def test_irrational_rays_are_what_the_tables_measure(name, L):
    for K in range(1, L):
        spec = {"language": code(K, L), "policy": BERNOULLI}
        about = steps_of(parse(spec).policy, L) if IRRATIONAL[name] is POLICY_RAYS else L
        expected = float(IRRATIONAL[name][name](about)[K]) * math.log(field_of(K, L))
        found = measure_one(Workspace(parse(spec)), name, "tabular")
        assert found.lo * (1 - 1e-14) <= expected <= found.hi * (1 + 1e-14)


def test_which_policies_are_exchangeable():
    assert exchangeable(policies.Bernoulli(3))
    assert exchangeable(policies.random_order(4))
    assert exchangeable(policies.FixedSets([[0, 1, 2]]))
    assert not exchangeable(policies.bisection(3))
    assert not exchangeable(policies.autoregressive(2))


@pytest.mark.parametrize(("rank", "length"), [(2, 4), (3, 5), (2, 5)])
def test_rare_ones_fall_where_the_code_does(rank, length):
    """One drop of the profile outgrows the others as the ones become rare."""
    shares = []
    for bits in (20, 60):
        spec = {
            "language": rare_ones(rank, length, Fraction(1, 1 << bits)),
            "policy": {"kind": "bernoulli", "steps": 1},
        }
        work = Workspace(parse(spec))
        tc, dtc = (
            float(measure_one(work, name, "rational").exact * 10**20)
            for name in ("total_correlation", "dual_total_correlation")
        )
        shares.append(tc / (tc + dtc))
    target = (length - rank) / length
    assert abs(shares[1] - target) < abs(shares[0] - target) < 0.2
