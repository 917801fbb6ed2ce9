"""Claims that invite a wrong verdict: bounds taken for values, sides without a value, scales, and extremes of sums."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

from maskbound.numerics import Instance, check, languages
from maskbound.numerics.judging import Status
from maskbound.numerics.policies import Bernoulli, FixedSets, FixedSize, bisection
from maskbound.numerics.universal import Decided, Mixture, prove, prove_everywhere
from maskbound.numerics.universal.codes import product_of_codes
from maskbound.numerics.universal.survey import survey
from maskbound.theory import claim, statements

INFORMATION = "(total_correlation + dual_total_correlation)"
HALF = Fraction(1, 2)
ONE_OR_TWO = Mixture(((HALF, FixedSize([1, 2])), (HALF, FixedSize([2, 1]))))


def is_violated(text: str, language, policy, exact: bool = True) -> bool:
    return check(Instance(language, policy), judged=[claim(text)], exact=exact)[0].status is Status.VIOLATED


def table(support: list, vocab: int) -> languages.Tabular:
    words, probabilities = zip(*support, strict=True)
    return languages.Tabular(vocab, len(words[0]), words, probabilities)


def test_a_mixture_of_one_part_draws_positions_all_the_same():
    alone = Mixture(((Fraction(1), FixedSize([2, 2])),))
    assert prove("kl == path_kl", alone, 4).verdict is Decided.UNDECIDED
    assert is_violated("kl == path_kl", languages.pair(2, 4), FixedSize([2, 2]))
    given = Mixture(((Fraction(1), FixedSets([[0, 1], [2]])),))
    assert prove("kl == path_kl", given, 3).verdict is Decided.HOLDS


@pytest.mark.parametrize("judge", [True, False])
@pytest.mark.parametrize("policies", [(Bernoulli(2), Bernoulli(2)), (FixedSize([2, 1]),) * 2, (ONE_OR_TWO,) * 2])
def test_bounds_do_not_refute(policies, judge):
    """Of two policies that are the same."""
    assert prove("kl@2 <= kl", policies, 3, judge=judge).verdict is Decided.UNDECIDED


def test_bounds_do_not_refute_at_every_length():
    assert prove("kl <= log_mean_path_kl", Bernoulli(2), 5).verdict is Decided.HOLDS
    assert prove_everywhere("kl <= log_mean_path_kl", Bernoulli(2)).verdict is Decided.UNDECIDED


def test_best_sizes_against_what_is_not_linear():
    """KL of a weak dependence falls short of PATH_KL; extreme slopes of a product are not sums of extreme slopes."""
    even = table(product_of_codes({1: 1, 2: 1}, 3)["support"], 4)
    words = itertools.product((0, 1), repeat=3)
    weak = table([(list(word), "103/800" if len(set(word)) == 1 else "99/800") for word in words], 2)
    for text, language in (
        ("best_sizes_path_kl <= 6/5*kl", weak),
        ("best_sizes_path_kl <= 3/20*curve_max_slope", even),
    ):
        assert prove(text, Bernoulli(2), 3).verdict is Decided.OUT_OF_REACH
        assert is_violated(text, language, Bernoulli(2), exact=False)
    assert prove("best_sizes_path_kl <= curve_min_slope", Bernoulli(2), 3).verdict is Decided.OUT_OF_REACH
    assert not is_violated("best_sizes_path_kl <= curve_min_slope/6", even, Bernoulli(2))


@pytest.mark.parametrize("policy", [bisection(3), FixedSize([2, 1]), ONE_OR_TWO])
def test_best_sizes_are_of_bernoulli_policies(policy):
    assert prove("best_sizes_path_kl <= total_correlation", policy, 3).verdict is Decided.OUT_OF_REACH


@pytest.mark.parametrize(
    ("text", "policy", "verdict"),
    [
        ("path_kl / total_correlation < 2", Bernoulli(2), Decided.OUT_OF_REACH),
        ("entropy / path_kl <= 1", FixedSize([1, 1, 1]), Decided.UNDECIDED),
        ("entropy / path_kl <= 1", FixedSets([[0], [1], [2]]), Decided.UNDECIDED),
        ("entropy / total_correlation <= 5", FixedSize([2, 1]), Decided.FAILS),
        ("path_kl / total_correlation <= 1/2", FixedSets([[0, 1], [2]]), Decided.FAILS),
        ("1 / path_kl <= 1/2", FixedSets([[0, 1], [2]]), Decided.OUT_OF_REACH),
    ],
)
def test_nothing_is_claimed_where_a_side_has_no_value(text, policy, verdict):
    """The first two are never false: a strict one where it is defined, and one that is defined nowhere."""
    found = prove(text, policy, 3, judge=False)
    assert found.verdict is verdict
    if verdict is Decided.FAILS:
        assert found.judged == "violated"


def test_no_alphabet_has_a_logarithm_between():
    """A constant fixes the scale, and log V has gaps: 0, log 2, .."""
    one_at_a_time = FixedSize([1, 1])
    for judge in (True, False):
        found = prove("min(log(V) - 1/10, 6/10 - log(V)) <= path_kl", one_at_a_time, 2, judge=judge)
        assert found.verdict is Decided.UNDECIDED
    found = prove("min(log(V) - 1/10, 8/10 - log(V)) <= path_kl", one_at_a_time, 2)
    assert (found.verdict, found.judged) == (Decided.FAILS, "violated")


def test_a_language_that_does_not_outgrow_the_constant_is_not_shown():
    found = prove("path_kl <= total_correlation/10 + 1000", FixedSize([2, 1]), 3)
    assert found.verdict is Decided.FAILS
    assert found.witness is None


def test_a_denoiser_that_is_not_wrong_enough_is_not_shown():
    for text, judged in (("learning_term <= log(V)", "violated"), ("learning_term <= 9*log(V)", "")):
        found = prove(text, FixedSize([1, 1]), 2, exact_denoiser=False)
        assert (found.verdict, found.judged, found.witness is None) == (Decided.FAILS, judged, not judged)


@pytest.mark.parametrize("judge", [True, False])
def test_what_is_too_small_for_the_constant_is_not_shown(judge):
    """Rare ones come close to a code, and have small entropies; one error of a denoiser is not as large as log 2."""
    found = prove("kl <= odds_weighted_slope/2 + 2", FixedSize([1, 2, 1]), 4, judge=judge)
    assert found.witness["language"] == {"kind": "mds", "field": 97, "dimension": 2, "length": 4}
    found = prove("kl <= odds_weighted_slope/2 + 3", FixedSize([1, 2, 1]), 4, judge=judge)
    assert (found.verdict, found.witness) == (Decided.FAILS, None)
    found = prove("kl <= log(V)", FixedSize([1]), 1, exact_denoiser=False, judge=judge)
    assert found.verdict is Decided.FAILS
    assert found.witness is None
    found = prove("kl <= log(V)", FixedSize([1, 1]), 2, exact_denoiser=False, judge=judge)
    assert found.witness["denoiser"]["strength"] == "1"


def test_a_denoiser_that_violates_a_claim_about_a_mixture_is_shown():
    mixture = Mixture(((HALF, FixedSize([2])), (HALF, FixedSize([1, 1]))))
    found = prove("path_kl <= entropy", mixture, 2, exact_denoiser=False)
    assert found.witness["denoiser"] == {"kind": "perturbed", "noise": "uniform", "strength": "1/2"}


def test_a_constant_is_called_sharp_only_if_a_language_attains_it():
    """The steepest slope of a product is less than the sum of the steepest: 4 = 12/3 on Copy is the most."""
    found = prove("curve_max_slope <= 100*max(total_correlation, dual_total_correlation)", Bernoulli(2), 4)
    assert (found.verdict, found.constant) == (Decided.HOLDS, None)
    for length, constant in ((4, HALF), (12, None)):
        found = prove("total_correlation <= curve_max_slope", Bernoulli(2), length)
        assert (found.verdict, found.constant) == (Decided.HOLDS, constant)


@pytest.mark.parametrize(
    ("text", "policy", "constant"),
    [
        ("path_kl - 5*entropy <= entropy", FixedSize([2, 1]), Fraction(-4)),
        ("path_kl - 5*entropy <= entropy", FixedSets([[0, 1], [2]]), None),
        ("entropy >= path_kl - 5*entropy", FixedSize([2, 1]), None),
        ("entropy >= path_kl - 5*entropy", FixedSets([[0, 1], [2]]), None),
        ("-profile_start <= min(total_correlation, dual_total_correlation)", FixedSize([2, 1]), None),
        ("path_kl - entropy <= max(total_correlation, dual_total_correlation)", FixedSize([2, 1]), Fraction(0)),
        ("path_kl - 5*entropy <= max(total_correlation, dual_total_correlation)", FixedSize([2, 1]), None),
        ("path_kl <= total_correlation", FixedSize([1, 1, 1]), Fraction(0)),
        ("path_kl < total_correlation", FixedSize([2, 1]), None),
        ("path_kl >= total_correlation/2", FixedSize([2, 1]), None),
        ("total_correlation >= path_kl", FixedSize([2, 1]), Fraction(2)),
        ("best_sizes_path_kl <= total_correlation", Bernoulli(2), Fraction(1, 3)),
        ("total_correlation >= best_sizes_path_kl", Bernoulli(2), Fraction(3)),
        ("total_correlation >= best_sizes_path_kl", Bernoulli(3), None),
    ],
)
def test_a_constant_is_the_least_or_the_largest_there_is(text, policy, constant):
    """Some have no least: every factor above 0 will do, or each is too small for a strict claim."""
    assert prove(text, policy, 3, judge=False).constant == constant


@pytest.mark.parametrize(
    ("text", "sizes", "why"),
    [
        ("entropy >= path_kl - 5*entropy", [2, 1], "every factor above 0 will do, as the right side is never positive"),
        ("-profile_start <= min(total_correlation, dual_total_correlation)", [2, 1], "the least factor is below 0"),
        ("path_kl - total_correlation >= -entropy", [2, 1], "the left side may be negative"),
        ("path_kl >= total_correlation/2", [2, 1], "no factor above 0 is small enough: on MDS_2 the left side is 0"),
        ("total_correlation <= path_kl", [2, 1], "no factor is large enough: on MDS_2 the right side is 0"),
        ("total_correlation >= path_kl", [1, 1, 1], "the right side is always 0"),
        ("0*entropy <= path_kl", [1, 1, 1], "the right side is always 0"),
    ],
)
def test_why_there_is_no_constant(text, sizes, why):
    found = prove(text, FixedSize(sizes), 3, judge=False)
    assert found.constant is None
    assert found.no_constant.startswith(why)


def test_best_sizes_of_some_languages_only():
    """Of independent tokens they cost nothing."""
    for name in ("IndependentTokens", "MarkovLanguage"):
        assumed = claim("best_sizes_path_kl <= total_correlation/4", assumptions=[name])
        assert prove(assumed, Bernoulli(2), 3).verdict is Decided.OUT_OF_REACH
    assert prove("best_sizes_path_kl <= total_correlation/4", Bernoulli(2), 3).verdict is Decided.FAILS


def test_a_product_of_many_codes_is_not_looked_for_in_vain():
    assert prove("total_correlation <= 49/100*curve_max_slope", Bernoulli(2), 12).verdict is Decided.UNDECIDED


def test_a_statement_about_a_refinement_is_not_refuted_by_a_pair_that_is_none():
    finer = statements["refinement/path-kl-monotone"]
    for pair, length in (
        ([FixedSize([2, 2]), FixedSize([1, 2, 1])], 4),
        ([FixedSize([2, 2]), Bernoulli(2)], 4),
        ([FixedSize([2, 1]), ONE_OR_TWO], 3),
        ([Bernoulli(2), Bernoulli(3)], 25),
    ):
        found = prove(finer, pair, length)
        assert found.verdict is Decided.OUT_OF_REACH
        assert "a pair that refines" in found.reason
    assert prove("path_kl@2 <= path_kl", [FixedSize([2, 2]), FixedSize([1, 2, 1])], 4).verdict is Decided.FAILS
    assert prove(finer, [FixedSize([2, 2]), FixedSize([1, 1, 2])], 4).verdict is Decided.HOLDS
    assert "a pair that refines" in prove_everywhere(finer, [Bernoulli(2), Bernoulli(3)]).reason
    assert prove_everywhere(finer, [Bernoulli(2), Bernoulli(4)]).verdict is Decided.HOLDS
    fewer = prove(statements["refuted/more-steps-lower-path-kl"], [Bernoulli(3), Bernoulli(2)], 4)
    assert "a pair that more-steps" in fewer.reason


def test_a_verdict_says_which_languages_it_is_about():
    assumed = claim("path_kl == 0", assumptions=["IndependentTokens"])
    found = prove(assumed, FixedSize([2, 1]), 3)
    assert found.verdict is Decided.HOLDS
    assert found.scope.startswith("every language that satisfies IndependentTokens of length 3 ")
    assert prove("path_kl == 0", FixedSize([2, 1]), 3).verdict is Decided.FAILS


def test_what_holds_for_one_schedule_is_not_said_of_all():
    """One step costs TC, which is 100/101 of TC + DTC for Copy of length 101."""
    assumed = claim(f"path_kl <= 99/100*{INFORMATION}", assumptions=["ExactDenoiser", "BernoulliPolicy"])
    assert prove(assumed, Bernoulli(1), 101).verdict is Decided.FAILS
    assert survey(assumed).scope.startswith("L = 2..8")
    assert survey(statements["bernoulli/max-weight"]).scope == "every length"


def test_what_is_not_read_is_refused():
    pair = [Bernoulli(2), bisection(3)]
    for text in ("curve_min_slope <= curve_max_slope", "kl <= total_correlation/10"):
        assert "two are given" in prove(text, pair, 3).reason
        assert "two are given" in prove_everywhere(text, [Bernoulli(2)] * 2).reason
    assert prove(statements["fixed-size/no-worse-ser"], Bernoulli(2), 3).reason.startswith("best_sizes_ser ")
    rounded = "path_kl <= ceil(max_step_size/2)*total_correlation"
    assert prove_everywhere(rounded, FixedSize([2, 1])).verdict is Decided.OUT_OF_REACH


def test_one_token_has_no_slope():
    assert prove("kl <= curve_max_slope", FixedSize([1]), 1).verdict is Decided.HOLDS
    assert prove("curve_min_slope <= kl", FixedSize([1]), 1).verdict is Decided.HOLDS
    assert prove("entropy <= curve_max_slope", FixedSize([1]), 1).verdict is Decided.FAILS
