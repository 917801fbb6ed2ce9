"""Steps of policies that draw their sizes first, and of those that mask again: exact, and mistakes are named."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from conformance.kinds import CHAIN
from conformance.kinds import L as LONG

from maskbound.numerics import Instance, conform, languages, policies
from maskbound.numerics.conformance import Oracle
from maskbound.numerics.conformance.drawn_sizes import drawn_sizes, lists_of, other_draws
from maskbound.numerics.conformance.foresight import right_code
from maskbound.numerics.conformance.sizes import remasking_law
from maskbound.numerics.conformance.steps import Transitions, claimed_positions, claimed_remasking, claimed_sizes
from maskbound.numerics.policies import Schedule

V, L = 2, 3
ROUNDING = 1e-12
LISTS = [[1, 2, 0, 1], [2, 1, 1, 0], [1, 0, 2, 1], [4, 0, 0, 0]]
MIXTURE = policies.MixtureOfSizes(LISTS, ["1/2", "1/4", "1/8", "1/8"])
REMASKING = policies.Remasking(Schedule.uniform(3), ["0", "1/4", "0"])


def test_sizes_that_were_drawn_first_have_their_law_whatever_came_before():
    """Of all sequences of sizes without the empty steps; the law of each is the sum over its lists."""
    seen = [(1, 2, 1), (2, 1, 1), (4,), (1, 1)]
    size = np.array([k for each in seen for k in each])
    row = np.repeat(np.arange(len(seen)), [len(each) for each in seen])
    laws = {"claim": lists_of(MIXTURE), **other_draws(MIXTURE)}
    for lists in laws.values():
        found = np.exp(np.bincount(row, drawn_sizes(lists, size, row)))
        expected = [sum(p for p, each in lists if each == wanted) for wanted in seen]
        assert np.abs(found - expected).max() < ROUNDING
        assert found.sum() == pytest.approx(1, abs=ROUNDING)
    # Two of the lists look alike.
    assert len(laws) == 1 + 2 * 3


def test_a_step_that_masks_again_has_the_probability_that_the_policy_gives_it():
    language = languages.markov(["2/3", "1/3"], [["3/4", "1/4"], ["2/5", "3/5"]], L)
    oracle = Oracle(Instance(language, REMASKING))
    outcomes = np.array(list(product(range(V + 1), repeat=L)))
    for step, y in product((1, 2, 3), outcomes):
        n = len(outcomes)
        logits = np.repeat(oracle.logits(y[None]), n, axis=0)
        seen = Transitions(np.repeat(y[None], n, axis=0), outcomes, logits, np.full(n, step), np.full(n, 3))
        own, place = np.nonzero(seen.chosen)
        tokens = np.bincount(own, logits[own, place, outcomes[own, place]], minlength=n)
        changed = (seen.changed & ~seen.remasked).any(axis=1)
        law = claimed_sizes(REMASKING, seen) + claimed_positions(REMASKING, seen) + tokens
        found = np.where(changed, 0, np.exp(law + claimed_remasking(REMASKING, seen)))
        expected = dict.fromkeys(map(tuple, outcomes.tolist()), 0.0)
        for probability, reached, _ in REMASKING.transitions(step, tuple(y.tolist()), np.exp(logits[0])):
            expected[reached] += probability
        assert np.abs(found - list(expected.values())).max() < ROUNDING
        before = np.array([[3.0], [10.0]]) + np.zeros((2, n))
        learned = remasking_law(REMASKING, seen, before, seen.remasked.sum(axis=1), (~seen.masked).sum(axis=1))
        kept = (seen.chosen | seen.changed & ~seen.remasked).any(axis=1)
        assert np.exp(learned)[~kept].sum() == pytest.approx(1, abs=ROUNDING)


WEIGHTS = ["3/4", "1/4"]
SIZES = [[5, 5, 3], [3, 5, 5]]
SIGMA = ["0", "1/10", "1/10", "0"]
FOUR = Schedule.uniform(4)
CASES = {
    "sizes": (policies.MixtureOfSizes(SIZES, WEIGHTS), policies.MixtureOfSizes(SIZES, WEIGHTS[::-1])),
    "revealed": (policies.Remasking(FOUR, SIGMA), policies.Remasking(FOUR, ["0", "1/3", "1/3", "0"])),
}


@pytest.mark.parametrize("part", CASES)
def test_right_code_passes_and_other_hazards_or_weights_are_named(part):
    claimed, other = CASES[part]
    instance = Instance(CHAIN, claimed)
    assert CHAIN.length == LONG
    found = conform(instance, right_code(instance), samples=200, seed=3)
    assert found.status != "differs"
    assert found.followed == 200
    assert all(component.as_claimed for component in found.components.values())
    found = conform(instance, right_code(Instance(CHAIN, other)), samples=400, seed=3)
    assert found.status == "differs"
    assert not found.components[part].as_claimed


def test_code_that_changes_a_token_where_masking_again_is_claimed_is_refuted():
    right = right_code(Instance(CHAIN, CASES["revealed"][0]))

    def code(oracle, count, seed):
        x = right(oracle, count, seed)
        x[:, 0] = (x[:, 0] + 1) % oracle.vocab
        return x

    found = conform(Instance(CHAIN, CASES["revealed"][0]), code, samples=40, seed=3)
    assert (found.status, found.log_evidence) == ("differs", np.inf)
    assert found.components["revealed"].seen == "changed"
