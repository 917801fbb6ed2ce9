"""The smallest number of steps for a target, held against closed forms and plain scans."""

from __future__ import annotations

import itertools
import math
import sys

import pytest

from maskbound.numerics import Instance, denoisers, languages, measure, policies
from maskbound.numerics.errors import BadInput, BeyondReach
from maskbound.numerics.planning import break_even
from maskbound.theory.schedule_polynomial import compositions

NOBODY = policies.Bernoulli(1)


def found(language, target, quantity):
    return {each.policy: each for each in break_even(Instance(language, NOBODY), target, quantity)}


def test_pair_needs_the_steps_of_its_closed_form():
    """SER = 1 - (1 - (1 - 1/V)/N)^(L/2) for N uniform steps (known-answers.md), and (pair/ser-lower) that many are
    needed.
    """
    V, L, target = 16, 32, 0.5
    by_policy = found(languages.pair(V, L), target, "ser")
    correct = {N: (1 - (1 - 1 / V) / N) ** (L / 2) for N in range(1, L + 1)}
    smallest = min(N for N, probability in correct.items() if probability >= 1 - target)
    uniform = by_policy["uniform Bernoulli"]
    assert uniform.steps == smallest
    assert uniform.smallest
    assert uniform.price == L / smallest
    # No two neighbours come in one step of bisection, so that p = q.
    assert by_policy["bisection"].steps == math.ceil(math.log2(L + 1))
    assert by_policy["autoregressive"].steps == L
    # Fixed sizes need no more.
    assert by_policy["best fixed-size"].steps <= smallest


def test_a_target_beyond_L_steps_has_no_answer():
    by_policy = found(languages.pair(16, 32), 0.01, "ser")
    assert by_policy["uniform Bernoulli"].steps is None
    assert by_policy["uniform Bernoulli"].price is None
    assert by_policy["best fixed-size"].steps <= 32


def test_ter_gaps_of_a_chain_are_enough_by_path_kl():
    L, target = 128, 0.05
    english = languages.english_ngram(2, L, 1)
    by_policy = found(english, target, "ter_gap")
    for name, policy in (("uniform Bernoulli", policies.Bernoulli), ("best fixed-size", None)):
        answer = by_policy[name]
        assert answer.value.hi <= L * target
        assert not answer.smallest
        if policy:
            path = [measure(Instance(english, policy(N)), ["path_kl"])["path_kl"] for N in range(1, answer.steps + 1)]
            assert path[-1].hi <= L * target
            assert all(one.hi > L * target for one in path[:-1])
    assert by_policy["best fixed-size"].steps <= by_policy["uniform Bernoulli"].steps


def test_permutations_need_the_steps_of_their_closed_form():
    """Every policy of sizes s is correct with probability ``prod_k (n_k)_{s_k} / n_k^{s_k}``, bisection too
    (permutations/birthday).
    """

    def error(sizes) -> float:
        left = [4 - before for before in itertools.accumulate(sizes, initial=0)]
        return 1 - math.prod(math.perm(n, s) / n**s for n, s in zip(left, sizes, strict=False))

    for target in (0.5, 0.2):
        by_policy = found(languages.permutations(4), target, "ser")
        sized = by_policy["best fixed-size"]
        assert sized.smallest
        assert sized.steps == min(len(c) for c in compositions(4) if error(c) <= target)
        assert (by_policy["bisection"].steps == 3) == (error((1, 2, 1)) <= target)


def test_wrong_requests_are_refused():
    instance = Instance(languages.pair(2, 4), NOBODY)
    with pytest.raises(BadInput, match="quantity: found 'kl'"):
        break_even(instance, 0.5, "kl")
    with pytest.raises(BadInput, match="target"):
        break_even(instance, -1, "ser")
    with pytest.raises(BadInput, match="denoiser: it is not exact"):
        break_even(Instance(languages.pair(2, 4), NOBODY, denoisers.Perturbed("uniform", "1/2")), 0.5, "ser")


def test_what_nothing_measures_is_refused(monkeypatch):
    monkeypatch.setattr(sys.modules["maskbound.numerics.planning.break_even"], "_methods", lambda *about: [])
    # Without time every method is out of reach.
    monkeypatch.setattr(sys.modules["maskbound.numerics.planning.break_even"], "SECONDS", 1e-12)
    with pytest.raises(BeyondReach, match="ser of instance"):
        break_even(Instance(languages.pair(2, 4), NOBODY), 0.5, "ser")


def test_a_length_that_would_be_scanned_for_hours_is_refused():
    with pytest.raises(BeyondReach, match="every number of steps up to L=100000 would be tried"):
        break_even(Instance(languages.pair(2, 10**5), NOBODY), 0.5, "ser")
