"""Exact verdicts: everything on small rational instances is decided, equalities are equalities, falsehoods violated."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from by_default import drawn, kinds_of_member, rest_slow
from grid import Case, cases

from maskbound.numerics import denoisers, languages, policies
from maskbound.numerics.engines import rational
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.instances import Instance, Pair, from_spec
from maskbound.numerics.instances.gallery import load_gallery, names, pair_names
from maskbound.numerics.judging import Status, Verdict, check
from maskbound.numerics.judging.checking import FALSE, judge
from maskbound.numerics.languages import LanguageTable
from maskbound.numerics.languages.kind import FileTable
from maskbound.numerics.numbers.closedform import ClosedForm
from maskbound.numerics.numbers.logform import LogForm
from maskbound.theory import claim, known_answers, spell, statements

SLOWER = ("english-trigram", "english-unigram")
"""Decided as well, in seconds: some 20,000 sequences each."""

QUICK_PAIRS = 200_000
"""Source-target pairs of an instance that takes a second."""


def small(name: str) -> bool:
    """A gallery instance, or pair, of rationals within reach of the exact engine."""
    found = load_gallery(name)
    subjects = found.instances if isinstance(found, Pair) else (found,)
    return all(
        rational.obstacle(each) is None
        and rational.pair_count(each) <= QUICK_PAIRS
        and (each.vocab + 1) ** each.length <= rational.MOST_ENTRIES
        for each in subjects
    )


SMALL = [name for name in names() + pair_names() if small(name) and name not in SLOWER]


MANY_LOGS = ("english-trigram",)
"""Whose output law has ten thousand different probabilities: what their logarithms have in common takes long to find,
so that intervals decide what they can.
"""

NOT_ALWAYS = {
    "log_mean_path_kl",
    "curve_min_slope",
    "curve_max_slope",
    "max_l2_deviation",
    "effective_total_correlation",
    "log_ratio_growth_bound",
    "uniforms_to_exceed",
}
"""Quantities that are log forms on some rational instances only, or on none."""


def exact_verdicts(name: str) -> list:
    found = load_gallery(name)
    if isinstance(found, Pair):
        return check(*found.instances, relation=found.relation, exact=True)
    return check(found, exact=True)


def in_log_forms(verdict: Verdict) -> bool:
    """Where a quantity is measured by intervals only, such as an average of exponentials, a verdict may stay open."""
    sides = [side for side in (verdict.lhs, verdict.rhs) if side is not None]
    exact = all(found.kind == "exact" for side in sides for found in side.quantities.values())
    assert exact or verdict.statement.quantities & NOT_ALWAYS or set(verdict.instances) & set(MANY_LOGS)
    return exact


def decided(text: str, instance: Instance) -> Status:
    return judge(claim(text), (Workspace(instance),), exact=True).status


@pytest.mark.parametrize("name", rest_slow([*SMALL, *SLOWER], kinds=kinds_of_member))
def test_every_statement_is_decided_and_none_is_violated(name):
    verdicts = exact_verdicts(name)
    assert Status.VIOLATED not in {verdict.status for verdict in verdicts}
    verdicts = [verdict for verdict in verdicts if in_log_forms(verdict)]
    undecided = [verdict for verdict in verdicts if verdict.status not in (Status.HOLDS, Status.NOT_APPLICABLE)]
    assert not undecided or name in MANY_LOGS
    assert all("different logarithms" in verdict.exactly for verdict in undecided)
    for verdict in verdicts:
        if verdict.status is Status.HOLDS:
            assert verdict.lhs.lo <= verdict.lhs.value <= verdict.lhs.hi
            if verdict.statement.relation == "==":
                assert verdict.lhs.value == verdict.rhs.value


@pytest.mark.parametrize(
    "id_",
    [
        "log-mean-path-kl/lower",
        "log-mean-path-kl/upper",
        "bernoulli/slope-upper",
        "bernoulli/slope-lower",
        "bernoulli/mixture-of-sizes-path-kl",
        "fixed-size/no-worse-path-kl",
    ],
)
def test_tight_cases_are_equalities_of_log_forms(id_):
    """On Pair, and in one step where both sides of the bounds between KL and PATH_KL meet."""
    steps = {"log-mean-path-kl/upper": 1, "fixed-size/no-worse-path-kl": 1}.get(id_, 3)
    instance = Instance(languages.pair(3, 2), policies.Bernoulli(steps=steps))
    verdict = judge(statements[id_], (Workspace(instance),), exact=True)
    assert in_log_forms(verdict)
    assert verdict.status is Status.HOLDS
    assert verdict.lhs.value == verdict.rhs.value > 0


def test_the_small_gallery_has_a_rational_member_of_every_kind():
    found = [load_gallery(name) for name in SMALL if name not in pair_names()]
    assert {each.spec["language"]["kind"] for each in found} == set(LanguageTable.kinds()) - set(FileTable.kinds())
    assert {type(each.denoiser).__name__ for each in found} >= {"Exact", "Perturbed", "Learned"}
    assert {type(each.policy).__name__ for each in found} >= {"Bernoulli", "FixedSize", "FixedSets"}


@pytest.mark.parametrize("id_", [id_ for id_, statement in statements.items() if statement.status == FALSE])
def test_what_is_false_on_purpose_is_violated_exactly(id_):
    statement = statements[id_]
    found = from_spec(statement.counterexample)
    subjects, relation = (found.instances, found.relation) if isinstance(found, Pair) else ((found,), None)
    verdict = judge(statement, tuple(map(Workspace, subjects)), relation, exact=True)
    assert verdict.status is Status.VIOLATED


THIRDS = ["1/2", "1/3", "1/6"]
QUARTERS = ["1/4", 0, "3/4"]

KNOWN = [
    *(
        (answers, Instance(language, policies.Bernoulli(weights=weights)))
        for weights in (THIRDS, QUARTERS, [1])
        for answers, language in (
            (known_answers.pair_bernoulli(3, 4, weights), languages.pair(3, 4)),
            (known_answers.copy_bernoulli(2, 3, 6, weights), languages.copy(2, 3, 6)),
            (known_answers.parity_bernoulli(4, weights), languages.parity(4)),
            (known_answers.shifted_pair_bernoulli(3, 4, weights), languages.shifted_pair(3, "1/7", 4)),
            (known_answers.exact_sampling(), languages.iid(THIRDS, 3)),
        )
    ),
    *(
        (answers, Instance(language, policies.FixedSize(sizes)))
        for sizes in ([2, 2], [1, 3], [3, 0, 1], [4])
        for answers, language in (
            (known_answers.pair_fixed_size(3, 4, sizes), languages.pair(3, 4)),
            (known_answers.copy_fixed_size(3, sizes), languages.copy(3, 4, 4)),
            (known_answers.mds_fixed_size(5, 2, sizes), languages.mds(5, 2, 4)),
            (known_answers.permutations_fixed_size(sizes), languages.permutations(4)),
        )
    ),
    (known_answers.exact_sampling(), Instance(languages.parity(4), policies.random_order(4))),
    (known_answers.exact_sampling(), Instance(languages.parity(4), policies.autoregressive(4))),
    (known_answers.exact_sampling(), Instance(languages.colouring(5), policies.bisection(5))),
]
"""The table of known answers."""

NO_LOG_FORM = {"hellinger"}


@pytest.mark.parametrize(("answers", "instance"), KNOWN, ids=lambda each: repr(each)[:60])
def test_known_answers_are_exact_equalities(answers, instance):
    work = (Workspace(instance),)
    for name, answer in answers.items():
        if name not in NO_LOG_FORM:
            text = f"{name} == {spell(answer)}"
            assert judge(claim(text), work, exact=True).status is Status.HOLDS, text
            text += " + 1/10**60"
            assert judge(claim(text), work, exact=True).status is Status.VIOLATED, text


def test_one_step_gives_the_total_correlation():
    instance = Instance(languages.parity(3), policies.Bernoulli(steps=1))
    assert decided("kl == total_correlation", instance) is Status.HOLDS
    assert decided("kl == dual_total_correlation", instance) is Status.VIOLATED


def test_the_symmetric_chain_is_that_of_the_closed_form():
    """``z(L-1)`` sums the entropies of the ends, given one neighbour, and of the inner positions, given two."""
    instance = Instance(
        languages.markov(["1/2", "1/2"], [["4/5", "1/5"], ["1/5", "4/5"]], 4), policies.Bernoulli(steps=2)
    )
    inner = spell(known_answers.symmetric_chain_entropy("1/5", 1, 1))
    one = "(log(5) - 4/5*log(4))"
    assert decided(f"profile_end == 2*({inner}) + 2*{one}", instance) is Status.HOLDS
    assert decided(f"entropy == log(2) + 3*{one}", instance) is Status.HOLDS
    assert decided(f"entropy == log(2) + 2*{one}", instance) is Status.VIOLATED


def test_equalities_that_intervals_leave_open():
    """MDS: KL = PATH_KL; Parity: SER = 1 - exp(-KL); PATH_KL = 0 under the root of Pinsker."""
    tight = Instance(languages.mds(5, 2, 4), policies.FixedSize([1, 3]))
    parity = Instance(languages.parity(3), policies.Bernoulli(steps=2))
    independent = Instance(languages.iid(THIRDS, 2), policies.Bernoulli(steps=2))
    for instance, equal in (
        (tight, "kl == path_kl"),
        (parity, "ser == 1 - exp(-kl)"),
        (parity, "sqrt(1 - ser) == exp(-kl/2)"),
        (parity, "log(1 - ser) == -kl"),
        (parity, "exp(path_kl) == exp(path_kl - kl)/(1 - ser)"),
        (independent, "tv == sqrt(kl/2)"),
    ):
        left, right = equal.split(" == ")
        assert judge(claim(equal), (Workspace(instance),)).status is Status.UNDECIDED
        assert decided(equal, instance) is Status.HOLDS
        assert decided(f"{left} <= {right}", instance) is Status.HOLDS
        assert decided(f"{left} < {right}", instance) is Status.VIOLATED
        assert decided(f"{left} >= {right} + 10**-300", instance) is Status.VIOLATED
        assert decided(f"{left} <= {right} - 10**-300", instance) is Status.VIOLATED


def test_infinite_sides_are_compared():
    """A denoiser that never predicts one of two possible tokens: eps, PATH_KL and KL are infinite."""
    instance = Instance(languages.iid(["1/2", "1/2"], 2), policies.Bernoulli(steps=1), denoisers.Perturbed("peak", 1))
    assert decided("kl == eps_learning", instance) is Status.HOLDS
    assert decided("kl < eps_learning", instance) is Status.VIOLATED
    assert decided("entropy < kl", instance) is Status.HOLDS
    assert decided("ser <= 1 - exp(-kl)", instance) is Status.HOLDS
    assert decided("ter >= 100", instance) is Status.HOLDS
    assert decided("kl - path_kl <= 1", instance) is Status.UNDEFINED


def test_exponentials_of_log_forms_are_quantities_too():
    instance = Instance(languages.pair(3, 2), policies.Bernoulli(steps=1))
    assert decided("ter == exp(log_ter)", instance) is Status.HOLDS
    assert decided("ter == 3", instance) is Status.HOLDS
    assert decided("ter < 3", instance) is Status.VIOLATED
    assert decided("generative_perplexity > 10**9", instance) is Status.HOLDS
    assert decided("ceil(ter/2) == 2", instance) is Status.HOLDS
    assert decided("max(kl, entropy, 1) == log(3)", instance) is Status.HOLDS
    assert decided("min(kl, ser) == ser", instance) is Status.HOLDS


def test_a_side_without_a_value_is_undefined():
    instance = Instance(languages.iid(["1/2", "1/2"], 2), policies.Bernoulli(steps=1))
    for text in ("log(ser - 1) <= 0", "sqrt(ser - 1) <= 0", "1/kl <= 0", "kl <= 1/(N - 1)"):
        assert decided(text, instance) is Status.UNDEFINED
    assert judge(claim("kl <= 1/(N - 1)"), (Workspace(instance),)).status is Status.UNDEFINED


def test_what_is_not_rational_stays_open_with_a_reason():
    tilted = Instance(languages.parity(3), policies.Bernoulli(steps=2), denoisers.Perturbed("tilt", "1/2"))
    verdicts = [verdict for verdict in check(tilted, exact=True) if verdict.status is not Status.NOT_APPLICABLE]
    assert Status.VIOLATED not in {verdict.status for verdict in verdicts}
    left = {verdict.statement.id: verdict.exactly for verdict in verdicts if verdict.status is Status.UNDECIDED}
    assert "the denoiser's predictions are no rationals" in left["learning-error/mean"]
    assert all("not known exactly" in reason or "closed form" in reason for reason in left.values())
    # What intervals decide stays decided, and what says nothing of the denoiser is decided exactly.
    by_intervals = {verdict.statement.id for verdict in check(tilted) if verdict.status is Status.HOLDS}
    assert {verdict.statement.id for verdict in verdicts if verdict.status is Status.HOLDS} == by_intervals
    assert decided("kl <= path_kl", tilted) is Status.HOLDS
    assert decided("area_defect == 0", tilted) is Status.HOLDS
    large = Instance(languages.colouring(9), policies.Bernoulli(steps=4))
    assert judge(claim("kl >= 0"), (Workspace(large),), exact=True).status is Status.UNDECIDED


def test_equalities_of_floating_instances_are_decided_on_the_numbers_as_stored():
    """Rows that add up to 1 within a rounding only, with an end, and weights that do not add up in float64."""
    chain = languages.markov([0.3, 0.7], [[0.1, 0.8], [0.7, 0.2]], 4, end=[0.1, 0.1])
    instance = Instance(chain, policies.Bernoulli(weights=[0.1, 0.2, 0.7]))
    verdicts = check(instance)
    assert {verdict.status for verdict in verdicts} == {Status.HOLDS, Status.NOT_APPLICABLE}
    assert sum(verdict.status is Status.HOLDS for verdict in verdicts) > 40
    hidden = languages.HMM(3, [0.3, 0.7], [[0.1, 0.9], [0.7, 0.3]], [[0.6, 0.4], [0.1, 0.9]])
    verdicts = check(Instance(hidden, policies.Bernoulli(steps=2)))
    assert {verdict.status for verdict in verdicts} == {Status.HOLDS, Status.NOT_APPLICABLE}
    (apart,) = check(instance, judged="path_kl == curve_left_riemann_sum - curve_area + 10**(-40)")
    assert apart.status is Status.VIOLATED


def test_numbers_of_the_policy_alone_are_compared_exactly_whatever_the_language():
    tilted = Instance(languages.iid([0.3, 0.7], 3), policies.Bernoulli(steps=2), denoisers.Perturbed("tilt", 0.5))
    for text, status in (("L*minimax_tc*(L - 1) == 2", Status.HOLDS), ("max_step_weight < 1/2", Status.VIOLATED)):
        (verdict,) = check(tilted, judged=text)
        assert verdict.status is status


@drawn(cases(), few=8, many=40)
def test_exact_verdicts_never_contradict_intervals(case: Case):
    """And on rational instances nothing stays open."""
    intervals, exact = check(case.instance), check(case.instance, exact=True)
    for rough, sharp in zip(intervals, exact, strict=True):
        assert (rough.status is Status.NOT_APPLICABLE) == (sharp.status is Status.NOT_APPLICABLE)
        if rational.obstacle(case.instance) is None and in_log_forms(sharp):
            assert sharp.status is not Status.UNDECIDED
        if Status.UNDECIDED not in (rough.status, sharp.status):
            assert rough.status is sharp.status
        assert sharp.status is not Status.VIOLATED


def test_what_is_no_log_form_is_decided_by_intervals():
    instance = Instance(languages.parity(3), policies.Bernoulli(steps=2))
    assert decided("hellinger <= 1", instance) is Status.HOLDS
    assert decided("hellinger >= 1", instance) is Status.VIOLATED
    assert decided("hellinger == hellinger + kl - kl", instance) is Status.UNDECIDED


def test_an_operand_that_is_exceeded_needs_no_closed_form():
    """``sqrt(kl)`` has none, and 0 is the larger: equal sides are seen to be equal."""
    instance = Instance(languages.parity(3), policies.Bernoulli(steps=2))
    assert decided("max(0, ser - sqrt(kl)) == 0", instance) is Status.HOLDS
    assert decided("max(0, ser - sqrt(kl)) < 0", instance) is Status.VIOLATED
    assert decided("min(ser, sqrt(kl)) == ser", instance) is Status.HOLDS


def closed(number: LogForm | Fraction | int) -> ClosedForm:
    return ClosedForm.of(number)


def test_closed_forms_show_equality():
    root = ClosedForm.exp(LogForm.log(2, Fraction(1, 2)))
    assert root.rational is None
    assert root.times(root).rational == 2
    assert root.power(Fraction(-4)).rational == Fraction(1, 4)
    assert root.log().times(closed(2)).form == LogForm.log(2)
    assert (root + root.scaled(Fraction(-1))).sign(64) == 0
    assert (root + closed(Fraction(-3, 2))).sign(64) == -1
    eighth = ClosedForm.exp(LogForm.log(Fraction(1, 8)))
    assert eighth.rational == Fraction(1, 8)
    e = ClosedForm.exp(LogForm(1))
    assert e.times(ClosedForm.exp(LogForm(-1))).rational == 1
    assert e.times(root + closed(1)) is None
    assert closed(LogForm.log(2)).times(closed(LogForm.log(3))) is None
    assert ClosedForm.exp(LogForm.log(2, 10**6)) is None


def test_a_sum_of_surds_that_is_nearly_zero_is_told_from_zero():
    """``sqrt(n^2 + 1) - n - 1/(2n) = -1/(8 n^3) + ..``, here -10^-300: the first balls of 64 bits do not see it."""
    n = 10**100
    surd = ClosedForm.exp(LogForm.log(n * n + 1, Fraction(1, 2)))
    rest = surd + closed(-n - Fraction(1, 2 * n))
    assert rest.sign(1 << 14) == -1
    assert rest.sign(128) is None


def test_sides_are_shown_within_two_spacings_of_float64():
    instance = Instance(languages.pair(3, 2), policies.Bernoulli(steps=2))
    verdict = judge(claim("path_kl <= entropy - path_kl + kl*10**-30"), (Workspace(instance),), exact=True)
    assert verdict.status is Status.HOLDS
    for side in (verdict.lhs, verdict.rhs):
        assert side.lo < side.value < side.hi
        # Two spacings either way: the ends of a ball are rounded to float64, then moved outwards.
        assert side.hi - side.lo <= 4 * math.ulp(side.value)
        assert set(side.quantities) <= {"path_kl", "entropy", "kl"}


def test_what_an_infinite_divergence_makes_exact_is_equal():
    """``exp(-inf)`` is 0: balls of no radius tell equality where there is no closed form."""
    instance = Instance(languages.iid(["1/2", "1/2"], 2), policies.Bernoulli(steps=2), denoisers.Perturbed("peak", 1))
    for text, status in (("1 - exp(-kl) == 1", Status.HOLDS), ("1 - exp(-kl) < 1", Status.VIOLATED)):
        assert judge(claim(text), (Workspace(instance),), exact=True).status is status


def test_a_hidden_chain_of_three_states_is_decided_throughout():
    """A thousand logarithms without a common divisor: balls decide what they can, and equal terms cancel."""
    hidden = languages.HMM(
        length=5,
        initial=["1/2", "1/4", "1/4"],
        transition=[["1/2", "1/3", "1/6"], ["1/5", "3/5", "1/5"], ["1/4", "1/4", "1/2"]],
        emission=[["7/10", "1/10", "1/10", "1/10"], ["1/10", "2/5", "2/5", "1/10"], ["1/4", "1/4", "1/4", "1/4"]],
    )
    needed = ["token-error/identity", "kl-path-kl/given-times", "tv/pinsker", "sequence-error/from-kl", "log(V) > kl"]
    found = check(Instance(hidden, policies.Bernoulli(steps=3)), judged=needed, exact=True)
    assert {verdict.status for verdict in found} == {Status.HOLDS}
    assert all(q.kind == "exact" for v in found for side in (v.lhs, v.rhs) for q in side.quantities.values())
