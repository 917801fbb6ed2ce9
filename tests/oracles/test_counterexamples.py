"""The counterexamples to the refuted statements, with their figures; each refutes what its name says."""

from fractions import Fraction as F

from oracles import denoisers, languages, logs, quantities, samplers
from oracles.cases import run
from oracles.logs import close
from oracles.logs import log as LOG


def test_total_correlation_alone_is_not_enough():
    q, policy = languages.parity(3), samplers.uniform_steps(2, 3)
    path = quantities.path_kl(q, denoisers.exact(q, 2), policy)
    bound = logs.real(quantities.max_step_weight(policy)) * quantities.total_correlation(q)
    assert (round(float(path), 4), round(float(bound), 4)) == (0.4332, 0.3466)
    assert path < bound + quantities.dual_total_correlation(q) / 2


def test_dual_total_correlation_alone_is_not_enough():
    q, policy = languages.copy(2, 3, 3), samplers.uniform_steps(1, 3)
    assert close(quantities.path_kl(q, denoisers.exact(q, 2), policy), 2 * LOG(F(2)))
    assert close(quantities.dual_total_correlation(q), LOG(F(2)))


def test_pair_in_one_step_refutes_three_claims():
    """Three refuted bounds: `max s - 2`, half the exponent, and 1 in the place of 1 - 1/V."""
    q, policy = languages.pair(2, 2), samplers.fixed_size((2,))
    p, denoiser = run(q, 2, policy)
    assert quantities.max_step_size(policy) - 2 == 0
    assert close(quantities.path_kl(q, denoiser, policy), LOG(F(2)))
    kl = quantities.kl(q, p)
    assert close(kl, LOG(F(2)))
    assert round(float(1 - logs.mp.exp(-kl / 2)), 3) == 0.293
    assert quantities.ser(q, p) == F(1, 2)
    one_step = samplers.uniform_steps(1, 2)
    assert quantities.ser(q, run(q, 2, one_step)[0]) < 1 - (1 - quantities.collision_probability(one_step)) == 1


def test_the_lower_bound_fails_for_fixed_sizes():
    q, policy = languages.pair(2, 4), samplers.fixed_size((2, 2))
    p, _ = run(q, 2, policy)
    bound = 1 - (1 - quantities.collision_probability(policy) * F(1, 2)) ** 2
    assert quantities.ser(q, p) == F(1, 4) < bound == F(7, 16)


def test_the_lower_bound_fails_with_the_average_learning_error():
    """A denoiser that bets on token 0, mildly at first, strongly once it has seen only zeros: the contexts in
    which it is wrong are rarer under q than under p. With the worst case in its place the bound holds."""
    V, L, policy = 2, 4, samplers.uniform_steps(2, 4)
    q = languages.pair(V, L)
    m = languages.Marginals(q)

    def bet(i, context, exact):
        if max(exact) == 1 or any(context.values()):
            return exact
        return [F(19, 20), F(1, 20)] if context else [F(3, 4), F(1, 4)]

    denoiser = denoisers.predicting(m, V, bet)
    p = samplers.law(policy, V, denoiser)
    mean = quantities.mean_learning_error(m, V, denoiser, policy)
    worst = quantities.eps_learning(m, V, denoiser)
    r = logs.real(quantities.collision_probability(policy))

    def bound(eps):
        return 1 - (1 - r * (1 - logs.real(F(1, V)) - eps)) ** (L // 2)

    ser = quantities.ser(q, p)
    assert round(float(ser), 4) == 0.2764
    assert bound(worst) <= logs.real(ser) < bound(mean)
    assert round(float(bound(mean)), 4) == 0.3121


def test_path_kl_is_not_kl():
    q, policy = languages.pair(2, 2), samplers.uniform_steps(2, 2)
    p, denoiser = run(q, 2, policy)
    assert close(quantities.path_kl(q, denoiser, policy), LOG(F(2)) / 2)
    assert close(quantities.kl(q, p), LOG(F(4, 3)))


def test_the_curve_is_not_convex():
    q = languages.parity(3)
    start, middle, end = (quantities.curve(q, a) for a in (F(0), F(1, 2), F(1)))
    assert close(middle, 9 * LOG(F(2)) / 4)
    assert close((start + end) / 2, 3 * LOG(F(2)) / 2)


def test_one_block_a_step_beats_no_bound_for_oblivious_policies():
    """Pair(2), L = 6, one block a step: KL = 3 log 2 > L log V / N = 2 log 2."""
    q = languages.pair(2, 6)
    p, _ = run(q, 2, samplers.fixed_sets([[0, 1], [2, 3], [4, 5]]))
    assert close(quantities.kl(q, p), 3 * LOG(F(2)))


def test_a_finer_schedule_may_be_worse():
    q = languages.weight_strings(4, 2)
    coarse, fine = samplers.fixed_size((2, 2)), samplers.fixed_size((1, 1, 2))
    (p, denoiser), (p_fine, _) = run(q, 2, coarse), run(q, 2, fine)
    assert (quantities.ser(q, p), quantities.ser(q, p_fine)) == (F(1, 4), F(1, 3))
    assert close(quantities.kl(q, p), LOG(F(4, 3)))
    assert close(quantities.kl(q, p_fine), LOG(F(3, 2)))
    assert quantities.path_kl(q, denoiser, fine) < quantities.path_kl(q, denoiser, coarse)


def test_more_uniform_steps_may_raise_the_sequence_error():
    q = languages.tabular([F(c, 25) for c in (2, 0, 0, 1, 20, 1, 1, 0)], 2, 3)
    errors = [quantities.ser(q, run(q, 2, samplers.uniform_steps(N, 3))[0]) for N in (1, 2)]
    assert [round(float(e), 6) for e in errors] == [0.023296, 0.023588]
