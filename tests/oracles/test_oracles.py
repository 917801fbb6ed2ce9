"""The oracles against each other, by hand, and against the identities of the information profile.

Rational statements are exact equalities. Logarithmic ones are held to 1e-40: the arithmetic has 70 digits, so
any wrong term shows and rounding never does. `test_*_can_fail` feeds each kind of check something wrong.
"""

from fractions import Fraction as F
from itertools import product
from math import comb, factorial, prod
from random import Random

import pytest
from by_default import rest_slow

from oracles import denoisers, languages, logs, quantities, samplers
from oracles.cases import WEIGHTS, every_policy, imperfect_denoisers, run, sparse_table
from oracles.logs import TOLERANCE, close
from oracles.logs import log as LOG

# Two samplers, one law


@pytest.mark.parametrize("off_support", ["uniform", "marginal", "stop"])
@pytest.mark.parametrize("seed", rest_slow(range(3)))
def test_reveal_times_and_steps_give_one_law(seed, off_support):
    q = sparse_table(seed)
    for denoiser in [denoisers.exact(q, 3, off_support), *imperfect_denoisers(q, 3, 3, off_support)]:
        for policy in every_policy(3):
            p = samplers.law(policy, 3, denoiser)
            assert p == samplers.stepwise_law(policy, 3, denoiser)
            assert off_support == "stop" or sum(p.values()) == 1


def test_weights_of_zero_and_a_single_token():
    for weights in WEIGHTS:
        for V, L in [(1, 1), (1, 3), (3, 1)]:
            q = languages.random_table(Random(L), V, L)
            policy = samplers.bernoulli(weights, L)
            p, denoiser = run(q, V, policy)
            assert p == q == samplers.stepwise_law(policy, V, denoiser)
    q = sparse_table(1)
    policy = samplers.bernoulli(WEIGHTS[3], 3)
    p, denoiser = run(q, 3, policy)
    assert p == samplers.stepwise_law(policy, 3, denoiser) == run(q, 3, samplers.bernoulli((F(2, 5), F(3, 5)), 3))[0]


def test_agreement_of_the_samplers_can_fail():
    q = sparse_table(0)
    good, other = (
        samplers.bernoulli((F(1, 2), F(1, 2)), 3),
        samplers.bernoulli((F(1, 2), F(1, 4), F(1, 4)), 3),
    )
    denoiser = denoisers.exact(q, 3)
    hazards_wrong = samplers.Policy("mutant", 3, 2, good.times, other.choose, good.weights, None)
    assert samplers.law(hazards_wrong, 3, denoiser) != samplers.stepwise_law(hazards_wrong, 3, denoiser)


def test_stop_abandons_and_the_rules_differ_only_off_the_support():
    q = languages.law([((0, 0, 0), F(1, 2)), ((1, 1, 1), F(1, 3)), ((1, 1, 0), F(1, 6))])
    policy = samplers.bernoulli((F(1, 2), F(1, 2)), 3)
    laws = {rule: run(q, 2, policy, rule)[0] for rule in ("uniform", "marginal", "stop")}
    assert sum(laws["stop"].values()) < 1 == sum(laws["marginal"].values())
    assert laws["uniform"] != laws["marginal"]
    assert all(laws["uniform"][x] == laws["marginal"][x] == laws["stop"][x] for x in q)
    masses = {quantities.off_support_mass(q, 2, run(q, 2, policy, rule)[1], policy) for rule in laws}
    assert masses == {1 - sum(laws["stop"].values())}


def test_schedules_by_hand():
    policy = samplers.fixed_size((1, 2, 0))
    assert (quantities.max_step_size(policy), quantities.max_step_weight(policy)) == (2, F(2, 3))
    assert policy.times == {(1, 2, 2): F(1, 3), (2, 1, 2): F(1, 3), (2, 2, 1): F(1, 3)}
    assert quantities.max_step_weight(samplers.bernoulli((F(1, 4), F(3, 4)), 2)) == F(3, 4)
    assert samplers.bernoulli((F(1, 4), F(3, 4)), 2).times[1, 2] == F(3, 16)
    assert samplers.autoregressive(3).times == {(1, 2, 3): F(1)}
    with pytest.raises(ValueError, match="no step sizes"):
        quantities.max_step_size(samplers.uniform_steps(2, 2))


def test_off_support_mass_of_contradicting_pairs():
    """Pair(2), sizes (2, 2): a first step that takes a whole block (probability 1/3) contradicts itself half the
    time, and only then are tokens drawn off the support."""
    q = languages.pair(2, 4)
    policy = samplers.fixed_size((2, 2))
    assert quantities.off_support_mass(q, 2, denoisers.exact(q, 2), policy) == F(1, 6)
    assert quantities.off_support_mass(q, 2, denoisers.exact(q, 2), samplers.fixed_size((4,))) == 0


# Scopes


@pytest.mark.parametrize("off_support", ["uniform", "marginal", "stop"])
def test_local_scope_of_a_chain_changes_only_the_law_of_wrong_sequences(off_support):
    pi, P = languages.random_chain(Random(7), 3, zeros=0.5)
    q = languages.markov(pi, P, 4)
    scopes = [denoisers.global_scope(q, 3), denoisers.interval_scope(pi, P, 4)]
    both = [denoisers.denoiser(scope, 3, off_support=off_support, law=q) for scope in scopes]
    for i, j in product(range(4), repeat=2):
        for v in range(3):
            if i != j and languages.Marginals(q).probability({j: v}):
                assert both[0](i, {j: v}) == both[1](i, {j: v})
    policy = samplers.bernoulli((F(1, 3), F(1, 3), F(1, 3)), 4)
    p, local = (samplers.law(policy, 3, denoiser) for denoiser in both)
    assert p != local == samplers.stepwise_law(policy, 3, both[1])
    assert all(p.get(x) == local.get(x) for x in q)


def test_local_scope_of_blocks_leaves_the_other_blocks_alone():
    block = languages.law([((0, 0, 0), F(2, 3)), ((1, 1, 1), F(1, 3))])
    denoiser = denoisers.denoiser(denoisers.block_scope(block, 2), 2)
    context = {0: 0, 1: 1, 3: 1}
    assert denoiser(2, context) == [F(1, 2), F(1, 2)]
    assert denoiser(4, context) == [0, 1]
    whole = denoisers.exact(languages.blocks(block, 2), 2)
    assert whole(4, context) == [F(1, 2), F(1, 2)]
    assert whole(4, {0: 0, 3: 1}) == denoiser(4, {0: 0, 3: 1}) == [0, 1]


def test_an_interval_is_impossible_by_its_own_ends_only():
    """From 0 to 2 takes two steps, and no sequence begins with 2."""
    pi, P = [F(1), F(0), F(0)], [[F(1, 2), F(1, 2), F(0)], [F(0), F(0), F(1)], [F(1), F(0), F(0)]]
    scope = denoisers.interval_scope(pi, P, 5)
    assert scope(1, {0: 0, 2: 2}) == [0, 1, 0]
    assert scope(1, {0: 1, 2: 1}) is None
    assert scope(0, {1: 2}) is None
    assert scope(4, {1: 2, 3: 2}) == [1, 0, 0]
    assert denoisers.global_scope(languages.markov(pi, P, 5), 3)(4, {1: 2, 3: 2}) is None


# Denoisers


def test_predictions_by_hand():
    q = languages.law([((0, 0), F(1, 2)), ((0, 1), F(1, 4)), ((2, 1), F(1, 4))])

    def answer(prediction, i, context):
        return denoisers.predicting(q, 3, prediction)(i, context)

    assert answer(denoisers.mix_uniform(F(1, 2)), 0, {}) == [F(3, 8) + F(1, 6), F(1, 6), F(1, 8) + F(1, 6)]
    assert answer(denoisers.peak(F(1, 2)), 0, {1: 1}) == [F(3, 4), 0, F(1, 4)]
    assert answer(denoisers.tilt([[1, 5, 3], [1, 1, 1]]), 0, {}) == [F(1, 2), 0, F(1, 2)]
    samples = [(0, 0), (0, 1), (0, 1)]
    full = denoisers.learned_full(samples, 3, F(1))
    assert answer(full, 1, {0: 0}) == [F(2, 6), F(3, 6), F(1, 6)]
    assert answer(full, 1, {0: 2}) == [F(1, 3)] * 3
    assert answer(denoisers.learned_neighbours(samples, 3, F(0)), 0, {}) == [F(4, 6), F(2, 6), 0]
    assert answer(denoisers.learned_neighbours(samples, 3, F(0), pooled=False), 0, {}) == [1, 0, 0]
    assert answer(denoisers.learned_neighbours(samples, 3, F(0)), 0, {1: 1}) == [1, 0, 0]
    assert answer(denoisers.learned_full([(0, 1)], 3, F(0)), 1, {0: 0}) == [0, 1, 0]
    wrapping = denoisers.learned_neighbours([(0, 1), (2, 0)], 3, F(0))
    assert answer(wrapping, 1, {0: 0}) == [0, 1, 0]
    for prediction in (full, denoisers.peak(F(1, 2)), denoisers.mix_uniform(F(1))):
        assert denoisers.predicting(q, 3, prediction, "stop")(1, {0: 1}) == [0, 0, 0]
    assert denoisers.exact(q, 3, "marginal")(1, {0: 1}) == [F(1, 2), F(1, 2), 0]


# Identities (definitions.md#information-profile-and-curve)


@pytest.mark.parametrize("seed", range(4))
def test_area_theorem_and_the_ends_of_the_curve(seed):
    """The profile falls, has the entropy as its mean, and falls by TC + DTC in all."""
    m = languages.Marginals(sparse_table(seed))
    z, H = quantities.profile(m), quantities.entropy(m)
    assert quantities.area_defect(m) < TOLERANCE
    assert close(sum(z) / 3, H)
    tc, dtc = quantities.total_correlation(m), quantities.dual_total_correlation(m)
    assert close(z[0] - z[2], tc + dtc)
    assert close(quantities.curve(m, F(0)) - quantities.curve(m, F(1)), tc + dtc)
    assert quantities.profile_max_increase(m) < TOLERANCE
    for a in (F(1, 3), F(5, 7)):
        bernstein = sum(logs.real(comb(2, j) * a**j * (1 - a) ** (2 - j)) * z[j] for j in range(3))
        assert close(quantities.curve(m, a), bernstein)


def left_riemann_error(m, weights):
    """bernoulli/riemann-error."""
    sums = (logs.real(w) * quantities.curve(m, sum(weights[:k], F(0))) for k, w in enumerate(weights))
    return sum(sums) - quantities.area(m)


@pytest.mark.parametrize("seed", rest_slow(range(3)))
def test_path_kl_is_the_riemann_error_of_the_curve_or_the_profile(seed):
    """PATH_KL as a Riemann error and, with an imperfect denoiser, the learning term."""
    q = sparse_table(seed, V=2, L=4)
    m = languages.Marginals(q)
    z = quantities.profile(m)
    for denoiser in [denoisers.exact(m, 2), *imperfect_denoisers(q, 2, 4)[:3]]:
        for weights in WEIGHTS:
            policy = samplers.bernoulli(weights, 4)
            learning = 4 * quantities.mean_learning_error(m, 2, denoiser, policy)
            assert close(quantities.path_kl(q, denoiser, policy), left_riemann_error(m, weights) + learning)
            assert learning <= 4 * quantities.eps_learning(m, 2, denoiser)
        for sizes in [(4,), (1, 3), (2, 0, 2), (1, 1, 1, 1)]:
            policy = samplers.fixed_size(sizes)
            learning = 4 * quantities.mean_learning_error(m, 2, denoiser, policy)
            # a step of size zero may come after everything is revealed, where z is not defined
            left = sum(s * z[sum(sizes[:k])] for k, s in enumerate(sizes) if s)
            assert close(quantities.path_kl(q, denoiser, policy), (left - sum(z)) / 4 + learning)


def test_the_identities_can_fail():
    q = sparse_table(1, V=2, L=4)
    m, policy = languages.Marginals(q), samplers.bernoulli((F(1, 2), F(1, 2)), 4)
    path = quantities.path_kl(q, denoisers.exact(m, 2), policy)
    assert close(path, left_riemann_error(m, policy.weights))
    right = sum(logs.real(w) * quantities.curve(m, a) for w, a in zip(policy.weights, (F(1, 2), F(1)), strict=True))
    assert not close(path, right - quantities.area(m))
    assert not close(path, left_riemann_error(m, (F(2, 5), F(3, 5))))
    other = languages.Marginals(sparse_table(2, V=2, L=4))
    assert abs(quantities.area(other) - quantities.entropy(m)) > TOLERANCE
    assert not close(logs.mp.mpf(1), 1 + 2 * TOLERANCE)
    assert not close(logs.mp.inf, logs.mp.mpf(1))


@pytest.mark.parametrize("weights", WEIGHTS[1:])
def test_bernoulli_is_a_mixture_of_fixed_sizes(weights):
    """Bernoulli steps as a mixture: over sizes n ~ Multinomial(L, w)."""
    q, L = sparse_table(3), 3
    denoiser = imperfect_denoisers(q, 3, 3)[0]
    mixture, path, error = {}, logs.mp.mpf(0), F(0)
    for sizes in product(range(L + 1), repeat=len(weights)):
        if sum(sizes) != L:
            continue
        probability = F(factorial(L), prod(map(factorial, sizes))) * prod(
            w**n for w, n in zip(weights, sizes, strict=True)
        )
        policy = samplers.fixed_size(sizes)
        part = samplers.law(policy, 3, denoiser)
        for x, c in part.items():
            mixture[x] = mixture.get(x, F(0)) + probability * c
        path += logs.real(probability) * quantities.path_kl(q, denoiser, policy)
        error += probability * quantities.ser(q, part)
    whole = samplers.bernoulli(weights, L)
    assert {x: c for x, c in mixture.items() if c} == samplers.law(whole, 3, denoiser)
    assert error == quantities.ser(q, samplers.law(whole, 3, denoiser))
    assert close(path, quantities.path_kl(q, denoiser, whole))


# The quantities themselves


@pytest.mark.parametrize("off_support", ["uniform", "stop"])
def test_quantities_are_what_they_say_on_a_law_by_hand(off_support):
    """Pair(2) in one step: p uniform on four strings, and no context is ever impossible."""
    q = languages.pair(2, 2)
    measured = quantities.measure_all(q, 2, denoisers.exact(q, 2, off_support), samplers.uniform_steps(1, 2))
    log2, inf = LOG(F(2)), logs.mp.inf
    expected = {
        "kl": log2,
        "reverse_kl": inf,
        "tv": F(1, 2),
        "hellinger": logs.mp.sqrt(1 - logs.mp.sqrt(logs.mp.mpf(1) / 2)),
        "path_kl": log2,
        "ser": F(1, 2),
        "ter": logs.mp.mpf(2),
        "log_ter": log2,
        "log_ter_language": log2 / 2,
        "entropy": log2,
        "total_correlation": log2,
        "dual_total_correlation": log2,
        "eps_learning": logs.mp.mpf(0),
        "mean_learning_error": logs.mp.mpf(0),
        "learning_term": logs.mp.mpf(0),
        "mode_probability": F(1, 4),
        "curve_left_riemann_sum": 2 * log2,
        "curve_area": log2,
        "curve_midpoint_excess": logs.mp.mpf(0),
        "profile_area": log2,
        "profile_start": 2 * log2,
        "profile_end": logs.mp.mpf(0),
        "max_step_weight": F(1),
        "collision_probability": F(1),
        "bigram_kl_rate": inf,
        "bigram_tv_rate": F(1, 2),
        "generative_nll": inf,
        "generative_nll_correct": log2 / 2,
        "generative_perplexity": inf,
        "off_support_mass": F(0),
        "area_defect": logs.mp.mpf(0),
        "profile_max_increase": -2 * log2,
        "expected_steps": 1,
        "speedup_at_unit_cost": F(2),
        "log_mean_path_kl": log2,
        "slope_defect": logs.mp.mpf(0),
        "curve_min_slope": 2 * log2,
        "curve_max_slope": 2 * log2,
        "odds_weighted_slope": log2 / 3,
        "least_confidence": F(1, 2),
        "mode_conflict": F(3, 2),
        "mode_conflict_uniform": F(3, 2),
        "min_pair_conflict_probability": F(1, 2),
        "exact_parallel_depth": 2,
        "max_l2_deviation": logs.mp.mpf(0),
        "weighted_slope": log2,
        "growth_bound": 2 * log2,
        "sharp_growth_bound": 2 * log2,
        "ratio_growth_bound": 2 * log2,
        "log_ratio_growth_bound": 2 * log2,
        "effective_total_correlation": log2 * (1 - logs.mp.exp(-2)) / 2,
        "minimax_tc": F(1),
        "minimax_dtc": F(1),
        "minimax_information": F(1, 2),
        "harmonic_number": F(1),
        "secretary_probability": F(1, 2),
        "two_step_dtc_value": F(0),
        "uniforms_to_exceed": logs.mp.mpf(1),
        "mixture_path_kl": log2,
        "mixture_ser": F(1, 2),
        "best_sizes_path_kl": log2,
        "best_sizes_ser": F(1, 2),
        "law_polynomial_defect": F(0),
    }
    assert measured.keys() == expected.keys()
    assert [name for name in expected if not close(measured[name], expected[name])] == []


def test_divergences_by_hand():
    q = languages.law([((0, 0), F(1, 2)), ((0, 1), F(1, 2))])
    p = {(0, 0): F(1, 4), (0, 1): F(1, 2)}
    log2 = LOG(F(2))
    assert close(quantities.kl(q, p), log2 / 2)
    assert quantities.reverse_kl(q, p) == quantities.generative_nll(q, p) == logs.mp.inf
    assert quantities.tv(q, p) == quantities.law_distance(q, p) == quantities.ser(q, p) == F(1, 4)
    assert close(quantities.hellinger(q, p) ** 2, (1 - 1 / logs.mp.sqrt(2)) / 2)
    assert quantities.kl(q, {(0, 0): F(1)}) == logs.mp.inf
    assert close(quantities.reverse_kl(q, {(0, 0): F(1)}), log2)
    assert close(quantities.generative_nll(q, {(0, 0): F(1)}), log2 / 2)
    assert quantities.kl(q, q) == quantities.hellinger(q, q) == quantities.reverse_kl(q, q) == 0
    with pytest.raises(ValueError, match="no correct sequence"):
        quantities.generative_nll_correct(q, {(1, 1): F(1)})


def test_bigram_rates_by_hand():
    P = [[F(1, 2), F(1, 2)], [F(1), F(0)]]
    q = languages.markov([F(1), F(0)], P, 3)
    p = {(0, 1, 0): F(1, 2), (0, 0, 0): F(1, 2)}
    assert quantities.bigram_law(p) == {(0, 1): F(1, 4), (1, 0): F(1, 4), (0, 0): F(1, 2)}
    expected = logs.log_sum([(F(1, 2), F(4, 3)), (F(1, 4), F(2, 3))])
    assert close(quantities.bigram_kl_rate(q, p, P), expected)
    assert quantities.bigram_tv_rate(q, p, P) == F(3, 4) * F(1, 6)
    assert quantities.bigram_kl_rate(q, q, P) == quantities.bigram_tv_rate(q, q, P) == 0
    assert quantities.bigram_kl_rate(q, q) == quantities.bigram_tv_rate(q, q) == 0
    assert quantities.bigram_kl_rate(q, {(1, 1, 0): F(1)}, P) == logs.mp.inf
    unseen = {(2, 0, 1): F(1)}
    assert quantities.bigram_tv_rate(q, unseen) == F(1, 2) * (1 + F(1, 2))


@pytest.mark.parametrize("seed", rest_slow(range(3)))
def test_inequalities_of_m6_hold_on_random_tables(seed):
    """Bounds of KL, SER and TV with an imperfect denoiser, strictly where the language is not special."""
    q = sparse_table(seed)
    m = languages.Marginals(q)
    both = quantities.total_correlation(m) + quantities.dual_total_correlation(m)
    for denoiser in (denoisers.exact(m, 3), imperfect_denoisers(q, 3, 3)[2]):
        for weights in WEIGHTS[:3]:
            policy = samplers.bernoulli(weights, 3)
            got = quantities.measure_all(q, 3, denoiser, policy)
            learning = got["mean_learning_error"]
            assert got["kl"] <= got["path_kl"] <= logs.real(max(weights)) * both + 3 * learning
            assert learning <= got["eps_learning"]
            assert close(got["log_ter"] - got["log_ter_language"], got["kl"] / 3)
            error = logs.real(got["ser"])
            assert error <= 1 - logs.mp.exp(-got["kl"])
            assert error <= logs.real(got["tv"]) <= logs.mp.sqrt(got["kl"] / 2)
            assert got["hellinger"] ** 2 <= logs.real(got["tv"]) <= got["hellinger"] * logs.mp.sqrt(2)
