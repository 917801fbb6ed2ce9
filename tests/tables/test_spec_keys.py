"""The reference of keys is that of the tables themselves, and what it says is accepted."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from maskbound.numerics import cli
from maskbound.numerics.errors import BadInput
from maskbound.numerics.instances import parse
from maskbound.numerics.languages import LanguageTable, read_language
from maskbound.numerics.policies import PolicyTable
from maskbound.numerics.tables.spec_keys import spec_keys


def test_every_kind_is_there():
    kinds = {row[1] for row in spec_keys().rows}
    assert {*LanguageTable.kinds(), *PolicyTable.kinds()} <= kinds


def test_the_keys_of_a_hidden_markov_model():
    rows = {row[2]: row for row in spec_keys("hmm").rows if row[1] == "hmm"}
    assert {"length", "initial", "transition", "emission"} <= set(rows)
    assert rows["length"][3:] == ("whole number", "needed")
    assert {row[2] for row in spec_keys("adaptive").rows if row[4] == "needed"} == {"score", "order"}


def test_a_kind_that_is_not_there():
    with pytest.raises(BadInput, match="hmm"):
        spec_keys("hidden")
    assert CliRunner().invoke(cli.app, ["keys", "hmm"]).exit_code == 0


def test_ngrams_say_where_those_of_english_are():
    note = spec_keys("ngram").notes[0]
    table = tomllib.loads(note.rpartition(": ")[2])
    table["policy"] = {"kind": "bernoulli", "steps": 2}
    assert parse(table).vocab == 27


@pytest.mark.parametrize("kind", ["hmm", "padded", "learned"])
def test_one_kind_comes_with_an_example_that_is_read(kind):
    part = {"learned": "denoiser"}.get(kind, "language")
    example = spec_keys(kind).notes[0].partition(": ")[2]
    table = tomllib.loads(f"x = {{{example}}}")["x"]
    spec = {"language": {"kind": "pair", "vocab": 2, "length": 4}, "policy": {"kind": "bernoulli", "steps": 2}}
    assert parse(spec | {part: table}).spec[part]["kind"] == kind


@pytest.mark.parametrize("kind", ["text", "ngram"])
def test_a_text_file_is_found_where_one_looks(kind):
    assert 'kind = "text"' in " ".join(spec_keys(kind).notes)
    with pytest.raises(BadInput, match='"text" counts the letters of a text file'):
        read_language({"kind": "corpus", "path": "mine.txt"}, Path())
