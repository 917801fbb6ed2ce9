"""The REPL: what it starts with, and its sweep."""

from __future__ import annotations

import doctest
import os
import subprocess
import sys
from fractions import Fraction

import pytest
from IPython.core.formatters import DisplayFormatter

from maskbound.numerics import Instance, languages, measure, policies, repl
from maskbound.numerics.errors import BadInput
from maskbound.theory import SchedulePolynomial, quantities, statements

PAIR = Instance(languages.pair(2, 4), policies.Bernoulli(1), name="pair")


def test_the_namespace_holds_what_the_hint_names():
    names = repl.namespace()
    assert {"languages", "policies", "Instance", "measure", "check", "sweep", "best_schedule", "statements"} <= set(
        names
    )
    assert names["N"] in names["statements"]["bernoulli/uniform-rate"].rhs.free_symbols
    assert set(quantities) <= set(names)
    assert len(repl.HINT.splitlines()) == 2
    code = repl.HINT.splitlines()[1].removeprefix("Try  ").replace("256", "8").replace("[8, 16, 32]", "[2]")
    exec(code, names)


def test_statements_and_polynomials_show_themselves():
    """In a notebook as LaTeX, in a terminal as sympy's pprint writes them."""
    shown = DisplayFormatter().format
    polynomial = SchedulePolynomial(2, {(1, 1): 2, (2,): "1/2"})
    for value, latex, text in (
        (statements["bernoulli/uniform-rate"], r"\le", "bernoulli/uniform-rate"),
        (polynomial, r"M_{1,1}", "M(1, 1)"),
    ):
        found = shown(value)[0]
        assert latex in found["text/latex"]
        assert text in found["text/plain"]
    assert "≤" in shown(statements["bernoulli/uniform-rate"])[0]["text/plain"]


def test_a_sweep_is_a_table_and_a_plot(tmp_path):
    swept = repl.sweep(PAIR, N=[1, 2, 4], quantities=["ser", "kl"])
    assert [row[0] for row in swept.table.rows] == [1, 2, 4]
    for steps, ser, kl in swept.table.rows:
        known = measure(Instance(languages.pair(2, 4), policies.Bernoulli(steps)), ["ser", "kl"])
        assert (ser, kl) == (known["ser"], known["kl"])
    assert "0.234375" in repr(swept)
    assert swept._repr_markdown_().startswith("**pair against")
    assert swept._repr_png_().startswith(b"\x89PNG")
    swept.plot(tmp_path / "steps.svg")
    assert (tmp_path / "steps.svg").read_text().startswith("<?xml")
    assert (tmp_path / "steps.csv").read_text().startswith("N,ser")


def test_fixed_sizes_stay_fixed_sizes_and_the_gallery_has_names():
    sized = repl.sweep(Instance(languages.pair(2, 4), policies.FixedSize([4])), N=[2], quantities=["ser"])
    assert sized.table.rows[0][1].contains(Fraction(1, 4))
    named = repl.sweep("pair-fixed-size", N=[2], quantities=["expected_steps"])
    assert named.table.rows[0][1].value == 2


def test_wrong_sweeps_are_refused():
    with pytest.raises(BadInput, match=r"N\[1\]: found 0"):
        repl.sweep(PAIR, N=[1, 0])
    with pytest.raises(BadInput, match="quantities: found none"):
        repl.sweep(PAIR, N=[1], quantities=[])
    with pytest.raises(BadInput, match="no such instance in the gallery"):
        repl.sweep("pear", N=[1])


def test_examples_in_docstrings_run():
    failed, attempted = doctest.testmod(repl)
    assert attempted
    assert not failed


@pytest.mark.slow
def test_it_starts_with_a_hint_of_two_lines(tmp_path):
    environment = {**os.environ, "TERM": "dumb", "IPYTHONDIR": str(tmp_path), "NO_COLOR": "1"}
    session = subprocess.run(
        [sys.executable, "-c", "from maskbound.numerics.cli import main; main()", "repl"],
        input="print(statements['kl-path-kl/given-times'])\nexit\n",
        capture_output=True,
        text=True,
        timeout=300,
        env=environment,
        check=True,
    )
    lines = session.stdout.splitlines()
    assert lines[:2] == repl.HINT.splitlines()
    assert not lines[2]
    assert "kl <= path_kl" in session.stdout
