"""Minimax schedules: values, laws and priors, against small cases, closed forms and an exact linear programme."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter
from fractions import Fraction
from random import Random

import pytest
from typer.testing import CliRunner

from maskbound.numerics import Instance, cli, languages, measure
from maskbound.numerics.errors import BadInput
from maskbound.numerics.policies import Bernoulli, FixedSize, MixtureOfSizes
from maskbound.numerics.policies.minimax import CRITERIA, overshoot
from maskbound.numerics.policies.minimax_bounds import minimax_bounds
from maskbound.numerics.study.minimax import minimax_table
from maskbound.numerics.universal import Decided, fixed_value, minimax, prove
from maskbound.numerics.universal.simplex import game
from maskbound.theory import statements

TABLE = {
    (3, 2): ("1/6 1/3", "1/3 1/2", "1/3 1/2", "1/2 1"),
    (4, 2): ("5/24 1/4", "5/11 2/3", "1/2 1", "5/7 1"),
    (6, 3): ("25/204 1/6", "19/67 1/2", "7/23 1/2", "13/28 1"),
    (8, 2): ("319/1120 3/8", "223/363 6/7", "65/61 5/3", "65/61 5/3"),
    (8, 4): ("121/1424 1/8", "16/79 3/7", "7/33 1/2", "133/379 3/4"),
    (12, 4): ("14693/140166 1/6", "1529/5609 1/2", "3347/10573 5/7", "32381/64211 1"),
    (10, 5): ("569/8820", "22/139", "101/625", "119/419"),
}
CASES = [
    (L, N, criterion, *cell.split())
    for (L, N), row in TABLE.items()
    for criterion, cell in zip(("tc+dtc", "tc", "dtc", "min"), row, strict=True)
]
DRAWN = {
    (4, 2, "tc+dtc"): {(1, 3): "1/3", (2, 2): "1/2", (3, 1): "1/6"},
    (4, 2, "tc"): {(1, 3): "2/11", (2, 2): "3/11", (3, 1): "6/11"},
    (4, 2, "dtc"): {(1, 3): "1/2", (2, 2): "1/2"},
    (6, 3, "tc+dtc"): {(1, 2, 3): "4/17", (1, 3, 2): "3/17", (2, 2, 2): "11/34", (2, 3, 1): "2/17", (3, 2, 1): "5/34"},
}
PRIORS = {
    (4, 2, "tc+dtc"): "1/12 1/24 1/8",
    (4, 2, "tc"): "2/11 1/11 3/11",
    (4, 2, "dtc"): "1/2 1/4 0",
    (6, 3, "tc+dtc"): "2/51 1/51 1/34 5/204 11/204",
}


def harmonic(n: int) -> Fraction:
    return sum((Fraction(1, k) for k in range(1, n + 1)), Fraction(0))


def compositions(L: int, N: int):
    for cuts in itertools.combinations(range(1, L), min(N, L) - 1):
        yield tuple(b - a for a, b in itertools.pairwise((0, *cuts, L)))


def is_solved(found) -> bool:
    """The law costs at most the value, and against the prior no sizes cost less: a saddle point."""
    D, L = found.denominators, found.length
    law = sum((p for _, p in found.sizes), Fraction(0)) == 1
    cost = all(sum(p * overshoot(sizes, K) for sizes, p in found.sizes) <= found.value * D[K - 1] for K in range(1, L))
    steps = sum(p * len(sizes) for sizes, p in found.sizes) <= found.steps
    unit = sum(t * d for t, d in zip(found.prior, D, strict=True)) == 1 and min(found.prior) >= 0
    best = all(
        sum(t * overshoot(sizes, K) for K, t in enumerate(found.prior, 1)) >= found.value
        for N in range(1, math.floor(found.steps) + 1)
        for sizes in compositions(L, N)
    )
    return law and cost and steps and unit and best


@pytest.mark.parametrize(("L", "N", "criterion", "value", "fixed"), [case for case in CASES if len(case) == 5])
def test_values(L, N, criterion, value, fixed):
    found = minimax(L, N, criterion)
    assert found.value == Fraction(value)
    assert fixed_value(L, N, criterion) == Fraction(fixed)
    assert is_solved(found)


@pytest.mark.parametrize(("L", "N", "criterion", "value"), [case for case in CASES if len(case) == 4])
def test_values_without_fixed_ones(L, N, criterion, value):
    found = minimax(L, N, criterion)
    assert found.value == Fraction(value)
    assert is_solved(found)


def test_a_saddle_point_is_told_from_others():
    from dataclasses import replace

    found = minimax(4, 2, "tc")
    assert is_solved(found)
    assert not is_solved(replace(found, value=found.value - Fraction(1, 100)))
    assert not is_solved(replace(found, value=found.value + Fraction(1, 100)))
    assert not is_solved(replace(found, prior=[*found.prior[1:], found.prior[0]]))


@pytest.mark.parametrize("case", DRAWN)
def test_laws_and_priors(case):
    found = minimax(*case)
    assert dict(found.sizes) == {sizes: Fraction(p) for sizes, p in DRAWN[case].items()}
    assert found.prior == [Fraction(t) for t in PRIORS[case].split()]


@pytest.mark.parametrize(("L", "N"), [(4, 2), (5, 2), (6, 3), (8, 4)])
def test_knowing_the_language_helps_against_the_smaller_of_tc_and_dtc(L, N):
    """Against the prior of `min`, and against those of TC and DTC, some sizes cost less than v min(TC, DTC)."""
    known = max(minimax(L, N, criterion).value for criterion in ("tc", "dtc"))
    assert known < minimax(L, N, "min").value
    for criterion in CRITERIA:
        prior = minimax(L, N, criterion).prior
        best = min(
            sum(t * overshoot(sizes, K) for K, t in enumerate(prior, 1))
            for steps in range(1, N + 1)
            for sizes in compositions(L, steps)
        )
        tc, dtc = (sum(t * D(K) for K, t in enumerate(prior, 1)) for D in (lambda K: L - K, lambda K: K))
        assert best <= known * min(tc, dtc)
    assert minimax(4, 2, "min").value == Fraction(5, 7)
    assert max(minimax(4, 2, criterion).value for criterion in ("tc", "dtc")) == Fraction(1, 2)


def test_a_mean_number_of_steps():
    assert minimax(8, "5/2").value == Fraction(79, 400)


@pytest.mark.parametrize("L", [*range(3, 13), 30])
def test_closed_forms_of_two_steps(L):
    M = L - 1
    assert minimax(L, 2, "tc").value == 1 - 1 / harmonic(M)
    secretary = max(m * (harmonic(M) - harmonic(m)) for m in range(1, M + 1))
    assert minimax(L, 2).value == secretary / L
    assert minimax(L, 2, "dtc").value == max(
        h / (Fraction(m, L - m) - h) for m in range(2, M + 1) for h in [harmonic(M) - harmonic(L - m)]
    )


@pytest.mark.parametrize("L", [3, 6, 11])
@pytest.mark.parametrize("criterion", CRITERIA)
def test_all_but_one_step(L, criterion):
    assert minimax(L, L - 1, criterion).value == 1 / sum(minimax(L, L - 1, criterion).denominators)


def mean_number_of_uniforms(x: int) -> float:
    """Of uniform numbers, how many are needed on average for a sum above x."""
    return sum((-1) ** k * (x - k) ** k * math.exp(x - k) / math.factorial(k) for k in range(x + 1))


def test_the_values_for_all_lengths():
    """As measured, and as written in the helper above."""
    language = languages.iid(["1/2", "1/2"], 2)
    for N, value in enumerate((1, 0.36788, 0.21410, 0.15000, 0.11539, 0.09375, 0.07895), 1):
        measured = measure(Instance(language, Bernoulli(N)), ["uniforms_to_exceed"])["uniforms_to_exceed"].value
        assert round(1 / measured, 5) == round(1 / mean_number_of_uniforms(N - 1), 5) == value


@pytest.mark.parametrize(("N", "L"), [(2, 40), (3, 60), (4, 60)])
def test_between_the_bounds_for_all_lengths(N, L):
    limit = 1 / mean_number_of_uniforms(N - 1)
    assert limit - 1 / L <= float(minimax(L, N).value) <= limit


@pytest.mark.parametrize(("L", "N"), [(4, 2), (5, 3), (6, 2), (6, 4)])
@pytest.mark.parametrize("criterion", CRITERIA)
def test_against_the_matrix_game(L, N, criterion):
    """The value over all laws on compositions, by an exact linear programme."""
    D = [CRITERIA[criterion](L, K) for K in range(1, L)]
    payoff = [
        [Fraction(overshoot(sizes, K)) / D[K - 1] for K in range(1, L)]
        for steps in range(1, N + 1)
        for sizes in compositions(L, steps)
    ]
    assert minimax(L, N, criterion).value == game(payoff).value


@pytest.mark.parametrize(
    ("N", "value", "fixed"),
    [(2, 0.3572, 0.4844), (4, 0.1410, 0.2344), (8, 0.0600, 0.1094), (16, 0.0248, 0.0469), (32, 0.0082, 0.0156)],
)
def test_long_sequences(N, value, fixed):
    assert round(float(minimax(64, N).value), 4) == value
    assert round(float(fixed_value(64, N)), 4) == fixed


def test_what_randomising_the_sizes_cannot_do():
    assert minimax(5, 1).value == fixed_value(5, 1) == Fraction(4, 5)
    assert minimax(5, 5).value == fixed_value(5, 5) == 0
    assert minimax(5, 9).sizes == [((1, 1, 1, 1, 1), 1)]
    for wrong in (0, "1/2", 1.5):
        with pytest.raises(BadInput):
            minimax(5, wrong)
    with pytest.raises(BadInput):
        minimax(1, 1)
    with pytest.raises(BadInput):
        minimax(3, 2, [1, 0])


def test_best_sizes_are_decided_by_it():
    assert prove(statements["fixed-size/no-worse-path-kl"], Bernoulli(3), 6).verdict is Decided.HOLDS
    value = minimax(4, 2, "tc").value
    assert prove(f"best_sizes_path_kl <= {value} * total_correlation", Bernoulli(2), 4).verdict is Decided.HOLDS
    assert prove("best_sizes_path_kl <= total_correlation", Bernoulli(2), 4).constant == Fraction(5, 11)
    found = prove("best_sizes_path_kl <= 4/11 * total_correlation", Bernoulli(2), 4, judge=False)
    assert found.constant == Fraction(5, 11) / Fraction(4, 11)
    assert found.verdict is Decided.FAILS


def test_the_command():
    printed = CliRunner().invoke(cli.app, ["minimax", "--length", "8", "--steps", "4", "--json"])
    assert printed.exit_code == 0
    found = json.loads(printed.output)
    assert list(found) == ["value", "sizes", "prior"]
    assert found["value"] == "121/1424"
    assert sum(Fraction(p) for _, p in found["sizes"]) == 1
    assert sum(Fraction(t) for t in found["prior"]) * 8 == 1
    shown = CliRunner().invoke(cli.app, ["minimax", "--length", "8", "--steps", "4", "--criterion", "tc"])
    assert "16/79" in shown.output
    assert CliRunner().invoke(cli.app, ["minimax", "--length", "1", "--steps", "4"]).exit_code == 2


class EachInTurn(Random):
    """Whole numbers from 0 on."""

    def __init__(self) -> None:
        super().__init__(0)
        self.next = 0

    def randrange(self, stop: int) -> int:
        self.next += 1
        assert self.next <= stop
        return self.next - 1


def test_sizes_are_drawn_with_their_probabilities():
    """Every whole number that may be drawn, once."""
    found, rng = minimax(8, 4), EachInTurn()
    drawn = Counter(found.draw(rng) for _ in range(178))
    assert {sizes: Fraction(count, 178) for sizes, count in drawn.items()} == dict(found.sizes)
    shown = CliRunner().invoke(cli.app, ["minimax", "--length", "8", "--steps", "4", "--draw", "5", "--seed", "3"])
    lines = [tuple(map(int, line.split())) for line in shown.output.splitlines()]
    rng = Random(3)
    assert lines == [found.draw(rng) for _ in range(5)]
    assert CliRunner().invoke(cli.app, ["minimax", "--length", "8", "--steps", "4", "--draw", "-1"]).exit_code == 2


def test_the_language_that_attains_the_value():
    """L = 3, two steps: Copy and Parity side by side cost log 2 under either sizes, a sixth of TC + DTC."""
    prior = minimax(3, 2).prior
    assert prior == [Fraction(1, 6), Fraction(1, 6)]
    language = languages.mds_product(2, [1, 1], 3)
    for sizes in ([1, 2], [2, 1]):
        found = measure(Instance(language, FixedSize(sizes)), ["kl", "path_kl", "total_correlation"])
        dual = measure(Instance(language, FixedSize(sizes)), ["dual_total_correlation"])["dual_total_correlation"]
        assert math.isclose(found["kl"].value, math.log(2))
        assert math.isclose(found["path_kl"].value, math.log(2))
        assert math.isclose((found["total_correlation"].value + dual.value) / 6, math.log(2))
    one_step = measure(Instance(language, FixedSize([3])), ["kl"])["kl"]
    assert math.isclose(one_step.value, 3 * math.log(2))


def test_kl_may_stay_below_the_value_if_only_the_mean_number_of_steps_is_given():
    """The same language, L = 3, under lists of one, two and three steps, two on average."""
    lists, weights = [[1, 2, 0], [2, 1, 0], [3, 0, 0], [1, 1, 1]], ["3/8", "3/8", "1/8", "1/8"]
    instance = Instance(languages.mds_product(2, [1, 1], 3), MixtureOfSizes(lists, weights))
    found = measure(instance, ["kl", "path_kl"])
    assert math.isclose(found["kl"].value, math.log(Fraction(64, 33)))
    assert math.isclose(found["path_kl"].value, Fraction(9, 8) * math.log(2))
    assert found["kl"].hi < math.log(2) < found["path_kl"].lo


def test_where_the_lower_bounds_are_attained():
    """Nowhere else: random-sizes/information-even and random-sizes/few-steps-tc-lower."""
    for L, N in itertools.product(range(2, 9), range(1, 10)):
        assert 2 * (L - 1) * N * minimax(L, N).value >= L - N
        assert (2 * (L - 1) * N * minimax(L, N).value == L - N) == (N == L or (L, N) == (2, 1))
        assert (1 - minimax(L, N, "tc").value) * harmonic(L - 1) <= N - 1
        assert ((1 - minimax(L, N, "tc").value) * harmonic(L - 1) == N - 1) == (N in (1, 2))


@pytest.mark.parametrize(
    ("L", "N", "criterion", "side"),
    [
        (4, 2, "tc", "total_correlation"),
        (6, 3, "dtc", "dual_total_correlation"),
        (8, 4, "tc+dtc", "(total_correlation + dual_total_correlation)"),
        (6, 3, "min", "min(total_correlation, dual_total_correlation)"),
    ],
)
def test_the_value_is_the_sharp_constant_of_the_random_sizes(L, N, criterion, side):
    found = minimax(L, N, criterion)
    mixture = MixtureOfSizes.minimax(L, N, criterion)
    assert prove(f"path_kl <= {side}", mixture, L).constant == found.value
    assert prove(f"path_kl <= {found.value} * {side}", mixture, L).verdict is Decided.HOLDS
    assert prove(f"path_kl <= {found.value * Fraction(99, 100)} * {side}", mixture, L).verdict is Decided.FAILS


@pytest.mark.parametrize(("L", "N"), [(2, 1), (5, 4), (30, 7), (64, 2)])
@pytest.mark.parametrize("criterion", CRITERIA)
def test_bounds_enclose_the_value(L, N, criterion):
    lo, hi = minimax_bounds(L, N, criterion)
    assert lo <= minimax(L, N, criterion).value <= hi <= lo * (1 + Fraction(1, 2**40))


@pytest.mark.slow
def test_the_table_at_length():
    table = minimax_table()
    for row in table.rows:
        cells = dict(zip(table.columns, row, strict=True))
        for name in ("(TC+DTC)", "TC", "DTC"):
            assert cells[f"random: PATH_KL/{name}"].hi < cells[f"fixed: PATH_KL/{name}"].value
        assert cells["fixed: PATH_KL/(TC+DTC)"].exact == Fraction(math.ceil(1024 / cells["N"]) - 1, 1024)
    two, four = (row[table.columns.index("random: PATH_KL/TC")] for row in table.rows[:2])
    assert two.lo <= 1 - 1 / float(harmonic(1023)) <= two.hi
    assert four.hi < 0.7


@pytest.mark.parametrize(("L", "N"), [(8, 2), (20, 3), (30, 4), (60, 3)])
def test_few_steps(L, N):
    """Between the closed bounds, which are not far apart for TC, and better than fixed sizes."""
    H, root = harmonic(L - 1), (L + 1) ** (1 / N)
    g = Fraction(N - 1) / H
    found = {criterion: minimax(L, N, criterion).value for criterion in ("tc", "dtc")}
    assert 1 - g <= found["tc"] < fixed_value(L, N, "tc")
    assert found["tc"] <= 1 - g * (1 - math.exp(1 - 1 / g))
    assert found["dtc"] >= (N * (root - 1) - math.log(L + 1) - L / (L + 1)) / H > 0


@pytest.mark.parametrize("g", [Fraction(1, 2), Fraction(3, 2), Fraction(3)])
@pytest.mark.parametrize("L", [12, 40])
def test_many_steps(L, g):
    """Mean numbers of steps that do for a given value, nearly."""
    steps = 1 + sum(min(Fraction(1), g / b) for b in range(1, L))
    assert minimax(L, steps, "dtc").value <= g * (math.exp(1 / g) - 1) - 1
    single = math.ceil(g)
    steps = 1 + single + g * (harmonic(L - 1) - harmonic(single))
    assert minimax(L, steps, "tc").value <= (1 + Fraction(1, single + 1)) * (1 - g * (1 - math.exp(-1 / g)))


@pytest.mark.parametrize("criterion", CRITERIA)
@pytest.mark.parametrize(("L", "N", "q"), [(6, 3, 5), (8, 2, 7), (12, 5, 11)])
def test_no_exchangeable_policy_is_right_on_every_code(L, N, q, criterion):
    """On a code of rank K a text is right with probability ``q^-e``, e the overshoot: some K has a large SER."""
    law = minimax(L, N, criterion).sizes
    worst = max(1 - sum(c * Fraction(1, q ** overshoot(s, K)) for s, c in law) for K in range(1, L))
    assert worst >= (1 - Fraction(1, q)) * (1 - Fraction(N - 1, L - 1))
    assert worst < 1


def test_kl_of_a_mixture_is_bounded_on_codes_and_path_kl_is_not():
    """MDS(5, 2) of length 4 under sizes (1, 3) or (2, 2) by a fair coin: KL stays below log 2 for every field."""
    policy = MixtureOfSizes([[1, 3], [2, 2]], ["1/2", "1/2"])
    found = measure(Instance(languages.mds(5, 2, 4), policy), ["kl", "path_kl", "ser", "best_list_path_kl"])
    assert math.isclose(found["kl"].value, -math.log((1 + 5**-2) / 2))
    assert math.isclose(found["path_kl"].value, math.log(5))
    assert math.isclose(found["ser"].value, 1 - (1 + 5**-2) / 2)
    assert math.isclose(found["best_list_path_kl"].value, math.log(2))
