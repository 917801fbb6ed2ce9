"""The rational engine against the oracles, exactly, and the float engines' enclosures against it."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from by_default import drawn
from flint import arb
from grid import AdaptiveCase, Case, adaptive_cases, cases
from hypothesis import assume, given, settings
from oracles.logs import mp, real

from maskbound.numerics import denoisers, languages, measure, policies
from maskbound.numerics.engines import rational
from maskbound.numerics.engines.rational import engine as rational_engine
from maskbound.numerics.engines.workspace import Request, Workspace
from maskbound.numerics.errors import BadInput, BeyondReach
from maskbound.numerics.instances import Instance
from maskbound.numerics.instances.gallery import load_gallery, names
from maskbound.numerics.metrics import METHODS
from maskbound.numerics.metrics.log_forms import exact_law_distance, known
from maskbound.numerics.metrics.measure import measure_one
from maskbound.numerics.numbers.logform import LogForm
from maskbound.numerics.numbers.rationals import to_fraction

BITS = 256
ASKED = 0.01
"""Relative width that windows grow to."""
PATIENCE = 1.0
"""Estimated seconds of one method."""
SMALL = 20_000
"""Pairs of partial sequences, source and target, of a gallery member that is compared in the slow test."""
FLOAT_METHODS = [method for method in METHODS if method.kind not in ("exact", "statistical")]
ORACLE_ERROR = mp.mpf(10) ** -55
"""The oracles round logarithms to some 70 digits; a ball of 256 bits is narrower still."""


def middle(number: LogForm) -> mp.mpf:
    """A log form to some 70 digits."""
    ball = number.ball(BITS)
    assert ball.rad() < arb(2) ** -200
    mantissa, exponent = ball.mid().man_exp()
    return mp.mpf(int(mantissa)) * mp.mpf(2) ** int(exponent)


def assert_same(name: str, exact, truth) -> None:
    """Rationals are equal; a log form is the oracle's number to 55 digits."""
    if isinstance(truth, int | Fraction):
        assert exact == truth, f"{name}: {exact} is not {truth}"
    elif math.isinf(truth):
        assert exact == math.inf, f"{name}: {exact} is not infinite"
    else:
        found = middle(exact) if isinstance(exact, LogForm) else real(exact)
        assert abs(found - truth) < ORACLE_ERROR, f"{name}: {exact} is not {truth}"


@drawn(cases(), few=30, many=150)
def test_every_quantity_is_the_oracles_exactly(case: Case):
    truth = case.truth()
    found = measure(case.instance, engine="rational")
    names = [name for name in found if name in truth]
    for name in names:
        assert found[name].kind == "exact"
        assert_same(name, found[name].exact, truth[name])
    # With a denoiser that is not rational the language's own information is left.
    assert len(names) >= (17 if rational.obstacle(case.instance) is None else 5)


@drawn(cases(), few=30, many=150)
def test_the_output_law_is_the_oracles_cell_by_cell(case: Case):
    assume(rational.obstacle(case.instance) is None)
    expected = case.output_law()
    law = rational.law(Workspace(case.instance))
    for x, p in zip(np.ndindex(*(law.vocab,) * law.length), law.p, strict=True):
        assert to_fraction(p) == expected.get(x, 0)
    assert to_fraction(law.lost) == 1 - sum(expected.values())


def held(instance: Instance, shift: float = 0.0) -> set[tuple[str, str]]:
    """Every float method that applies against the exact engine: the pairs of engine and quantity that were compared.

    Unless told, engines differ in the scope that they take off the support (definitions.md#off-support), if there is
    such. With a shift, an interval just above every enclosure takes its place, and must not hold the finite value.
    """
    if not (instance.language.exact_table() > 0).all():
        instance = replace(instance, off_support_scope=instance.off_support_scope or "global")
    exact, work, found = measure(instance, engine="rational"), Workspace(instance, Request(ASKED)), set()
    for method in FLOAT_METHODS:
        if method.quantity in exact and method.obstacle(instance) is None and method.cost(instance).seconds <= PATIENCE:
            one, truth = method.measure(work), exact[method.quantity].exact
            lo, hi = (one.lo, one.hi) if shift == 0 else (math.nextafter(one.hi, math.inf), one.hi + shift)
            if shift == 0 or truth != math.inf:
                assert contains(lo, truth, hi) is (shift == 0), f"{method.quantity} by {method.engine}: {one}, {truth}"
            found.add((method.engine, method.quantity))
    return found


@drawn(cases(), few=10, many=50)
def test_float_enclosures_contain_the_exact_values(case: Case):
    """A few; three hundred, of both kinds, are in the slow tests."""
    assert len(held(case.instance)) >= 5


@drawn(adaptive_cases(), few=6, many=20)
def test_float_enclosures_contain_the_exact_values_of_adaptive_policies(case: AdaptiveCase):
    assert len(held(case.instance)) >= 5


@pytest.mark.slow
def test_the_enclosures_of_every_engine_contain_the_exact_values():
    """Some 300 random instances and the small gallery; no method that has an exact counterpart is left out.

    The steps of thresholds and entropy bounds have none: the exact engine counts those of given schedules. Chains that
    end are not among the instances; tests/languages has theirs. Codes by their generator matrices have no table, and
    their PATH_KL is held against a known answer.
    """
    found: set[tuple[str, str]] = set()
    apart = {("adaptive", "expected_steps"), ("messages", "log_length_probability"), ("codes", "path_kl")}

    @given(cases() | adaptive_cases())
    @settings(max_examples=300, deadline=None)
    def collected(case: Case | AdaptiveCase) -> None:
        found.update(held(case.instance))

    collected()
    for name in names():
        instance = load_gallery(name)
        if rational.obstacle(instance) is None and rational.pair_count(instance) <= SMALL:
            found.update(held(instance))
    exact = {method.quantity for method in METHODS if method.engine == "rational"}
    wanted = {(method.engine, method.quantity) for method in FLOAT_METHODS if method.quantity in exact}
    assert found == wanted - apart


COLD = [
    policies.Adaptive(4, score="confidence", order=order, steps=4, temperature=Fraction(1, 1000))
    for order in ("choose-then-sample", "sample-then-choose")
]


@pytest.mark.parametrize("policy", COLD, ids=lambda policy: policy.order)
def test_rationals_that_grow_too_long_for_the_time_are_refused(policy):
    """The digits decide, not a clock; at T = 1 the same time suffices, and other engines are asked instead."""
    chain = languages.markov(["1/2", "1/2"], [["3/10", "7/10"], ["5/8", "3/8"]], 4)
    instance = Instance(chain, policy)
    assert measure(instance, ["kl"], engine="rational")["kl"].kind == "exact"
    with pytest.raises(BeyondReach, match=r"exact rationals of instance .* grow too long for 0\.02 s"):
        measure(instance, ["kl"], engine="rational", seconds=0.02)
    warm = policies.Adaptive(4, score="confidence", order=policy.order, steps=4)
    assert measure(replace(instance, policy=warm), ["kl"], engine="rational", seconds=0.02)["kl"].kind == "exact"
    if not policy.proposes:
        with pytest.raises(BeyondReach, match=r"grow too long for 0\.02 s"):
            measure(instance, ["path_kl"], engine="rational", seconds=0.02)


def test_a_method_that_gives_up_leaves_the_others():
    chain = languages.markov(["1/2", "1/2"], [["3/10", "7/10"], ["5/8", "3/8"]], 4)
    policy = policies.Adaptive(4, score="confidence", order="sample-then-choose", steps=4, temperature=Fraction(1, 20))
    work = Workspace(Instance(chain, policy), Request(width=0.0, seconds=0.02))
    with pytest.raises(BeyondReach, match="grow too long"):
        measure_one(work, "tv", "rational")
    assert measure_one(work, "tv").engine != "rational"


def test_an_enclosure_beside_the_exact_value_is_noticed():
    """By every engine that has a table: i.i.d. blocks of a chain, a hidden chain, a chain, an adaptive policy."""
    chain = languages.markov(["1/3", "2/3"], [["1/3", "2/3"], ["4/7", "3/7"]], 3)
    hidden = languages.HMM(3, ["1/3", "2/3"], [["1/3", "2/3"], ["4/7", "3/7"]], [["1/3", "2/3"], ["4/7", "3/7"]])
    confident = policies.Adaptive(3, score="confidence", order="choose-then-sample", sizes=(2, 1))
    for language, policy, engines in (
        (chain, policies.Bernoulli(2), {"tabular", "reference", "markov", "profile"}),
        (hidden, policies.Bernoulli(2), {"tabular", "reference", "windows"}),
        (languages.Blocks(chain, 1), policies.Bernoulli(2), {"blocks"}),
        (chain, confident, {"adaptive"}),
    ):
        assert engines <= {engine for engine, _ in held(Instance(language, policy), shift=1.0)}


def contains(lo: float, number, hi: float) -> bool:
    """``lo <= number <= hi``, decided."""
    low = lo if math.isinf(lo) else Fraction(lo)
    high = hi if math.isinf(hi) else Fraction(hi)
    return bool(low <= number <= high)


def test_the_comparisons_can_fail():
    third = LogForm.log(3)
    assert contains(1.0986122886681096, third, 1.0986122886681100)
    assert not contains(1.0986122886681100, third, 2.0)
    assert not contains(1.0, math.inf, 2.0)
    for wrong, truth in ((Fraction(1, 3), Fraction(1, 2)), (third, real(Fraction(11, 10))), (third, mp.inf)):
        with pytest.raises(AssertionError):
            assert_same("x", wrong, truth)


def test_enclosures_of_known_numbers_are_one_spacing_wide():
    for number in (LogForm.log(3), -LogForm.log(2, Fraction(1, 7)), LogForm(1, {2: 1}), Fraction(1, 3)):
        found = known(number)
        assert Fraction(found.lo) < number < Fraction(found.hi)
        assert math.nextafter(found.lo, math.inf) == found.hi
        assert found.exact == number
    assert known(LogForm(Fraction(1, 2))).width == 0
    assert known(LogForm.log(6) - LogForm.log(2) - LogForm.log(3)).value == 0
    assert known(math.inf).lo == math.inf


def test_it_is_used_only_when_asked_for():
    """KL = 0 on i.i.d. tokens: no float enclosure is narrow relative to 0, and still nothing exact is tried."""
    instance = Instance(languages.iid(["1/3", "2/3"], 3), policies.Bernoulli(steps=2))
    assert measure(instance, ["kl"])["kl"].engine != "rational"
    asked = measure(instance, ["kl"], engine="rational")["kl"]
    assert asked.engine == "rational"
    assert asked.exact == 0
    rational_only = {"exact_parallel_depth"}
    assert all(m.on_request for m in METHODS if m.engine == "rational" and m.quantity not in rational_only)


def test_it_uses_no_statement():
    assert not [method for method in METHODS if method.engine == "rational" and method.relies_on]


def test_large_instances_are_refused_at_once_with_the_number_of_pairs():
    instance = Instance(languages.colouring(9), policies.Bernoulli(steps=4))
    pairs = 4**9 + 2 * 7**9 + 6**9
    started = time.perf_counter()
    with pytest.raises(BeyondReach, match=f"{pairs} source-target pairs; exact rationals are for at most 2000000"):
        rational.law(Workspace(instance))
    assert time.perf_counter() - started < 0.1


@pytest.mark.parametrize(
    "policy",
    [
        policies.Bernoulli(weights=["1/2", 0, "1/3", "1/6"]),
        policies.FixedSize([2, 0, 1]),
        policies.FixedSets([[1], [0, 2]]),
    ],
)
def test_pairs_are_counted_as_they_are_met(policy, monkeypatch):
    """On a language without zeros every pair is met."""
    instance = Instance(languages.iid(["1/2", "1/3", "1/6"], 3), policy)
    met, filled = 0, rational_engine._filled

    def counting(*arguments):
        nonlocal met
        reached = filled(*arguments)
        met += len(reached)
        return reached

    monkeypatch.setattr(rational_engine, "_filled", counting)
    rational.law(Workspace(instance))
    assert met == rational.pair_count(instance)


def test_what_is_not_rational_is_refused_by_name():
    chain = [["1/2", "1/2"], ["1/4", "3/4"]]
    exact = languages.markov(["1/2", "1/2"], chain, 3)
    floating = languages.markov([0.5, 0.5], chain, 3)
    uniform = policies.Bernoulli(steps=2)
    refused = {
        "the language has floating probabilities": Instance(floating, uniform),
        "the schedule has floating weights": Instance(exact, policies.Bernoulli(weights=[0.5, 0.5])),
        "the denoiser's predictions": Instance(exact, uniform, denoisers.Perturbed("tilt", "1/2")),
    }
    for sentence, instance in refused.items():
        with pytest.raises(BadInput, match=sentence):
            measure(instance, ["kl"], engine="rational")
    assert rational.obstacle(Instance(exact, uniform, denoisers.Perturbed("peak", "1/2"))) is None


def test_a_table_of_binary_fractions_is_rational():
    language = languages.pair(2, 2)
    rows = np.zeros((9, 2, 2))
    rows[...] = [0.25, 0.75]
    instance = Instance(language, policies.Bernoulli(steps=1), denoisers.Table(conditionals=rows))
    assert measure(instance, ["ser"], engine="rational")["ser"].exact == 1 - Fraction(1, 16) - Fraction(9, 16)
    rows[0, 0] = [0.3, 0.7]
    assert rational.obstacle(Instance(language, instance.policy, denoisers.Table(conditionals=rows))) is not None


def test_law_distance_counts_what_is_abandoned():
    """Pair(2), one step: half of the mass is wrong; under ``stop`` nothing is, as no context is impossible."""
    language = languages.pair(2, 2)
    once = Workspace(Instance(language, policies.Bernoulli(steps=1)))
    exact = Workspace(Instance(language, policies.autoregressive(2)))
    assert exact_law_distance(once, exact).exact == Fraction(1, 2)
    sparse = languages.pair(2, 4)
    stopping = Workspace(Instance(sparse, policies.FixedSize([2, 2]), off_support="stop"))
    going_on = Workspace(Instance(sparse, policies.FixedSize([2, 2])))
    lost = to_fraction(rational.stopped_mass(going_on))
    assert lost == Fraction(1, 6)
    assert exact_law_distance(stopping, going_on).exact == lost
