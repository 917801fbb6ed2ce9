"""Drawn sequences follow the exact output law; kernels take the same decisions as the conditionals in plain numpy."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from by_default import drawn, rest_slow
from grid import cases
from samples import assert_follows

from maskbound.numerics import draw
from maskbound.numerics._kernels import threads
from maskbound.numerics._kernels.draw_contexts import draw_contexts
from maskbound.numerics._kernels.draw_hidden import draw_hidden
from maskbound.numerics._kernels.draw_ngrams import draw_ngrams
from maskbound.numerics.denoisers import Exact, Perturbed
from maskbound.numerics.errors import BadInput, BeyondReach
from maskbound.numerics.instances import Instance
from maskbound.numerics.languages import (
    HMM,
    Blocks,
    NGram,
    Tabular,
    english_ngram,
    markov,
    pair,
    random_ngram,
    shifted_pair,
)
from maskbound.numerics.numbers.categorical import inverted
from maskbound.numerics.policies import Bernoulli, FixedSets, FixedSize, autoregressive, bisection, random_order
from maskbound.numerics.sampling import posterior as prepared
from maskbound.numerics.sampling.posterior import _by_step, drawer_for
from maskbound.numerics.sampling.sampler import CompiledSampler, StepwiseSampler, Stream, sampler_for


def finished(instance: Instance) -> Instance:
    """The same where every sequence is completed, under a scope that a table and the sampler share."""
    rule = "marginal" if instance.off_support == "stop" else instance.off_support
    return replace(instance, off_support=rule, off_support_scope=instance.off_support_scope or "global")


@drawn(cases(), few=20, many=60)
def test_random_instances_follow_their_exact_law(case):
    instance = finished(case.instance)
    assert_follows(instance, draw(instance, 4000, seed=5))


@drawn(cases(), few=20, many=80)
def test_random_instances_by_their_kernel(case):
    """The exact denoiser, so that a kernel draws; the scope is the language's widest choice."""
    instance = replace(finished(case.instance), denoiser=Exact())
    assert isinstance(sampler_for(instance), CompiledSampler) or instance.length < instance.language.order - 1
    assert_follows(instance, draw(instance, 4000, seed=11))


def test_a_wrong_law_is_noticed():
    language = HMM(3, [0.5, 0.5], [[0.9, 0.1], [0.2, 0.8]], [[0.8, 0.2], [0, 1]])
    tokens = draw(Instance(language, Bernoulli(2)), 4000, seed=1)
    assert_follows(Instance(language, Bernoulli(2)), tokens)
    with pytest.raises(AssertionError):
        assert_follows(Instance(language, Bernoulli(1)), tokens)


def test_the_scopes_differ_and_both_are_right():
    """Ends that contradict each other leave the other interval alone in the local scope only."""
    chain = markov(["1/2", "1/2"], [["99/100", "1/100"], [0, 1]], 5)
    policy = FixedSets([[1, 2], [0, 3], [4]])
    tokens = {}
    for scope in ("global", "local"):
        for rule in ("uniform", "marginal"):
            instance = Instance(chain, policy, off_support=rule, off_support_scope=scope)
            tokens[scope, rule] = draw(instance, 20000, seed=3)
            assert_follows(instance, tokens[scope, rule])
    with pytest.raises(AssertionError):
        assert_follows(Instance(chain, policy, off_support_scope="local"), tokens["global", "uniform"])


# Plain numpy, the same decisions.


def sparse_rows(count: int, width: int, share: float) -> np.ndarray:
    """Random rows of which about ``share`` is not zero; the same for the same arguments."""
    rng = np.random.default_rng([count, width])
    rows = rng.random((count, width)) * (rng.random((count, width)) < share)
    rows[np.arange(count), rng.integers(0, width, count)] += 0.05
    return rows / rows.sum(axis=1, keepdims=True)


def sparse_hmm(K: int, V: int, L: int) -> HMM:
    return HMM(L, sparse_rows(1, K, 0.6)[0], sparse_rows(K, K, 0.15), sparse_rows(K, V, 0.15))


def sparse_ngram(n: int, V: int, L: int) -> NGram:
    return NGram(n, V, L, sparse_rows(1, V ** (n - 1), 0.7)[0], sparse_rows(V ** (n - 1), V, 0.5))


def ending(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows with some of each left for the end, and none of every third."""
    left = 1 - 0.1 * (np.arange(len(rows)) % 3)
    return rows * left[:, None], 1 - left


def ending_hmm(K: int, V: int, L: int) -> HMM:
    given = sparse_hmm(K, V, L)
    A, end = ending(given.transition.values)
    return HMM(L, given.initial.values, A, given.emission.values, end)


def ending_ngram(n: int, V: int, L: int) -> NGram:
    T, end = ending(sparse_rows(V ** (n - 1), V, 0.5))
    return NGram(n, V, L, sparse_rows(1, V ** (n - 1), 0.7)[0], T, end)


LANGUAGES = {
    "ending hmm of few states": (lambda: ending_hmm(5, 3, 45), None),
    "ending hmm of many states": (lambda: ending_hmm(24, 4, 40), None),
    "ending chain": (lambda: ending_ngram(2, 6, 45), None),
    "ending chain, local": (lambda: ending_ngram(2, 6, 45), "local"),
    "ending trigram": (lambda: ending_ngram(3, 4, 45), None),
    "ending trigram as a hidden chain": (lambda: ending_ngram(3, 8, 24), None),
    "hmm of few states": (lambda: sparse_hmm(5, 3, 45), None),
    "hmm of one state": (lambda: HMM(9, [1], [[1]], [[0.5, 0, 0.5]]), None),
    "hmm of many states": (lambda: shifted_pair(5, 0.1, 40), None),
    "chain": (lambda: markov(sparse_rows(1, 6, 0.6)[0], sparse_rows(6, 6, 0.35), 45), None),
    "chain, local": (lambda: markov(sparse_rows(1, 6, 0.6)[0], sparse_rows(6, 6, 0.35), 45), "local"),
    "periodic chain, local": (lambda: markov(["1/3"] * 3, [[0, 1, 0], [0, 0, 1], [1, 0, 0]], 20), "local"),
    "english letters": (lambda: english_ngram(2, 60), None),
    "trigram": (lambda: sparse_ngram(3, 4, 45), None),
    "fourgram": (lambda: sparse_ngram(4, 3, 40), None),
    "trigram as a hidden chain": (lambda: sparse_ngram(3, 8, 24), None),
    "table": (
        lambda: Tabular(
            3, 7, np.random.default_rng(8).permutation(np.indices((3,) * 7).reshape(7, -1).T)[:20], np.full(20, 0.05)
        ),
        None,
    ),
    "pairs": (lambda: pair(4, 30), None),
    "pairs, local": (lambda: pair(4, 30), "local"),
    "blocks of trigrams, local": (lambda: Blocks(sparse_ngram(3, 3, 6), 5), "local"),
    "blocks of hmms": (lambda: Blocks(sparse_hmm(4, 4, 6), 5), None),
    "blocks of chains, local": (lambda: Blocks(markov([1, 0], [["1/2", "1/2"], [0, 1]], 6), 5), "local"),
}


def by_conditionals(instance: Instance, tau: np.ndarray, u: np.ndarray) -> np.ndarray:
    """The sampler step by step through :meth:`Instance.conditionals`, from the same random numbers."""
    y = np.full(tau.shape, instance.vocab)
    for step in range(instance.policy.steps):
        now = tau == step
        if now.any():
            y[now] = inverted(instance.conditionals(y, instance.off_support_scope or "global")[now], u[now])
    return y


@pytest.mark.parametrize("name", LANGUAGES)
@pytest.mark.parametrize("rule", rest_slow(["uniform", "marginal"]))
def test_kernels_agree_with_the_conditionals_token_by_token(name, rule):
    """Both take the same uniform numbers; one within 1e-13 of an edge, where rounding decides, is not among these."""
    make, scope = LANGUAGES[name]
    language = make()
    L = language.length
    wrong = 0
    for policy in (Bernoulli(1), Bernoulli(6), FixedSize.balanced(4, L), random_order(L), bisection(L)):
        instance = Instance(language, policy, off_support=rule, off_support_scope=scope)
        sampler = sampler_for(instance)
        assert isinstance(sampler, CompiledSampler)
        chunk = sampler.chunk(12, np.random.default_rng(4))
        numbers = np.random.default_rng(4).random((12, 2, L))
        tau = policy.reveal_times(numbers[:, 0])
        assert (chunk.tokens == by_conditionals(instance, tau, numbers[:, 1])).all()
        assert (chunk.possible == language.in_support(chunk.tokens)).all()
        wrong += (~chunk.possible).sum()
    assert wrong > 0 or name == "hmm of one state"


NGRAMS = {
    "trigram": lambda: sparse_ngram(3, 8, 60),
    "ending trigram": lambda: ending_ngram(3, 8, 60),
    "fourgram": lambda: sparse_ngram(4, 3, 60),
    "fivegram as long as its contexts": lambda: sparse_ngram(5, 3, 4),
    "ending fourgram, hardly longer": lambda: ending_ngram(4, 5, 5),
    "of many tokens": lambda: sparse_ngram(3, 17, 40),
}


@pytest.mark.parametrize("name", NGRAMS)
def test_all_kernels_of_ngrams_take_the_same_decisions(name):
    """Many contradictions among them, a step of all positions, and steps of one."""
    language = NGRAMS[name]()
    L = language.length
    makers = [prepared._contexts, prepared._dense_contexts, *[prepared._context_messages] * (language.memory < L)]
    drawers = [make(language) for make in makers]
    assert [drawer.kernel for drawer in drawers] == [draw_contexts, draw_ngrams, draw_hidden][: len(drawers)]
    broken = 0
    for steps in (1, 9, 1000):
        tau = np.random.default_rng(0).integers(0, steps, (20, L))
        u = np.random.default_rng(1).random((20, L))
        (tokens, broke), *others = (drawer.draw(tau, steps, u) for drawer in drawers)
        broken += (broke != prepared.NEVER).sum()
        for other in others:
            assert (other[0] == tokens).all()
            assert (other[1] == broke).all()
    assert broken > 0


def test_the_fastest_kernel_of_an_ngram_is_taken():
    assert drawer_for(random_ngram(3, 8, 60, seed=1), 64).kernel is draw_hidden
    assert drawer_for(random_ngram(4, 8, 60, seed=1), 64).kernel is draw_ngrams
    V = 40
    forced = NGram(3, V, 60, [1] + [0] * (V * V - 1), np.eye(V)[np.arange(V * V) % V])
    assert drawer_for(forced, 64).kernel is draw_contexts


@pytest.mark.parametrize("composed", [True, False])
def test_both_kernels_of_hidden_chains_take_the_same_decisions(monkeypatch, composed):
    if composed:
        monkeypatch.setattr(prepared, "POWERS_BYTES", 16 * 7**2 * 4)
    language = sparse_hmm(7, 4, 70)
    tau = np.random.default_rng(0).integers(0, 9, (20, 70))
    u = np.random.default_rng(1).random((20, 70))
    tree = drawer_for(language, 1000)
    monkeypatch.setattr(prepared, "TREE_BYTES", 0)
    messages = drawer_for(language, 1000)
    assert tree.kernel is not messages.kernel
    assert len(messages.prepared[1]) == (5 if composed else 71)
    for one, other in zip(tree.draw(tau, 9, u), messages.draw(tau, 9, u), strict=True):
        assert (one == other).all()


@pytest.mark.parametrize("name", LANGUAGES)
def test_results_do_not_depend_on_the_number_of_threads(monkeypatch, name):
    make, scope = LANGUAGES[name]
    instance = Instance(make(), Bernoulli(5), off_support_scope=scope)
    monkeypatch.setattr(prepared, "TOKENS_A_PIECE", 100)
    drawn = []
    for count in (1, 2, 5):
        monkeypatch.setattr(threads, "thread_count", lambda count=count: count)
        drawn.append(draw(instance, 40, seed=2).tobytes())
    assert len(set(drawn)) == 1
    assert draw(instance, 40, seed=3).tobytes() not in drawn
    assert draw(instance, 17, seed=2).tobytes() == np.frombuffer(drawn[0], np.int64).reshape(40, -1)[:17].tobytes()


ORDERS = {
    "bernoulli": Bernoulli(5),
    "fixed size": FixedSize.balanced(4, 45),
    "random order": random_order(45),
    "bisection": bisection(45),
    "autoregressive": autoregressive(45),
}


@pytest.mark.parametrize("policy", ORDERS)
@pytest.mark.parametrize("name", ["hmm of few states", "chain, local", "trigram"])
def test_no_policy_depends_on_the_number_of_threads(monkeypatch, policy, name):
    make, scope = LANGUAGES[name]
    instance = Instance(make(), ORDERS[policy], off_support_scope=scope)
    monkeypatch.setattr(prepared, "TOKENS_A_PIECE", 100)
    drawn = []
    for count in (1, 3):
        monkeypatch.setattr(threads, "thread_count", lambda count=count: count)
        drawn.append(draw(instance, 30, seed=2).tobytes())
    assert drawn[0] == drawn[1]


def test_chunks_are_parts_of_the_same_sequences(monkeypatch):
    from maskbound.numerics.sampling import sampler

    instance = Instance(sparse_hmm(3, 3, 10), Bernoulli(3))
    monkeypatch.setattr(sampler, "TOKENS_A_CHUNK", 70)
    whole = draw(instance, 30, seed=6)
    assert (draw(instance, 9, seed=6) == whole[:9]).all()
    assert not (whole[:7] == whole[7:14]).all()


# Reveal times.


def test_reveal_times_follow_the_policy():
    u = np.random.default_rng(0).random((4000, 6))
    tau = Bernoulli(weights=["1/2", 0, "1/4", "1/4", 0]).reveal_times(u)
    shares = np.bincount(tau.reshape(-1), minlength=5) / tau.size
    # Six standard deviations of a share of 24000 numbers.
    assert (np.abs(shares - [0.5, 0, 0.25, 0.25, 0]) < 6 * 0.5 / math.sqrt(24000)).all()
    assert shares[1] == shares[4] == 0
    sized = FixedSize([2, 0, 3, 1]).reveal_times(u)
    assert (np.sort(sized, axis=1) == [0, 0, 2, 2, 2, 3]).all()
    assert len(np.unique(sized, axis=0)) == 60
    assert (FixedSets([[5, 0], [1, 2], [3, 4]]).reveal_times(u) == [0, 1, 1, 2, 2, 0]).all()


def test_positions_by_step_stay_in_order():
    tau = np.array([[2, 0, 1, 0], [0, 0, 0, 0]])
    for steps in (3, 10**6):
        assert _by_step(tau, steps).tolist() == [[1, 3, 2, 0], [0, 1, 2, 3]]


# Zeros, extremes, refusals.


def test_nothing_impossible_is_drawn_one_token_at_a_time():
    for make, scope in LANGUAGES.values():
        language = make()
        instance = Instance(language, random_order(language.length), off_support_scope=scope)
        assert language.in_support(draw(instance, 50, seed=0)).all()


def mixture(likelihood: float, last: float) -> HMM:
    """Two hidden states that never change; only the second can show token 2."""
    return HMM(9, [0.5, 0.5], [[1, 0], [0, 1]], [[1 - last, last, 0], [likelihood, 0.5, 0.5 - likelihood]])


def forced(language: HMM, x: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """One step that draws x, by numbers in the middle of each token's share of its marginal."""
    rows = language.marginals()
    u = np.array([[(rows[i, :v].sum() + rows[i, v] / 2) / rows[i].sum() for i, v in enumerate(x)]])
    return drawer_for(language, 1).draw(np.zeros((1, len(x)), np.int64), 1, u)


@pytest.mark.parametrize("tree", [True, False])
def test_vanishing_posteriors_are_not_taken_for_contradictions(monkeypatch, tree):
    """Eight tokens leave the second state 1e-400 of the first; the ninth is impossible for the first alone."""
    if not tree:
        monkeypatch.setattr(prepared, "TREE_BYTES", 0)
    with pytest.raises(BeyondReach, match="range of float64"):
        forced(mixture(1e-50, 0), [0] * 8 + [2])
    tokens, broke = forced(mixture(1e-50, 1e-3), [0] * 9)
    assert tokens.tolist() == [[0] * 9]
    assert broke[0, 0] == prepared.NEVER


@pytest.mark.parametrize("tree", [True, False])
def test_contradictions_beside_vanishing_posteriors_are_found(monkeypatch, tree):
    if not tree:
        monkeypatch.setattr(prepared, "TREE_BYTES", 0)
    language = HMM(4, [0.5, 0.5], [[1, 0], [0, 1]], [[0.5, 0.5, 0], [0, 0.5, 0.5]])
    assert forced(language, [0, 1, 1, 2])[1].tolist() == [[0]]
    assert forced(language, [1, 1, 1, 2])[1].tolist() == [[prepared.NEVER]]


def test_entries_beyond_float64_leave_the_kernel_aside():
    assert drawer_for(markov([0.5, 0.5], [[1 - 1e-100, 1e-100], [0, 1]], 5), 1) is not None
    slow = markov([1, 0, 0], [[1 - 1e-73, 1e-73, 0], [0, 1 - 1e-73, 1e-73], [0, 0, 1]], 3)
    assert drawer_for(slow, 1) is None
    assert_follows(Instance(slow, Bernoulli(2)), draw(Instance(slow, Bernoulli(2)), 500, seed=1))


def test_step_by_step_in_several_batches(monkeypatch):
    from maskbound.numerics.sampling import sampler

    instance = Instance(pair(2, 4), Bernoulli(3), Perturbed("uniform", "1/7"))
    assert isinstance(sampler_for(instance), StepwiseSampler)
    monkeypatch.setattr(sampler, "CELLS_A_CHUNK", 8 * 7)
    chunk = sampler_for(instance).chunk(3000, np.random.default_rng(2))
    assert_follows(replace(instance, off_support_scope="global"), chunk.tokens)
    assert chunk.on_support is None


@pytest.mark.parametrize("denoiser", [Exact(), Perturbed("uniform", "1/7")], ids=["kernel", "step by step"])
def test_sequences_do_not_depend_on_how_many_are_taken_at_a_time(denoiser):
    instance = Instance(pair(2, 4), Bernoulli(3), denoiser, off_support="marginal", off_support_scope="global")
    sampler = sampler_for(instance)
    sampler.rows = 20
    parts, whole = Stream(sampler, 7), [sampler.chunk(20, np.random.default_rng([7, index])) for index in range(2)]
    found, counts = [], []
    while sum(counts) < 40:
        found.append(parts.take(3))
        counts.append(len(found[-1].tokens))
    # The last part of a chunk is what it has left.
    assert counts == ([3] * 6 + [2]) * 2 if isinstance(sampler, CompiledSampler) else [20, 20]
    for name in ("tokens", "possible"):
        assert (
            np.concatenate([getattr(one, name) for one in found])
            == np.concatenate([getattr(one, name) for one in whole])
        ).all()


def test_stop_is_refused():
    with pytest.raises(BadInput, match="abandons"):
        draw(Instance(pair(2, 4), Bernoulli(2), off_support="stop"), 3, seed=0)


def test_abandoned_sequences_keep_their_masks():
    instance = Instance(pair(3, 30), Bernoulli(5), off_support="stop")
    chunk = sampler_for(instance).chunk(200, np.random.default_rng(0))
    masked = (chunk.tokens == 3).any(axis=1)
    assert masked.any()
    assert not chunk.possible[masked].any()
    assert (masked == ~chunk.on_support).all()


def test_what_does_not_fit_the_memory_is_refused_first():
    with pytest.raises(BeyondReach, match="TB"):
        draw(Instance(pair(2, 10**4), Bernoulli(2)), 10**9, seed=0)


def test_local_scope_needs_intervals_or_blocks():
    with pytest.raises(BadInput, match="off_support_scope"):
        draw(Instance(sparse_hmm(2, 2, 4), Bernoulli(2), off_support_scope="local"), 3, seed=0)
