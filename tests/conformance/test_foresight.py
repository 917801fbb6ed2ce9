"""How many sequences a test needs is said before it, and is about what it takes."""

from __future__ import annotations

import re

import numpy as np
import pytest
from conformance.kinds import CHAIN, CLAIM, SIZES, L, Made
from conformance.right import Right

from maskbound.numerics import Instance, conform, languages, policies
from maskbound.numerics.conformance import Claim, default_tv
from maskbound.numerics.conformance.foresight import Needed
from maskbound.numerics.errors import BadInput

ROWS = ["1/2", "3/10", "1/5"]
ALPHA = 1e-6


def test_the_rate_is_the_divergence_of_the_tokens():
    """Independent tokens: L times that of one of them, in each call of two rows one and a half times."""
    claim = Claim(Instance(languages.iid(ROWS, L), policies.FixedSize([L])))
    c = np.array([0.5, 0.3, 0.2])
    cool = c ** (1 / 0.9)
    expected = 1.5 * L * float(c @ np.log(c * cool.sum() / cool))
    assert claim.foresight is not None
    assert claim.foresight.rates["temperature 0.9"] == pytest.approx(expected, rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("order", ["choose-then-sample", "sample-then-choose"])
def test_it_takes_about_as_many_sequences_as_were_foreseen(order):
    """Twice as many show it, a third does not: the evidence of n has a spread of about the root of twice its mean."""
    claim = Claim(Instance(CHAIN, policies.Adaptive(L, score="confidence", order=order, sizes=SIZES)))
    cool = Right(policies.Adaptive(L, score="confidence", order=order, sizes=SIZES, temperature="9/10"))
    n = claim.needed(500, ALPHA, 0.01).shows["temperature 0.9"]
    assert n is not None
    assert conform(claim, cool, samples=2 * n, seed=1).status == "differs"
    found = conform(claim, cool, samples=n // 3, seed=1)
    assert found.status == "inconclusive"
    assert found.needed.told() in found.account()


def test_the_number_to_ask_for_does_not_depend_on_how_many_are_to_be_drawn():
    claim = Claim(CLAIM)
    least = claim.needed()
    assert least.conforms is not None
    assert f"about {least.conforms} sequences (in 9 runs of 10): ask for as many" in least.told()
    for samples in (20, 2 * least.conforms):
        found = claim.needed(samples)
        assert (found.conforms, found.shows) == (least.conforms, least.shows)


@pytest.mark.slow
def test_nine_runs_of_ten_conform_with_as_many_as_are_foreseen():
    """Of 5 runs with seeds of their own at least 3; with probability 0.9 each that fails nine times in a thousand."""
    policy = policies.Adaptive(L, score="confidence", order="sample-then-choose", sizes=SIZES)
    claim = Claim(Instance(CHAIN, policy))
    asked = claim.needed(alpha=1e-2).conforms
    found = [conform(claim, Right(policy), samples=asked, alpha=1e-2, seed=seed).status for seed in range(5)]
    assert found.count("conforms") >= 3


def test_what_is_left_open_asks_for_more_than_was_drawn():
    claim = Claim(CLAIM)
    for samples in (20, 60):
        told = conform(claim, Right(CLAIM.policy), samples=samples).account()
        assert int(re.search(r"to decide: samples = (\d+)", told)[1]) > samples


def test_why_right_code_never_conforms_is_said():
    told = Needed(None, {}, None, ("temperature 0.9", "temperature 1.1")).told()
    assert "no number of sequences: its steps are as likely under temperature 0.9 and temperature 1.1" in told


def test_where_the_law_is_known_the_least_number_is_that_of_the_total_variation():
    claim = Claim(Instance(languages.iid(ROWS, 2), policies.FixedSize([2])))
    least = claim.needed(tv=0.05)
    assert least == claim.needed(least.conforms, ALPHA, 0.05)


def sharpened(logs):
    return np.where(logs == logs.max(axis=-1, keepdims=True), logs + 3, logs)


def third_first(log_c):
    return log_c[..., 2]


@pytest.mark.parametrize("kind", ["laws", "scores"])
def test_laws_and_scores_that_are_brought_are_named(kind):
    def code(oracle, count, seed):
        rng = np.random.default_rng(seed)
        x = np.full((count, oracle.length), oracle.mask_id)
        for size in SIZES:
            logs = oracle.logits(x)
            score = third_first(logs) if kind == "scores" else logs.max(axis=2)
            best = np.argsort(-np.where(x == oracle.mask_id, score, -np.inf), axis=1, kind="stable")[:, :size]
            rows = np.exp(sharpened(logs) if kind == "laws" else logs)
            total = rows.cumsum(axis=2)
            tokens = (total < rng.random((*x.shape, 1)) * total[..., -1:]).sum(axis=2)
            np.put_along_axis(x, best, np.take_along_axis(tokens, best, 1), 1)
        return x

    brought = Claim(CLAIM, laws={"sharpened": sharpened}, scores={"third first": third_first})
    part, name = {"laws": ("tokens", "sharpened"), "scores": ("positions", "by third first")}[kind]
    found = conform(brought, code, samples=200, seed=1)
    assert (found.status, found.components[part].seen) == ("differs", name)
    assert conform(CLAIM, code, samples=200, seed=1).components[part].seen != name


def test_what_is_no_law_is_bad_input():
    for brought in ({"laws": {"mine": lambda logs: logs[:, :1]}}, {"scores": {"mine": lambda log_c: log_c * np.nan}}):
        with pytest.raises(BadInput, match="mine: it returned shape"):
            conform(Claim(CLAIM, **brought), Made(), samples=20)


@pytest.mark.slow
def test_the_default_total_variation_is_one_that_right_code_shows():
    claim = Claim(Instance(languages.iid(["1/2", "1/2"], 6), policies.Bernoulli(steps=4)))
    wanted = [default_tv(claim, samples, 1e-6) for samples in (5_000_000, 1_200_000, 200_000, 60_000, 1000)]
    assert wanted == [0.01, 0.02, 0.05, 0.1, 0.1]
