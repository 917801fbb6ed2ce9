"""What overlooked ends cost, part by part: laws that move, risks, the law of the ends, intervals that forget."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from maskbound.numerics.engines.markov import ser
from maskbound.numerics.engines.markov.chain import Chain
from maskbound.numerics.engines.markov.overlooked import Overlooked
from maskbound.numerics.engines.markov.renewal import Renewal, _forgotten
from maskbound.numerics.engines.markov.zones import Zones
from maskbound.numerics.engines.reveal_steps import bernoulli_steps

L = 60
INITIAL = np.array([0.9, 0.1, 0.0])
TRANSITION = np.array([[0.5, 0.5, 0.0], [0.2, 0.6, 0.2], [0.1, 0.3, 0.6]])
CHAIN = Chain(INITIAL, TRANSITION, L)
ENDS = Overlooked(CHAIN, 24)
FULL = Overlooked(CHAIN, L)
K, NU = FULL.K, ENDS.laws[-1]
STEPS = list(bernoulli_steps(np.full(5, 0.2), L))


def laws(i: int, n: int, end: str):
    """``c`` and ``c'`` given each pair of ends, (V, V, V), at distances i and n from them."""
    exact = np.einsum("uw,wv,uv->uvw", K[i], K[n], 1 / K[i + n])
    seen = K[i][:, None, :] if end == "right" else (NU[:, None] * K[n] / NU).T[None]
    return exact, np.broadcast_to(seen, exact.shape)


@pytest.mark.parametrize("end", ["left", "right"])
def test_laws_move_as_far_as_stated_and_no_half_as_far(end):
    for n in (3, 6, 10):
        worst, mean = np.zeros(20), np.zeros((20, 2, 3))
        for other in range(2, 20):
            exact, seen = laws(*((other, n) if end == "right" else (n, other)), end)
            worst[other] = np.abs(exact - seen).sum(axis=2).max() / 2
            parts = np.stack([np.maximum(seen - exact, 0), np.maximum(exact - seen, 0)])
            mean[other] = np.einsum("u,v,suvw->sw", NU, NU, parts)
        stated = getattr(ENDS, end)
        assert worst.max() <= stated.worst[n] < 2 * worst.max()
        assert (mean.max(axis=0) <= stated.mean[n]).all()
        assert (stated.mean[n] < 2 * mean.max(axis=0)).all()


def tables(steps):
    """The tables after each step, in which everything is seen, from the last to the first but one."""
    renewal = Renewal(FULL.laws_by_distance, NU)
    F = np.zeros((2, 4, 4))
    F[1] = 1.0
    F[1, :3, :3] = TRANSITION > 0
    seen = Zones(np.arange(-1, L), 0.0)
    found = [F]
    for step in reversed(steps[1:]):
        F = ser._stretched(F, step.keep, L)
        F, _, _ = renewal.step_back(F, len(found[-1]) - 1, float(step.one[1]), seen, np.ones(L + 1), 0.0)
        found.append(F)
    return found


TABLES = tables(STEPS)


def spoiled(F, r: float, i: int, n: int):
    """Mean number of intervals beside a new token w that are filled wrongly: what is new beside it, and the ends, each
    (u, v, w).
    """
    wrong = 1 - F[:, :3, :3]
    d, e = np.arange(1, i), np.arange(1, n)
    left = np.einsum("dus,dsv->duvs", K[i - d], K[n + d]) / K[i + n][None, :, :, None]
    right = np.einsum("dus,dsv->duvs", K[i + e], K[n - e]) / K[i + n][None, :, :, None]
    new = np.einsum("d,duvs,dsw->uvw", r * (1 - r) ** (d - 1), left, wrong[d])
    new += np.einsum("d,duvs,dws->uvw", r * (1 - r) ** (e - 1), right, wrong[e])
    ends = (1 - r) ** (i - 1) * np.where(K[i] > 0, wrong[i], 0.0)[:, None]
    return new, ends + (1 - r) ** (n - 1) * np.where(K[n] > 0, wrong[n], 0.0).T[None]


def test_risks_are_bounds_and_their_halves_are_none():
    F, r = TABLES[2], float(STEPS[2].one[1])
    risks = ENDS.risks(F, r, L, 1e-12)
    found = []
    for i, n in product((1, 2, 5, 12), (8, 12, 20)):
        new, ends = spoiled(F, r, i, n)
        near, end = ENDS.neighbour[i + n] * risks.near, risks.left[i] + risks.right[n]
        assert (new <= near).all()
        assert (ends <= end).all()
        found.append([(new > near / 2).any(), (ends > end / 2).any()])
    assert np.any(found, axis=0).all()


def law_of_the_ends(chain: Chain, order, i: int, j: int):
    """The joint law of two tokens of the sampler that reveals one set of positions after the other: (V, V)."""
    V, T = chain.vocab, chain.length
    powers, singles = chain.powers(T), chain.marginals(T)
    law = np.zeros((V, V))
    drawn = [position for group in order for position in group]
    for tokens in product(range(V), repeat=len(drawn)):
        x, probability, shown = dict(zip(drawn, tokens, strict=True)), 1.0, []
        for group in order:
            for m in group:
                a = max((s for s in shown if s < m), default=0)
                b = min((s for s in shown if s > m), default=T + 1)
                before = singles[m - 1, x[m]] if a == 0 else powers[m - a][x[a], x[m]]
                behind = 1.0 if b == T + 1 else powers[b - m][x[m], x[b]]
                both = 1.0 if b == T + 1 else singles[b - 1, x[b]] if a == 0 else powers[b - a][x[a], x[b]]
                probability *= before * behind / both
            shown += group
        law[x[i], x[j]] += probability
    return law


def test_the_ends_of_an_interval_are_nearly_independent():
    chain = Chain(np.array([0.7, 0.3]), np.array([[0.6, 0.4], [0.3, 0.7]]), 40)
    ends = Overlooked(chain, 16)
    single = chain.marginals(40)
    excess = []
    for order in ([[5], [11], [2], [14]], [[2, 14], [5, 11]], [[14], [5], [11]], [[11, 5]], [[2], [11], [5]]):
        law = law_of_the_ends(chain, order, 5, 11)
        free = np.outer(single[4], ends.laws[-1])
        allowed = np.prod([((1 + e) / (1 - e)) ** 2 for e in ends.e[6:]])
        assert (law <= free * allowed).all()
        excess.append(float((law / free).max()) - 1)
    assert max(excess) > 0.01 * (allowed - 1) > 0
    assert ends.more[6] >= allowed


def test_long_intervals_that_forget_change_no_more_than_stated():
    ends, found, possible = Overlooked(CHAIN, 3), [], (CHAIN.transition > 0).astype(float)
    for split in (0.0, 0.1):
        found.append(ser._Plan(CHAIN, STEPS, ends, 3, 1e-13, 0.0, split)._backwards(possible))
    (exact, *_, nothing), (forgetful, *_, stated) = found
    assert nothing == 0.0
    assert 1e-6 < abs(exact - forgetful) <= stated <= 0.1


def test_what_long_intervals_forget_is_measured():
    rng = np.random.default_rng(0)
    ends, number = rng.random((2, 30, 4)), rng.random(30)
    F = ends[0][:, :, None] * ends[1][:, None, :] * (1 + 1e-9 * rng.random((30, 4, 4)))
    long, stated = _forgotten(F, np.ones(30), 29, 10, number, 1.0)
    d = np.arange(10, 30)
    split = F[d, :, 3:] * F[d, 3:, :] / F[d, 3:, 3:]
    truth = float((number[d] * np.abs(split / F[d] - 1).max(axis=(1, 2))).sum())
    assert long == 10
    assert truth <= stated < 1.001 * truth
    assert _forgotten(F, np.ones(30), 29, 10, number, stated / 1e6) == (30, 0.0)


def test_what_stands_for_long_intervals_is_a_probability():
    """However improbable they are: ``F(u, V) F(V, v) / F(V, V) = 2`` at the distance 20 is not accepted there."""
    F, number = np.ones((30, 4, 4)), np.full(30, 1e-6)
    assert _forgotten(F, np.ones(30), 29, 10, number, 1.0)[0] == 10
    F[20, 3, 3] = 0.5
    assert _forgotten(F, np.ones(30), 29, 10, number, 1.0)[0] == 21


def test_what_overlooked_ends_change_is_within_the_stated_error():
    """Ends overlooked from the distance 3 on."""
    steps = STEPS
    renewal = Renewal(FULL.laws_by_distance, NU)
    k = 2
    F = TABLES[len(steps) - 1 - k]
    reach, r = len(F) - 1, float(steps[k].one[1])
    stretched = ser._stretched(F, steps[k].keep, L)
    gaps = np.arange(L + 1)
    short = np.maximum.accumulate((np.minimum(np.maximum(gaps - 1, 0), 3) - gaps)[::-1])[::-1] + gaps
    moved = []
    for seen in (np.maximum(gaps - 1, 0), short):
        before, _, _ = renewal.step_back(stretched, reach, r, Zones(seen, 0.0), np.ones(L + 1), 0.0)
        moved.append(before)
    apart = np.abs(moved[1] - moved[0])[:, :3, :3]
    risks = ENDS.risks(F, r, L, 1e-12)
    alone = steps[k]._replace(interior=np.ones(L + 1), edge=np.zeros(L + 1))
    errors = ENDS.errors(alone, L, risks) / np.maximum(L - gaps, 1)[:, None]
    for g in range(8, 40):
        stated = errors[g, short[g]]
        assert 0 < np.einsum("u,v,uv->", NU, NU, apart[g]) <= stated


def test_a_token_that_no_path_joins_to_an_overlooked_end_is_wrong():
    """From the second token no path of two leads to the fourth: with the right end overlooked at the distance 2 this is
    drawn, and in tables that are never wrong else, before a step of few tokens, nearly all that goes wrong.
    """
    P = np.array([[0.0, 1.0, 0.0, 0.0], [0.5, 0.2, 0.3, 0.0], [0.3, 0.3, 0.2, 0.2], [0.5, 0.2, 0.0, 0.3]])
    chain = Chain(np.full(4, 0.25), P, L)
    ends, everything = Overlooked(chain, 24), Overlooked(chain, L)
    F = np.ones((L + 1, 5, 5))
    F[:, :4, :4], F[1:, 4, :4] = everything.K > 0, everything.laws > 0
    step = list(bernoulli_steps(np.full(500, 1 / 500), L))[100]
    r, gaps = float(step.one[1]), np.arange(L + 1)
    all_seen = np.maximum(gaps - 1, 0)
    renewal, stretched, moved = Renewal(everything.laws_by_distance, ends.laws[-1]), ser._stretched(F, step.keep, L), []
    for seen in (all_seen, np.minimum(all_seen, 1)):
        before, _, _ = renewal.step_back(stretched, L, r, Zones(seen, 0.0), np.ones(L + 1), 0.0)
        moved.append(before[:, :4, :4])
    alone = step._replace(interior=np.ones(L + 1), edge=np.zeros(L + 1))
    stated = ends.errors(alone, L, ends.risks(F, r, L, 1e-12))[:, 1] / np.maximum(L - gaps, 1)
    nu = ends.laws[-1]
    for g in range(9, 40):
        true = np.einsum("u,v,uv->", nu, nu, np.abs(moved[1] - moved[0])[g])
        assert 0.05 * stated[g] < true <= stated[g]
