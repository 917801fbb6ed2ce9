"""Every usual mistake, made by code, is caught and named; code without one is not flagged."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from by_default import rest_slow
from conformance.code import Code, bernoulli

from maskbound.numerics import Instance, conform, languages, policies
from maskbound.numerics.conformance import Claim
from maskbound.numerics.instances.gallery import load_gallery

ENOUGH, MANY = 4_000, 20_000
ALPHA = 1e-6
RIGHT = Code(sizes=(2, 2, 1))
LANGUAGE = load_gallery("markov-lopsided").language


prepared = cache(Claim)


def claim(**changes):
    arguments = {"score": "confidence", "sizes": [2, 2, 1]} | changes
    return Instance(LANGUAGE, policies.Adaptive(5, **arguments))


PLAIN = claim()
COOL = claim(temperature="1/2")
TIED = Instance(languages.colouring(5), policies.Adaptive(5, score="confidence", sizes=[2, 2, 1]))
BLOCKS = Instance(
    languages.markov(LANGUAGE.initial, LANGUAGE.transition, 6),
    policies.Adaptive(6, score="confidence", sizes=[2, 1], block_length=3),
)

MISTAKES = {
    "draw before choose": (PLAIN, replace(RIGHT, propose=True)),
    "choose before draw": (claim(order="sample-then-choose"), RIGHT),
    "ties to the last position": (TIED, replace(RIGHT, last_of_ties=True)),
    "all of equal scores at once": (TIED, Code(sizes=(2, 2, 1), all_of_ties=True)),
    "leftover masks by argmax": (PLAIN, Code(sizes=(1, 1, 1), fill_rest=True)),
    "temperature ignored": (COOL, RIGHT),
    "temperature applied to the score": (COOL, replace(RIGHT, temperature=0.5, score_drawn=True)),
    "top-2 left on": (PLAIN, replace(RIGHT, top=2)),
    "top-2 left on, in the scores too": (PLAIN, replace(RIGHT, top=2, score_drawn=True)),
    "nucleus 0.9 left on, in the scores too": (PLAIN, replace(RIGHT, nucleus=0.9, score_drawn=True)),
    "nucleus 0.9 without the token that crosses, in the scores too": (
        claim(order="sample-then-choose"),
        replace(RIGHT, propose=True, nucleus=0.9, drop_crossing=True, score_drawn=True),
    ),
    "nucleus 0.9 left on": (PLAIN, replace(RIGHT, nucleus=0.9)),
    "nucleus 0.9 without the token that crosses": (PLAIN, replace(RIGHT, nucleus=0.9, drop_crossing=True)),
    "one token a step": (PLAIN, Code(sizes=(1,) * 5)),
    "one token too many a step": (PLAIN, replace(RIGHT, sizes=(3, 2))),
    "one token too few a step": (PLAIN, replace(RIGHT, sizes=(1, 1, 3))),
    "masks of an equally long prompt counted in the budget": (PLAIN, replace(RIGHT, sizes=(4, 1))),
    "the previous step's conditionals reused": (PLAIN, replace(RIGHT, stale=True)),
    "blocks ignored": (BLOCKS, Code(sizes=(2, 1, 2, 1))),
    "fixed-size": (PLAIN, replace(RIGHT, by_confidence=False)),
    "bernoulli": (PLAIN, bernoulli(3)),
    "autoregressive": (PLAIN, Code(sizes=(1,) * 5, block=1)),
}
"""Name in the catalogue to the claim and the code that makes the mistake."""

DRAWN, BEFORE = "by probability of the drawn token", "tokens are drawn before the choice"
SEEN = {
    "draw before choose": {"positions": DRAWN, "draw_before_choice": BEFORE},
    "choose before draw": {"positions": "by largest probability"},
    "ties to the last position": {"positions": "by largest probability, ties: highest position first"},
    "all of equal scores at once": {"sizes": "5 (all at once)"},
    "leftover masks by argmax": {"sizes": "1, 1, 1, 2", "tokens": "the likeliest token at the last step"},
    "temperature ignored": {"tokens": "temperature 0.84 to 1.17"},
    "temperature applied to the score": {"positions": "by largest probability, in the law drawn from"},
    "top-2 left on": {"tokens": "top-2"},
    # The largest probability stays the largest, so that the scores are in the same order.
    "top-2 left on, in the scores too": {"tokens": "top-2"},
    "nucleus 0.9 left on, in the scores too": {
        "positions": "by largest probability, in the law drawn from",
        "tokens": "nucleus 0.9",
    },
    "nucleus 0.9 without the token that crosses, in the scores too": {
        "positions": f"{DRAWN}, in the law drawn from",
        "tokens": "nucleus 0.9 without the token that crosses",
    },
    "nucleus 0.9 left on": {"tokens": "nucleus 0.9"},
    "nucleus 0.9 without the token that crosses": {"tokens": "nucleus 0.9 without the token that crosses"},
    "one token a step": {"sizes": "1, 1, 1, 1, 1 (one at a time)"},
    "one token too many a step": {"sizes": "3, 2 (one more a step)"},
    "one token too few a step": {"sizes": "1, 1, 3 (the remainder last)"},
    "masks of an equally long prompt counted in the budget": {"sizes": "4, 1"},
    "the previous step's conditionals reused": {
        "positions": "by largest probability, of the previous step",
        "tokens": "the conditionals of the previous step",
    },
    "blocks ignored": {"positions": "by largest probability, blocks ignored"},
    "fixed-size": {"positions": "uniformly at random"},
    "bernoulli": {
        "sizes": "vary: 2, 1, 2 in 70 of 500 sequences, 11 kinds in all",
        "positions": "uniformly at random",
    },
    "autoregressive": {"sizes": "1, 1, 1, 1, 1 (one at a time)"},
}
"""What is said of each component that is not as claimed, from the steps of 500 sequences."""


def kinds_of_mistake(name):
    """Its components, and the claim."""
    return [*SEEN[name], id(MISTAKES[name][0])]


RIGHTS = {
    "confidence": (PLAIN, RIGHT),
    "proposals": (claim(order="sample-then-choose"), replace(RIGHT, propose=True)),
    "temperature": (COOL, replace(RIGHT, temperature=0.5)),
    "ties": (TIED, RIGHT),
    "blocks": (BLOCKS, Code(sizes=(2, 1, 2, 1), block=3)),
    "fixed-size": (Instance(LANGUAGE, policies.FixedSize([2, 2, 1])), replace(RIGHT, by_confidence=False)),
    "bernoulli": (Instance(LANGUAGE, policies.Bernoulli(3)), bernoulli(3)),
}


@pytest.mark.parametrize("name", rest_slow(MISTAKES, kinds=kinds_of_mistake))
def test_a_mistake_is_caught_and_named(name):
    instance, code = MISTAKES[name]
    found = conform(prepared(instance), code, samples=ENOUGH, alpha=ALPHA, seed=1)
    assert found.status == "differs"
    assert found.log_evidence >= -np.log(ALPHA)
    assert name in found.closest[0][0].split(" = ")
    assert {part: seen.seen for part, seen in found.components.items() if not seen.as_claimed} == SEEN[name]


@pytest.mark.parametrize("name", rest_slow(RIGHTS, kinds=lambda name: [type(RIGHTS[name][0].policy)]))
def test_right_code_is_not_flagged(name):
    """At alpha = 1e-6 each, whatever the look."""
    instance, code = RIGHTS[name]
    found = conform(prepared(instance), code, samples=MANY, alpha=ALPHA, tv=0.01, seed=2)
    assert found.status == "inconclusive"
    assert not found.impossible
    assert not found.steps
    assert all(part.as_claimed for part in found.components.values())
    assert found.tv[1] == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["confidence", "bernoulli"])
def test_right_code_conforms(name):
    """To a total variation of 0.05."""
    instance, code = RIGHTS[name]
    assert conform(instance, code, samples=200_000, alpha=ALPHA, tv=0.05, seed=3).status == "conforms"
