"""Tokens with names: in files, in what is printed, and in what is read."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from maskbound.numerics import Instance, cli, languages, policies
from maskbound.numerics.errors import BadInput
from maskbound.numerics.instances.explicit import explicit_spec
from maskbound.numerics.instances.specfile import parse
from maskbound.numerics.languages import named, spelt
from maskbound.numerics.tables.results import read_sequences

SPEC = {
    "name": "toy",
    "language": {
        "kind": "markov",
        "length": 2,
        "tokens": ["<unk>", "a b", "0"],
        "initial": ["1/2", "1/4", "1/4"],
        "transition": [["1/2", "1/2", 0], [1, 0, 0], [0, 0, 1]],
    },
    "policy": {"kind": "bernoulli", "steps": 1},
}


def test_names_are_read_and_written_back():
    instance = parse(SPEC)
    assert instance.language.tokens == ("<unk>", "a b", "0")
    assert explicit_spec(instance)["language"]["tokens"] == ["<unk>", "a b", "0"]
    assert parse(instance.spec).language.tokens == instance.language.tokens
    nameless = parse({**SPEC, "language": {key: value for key, value in SPEC["language"].items() if key != "tokens"}})
    assert nameless.language.tokens is None
    assert nameless.fingerprint == instance.fingerprint


def test_sequences_are_spelt():
    toy = parse(SPEC).language
    assert spelt(toy, [0, 1]) == "<unk> 'a b'"
    assert spelt(toy, [2, 3]) == "0 MASK"
    letters = named(languages.pair(2, 4), ["x", " "])
    assert spelt(letters, np.array([0, 0, 1, 1])) == "'xx  '"
    assert spelt(letters, [0, 0, 2, 1]) == "x x MASK ' '"
    assert spelt(languages.pair(2, 2), [0, 2]) == "0 MASK"
    assert spelt(languages.Blocks(letters, 1), [0, 0, 1, 1]) == "'xx  '"
    assert languages.english_ngram(2, 3).tokens[26] == " "


def test_sequences_are_read_by_name():
    toy = Instance(named(languages.pair(3, 2), ["<unk>", "0", ","]), policies.Bernoulli(1))
    found = read_sequences("<unk> 0\n, ,\n<unk>,0\n2 1\n", toy)
    # A line is read by names where all its words are names, else by numbers.
    assert found.tolist() == [[0, 1], [2, 2], [0, 1], [2, 1]]
    for line in ("<unk> zzz", "<unk>", "<unk> 0 0", "3 1", "<unk> 2"):
        with pytest.raises(BadInput, match=r"line 1: found .* 2 of their names are accepted"):
            read_sequences(line, toy)


@pytest.mark.parametrize(
    ("tokens", "complaint"),
    [
        (["a", "b"], "tokens: found 2 names; one for each of the 3 tokens"),
        (["a", "b", "a"], r"tokens\[2\]: found 'a', as in tokens\[0\]"),
        (["a", "", "b"], r"tokens\[1\]: found"),
        (["a", "\n", "b"], r"tokens\[1\]: found"),
        (["a", 1, "b"], r"tokens\[1\]: found 1"),
        ("abc", "tokens: found"),
    ],
)
def test_names_that_are_none_are_refused(tokens, complaint):
    with pytest.raises(BadInput, match=complaint):
        parse({**SPEC, "language": {**SPEC["language"], "tokens": tokens}})
    with pytest.raises(BadInput, match=complaint):
        named(languages.pair(3, 2), tokens)


def test_the_command_prints_names(tmp_path):
    path, lines = tmp_path / "toy.json", tmp_path / "lines.txt"
    path.write_text(json.dumps(SPEC))
    lines.write_text("<unk> <unk>\n")

    def printed(*more: str) -> str:
        found = CliRunner().invoke(cli.app, ["law", str(path), *more])
        assert found.exit_code == 0, found.stderr
        return found.stdout

    assert "<unk> 'a b'" in printed()
    assert json.loads(printed("--json"))["tokens"] == ["<unk>", "a b", "0"]
    found = json.loads(printed("--sequences", str(lines), "--json"))
    assert found["sequences"][0]["sequence"] == [0, 0]
    assert found["tokens"] == ["<unk>", "a b", "0"]
