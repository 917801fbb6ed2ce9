"""The stand-alone kernel: certificates by hand, every number in them altered, hostile files, and run alone."""

import ast
import contextlib
import copy
import json
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from by_default import drawn
from certificates.texts import ALL, BY_HAND, PAIR, PARITY, altered, numbers, outcome, text
from hypothesis import example, given
from hypothesis import strategies as st

from maskbound.numerics.certificates import kernel
from maskbound.numerics.numbers.logform import LogForm

CHANGES = (
    lambda n: n + 1,
    lambda n: abs(n - 1) if n != 1 else 3,
    lambda n: 2 * n + 5,
    lambda n: 10 * n + 7,
    lambda n: 0 if n else 9,
)


@pytest.mark.parametrize("name", ALL)
def test_certificates_are_accepted(name):
    assert kernel.verify(text(ALL[name])) == ALL[name]["conclusion"]


@pytest.mark.parametrize("name", BY_HAND)
def test_the_kernel_writes_what_was_written_by_hand(name):
    certificate = BY_HAND[name]
    asked = {key: certificate[key] for key in ("subjects", "between", "statement")}
    assert {**kernel.complete(asked), "provenance": certificate["provenance"]} == certificate


def test_a_file_may_hold_a_list():
    several = list(ALL.values())
    assert kernel.verify(text(several)) == "\n".join(certificate["conclusion"] for certificate in several)
    several[2] = {**several[2], "order": "<"}
    assert outcome(text(several)) == "rejected"
    assert outcome(text([[PAIR]])) == "malformed"
    assert outcome("[]") == "malformed"


def test_values_are_log_forms():
    form = LogForm.parse(ALL["chain"]["values"]["lhs"])
    assert form == LogForm.parse(ALL["chain"]["quantities"]["curve_left_riemann_sum"]) - LogForm.parse(
        ALL["chain"]["quantities"]["curve_area"]
    )
    assert ALL["chain"]["order"] == "="


def test_one_number_altered_is_one_certificate_rejected():
    cases_tried = 0
    for certificate in ALL.values():
        for path, span in numbers(certificate):
            for change in CHANGES:
                mutant = altered(certificate, path, span, change)
                assert mutant != certificate
                assert outcome(text(mutant)) != "accepted", (path, span)
                cases_tried += 1
    assert cases_tried >= 500


@pytest.mark.parametrize("name", ALL)
def test_provenance_may_be_anything(name):
    certificate = {**ALL[name], "provenance": {"time": 1e300, "x": [1, {"y": float(3)}]}}
    assert outcome(text(certificate)) == "accepted"


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("verdict",), "violated"),
        (("order",), "="),
        (("order",), ">"),
        (("bits",), None),
        (("bits",), True),
        (("statement", "relation"), ">"),
        (("statement", "relation"), "<"),
        (("statement", "assumptions"), []),
        (("statement", "assumptions"), ["ExactDenoiser", "BernoulliPolicy", "UniformSteps"]),
        (("statement", "assumptions"), ["FixedSizePolicy"]),
        (("statement", "rhs"), "total_correlation"),
        (("subjects", 0, "policy", "weights"), ["2/4", "1/2"]),
        (("subjects", 0, "policy", "weights"), ["1/2", "5/10"]),
        (("subjects", 0, "policy", "weights"), ["1/2", "2/4"]),
        (("subjects", 0, "policy", "weights"), ["3/2", "-1/2"]),
        (("subjects", 0, "policy", "weights"), ["01/2", "1/2"]),
        (("subjects", 0, "policy", "weights"), ["1/2", "1/2", "0"]),
        (("subjects", 0, "language", "probabilities"), ["1/2", "-0", "0", "1/2"]),
        (("subjects", 0, "language", "probabilities"), ["1/2", "0", "0/7", "1/2"]),
        (("quantities", "path_kl"), "2/4*log(2)"),
        (("quantities", "path_kl"), "1/4*log(4)"),
        (("quantities", "total_correlation"), "1*log(2)"),
        (("quantities", "total_correlation"), "inf"),
        (("quantities", "total_correlation"), None),
    ],
)
def test_other_alterations_are_rejected(keys, value):
    certificate = copy.deepcopy(PAIR)
    node = certificate
    for key in keys[:-1]:
        node = node[key]
    assert node[keys[-1]] != value
    node[keys[-1]] = value
    assert outcome(text(certificate)) == "rejected"


def malformed_texts():
    whole = text(PAIR)
    yield from ("", " ", "null", "1", "[]", "{}", '"x"', "NaN", "-Infinity", "{]", '{"a": 1,}', "\x00", "\ufeff{}")
    yield from ("[" * 100_000, '{"a":' * 50_000, "[" * 100_000 + "]" * 100_000, "1" * 5000, "1e999999999")
    yield whole.replace('"bits"', '"order": "<", "bits"')
    yield whole.replace('"vocab"', '"vocab": 2, "vocab"')
    yield whole.replace('"vocab": 2', '"vocab": 2.0')
    yield whole.replace('"vocab": 2', '"vocab": 2e0')
    yield whole.replace('"vocab": 2', '"vocab": true')
    yield whole.replace('"vocab": 2', '"vocab": "2"')
    yield whole.replace('"vocab": 2', '"vocab": 0')
    yield whole.replace('"vocab": 2', '"vocab": -1')
    yield whole.replace('"vocab": 2', '"vocab": ' + "9" * 4000)
    yield whole.replace('"length": 2', '"length": 1000000000')
    yield whole.replace('"length": 2', '"length": NaN')
    yield whole.replace('"id": "bernoulli/max-weight"', '"id": 6.2')
    yield whole.replace('"id": "bernoulli/max-weight"', '"id": null')
    yield whole.replace('"id": "bernoulli/max-weight"', '"id": "x\\naccepted: y"')
    yield whole.replace('"id": "bernoulli/max-weight"', '"id": "\\ud800"')
    yield whole.replace('"1/2"', "0.5")
    yield whole.replace('"1/2"', '"1/0"')
    yield whole.replace('"1/2"', '"' + "1" * 5000 + '"')
    yield whole.replace('"1/2"', '"0x1"')
    yield whole.replace('"1/2"', '"+1/2"')
    yield whole.replace('"1/2"', '"1/2 "')
    yield whole.replace('"1/2"', '"١/٢"')
    yield whole.replace('"bernoulli"', '"adaptive"')
    yield whole.replace('"bernoulli"', "[]")
    yield whole.replace('"bernoulli"', '"fixed-size"')
    yield whole.replace('"between": null', '"between": "refines"')
    yield whole.replace('"between": null', '"between": []')
    yield whole.replace('"policy"', '"polizei"')
    yield whole.replace('"ExactDenoiser"', '"Exact"')
    yield whole.replace('"ExactDenoiser"', "{}")
    yield whole.replace('"<="', '"!="')
    yield whole.replace('"provenance"', '"extra": 1, "provenance"')
    yield whole.replace(', "provenance"', ', "vorname"')
    # fmt: off
    sides = (
        "__import__('os')", "kl if kl else kl", "kl.real", "[kl]", "lambda: kl", "kl@3", "kl@2", "x", "kl kl", "(", "",
        "kl(1)", "exp()", "exp(1, 2)", "log(*kl)", "kl**kl", "2**10**10", "exp(10**4)", "0x10", "1_0",
        "1e3",
        "0.5", "1j", "True", "not kl", "kl // 2", "kl <= 1", "'kl'", "kl__2", "-" * 1900 + "1", "x" * 3000, "kl\n+1", 7,
        "(" * 900 + "1" + ")" * 900, "law_distance", "law_distance@2", "hellinger", "max_step_size", None, ["kl"],
    )
    # fmt: on
    for side in sides:
        certificate = copy.deepcopy(PAIR)
        certificate["statement"]["rhs"] = side
        yield text(certificate)
    for name in ("subjects", "statement", "quantities", "values", "order", "bits", "conclusion", "format"):
        certificate = copy.deepcopy(PAIR)
        del certificate[name]
        yield text(certificate)
    for name, value in product(("subjects", "statement"), (None, 1, "x", [], {}, [[]], [None], {"id": 1})):
        yield text({**PAIR, name: value})


@pytest.mark.parametrize("content", list(malformed_texts()), ids=lambda content: repr(content[:30]))
def test_malformed_files_are_answered_by_one_sentence(content):
    with pytest.raises(kernel.Malformed) as problem:
        kernel.verify(content)
    assert len(str(problem.value)) < 200
    assert "\n" not in str(problem.value)


def test_expressions_without_a_value_are_rejected():
    sides = (
        "1/0",
        "1/(max_step_weight - 1/2)",
        "log(0)",
        "log(-1)",
        "sqrt(-1)",
        "(-8)**(1/3)",
        "0**(-1)",
        "log(-path_kl)",
    )
    for side in sides:
        certificate = copy.deepcopy(PAIR)
        certificate["statement"]["rhs"] = side
        assert outcome(text(certificate)) == "rejected", side


@drawn(st.binary(max_size=60) | st.text(max_size=60).map(str.encode), few=25, many=100)
def test_arbitrary_bytes(content):
    with contextlib.suppress(UnicodeDecodeError):
        assert outcome(content.decode()) == "malformed"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["1/2", "0", "kl"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@drawn(st.data(), json_values, few=25, many=100)
def test_any_part_replaced_by_anything(data, value):
    """Every node of a certificate replaced by a random value: never another exception, never accepted."""
    certificate = copy.deepcopy(PAIR)
    node = certificate
    while True:
        keys = [key for key in (node if isinstance(node, dict) else range(len(node))) if key != "provenance"]
        key = data.draw(st.sampled_from(keys))
        if isinstance(node[key], dict | list) and node[key] and data.draw(st.booleans()):
            node = node[key]
            continue
        old, node[key] = node[key], value
        break
    expected = {"rejected", "malformed"} if json.dumps(old) != json.dumps(value) else {"accepted"}
    assert outcome(text(certificate)) in expected


@given(
    st.integers(0, len(text(PARITY)) - 1), st.integers(1, 20), st.text(alphabet='{}[]",:0123456789ab \\', max_size=4)
)
@example(0, 1, "")
def test_cut_and_pasted_text(start, length, patch):
    whole = text(PARITY)
    content = whole[:start] + patch + whole[start + length :]
    try:
        same = json.loads(content) == PARITY
    except ValueError:
        same = False
    assert (outcome(content) == "accepted") == same


def run_alone(*arguments):
    command = [sys.executable, "-I", "-S", kernel.__file__, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_it_runs_alone(tmp_path):
    file = tmp_path / "certificate.json"
    file.write_text(text(PAIR))
    accepted = run_alone(file)
    assert (accepted.returncode, accepted.stdout, accepted.stderr) == (0, f"accepted: {PAIR['conclusion']}\n", "")
    file.write_text(text({**PAIR, "order": "="}))
    rejected = run_alone(file)
    assert (rejected.returncode, rejected.stdout) == (1, "")
    assert rejected.stderr.startswith("rejected: order ")
    assert rejected.stderr.count("\n") == 1


def test_malformed_files_exit_2_without_a_traceback(tmp_path):
    contents = [b"", b"\xff\xfe", b"[" * 200_000, b'{"a": NaN}', b"9" * 10_000, b'{"a": 1, "a": 2}']
    for index, content in enumerate(contents):
        file = tmp_path / f"{index}.json"
        file.write_bytes(content)
        done = run_alone(file)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("malformed: ")
        assert done.stderr.count("\n") == 1
    for arguments in ([], [tmp_path], [tmp_path / "missing.json"], [file, file]):
        done = run_alone(*arguments)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1


def test_it_needs_the_standard_library_only():
    tree = ast.parse(Path(kernel.__file__).read_text())
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level
            found.add(str(node.module).split(".")[0])
    assert found <= set(sys.stdlib_module_names)
