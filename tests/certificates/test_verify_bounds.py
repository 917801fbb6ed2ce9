"""Every file is answered by the kernel, run alone, in one sentence within 10 s of its processor and 1 GB."""

import copy
import itertools
import json
import random
import resource
import string
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise

import pytest
from certificates.test_verify import CHANGES, malformed_texts
from certificates.texts import ALL, HALVES, PAIR, altered, numbers, text

from maskbound.numerics.certificates import kernel

SECONDS, BYTES = 10, 1 << 30


def bounded():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def answered(content, tmp_path):
    """The exit status, after checking that there is one line and no traceback."""
    file = tmp_path / "certificate.json"
    file.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
    done = subprocess.run(
        [sys.executable, "-I", "-S", kernel.__file__, str(file)],
        capture_output=True,
        text=True,
        preexec_fn=bounded,
        check=False,
    )
    assert_one_sentence(done.returncode, done.stdout + done.stderr)
    return done.returncode


def assert_one_sentence(status, printed):
    assert status in (0, 1, 2), printed[-300:]
    sentence = printed.rstrip("\n")
    assert sentence.startswith(("accepted: ", "rejected: ", "malformed: ")[status])
    assert "\n" not in sentence
    assert "MemoryError" not in sentence


def with_side(side):
    return text({**PAIR, "statement": {**PAIR["statement"], "rhs": side}})


def nested(pattern, levels, side="log(3)"):
    for _ in range(levels):
        side = pattern.format(side)
    return side


def about(V, L, probabilities, side, policy=HALVES, **more):
    """A certificate of another language, whose numbers are not those of PAIR."""
    subject = {"language": {"vocab": V, "length": L, "probabilities": probabilities}, "policy": policy, **more}
    statement = {"id": "test", "lhs": "0", "relation": "<=", "rhs": side, "assumptions": []}
    return text({**PAIR, "subjects": [subject], "statement": statement})


def long_probabilities(count, digits, seed=0):
    """A random law whose probabilities have a common denominator of so many digits."""
    rng = random.Random(seed)
    whole = 10**digits + rng.randrange(10 ** (digits - 1))
    cuts = [0, *sorted(rng.randrange(1, whole) for _ in range(count - 1)), whole]
    return [str(Fraction(b - a, whole)) for a, b in pairwise(cuts)]


SIDES = {
    "nested products of 130 characters": nested("({0}*2)*1", 16),
    "products of products": nested("({0}*{0})", 4),
    "nested minima": nested("min({0}, 1)", 25),
    "nested roots": nested("sqrt({0})", 25),
    "nested exponentials": nested("exp(-{0})", 12),
    "nested quotients": nested("1/({0} + 1)", 12),
    "deep parentheses": "(" * 900 + "1" + ")" * 900,
    "many signs": "-" * 1900 + "1",
    "towers": "2**2**2**2**2**2**2",
    "a long exponent": "2**" + "9" * 1900,
    "a long exponent of -1": "(0-1)**" + "9" * 1900,
    "a long logarithm": f"log({'9' * 1900})",
    "sums of roots": "+".join(["sqrt(2)*sqrt(3) - sqrt(6)"] * 9),
    "a quotient by nothing": "1/(" + "+".join(["sqrt(2)*sqrt(3) - sqrt(6)"] * 9) + ")",
    "large exponentials": "+".join(f"exp({490 - k}*sqrt(2))" for k in range(20)),
}

EMPTY_ROW = about(2, 1, ["1/2", "1/2"], "kl", {"kind": "bernoulli", "weights": ["1"]}, denoiser=[[[]], [None], [None]])


@pytest.mark.parametrize("name", SIDES)
def test_no_expression_takes_long(name, tmp_path):
    assert answered(with_side(SIDES[name]), tmp_path) in (1, 2)


def test_an_empty_row_of_a_denoiser_is_rejected(tmp_path):
    with pytest.raises((kernel.Malformed, kernel.Rejected)):
        kernel.verify(EMPTY_ROW)
    answered(EMPTY_ROW, tmp_path)


def test_a_file_is_read_whole_or_refused(tmp_path):
    """What follows a certificate, however far behind it, is read."""
    whole = text(PAIR)
    assert answered(whole + " " * 1000, tmp_path) == 0
    assert answered(whole + " " * 1000 + "x", tmp_path) == 2
    assert answered(whole + " " * (kernel.LARGEST_FILE - len(whole)), tmp_path) == 0
    assert answered(whole + " " * (1 << 26) + text({**PAIR, "order": "="}), tmp_path) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("repeated", "count"),
    [("[],", 19_000_000), ("[],", 1_900_000), ('{"":0},', 2_000_000), ('{"":0},', 99_000), ("999,", 3_900_000)],
)
def test_files_of_many_parts(repeated, count, tmp_path):
    assert answered("[" + repeated * count + "0]", tmp_path) == 2


@pytest.mark.slow
@pytest.mark.parametrize(("value", "count"), [("1.5", 3_040_000), ("1.5", 1_990_000), ("0", 1_990_000)])
def test_files_of_many_keys(value, count, tmp_path):
    """Keys that differ, in a text that has a character of four bytes."""
    keys = itertools.islice(itertools.product(string.ascii_letters, repeat=4), count)
    assert answered('{"\U0001f600":0,' + ",".join(f'"{"".join(key)}":{value}' for key in keys) + "}", tmp_path) == 2


@pytest.mark.slow
def test_a_policy_of_millions_of_steps(tmp_path):
    policy = {"kind": "bernoulli", "weights": ["1", *["0"] * 1_900_000]}
    assert answered(about(2, 1, ["1/2", "1/2"], "kl", policy), tmp_path) == 2


@pytest.mark.slow
def test_a_policy_of_many_steps(tmp_path):
    nothing = {"kind": "bernoulli", "weights": ["1", *["0"] * 5000]}
    for policy in (nothing, {"kind": "bernoulli", "weights": ["1/900"] * 900}):
        assert answered(about(2, 2, ["1/2", "0", "0", "1/2"], "mixture_ser", policy), tmp_path) in (1, 2)


WATCHING = {"kind": "adaptive", "score": "entropy", "order": "choose-then-sample", "ties": "random"}
PROPOSING = {**WATCHING, "score": "confidence", "order": "sample-then-choose"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["path_kl", "ser", "mode_conflict"])
@pytest.mark.parametrize("rule", [{"entropy_bound": "3/2"}, {"threshold": "1/2"}], ids=["bound", "threshold"])
@pytest.mark.parametrize(("V", "L", "digits"), [(2, 8, 300), (82, 2, 30), (3, 6, 30)])
def test_policies_that_watch_long_numbers(name, rule, V, L, digits, tmp_path):
    more = {"temperature": "1/3", "block_length": L, **rule}
    policy = (WATCHING if "entropy_bound" in rule else PROPOSING) | more
    assert answered(about(V, L, long_probabilities(V**L, digits), name, policy), tmp_path) in (1, 2)


@pytest.mark.parametrize("steps", [3, 2000])
def test_remasking_of_many_steps(steps, tmp_path):
    weights = [f"1/{steps}"] * steps
    policy = {"kind": "remasking", "weights": weights, "sigma": ["0", *[f"1/{steps}"] * (steps - 2), "0"]}
    assert answered(about(2, 2, ["1/2", "0", "0", "1/2"], "ser", policy), tmp_path) in (1, 2)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["kl", "log_mean_path_kl", "tv", "eps_learning", "curve_midpoint_excess", "mixture_ser"]
)
@pytest.mark.parametrize(("V", "L", "digits"), [(2, 8, 30), (2, 8, 300), (82, 2, 300), (6000, 1, 300), (18, 2, 2000)])
def test_languages_of_long_numbers(name, V, L, digits, tmp_path):
    assert answered(about(V, L, long_probabilities(V**L, digits), name), tmp_path) in (1, 2)


@pytest.mark.slow
def test_every_altered_and_every_malformed_certificate(tmp_path, capsys):
    """The altered ones in this process, one in forty also alone: they are small."""
    for content in malformed_texts():
        assert answered(content, tmp_path) == 2
    file = tmp_path / "altered.json"
    for certificate in ALL.values():
        for at, (path, span) in enumerate(numbers(certificate)):
            content = text(altered(certificate, path, span, CHANGES[len(path) % len(CHANGES)]))
            file.write_text(content)
            status = kernel.main([str(file)])
            assert_one_sentence(status, "".join(capsys.readouterr()))
            assert status in (1, 2)
            assert at % 40 or answered(content, tmp_path) == status


def test_the_answer_does_not_depend_on_earlier_certificates():
    """What is known from an earlier certificate is paid again, to the same unit."""
    questions = [
        {"subjects": PAIR["subjects"], "between": None, "statement": {**PAIR["statement"], "lhs": lhs, "rhs": "tv + 9"}}
        for lhs in ("kl", "log_mean_path_kl", "mixture_ser", "ser*log(3)")
    ]

    def paid(order):
        kernel.RECENT.clear()
        found = {}
        for at in order:
            kernel.complete(copy.deepcopy(questions[at]))
            found[at] = kernel.Bill.total
        return found

    alone = {at: paid([at])[at] for at in range(4)}
    assert min(alone.values()) > 0
    for order in ([0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1, 0]):
        for at, total in paid(order).items():
            assert total == pytest.approx(alone[at], rel=1e-12)


def test_the_work_of_a_certificate_is_bounded(monkeypatch):
    monkeypatch.setattr(kernel, "LARGEST_WORK", 10)
    with pytest.raises(kernel.Malformed, match="too much work"):
        kernel.verify(text(PAIR))
    assert json.loads(text(PAIR)) == PAIR
