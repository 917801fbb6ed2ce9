"""The stored tightness of the true statements: there for each of them, and reproduced by its instance."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maskbound.numerics.falsify.search import NARROW, judge_extreme
from maskbound.numerics.judging import Status
from maskbound.numerics.tables.statements import statement_account, statement_list
from maskbound.numerics.tightness import Extreme, extremes
from maskbound.theory import statements

TRUE = [name for name, each in statements.items() if each.status not in ("false on purpose", "asymptotic")]
HOW = "run `python benchmarks/falsify.py --tightness`, which adds what is missing in a minute a statement"

ROUNDED = 1e-14
"""Sides are decided to within two spacings of float64; their ratio, some 10^-15 of itself."""


def test_every_true_statement_has_one():
    missing = [name for name in TRUE if name not in extremes()]
    assert not missing, HOW
    assert set(extremes()) == set(TRUE), f"{set(extremes()) - set(TRUE)} are not true; take them out"


@pytest.mark.parametrize("name", extremes())
def test_a_stored_ratio_is_that_of_its_instance(name):
    stored = extremes()[name]
    found = judge_extreme(statements[name], stored)
    exact = all(each.kind == "exact" for side in (found.lhs, found.rhs) for each in side.quantities.values())
    # By intervals, both computations enclose the true ratio, each within NARROW.
    tolerance = ROUNDED if exact else 2 * NARROW
    assert found.status is Status.HOLDS or (found.status is Status.UNDECIDED and not exact)
    assert abs(found.ratio - stored.ratio) <= tolerance
    wrong = replace(stored, ratio=stored.ratio - 0.01)
    assert abs(found.ratio - wrong.ratio) > tolerance


@pytest.mark.parametrize("name", [name for name in TRUE if statements[name].relation == "=="])
def test_identities_are_equalities(name):
    assert extremes()[name].ratio == 1


def test_a_ratio_below_one_never_reads_one():
    shown = {1.0: "1", 0.0: "0", 0.99999: "0.9999", 0.75: "0.75", 2 / 3: "0.6666", 0.012349: "0.01234"}
    assert {ratio: Extreme(ratio, {}).shown for ratio in shown} == shown


def test_it_is_in_the_table_and_in_the_account():
    row = next(row for row in statement_list().rows if row[0] == "sequence-error/from-kl")
    assert row[statement_list().columns.index("tightest")] == "1"
    assert "ratio 1 on pair(" in statement_account(statements["sequence-error/from-kl"])
    false = next(row for row in statement_list().rows if row[0] == "refuted/bernoulli-tc-only")
    assert false[statement_list().columns.index("tightest")] is None
