"""Windows of hidden Markov chains against tables, the oracle, the Markov engine and closed forms."""

from __future__ import annotations

import math
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from by_default import rest_slow
from engines.window_cases import MARKOV, enclosed, random_language, random_policy, steps_of
from oracles import information as oracle_information
from oracles import languages as oracle_languages

from maskbound.numerics import languages, measure, policies
from maskbound.numerics._kernels import threads
from maskbound.numerics.engines.windows import control_variate, information, window_schedule
from maskbound.numerics.engines.windows.coefficients import Fractions
from maskbound.numerics.engines.windows.hidden import StateLaws, hidden_chain
from maskbound.numerics.engines.windows.tail_bounds import Beyond
from maskbound.numerics.engines.workspace import Request, Workspace
from maskbound.numerics.errors import BadInput, BeyondReach
from maskbound.numerics.instances import Instance
from maskbound.numerics.metrics import measure_one

QUANTITIES = (
    "entropy",
    "total_correlation",
    "dual_total_correlation",
    "profile_start",
    "profile_end",
    "path_kl",
    "kl",
    "log_ter",
    "ser",
)


def assert_windows_hold(seed: int) -> None:
    """Whole, and cut at every importance from coarse to fine."""
    language, _ = random_language(seed)
    instance = Instance(language, random_policy(seed, language.length))
    exact = measure(instance, QUANTITIES, engine="tabular")
    for name, found in measure(instance, QUANTITIES, engine="windows", samples=200).items():
        assert found.overlaps(exact[name]), f"{name}: {found} misses {exact[name]}"
        if found.kind not in ("bound", "statistical"):
            # Some 100 roundings a term, and fewer than 1000 terms of order 1.
            assert found.width <= 1e-11
    functional = steps_of(instance.policy, language.length)
    widths = []
    for importance in (1.0, 1e-1, 1e-2, 1e-3, 0.0):
        lo, hi = enclosed(language, functional, importance)
        assert lo <= exact["path_kl"].hi
        assert exact["path_kl"].lo <= hi
        widths.append(hi - lo)
    assert widths[-1] <= 1e-11


@pytest.mark.parametrize("seed", rest_slow(range(12), keep=5))
def test_windows_hold_the_exact_values(seed):
    assert_windows_hold(seed)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_windows_hold_the_exact_values_of_many_languages(block):
    for seed in range(100 + 24 * block, 124 + 24 * block):
        assert_windows_hold(seed)


def test_windows_of_one_policy_serve_another(monkeypatch):
    """Cut for one number of steps, they hold the exact value of others; what lies beyond them is not overlooked."""
    language = languages.HMM(9, [0.5, 0.5], [[0.9, 0.1], [0.2, 0.8]], [[0.75, 0.25], [0.2, 0.8]])
    steps, request = (2, 3, 4), Request(width=0.5)
    monkeypatch.setattr(information, "WINDOWS_FOR_NOTHING", 0)
    whole = Workspace(Instance(language, policies.Bernoulli(1)), request)
    found = [measure_one(whole.under(policies.Bernoulli(N)), "path_kl", "windows") for N in steps]
    assert len({one.note for one in found}) == 1
    for N, one in zip(steps, found, strict=True):
        exact = measure(Instance(language, policies.Bernoulli(N)), ["path_kl"], engine="tabular")["path_kl"]
        assert one.lo <= exact.lo <= exact.hi <= one.hi
        assert one.width > 1e-3 * exact.value
        assert abs(one.value - exact.value) > 1e-9


def sampled(seed: int, monkeypatch) -> tuple[float, float, float]:
    """Ends of the sampled interval beyond the shortest windows, and how much wider the sure one is."""
    language, _ = random_language(seed)
    functional = steps_of(random_policy(seed, language.length), language.length)
    chain = hidden_chain(language)
    lo, hi = enclosed(
        language, functional, information.first_importance(chain, Beyond(functional, chain.represented(0.0)))
    )
    found = information.sampled_information(chain, functional, control_variate.Sampling(4000, 0.0, 0.0, seed, 1 - 1e-6))
    ends = found.value + found.below - found.rounding, found.value + found.above + found.rounding
    return *ends, (hi - lo) / max(ends[1] - ends[0], 1e-12)


def test_what_lies_beyond_the_windows_can_be_sampled(monkeypatch):
    """Intervals at level 1 - 1e-6 hold in all of 50 runs, but for a probability of 5e-5, and they are worth drawing."""
    gains = []
    for seed in range(50):
        language, _ = random_language(seed)
        exact = measure(Instance(language, random_policy(seed, language.length)), ["path_kl"], engine="tabular")
        lo, hi, gain = sampled(seed, monkeypatch)
        assert lo <= exact["path_kl"].hi
        assert exact["path_kl"].lo <= hi
        gains.append(gain)
    assert np.median([gain for gain in gains if gain > 1.0001]) >= 3


def test_the_width_decides_how_many_paths_are_drawn():
    """A chain that forgets slowly, by few windows."""
    language = languages.HMM(16, [0.5, 0.5], [[0.9, 0.1], [0.05, 0.95]], [[0.75, 0.25], [0.2, 0.8]])
    functional, counts = steps_of(policies.Bernoulli(4), 16), []
    for width in (0.3, 0.1):
        sampling = control_variate.Sampling(10**6, 10.0, width, 1, 1 - 1e-6)
        found = information.sampled_information(hidden_chain(language), functional, sampling)
        assert 0 < found.above - found.below <= width * found.value
        counts.append(int(found.note.split(" paths")[0].split()[-1]))
    assert 1000 < counts[0] < counts[1] / 2 < 50_000


def test_sampled_paths_do_not_depend_on_threads(monkeypatch):
    monkeypatch.setattr(threads, "thread_count", lambda: 2)
    first = sampled(3, monkeypatch)
    monkeypatch.setattr(threads, "thread_count", lambda: 1)
    assert sampled(3, monkeypatch) == first


def test_a_biased_path_is_noticed(monkeypatch):
    """Estimates of a wrong sign miss."""
    right = control_variate.empirical_bernstein

    def wrong(x, low, high, alpha):
        return right(-x if low < 0 else x, low, high, alpha)

    monkeypatch.setattr(control_variate, "empirical_bernstein", wrong)
    missed = 0
    for seed in range(20):
        language, _ = random_language(seed)
        exact = measure(Instance(language, random_policy(seed, language.length)), ["path_kl"], engine="tabular")
        lo, hi, _ = sampled(seed, monkeypatch)
        missed += hi < exact["path_kl"].lo or exact["path_kl"].hi < lo
    assert missed >= 1


@pytest.mark.parametrize("seed", [1, 2])
def test_windows_against_rationals(seed):
    language, law = random_language(seed)
    m = oracle_languages.Marginals(law())
    instance = Instance(language, policies.Bernoulli(2))
    found = measure(
        instance, ["entropy", "dual_total_correlation", "curve_left_riemann_sum", "path_kl"], engine="windows"
    )
    left = (oracle_information.curve(m, Fraction(0)) + oracle_information.curve(m, Fraction(1, 2))) / 2
    truth = {
        "entropy": oracle_information.entropy(m),
        "dual_total_correlation": oracle_information.dual_total_correlation(m),
        "curve_left_riemann_sum": left,
        "path_kl": left - oracle_information.area(m),
    }
    for name, value in truth.items():
        assert found[name].contains(value), name
        assert found[name].width <= 1e-11


def test_a_wrong_bound_on_what_is_cut_is_noticed(monkeypatch):
    """With nothing beyond the windows the exact value is missed."""
    for name in ("at_once", "if_revealed", "if_masked"):
        monkeypatch.setattr(Beyond, name, lambda self, m, q: (-1e-9, 1e-9))
    missed = 0
    for seed in range(12):
        language, _ = random_language(seed)
        instance = Instance(language, random_policy(seed, language.length))
        exact = measure(instance, ["path_kl"], engine="tabular")["path_kl"]
        lo, hi = enclosed(language, steps_of(instance.policy, language.length), 1.0)
        missed += hi < exact.lo or exact.hi < lo
    assert missed >= 4


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("L", [1, 2, 3, 5])
def test_an_ngram_as_a_hidden_chain(order, L):
    rng = Random(order)
    initial = oracle_languages.random_row(rng, 2 ** (order - 1), zeros=0.2)
    rows = [oracle_languages.random_row(rng, 2, zeros=0.3) for _ in initial]
    language = languages.NGram(order, 2, L, initial if order > 1 else None, rows)
    chain = hidden_chain(language)
    x = np.array(list(np.ndindex(*(2,) * L)))
    B = chain.emission.toarray()
    message = chain.initial * B[:, x[:, 0]].T
    for i in range(1, L):
        message = (message @ chain.transition.toarray()) * B[:, x[:, i]].T
    # Products of L parameters of a few roundings.
    np.testing.assert_allclose(message.sum(axis=1), np.exp(language.log_prob(x)), rtol=1e-13, atol=0)


@pytest.mark.parametrize(("m", "q"), [(0, 0), (0, 3), (1, 1), (3, 0), (2, 4)])
def test_coefficients_of_windows_in_rationals(m, q):
    """``F[f]`` of ``a^{m+2} (1-a)^q``, and of the probability of a pattern in uniform sets."""
    L, weights = 9, [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]
    fractions, total = [Fraction(0), Fraction(1, 2), Fraction(5, 6)], Fraction(q == 0)
    for a, w in zip(fractions, weights, strict=True):
        slope = (m + 2) * a ** (m + 1) * (1 - a) ** q - (q * a ** (m + 2) * (1 - a) ** (q - 1) if q else 0)
        total -= w * slope
    schedule = policies.Bernoulli(weights=weights).schedule
    one = Fractions(L, 1.0, schedule.revealed[:-1], schedule.tails[:-1], -schedule.weights)
    value, error = one.pair(m, q)
    assert abs(Fraction(value) - total) <= Fraction(error) <= Fraction(1, 10**13)

    def rho(j: int) -> Fraction:
        ways = math.comb(L - m - 2 - q, j - m - 2) if j >= m + 2 else 0
        return Fraction(ways, math.comb(L, j))

    sizes = (4, 3, 2)
    exact = rho(L) - sum(s * (rho(S + 1) - rho(S)) for s, S in zip(sizes, (0, 4, 7), strict=True))
    value, error = steps_of(policies.FixedSize(sizes), L).pair(m, q)
    assert abs(Fraction(value) - exact) <= Fraction(error) <= Fraction(1, 10**12)


@pytest.mark.parametrize(("m", "q"), [(20, 70), (30, 60)])
def test_bounds_beyond_rare_patterns_are_as_small_as_these_are_rare(m, q):
    """There are ``(m + q)! / m! q!`` of them, so that an error that is not relative to their probability adds up."""
    L, sizes = 100, (30, 30, 40)
    rare = max(Fraction(math.comb(L - m - 1 - q, j - m - 1), math.comb(L, j)) for j in range(m + 1, L - q + 1))
    far = steps_of(policies.FixedSize(sizes), L).far(m, q)
    most = 2 * (sum(sizes) + 1) * rare
    assert max(far.most.max(), -far.least.min()) <= most < 1e-9


@pytest.mark.parametrize(
    "policy", [policies.Bernoulli(64), policies.FixedSize.balanced(64, 1024)], ids=["steps", "sizes"]
)
def test_a_markov_chain_at_length_as_a_hidden_chain(policy):
    as_hmm = languages.HMM(1024, MARKOV.initial.values, MARKOV.transition.values, np.eye(3))
    names = ("entropy", "total_correlation", "dual_total_correlation", "path_kl")
    exact = measure(Instance(MARKOV, policy), names, engine="markov")
    found = measure(Instance(as_hmm, policy), names, width=1e-4, engine="windows")
    for name in names:
        assert found[name].overlaps(exact[name]), name
        assert found[name].width <= 1e-4 * found[name].value, name


def pair_as_hmm(V: int, L: int) -> languages.HMM:
    """2V states: the symbol, and which of the two tokens of its block comes next (definitions.md#languages)."""
    eye, spread, none = np.eye(V), np.full((V, V), 1 / V), np.zeros((V, V))
    transition = np.block([[none, eye], [spread, none]])
    initial = np.concatenate([np.full(V, 1 / V), np.zeros(V)])
    return languages.HMM(L, initial, transition, np.concatenate([eye, eye]))


@pytest.mark.parametrize("V", [2, 5])
def test_pairs_as_a_hidden_chain(V):
    """``PATH_KL = (L/2) rho log V`` (known-answers.md); what lies beyond a pair counts for nothing, and the windows end
    there.
    """
    L, N = 512, 64
    found = measure(Instance(pair_as_hmm(V, L), policies.Bernoulli(N)), ["path_kl"], engine="windows")["path_kl"]
    assert found.contains(L / 2 / N * math.log(V))
    # Rounding only: some 100 roundings of each of L informations.
    assert found.width <= 1e-8


def test_equal_windows_are_merged():
    """A pair of tokens tells one of three things of the hidden bit, and 17^t windows become a few."""
    chain = hidden_chain(languages.shifted_pair(16, 0.25, 64))
    functional = steps_of(policies.Bernoulli(8), 64)
    merged = window_schedule.grow(
        chain, Beyond(functional, chain.represented(0.0)), window_schedule.Limits(1e-4, 1e9, math.inf)
    )
    assert merged.longest >= 5
    assert merged.windows <= 20_000


def test_an_ngram_is_reset_by_its_own_context():
    """After n - 1 revealed tokens in a row no earlier one tells anything."""
    rng = np.random.default_rng(0)
    language = languages.NGram(3, 3, 9, rng.dirichlet(np.ones(9)), rng.dirichlet(np.ones(3), size=9))
    chain = hidden_chain(language)
    beyond = Beyond(steps_of(policies.Bernoulli(3), 9), chain.represented(0.0))
    harvest = window_schedule.grow(chain, beyond, window_schedule.Limits(0.0, 1e9, math.inf))
    assert harvest.pair[1, 0] > 1e-3
    assert harvest.cut_far[2, 0] <= 1e-11
    assert (3, 0) not in harvest.pair_error


def test_laws_that_stand_for_others_are_paid_for():
    """A chain that forgets its start slowly: few laws against one a position."""
    L = 200
    language = languages.HMM(L, [1, 0], [["9/10", "1/10"], ["1/20", "19/20"]], [["3/4", "1/4"], ["1/5", "4/5"]])
    chain = hidden_chain(language)
    few = chain.represented(1e-5)
    assert len(few.laws) < L / 2
    every = StateLaws(chain.laws, np.arange(L), np.zeros(L), 0.0)
    functional = Fractions(L, 1.0, np.arange(8) / 8, 1 - np.arange(8) / 8, np.full(8, -1 / 8))
    ends = []
    for laws in (few, every):
        beyond = Beyond(functional, laws)
        harvest = window_schedule.grow(chain, beyond, window_schedule.Limits(1e-4, 1e9, math.inf))
        found = information.evaluated(harvest, beyond)
        ends.append((found.value - found.rounding, found.value + found.rounding))
    (lo, hi), (least, most) = ends
    assert lo <= least <= most <= hi
    assert hi - lo <= 0.01 * least


def sparse_trigram(L: int) -> languages.NGram:
    rng = np.random.default_rng(0)
    rows = np.zeros((64, 8))
    for row in rows:
        row[rng.choice(8, 4, replace=False)] = rng.dirichlet(np.ones(4))
    return languages.NGram(3, 8, L, np.full(64, 1 / 64), rows)


def test_a_sparse_trigram_at_length():
    found = measure(Instance(sparse_trigram(512), policies.Bernoulli(64)), ["path_kl"], engine="windows")["path_kl"]
    assert found.kind == "truncation"
    assert found.width <= 0.01 * found.value
    assert "windows of up to" in found.note


def test_beyond_reach_is_refused_with_the_estimate():
    language = languages.english_ngram(4, 200_000)
    with pytest.raises(BeyondReach, match=r"path_kl .* would take engine 'windows' .* and about .* s"):
        measure(Instance(language, policies.Bernoulli(100_000)), ["path_kl"], engine="windows")


def test_other_languages_are_refused():
    with pytest.raises(BadInput, match="neither a hidden Markov model nor an n-gram"):
        measure(Instance(languages.parity(4), policies.Bernoulli(2)), ["path_kl"], engine="windows")
