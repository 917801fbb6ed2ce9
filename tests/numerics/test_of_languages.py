"""Quantities that are said to be a language's own do not depend on the policy or the denoiser."""

from __future__ import annotations

import pytest

from maskbound.numerics import measure
from maskbound.numerics.errors import MaskboundError
from maskbound.numerics.instances import parse
from maskbound.theory import claim, quantities

LANGUAGES = (
    {"kind": "pair", "vocab": 3, "length": 4},
    {
        "kind": "markov",
        "length": 4,
        "initial": ["2/3", "1/3"],
        "transition": [["1/2", "1/4"], ["1/5", "3/5"]],
        "end": ["1/4", "1/5"],
    },
    {
        "kind": "hmm",
        "length": 3,
        "initial": ["1/2", "1/2"],
        "transition": [["9/10", "1/10"], ["1/10", "9/10"]],
        "emission": [[1, 0, 0], [0, "1/2", "1/2"]],
    },
)
WAYS = (
    ({"kind": "bernoulli", "steps": 1}, {}),
    ({"kind": "fixed-size", "steps": 3}, {}),
    ({"kind": "autoregressive"}, {}),
    ({"kind": "adaptive", "score": "confidence", "order": "choose-then-sample", "threshold": "1/2"}, {}),
    ({"kind": "bernoulli", "steps": 2}, {"kind": "perturbed", "noise": "uniform", "strength": "1/4"}),
)


def values(language: dict, name: str) -> list:
    """Enclosures under every policy and denoiser with which it is known."""
    found = []
    for policy, denoiser in WAYS:
        instance = parse({"language": language, "policy": policy, "denoiser": denoiser})
        try:
            found.append(measure(instance, [name])[name])
        except MaskboundError:
            continue
    return found


@pytest.mark.parametrize("name", [name for name, each in quantities.items() if each.of_language])
def test_they_are_the_same_under_every_policy(name):
    met = [values(language, name) for language in LANGUAGES]
    assert any(len(found) >= 2 for found in met)
    for found in met:
        assert all(one.lo <= other.hi and other.lo <= one.hi for one in found for other in found)


def test_other_quantities_do_depend_on_it():
    found = values(LANGUAGES[1], "path_kl")
    assert any(one.hi < other.lo for one in found for other in found)


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("total_correlation <= (L - 1) * dual_total_correlation", True),
        ("entropy <= L * log(V)", True),
        ("hidden_chain_entropy <= L * log(K)", True),
        ("entropy <= N * log(V)", False),
        ("kl <= entropy", False),
        ("entropy <= entropy@2", False),
    ],
)
def test_claims_about_languages_alone(text, alone):
    assert claim(text).about_language is alone
