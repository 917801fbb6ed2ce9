"""The Coq development: its index, the check that refuses what is not proved, and its definitions on instances.

What needs Coq is left out where it is not installed, and is slow: the development is compiled.
"""

import re
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from development import BUILD, FOLDER, compile_text, compiled, coq, needs_coq
from oracles import cases, languages, quantities, samplers

from maskbound.theory import FORMAL, statements
from maskbound.theory.formal import file_of

UNIQUE_IDENTITIES = """From Coq Require Import Eqdep.
Theorem unique (U : Type) (p : U) (Q : U -> Type) (x : Q p) (h : p = p) : x = eq_rect p Q x p h.
Proof. apply Eq_rect_eq.eq_rect_eq. Qed.
"""
SOUND = "Theorem one : True. Proof. exact I. Qed.\n"


ROW = re.compile(r"^\| `([\w']+)` \| (?:`([^`]+)`)? ?\| (\w+\.v) \|", re.MULTILINE)


def test_index_names_every_theorem_its_file_and_a_statement_of_the_ledger():
    rows = ROW.findall((FOLDER / "README.md").read_text())
    found = [(name, file.name) for file in FOLDER.glob("*.v") for name in coq.theorems([file])]
    assert sorted((name, file) for name, _, file in rows) == sorted(found)
    named = {statement for _, statement, _ in rows if statement}
    assert named
    assert named <= statements.keys()


def test_each_statement_names_the_theorems_that_say_it():
    said = {}
    for name, statement, _ in ROW.findall((FOLDER / "README.md").read_text()):
        if statement:
            said.setdefault(statement, []).append(name)
    assert {statement: list(names) for statement, names in FORMAL.items()} == said


def test_each_of_these_theorems_has_its_file():
    named = {theorem for theorems in FORMAL.values() for theorem in theorems}
    files = {name: file for name, _, file in ROW.findall((FOLDER / "README.md").read_text()) if name in named}
    assert {name: file_of(name) for name in named} == files


def write(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "One.v").write_text(SOUND)
    (folder / "Two.v").write_text("From Maskbound Require Import One.\n" + text)
    return folder


@needs_coq
@pytest.mark.slow
def test_sound_files_pass(tmp_path):
    classical = "From Coq Require Import Classical.\nCorollary two (P : Prop) : P \\/ ~ P. Proof. apply classic. Qed.\n"
    lines = coq.check(write(tmp_path / "source", classical), tmp_path / "build")
    assert lines == ["one: no axiom", "two: classical logic"]


@needs_coq
@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Axiom extra : 1 = 2.", "stated without a proof: Maskbound.Two.extra"),
        ("Parameter classic : False.", "stated without a proof: Maskbound.Two.classic"),
        ("Variable loose : False.", "stated without a proof: Maskbound.Two.loose"),
        ("Theorem gap : False. Proof. Admitted.", "stated without a proof: Maskbound.Two.gap"),
        ("Lemma gap : 1 = 2. Proof. cut (2 = 2). admit. easy. Admitted.", "stated without a proof: Maskbound.Two.gap"),
        ("Theorem unfinished : True. Proof. exact I.", "pending proofs"),
        ("Theorem wrong : 1 = 2. Proof. reflexivity. Qed.", "Unable to unify"),
        ("Unset Guard Checking. Fixpoint f (n : nat) : False := f n.", "unsafe (co)fixpoints"),
        ("Unset Universe Checking. Definition t : Type := Type.", "type-in-type"),
        (UNIQUE_IDENTITIES, "unique assumes Eqdep.Eq_rect_eq.eq_rect_eq"),
    ],
)
def test_what_is_not_proved_is_refused(tmp_path, text, message):
    with pytest.raises(coq.Refused, match=re.escape(message)):
        coq.check(write(tmp_path / "source", text), tmp_path / "build")


@needs_coq
@pytest.mark.slow
def test_nothing_is_compiled_twice_and_what_has_changed_is(tmp_path):
    source, build = write(tmp_path / "source", "Theorem two : True. Proof. exact one. Qed.\n"), tmp_path / "build"
    assert coq.compile_once(source, build) == ["One", "Two"]
    written = (build / "Two.vo").stat().st_mtime_ns
    assert coq.compile_once(source, build) == ["One", "Two"]
    assert (build / "Two.vo").stat().st_mtime_ns == written
    (source / "One.v").write_text(SOUND.replace("True", "False"))
    with pytest.raises(coq.Refused, match=r'expected to have type\s+"False"'):
        coq.compile_once(source, build)
    (source / "One.v").write_text(SOUND)
    assert coq.compile_once(source, build) == ["One", "Two"]
    assert (build / "Two.vo").stat().st_mtime_ns > written


@needs_coq
@pytest.mark.slow
def test_index_says_what_each_theorem_assumes():
    letters = {"reals": "R", "classical logic": "C", "functional extensionality": "E"}
    printed = coq.assumptions(BUILD, compiled(), coq.theorems(FOLDER.glob("*.v")))
    found = {name: {letters[coq.ALLOWED[axiom]] for axiom in axioms} for name, axioms in printed.items()}
    rows = re.findall(r"^\| `([\w']+)` \|.*?\| \w+\.v \| (R?C?E?) \|", (FOLDER / "README.md").read_text(), re.MULTILINE)
    assert {name: set(assumed) for name, assumed in rows} == found


def rational(value: Fraction) -> str:
    return f"({value.numerator} # {value.denominator})%Q"


def numbers(values) -> str:
    return "[:: " + "; ".join(values) + "]"


def evaluate(folder: Path, V: int, q: languages.Law, L: int, terms: list[str]) -> list[list[Fraction]]:
    """Lists of rationals that Coq computes, `table` being the language."""
    values = numbers(rational(q.get(x, Fraction(0))) for x in product(range(V), repeat=L))
    head = (
        "From Maskbound Require Import Evaluate.\nFrom Coq Require Import QArith.\n"
        "From mathcomp Require Import all_ssreflect.\nOpen Scope nat_scope.\n"
        f"Definition values : seq Q := {values}.\n"
        f"Definition table (x : seq nat) : Q := nth 0%Q values (foldl (fun n a => (n * {V} + a)%N) 0 x).\n"
    )
    printed = compile_text(folder, head + "\n".join(f"Eval vm_compute in ({term} : seq Q)." for term in terms))
    answers = re.findall(r"= \[::(.*?)\]\s*: seq Q", printed, re.DOTALL)
    plain = [re.sub(r"%Q|[()\s]", "", answer).replace("#", "/") for answer in answers]
    return [[Fraction(item) for item in answer.split(";")] for answer in plain]


LANGUAGES = {
    "pair": (2, 2, languages.pair(2, 2)),
    "parity": (2, 3, languages.parity(3)),
    "sparse": (3, 2, cases.sparse_table(4, V=3, L=2)),
    "skewed": (2, 3, languages.random_table(cases.Random(11), 2, 3, zeros=0.2)),
}


@needs_coq
@pytest.mark.slow
@pytest.mark.parametrize("name", LANGUAGES)
def test_definitions_agree_with_the_oracles(tmp_path, name):
    V, L, q = LANGUAGES[name]
    weights = (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6))
    sizes = (1, 0, L - 1)
    words = list(product(range(V), repeat=L))
    sets = list(product((False, True), repeat=L))
    known = numbers(numbers(str(b).lower() for b in held) for held in sets)
    laws = {
        f"computed_bernoulli {numbers(map(rational, weights))}": samplers.bernoulli(weights, L),
        f"computed_fixed_size {L} 3 {numbers(map(str, sizes))}": samplers.fixed_size(sizes),
    }
    out = [f"computed_output {L} {V} 3 table ({times})" for times in laws]
    answers = evaluate(
        tmp_path,
        V,
        q,
        L,
        [
            f"[seq mass {L} {V} table (nth false held) x | held <- {known}, x <- words {L} {V}]",
            f"[seq computed_given_times {L} {V} table tau x | tau <- words {L} 3, x <- words {L} {V}]",
            *(f"[seq {law} x | x <- words {L} {V}]" for law in out),
            *(f"[:: computed_ser {L} {V} table ({law})]" for law in out),
        ],
    )
    marginals = languages.Marginals(q)
    contexts = [{i: x[i] for i in range(L) if held[i]} for held in sets for x in words]
    assert answers[0] == [marginals.probability(context) for context in contexts]
    denoiser = cases.denoisers.exact(q, V, "stop")
    times = product(range(3), repeat=L)
    assert answers[1] == [samplers.sequence_probability(tau, x, denoiser) for tau in times for x in words]
    for policy, computed, (wrong,) in zip(laws.values(), answers[2:4], answers[4:], strict=True):
        expected, _ = cases.run(q, V, policy, "stop")
        assert computed == [expected.get(x, Fraction(0)) for x in words]
        assert wrong == quantities.ser(q, expected)
