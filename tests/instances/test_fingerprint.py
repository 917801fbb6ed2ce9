"""Fingerprints tell instances apart, and nothing else."""

from __future__ import annotations

import pytest

from maskbound.numerics import Instance, languages, policies
from maskbound.numerics.errors import BadInput
from maskbound.numerics.instances import load, parse

CHAIN = {"kind": "markov", "length": 4, "initial": ["1/2", "1/2"], "transition": [["1/3", "2/3"], ["1", "0"]]}
STEPS = {"kind": "bernoulli", "steps": 3}


def test_it_does_not_depend_on_names_spelling_or_order():
    first = parse({"name": "one", "language": CHAIN, "policy": STEPS})
    respelt = CHAIN | {"transition": [["2/6", "4/6"], [1, 0]]}
    second = parse({"policy": dict(reversed(STEPS.items())), "denoiser": {"kind": "exact"}, "language": respelt})
    assert first.fingerprint == second.fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"language": CHAIN | {"length": 5}},
        {"language": CHAIN | {"transition": [["1/3", "2/3"], ["2/3", "1/3"]]}},
        {"policy": STEPS | {"steps": 4}},
        {"policy": {"kind": "fixed-size", "sizes": [2, 1, 1]}},
        {"denoiser": {"off_support": "marginal"}},
        {"denoiser": {"kind": "perturbed", "noise": "uniform", "strength": "1/7"}},
    ],
)
def test_it_depends_on_everything_else(change):
    spec = {"language": CHAIN, "policy": STEPS}
    assert parse(spec | change).fingerprint != parse(spec).fingerprint


def test_it_is_the_same_on_every_machine():
    """A stored value: a database outlives the process that filled it."""
    assert parse({"language": CHAIN, "policy": STEPS}).fingerprint == "0e40785a83570f262196f350731289c3"


def test_a_file_counts_by_its_content(tmp_path):
    found = []
    for folder, text in (("a", "abab" * 9), ("b", "abab" * 9), ("c", "abba" * 9)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "text.txt").write_text(text)
        spec = tmp_path / folder / "x.toml"
        spec.write_text(
            'language = {kind = "text", path = "text.txt", alphabet = "ab", order = 1, length = 3}\n'
            'policy = {kind = "bernoulli", steps = 2}\n'
        )
        found.append(load(spec).fingerprint)
    assert found[0] == found[1] != found[2]


def test_an_instance_made_in_code_has_one():
    one, other = (Instance(languages.pair(2, 4), policies.Bernoulli(steps=n)) for n in (2, 3))
    assert one.fingerprint == Instance(languages.pair(2, 4), policies.Bernoulli(steps=2), name="x").fingerprint
    assert one.fingerprint != other.fingerprint


def test_a_file_that_is_gone_is_said(tmp_path):
    (tmp_path / "text.txt").write_text("abab" * 9)
    language = {"kind": "text", "path": "text.txt", "alphabet": "ab", "order": 1, "length": 3}
    instance = parse({"language": language, "policy": STEPS}, tmp_path)
    (tmp_path / "text.txt").unlink()
    with pytest.raises(BadInput, match=r"text\.txt: the file cannot be read"):
        _ = instance.fingerprint
