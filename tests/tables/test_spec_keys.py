"""The reference of keys is that of the tables themselves, and what it says is accepted."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from maskbound.numerics import cli
from maskbound.numerics.errors import BadInput
from maskbound.numerics.languages import LanguageTable
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
