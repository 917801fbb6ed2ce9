"""The known answers, by every engine that applies.

An engine meets these tests by being registered. The closed forms are sympy's, evaluated to 60 digits, so that an
enclosure either holds the true number or does not; how narrow it must be is said once, in ``NARROW``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction as F

import pytest
from by_default import rest_slow
from mpmath import mp, mpf
from sympy import Expr, Integer, Rational, log, oo

from maskbound.numerics import curve, languages, measure, policies
from maskbound.numerics.engines.workspace import Request, Workspace
from maskbound.numerics.errors import BeyondReach
from maskbound.numerics.instances import Instance
from maskbound.numerics.languages import Language
from maskbound.numerics.metrics import METHODS, measurable
from maskbound.numerics.metrics.measure import measure_one
from maskbound.numerics.numbers.enclosure import Enclosure
from maskbound.numerics.policies import Policy
from maskbound.theory import known_answers as known

DIGITS = 60
EVALUATED = mpf(10) ** -50
"""Error of a closed form at 60 digits: sums of a few logarithms."""

NARROW = 1e-9
"""Width of an enclosure at table sizes, relative to max(|value|, 1e-3): depths are below 10^5, so gamma below 1e-10."""

LOOSE = ("bound", "statistical")
"""Kinds that promise to hold the value, not to be near it."""

SAMPLES = 300
"""Sequences in sampled methods, whose intervals hold with probability 1 - 1e-6 each; the seed is always the same."""

ENGINES = sorted({method.engine for method in METHODS if method.kind != "statistical"})
NARROW_ENGINES = sorted(
    {m.engine for m in METHODS if m.quantity in ("kl", "ser", "path_kl") and m.kind not in LOOSE} - {"support"}
)
"""Beside the one that says of full languages that SER is 0, and nothing else."""

WEIGHTS = (
    [F(1)],
    [F(1, 2), F(1, 2)],
    [F(1, 5), F(1, 2), F(3, 10)],
    [F(0), F(2, 5), F(0), F(3, 5)],
    [F(1, 7)] * 7,
)
SPARSE = [F(1, 8), 0, F(1, 4), F(1, 8), 0, F(1, 4), F(1, 4), 0]


@dataclass(frozen=True)
class Case:
    """An instance with a known answer and what is known of it."""

    name: str
    instance: Instance
    answers: Mapping[str, Expr]


def bernoulli(weights: list[F]) -> Policy:
    return policies.Bernoulli(weights=weights)


def shown(weights: list[F]) -> str:
    return "+".join(map(str, weights))


def pairs() -> list[Case]:
    found = [
        Case(
            f"Pair({V}) L={L} w={shown(w)}", Instance(languages.pair(V, L), bernoulli(w)), known.pair_bernoulli(V, L, w)
        )
        for V, L in ((1, 2), (2, 4), (3, 6), (16, 2))
        for w in WEIGHTS
    ]
    sized = ((2, (4,)), (2, (2, 2)), (3, (1, 3)), (3, (3, 0, 3)), (2, (1,) * 6), (2, (2, 3, 1, 2)), (16, (2,)))
    return found + [
        Case(
            f"Pair({V}) s={s}",
            Instance(languages.pair(V, sum(s)), policies.FixedSize(s)),
            known.pair_fixed_size(V, sum(s), s),
        )
        for V, s in sized
    ]


def copies() -> list[Case]:
    found = [
        Case(
            f"Copy({V},{m}) L={L} w={shown(w)}",
            Instance(languages.copy(V, m, L), bernoulli(w)),
            known.copy_bernoulli(V, m, L, w),
        )
        for V, m, L in ((2, 3, 6), (3, 4, 4), (2, 1, 3))
        for w in WEIGHTS
    ]
    return found + [
        Case(
            f"Copy({V},{sum(s)}) s={s}",
            Instance(languages.copy(V, sum(s), sum(s)), policies.FixedSize(s)),
            known.copy_fixed_size(V, s),
        )
        for V, s in ((2, (3,)), (3, (2, 1)), (2, (0, 1, 3)), (3, (2, 2)))
    ]


def codes() -> list[Case]:
    found = [
        Case(f"Parity L={L} w={shown(w)}", Instance(languages.parity(L), bernoulli(w)), known.parity_bernoulli(L, w))
        for L in (1, 2, 5)
        for w in WEIGHTS
    ]
    found += [
        Case(
            f"MDS(5,{K}) s={s}",
            Instance(languages.mds(5, K, sum(s)), policies.FixedSize(s)),
            known.mds_fixed_size(5, K, s),
        )
        for K in (1, 2, 4)
        for s in ((4,), (2, 2), (1, 2, 1), (3, 0, 2))
    ]
    sizes = (7, 6, 6, 6)
    large = Instance(languages.mds(29, 10, 25), policies.FixedSize(sizes))
    path_kl = known.mds_fixed_size(29, 10, sizes)["path_kl"]
    found.append(Case("MDS(29,10), by its generator matrix", large, {"path_kl": path_kl}))
    return found + [
        Case(
            f"permutations s={s}",
            Instance(languages.permutations(sum(s)), policies.FixedSize(s)),
            known.permutations_fixed_size(s),
        )
        for s in ((3,), (2, 2), (1, 2, 1), (3, 2))
    ]


def shifted_pairs() -> list[Case]:
    return [
        Case(
            f"ShiftedPair({V}) L={L} w={shown(w)}",
            Instance(languages.shifted_pair(V, "1/3", L), bernoulli(w)),
            known.shifted_pair_bernoulli(V, L, w),
        )
        for V, L in ((3, 4), (16, 2))
        for w in WEIGHTS[:4]
    ]


def chain(flip: F, L: int) -> Language:
    return languages.markov([F(1, 2)] * 2, [[1 - flip, flip], [flip, 1 - flip]], L)


def symmetric_entropy(flip: F, left: int | None, right: int | None) -> Expr:
    """``H(X_i | X_{i-left}, X_{i+right})``; None for an end that is not revealed."""
    return known.symmetric_chain_entropy(flip, left or oo, right or oo)


def symmetric_curve(flip: F, L: int, a: F) -> Expr:
    """``Z(a)`` from the gaps to the two nearest revealed neighbours, which are independent and geometric."""
    total = Integer(0)
    for i in range(L):
        for g in (*range(1, i + 1), None):
            for h in (*range(1, L - i), None):
                left = (1 - a) ** i if g is None else a * (1 - a) ** (g - 1)
                right = (1 - a) ** (L - 1 - i) if h is None else a * (1 - a) ** (h - 1)
                probability = left * right
                total += Rational(probability.numerator, probability.denominator) * symmetric_entropy(flip, g, h)
    return total


def symmetric_chains() -> list[Case]:
    found, L, flip = [], 5, F(1, 5)
    entropy = log(2) + (L - 1) * symmetric_entropy(flip, 1, None)
    both_ends = (L - 2) * symmetric_entropy(flip, 1, 1) + 2 * symmetric_entropy(flip, 1, None)
    language = {
        "entropy": entropy,
        "total_correlation": L * log(2) - entropy,
        "dual_total_correlation": entropy - both_ends,
        "profile_start": L * log(2),
        "profile_end": both_ends,
    }
    for w in WEIGHTS:
        a = [sum(w[:k], F(0)) for k in range(len(w))]
        left_sum = sum(
            (
                Rational(wk.numerator, wk.denominator) * symmetric_curve(flip, L, ak)
                for wk, ak in zip(w, a, strict=True)
            ),
            Integer(0),
        )
        found.append(
            Case(
                f"symmetric chain w={shown(w)}",
                Instance(chain(flip, L), bernoulli(w)),
                language | {"path_kl": left_sum - entropy, "curve_left_riemann_sum": left_sum},
            )
        )
    # The ends come together, independently; everything else is independent given what is known.
    ends = log(2) - symmetric_entropy(flip, L - 1, None)
    sets = policies.FixedSets([[0, L - 1], [2], [1, 3]])
    return [*found, Case("symmetric chain, ends first", Instance(chain(flip, L), sets), {"kl": ends, "path_kl": ends})]


def without_error() -> list[Case]:
    """i.i.d. under any policy; any language one token at a time; chains by bisection."""
    iid = languages.iid(["1/3", "1/6", "1/2"], 4)
    every_policy = {
        "one step": policies.Bernoulli(1),
        "Bernoulli": bernoulli(WEIGHTS[2]),
        "fixed sizes": policies.FixedSize((1, 0, 3)),
        "fixed sets": policies.FixedSets([[1, 3], [0], [2]]),
        "bisection": policies.bisection(4),
    }
    sparse = languages.Tabular.from_table(2, 3, SPARSE)
    hidden = languages.HMM(4, ["1/2", "1/2"], [["2/3", "1/3"], ["0", "1"]], [["1/2", "1/2", "0"], ["0", "1/4", "3/4"]])
    transition = [["1/3", "2/3", "0"], ["0", "1/2", "1/2"], ["1", "0", "0"]]
    any_language = {
        "table": sparse,
        "blocks": languages.Blocks(sparse, 2),
        "chain": languages.markov(["1/2", "1/2", "0"], transition, 5),
        "HMM": hidden,
        "colouring": languages.colouring(5),
        "permutations": languages.permutations(4),
    }
    found = [
        Case(f"iid, {name}", Instance(iid, policy), known.exact_sampling()) for name, policy in every_policy.items()
    ]
    for name, language in any_language.items():
        for order in (policies.random_order, policies.autoregressive):
            policy = order(language.length)
            found.append(Case(f"{name}, {order.__name__}", Instance(language, policy), known.exact_sampling()))
    for L in (1, 2, 5, 7):
        language = languages.markov(["1/2", "1/2", "0"], transition, L)
        found.append(Case(f"chain L={L}, bisection", Instance(language, policies.bisection(L)), known.exact_sampling()))
    return found


def one_step() -> list[Case]:
    """``p`` is the product of marginals, so ``KL = TC``; the correlation from the rational table."""
    found = []
    languages_known = (
        languages.Tabular.from_table(2, 3, SPARSE),
        languages.colouring(4),
        languages.copy(3, 2, 4),
        languages.markov(["1", "0"], [["1/3", "2/3"], ["1", "0"]], 4),
    )
    for language in languages_known:
        tc = total_correlation(language)
        for policy in (policies.Bernoulli(1), policies.FixedSize([language.length])):
            answers = {"kl": tc, "path_kl": tc, "total_correlation": tc}
            found.append(
                Case(f"{language} in one step of {type(policy).__name__}", Instance(language, policy), answers)
            )
    return found


def total_correlation(language: Language) -> Expr:
    """From the definition, on the exact table."""
    table = language.exact_table().reshape((language.vocab,) * language.length)

    def entropy(law) -> Expr:
        return -sum(Rational(p.numerator, p.denominator) * log(Rational(p.numerator, p.denominator)) for p in law if p)

    axes = range(language.length)
    marginals = [table.sum(axis=tuple(j for j in axes if j != i)) for i in axes]
    return sum((entropy(marginal) for marginal in marginals), Integer(0)) - entropy(table.reshape(-1))


CHOOSE_FIRST = [
    {"score": score, "order": "choose-then-sample"} for score in ("confidence", "margin", "entropy", "random")
]
PROPOSE_FIRST = {"score": "confidence", "order": "sample-then-choose"}


def adaptive_permutations() -> list[Case]:
    """Permutations: whatever a policy of these sizes looks at."""
    return [
        Case(
            f"permutations s={s} {keys} {ties}",
            Instance(languages.permutations(sum(s)), policies.Adaptive(sum(s), sizes=s, ties=ties, **keys)),
            {
                name: answer
                for name, answer in known.permutations_fixed_size(s).items()
                if name != "path_kl" or keys is not PROPOSE_FIRST
            },
        )
        for s in ((2, 1, 1), (1, 3))
        for keys in (*CHOOSE_FIRST, PROPOSE_FIRST)
        for ties in ("first", "random")
    ]


def one_token_a_step() -> list[Case]:
    """Positions chosen first: p = q. Tokens proposed first: the mode of independent tokens has another probability."""
    forbidding = languages.markov(["1/2", "1/3", "1/6"], [["9/10", "1/10", 0], [0, "1/4", "3/4"], [0, "1/3", "2/3"]], 4)
    nothing = {"kl": Integer(0), "ser": Integer(0), "path_kl": Integer(0)}
    found = [
        Case(f"one a step {keys}", Instance(language, policies.Adaptive(4, steps=4, **keys)), nothing)
        for language in (forbidding, languages.parity(4))
        for keys in CHOOSE_FIRST
    ]
    # In a random order the exact engines follow every one of the sets that ties may leave.
    for ties, lengths in (("first", (1, 4, 8)), ("random", (1, 4, 6))):
        for L in lengths:
            instance = Instance(
                languages.iid(["1/10", "9/10"], L), policies.Adaptive(L, steps=L, ties=ties, **PROPOSE_FIRST)
            )
            mode = math.prod((1 - Rational(1, 10) ** m for m in range(1, L + 1)), start=Integer(1))
            answers = {"mode_probability": mode, "iid_mode_probability_confidence_sampling": mode, "ser": Integer(0)}
            found.append(Case(f"coins L={L} {ties}", instance, answers))
    return found


def independent_tokens() -> list[Case]:
    """Positions chosen first cost nothing in any number of steps."""
    nothing = {"kl": Integer(0), "ser": Integer(0), "path_kl": Integer(0)}
    language = languages.iid(["1/2", "1/3", "1/6"], 4)
    rules = [keys | {"sizes": (3, 1)} for keys in CHOOSE_FIRST]
    rules += [CHOOSE_FIRST[0] | {"threshold": "2/3"}, CHOOSE_FIRST[2] | {"entropy_bound": 2}]
    return [Case(f"i.i.d. {rule}", Instance(language, policies.Adaptive(4, **rule)), nothing) for rule in rules]


FAMILIES: tuple[Callable[[], list[Case]], ...] = (
    pairs,
    copies,
    codes,
    shifted_pairs,
    symmetric_chains,
    without_error,
    one_step,
    adaptive_permutations,
    one_token_a_step,
    independent_tokens,
)
CASES = [case for family in FAMILIES for case in family()]


def kinds_of_case(case: Case) -> list[tuple]:
    """Of the language and the policy together, and of what an adaptive policy looks at."""
    language, policy = case.instance.language, case.instance.policy
    return [(type(language), type(policy), getattr(policy, "score", None), getattr(policy, "order", None))]


def number(expression: Expr) -> mpf:
    """A closed form at 60 digits."""
    with mp.workdps(DIGITS):
        return mpf(str(Integer(0) + expression.evalf(DIGITS)))


def assert_known(name: str, found: Enclosure, answer: Expr) -> None:
    """The enclosure holds the closed form and, where its kind promises so, is narrow."""
    with mp.workdps(DIGITS):
        exact = number(answer)
        assert mpf(found.lo) - EVALUATED <= exact <= mpf(found.hi) + EVALUATED, f"{name}: {found} misses {exact}"
    if found.kind not in LOOSE:
        assert found.width <= NARROW * max(abs(float(exact)), 1e-3), f"{name}: {found} is wide"


def answered(case: Case, engine: str) -> list[str]:
    """What is known of a case and can be measured by an engine."""
    return [name for name in measurable(case.instance, engine=engine) if name in case.answers]


def test_every_engine_is_held_against_known_answers() -> None:
    known_of_some = {name for case in CASES for name in case.answers}
    wanted = {method.engine for method in METHODS if method.engine in ENGINES and method.quantity in known_of_some}
    assert {engine for engine in ENGINES if any(answered(case, engine) for case in CASES)} == wanted
    assert set(NARROW_ENGINES) <= wanted


@pytest.mark.parametrize("case", rest_slow(CASES, keep=3, kinds=kinds_of_case), ids=lambda case: case.name)
def test_a_known_answer(case: Case) -> None:
    """By every engine that measures something that is known."""
    work = Workspace(case.instance, Request(samples=SAMPLES))
    for engine in ENGINES:
        names, refusals = answered(case, engine), []
        for name in names:
            try:
                found = measure_one(work, name, engine)
            except BeyondReach as refusal:
                refusals.append(str(refusal))
            else:
                assert_known(f"{name} of {case.name} by {engine}", found, case.answers[name])
        assert not names or len(refusals) < len(names), f"{engine}: {'; '.join(refusals)}"


@pytest.mark.parametrize("case", rest_slow(CASES, keep=3, kinds=kinds_of_case), ids=lambda case: case.name)
def test_every_answer_is_met_by_some_narrow_enclosure(case: Case) -> None:
    """Nothing above is left out by all engines, or bounded only."""
    for name, found in measure(case.instance, case.answers).items():
        assert found.kind not in LOOSE or found.width <= NARROW * max(abs(found.hi), 1e-3)
        assert_known(name, found, case.answers[name])


@pytest.mark.parametrize("engine", NARROW_ENGINES)
def test_a_wrong_answer_is_noticed(engine: str) -> None:
    """Of every engine that promises narrow enclosures of these quantities, on the first case that it can do."""
    for case in CASES:
        names = [
            n for n in measurable(case.instance, engine=engine) if n in ("kl", "ser", "path_kl") and n in case.answers
        ]
        measured = measure(case.instance, names, engine=engine, samples=SAMPLES)
        narrow = [n for n, found in measured.items() if found.kind not in LOOSE and number(case.answers[n]) > 0]
        for name in narrow:
            for wrong in (1 + Rational(1, 10**8), 1 - Rational(1, 10**8)):
                with pytest.raises(AssertionError, match="misses"):
                    assert_known(name, measured[name], case.answers[name] * wrong)
        if narrow:
            break
    else:
        pytest.fail(f"{engine} has no narrow enclosure of a positive answer")


def test_a_wrong_zero_is_noticed() -> None:
    case = next(case for case in CASES if "ser" in measurable(case.instance, engine="support"))
    found = measure(case.instance, ["ser"], engine="support")["ser"]
    assert_known("ser", found, Rational(0))
    with pytest.raises(AssertionError, match="misses"):
        assert_known("ser", found, Rational(1, 10**8))


def test_a_wide_enclosure_is_noticed() -> None:
    with pytest.raises(AssertionError, match="wide"):
        assert_known("x", Enclosure(0.3, 0.2, 0.4, "rounding"), Rational(1, 3))


@pytest.mark.parametrize("engine", ["block-counts", "block-steps"])
@pytest.mark.parametrize("case", [c for c in pairs() if isinstance(c.instance.policy, policies.FixedSize)], ids=str)
def test_the_sandwich_of_kl_is_closed_for_pairs(case: Case, engine: str) -> None:
    """Between KL and PATH_KL: ``p_tau`` is constant on the support, so both of its sides are KL; each is a depth of
    some 10^3.
    """
    found = measure(case.instance, ["kl"], engine=engine)["kl"]
    assert_known("kl", found, case.answers["kl"])
    assert found.width <= 1e-11 * max(found.value, 1e-3)


@pytest.mark.parametrize(
    ("language", "closed_form"),
    [
        (languages.parity(5), lambda a: known.parity_curve(5, a)),
        (languages.copy(3, 2, 4), lambda a: known.copy_curve(3, 2, 4, a)),
        (languages.copy(2, 3, 6), lambda a: known.copy_curve(2, 3, 6, a)),
        (chain(F(1, 5), 5), lambda a: symmetric_curve(F(1, 5), 5, F(int(a.p), int(a.q)))),
    ],
    ids=["parity", "copy-2", "copy-3", "chain"],
)
def test_a_known_curve(language: Language, closed_form: Callable[[Expr], Expr]) -> None:
    points = 9
    found = curve(Instance(language, policies.Bernoulli(1)), points)
    answers = [closed_form(Rational(k, points - 1)) for k in range(points)]
    for at, enclosure, answer in zip(found.at, found.curve, answers, strict=True):
        assert_known(f"Z({at})", enclosure, answer)
        with pytest.raises(AssertionError, match="misses"):
            assert_known(f"Z({at})", enclosure, answer + Rational(1, 10**8))
    assert math.isclose(found.curve[0].value, found.profile[0].value, rel_tol=1e-14)
