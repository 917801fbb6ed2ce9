"""Certificates of the gallery: accepted as they are, rejected with any number altered."""

from __future__ import annotations

import copy
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from by_default import kinds_of_member, rest_slow
from typer.testing import CliRunner

from maskbound.numerics import cli, denoisers, languages, policies
from maskbound.numerics.certificates import kernel
from maskbound.numerics.certificates.certificate import certificate, certificate_text, certify, unknown_to_the_kernel
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.errors import BeyondReach, Undecidable
from maskbound.numerics.instances import Instance, Pair, from_spec
from maskbound.numerics.instances.gallery import load_gallery, names, pair_names
from maskbound.numerics.judging import Status
from maskbound.numerics.judging.checking import FALSE, judge
from maskbound.numerics.languages import LanguageTable
from maskbound.numerics.languages.kind import FileTable
from maskbound.numerics.numbers.enclosure import Enclosure
from maskbound.theory import claim, statements

SLOWER = (
    "blocks-nested",
    "blocks-of-chains",
    "coins-proposals",
    "colouring",
    "copy-bernoulli",
    "english-bigram-smoothed",
    "hmm-forbidden",
    "hmm-margin-blocks",
    "hmm-threshold",
    "latent-parity",
    "markov-bisection",
    "markov-confidence",
    "markov-entropy-bound",
    "markov-lopsided",
    "markov-neighbours",
    "markov-peak",
    "markov-proposals",
    "markov-symmetric",
    "shifted-pair",
    "trigram-learned",
    "trigram-sparse",
)
"""The kernel needs a second or more for their certificates."""

DOUBTED = "kl-path-kl/given-times"
"""A statement of the ledger on which tests try what must not pass."""

REFUSED = {
    "english-bigram": "614656 partial sequences; exact rationals are for at most 200000",
    "english-trigram": "V = 27 with L = 3 is too large for this kernel",
    "english-unigram": "V = 27 with L = 3 is too large for this kernel",
    "hmm-tilt": "the denoiser's predictions are no rationals",
    "hmm-weather": "the schedule has floating weights, not rationals",
    "markov-floating": "the schedule has floating weights, not rationals",
}
"""The members of the fast gallery that have no certificates, and why."""

SMALL = [name for name in names() + pair_names() if name not in REFUSED]
QUICK = [name for name in SMALL if name not in SLOWER]

MUTATIONS = 500

TOO_MUCH_WORK = {"english-bigram-smoothed": 4, "coins-proposals": 8}
"""How many statements at most the kernel refuses on the largest instances that it can hold."""

CERTIFIABLE = [
    id_ for id_, each in statements.items() if each.status != "asymptotic" and not unknown_to_the_kernel(each)
]


def subjects_of(name: str) -> tuple[tuple[Instance, ...], str | None]:
    found = load_gallery(name)
    return (found.instances, found.relation) if isinstance(found, Pair) else ((found,), None)


def certified(instances: tuple[Instance, ...], relation: str | None) -> Iterator[dict[str, Any]]:
    """Of every statement that applies and that the kernel knows, those that are false on purpose included."""
    works, refused = tuple(Workspace(instance) for instance in instances), 0
    for statement in statements.values():
        if statement.subjects == len(works) and statement.id in CERTIFIABLE:
            verdict = judge(statement, works, relation, exact=True)
            if verdict.status is Status.NOT_APPLICABLE or "source-target pairs" in verdict.reason:
                continue
            try:
                yield certify(verdict, instances, relation)
            except BeyondReach as problem:
                if "an extreme slope may lie inside" in str(problem):
                    continue
                refused += 1
                if refused > TOO_MUCH_WORK.get(instances[0].name, 0) or "too much work" not in str(problem):
                    raise


@cache
def certificates(name: str) -> tuple[dict[str, Any], ...]:
    return tuple(certified(*subjects_of(name)))


@pytest.mark.parametrize("name", rest_slow(QUICK, kinds=kinds_of_member))
def test_every_certificate_is_accepted(name):
    found = certificates(name)
    assert found
    for each in found:
        assert each["conclusion"] == kernel.verify(certificate_text([each]))
        assert each["verdict"] == "holds" or each["statement"]["id"].startswith("refuted/")


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_the_kernel_alone_accepts_every_certificate(name, tmp_path):
    file = tmp_path / "certificates.json"
    file.write_text(certificate_text(certificates(name)))
    alone = subprocess.run(
        [sys.executable, "-I", "-S", str(KERNEL), str(file)], capture_output=True, text=True, check=False
    )
    assert alone.stdout == "".join(f"accepted: {each['conclusion']}\n" for each in certificates(name))
    assert (alone.returncode, alone.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOWER)
def test_every_certificate_is_accepted_on_larger_instances(name):
    test_every_certificate_is_accepted(name)


@pytest.mark.parametrize("name", REFUSED)
def test_the_others_are_refused_with_the_reason(name):
    """An information quantity of the language, the statement that asks least of an instance."""
    with pytest.raises((BeyondReach, Undecidable), match=REFUSED[name]):
        certificate(statements["profile/vocabulary"], *subjects_of(name))


def test_instances_of_every_kind_have_certificates():
    """But for what is beyond rationals: noise by ``exp``, and schedules by cosines."""
    found = [each for name in SMALL for each in subjects_of(name)[0]]
    assert len(found) >= 35
    assert {each.spec["language"]["kind"] for each in found} == set(LanguageTable.kinds()) - set(FileTable.kinds())
    every = [each for name in names() for each in subjects_of(name)[0]]
    assert {each.spec["policy"]["kind"] for each in found} == {each.spec["policy"]["kind"] for each in every}
    noises = {each.spec["denoiser"].get("noise", each.spec["denoiser"]["kind"]) for each in found}
    assert noises == {each.spec["denoiser"].get("noise", each.spec["denoiser"]["kind"]) for each in every} - {"tilt"}
    assert {each.off_support for each in found} == {"uniform", "marginal", "stop"}


def test_the_statements_about_steps_and_errors_are_all_certifiable():
    """Those about any language, and the bounds by steps and on Pair."""
    subjects = {
        "profile",
        "area-theorem",
        "refinement",
        "learning-error",
        "kl-path-kl",
        "log-mean-path-kl",
        "token-error",
        "sequence-error",
        "collision",
    }
    steps = ("riemann-error", "max-weight", "left-sum", "uniform-weight", "uniform-rate", "vocabulary-rate")
    named = {
        *(f"bernoulli/{name}" for name in steps),
        "fixed-size/riemann-error",
        "pair/ser-lower",
        "pair/linear-steps",
    }
    named |= {"tv/pinsker", "tv/bretagnolle-huber", "tv/at-least-ser"}
    assert named <= set(statements)
    expected = [id_ for id_, each in statements.items() if each.subject in subjects or id_ in named]
    assert len(expected) >= 30
    assert set(expected) <= set(CERTIFIABLE)


def counterexample(id_: str) -> tuple[tuple[Instance, ...], str | None]:
    found = from_spec(statements[id_].counterexample)
    return (found.instances, found.relation) if isinstance(found, Pair) else ((found,), None)


FALSE_ONES = [id_ for id_ in CERTIFIABLE if statements[id_].status == FALSE]
LARGE = "refuted/more-balanced-sizes"
A_CODE = "refuted/more-steps-lower-path-kl"


def test_a_counterexample_that_is_too_large_is_refused():
    """Five tokens out of five; and 29^10 codewords, of which `prove` writes a certificate."""
    with pytest.raises(BeyondReach, match="V = 5 with L = 5 is too large for this kernel"):
        certificate(statements[LARGE], *counterexample(LARGE))
    with pytest.raises(BeyondReach, match="the table of V=29, L=25"):
        certificate(statements[A_CODE], *counterexample(A_CODE))


@pytest.mark.parametrize("id_", sorted(set(FALSE_ONES) - {LARGE, A_CODE}))
def test_counterexamples_are_certified(id_):
    each = certificate(statements[id_], *counterexample(id_))
    assert each["verdict"] == "violated"
    assert kernel.verify(certificate_text([each])).startswith("violated: ")
    assert kernel.verify(certificate_text([each])).endswith(f', label "{id_}"')


# Every number counts


def numbers(part: Any, path: tuple = ()) -> Iterator[tuple[tuple, tuple[int, int] | None]]:
    """Where numbers are: whole ones, and runs of digits inside strings; ``provenance`` is not looked at."""
    if isinstance(part, dict):
        for key, value in part.items():
            if path or key != "provenance":
                yield from numbers(value, (*path, key))
    elif isinstance(part, list):
        for at, value in enumerate(part):
            yield from numbers(value, (*path, at))
    elif isinstance(part, str):
        yield from ((path, match.span()) for match in re.finditer(r"\d+", part))
    elif isinstance(part, int):
        yield path, None


def altered(whole: dict[str, Any], path: tuple, span: tuple[int, int] | None, rng: random.Random) -> dict[str, Any]:
    """A copy in which one number is another."""
    changed = copy.deepcopy(whole)
    inside: Any = changed
    for key in path[:-1]:
        inside = inside[key]
    old = inside[path[-1]]
    number = int(old if span is None else old[slice(*span)])
    new = rng.choice([n for n in (number + 1, number - 1, 2 * number, 10 * number + 1, 0, 1) if n not in (number, -1)])
    inside[path[-1]] = new if span is None else f"{old[: span[0]]}{new}{old[span[1] :]}"
    return changed


def outcome(text: str) -> str:
    try:
        kernel.verify(text)
    except (kernel.Rejected, kernel.Malformed):
        return "refused"
    return "accepted"


def mutations(pool: list[dict[str, Any]], count: int, seed: int) -> Iterator[tuple[dict[str, Any], tuple]]:
    rng = random.Random(seed)
    for _ in range(count):
        whole = rng.choice(pool)
        path, span = rng.choice(list(numbers(whole)))
        yield altered(whole, path, span, rng), path


def assert_all_refused(pool: list[dict[str, Any]], count: int, seed: int) -> set[str]:
    """Also the parts of a certificate in which a number was altered."""
    touched = set()
    for mutant, path in mutations(pool, count, seed):
        assert outcome(certificate_text([mutant])) == "refused", path
        touched.add(path[0])
    return touched


def test_any_number_altered_is_refused():
    tiny = [name for name in QUICK if all(each.vocab**each.length <= 16 for each in subjects_of(name)[0])]
    pool = [each for name in tiny for each in certificates(name)]
    touched = assert_all_refused(pool, MUTATIONS, seed=7)
    assert touched >= {"subjects", "statement", "quantities", "values", "bits", "conclusion", "format"}


@pytest.mark.slow
def test_any_number_altered_is_refused_in_every_certificate():
    """Some 1,600 changes: `bits`, whose numbers are the fewest, one in 200, is met but for a probability of 2e-4."""
    for at, name in enumerate(QUICK):
        assert_all_refused(list(certificates(name)), 60, seed=at)


def test_mutations_can_be_accepted_where_nothing_is_checked():
    """The refusals above are not those of a kernel that refuses everything."""
    whole = copy.deepcopy(certificates("parity-uniform")[0])
    assert outcome(certificate_text([whole])) == "accepted"
    whole["provenance"]["python"] = "0.0"
    assert outcome(certificate_text([whole])) == "accepted"
    with pytest.raises(AssertionError):
        assert outcome(certificate_text([whole])) == "refused"


def test_a_list_is_accepted_only_if_each_is():
    found = list(certificates("parity-uniform"))[:3]
    assert kernel.verify(certificate_text(found)).splitlines() == [each["conclusion"] for each in found]
    found[1] = found[1] | {"order": {"<": ">", ">": "<", "=": "<"}[found[1]["order"]]}
    assert outcome(certificate_text(found)) == "refused"
    assert outcome("[]") == "refused"


# What is written, and what is not

UNIFORM = policies.Bernoulli(steps=2)


@pytest.mark.parametrize(
    "denoiser",
    [
        denoisers.Perturbed("uniform", "1/7"),
        denoisers.Perturbed("peak", "1/3"),
        denoisers.Learned(7, seed=2, pseudo_count="1/2", context="neighbours"),
        denoisers.Learned(7, seed=2, pseudo_count=0, context="full"),
    ],
)
@pytest.mark.parametrize("rule", ["uniform", "marginal", "stop"])
def test_denoisers_are_written_as_tables_of_predictions(denoiser, rule):
    language = languages.markov(["1/2", "1/2"], [["1/3", "2/3"], ["1", "0"]], 3)
    instance = Instance(language, UNIFORM, denoiser, rule)
    for text in ("kl <= path_kl", "ser <= 1 - exp(-kl)", "mean_learning_error <= eps_learning"):
        assert outcome(certificate_text([certificate(claim(text), (instance,))])) == "accepted"
    other = replace(instance, policy=policies.Bernoulli(steps=3))
    each = certificate(claim("law_distance <= 1/2"), (instance, other), "same-language")
    assert outcome(certificate_text([each])) == "accepted"


def test_infinite_values_are_certified():
    instance = Instance(languages.iid(["1/2", "1/2"], 2), UNIFORM, denoisers.Perturbed("peak", 1))
    each = certificate(claim("kl <= path_kl"), (instance,))
    assert each["quantities"] == {"kl": "inf", "path_kl": "inf"}
    assert each["order"] == "="


def test_what_cannot_be_certified_is_refused_with_the_reason():
    parity, chain = languages.parity(3), languages.markov(["1/2", "1/2"], [["1/3", "2/3"], ["1", "0"]], 3)
    with pytest.raises(BeyondReach, match="too large for this kernel"):
        certificate(claim("kl <= path_kl"), (Instance(languages.parity(9), policies.Bernoulli(steps=1)),))
    with pytest.raises(BeyondReach, match="no quantity off_support_mass"):
        certificate(claim("off_support_mass <= 1"), (Instance(parity, UNIFORM),))
    with pytest.raises(BeyondReach, match="floating weights"):
        certificate(claim("kl <= 1"), (Instance(parity, policies.Bernoulli(weights=[0.5, 0.5])),))
    with pytest.raises(Undecidable, match="not applicable"):
        certificate(statements["fixed-size/max-size"], (Instance(parity, UNIFORM),))
    with pytest.raises(BeyondReach, match="predictions are no rationals"):
        certificate(statements["area-theorem/defect"], (Instance(parity, UNIFORM, denoisers.Perturbed("tilt", "1/2")),))
    local = Instance(chain, UNIFORM, off_support_scope="local")
    with pytest.raises(BeyondReach, match="global scope"):
        certificate(claim("law_distance <= 1"), (local, local))


def test_two_implementations_must_agree():
    """A verdict, or a quantity, that the kernel does not find is an error of ours."""
    instance = Instance(languages.parity(3), UNIFORM)
    verdict = judge(statements["kl-path-kl/given-times"], (Workspace(instance),), exact=True)
    with pytest.raises(RuntimeError, match="disagree about the verdict"):
        certify(replace(verdict, status=Status.VIOLATED), (instance,))
    wrong = replace(verdict.lhs, quantities={"kl": Enclosure.exactly(Fraction(1, 3))})
    with pytest.raises(RuntimeError, match="disagree about kl"):
        certify(replace(verdict, lhs=wrong), (instance,))


def test_a_disagreement_takes_no_other_certificate_with_it(tmp_path, monkeypatch):
    """One verdict is made to differ: the others are written, and a sentence says which one is in doubt."""
    from maskbound.numerics.certificates import certificate as module

    def doubtful(found, verdict, require=module._require_agreement):
        require(found, replace(verdict, status=Status.VIOLATED) if verdict.statement.id == DOUBTED else verdict)

    monkeypatch.setattr(module, "_require_agreement", doubtful)
    file = tmp_path / "parity.json"
    found = run("check", "parity-uniform", "--certificate", str(file))
    assert found.exit_code == 70
    assert f"disagree about the verdict ({DOUBTED} on parity-uniform)" in found.stderr
    assert "in doubt" in found.stderr
    assert "Traceback" not in found.stderr
    written = {each["statement"]["id"] for each in json.loads(file.read_text())}
    assert len(written) > 20
    assert DOUBTED not in written
    assert run("verify", str(file)).exit_code == 0
    alone = run("check", "parity-uniform", "--claim", "kl <= path_kl", "--certificate", str(tmp_path / "claim.json"))
    assert alone.exit_code == 0


@pytest.mark.parametrize(
    "change",
    [
        {"lhs": "kl", "rhs": "path_kl + 1"},
        {"relation": "<"},
        {"lhs": "kl", "relation": ">=", "rhs": "0"},
        {"assumptions": []},
        {"assumptions": ["ExactDenoiser", "OrderOblivious", "BernoulliPolicy"]},
    ],
)
def test_a_ledger_id_stands_for_the_ledger_statement(change, tmp_path):
    """The kernel takes any label; `verify` compares the ids of the ledger with what they bear."""
    file = tmp_path / "named.json"
    whole = next(each for each in certificates("parity-uniform") if each["statement"]["id"] == DOUBTED)
    asked = {key: copy.deepcopy(whole[key]) for key in ("subjects", "between", "statement")}
    asked["statement"] |= change
    assert asked["statement"] != whole["statement"]
    other = kernel.complete(asked) | {"provenance": None}
    file.write_text(certificate_text([other]))
    assert kernel.main([str(file)]) == 0
    found = run("verify", str(file))
    assert found.exit_code == 1
    assert found.stdout == ""
    assert f"rejected: {DOUBTED} is a statement of the ledger" in found.stderr
    asked["statement"]["id"] = "my-own"
    file.write_text(certificate_text([kernel.complete(asked) | {"provenance": None}]))
    assert run("verify", str(file)).exit_code == 0
    spelled_otherwise = {**whole["statement"], "lhs": f"0 + {whole['statement']['lhs']}"}
    file.write_text(
        certificate_text([kernel.complete({**asked, "statement": spelled_otherwise}) | {"provenance": None}])
    )
    assert run("verify", str(file)).exit_code == 0


def test_where_there_is_no_log_form_enclosures_must_meet():
    """On Pair with probabilities 2/3, 1/3 the soft minimum of PATH_KL averages different exponentials."""
    instance = Instance(languages.Tabular(2, 2, [[0, 0], [1, 1]], ["2/3", "1/3"]), UNIFORM)
    verdict = judge(statements["log-mean-path-kl/lower"], (Workspace(instance),), exact=True)
    found = certify(verdict, (instance,))
    assert found["quantities"]["log_mean_path_kl"] is None
    assert found["quantities"]["kl"] is not None
    for side, name in (("lhs", "kl"), ("rhs", "log_mean_path_kl")):
        own = getattr(verdict, side)
        assert own.quantities[name].exact is None
        moved = replace(own, quantities={name: Enclosure.around(own.quantities[name].value + 1e-9, 1e-12)})
        with pytest.raises(RuntimeError, match=f"disagree about {name} "):
            certify(replace(verdict, **{side: moved}), (instance,))


# The command

KERNEL = Path(kernel.__file__)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli.app, list(arguments))


def test_check_writes_what_verify_accepts(tmp_path):
    file = tmp_path / "parity.json"
    found = run("check", "parity-uniform", "--certificate", str(file))
    assert found.exit_code == 0
    written = json.loads(file.read_text())
    assert f"{len(written)} certificates written to {file}" in found.stderr
    assert "0 violated" in found.stdout
    accepted = run("verify", str(file))
    assert accepted.exit_code == 0
    assert accepted.stdout.count("accepted: ") == len(written)
    alone = subprocess.run(
        [sys.executable, "-I", "-S", str(KERNEL), str(file)], capture_output=True, text=True, check=True
    )
    assert alone.stdout == accepted.stdout
    assert list(tmp_path.iterdir()) == [file]


def test_a_claim_gives_one_certificate(tmp_path):
    file = tmp_path / "one.json"
    found = run("check", "parity-uniform", "--claim", "path_kl <= total_correlation/3", "--certificate", str(file))
    assert found.exit_code == 1
    written = json.loads(file.read_text())
    assert written["verdict"] == "violated"
    assert run("verify", str(file)).exit_code == 0
    file.write_text(file.read_text().replace('"violated"', '"holds"'))
    assert run("verify", str(file)).exit_code == 1
    file.write_text("{")
    assert run("verify", str(file)).exit_code == 2
    assert run("verify", str(tmp_path / "missing.json")).exit_code == 2


def test_a_claim_that_intervals_leave_open_is_decided_exactly():
    typed = "ser <= 1 - exp(-kl)"
    (work,) = (Workspace(instance) for instance in subjects_of("parity-uniform")[0])
    assert judge(claim(typed), (work,)).status is Status.UNDECIDED
    words = ("check", "parity-uniform", "--claim", typed)
    assert "1 hold, 0 violated, 0 undecided" in run(*words).stdout
    assert "1 hold, 0 violated, 0 undecided" in run(*words, "--exact").stdout


def test_nothing_is_written_where_nothing_is_certified(tmp_path):
    file = tmp_path / "none.json"
    found = run("check", "markov-floating", "--certificate", str(file))
    assert found.exit_code == 2
    assert "nothing to certify" in found.stderr
    assert not file.exists()
