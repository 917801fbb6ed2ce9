"""The oracles against the known answers: equal where rational, to 1e-40 (of 70 digits) where not."""

from fractions import Fraction as F
from itertools import combinations, pairwise, product
from math import ceil, factorial, log2, prod
from random import Random

import pytest

from oracles import adaptive, denoisers, languages, logs, quantities, samplers
from oracles.cases import WEIGHTS, every_policy, run, sparse_table
from oracles.information import conditional_entropy
from oracles.logs import close
from oracles.logs import log as LOG


def test_one_token_at_a_time_and_independent_tokens_are_exact():
    for seed in range(3):
        q = sparse_table(seed)
        for policy in (
            samplers.autoregressive(3),
            samplers.fixed_size((1, 1, 1)),
            samplers.fixed_size((0, 1, 2, 0)),
        ):
            p, denoiser = run(q, 3, policy)
            exact = policy.N == 3
            assert (p == q) == exact == (quantities.path_kl(q, denoiser, policy) == 0)
    q = languages.iid([F(1, 2), F(1, 3), F(1, 6)], 3)
    for policy in every_policy(3):
        assert run(q, 3, policy)[0] == q


def test_one_step_draws_from_the_marginals_and_costs_the_total_correlation():
    q = sparse_table(2)
    p, _ = run(q, 3, samplers.fixed_size((3,)))
    single = [languages.Marginals(q).conditional(i, {}, 3) for i in range(3)]
    assert p == {
        x: c for x in product(range(3), repeat=3) if (c := prod(row[v] for row, v in zip(single, x, strict=True)))
    }
    assert close(quantities.kl(q, p), quantities.total_correlation(q))
    assert not close(quantities.kl(q, p), quantities.dual_total_correlation(q))


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize(("V", "L"), [(2, 4), (3, 4), (4, 2)])
def test_pair_bernoulli(V, L, weights):
    q, policy, r = languages.pair(V, L), samplers.bernoulli(weights, L), sum(w * w for w in weights)
    p, denoiser = run(q, V, policy)
    assert quantities.ser(q, p) == 1 - (1 - (1 - F(1, V)) * r) ** (L // 2)
    assert close(quantities.path_kl(q, denoiser, policy), logs.real(F(L, 2) * r) * LOG(F(V)))
    assert close(quantities.kl(q, p), -(L // 2) * LOG(1 - r + r / V))
    assert quantities.collision_probability(policy) == r


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize(("V", "m"), [(2, 3), (3, 3), (2, 4)])
def test_copy_bernoulli(V, m, weights):
    q, policy = languages.copy(V, m, m), samplers.bernoulli(weights, m)
    p, denoiser = run(q, V, policy)
    a = [sum(weights[:k]) for k in range(len(weights) + 1)]
    steps = list(zip(weights, a, a[1:], strict=False))
    correct = V * sum((w / V + 1 - later) ** m - (1 - later) ** m for w, _, later in steps)
    first = m * sum(w * (1 - before) ** (m - 1) for w, before, _ in steps)
    assert quantities.ser(q, p) == 1 - correct
    assert close(quantities.kl(q, p), -LOG(correct))
    assert close(quantities.path_kl(q, denoiser, policy), logs.real(first - 1) * LOG(F(V)))


@pytest.mark.parametrize("sizes", [(4,), (2, 2), (1, 3), (3, 0, 1), (1, 1, 2)])
def test_pair_fixed_size_by_generating_function(sizes):
    """`[t^s] ((sum t_k)^2 - (1 - 1/V) sum t_k^2)^(L/2)` over the multinomial."""
    for V in (2, 3):
        N = len(sizes)
        block = {}
        for k, j in product(range(N), repeat=2):
            power = tuple((k == t) + (j == t) for t in range(N))
            block[power] = block.get(power, F(0)) + (F(1, V) if k == j else 1)
        square = {}
        for (s, c), (t, d) in product(block.items(), repeat=2):
            power = tuple(x + y for x, y in zip(s, t, strict=True))
            square[power] = square.get(power, F(0)) + c * d
        multinomial = factorial(4) // prod(map(factorial, sizes))
        p, _ = run(languages.pair(V, 4), V, samplers.fixed_size(sizes))
        assert quantities.ser(languages.pair(V, 4), p) == 1 - square[sizes] / multinomial


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("L", [1, 2, 3, 4])
def test_parity(L, weights):
    q, policy = languages.parity(L), samplers.bernoulli(weights, L)
    p, denoiser = run(q, 2, policy)
    left = L * sum(w * sum(weights[:k]) ** (L - 1) for k, w in enumerate(weights))
    assert quantities.ser(q, p) == (1 - left) / 2
    assert close(quantities.kl(q, p), -LOG(1 - (1 - left) / 2))
    assert close(quantities.path_kl(q, denoiser, policy), LOG(F(2)) * logs.real(1 - left))
    for a in (F(0), F(1, 3), F(1)):
        assert close(quantities.curve(q, a), L * LOG(F(2)) * logs.real(1 - a ** (L - 1)))


@pytest.mark.parametrize(
    ("Q", "K", "L", "sizes"),
    [
        (3, 1, 3, (3,)),
        (3, 2, 3, (1, 2)),
        (3, 2, 3, (2, 1)),
        (5, 2, 4, (1, 3)),
        (5, 3, 4, (2, 2)),
        (5, 2, 4, (3, 1)),
    ],
)
def test_mds(Q, K, L, sizes):
    q, policy = languages.mds(Q, K, L), samplers.fixed_size(sizes)
    denoiser = denoisers.exact(q, Q)
    reached = next(S for k in range(len(sizes)) if (S := sum(sizes[: k + 1])) >= K)
    correct = {x: sum(c * samplers.sequence_probability(t, x, denoiser) for t, c in policy.times.items()) for x in q}
    assert 1 - sum(correct.values()) == 1 - F(1, Q ** (reached - K))
    assert close(quantities.kl(q, correct), (reached - K) * LOG(F(Q)))
    assert close(quantities.path_kl(q, denoiser, policy), (reached - K) * LOG(F(Q)))


def test_two_state_symmetric_chain():
    f = F(1, 5)
    q = languages.markov([F(1, 2)] * 2, [[1 - f, f], [f, 1 - f]], 4)

    def power(g, x, y):
        return (1 + (1 - 2 * f) ** g * (-1) ** (x + y)) / 2

    for a, i, b in combinations(range(4), 3):
        terms = []
        for u, w, v in product(range(2), repeat=3):
            c = power(i - a, u, w) * power(b - i, w, v) / power(b - a, u, v)
            assert languages.Marginals(q).conditional(i, {a: u, b: v}, 2)[w] == c
            terms.append((power(b - a, u, v) * c / 2, c))
        assert close(conditional_entropy(q, i, (a, b)), -logs.log_sum(terms))


@pytest.mark.parametrize(("L", "sizes"), [(3, (2, 1)), (3, (3,)), (4, (2, 2)), (4, (1, 2, 1))])
def test_permutations_fare_alike_under_every_policy(L, sizes):
    """Permutations: `P(correct) = prod_k (n_k)_{s_k} / n_k^{s_k}`."""
    q = languages.permutation(L)
    left = [L - sum(sizes[:k]) for k in range(len(sizes))]
    correct = prod(F(factorial(n), factorial(n - s) * n**s) for n, s in zip(left, sizes, strict=True))
    starts = [sum(sizes[:k]) for k in range(len(sizes))]
    sets = samplers.fixed_sets([range(b, b + s) for b, s in zip(starts, sizes, strict=True)])
    for policy in (samplers.fixed_size(sizes), sets):
        p, denoiser = run(q, L, policy)
        assert quantities.ser(q, p) == 1 - correct
        assert close(quantities.kl(q, p), -LOG(correct))
        assert close(quantities.path_kl(q, denoiser, policy), -LOG(correct))
    assert quantities.ser(q, adaptive.choose_then_sample(sizes, L, denoisers.exact(q, L))) == 1 - correct


@pytest.mark.parametrize(("V", "L", "flip"), [(16, 2, F(1, 3)), (4, 4, F(1, 7)), (3, 4, F(1, 2))])
def test_shifted_pair(V, L, flip):
    """Three of the V differences can follow one another, so 13/16 at V = 16."""
    q, weights = languages.shifted_pair(V, flip, L), (F(1, 2), F(1, 3), F(1, 6))
    denoiser = denoisers.exact(q, V)
    policy = samplers.bernoulli(weights, L) if L == 4 else samplers.bernoulli(weights[:1] * 2, L)
    p = {x: sum(c * samplers.sequence_probability(t, x, denoiser) for t, c in policy.times.items()) for x in q}
    r = quantities.collision_probability(policy)
    assert quantities.ser(q, p) == 1 - (1 - (1 - F(3, V)) * r) ** (L // 2)


@pytest.mark.parametrize("L", [1, 2, 3, 4, 5])
def test_bisection_is_exact_on_chains_and_takes_log_steps(L):
    steps = samplers.bisection(L).N
    assert steps == ceil(log2(L + 1))
    for seed in range(2):
        pi, P = languages.random_chain(Random(seed), 2 + (L < 5), zeros=0.4)
        q = languages.markov(pi, P, L)
        assert run(q, len(pi), samplers.bisection(L))[0] == q


def test_adaptive_one_token_a_step():
    """Choose-then-sample is exact; sample-then-choose is not, even on an i.i.d. language
    (propose-then-choose/mode-bias).
    """
    q = sparse_table(4)
    for ties in ("first", "random"):
        assert adaptive.choose_then_sample((1, 1, 1), 3, denoisers.exact(q, 3), ties) == q
    certain_first = languages.uniform([(0, 0, 0), (0, 1, 1)])
    p = adaptive.choose_then_sample((1, 2), 2, denoisers.exact(certain_first, 2))
    assert quantities.ser(certain_first, p) == F(1, 2)
    t = F(9, 10)
    for L in (1, 2, 3, 4):
        denoiser = denoisers.exact(languages.iid([1 - t, t], L), 2)
        p = adaptive.sample_then_choose((1,) * L, 2, denoiser, "random")
        assert p[(1,) * L] == prod(1 - (1 - t) ** m for m in range(1, L + 1))
        assert sum(p.values()) == 1
    assert round(float(p[1, 1, 1, 1]), 4) == 0.8900
    assert round(float(prod(1 - (1 - t) ** m for m in range(1, 9))), 4) == 0.8900
    assert round(float(t**8), 2) == 0.43


def test_languages_by_hand():
    assert languages.colouring(3) == languages.markov(
        [F(1, 3)] * 3, [[F(int(u != v), 2) for v in range(3)] for u in range(3)], 3
    )
    pi, P = languages.random_chain(Random(3), 3)
    identity = [[F(int(u == v)) for v in range(3)] for u in range(3)]
    assert languages.hmm(pi, P, identity, 3) == languages.markov(pi, P, 3)
    trigram = languages.ngram(3, 2, 3, [F(1), 0, 0, 0], [[F(1, 3), F(2, 3)], [1, 0], [1, 0], [1, 0]])
    assert trigram == {(0, 0, 0): F(1, 3), (0, 0, 1): F(2, 3)}
    rows = [[F(1), F(0)], [F(1), F(0)], [F(1, 4), F(3, 4)], [F(1), F(0)]]
    assert languages.ngram(3, 2, 3, {(1, 0): F(1)}, rows) == {(1, 0, 0): F(1, 4), (1, 0, 1): F(3, 4)}
    assert languages.ngram(3, 2, 1, [F(1, 2), 0, F(1, 2), 0], [[F(1), 0]] * 4) == {
        (0,): F(1, 2),
        (1,): F(1, 2),
    }
    assert languages.pair(2, 4) == languages.blocks(languages.pair(2, 2), 2)
    assert languages.mds(3, 1, 3) == languages.copy(3, 3, 3)
    assert languages.shifted_pair(4, F(1, 3), 4)[0, 0, 0, 2] == F(1, 8**2) * F(1, 3) * F(1, 2)
    with pytest.raises(ValueError, match="sum to 1/2"):
        languages.law([((0,), F(1, 2))])


def test_bisection_runs_are_midpoints():
    sizes = [samplers.bisection(L).sizes for L in (1, 2, 3, 7)]
    assert sizes == [(1,), (1, 1), (1, 2), (1, 2, 4)]
    assert all(a <= b for a, b in pairwise(samplers.bisection(7).sizes))


def test_known_answers_can_fail():
    """Near misses of the closed forms are told from the truth."""
    weights = WEIGHTS[2]
    q = languages.pair(2, 4)
    p, denoiser = run(q, 2, samplers.bernoulli(weights, 4))
    assert quantities.ser(q, p) != 1 - (1 - max(weights) / 2) ** 2
    path = quantities.path_kl(q, denoiser, samplers.bernoulli(weights, 4))
    assert not close(path, 2 * quantities.kl(q, p))
    even = languages.parity(4)
    p, _ = run(even, 2, samplers.bernoulli(weights, 4))
    late = 4 * sum(w * sum(weights[: k + 1]) ** 3 for k, w in enumerate(weights))
    assert quantities.ser(even, p) != (1 - late) / 2
    assert run(languages.parity(3), 2, samplers.bisection(3))[0] != languages.parity(3)
