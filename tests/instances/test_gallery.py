"""The gallery: everything that ships loads, is what its name says, and covers every kind."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import numpy as np
import pytest

from maskbound.numerics import languages
from maskbound.numerics.errors import BadInput
from maskbound.numerics.instances import Instance, Pair, dump, explicit_spec, from_spec, parse
from maskbound.numerics.instances.gallery import load_gallery, names, pair_names
from maskbound.numerics.instances.pairs import RELATIONS
from maskbound.numerics.languages import LanguageTable
from maskbound.numerics.languages.kind import FileTable
from maskbound.numerics.policies import PolicyTable
from maskbound.theory import SUBJECT_RELATIONS, statements

LARGEST_FAST_TABLE = 600_000
"""Sequences: 27^4 is the largest table that one engine pass does in well under a second."""


@pytest.mark.parametrize("name", names(slow=True))
def test_an_instance_is_called_as_its_file_and_survives_a_round_trip(name: str) -> None:
    instance = load_gallery(name)
    assert isinstance(instance, Instance)
    assert instance.name == name
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert parse(dump(instance)).spec == instance.spec


@pytest.mark.parametrize("name", names())
def test_a_fast_instance_is_small_and_explicit_to_the_last_bit(name: str) -> None:
    instance = load_gallery(name)
    assert instance.vocab**instance.length <= LARGEST_FAST_TABLE
    again = parse(explicit_spec(instance))
    assert again.language.rational == instance.language.rational
    assert np.array_equal(again.language.table(), instance.language.table())


@pytest.mark.parametrize("name", pair_names())
def test_a_pair_is_called_as_its_file(name: str) -> None:
    pair = load_gallery(name)
    assert isinstance(pair, Pair)
    assert pair.names == [f"{name}-first", f"{name}-second"]


RANDOM = {
    "random-bigram-long": languages.random_ngram(2, 8, 512, seed=1),
    "random-trigram-long": languages.random_ngram(3, 8, 512, seed=1),
    "random-fourgram-long": languages.random_ngram(4, 8, 512, seed=1),
    "random-hmm-long": languages.random_hmm(8, 8, 512, seed=14),
}


@pytest.mark.parametrize("name", RANDOM)
def test_a_random_language_is_drawn_as_its_file_says(name: str) -> None:
    stored, drawn = load_gallery(name).language, RANDOM[name]
    assert repr(stored) == repr(drawn)
    laws = ["initial", "transition", *(["emission"] if "hmm" in name else [])]
    assert all((getattr(stored, law).fractions == getattr(drawn, law).fractions).all() for law in laws)
    assert (drawn.transition.values == 0).mean() == 0.5


def test_names_are_sorted_distinct_and_split_by_speed() -> None:
    fast, every = names(), names(slow=True)
    assert every[: len(fast)] == fast == sorted(fast)
    assert len({*every, *pair_names()}) == len(every) + len(pair_names())
    assert len(every) > len(fast) >= 30


def test_every_kind_has_an_instance() -> None:
    """All kinds but those that need a file of the reader's own."""
    specs = [dump(load_gallery(name)) for name in names()]
    assert {spec["language"]["kind"] for spec in specs} == set(LanguageTable.kinds()) - set(FileTable.kinds())
    assert {spec["policy"]["kind"] for spec in specs} == set(PolicyTable.kinds())
    assert {spec["denoiser"].get("noise", spec["denoiser"]["kind"]) for spec in specs} == {
        "exact",
        "uniform",
        "tilt",
        "peak",
        "learned",
    }
    assert {spec["denoiser"]["off_support"] for spec in specs} == {"uniform", "marginal", "stop"}
    assert {spec["policy"].get("schedule") for spec in specs} == {"uniform", "cosine", "geometric", None}


def test_an_unknown_name_is_answered_with_close_ones() -> None:
    with pytest.raises(BadInput, match="pair-bernoulli"):
        load_gallery("pair-bernouli")


def test_every_file_explains_itself() -> None:
    for entry in files("maskbound.numerics.instances.gallery").iterdir():
        if entry.name.endswith(".toml"):
            text = entry.read_text(encoding="utf-8")
            assert re.match(r"# [A-Z0-9]", text), entry.name
            assert tomllib.loads(text)["name"] == entry.name.removesuffix(".toml")


@pytest.mark.parametrize("identifier", [known.id for known in statements.values() if known.refuted_by])
def test_a_counterexample_is_a_spec(identifier: str) -> None:
    statement = statements[identifier]
    subject = from_spec(statement.counterexample, name=statement.refuted_by)
    assert isinstance(subject, Pair if statement.subjects == 2 else Instance)


def test_relations_are_those_of_the_theory() -> None:
    assert set(RELATIONS) == set(SUBJECT_RELATIONS)
