"""Claims for every length: the polynomials that prove them, kernels, and what refutes the others."""

from __future__ import annotations

import pytest
from sympy import Poly, sympify

from maskbound.numerics.policies import Bernoulli, FixedSize, bisection
from maskbound.numerics.universal import Decided, prove, prove_everywhere
from maskbound.theory import statements

INFORMATION = "(total_correlation + dual_total_correlation)"
SOME_SIZES, SINGLE, WEIGHTS = FixedSize([2, 1]), FixedSize([1, 1]), Bernoulli(weights=["1/2", "1/3", "1/6"])


def main_polynomial(text: str, policy) -> Poly:
    """What has to be non-negative on codes of rank below L, or at every a."""
    found = prove_everywhere(statements.get(text, text), policy)
    assert found.verdict is Decided.HOLDS
    return found.evidence["inequalities"][0].polynomial


SLACK = {"x": 0, "y": 0, "z": 0}

POLYNOMIALS = [
    ("fixed-size/max-size", "i*(S + 1 + i + u + r)"),
    ("fixed-size/tc-only", "i*r"),
    ("fixed-size/dtc-only", "i*(S + 1) + i**2 + i*u"),
]


@pytest.mark.parametrize(("name", "expected"), POLYNOMIALS, ids=[name for name, _ in POLYNOMIALS])
def test_polynomials_in_step_coordinates(name, expected):
    """As worked out by hand; of the largest step nothing is used but that it is no smaller than this one."""
    found = main_polynomial(name, SOME_SIZES).as_expr()
    by_name = {symbol.name: symbol for symbol in found.free_symbols}
    at_this_step = found.subs({by_name[name]: value for name, value in SLACK.items() if name in by_name})
    assert (at_this_step - sympify(expected, locals=by_name)).expand() == 0


def test_a_square_proves_the_quarter():
    found = prove_everywhere(statements["odds-weighted-slope/quarter"], SOME_SIZES)
    assert found.verdict is Decided.HOLDS
    assert any("(S - r + 1)**2 + S + r + 1 >= 0" in line for line in found.proof)


@pytest.mark.parametrize(
    "name",
    [
        "fixed-size/max-size",
        "fixed-size/left-sum",
        "fixed-size/tc-only",
        "fixed-size/dtc-only",
        "fixed-size/vocabulary",
        "fixed-size/riemann-error",
        "odds-weighted-slope/dtc",
        "token-error/fixed-size",
        "kl-path-kl/given-times",
    ],
)
def test_statements_about_all_sizes(name):
    assert prove_everywhere(statements[name], SOME_SIZES).verdict is Decided.HOLDS


@pytest.mark.parametrize(
    "name",
    [
        "bernoulli/max-weight",
        "bernoulli/left-sum",
        "bernoulli/riemann-error",
        "bernoulli/slope-identity",
        "bernoulli/odds-bound",
        "bernoulli/mixture-of-sizes-path-kl",
        "token-error/bernoulli",
        "profile/total-drop",
        "profile/vocabulary",
        "odds-weighted-slope/quarter",
    ],
)
def test_statements_about_all_schedules(name):
    found = prove_everywhere(statements[name], WEIGHTS)
    assert found.verdict is Decided.HOLDS
    # What is about languages alone holds whatever the policy, which its scope does not name.
    assert ("all schedules" in found.scope) != statements[name].about_language


@pytest.mark.parametrize("name", ["bernoulli/uniform-rate", "bernoulli/vocabulary-rate"])
def test_statements_about_uniform_steps(name):
    found = prove_everywhere(statements[name], Bernoulli(3))
    assert found.verdict is Decided.HOLDS
    assert "any number" in found.scope
    assert prove_everywhere(statements[name], WEIGHTS).verdict is Decided.OUT_OF_REACH


@pytest.mark.parametrize(
    "name",
    [
        "learning-error/bernoulli",
        "token-error/mean-learning-error",
        "token-error/feng-form",
        "learning-error/worst-case",
    ],
)
def test_every_denoiser(name):
    assert prove_everywhere(statements[name], Bernoulli(3), exact_denoiser=False).verdict is Decided.HOLDS
    assert prove_everywhere("path_kl <= entropy", Bernoulli(3), exact_denoiser=False).verdict is Decided.FAILS


@pytest.mark.parametrize(
    ("name", "policy"),
    [
        ("refuted/fixed-size-minus-two", SOME_SIZES),
        ("refuted/slope-limit-is-upper-bound", Bernoulli(3)),
        ("refuted/slope-limit-is-lower-bound", Bernoulli(2)),
        ("refuted/bernoulli-tc-only", Bernoulli(2)),
        ("refuted/bernoulli-dtc-only", Bernoulli(2)),
        ("refuted/odds-bound-without-ends", WEIGHTS),
    ],
)
def test_false_statements(name, policy):
    found = prove_everywhere(statements[name], policy)
    assert found.verdict is Decided.FAILS
    assert found.judged == "violated"


def test_the_kernel_of_one_schedule():
    """Two uniform steps against three: negative just after 1/2, and L = 25 is the first length that shows it."""
    found = prove_everywhere("path_kl@2 <= path_kl", [Bernoulli(2), Bernoulli(3)])
    assert found.verdict is Decided.FAILS
    assert found.reason.startswith("at length 25 it fails on MDS_10")
    assert prove_everywhere("path_kl@2 <= path_kl", [Bernoulli(2), Bernoulli(4)]).verdict is Decided.HOLDS


def test_a_constant_that_is_approached():
    """Two steps, 1/2 each: 1/2 (TC + DTC) is enough at every length, and nothing less is."""
    assert prove_everywhere(f"path_kl <= {INFORMATION}/2", Bernoulli(2)).verdict is Decided.HOLDS
    assert prove_everywhere(f"path_kl <= 99/200 * {INFORMATION}", Bernoulli(2)).verdict is Decided.FAILS


def test_one_token_at_a_time_is_exact_at_every_length():
    assert prove_everywhere("path_kl == 0", SINGLE).verdict is Decided.HOLDS
    assert prove_everywhere("path_kl == 0", SOME_SIZES).verdict is Decided.FAILS


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("curve_midpoint_excess <= 0", SOME_SIZES),
        ("path_kl <= ser", SOME_SIZES),
        ("path_kl <= entropy", bisection(3)),
        ("path_kl < entropy", SOME_SIZES),
        ("path_kl <= V", SOME_SIZES),
        ("path_kl * entropy <= 0", SOME_SIZES),
        ("path_kl <= max(entropy, total_correlation)", SOME_SIZES),
        ("path_kl <= total_correlation / N", SOME_SIZES),
    ],
)
def test_out_of_reach(text, policy):
    assert prove_everywhere(text, policy).verdict is Decided.OUT_OF_REACH


def test_a_statement_about_the_midpoint_is_not_taken_for_a_parameter():
    assert prove_everywhere(statements["refuted/convex-curve"], Bernoulli(3)).verdict is Decided.OUT_OF_REACH


def test_the_largest_ratios_of_two_kinds_are_different_numbers():
    """Large steps late have a large ratio to what is left and a small one to what is revealed."""
    found = prove_everywhere("path_kl + entropy*0 <= tc_step_ratio*total_correlation", SOME_SIZES)
    assert found.verdict is Decided.HOLDS
    for text in (
        "dtc_step_ratio*profile_start <= (tc_step_ratio + L)*profile_start",
        "dtc_step_ratio*entropy <= (tc_step_ratio + L/2)*entropy",
    ):
        assert prove_everywhere(text, SOME_SIZES).verdict is not Decided.HOLDS


def test_errors_of_the_denoiser_that_no_context_shows():
    """Of one schedule: the learning term and the errors beyond it are two numbers."""
    policy = Bernoulli(weights=["1/2", "1/2"])
    both = "path_kl + 2*learning_term >= 2*L*eps_learning"
    assert prove_everywhere(both, policy, exact_denoiser=False).verdict is not Decided.HOLDS
    assert prove_everywhere("learning_term <= 2*L*eps_learning", policy, exact_denoiser=False).verdict is Decided.HOLDS


@pytest.mark.parametrize("bound", ["growth_bound", "sharp_growth_bound", "ratio_growth_bound"])
def test_bounds_by_growth_hold_for_every_schedule_and_are_sharp(bound):
    assert prove_everywhere(f"path_kl <= {bound}", WEIGHTS).scope.endswith("all schedules")
    assert prove_everywhere(f"{bound} <= 7*{INFORMATION}", WEIGHTS).verdict is Decided.HOLDS
    assert prove_everywhere(f"path_kl <= 9/10*{bound}", WEIGHTS).verdict is Decided.FAILS


def test_growth_bounds_of_one_step_are_the_drop():
    for bound in ("growth_bound", "sharp_growth_bound", "ratio_growth_bound"):
        assert prove_everywhere(f"{bound} == {INFORMATION}", Bernoulli(weights=["0", "1"])).verdict is Decided.HOLDS


def test_more_uniform_steps_first_cost_more_at_25_tokens():
    """From two to three; from three to four at 36, and from four to five at 50."""
    for N, L in ((2, 25), (3, 36), (4, 50)):
        pair = [Bernoulli(N), Bernoulli(N + 1)]
        assert prove("path_kl@2 <= path_kl", pair, L, judge=False).verdict is Decided.FAILS
        assert prove("path_kl@2 <= path_kl", pair, L - 1, judge=False).verdict is Decided.HOLDS
    found = prove("path_kl@2 <= path_kl", [Bernoulli(2), Bernoulli(3)], 25)
    assert found.judged == "violated"
    assert found.witness["first"]["language"] == {"kind": "mds", "field": 29, "dimension": 10, "length": 25}
