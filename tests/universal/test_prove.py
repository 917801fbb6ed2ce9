"""Verdicts, sharp constants and refuting languages for exchangeable policies."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

from maskbound.numerics import check
from maskbound.numerics.instances import from_spec, parse
from maskbound.numerics.judging import Status
from maskbound.numerics.policies import Bernoulli, FixedSize, bisection
from maskbound.numerics.universal import Decided, prove
from maskbound.theory import claim, statements

INFORMATION = "(total_correlation + dual_total_correlation)"


def compositions(length: int):
    for cuts in itertools.product((False, True), repeat=length - 1):
        edges = [0, *(k + 1 for k, cut in enumerate(cuts) if cut), length]
        yield [b - a for a, b in itertools.pairwise(edges)]


def uniform_constant(L: int, N: int) -> Fraction:
    return Fraction(sum(m ** (L - 1) for m in range(1, N + 1)), N**L) - Fraction(1, L)


@pytest.mark.parametrize(("L", "N"), [(2, 2), (5, 3), (8, 4), (9, 6), (12, 2)])
def test_the_sharp_constant_of_uniform_bernoulli_steps(L, N):
    found = prove(f"path_kl <= {INFORMATION}", Bernoulli(N), L)
    assert found.verdict is Decided.HOLDS
    assert found.constant == uniform_constant(L, N)


def test_a_printed_value():
    assert prove(f"path_kl <= {INFORMATION}", Bernoulli(4), 8).constant == Fraction(2627, 16384)


@pytest.mark.parametrize("L", [2, 3, 5, 7])
def test_constants_of_fixed_sizes_are_sharp_for_every_schedule(L):
    for sizes in compositions(L):
        policy = FixedSize(sizes)
        for name in ("fixed-size/max-size", "fixed-size/tc-only", "fixed-size/dtc-only", "fixed-size/vocabulary"):
            found = prove(statements[name], policy, L)
            assert found.verdict is Decided.HOLDS
            one_at_a_time = max(sizes) == 1
            assert found.constant == (None if one_at_a_time else 1), (name, sizes)


@pytest.mark.parametrize("L", [4, 8, 11])
def test_the_quarter_of_the_odds_weighted_slope(L):
    found = prove(f"odds_weighted_slope <= {INFORMATION}", Bernoulli(1), L)
    assert found.constant == Fraction(L * L // 4, L * (L + 1))


def test_a_published_bound_with_its_slack():
    """Sizes (1^{k-1}, n-k+1): (n-k+1)/k DTC is printed, (n-k)/k is sharp."""
    n, k = 8, 4
    found = prove(
        f"path_kl <= {Fraction(n - k + 1, k)} * dual_total_correlation", FixedSize([1] * (k - 1) + [n - k + 1]), n
    )
    assert found.verdict is Decided.HOLDS
    assert found.constant * Fraction(n - k + 1, k) == Fraction(n - k, k) == 1


TRUE = [
    ("profile/non-increasing", Bernoulli(2)),
    ("area-theorem/defect", Bernoulli(2)),
    ("area-theorem/curve", Bernoulli(2)),
    ("profile/total-drop", Bernoulli(2)),
    ("profile/vocabulary", Bernoulli(2)),
    ("bernoulli/riemann-error", Bernoulli(weights=["1/2", "1/3", "1/6"])),
    ("fixed-size/riemann-error", FixedSize([2, 3, 1])),
    ("bernoulli/slope-identity", Bernoulli(3)),
    ("bernoulli/slope-upper", Bernoulli(weights=["1/2", "1/3", "1/6"])),
    ("bernoulli/slope-lower", Bernoulli(3)),
    ("odds-weighted-slope/quarter", Bernoulli(3)),
    ("odds-weighted-slope/tc", Bernoulli(3)),
    ("odds-weighted-slope/dtc", Bernoulli(3)),
    ("bernoulli/odds-bound", Bernoulli(4)),
    ("bernoulli/mixture-of-sizes-path-kl", Bernoulli(weights=["1/2", "1/3", "1/6"])),
    ("kl-path-kl/given-times", Bernoulli(3)),
    ("bernoulli/max-weight", Bernoulli(weights=["1/2", "1/3", "1/6"])),
    ("bernoulli/uniform-rate", Bernoulli(3)),
    ("bernoulli/vocabulary-rate", Bernoulli(3)),
    ("fixed-size/balanced", FixedSize.balanced(4, 6)),
    ("fixed-size/log-length-steps", FixedSize([3, 2, 1])),
    ("log-mean-path-kl/lower", Bernoulli(3)),
    ("log-mean-path-kl/upper", Bernoulli(3)),
    ("token-error/bernoulli", Bernoulli(3)),
    ("token-error/vocabulary", Bernoulli(3)),
    ("token-error/fixed-size", FixedSize([2, 3, 1])),
]


@pytest.mark.parametrize(("name", "policy"), TRUE, ids=[name for name, _ in TRUE])
def test_true_statements_hold_for_every_language(name, policy):
    assert prove(statements[name], policy, 6).verdict is Decided.HOLDS


ANY_DENOISER = [
    ("learning-error/worst-case", Bernoulli(3)),
    ("learning-error/bernoulli", Bernoulli(3)),
    ("learning-error/fixed-size", FixedSize([2, 3, 1])),
    ("learning-error/mean", Bernoulli(3)),
    ("bernoulli/slope-lower", Bernoulli(3)),
    ("bernoulli/mixture-of-sizes-path-kl", Bernoulli(3)),
    ("kl-path-kl/given-times", Bernoulli(3)),
    ("fixed-size/li-cai-form", FixedSize([2, 3, 1])),
    ("fixed-size/rate", FixedSize.balanced(4, 6)),
    ("token-error/bernoulli", Bernoulli(3)),
    ("token-error/mean-learning-error", Bernoulli(3)),
    ("token-error/feng-form", Bernoulli(3)),
]


@pytest.mark.parametrize(("name", "policy"), ANY_DENOISER, ids=[name for name, _ in ANY_DENOISER])
def test_true_statements_hold_for_every_denoiser(name, policy):
    assert prove(statements[name], policy, 6, exact_denoiser=False).verdict is Decided.HOLDS


def test_the_denoiser_counts():
    assert prove("path_kl <= total_correlation", Bernoulli(2), 3).verdict is Decided.HOLDS
    found = prove("path_kl <= total_correlation", Bernoulli(2), 3, exact_denoiser=False)
    assert found.verdict is Decided.FAILS
    assert found.judged == "violated"


FALSE = [
    ("refuted/convex-curve", Bernoulli(2), 3),
    ("refuted/bernoulli-tc-only", Bernoulli(2), 3),
    ("refuted/bernoulli-dtc-only", Bernoulli(1), 3),
    ("refuted/slope-limit-is-upper-bound", Bernoulli(1), 3),
    ("refuted/slope-limit-is-lower-bound", Bernoulli(1), 3),
    ("refuted/fixed-size-minus-two", FixedSize([2]), 2),
    ("refuted/fixed-size-equal-indivisible", FixedSize([2, 1]), 3),
    ("refuted/odds-bound-without-ends", Bernoulli(1), 2),
]


@pytest.mark.parametrize(("name", "policy", "length"), FALSE, ids=[name for name, _, _ in FALSE])
def test_false_statements_are_refuted_at_their_least_instance(name, policy, length):
    found = prove(statements[name], policy, length)
    assert found.verdict is Decided.FAILS
    assert found.judged == "violated"
    assert check(parse(found.witness), judged=[statements[name]], exact=True)[0].status is Status.VIOLATED


def test_more_steps_may_cost_more():
    """PATH_KL of uniform Bernoulli steps: N = 2 to 3 at L = 25, and not before."""
    found = prove("path_kl@2 <= path_kl", [Bernoulli(2), Bernoulli(3)], 25, judge=False)
    assert found.verdict is Decided.FAILS
    assert prove("path_kl@2 <= path_kl", [Bernoulli(2), Bernoulli(3)], 24).verdict is Decided.HOLDS


def test_refinement_and_two_policies():
    assert (
        prove(statements["refinement/path-kl-monotone"], [FixedSize([2, 2]), FixedSize([1, 1, 2])], 4).verdict
        is Decided.HOLDS
    )
    found = prove("path_kl@2 <= path_kl", [FixedSize([3, 2]), FixedSize([2, 2, 1])], 5)
    assert found.verdict is Decided.FAILS
    first, second = from_spec(found.witness).instances
    assert check(first, second, judged=[claim("path_kl@2 <= path_kl")], exact=True)[0].status is Status.VIOLATED


def test_the_vocabulary_is_part_of_the_claim():
    found = prove("path_kl <= log(V)", FixedSize([1, 3]), 4)
    assert found.verdict is Decided.FAILS
    assert found.constant == 2


def test_maxima_need_weights_and_may_need_a_product_of_codes():
    policy = Bernoulli(5)
    assert prove("path_kl <= collision_probability/2 * curve_max_slope", policy, 4).verdict is Decided.HOLDS
    found = prove("path_kl <= collision_probability/3 * curve_max_slope", policy, 4)
    assert found.verdict is Decided.FAILS
    assert found.constant == Fraction(3, 2)
    assert found.judged == "violated"
    middle = FixedSize([2, 2, 2])
    assert prove("path_kl <= max(total_correlation, dual_total_correlation)/2", middle, 6).constant == Fraction(2, 3)
    assert prove("path_kl <= min(total_correlation, dual_total_correlation)/2", middle, 6).verdict is Decided.FAILS


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("path_kl <= total_correlation + 1", Decided.HOLDS),
        ("path_kl <= total_correlation/10 + 1", Decided.FAILS),
        ("path_kl <= total_correlation - 1/10", Decided.FAILS),
        ("path_kl < total_correlation", Decided.FAILS),
        ("path_kl < total_correlation + 1", Decided.HOLDS),
        ("path_kl / total_correlation <= 1", Decided.HOLDS),
        ("path_kl / total_correlation <= 1/2", Decided.FAILS),
        ("path_kl == total_correlation", Decided.FAILS),
        ("path_kl >= 0", Decided.HOLDS),
        ("kl <= total_correlation", Decided.HOLDS),
        ("kl == path_kl", Decided.FAILS),
        ("path_kl <= 1000*kl", Decided.UNDECIDED),
        ("path_kl <= sqrt(2) * total_correlation", Decided.HOLDS),
        ("ser <= path_kl", Decided.OUT_OF_REACH),
        ("path_kl * total_correlation <= 1", Decided.OUT_OF_REACH),
        ("path_kl <= V", Decided.OUT_OF_REACH),
        ("path_kl <= total_correlation / path_kl", Decided.OUT_OF_REACH),
    ],
)
def test_kinds_of_claims(text, verdict):
    found = prove(text, FixedSize([2, 2, 2]), 6)
    assert found.verdict is verdict
    if verdict is Decided.FAILS:
        assert found.judged == "violated"


def test_what_is_not_given_is_said():
    assert "floating" in prove("path_kl <= entropy", Bernoulli(weights=[0.5, 0.5]), 3).reason
    assert "two policies" in prove("path_kl <= path_kl@2", Bernoulli(2), 3).reason
    assert "BernoulliPolicy" in prove(statements["bernoulli/max-weight"], FixedSize([1, 1]), 2).reason
    assert "PairLanguage" in prove(statements["pair/ser-lower"], Bernoulli(2), 2).reason


def test_statements_about_the_language_alone_need_no_exchangeable_policy():
    assert prove(statements["profile/total-drop"], bisection(5), 5).verdict is Decided.HOLDS


def test_kl_with_one_order_of_reveal_is_path_kl():
    assert prove("kl == path_kl", FixedSize([4]), 4).verdict is Decided.HOLDS


def test_kl_of_two_policies_is_not_bounded_together():
    """Each lies between 0 and its own PATH_KL; refining may raise it."""
    pair = [FixedSize([2, 2]), FixedSize([1, 1, 2])]
    assert prove(statements["refuted/refining-lowers-kl"], pair, 4).verdict is not Decided.HOLDS
    assert prove("kl@2 <= path_kl", pair, 4).verdict is Decided.HOLDS
    assert prove("kl <= path_kl@2", [Bernoulli(2), Bernoulli(4)], 4).verdict is not Decided.HOLDS
    assert prove("kl@2 <= path_kl", [Bernoulli(2), Bernoulli(4)], 4).verdict is Decided.HOLDS


def test_kl_with_a_wrong_denoiser_may_be_less_than_the_learning_term():
    policy = Bernoulli(2)
    assert prove("learning_term <= path_kl", policy, 3, exact_denoiser=False).verdict is Decided.HOLDS
    assert prove("learning_term <= kl", policy, 3, exact_denoiser=False).verdict is not Decided.HOLDS
    assert prove("kl <= path_kl", policy, 3, exact_denoiser=False).verdict is Decided.HOLDS


def test_two_policies_go_with_the_exact_denoiser():
    pair = [FixedSize([2, 2]), FixedSize([1, 1, 2])]
    assert prove("path_kl@2 <= path_kl", pair, 4).verdict is Decided.HOLDS
    assert prove("path_kl@2 <= path_kl", pair, 4, exact_denoiser=False).verdict is Decided.OUT_OF_REACH
    assert (
        prove(statements["fixed-size/no-worse-path-kl"], Bernoulli(2), 4, exact_denoiser=False).verdict
        is Decided.OUT_OF_REACH
    )
