"""Certificates that Coq checks, and altered ones that it refuses.

What needs Coq is left out where it is not installed, and is slow: the development is compiled.
"""

import json
import random
import re
import subprocess
import sys
from itertools import product

import pytest
from development import compile_text, coq, needs_coq, which_are_refused

from maskbound.numerics.certificates import kernel
from maskbound.numerics.certificates.coq_export import coq_file
from maskbound.numerics.errors import BeyondReach

SKEWED = {"vocab": 2, "length": 3, "probabilities": ["1/3", "0", "0", "1/6", "0", "1/4", "1/4", "0"]}
CORRELATED = {"vocab": 2, "length": 2, "probabilities": ["1/2", "0", "1/8", "3/8"]}
WRONG = [
    [None if token is not None else ["1/3", "2/3"] for token in y] for y in product([None, 0, 1], repeat=2)
]  # the same prediction everywhere
UNIFORM = {"kind": "bernoulli", "weights": ["1/2", "1/2"]}
SUBJECTS = {
    "bernoulli": {"language": SKEWED, "policy": UNIFORM},
    "fixed-size": {"language": SKEWED, "policy": {"kind": "fixed-size", "sizes": [2, 1]}},
    "fixed-sets": {"language": CORRELATED, "policy": {"kind": "fixed-sets", "sets": [[1, 0]]}},
    "wrong": {"language": CORRELATED, "policy": UNIFORM, "denoiser": WRONG},
}
STATEMENTS = [
    ("bernoulli", "kl <= path_kl", "holds"),
    ("bernoulli", "path_kl <= max_step_weight*(total_correlation + dual_total_correlation)", "holds"),
    ("bernoulli", "ser <= 1 - exp(-kl)", "holds"),
    ("bernoulli", "2*tv**2 < kl", "holds"),
    ("bernoulli", "tv <= sqrt(kl/2)", "holds"),
    ("bernoulli", "log(V)*L - entropy >= total_correlation", "holds"),
    ("bernoulli", "path_kl <= 1/100", "violated"),
    ("fixed-size", "max(kl, ser) <= min(path_kl, entropy)", "holds"),
    ("fixed-size", "log_ter - log_ter_language == kl/L", "holds"),
    ("fixed-sets", "path_kl == total_correlation", "holds"),
    ("fixed-sets", "kl == path_kl", "holds"),
    ("fixed-sets", "kl < path_kl", "violated"),
    ("wrong", "kl <= path_kl", "holds"),
    ("wrong", "path_kl <= max_step_weight*(total_correlation + dual_total_correlation)", "violated"),
]
QUANTITIES = ("kl", "path_kl", "ser", "tv", "entropy", "total_correlation", "dual_total_correlation")


def certificate(subject: str, text: str) -> dict:
    left, relation, right = re.split(r" (<=|>=|==|<|>) ", text)
    statement = {"id": "claim", "lhs": left, "relation": relation, "rhs": right, "assumptions": []}
    question = {"subjects": [SUBJECTS[subject]], "between": None, "statement": statement}
    return {**kernel.complete(question), "provenance": {}}


def exact_value(subject: str, name: str) -> dict:
    """The certificate that a quantity equals the log form that the kernel finds."""
    value = certificate(subject, f"{name} == 0")["quantities"][name]
    return certificate(subject, f"{name} == {value}")


@needs_coq
@pytest.mark.slow
def test_coq_accepts_every_kind_of_statement(tmp_path):
    certificates = [certificate(subject, text) for subject, text, _ in STATEMENTS]
    assert [found["verdict"] for found in certificates] == [verdict for *_, verdict in STATEMENTS]
    certificates += [exact_value(subject, name) for subject in SUBJECTS for name in QUANTITIES]
    text = coq_file(json.dumps(certificates))
    assert text.count("\nTheorem ") == len(certificates)
    printed = compile_text(tmp_path, f"{text}\nPrint Assumptions claim_1.")
    assert "ClassicalDedekindReals.sig_not_dec" in printed
    axioms = re.findall(r"^(\w+\.[\w.]+)\s*:", printed, re.MULTILINE)
    assert axioms
    assert set(axioms) <= set(coq.ALLOWED)


def altered_number(text: str, rng: random.Random) -> str:
    """One number of the data or of the statement is another one."""
    end = text.index("Proof.")
    found = rng.choice(list(re.finditer(r"(?<=\()-?\d+(?= # )|(?<= # )\d+(?=\))|(?<=Sizes \[:: )\d+", text[:end])))
    return text[: found.start()] + str(int(found[0]) + rng.choice([1, 2, 10])) + text[found.end() :]


def altered_claim(text: str, rng: random.Random) -> str:
    """The verdict, or a relation with what it excludes, is exchanged."""
    if rng.random() < 0.5:
        return re.sub(r" (true|false) \[", lambda m: f" {'false' if m[1] == 'true' else 'true'} [", text)
    return re.sub(r"\] Equal", f"] {rng.choice(['Less', 'Greater'])}", text)


@needs_coq
@pytest.mark.slow
def test_coq_refuses_altered_certificates(tmp_path):
    right, wrong = [], []
    for seed in range(30):
        rng = random.Random(seed)
        text = coq_file(json.dumps(exact_value(rng.choice([*SUBJECTS]), QUANTITIES[seed % len(QUANTITIES)])))
        right.append(text)
        wrong.append((altered_claim if seed % 3 == 0 else altered_number)(text, rng))
        assert wrong[-1] != text
    assert which_are_refused(tmp_path, wrong + right[:7]) == list(range(len(wrong)))


@pytest.mark.parametrize(
    ("subject", "text", "message"),
    [
        ("bernoulli", "area_defect <= 0", "area_defect is not among the quantities that are defined in Coq"),
        ("bernoulli", "ceil(kl) >= kl", "ceil(kl) is not exported to Coq"),
        ("bernoulli", "kl**(1/2) >= 0", "the exponent 1 / 2 is not exported to Coq"),
        ("infinite", "kl <= path_kl", "kl is infinite"),
    ],
)
def test_what_is_not_exported_says_so(subject, text, message, monkeypatch):
    never = [[None if token is not None else ["1", "0"] for token in y] for y in product([None, 0, 1], repeat=2)]
    monkeypatch.setitem(SUBJECTS, "infinite", {"language": CORRELATED, "policy": UNIFORM, "denoiser": never})
    with pytest.raises(BeyondReach, match=re.escape(message)):
        coq_file(json.dumps(certificate(subject, text)))


def test_a_rejected_certificate_is_not_exported():
    wrong = certificate("fixed-sets", "kl == path_kl") | {"verdict": "violated"}
    with pytest.raises(kernel.Rejected):
        coq_file(json.dumps(wrong))


def test_verify_writes_the_file(tmp_path):
    file, written = tmp_path / "certificate.json", tmp_path / "claim.v"
    file.write_text(json.dumps(certificate("bernoulli", "kl <= path_kl")))
    call = [
        sys.executable,
        "-c",
        "from maskbound.numerics.cli import main; main()",
        "verify",
        str(file),
        "--coq",
        str(written),
    ]
    subprocess.run(call, check=True, capture_output=True, timeout=120)
    assert written.read_text() == coq_file(file.read_text())
    assert "Theorem claim_1" in written.read_text()
