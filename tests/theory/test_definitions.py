"""Every definition has an example in numbers, and the package and the oracles agree with each."""

from __future__ import annotations

import doctest
import math
import re
from fractions import Fraction as F
from pathlib import Path

import pytest
import sympy
from oracles import adaptive, denoisers, ending, languages, samplers
from oracles.logs import mp
from oracles.quantities import law_distance, measure_all
from sympy import Expr

from maskbound.numerics.engines.workspace import Request, Workspace
from maskbound.numerics.instances.specfile import parse
from maskbound.numerics.judging import Status
from maskbound.numerics.judging.checking import check, judge
from maskbound.numerics.metrics import measure
from maskbound.theory import claim, quantities, symbols

ROOT = Path(__file__).resolve().parents[2]
NOTE = (ROOT / "proofs_notes" / "definitions.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"^Example, `([^`]+)`: `([^`]+)`(?:, (-?[\d.]+))?\.$", re.MULTILINE)
SECTION = re.compile(r"^#{2,3} (.+)\n((?:(?!#{2,3} ).*\n)*)", re.MULTILINE)
CITED = re.compile(r"definitions\.md#([\w-]+)")
NOT_EXACT = (
    "hellinger",
    "max_l2_deviation",
    "expected_steps",
    "uniforms_to_exceed",
    "log_ratio_growth_bound",
    "effective_total_correlation",
)
"""Quantities that, on their instances, no engine measures in rationals and logarithms or their exponentials."""

EQUAL = mp.mpf(10) ** -40
NARROW = 1e-9

PAIR = {"kind": "pair", "vocab": 2, "length": 2}
PAIRS = {**PAIR, "length": 4}
CHAIN = {
    "kind": "markov",
    "length": 3,
    "initial": ["1/2", "1/2"],
    "transition": [["3/4", "1/4"], ["1/4", "3/4"]],
}
TABLE = ["1/2", "1/8", "1/8", "1/4"]
SPECS = {
    "halves": {"language": PAIR, "policy": {"kind": "bernoulli", "steps": 2}},
    "at-once": {"language": PAIR, "policy": {"kind": "bernoulli", "steps": 1}},
    "blurred": {
        "language": PAIR,
        "policy": {"kind": "bernoulli", "steps": 2},
        "denoiser": {"kind": "perturbed", "noise": "uniform", "strength": "1/2"},
    },
    "sizes": {"language": PAIRS, "policy": {"kind": "fixed-size", "sizes": [2, 2]}},
    "repeat": {
        "language": {"kind": "copy", "vocab": 2, "copies": 3, "length": 3},
        "policy": {"kind": "fixed-size", "sizes": [2, 1]},
    },
    "parity": {"language": {"kind": "parity", "length": 3}, "policy": {"kind": "bernoulli", "steps": 2}},
    "table": {
        "language": {"kind": "tabular", "vocab": 2, "length": 2, "probabilities": TABLE},
        "policy": {"kind": "bernoulli", "steps": 1},
    },
    "chain": {"language": CHAIN, "policy": {"kind": "fixed-size", "sizes": [1, 2]}},
    "hidden": {
        "language": {
            "kind": "hmm",
            "length": 2,
            "initial": ["1/2", "1/2"],
            "transition": [["3/4", "1/4"], ["1/4", "3/4"]],
            "emission": [[1, 0], ["1/2", "1/2"]],
        },
        "policy": {"kind": "bernoulli", "steps": 2},
    },
    "ending": {
        "language": {
            "kind": "markov",
            "length": 2,
            "initial": ["1/2", "1/2"],
            "transition": [["1/2", "1/4"], [0, "1/2"]],
            "end": ["1/4", "1/2"],
        },
        "policy": {"kind": "bernoulli", "steps": 2},
    },
    "coins": {
        "language": {"kind": "iid", "length": 2, "probabilities": ["9/10", "1/10"]},
        "policy": {"kind": "adaptive", "score": "confidence", "order": "sample-then-choose", "sizes": [1, 1]},
    },
    "bounded": {
        "language": PAIRS,
        "policy": {"kind": "adaptive", "score": "entropy", "order": "choose-then-sample", "entropy_bound": "7/10"},
    },
}
"""The instances of the note's table, as the package reads them."""

HALF, FLIP = F(1, 2), [[F(3, 4), F(1, 4)], [F(1, 4), F(3, 4)]]
ORACLES = {
    "halves": (languages.pair(2, 2), samplers.uniform_steps(2, 2)),
    "at-once": (languages.pair(2, 2), samplers.uniform_steps(1, 2)),
    "blurred": (languages.pair(2, 2), samplers.uniform_steps(2, 2)),
    "sizes": (languages.pair(2, 4), samplers.fixed_size([2, 2])),
    "repeat": (languages.copy(2, 3, 3), samplers.fixed_size([2, 1])),
    "parity": (languages.parity(3), samplers.uniform_steps(2, 3)),
    "table": (languages.tabular(TABLE, 2, 2), samplers.uniform_steps(1, 2)),
    "chain": (languages.markov([HALF, HALF], FLIP, 3), samplers.fixed_size([1, 2])),
}
"""The same as the oracles have them; what belongs to adaptive policies is below."""

SECTIONS = dict(SECTION.findall(NOTE))
EXAMPLES = {title: found for title, body in SECTIONS.items() if title in quantities for found in EXAMPLE.findall(body)}


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def right_side(text: str) -> Expr:
    return claim(text).sides[1]


def rounded(value: Expr, digits: str) -> bool:
    """Whether ``digits`` is the value rounded to so many decimals."""
    places = len(digits.partition(".")[2])
    return round(float(value), places) == float(digits)


def test_every_quantity_is_defined_with_an_example():
    assert set(EXAMPLES) == set(quantities)
    for name in quantities:
        assert quantities[name].definition.removeprefix("definitions.md#") in anchors(NOTE)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_is_about_the_quantity_and_its_digits_are_right(name):
    _, text, digits = EXAMPLES[name]
    left, right = claim(text).sides
    assert left == symbols[name]
    assert not right.free_symbols
    assert rounded(right, digits or text.split("== ")[1])


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "law_distance"])
def test_the_package_measures_the_example(name):
    where, text, _ = EXAMPLES[name]
    instance = parse(SPECS[where])
    found, value = measure(instance, [name])[name], float(right_side(text))
    assert found.hi - found.lo <= NARROW
    assert found.lo - math.ulp(value) <= value <= found.hi + math.ulp(value)


def decided(where: str, text: str) -> Status:
    """The verdict on a claim about one of the instances, exactly wherever it can be had."""
    (verdict,) = check(parse(SPECS[where]), judged=[claim(text)], exact=True)
    return verdict.status


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name not in {"law_distance", *NOT_EXACT}])
def test_the_example_is_exact(name):
    where, text, _ = EXAMPLES[name]
    assert decided(where, text) is Status.HOLDS


@pytest.mark.parametrize("name", NOT_EXACT)
def test_what_is_not_exact_says_so(name):
    where, text, _ = EXAMPLES[name]
    assert decided(where, text) is Status.UNDECIDED


@pytest.mark.parametrize("name", [name for name, (where, _, _) in EXAMPLES.items() if where in ORACLES])
def test_the_oracles_agree_with_the_example(name):
    where, text, _ = EXAMPLES[name]
    q, policy = ORACLES[where]
    prediction = denoisers.mix_uniform(HALF) if where == "blurred" else denoisers.exact_prediction
    denoiser = denoisers.predicting(q, 2, prediction)
    value = measure_all(q, 2, denoiser, policy, FLIP if where == "chain" else None)[name]
    assert abs(mp.mpf(str(right_side(text).evalf(60))) - adaptive.real_of(value)) < EQUAL


def test_examples_about_two_laws_and_about_adaptive_policies():
    """Worked out from the oracles' laws: what `measure_all` leaves out."""
    q, halves = ORACLES["halves"]
    _, at_once = ORACLES["at-once"]
    denoiser = denoisers.exact(q, 2)
    laws = [samplers.law(policy, 2, denoiser) for policy in (halves, at_once)]
    value = right_side(EXAMPLES["law_distance"][1])
    assert law_distance(*laws) == F(str(value))
    works = tuple(Workspace(parse(SPECS[where]), Request()) for where in ("halves", "at-once"))
    assert judge(claim("law_distance == 1/4"), works).status is not Status.VIOLATED
    assert judge(claim("law_distance <= 1/4 - 1/1000"), works).status is Status.VIOLATED
    coins = languages.iid([F(9, 10), F(1, 10)], 2)
    p = adaptive.sample_then_choose([1, 1], 2, denoisers.exact(coins, 2))
    assert p[0, 0] == F(str(right_side(EXAMPLES["mode_probability"][1])))


def test_the_oracle_of_ends_agrees_with_the_example():
    _, Z = ending.ngram(2, 2, [HALF, HALF], [[HALF, F(1, 4)], [F(0), HALF]], [F(1, 4), HALF], 2)
    assert sympy.exp(right_side(EXAMPLES["log_length_probability"][1])) == sympy.Rational(Z.numerator, Z.denominator)


def test_the_oracle_of_hidden_paths_agrees_with_the_example():
    paths = languages.hidden_paths([HALF, HALF], FLIP, 2).values()
    entropy = -mp.fsum(mp.mpf(c.numerator) / c.denominator * mp.log(mp.mpf(c.numerator) / c.denominator) for c in paths)
    assert abs(entropy - mp.mpf(str(right_side(EXAMPLES["hidden_chain_entropy"][1]).evalf(60)))) < EQUAL


@pytest.mark.parametrize("name", ["expected_steps", "step_correlation", "expected_parallel_steps"])
def test_the_oracle_of_adaptive_policies_agrees_with_the_example(name):
    q = languages.pair(2, 4)
    denoiser = denoisers.exact(q, 2)
    policy = adaptive.Adaptive(4, "entropy", entropy_bound=F(7, 10))
    replayed = adaptive.under_language(q, policy, denoiser)
    found = {
        "expected_steps": adaptive.run(policy.step(denoiser), policy.N, policy.L).steps,
        "step_correlation": replayed.step_correlation,
        "expected_parallel_steps": replayed.expected_parallel_steps,
    }
    right = mp.mpf(str(right_side(EXAMPLES[name][1]).evalf(60)))
    assert abs(right - adaptive.real_of(found[name])) < EQUAL


def test_sessions_run_as_shown():
    blocks = "\n".join(re.findall(r"^```pycon\n(.*?)^```$", NOTE, re.MULTILINE | re.DOTALL))
    session = doctest.DocTestParser().get_doctest(blocks, {}, "definitions.md", "definitions.md", 0)
    outcome = doctest.DocTestRunner().run(session)
    assert outcome.attempted > 30
    assert not outcome.failed


def test_what_code_and_notes_cite_is_defined():
    known = anchors(NOTE)
    for path in [*ROOT.glob("theory/**/*.py"), *ROOT.glob("numerics/**/*.py"), *ROOT.glob("proofs_notes/**/*.md")]:
        for anchor in CITED.findall(path.read_text(encoding="utf-8")):
            assert anchor in known, f"{path.relative_to(ROOT)} cites {anchor}"


def test_the_checks_above_can_fail():
    assert not rounded(right_side("kl == log(4/3)"), "0.2876")
    assert anchors("## TV interval\n### `kl`") == {"tv-interval", "kl"}
    assert decided("halves", "kl == log(3/2)") is Status.VIOLATED
