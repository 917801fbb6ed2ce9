"""Every statement that is false on purpose is refuted by its stored instance; a true one in its place is not."""

from __future__ import annotations

import pytest

from maskbound.numerics.instances import Pair, from_spec
from maskbound.numerics.judging import Status, check
from maskbound.theory import statements

FALSE = [statement for statement in statements.values() if statement.status == "false on purpose"]


def subjects(statement):
    """The instances of a statement's counterexample, and their relation."""
    stored = from_spec(statement.counterexample)
    return (stored.instances, stored.relation) if isinstance(stored, Pair) else ((stored,), None)


def test_there_are_false_statements():
    assert len(FALSE) >= 12


@pytest.mark.parametrize("statement", FALSE, ids=lambda statement: statement.id)
def test_the_stored_instance_refutes_it(statement):
    instances, relation = subjects(statement)
    (verdict,) = check(*instances, judged=[statement], relation=relation)
    assert verdict.status is Status.VIOLATED, verdict.account()


@pytest.mark.parametrize("statement", FALSE, ids=lambda statement: statement.id)
def test_the_same_instance_violates_nothing_that_is_true(statement):
    instances, relation = subjects(statement)
    violated = [verdict for verdict in check(*instances, relation=relation) if verdict.status is Status.VIOLATED]
    assert not violated
