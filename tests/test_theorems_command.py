"""`theorems` and `quantities`: lists that can be read, and everything found by what a reader knows of it."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from maskbound.numerics import cli
from maskbound.theory import claim, quantities, search, statements, symbols
from maskbound.theory.aliases import OLD_IDS, OLD_QUANTITIES


def fine(*words: str) -> str:
    found = CliRunner().invoke(cli.app, list(words))
    assert (found.exit_code, found.stderr) == (0, "")
    return found.stdout


def refused(*words: str) -> str:
    found = CliRunner().invoke(cli.app, list(words))
    assert (found.exit_code, found.stdout) == (2, "")
    return found.stderr


def test_theorems_lists_the_ledger():
    lines = fine("theorems").splitlines()
    for statement in statements.values():
        (place,) = [k for k, line in enumerate(lines) if line.startswith(f"  {statement.id}  ")]
        assert statement.title in lines[place]
        assert lines[place + 1].strip() == statement.declared
    assert [line for line in lines if not line.startswith(" ")] == list(
        dict.fromkeys(statement.subject for statement in statements.values())
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (["Theorem", "4.2"], {"token-error/feng-form"}),
        (["Theorem 4.3"], {"sequence-error/sufficient-steps"}),
        (["feng", "4.4"], {"pair/ser-lower", "pair/linear-steps", "shifted-pair/ser-lower"}),
        (
            ["2511.04647"],
            {
                "bernoulli/riemann-error",
                "fixed-size/tc-only",
                "fixed-size/dtc-only",
                "fixed-size/log-length-steps",
                "fixed-size/log-length-steps-dtc",
            },
        ),
        (["Theorem 4.2 of Feng et al."], {"token-error/feng-form"}),
        (["Li and Cai, Theorem 1"], {"fixed-size/li-cai-form"}),
        (["Bretagnolle"], {"tv/bretagnolle-huber"}),
        (["birthday probability"], {f"permutations/{x}" for x in ("birthday", "kl", "path-kl")}),
        (["birthday_probability"], {f"permutations/{x}" for x in ("birthday", "kl", "path-kl")}),
        (["permutations", "order"], {"permutations/linear-steps", "break-even/permutations"}),
    ],
)
def test_theorems_are_found_by_what_a_reader_knows(query, expected):
    found = fine("theorems", *query)
    assert {name for name in statements if re.search(rf"^ *{name}  ", found, re.MULTILINE)} == expected


def test_parts_of_formulas_find_statements():
    found = search("rate log(v)")
    assert found == [s for s in search("rate") if "log(V)" in str(s)]
    assert 0 < len(found) < len(search("rate"))


def test_what_is_refuted_comes_last():
    found = [statement.subject for statement in search("dual total correlation")]
    assert "refuted" in found
    assert found == sorted(found, key="refuted".__eq__)


def test_a_quantity_without_statements_is_named():
    assert "`maskbound quantities generative_perplexity`" in refused("theorems", "generative", "perplexity")


def test_where_no_statement_has_all_words_those_with_most_are_listed():
    told = CliRunner().invoke(cli.app, ["theorems", "birthday", "zebra", "probability"])
    assert told.exit_code == 0
    assert "have most of them" in told.stderr
    found = [s.id for s in search("birthday probability")]
    assert [name for name in statements if f"  {name}  " in told.stdout] == found


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("DTC", "dual_total_correlation"),
        ("TC", "total_correlation"),
        ("path-kl", "path_kl"),
        ("path kl", "path_kl"),
        ("rho", "collision_probability"),
    ],
)
def test_quantities_are_found_by_symbol_and_however_they_are_joined(query, first):
    found = fine("quantities", query)
    assert found.splitlines()[2].startswith(f"{first} ")
    assert f"{first} is measured in numerics/metrics/" in found


def test_a_number_of_a_theorem_is_found_whole():
    refused("theorems", "4.22")
    refused("theorems", "02.09622")


def test_old_names_answer_with_the_new_ones():
    for old, new in OLD_IDS.items():
        assert statements[old] is statements[new]
    old, new = next(iter(OLD_IDS.items()))
    assert fine("theorems", old).startswith(f"{old} is now called {new}.\n{new}  ")
    for old, new in OLD_QUANTITIES.items():
        assert (quantities[old], symbols[old], symbols[f"{old}@2"]) == (
            quantities[new],
            symbols[new],
            symbols[f"{new}@2"],
        )
        assert claim(f"{old} <= 1 + {old}").lhs == symbols[new]
        assert f"\n{new} " in fine("quantities", old)
    (old,) = [old for old, new in OLD_QUANTITIES.items() if new == "log_mean_path_kl"]
    new = OLD_QUANTITIES[old]
    found = json.loads(fine("measure", "pair-bernoulli", "-q", old, "--json"))
    assert new in json.dumps(found)
    assert old not in json.dumps(found)


def test_quantities_are_listed_with_their_definitions():
    found = fine("quantities")
    for quantity in quantities.values():
        (line,) = [line for line in found.splitlines() if line.startswith(f"{quantity.name} ")]
        assert quantity.definition in line
        assert f" {quantity.unit} " in line
    assert "no quantity has" in refused("quantities", "frobnicate")
    assert fine("quantities", "K").splitlines()[2].startswith("K ")
    assert fine("quantities", "hidden chain").splitlines()[2].startswith("hidden_chain_entropy ")


def test_papers_as_bibtex():
    found = fine("theorems", "Feng", "4.2", "--bibtex")
    assert found.startswith("@misc{feng2025,\n")
    assert found.count("@") == 1
    everything = fine("theorems", "--bibtex")
    assert everything.count("@misc{") == len({cited.paper for s in statements.values() for cited in s.published})
    assert "comes from a paper" in refused("theorems", "pair/kl", "--bibtex")
