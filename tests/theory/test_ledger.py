"""The ledger: every statement complete, every assumption and relation in use, the index generated."""

from dataclasses import replace
from pathlib import Path

import pytest
from sympy import Integer, Symbol

from maskbound.numerics.checks.hypotheses import missing
from maskbound.numerics.instances.gallery import load_gallery, names, pair_names
from maskbound.numerics.metrics import measurable
from maskbound.theory import (
    ASSUMPTIONS,
    STATUSES,
    SUBJECT_RELATIONS,
    Statement,
    claim,
    index,
    ledger,
    register,
    statements,
    symbols,
)

NOTES = Path(__file__).resolve().parents[2] / "proofs_notes"
DECLARED = [statement for family in ledger.FAMILIES for statement in family.STATEMENTS]
FALSE = [s for s in DECLARED if s.status == "false on purpose"]

EXPECTED = {
    "area-theorem/defect",
    "profile/total-drop",
    "bernoulli/riemann-error",
    "fixed-size/riemann-error",
    "learning-error/worst-case",
    "kl-path-kl/given-times",
    "bernoulli/max-weight",
    "fixed-size/max-size",
    "token-error/bernoulli",
    "token-error/feng-form",
    "sequence-error/from-kl",
    "sequence-error/from-path-kl",
    "sequence-error/sufficient-steps",
    "pair/ser-lower",
    "pair/linear-steps",
    "tv/pinsker",
    "tv/bretagnolle-huber",
    "tv/at-least-ser",
    "curve/slope-is-mutual-information",
    "bernoulli/slope-identity",
    "bernoulli/mixture-of-sizes-path-kl",
    "bernoulli/mixture-of-sizes-ser",
    "joint-mode/uniform-rule",
    "output-law/schedule-polynomial",
    "log-mean-path-kl/lower",
    "log-mean-path-kl/upper",
    "pair/sharp-ser-lower",
    "conflict/ser-lower",
    "shifted-pair/ser-lower",
    "pair/token-error-lower",
    "independent-steps/path-kl",
    "permutations/birthday",
    "break-even/token-error",
    "break-even/pair",
}


def test_the_foundation_is_declared():
    assert set(statements) >= EXPECTED


def test_ids_are_unique_and_in_order_of_declaration():
    ids = [s.id for s in DECLARED]
    assert len(set(ids)) == len(ids)
    assert list(statements)[: len(ids)] == ids


@pytest.mark.parametrize("statement", DECLARED, ids=lambda s: s.id)
def test_every_field_is_filled(statement):
    assert statement.title
    assert statement.source
    assert statement.tight
    assert statement.status in STATUSES
    assert statement.status != "claim"
    assert (NOTES / statement.note).is_file()
    assert all(ASSUMPTIONS[a.name] is a for a in statement.assumptions)
    assert statement.quantities
    assert (statement.subjects == 2) == (statement.relation_between is not None)


@pytest.mark.parametrize("statement", FALSE, ids=lambda s: s.id)
def test_a_false_statement_names_the_instance_that_breaks_it(statement):
    spec = statement.counterexample
    name = statement.refuted_by
    assert name == "refute-" + statement.id.removeprefix("false-")
    if statement.subjects == 2:
        assert spec["relation"] == statement.relation_between.name
        assert [spec[k]["name"] for k in ("first", "second")] == [f"{name}-first", f"{name}-second"]
    else:
        assert spec["name"] == name
    assert set(spec) <= {"name", "language", "policy", "denoiser", "relation", "first", "second"}


def test_every_assumption_is_needed_somewhere():
    assert {a.name for s in DECLARED for a in s.assumptions} == set(ASSUMPTIONS)
    used = {s.relation_between.name for s in DECLARED if s.relation_between}
    assert set(SUBJECT_RELATIONS) - used == {"same-language"}  # kept for people's own claims about pairs


def test_every_statement_is_exercised_by_the_fast_gallery():
    """Some instance, or pair, satisfies what it assumes and has all that it compares within reach."""
    instances = [load_gallery(name) for name in names()]
    reach = [set(measurable(instance)) for instance in instances]
    pairs = [load_gallery(name) for name in pair_names()]
    for statement in DECLARED:
        if statement in FALSE:
            continue  # exercised by the instance that refutes it
        if statement.subjects == 2:
            assert any(pair.relation == statement.relation_between.name for pair in pairs), statement.id
        else:
            assert any(
                statement.quantities <= able and not missing(instance, statement.assumptions)
                for instance, able in zip(instances, reach, strict=True)
            ), statement.id


def test_a_statement_with_a_missing_field_cannot_be_built():
    good = statements["bernoulli/max-weight"]
    for field in ("title", "source", "note", "tight"):
        with pytest.raises(ValueError, match=f"statement bernoulli/max-weight: the field {field} is empty"):
            replace(good, **{field: ""})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": "no spaces"}, "letters, digits"),
        ({"relation": "!="}, "relation='!='"),
        ({"status": "believed"}, "status='believed'"),
        ({"lhs": 3.0}, "a side is 3.0"),
        ({"lhs": Symbol("kl")}, "unknown symbol kl"),  # right name, wrong symbol: not the vocabulary's
        ({"rhs": Symbol("eps") * symbols["kl"]}, "unknown symbol eps"),
        ({"parameters": {Symbol("eps"): Integer(1)}}, "parameter eps is not used"),
        ({"lhs": Integer(0), "rhs": symbols["L"]}, "compares no quantity"),
        ({"relation_between": SUBJECT_RELATIONS["refines"]}, "no quantity of the second"),
        ({"lhs": symbols["kl@2"]}, "names no relation between them"),
        ({"lhs": symbols["law_distance"]}, "names no relation between them"),
        ({"status": "identity"}, "an identity with the relation <="),
        ({"status": "false on purpose"}, "go with the status"),
        ({"refuted_by": "x"}, "go with the status"),
        ({"assumptions": (replace(ASSUMPTIONS["UniformSteps"], sentence="x"),)}, "unknown assumption UniformSteps"),
        ({"relation_between": replace(SUBJECT_RELATIONS["refines"], sentence="x")}, "unknown relation"),
    ],
)
def test_a_contradictory_statement_cannot_be_built(change, message):
    with pytest.raises(ValueError, match=message):
        replace(statements["bernoulli/max-weight"], **change)


def test_register_adds_and_refuses():
    mine = claim("kl <= path_kl", id="mine-for-test-register")
    assert register(mine) is mine
    assert statements["mine-for-test-register"] is mine
    with pytest.raises(ValueError, match="is taken"):
        register(mine)
    with pytest.raises(ValueError, match="is taken"):
        register(replace(mine, id="kl-path-kl/given-times"))
    with pytest.raises(TypeError, match="takes a Statement, found str"):
        register("kl <= path_kl")
    ledger._ledger.pop("mine-for-test-register")


def test_the_ledger_cannot_be_written_to():
    with pytest.raises(TypeError):
        statements["bernoulli/max-weight"] = statements["kl-path-kl/given-times"]
    with pytest.raises(AttributeError):
        statements["bernoulli/max-weight"].title = "another"


def test_the_index_of_the_proof_notes_names_every_statement():
    text = index({"bernoulli/max-weight": "0.75"})
    assert isinstance(statements["bernoulli/max-weight"], Statement)
    assert text.count("| 0.75 |") == 1
    for statement in DECLARED:
        assert text.count(f"| [{statement.id}](") == 1
