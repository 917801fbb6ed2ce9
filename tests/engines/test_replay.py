"""KL, PATH_KL and steps of adaptive policies from sequences, against the exact laws of small languages."""

from __future__ import annotations

import pytest

from maskbound.numerics import languages, policies
from maskbound.numerics.engines.workspace import Request, Workspace
from maskbound.numerics.errors import BadInput
from maskbound.numerics.instances import Instance
from maskbound.numerics.metrics import measure, measure_one

CHAIN = languages.markov(["1/2", "1/3", "1/6"], [["9/10", "1/10", 0], [0, "1/4", "3/4"], ["1/3", "1/3", "1/3"]], 6)
SAMPLES = 4000
"""Sequences; an interval fails with probability 1e-6, the default, and the seed is always the same."""


def instance(**keys) -> Instance:
    return Instance(CHAIN, policies.Adaptive(6, **{"score": "confidence", "order": "choose-then-sample", **keys}))


RULES = {
    "sizes": {"steps": 3},
    "blocks": {"score": "margin", "steps": 4, "block_length": 3},
    "threshold": {"threshold": "1/2"},
    "entropy bound": {"score": "entropy", "entropy_bound": "4/5"},
}


def drawn_by(engine, subject, quantity):
    """Scores that overlap here are equal ones."""
    return measure_one(Workspace(subject, Request(samples=SAMPLES, equal_scores=True)), quantity, engine)


@pytest.mark.parametrize("rule", RULES)
def test_replay_encloses_kl(rule):
    subject = instance(**RULES[rule])
    for quantity in ("kl", "path_kl"):
        drawn = drawn_by("replay", subject, quantity)
        exact = measure(subject, [quantity], engine="adaptive")[quantity]
        assert drawn.lo <= exact.lo <= exact.hi <= drawn.hi
        assert drawn.lo > 0
    assert drawn.kind == "statistical"


def test_drawn_ties_have_a_path_kl_only():
    subject = Instance(languages.pair(2, 4), policies.Adaptive(4, score="confidence", sizes=[2, 2], ties="random"))
    drawn = drawn_by("replay", subject, "path_kl")
    exact = measure(subject, ["path_kl"], engine="adaptive")["path_kl"]
    assert drawn.lo <= exact.value <= drawn.hi
    with pytest.raises(BadInput, match="several histories"):
        measure(subject, ["kl"], engine="replay")


def test_another_policys_kl_is_outside():
    drawn = drawn_by("replay", instance(steps=3), "kl")
    other = measure(instance(steps=1), ["kl"], engine="adaptive")["kl"]
    assert not drawn.contains(other.value)


def test_what_cannot_be_replayed_is_refused():
    with pytest.raises(BadInput, match="chosen before their tokens"):
        measure(instance(order="sample-then-choose", steps=3), ["kl"], engine="replay")
    with pytest.raises(BadInput, match="temperature 1"):
        measure(instance(steps=3, temperature=2), ["path_kl"], engine="replay")


@pytest.mark.parametrize("rule", ["threshold", "entropy bound"])
def test_steps_are_counted(rule):
    subject = instance(**RULES[rule])
    drawn = drawn_by("sampled", subject, "expected_steps")
    exact = measure(subject, ["expected_steps"], engine="adaptive")["expected_steps"]
    assert drawn.lo <= exact.value <= drawn.hi
    assert drawn.width < 1
