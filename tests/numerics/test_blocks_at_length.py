"""Products of blocks at lengths that no table reaches: Pair(16) and others against their closed forms."""

from __future__ import annotations

from fractions import Fraction as F
from math import comb, factorial
from random import Random

import pytest
from by_default import rest_slow
from mpmath import mp, mpf

from maskbound.numerics import denoisers, languages, measure, policies
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.errors import BadInput, BeyondReach
from maskbound.numerics.instances import Instance
from maskbound.numerics.metrics import measurable, measure_one
from maskbound.numerics.numbers.enclosure import Enclosure

DIGITS = 60
ACCURACY = 1e-12
"""Relative, of values and widths: depths below 10^3 for one table, the sums correctly rounded."""

AFFINITY_WIDTH = 1e-10
"""Of Hellinger distances: that of one block is a root, known to 1e-14 absolute, of a number of order 1/N."""

COUPLED_WIDTH = 1e-10
"""Of what fixed sizes couple: depths below 10^5, and so gamma below 2e-11."""


def assert_answer(found: Enclosure, answer: mpf, width: float = ACCURACY) -> None:
    """The number lies inside, and value and width are as close as asked."""
    with mp.workdps(DIGITS):
        margin = abs(answer) * mpf(10) ** -50
        assert found.lo - margin <= answer <= found.hi + margin, f"{found} misses {answer}"
        assert abs(found.value - answer) <= ACCURACY * abs(answer), f"{found} is off {answer}"
    assert found.width <= width * abs(found.value), f"{found} is wide"


def pair_answers(L: int, rho: mpf, V: int = 16) -> dict[str, mpf]:
    """Known answers of Pair under a Bernoulli policy."""
    m, correct = L // 2, 1 - rho + rho / V
    kl, entropy = -m * mp.log(correct), m * mp.log(V)
    return {
        "ser": -mp.expm1(m * mp.log(correct)),
        "kl": kl,
        "path_kl": m * rho * mp.log(V),
        "entropy": entropy,
        "total_correlation": entropy,
        "dual_total_correlation": entropy,
        "log_ter": (entropy + kl) / L,
        "log_ter_language": entropy / L,
        "curve_left_riemann_sum": m * (1 + rho) * mp.log(V),
        "profile_area": entropy,
        "collision_probability": rho,
        "hellinger": mp.sqrt(1 - correct ** (mpf(m) / 2)),
        "generative_nll_correct": mp.log(V) / 2,
    }


@pytest.mark.parametrize("N", rest_slow([8, 1000, 100_000, 1_000_000], keep=3))
@pytest.mark.parametrize("L", [100_000, 1_000_000])
def test_long_pairs_in_uniform_steps(L: int, N: int) -> None:
    instance = Instance(languages.pair(16, L), policies.Bernoulli(N))
    with mp.workdps(DIGITS):
        answers = pair_answers(L, mpf(1) / N)
        wrong = pair_answers(L, mpf(1) / (N + 1))
    found = measure(instance, answers)
    for name, answer in answers.items():
        assert_answer(found[name], answer, AFFINITY_WIDTH if name == "hellinger" else ACCURACY)
    for name in ("kl", "path_kl", "collision_probability"):
        with pytest.raises(AssertionError, match="misses"):
            assert_answer(found[name], wrong[name])


@pytest.mark.parametrize(
    "schedule",
    [policies.Schedule.cosine(50), policies.Schedule.geometric(64, "9/10"), policies.Schedule.geometric(9, 0.5)],
)
def test_long_pairs_in_steps_of_any_size(schedule: policies.Schedule) -> None:
    instance = Instance(languages.pair(16, 100_000), policies.Bernoulli(schedule=schedule))
    weights = [F(w) for w in schedule.weights.tolist()] if not schedule.rational else list(schedule.fractions)
    with mp.workdps(DIGITS):
        # The law of the floats as stored: they add up to 1 within the rounding that the enclosures allow for.
        total = sum(weights)
        rho = (
            sum((mpf(w.numerator) / w.denominator) ** 2 for w in weights)
            / (mpf(total.numerator) / total.denominator) ** 2
        )
        answers = pair_answers(100_000, rho)
    found = measure(instance, answers)
    for name, answer in answers.items():
        assert_answer(found[name], answer)


def test_every_quantity_of_a_long_pair_is_finite_or_known_to_be_infinite() -> None:
    instance = Instance(languages.pair(16, 1_000_000), policies.Bernoulli(1000))
    names = measurable(instance)
    assert len(names) >= 25
    found = measure(instance)
    assert list(found) == names
    infinite = {name for name, enclosure in found.items() if enclosure.value == float("inf")}
    assert infinite == {"reverse_kl", "generative_nll", "generative_perplexity"}


@pytest.mark.parametrize(("L", "N"), [(1000, 10), (100_000, 8), (100_000, 100_000), (1_000_000, 1000)])
def test_path_kl_of_long_pairs_under_fixed_sizes(L: int, N: int) -> None:
    """A block comes in one step with probability ``sum_k s_k (s_k - 1) / (L (L - 1))``."""
    policy = policies.FixedSize.balanced(N, L)
    together = F(sum(s * (s - 1) for s in policy.sizes), L * (L - 1))
    found = measure(Instance(languages.pair(16, L), policy), ["path_kl", "ser", "profile_left_sum"], engine="blocks")
    with mp.workdps(DIGITS):
        answer = L // 2 * mpf(together.numerator) / together.denominator * mp.log(16)
        assert_answer(found["path_kl"], answer)
        assert_answer(found["profile_left_sum"], answer + L // 2 * mp.log(16))
        assert found["ser"].lo <= -mp.expm1(-answer)
    assert (found["ser"].hi == 0) == (N == L)


def pair_right(V: int, sizes: tuple[int, int]) -> F:
    """Pair(V) in two steps: i blocks in the first, j in the second, k in both (known-answers.md)."""
    s, m = sizes[0], sum(sizes) // 2
    total = F(0)
    for i in range(s // 2 + 1):
        k, j = s - 2 * i, m - s + i
        if j >= 0:
            total += F(factorial(m) * 2**k, factorial(i) * factorial(j) * factorial(k) * V ** (i + j))
    return total / comb(2 * m, s)


@pytest.mark.parametrize("engine", ["block-counts", "block-steps"])
@pytest.mark.parametrize("sizes", [(100, 100), (31, 169), (199, 1), (200, 0)])
def test_fixed_sizes_in_two_steps(sizes: tuple[int, int], engine: str) -> None:
    instance = Instance(languages.pair(16, sum(sizes)), policies.FixedSize(sizes))
    found = measure(instance, ["ser", "kl", "log_ter"], engine=engine)
    right = pair_right(16, sizes)
    with mp.workdps(DIGITS):
        probability = mpf(right.numerator) / right.denominator
        assert_answer(found["ser"], 1 - probability, COUPLED_WIDTH)
        assert_answer(found["kl"], -mp.log(probability), COUPLED_WIDTH)
        assert_answer(found["log_ter"], (100 * mp.log(16) - mp.log(probability)) / 200, COUPLED_WIDTH)
        with pytest.raises(AssertionError, match="misses"):
            assert_answer(found["kl"], -mp.log(probability) * (1 + mpf(10) ** -9), COUPLED_WIDTH)


@pytest.mark.parametrize("N", [16, 64])
def test_fixed_sizes_in_many_steps(N: int) -> None:
    """By the engine that keeps pace with N; the bounds of SER and KL around it."""
    instance = Instance(languages.pair(16, 128), policies.FixedSize.balanced(N, 128))
    found = measure(instance, ["ser", "kl", "path_kl"])
    assert found["ser"].engine == found["kl"].engine == "block-steps"
    assert found["kl"].width <= COUPLED_WIDTH * found["kl"].value
    assert found["ser"].hi <= -mp.expm1(-found["kl"].hi) * (1 + COUPLED_WIDTH)
    assert found["kl"].hi < found["path_kl"].lo


def test_blocks_of_three_in_many_steps_are_near_the_bernoulli_answer() -> None:
    """Copy(4, 3), L = 60, 20 steps: three at a time put fewer tokens of a block into one step than probability does."""
    language = languages.copy(4, 3, 60)
    sized = measure(Instance(language, policies.FixedSize.balanced(20, 60)), ["ser", "kl"])
    bernoulli = measure(Instance(language, policies.Bernoulli(20)), ["ser", "kl"])
    assert sized["ser"].engine == "block-steps"
    assert sized["ser"].hi < bernoulli["ser"].lo
    assert sized["kl"].hi < bernoulli["kl"].lo


def fixed_sets(kind: str, L: int) -> policies.FixedSets:
    if kind == "bisection":
        return policies.bisection(L)
    if kind == "autoregressive":
        return policies.autoregressive(L)
    if kind == "one step":
        return policies.FixedSets([range(L)])
    order, steps = list(range(L)), [[] for _ in range(7)]
    Random(3).shuffle(order)
    for rank, i in enumerate(order):
        steps[rank % 7].append(i)
    return policies.FixedSets(steps)


@pytest.mark.parametrize("kind", ["bisection", "autoregressive", "one step", "shuffled"])
@pytest.mark.parametrize("L", [6, 100_000])
def test_fixed_sets_on_pairs(kind: str, L: int) -> None:
    """A block goes wrong when both its tokens are in one set, with probability 15/16."""
    policy = fixed_sets(kind, L)
    together = sum(len(chosen) - len({i // 2 for i in chosen}) for chosen in map(list, policy.sets))
    instance = Instance(languages.pair(16, L), policy)
    found = measure(instance, ["ser", "kl", "path_kl"], engine="blocks")
    with mp.workdps(DIGITS):
        kl = together * mp.log(16)
        assert_answer(found["ser"], -mp.expm1(-kl))
        for name in ("kl", "path_kl"):
            if together:
                assert_answer(found[name], kl)
                with pytest.raises(AssertionError, match="misses"):
                    assert_answer(found[name], kl * (1 + mpf(10) ** -9))
            else:
                assert found[name].lo <= 0 <= found[name].hi <= 1e-13 * L


def test_each_pattern_of_a_long_sequence_is_measured_once() -> None:
    """The same sets on twice the blocks: twice the divergence, from the same tables."""
    block = languages.Tabular(2, 3, [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 1]], ["1/2", "1/6", "1/12", "1/4"])
    once = Instance(languages.Blocks(block, 2), policies.FixedSets([[0, 1, 3], [2, 4, 5]]))
    sets = [[i + 6 * k for k in range(20_000) for i in chosen] for chosen in ([0, 1, 3], [2, 4, 5])]
    long = Instance(languages.Blocks(block, 40_000), policies.FixedSets(sets))
    small, large = (measure(instance, ["kl", "ser", "eps_learning"]) for instance in (once, long))
    assert large["kl"].value == pytest.approx(20_000 * small["kl"].value, rel=1e-13, abs=0)
    assert large["ser"].value == pytest.approx(1 - (1 - small["ser"].value) ** 20_000, rel=1e-12, abs=0)


def mixed(strength: str) -> denoisers.Denoiser:
    return denoisers.Perturbed("uniform", strength)


@pytest.mark.parametrize(
    "policy", [policies.Bernoulli(50), policies.FixedSize.balanced(50, 10_000), policies.bisection(10_000)]
)
def test_a_mixed_denoiser_at_length(policy: policies.Policy) -> None:
    """Pair(4): a known partner is predicted with 1 - e + e/4, and the learning term is minus its log each time."""
    instance = Instance(languages.pair(4, 10_000), policy, mixed("1/10"))
    found = measure(instance, ["learning_term", "path_kl", "eps_learning", "mean_learning_error"])
    exact = measure(Instance(instance.language, policy), ["path_kl"])
    with mp.workdps(DIGITS):
        each = -mp.log(1 - mpf(3) / 40)
        assert_answer(found["eps_learning"], each, 1e-11)
        # The expected number of second tokens: every block but those that come in one step.
        together = exact["path_kl"].value / mp.log(4)
        assert found["learning_term"].value == pytest.approx(float((5000 - together) * each), rel=1e-12, abs=0)
        assert found["path_kl"].value == pytest.approx(
            exact["path_kl"].value + found["learning_term"].value, rel=1e-12, abs=0
        )
    assert found["mean_learning_error"].value == pytest.approx(found["learning_term"].value / 10_000, rel=1e-14, abs=0)


@pytest.mark.parametrize("denoiser", [denoisers.Learned(50), denoisers.Perturbed("tilt", 0.5)], ids=repr)
@pytest.mark.parametrize(
    "policy", [policies.Bernoulli(50), policies.FixedSize.balanced(50, 10_000), policies.bisection(10_000)], ids=type
)
def test_denoisers_that_tell_blocks_apart_are_refused(denoiser: denoisers.Denoiser, policy: policies.Policy) -> None:
    instance = Instance(languages.pair(4, 10_000), policy, denoiser)
    for name in ("kl", "ser", "path_kl", "eps_learning"):
        with pytest.raises(BadInput, match="the denoiser does not treat every block alike"):
            measure(instance, [name], engine="blocks")
        if name != "eps_learning":
            with pytest.raises(BeyondReach):
                measure(instance, [name])
    # What the denoiser has no part in is still there.
    with mp.workdps(DIGITS):
        assert_answer(measure(instance, ["entropy"])["entropy"], 5000 * mp.log(4))


def test_fixed_sizes_beyond_reach_say_what_they_would_take() -> None:
    instance = Instance(languages.pair(16, 100_000), policies.FixedSize.balanced(100, 100_000))
    with pytest.raises(BeyondReach, match=r"about .* s; there are"):
        measure(instance, ["ser"], engine="block-steps")
    # Without an engine named, and without drawing sequences, the bound is all there is.
    assert measure_one(Workspace(instance), "ser").kind == "bound"
