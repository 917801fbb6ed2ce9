"""Given sets, mixtures over orders, and assumptions: proofs, sharp constants, refuting languages, polymatroids."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

from maskbound.numerics import check
from maskbound.numerics.errors import BeyondReach
from maskbound.numerics.instances import parse
from maskbound.numerics.judging import Status
from maskbound.numerics.policies import FixedSets, FixedSize, autoregressive, bisection
from maskbound.numerics.universal import Decided, Mixture, prove
from maskbound.numerics.universal.by_sets import by_sets
from maskbound.numerics.universal.exchangeable import LANGUAGE_RAYS, POLICY_RAYS, steps_of
from maskbound.numerics.universal.libraries import exact_value
from maskbound.numerics.universal.orders import LOG_V, combined, functional, orders_of
from maskbound.numerics.universal.shannon import Cone, classes_of
from maskbound.theory import claim, statements

INFORMATION = "(total_correlation + dual_total_correlation)"
TWO, THREE = FixedSets([[0, 1], [2, 3]]), FixedSets([[0, 1], [2, 3], [4, 5]])
FOURS = FixedSets([range(4), range(4, 8), range(8, 12)])
THIRD = Fraction(1, 3)
AT_ONCE = FixedSets([[2, 3], [0], [1]])
ONE_OF_THREE = Mixture(
    (
        (THIRD, FixedSets([[0], [2, 3], [1]])),
        (THIRD, FixedSets([[1], [2, 3], [0]])),
        (THIRD, FixedSets([[0, 1], [2], [3]])),
    )
)


def information(i: int, j: int, *given: int) -> dict[int, Fraction]:
    """``I(X_i; X_j | X_given)`` as a combination of entropies."""
    K = sum(1 << k for k in given)
    return combined(
        (c, {K | more: Fraction(1)}) for c, more in ((1, 1 << i), (1, 1 << j), (-1, 1 << i | 1 << j), (-1, 0))
    )


def difference(text: dict[str, Fraction | int], policy, L: int) -> dict[int, Fraction]:
    """A sum of quantities less PATH_KL."""
    orders = [orders_of(policy, L)]
    terms = [(Fraction(c), functional(name, orders, L)) for name, c in text.items()]
    return combined([*terms, (Fraction(-1), functional("path_kl", orders, L))])


HALF = Fraction(1, 2)
IDENTITIES = [
    (
        {"total_correlation": THIRD, "dual_total_correlation": THIRD},
        FixedSize([2, 1]),
        3,
        [(THIRD, (0, 1, 2)), (THIRD, (0, 2, 1)), (THIRD, (1, 2, 0))],
    ),
    (
        {"total_correlation": HALF, "dual_total_correlation": HALF},
        TWO,
        4,
        [(1, (0, 2, 1)), (1, (1, 3, 0)), (HALF, (0, 3)), (HALF, (0, 3, 1, 2)), (HALF, (1, 2)), (HALF, (1, 2, 0, 3))],
    ),
    ({"total_correlation": 1}, TWO, 4, [(1, (0, 3)), (1, (1, 2)), (1, (0, 2, 1)), (1, (1, 3, 0))]),
    ({"dual_total_correlation": 1}, TWO, 4, [(1, (0, 2, 1)), (1, (1, 3, 0)), (1, (0, 3, 1, 2)), (1, (1, 2, 0, 3))]),
]


@pytest.mark.parametrize(("sides", "policy", "L", "terms"), IDENTITIES)
def test_identities_worked_out_by_hand(sides, policy, L, terms):
    """The difference of the sides is a sum of conditional mutual informations."""
    assert difference(sides, policy, L) == combined((Fraction(c), information(*where)) for c, where in terms)


@pytest.mark.parametrize(("sides", "policy", "L", "terms"), IDENTITIES)
def test_proofs_add_up(sides, policy, L, terms):
    """What the linear programme finds is a proof too, unfolded and folded."""
    form = {chosen: -c for chosen, c in difference(sides, policy, L).items()}
    for classes in (list(range(L)), classes_of([orders_of(policy, L)], L)):
        cone = Cone(classes)
        proof = cone.prove([form])
        named = {tuple(map(str, name)): row for name, row in cone.elementals}
        total = combined((y, dict_of(named[tuple(map(str, name))], cone)) for *name, y in proof.terms)
        assert total == combined([(Fraction(-1), dict_of(cone.fold(form), cone))])
        assert all(y > 0 for *_, y in proof.terms)


def dict_of(row, cone: Cone) -> dict[int, Fraction]:
    """Kinds of sets by number."""
    return {n + 1: Fraction(row[v]) for n, v in enumerate(cone.variables) if v in row}


def test_slightly_less_is_not_proved_and_is_refuted():
    found = prove(f"path_kl <= 97/300 * {INFORMATION}", FixedSize([2, 1]), 3)
    assert found.verdict is Decided.FAILS
    sides = dict.fromkeys(("total_correlation", "dual_total_correlation"), Fraction(97, 300))
    form = difference(sides, FixedSize([2, 1]), 3)
    # Copy: every set has the entropy 1.
    assert sum(form.values()) == Fraction(-3, 100)


@pytest.mark.parametrize(
    ("text", "policy", "constant"),
    [
        (f"path_kl <= {INFORMATION}", TWO, HALF),
        ("path_kl <= total_correlation", TWO, 1),
        ("path_kl <= dual_total_correlation", TWO, 1),
        ("path_kl <= log(V)", THREE, 3),
        (f"path_kl <= {INFORMATION}", FixedSets([range(3), range(3, 6)]), Fraction(2, 3)),
        ("path_kl <= dual_total_correlation", FixedSets([range(3), range(3, 6)]), 2),
        (f"path_kl <= {INFORMATION}", FOURS, Fraction(3, 4)),
        ("path_kl <= total_correlation", FOURS, 1),
        ("path_kl <= log(V)", FOURS, 9),
        ("path_kl <= dual_total_correlation", FOURS, 3),
        (f"path_kl <= {INFORMATION}", bisection(7), Fraction(3, 4)),
    ],
)
def test_sharp_constants_of_given_sets(text, policy, constant):
    """A set of s positions: (1 - 1/s)(TC + DTC), TC, (s - 1) DTC."""
    L = sum(map(len, policy.sets))
    assert prove(text, policy, L).constant == constant
    side = text.partition("<= ")[2]
    assert prove(f"path_kl <= {constant} * {side}", policy, L).verdict is Decided.HOLDS
    found = prove(f"path_kl <= {constant * Fraction(99, 100)} * {side}", policy, L, judge=L < 8)
    assert found.verdict is Decided.FAILS
    assert found.judged == ("violated" if L < 8 else "")


def test_false_statements_are_refuted():
    for name, policy, L in (
        ("refuted/vocabulary-rate-given-times", THREE, 6),
        ("refuted/bisection-any-language", bisection(3), 3),
    ):
        found = prove(statements[name], policy, L)
        assert found.verdict is Decided.FAILS
        assert found.judged == "violated"
        assert check(parse(found.witness), judged=[statements[name]], exact=True)[0].status is Status.VIOLATED


def test_markov_chains_and_bisection():
    exact = claim("path_kl == 0", assumptions=["MarkovLanguage"])
    found = prove(exact, bisection(7), 7)
    assert found.verdict is Decided.HOLDS
    assert prove(exact, FixedSets([[0, 1], [2]]), 3).verdict is Decided.FAILS
    assert prove("path_kl == 0", bisection(7), 7).verdict is Decided.FAILS
    independent = claim("path_kl == 0", assumptions=["IndependentTokens"])
    assert prove(independent, FixedSets([[0, 1], [2]]), 3).verdict is Decided.HOLDS
    assert prove(independent, FixedSize([2, 1]), 3).verdict is Decided.HOLDS


def test_the_proof_for_a_chain_uses_three_equations():
    from maskbound.numerics.universal.orders import combination
    from maskbound.numerics.universal.shannon import equations

    orders = [orders_of(bisection(7), 7)]
    form, _ = combination({"path_kl": Fraction(1)}, orders, 7)
    proof = Cone(list(range(7)), equations(["MarkovLanguage"], 7)).prove([form])
    assert len(proof.terms) == 12
    assert [m for m in proof.multipliers if m] == [-1, -1, -1]


def test_what_shannon_does_not_know_a_law_of_four_sequences_does():
    """PATH_KL of one order against that of a mixture is Ingleton's inequality, which linear codes satisfy."""
    found = prove("path_kl <= 3*path_kl@2", [AT_ONCE, ONE_OF_THREE], 4)
    assert found.verdict is Decided.FAILS
    assert len(found.witness["language"]["support"]) == 4
    orders = [orders_of(policy, 4) for policy in (AT_ONCE, ONE_OF_THREE)]
    form = combined(
        [(Fraction(1), functional("path_kl", orders, 4)), (Fraction(-3), functional("path_kl@2", orders, 4))]
    )
    assert form == combined(
        (Fraction(c), information(*where)) for c, where in ((1, (2, 3)), (-1, (2, 3, 0)), (-1, (2, 3, 1)), (-1, (0, 1)))
    )
    # 0000, 1111: 1/3 each; 0110, 1010: 1/6 each, positions from the left.
    law = {0b0000: THIRD, 0b1111: THIRD, 0b0110: Fraction(1, 6), 0b0101: Fraction(1, 6)}
    assert round(float(exact_value(form, law)), 4) == 0.1178
    assert Cone(classes_of(orders, 4)).prove([form]) is None


def test_without_that_library_the_third_verdict(monkeypatch):
    import maskbound.numerics.universal.libraries as libraries

    monkeypatch.setattr(libraries, "LONGEST_SEARCHED", 0)
    found = prove("path_kl <= 3*path_kl@2", [AT_ONCE, ONE_OF_THREE], 4)
    assert found.verdict is Decided.POLYMATROIDS
    assert "1111: 4" in found.reason
    assert "0001: 2" in found.reason


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("path_kl <= max(total_correlation, dual_total_correlation)", Decided.HOLDS),
        ("path_kl <= max(total_correlation, dual_total_correlation)/2", Decided.FAILS),
        ("max(path_kl, entropy) <= entropy + total_correlation", Decided.HOLDS),
        ("path_kl <= total_correlation + 1", Decided.HOLDS),
        ("path_kl <= total_correlation - 1", Decided.FAILS),
        ("path_kl == kl", Decided.HOLDS),
        ("log_ter <= log_ter_language + total_correlation/L", Decided.HOLDS),
        ("path_kl <= (max_step_size - 1)*dual_total_correlation", Decided.HOLDS),
        ("path_kl < entropy", Decided.OUT_OF_REACH),
        ("path_kl <= tc_step_ratio*entropy", Decided.OUT_OF_REACH),
        ("curve_left_riemann_sum <= entropy", Decided.OUT_OF_REACH),
        ("path_kl <= sqrt(2)*entropy", Decided.OUT_OF_REACH),
    ],
)
def test_kinds_of_claims(text, verdict):
    found = prove(text, TWO, 4)
    assert found.verdict is verdict
    if verdict is Decided.FAILS:
        assert found.judged == "violated"


def test_two_policies():
    finer = FixedSets([[0], [1], [2, 3]])
    assert prove("path_kl@2 <= path_kl", [TWO, finer], 4).verdict is Decided.HOLDS
    assert prove("path_kl <= path_kl@2", [TWO, finer], 4).verdict is Decided.FAILS
    assert prove("path_kl@2 <= path_kl", [TWO, FixedSize([2, 2])], 4).verdict is Decided.FAILS


def test_exchangeable_policies_have_the_same_verdict_either_way():
    """Rays and Shannon's inequalities are two methods; at L = 3 both are complete."""
    from maskbound.numerics.universal.reading import read

    policy = FixedSize([2, 1])
    for c in (Fraction(32, 100), THIRD, Fraction(1, 2), 1):
        about = claim(f"path_kl <= {c} * {INFORMATION}")
        reading = read(about, [policy], 3)
        assert by_sets(about, reading, [policy], 3, [], True, "").verdict is prove(about, policy, 3).verdict


def test_functionals_against_their_definitions():
    """On independent fair bits, a copy and a parity, by counting."""
    L = 4
    orders = [orders_of(FixedSize([1, 3]), L)]
    languages = {
        "independent": lambda R: R.bit_count(),
        "copy": lambda R: min(R.bit_count(), 1),
        "parity": lambda R: min(R.bit_count(), L - 1),
    }
    for name in (
        "total_correlation",
        "dual_total_correlation",
        "odds_weighted_slope",
        "curve_midpoint_excess",
        "path_kl",
    ):
        ray = LANGUAGE_RAYS[name](L) if name in LANGUAGE_RAYS else POLICY_RAYS[name](steps_of(FixedSize([1, 3]), L))
        for (_, h), K in zip(languages.items(), (L, 1, L - 1), strict=True):
            value = sum((c * h(chosen) for chosen, c in functional(name, orders, L).items()), Fraction(0))
            assert value == ray[K], (name, K)
    assert functional("log V", orders, L) == {LOG_V: 1}


def test_long_sequences_without_symmetry_are_refused():
    with pytest.raises(BeyondReach):
        Cone(list(range(12)))
    assert (
        prove(claim("path_kl == 0", assumptions=["MarkovLanguage"]), bisection(15), 15).verdict is Decided.OUT_OF_REACH
    )


def test_every_elemental_inequality_of_three_positions():
    cone = Cone([0, 1, 2])
    assert len(cone.elementals) == 9
    for n, k in itertools.product((1, 2, 3), repeat=2):
        entropies = {v: Fraction(min(sum(v[:n]), k)) for v in cone.variables}
        assert cone.contains(entropies)
    assert not cone.contains({v: Fraction(sum(v) ** 2) for v in cone.variables})


def test_a_minimum_may_need_a_product_of_codes():
    """Little correlation and a large vocabulary, most of it not used."""
    text = "min(total_correlation, log(V)/5) <= path_kl + 3/2*odds_weighted_slope + dual_total_correlation/5"
    found = prove(text, autoregressive(3), 3)
    assert found.verdict is Decided.FAILS
    assert found.judged == "violated"
    assert found.witness["language"]["vocab"] > 16
