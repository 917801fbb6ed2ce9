"""The ledger: every statement complete, every assumption and relation in use, the index generated."""

from dataclasses import replace
from pathlib import Path

import pytest
from sympy import Integer, Symbol

from maskbound.numerics.instances.gallery import load_gallery, names, pair_names
from maskbound.numerics.judging.hypotheses import missing
from maskbound.numerics.metrics import METHODS, measurable
from maskbound.theory import (
    ASSUMPTIONS,
    PAPERS,
    STATUSES,
    SUBJECT_RELATIONS,
    Citation,
    Statement,
    claim,
    index,
    ledger,
    quantities,
    register,
    spell,
    statements,
    symbols,
)
from maskbound.theory.aliases import OLD_IDS, OLD_QUANTITIES

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


def spelled(statement: Statement) -> str:
    values = "".join(f", {name} = {spell(value)}" for name, value in statement.parameters.items())
    return f"{spell(statement.lhs)} {statement.relation} {spell(statement.rhs)}{values}"


@pytest.mark.parametrize("statement", DECLARED, ids=lambda s: s.id)
def test_the_ledger_spells_its_formulas_as_they_are_printed(statement):
    """So that a list of statements needs no computer algebra to print them."""
    assert statement.declared == spelled(statement)


def test_another_spelling_is_noticed_and_an_unknown_name_refused():
    good = statements["kl-path-kl/given-times"]
    other = replace(good, rhs="path_kl/2 + path_kl/2")
    assert (other.rhs, other.declared) == (good.rhs, "kl <= path_kl/2 + path_kl/2")
    assert other.declared != spelled(other)
    with pytest.raises(ValueError, match="unknown symbol pathkl"):
        replace(good, rhs="pathkl")


@pytest.mark.parametrize("statement", FALSE, ids=lambda s: s.id)
def test_a_false_statement_names_the_instance_that_breaks_it(statement):
    spec = statement.counterexample
    name = statement.refuted_by
    assert name == "refute-" + statement.id.removeprefix("refuted/")
    assert statements[statement.near].status != "false on purpose"
    if statement.subjects == 2:
        assert spec["relation"] == statement.relation_between.name
        assert [spec[k]["name"] for k in ("first", "second")] == [f"{name}-first", f"{name}-second"]
    else:
        assert spec["name"] == name
    assert set(spec) <= {"name", "language", "policy", "denoiser", "relation", "first", "second"}


def test_every_assumption_is_needed_somewhere():
    typed = {a.name for a in claim("kl <= log(K)").assumptions}
    assert {a.name for s in DECLARED for a in s.assumptions} | typed == set(ASSUMPTIONS)
    used = {s.relation_between.name for s in DECLARED if s.relation_between}
    assert set(SUBJECT_RELATIONS) == used


def test_methods_rely_on_statements_of_the_ledger():
    assert {name for method in METHODS for name in method.relies_on} <= set(statements)


def test_published_theorems_are_found_by_their_numbers():
    """The three of the paper that the project is about, and what is known of that paper."""
    places = {(c.paper, c.place) for s in DECLARED for c in s.published}
    assert {("feng2025", f"Theorem 4.{k}") for k in (2, 3, 4)} <= places
    assert {paper for paper, _ in places} == set(PAPERS)
    with pytest.raises(ValueError, match="'as stated' of feng2025, which is known as: abstract read"):
        Citation("feng2025", "Theorem 4.2", "as stated")
    with pytest.raises(ValueError, match="unknown paper 'nobody1900'"):
        Citation("nobody1900", "", "compare")


def test_old_names_lead_to_current_ones_and_are_none_themselves():
    assert set(OLD_IDS.values()) <= set(statements)
    assert not set(OLD_IDS) & set(iter(statements))
    assert set(OLD_QUANTITIES.values()) <= set(quantities)
    assert not set(OLD_QUANTITIES) & set(iter(quantities))


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
        ({"id": "too/many/strokes"}, "letters, digits"),
        ({"source": "by bernoulli/max-weight"}, "its source is itself"),
        ({"near": "bernoulli/left-sum"}, "near goes with the status"),
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
