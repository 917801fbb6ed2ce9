"""The checker of universal certificates: it runs alone, accepts what holds, and refuses what was altered."""

from __future__ import annotations

import copy
import json
import random
import re
import subprocess
import sys
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from maskbound.numerics import cli
from maskbound.numerics.errors import Undecidable
from maskbound.numerics.policies import Bernoulli, FixedSets, FixedSize, MixtureOfSizes, bisection
from maskbound.numerics.universal import (
    Decided,
    certificate,
    checker,
    minimax,
    minimax_certificate,
    prove,
    prove_everywhere,
)
from maskbound.theory import claim, statements

WEIGHTS, SIZES = Bernoulli(weights=["1/2", "1/3", "1/6"]), FixedSize([2, 3, 1])
HALF = "path_kl <= max(total_correlation, dual_total_correlation)/2"

MIXED = MixtureOfSizes.minimax(6, 3)
OF_MIXTURES = (
    "path_kl <= 25/204 * (total_correlation + dual_total_correlation)",
    "kl <= path_kl",
    "path_kl == profile_left_sum - profile_area",
    "log_ter <= log_ter_language + path_kl/L",
)

AT_ONE_LENGTH = [
    (name, policy)
    for policy, names in (
        (
            SIZES,
            (
                "fixed-size/max-size fixed-size/tc-only fixed-size/dtc-only "
                "fixed-size/vocabulary token-error/fixed-size fixed-size/riemann-error "
                "kl-path-kl/given-times log-mean-path-kl/lower profile/total-drop "
                "profile/non-increasing "
            ),
        ),
        (
            WEIGHTS,
            (
                "bernoulli/max-weight bernoulli/left-sum bernoulli/riemann-error "
                "bernoulli/slope-identity bernoulli/odds-bound token-error/bernoulli "
                "bernoulli/mixture-of-sizes-path-kl kl-path-kl/given-times log-mean-path-kl/upper "
            ),
        ),
    )
    for name in names.split()
]
EVERYWHERE = [
    (name, policy)
    for policy, names in (
        (
            SIZES,
            (
                "fixed-size/max-size fixed-size/tc-only fixed-size/dtc-only "
                "fixed-size/vocabulary fixed-size/riemann-error odds-weighted-slope/quarter "
                "profile/vocabulary token-error/fixed-size kl-path-kl/given-times "
            ),
        ),
        (
            WEIGHTS,
            (
                "bernoulli/max-weight bernoulli/riemann-error bernoulli/odds-bound "
                "token-error/bernoulli bernoulli/mixture-of-sizes-path-kl odds-weighted-slope/quarter "
            ),
        ),
        (Bernoulli(3), "bernoulli/uniform-rate bernoulli/vocabulary-rate"),
    )
    for name in names.split()
]
ANY_DENOISER = [
    ("learning-error/bernoulli", WEIGHTS),
    ("token-error/mean-learning-error", WEIGHTS),
    ("learning-error/worst-case", WEIGHTS),
    ("kl-path-kl/given-times", SIZES),
]
SETS = [
    ("path_kl <= (total_correlation + dual_total_correlation)/2", FixedSets([[0, 1], [2, 3]]), ()),
    ("path_kl <= max(total_correlation, dual_total_correlation)", FixedSets([[0, 1], [2, 3]]), ()),
    ("path_kl <= 3*log(V)", FixedSets([[0, 1], [2, 3], [4, 5]]), ()),
    ("path_kl <= 3*dual_total_correlation", FixedSets([range(4), range(4, 8), range(8, 12)]), ()),
    ("path_kl == 0", bisection(5), ("MarkovLanguage",)),
]

SLOPES = ("bernoulli/slope-upper", "bernoulli/slope-lower", "bernoulli/sharp-odds-bound", "bernoulli/ratio-bound")
REFUTED = [
    ("path_kl <= total_correlation/10", SIZES),
    ("path_kl <= max_step_weight*total_correlation", WEIGHTS),
    ("max(total_correlation, dual_total_correlation) <= 3/5*(total_correlation + dual_total_correlation)", WEIGHTS),
    ("total_correlation + dual_total_correlation <= 3/2*max(total_correlation, dual_total_correlation)", SIZES),
    ("entropy <= path_kl + 1", WEIGHTS),
    ("path_kl + 1/2 <= path_kl", WEIGHTS),
    ("kl == 0", SIZES),
    ("collision_probability*curve_max_slope/2 <= path_kl", WEIGHTS),
    ("path_kl <= 49/100*(total_correlation + dual_total_correlation)", FixedSets([[0, 1], [2, 3], [4, 5]])),
    ("path_kl <= 2*log(V)", FixedSets([[0, 1], [2, 3], [4, 5]])),
    ("path_kl == 0", bisection(6)),
]


@cache
def pool() -> list[dict]:
    """One certificate of everything."""
    found = [certificate(prove(statements[name], policy, 6)) for name, policy in AT_ONE_LENGTH]
    found += [certificate(prove_everywhere(statements[name], policy)) for name, policy in EVERYWHERE]
    found += [certificate(prove(statements[name], WEIGHTS, 6)) for name in SLOPES]
    found += [certificate(prove_everywhere(statements[name], WEIGHTS)) for name in SLOPES[2:]]
    found += [certificate(prove(text, policy, 6)) for text, policy in REFUTED]
    found.append(certificate(prove("path_kl@2 <= path_kl", [Bernoulli(2), Bernoulli(3)], 25)))
    found.append(certificate(prove("learning_term <= path_kl/2", WEIGHTS, 4, exact_denoiser=False)))
    for name, policy in ANY_DENOISER:
        found.append(certificate(prove(statements[name], policy, 6, exact_denoiser=False)))
        found.append(certificate(prove_everywhere(statements[name], policy, exact_denoiser=False)))
    found.append(certificate(prove(HALF, FixedSize([2, 2, 2]), 6)))
    found += [certificate(prove(text, MIXED, 6)) for text in OF_MIXTURES]
    found.append(certificate(prove("path_kl@2 <= path_kl", [Bernoulli(2), Bernoulli(4)], 6)))
    for text, policy, more in SETS:
        found.append(certificate(prove(claim(text, assumptions=more), policy, sum(map(len, policy.sets)))))
    found += [minimax_certificate(minimax(8, 3, criterion), criterion) for criterion in ("tc+dtc", "tc", "dtc", "min")]
    return found


def test_it_runs_alone(tmp_path):
    path = tmp_path / "certificates.json"
    path.write_text(json.dumps(pool()))
    ran = subprocess.run(
        [sys.executable, "-I", "-S", checker.__file__, str(path)], capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("accepted:") == len(pool())


def test_it_imports_the_standard_library_only():
    names = re.findall(r"^(?:from|import) (\w+)", Path(checker.__file__).read_text(), re.MULTILINE)
    assert set(names) <= set(sys.stdlib_module_names) | {"__future__"}


def places(entry, path=()):
    """Where numbers stand, as keys from the top: whole numbers, and digits in strings that are read."""
    if isinstance(entry, dict):
        for key, value in entry.items():
            if key not in ("provenance", "digest"):
                yield from places(value, (*path, key))
    elif isinstance(entry, list):
        for k, value in enumerate(entry):
            yield from places(value, (*path, k))
    elif (isinstance(entry, int) and not isinstance(entry, bool)) or (
        isinstance(entry, str) and re.search(r"\d", entry)
    ):
        yield path


def altered(data: dict, rng: random.Random) -> dict:
    """One number of a certificate changed."""
    changed = copy.deepcopy(data)
    *way, last = rng.choice(list(places(data)))
    inside = changed
    for key in way:
        inside = inside[key]
    old = inside[last]
    if isinstance(old, int):
        inside[last] = old + rng.choice((-1, 1))
    elif re.fullmatch(r"-?\d+(/\d+)?", old):
        inside[last] = str(Fraction(old) + rng.choice((-1, 1)) * Fraction(1, rng.choice((1, 2, 97))))
    else:
        spots = [m.start() for m in re.finditer(r"\d", old)]
        at = rng.choice(spots)
        inside[last] = old[:at] + str((int(old[at]) + rng.randint(1, 9)) % 10) + old[at + 1 :]
    return changed


def refused(data: dict) -> bool:
    try:
        checker.verify(json.dumps(data))
    except (checker.Rejected, checker.Malformed):
        return True
    return False


@pytest.mark.parametrize("seed", range(500))
def test_an_altered_number_is_refused(seed):
    rng = random.Random(seed)
    assert refused(altered(rng.choice(pool()), rng))


def policy_of(spec: dict):
    if spec["kind"] == "fixed-size":
        return FixedSize(spec["sizes"])
    return Bernoulli(weights=spec["weights"]) if spec["kind"] == "bernoulli" else MixtureOfSizes(**without_kind(spec))


def without_kind(spec: dict) -> dict:
    return {key: value for key, value in spec.items() if key != "kind"}


def proved_again(data: dict) -> bool:
    """Whether `prove` says the same of a claim about one length, or all of them."""
    spelled, exact = checker.spelled(data["statement"]), data["denoiser"] == "exact"
    expected = Decided.FAILS if data["kind"] == "codes refuted" else Decided.HOLDS
    if data["kind"].startswith("codes"):
        policies = [policy_of(spec) for spec in data["policies"]] or [SIZES]
        found = prove(spelled, policies, data["length"], exact_denoiser=exact, judge=False)
    else:
        found = prove_everywhere(spelled, SIZES if data["kind"] == "sizes" else WEIGHTS, exact_denoiser=exact)
    return found.verdict is expected


@pytest.mark.slow
def test_an_altered_certificate_with_a_new_digest_is_refused_or_says_something_true():
    """The digest alone would refuse every change; here what follows from the rest is written anew."""
    refused_ones, others = 0, 0
    for seed in range(500):
        rng = random.Random(seed)
        whole = rng.choice(pool())
        try:
            again = altered(whole, rng)
            again |= checker.check(again)
        except (checker.Rejected, checker.Malformed):
            refused_ones += 1
            continue
        if {**again, "provenance": None} != {**whole, "provenance": None}:
            others += 1
            assert again["kind"] in ("minimax", "sets", "sets refuted") or proved_again(again), again["conclusion"]
    assert refused_ones > 250
    assert others < 50


def rewritten(data: dict) -> dict:
    """With everything that follows from the rest written anew, as one would who wants to deceive."""
    return data | checker.check(data)


def test_a_false_claim_cannot_be_certified():
    """Each with all consequences recomputed: what is refused is the mathematics, not the digest."""
    rng = random.Random(1)
    forged = 0
    for data in pool():
        if data["kind"] == "minimax":
            for key, value in (
                ("value", str(Fraction(data["value"]) * Fraction(999, 1000))),
                ("steps", data["steps"] - 1),
            ):
                with pytest.raises(checker.Rejected):
                    rewritten({**data, key: value})
                forged += 1
            swapped = [*data["prior"]]
            rng.shuffle(swapped)
            if swapped != data["prior"]:
                with pytest.raises(checker.Rejected):
                    rewritten({**data, "prior": swapped})
        elif data["kind"].endswith("refuted"):
            if data.get("denoiser") == "any":
                continue  # its error is as large as one likes
            added = "1000*(total_correlation + dual_total_correlation + entropy + log(V) + 1)"
            true = {**data["statement"], "relation": "<=", "rhs": f"{data['statement']['rhs']} + {added}"}
            with pytest.raises(checker.Rejected):
                rewritten({**data, "statement": true})
            forged += 1
        elif data["statement"]["rhs"] not in ("0", "-0") and data["statement"]["relation"] == "<=":
            false = {
                "lhs": f"{data['statement']['lhs']} + entropy/1000",
                "relation": "<=",
                "rhs": data["statement"]["rhs"],
            }
            for statement in (false, {**false, "lhs": f"{data['statement']['lhs']} + 1/1000"}):
                with pytest.raises(checker.Rejected):
                    rewritten({**data, "statement": statement, **({"constant": None} if "constant" in data else {})})
                forged += 1
    assert forged > 40


def test_a_constant_must_be_sharp():
    data = certificate(prove(statements["fixed-size/max-size"], SIZES, 6))
    assert data["constant"] == "1"
    for wrong in ("99/100", "101/100"):
        with pytest.raises(checker.Rejected):
            rewritten({**data, "constant": wrong})


def test_a_negative_constant_is_not_sharp_for_a_minimum():
    """Code by code -z(0) <= -3 min(TC, DTC), on Copy with equality; on Copy and Parity side by side -6 > -9."""
    data = certificate(prove("-profile_start <= min(total_correlation, dual_total_correlation)", FixedSize([2, 1]), 3))
    assert data["constant"] is None
    with pytest.raises(checker.Rejected, match="no sharp constant"):
        rewritten({**data, "constant": "-3"})
    data = certificate(prove("-profile_start <= dual_total_correlation", FixedSize([2, 1]), 3))
    assert data["constant"] == "-3/2"
    with pytest.raises(checker.Rejected):
        rewritten({**data, "constant": "-3"})


def test_what_sympy_simplifies_away_is_certified_as_it_was_typed():
    """Of log(V)/N and 0 the second is the smaller one."""
    claimed = "path_kl <= total_correlation + min(log(V)/N, 0*path_kl)"
    data = certificate(prove(claimed, FixedSets([[0, 1], [2]]), 3))
    assert "log(V)" in data["conclusion"]
    assert checker.verify(json.dumps(data)) == data["conclusion"]


def test_weights_of_a_maximum_are_needed():
    data = certificate(prove(HALF, FixedSize([2, 2, 2]), 6))
    (weights,) = data["weights"]
    assert len(weights) == 2
    with pytest.raises(checker.Rejected):
        rewritten({**data, "weights": [["1", "0"]]})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        "1e5",
        '{"format": 1}',
        "[" * 5000,
        '{"format": "maskbound universal certificate 1", "kind": "codes"}',
        '{"format": "maskbound universal certificate 1", "kind": ["codes"]}',
        '{"format": "maskbound universal certificate 1", "kind": "sets", "length": 10000000000000000000000}',
        '{"a": 1, "a": 1}',
    ],
)
def test_what_is_no_certificate(text):
    with pytest.raises(checker.Malformed):
        checker.verify(text)


@pytest.mark.parametrize(
    "side",
    [
        "2**2**2**2**2**2",
        "9**64*" * 40 + "1",
        "-" * 1900 + "1",
        "(" * 900 + "1" + ")" * 900,
        "max(" + ",".join(["entropy"] * 240) + ")" + "+max(entropy,path_kl)" * 20,
        "__import__(1)",
        "entropy.real",
        "log(2)",
        "log(V)*entropy",
        "1/0",
        "1/(1-1)",
        "entropy**2",
        "0**(-1)",
        "ceil(entropy)",
        "V",
        "lambda",
        "ser",
        "9" * 1999,
        "max()",
        "max(*entropy)",
        "1 if 1 else 2",
    ],
)
def test_sides_outside_the_grammar(side):
    data = certificate(prove(statements["fixed-size/max-size"], SIZES, 6))
    with pytest.raises((checker.Malformed, checker.Rejected)):
        checker.verify(json.dumps({**data, "statement": {"lhs": side, "relation": "<=", "rhs": "entropy"}}))


def test_only_what_is_decided_has_a_certificate():
    with pytest.raises(Undecidable):
        certificate(prove("kl@2 <= kl", [WEIGHTS, WEIGHTS], 3))


def test_what_refutes_must_be_a_language():
    """Bounds of KL are none, nor are powers of what is no code, nor extreme slopes of a product."""
    data = certificate(prove("kl <= path_kl/2", SIZES, 6))
    bernoulli = {"kind": "bernoulli", "weights": ["1/2", "1/2"]}
    with pytest.raises(checker.Rejected, match="no such language"):
        rewritten({**data, "policies": [bernoulli]})
    data = certificate(prove("entropy + 1 <= entropy", SIZES, 6))
    assert data["amounts"] == [["one sequence", "1"]]
    for amounts in ([["one sequence", "2"]], [["one sequence", "1"], ["MDS_2", "1"]], [["MDS_2", "-1"]], []):
        with pytest.raises((checker.Rejected, checker.Malformed)):
            rewritten({**data, "amounts": amounts})
    data = certificate(prove("collision_probability*curve_max_slope/2 <= path_kl", WEIGHTS, 6))
    with pytest.raises(checker.Rejected, match="no sums"):
        rewritten({**data, "amounts": [["MDS_1", "1"], ["MDS_3", "1"]]})


def test_words_that_refute_must_be_alike_in_every_projection():
    data = certificate(prove("path_kl == 0", FixedSets([[0, 1], [2]]), 3))
    for words in ([[0, 0, 0], [1, 1, 0], [1, 0, 0]], [*data["words"], data["words"][0]], []):
        with pytest.raises((checker.Rejected, checker.Malformed)):
            rewritten({**data, "words": words})


def test_extreme_slopes_are_bounds_only_where_they_help():
    """The slope at some place is no more than the steepest one; it may not stand for it on the other side."""
    data = certificate(prove(statements["bernoulli/slope-upper"], WEIGHTS, 6))
    (weights,) = data["weights"]
    turned = {"lhs": data["statement"]["rhs"], "relation": "<=", "rhs": data["statement"]["lhs"]}
    with pytest.raises((checker.Rejected, checker.Malformed)):
        rewritten({**data, "statement": turned, "weights": [["1"]]})
    smaller = {**data["statement"], "rhs": f"9/10*({data['statement']['rhs']})"}
    with pytest.raises(checker.Rejected, match="fails on a code"):
        rewritten({**data, "statement": smaller})
    assert len(weights) > 1
    symbolic = certificate(prove_everywhere(statements["bernoulli/odds-bound"], WEIGHTS))
    with pytest.raises((checker.Rejected, checker.Malformed)):
        rewritten({**symbolic, "statement": {"lhs": "curve_max_slope", "relation": "<=", "rhs": "growth_bound"}})


def test_the_commands(tmp_path):
    spec, path = tmp_path / "question.toml", tmp_path / "certificate.json"
    spec.write_text('[language]\nkind = "any"\nlength = 6\n[policy]\nkind = "fixed-size"\nsizes = [2, 3, 1]\n')
    runner = CliRunner()
    for more in ([], ["--all-lengths"]):
        words = ["prove", str(spec), "--claim", "path_kl <= dual_total_correlation*dtc_step_ratio", *more]
        assert runner.invoke(cli.app, [*words, "--certificate", str(path)]).exit_code == 0
        verified = runner.invoke(cli.app, ["verify", str(path)])
        assert verified.exit_code == 0
        assert "accepted: path_kl <=" in verified.output
        path.write_text(path.read_text().replace("every language", "each language"))
        assert runner.invoke(cli.app, ["verify", str(path)]).exit_code == 1


def test_a_negative_multiplier_of_an_inequality_is_refused():
    """The identity alone is not enough."""
    data = certificate(prove(claim("path_kl == 0", assumptions=["MarkovLanguage"]), bisection(5), 5))
    row = next(row for row in data["rows"] if row["terms"])
    (name, y), rest = (row["terms"][0][:-1], Fraction(row["terms"][0][-1])), row["terms"][1:]
    split = {**row, "terms": [[*name, str(-y)], [*name, str(2 * y)], *rest]}
    with pytest.raises(checker.Rejected, match="negative"):
        rewritten({**data, "rows": [split if each is row else each for each in data["rows"]]})


def test_positions_that_are_not_alike_may_not_be_folded():
    data = certificate(prove("path_kl <= total_correlation", FixedSets([[0, 1], [2, 3]]), 4))
    assert data["classes"] == [0, 0, 1, 1]
    with pytest.raises(checker.Rejected, match="alike"):
        rewritten({**data, "classes": [0, 1, 0, 1]})


def test_the_assumption_is_needed():
    data = certificate(prove(claim("path_kl == 0", assumptions=["MarkovLanguage"]), bisection(5), 5))
    without = [{**row, "multipliers": []} for row in data["rows"]]
    with pytest.raises(checker.Rejected):
        rewritten({**data, "assumptions": [], "rows": without})


def test_kl_of_two_policies_is_not_bounded_together():
    data = certificate(prove("kl@2 <= path_kl", [FixedSize([2, 2]), FixedSize([1, 1, 2])], 4))
    with pytest.raises(checker.Rejected):
        rewritten({**data, "constant": None, "statement": {"lhs": "kl@2", "relation": "<=", "rhs": "kl"}})


def test_what_a_wrong_denoiser_leaves_open():
    data = certificate(prove("learning_term <= path_kl", WEIGHTS, 4, exact_denoiser=False))
    with pytest.raises(checker.Rejected):
        rewritten({**data, "statement": {"lhs": "learning_term", "relation": "<=", "rhs": "kl"}})
    pair = certificate(prove("path_kl@2 <= path_kl", [FixedSize([2, 2]), FixedSize([1, 1, 2])], 4))
    with pytest.raises(checker.Malformed):
        rewritten({**pair, "denoiser": "any"})


def test_the_two_largest_ratios_are_different_variables():
    data = certificate(prove_everywhere(statements["fixed-size/tc-only"], SIZES))
    statement = {"lhs": "dtc_step_ratio*log(V)", "relation": "<=", "rhs": "(tc_step_ratio + L)*log(V)"}
    with pytest.raises((checker.Rejected, checker.Malformed)):
        rewritten({**data, "statement": statement})
