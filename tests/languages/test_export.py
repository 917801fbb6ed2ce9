"""What is written for other programs is read back as the same law."""

from __future__ import annotations

import math
from pathlib import Path
from random import Random

import numpy as np
import pytest
from formats import files
from oracles import ending
from oracles.formats import random_law, random_ngram
from oracles.languages import random_row
from typer.testing import CliRunner

from maskbound.numerics import cli, languages, load
from maskbound.numerics.errors import BadInput
from maskbound.numerics.formats.arpa import read_arpa
from maskbound.numerics.instances import from_spec
from maskbound.numerics.languages.export import arpa_text, hidden_arrays
from maskbound.numerics.languages.token_names import named

CLOSE = 1e-10
"""Relative: each of at most five factors has twelve digits, and is one of a row of at least 1e-2."""


def chains(seed: int) -> languages.NGram:
    """An n-gram of order 1 to 3, which may end."""
    rng = Random(seed)
    order, V = rng.randint(1, 3), rng.randint(2, 3)
    L = rng.randint(max(1, order - 1), 4)
    contexts = V ** (order - 1)
    if order > 1 and rng.random() < 0.6:
        A, end = ending.random_rows(rng, contexts, V, 0.1)
        (initial,), (shorter,) = ending.random_rows(rng, 1, contexts, 0.1)
        if order == 3:
            initial, shorter = random_row(rng, contexts), None
        return languages.NGram(order, V, L, initial, A, end, shorter)
    rows = [random_law(rng, V, 0.2) for _ in range(contexts)]
    return languages.NGram(order, V, L, random_row(rng, contexts) if order > 1 else None, rows)


def assert_same(read: languages.Language, written: languages.Language) -> None:
    assert np.array_equal(read.support_table(), written.support_table())
    assert np.allclose(read.table(), written.table(), rtol=CLOSE, atol=0)
    assert math.isclose(read.log_length_probability, written.log_length_probability, abs_tol=CLOSE)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.filterwarnings("ignore::maskbound.numerics.errors.RowsRescaled")
def test_n_grams_as_arpa_files(seed: int, tmp_path: Path) -> None:
    language = chains(seed)
    path = tmp_path / "m.arpa"
    path.write_text(arpa_text(language))
    assert_same(languages.from_arpa(path, language.length, "exact" if language.ends else "drop"), language)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.filterwarnings("ignore::maskbound.numerics.errors.RowsRescaled")
def test_files_of_higher_orders_are_written_back(seed: int, tmp_path: Path) -> None:
    """A file of order 3 or 4, read as the chain of its contexts, written, and read again; with an end and without."""
    rng = Random(seed)
    p, backoff = random_ngram(rng, rng.choice((3, 4)), ["a", "b"])
    (tmp_path / "m.arpa").write_text(files.arpa(p, backoff))
    end = rng.choice(("exact", "drop"))
    language = languages.from_arpa(tmp_path / "m.arpa", 4, end)
    (tmp_path / "again.arpa").write_text(arpa_text(language))
    assert_same(languages.from_arpa(tmp_path / "again.arpa", 4, end), language)


def test_the_start_may_be_followed_by_the_end() -> None:
    language = languages.markov(["1/2", "1/4"], [["1/2", "1/4"], [0, "1/2"]], 2, end=["1/4", "1/2"], shorter="1/4")
    assert f"{math.log10(0.25):.15g}\t<s> </s>" in arpa_text(named(language, ["a", "b"]))


@pytest.mark.filterwarnings("ignore::maskbound.numerics.errors.RowsRescaled")
def test_hidden_models_as_arrays() -> None:
    rng = Random(1)
    A, end = ending.random_rows(rng, 3, 3, 0.1)
    B = [random_row(rng, 2) for _ in range(3)]
    pi = random_row(rng, 3)
    ends = languages.HMM(3, pi, A, B, end)
    plain = languages.HMM(3, pi, [random_row(rng, 3) for _ in range(3)], B)
    letters = languages.markov(["1/2", "1/2"], [["3/4", "1/4"], ["1/4", "3/4"]], 3)
    for language in (ends, plain, letters, languages.iid(["1/3", "2/3"], 3)):
        assert_same(languages.from_arrays(hidden_arrays(language), 3), language)


def test_what_has_no_place_there() -> None:
    with pytest.raises(BadInput, match="an ARPA file holds an n-gram"):
        arpa_text(languages.pair(2, 4))
    weather = languages.HMM(2, [0.5, 0.5], [[0.5, 0.5], [0.25, 0.75]], [[0.5, 0.5], [0.25, 0.75]])
    with pytest.raises(BadInput, match="this hidden chain has states of several tokens"):
        arpa_text(weather)
    never = languages.HMM(2, [0.5, 0.5, 0], [[0, 0, 1], [0.5, 0.5, 0], [1, 0, 0]], [[1], [1], [1]])
    with pytest.raises(BadInput, match="do not tell this hidden chain's state"):
        arpa_text(never)
    with pytest.raises(BadInput, match="found 'a b', which an ARPA file has no place for"):
        arpa_text(named(languages.iid(["1/2", "1/2"], 2), ["a b", "c"]))
    with pytest.raises(BadInput, match="this language is neither"):
        hidden_arrays(languages.pair(2, 4))
    with pytest.raises(BadInput, match="after which tokens a sequence is over"):
        arpa_text(languages.NGram(3, 1, 2, ["1/2"], [["1/2"]], ["1/2"], "1/2"))


@pytest.mark.filterwarnings("ignore::maskbound.numerics.errors.RowsRescaled")
def test_the_command(tmp_path: Path) -> None:
    p, backoff = random_ngram(Random(3), 3, ["a", "b"])
    (tmp_path / "m.arpa").write_text(files.arpa(p, backoff))
    spec = '[language]\nkind = "arpa"\npath = "m.arpa"\nlength = 3\n[policy]\nkind = "bernoulli"\nsteps = 2\n'
    (tmp_path / "x.toml").write_text(spec)
    given = load(tmp_path / "x.toml")
    for suffix in (".toml", ".json"):
        answer = CliRunner().invoke(
            cli.app, ["convert", str(tmp_path / "x.toml"), "--to", str(tmp_path / f"y{suffix}")]
        )
        assert answer.exit_code == 0, answer.output
        found = load(tmp_path / f"y{suffix}")
        assert (found.language.exact_table() == given.language.exact_table()).all()
        assert found.language.tokens == ("a", "b")
        assert found.fingerprint == from_spec({**found.spec}).fingerprint
    answer = CliRunner().invoke(cli.app, ["convert", "english-bigram", "--to", str(tmp_path / "e.arpa")])
    assert answer.exit_code == 2
    assert "' ', which an ARPA file has no place for" in answer.stderr
    answer = CliRunner().invoke(cli.app, ["convert", "markov-lopsided", "--to", str(tmp_path / "e.arpa")])
    assert answer.exit_code == 0, answer.output
    assert read_arpa(tmp_path / "e.arpa").order == 2
    answer = CliRunner().invoke(cli.app, ["convert", "markov-lopsided", "--to", str(tmp_path / "e.fst")])
    assert answer.exit_code == 2
    assert "found the extension '.fst'" in answer.stderr
