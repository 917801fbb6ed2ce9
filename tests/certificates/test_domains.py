"""What has no value gets none from any evaluator: random claims on random instances, against 200 digits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from random import Random

import pytest
from oracles import denoisers as oracle_denoisers
from oracles import languages as oracle_languages
from oracles import logs
from oracles import quantities as oracle_quantities
from oracles import samplers as oracle_samplers
from oracles.expressions import Beyond, compared, iv, value

from maskbound.numerics.certificates import kernel
from maskbound.numerics.certificates.certificate import certify
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.errors import BeyondReach
from maskbound.numerics.falsify.subject import Candidate
from maskbound.numerics.instances import from_spec
from maskbound.numerics.judging import Status
from maskbound.numerics.judging.checking import judge
from maskbound.theory import ClaimError, claim

NAMES = ("kl", "path_kl", "ser", "entropy", "total_correlation", "eps_learning", "tv", "log_ter", "V", "L", "N")
RELATIONS = ("<=", "<", "==", ">=", ">")
DECIDED = (Status.HOLDS, Status.VIOLATED, Status.UNDEFINED)

HELD = {
    "<=": lambda sign: sign <= 0,
    "<": lambda sign: sign < 0,
    "==": lambda sign: sign == 0,
    ">=": lambda sign: sign >= 0,
    ">": lambda sign: sign > 0,
}


def expression(rng: Random, depth: int) -> str:
    """Text in the grammar of claims, in which zeros, infinities and negative numbers are common."""
    kind = rng.choice(
        ["name"] * 3 + ["number"] if depth == 0 else ["name", *"+-*/^", "log", "exp", "sqrt", "ceil", "min", "same"]
    )
    inner = [f"({expression(rng, depth - 1)})" for _ in range(2)] if depth else []
    if kind == "name":
        return rng.choice(NAMES)
    if kind == "number":
        return rng.choice(["0", "1", "2", "3", "(1/2)", "(-1)", "(-2)", "(7/5)"])
    if kind == "same":
        return f"{inner[0]}{rng.choice('-/')}{inner[0]}"
    if kind == "^":
        return f"{inner[0]}**{rng.choice(['0', '1', '2', '3', '(-1)', '(-2)', '(1/2)', '(-1/3)', inner[1]])}"
    if kind in "+-*/":
        return f"{inner[0]}{kind}{inner[1]}"
    if kind == "min":
        return f"{rng.choice(['min', 'max'])}({inner[0]}, {inner[1]})"
    return f"{kind}({inner[0]})"


class Twin:
    """A small instance as the product's object and its quantities from the definitions, to 200 digits."""

    def __init__(self, rng: Random) -> None:
        V, L = rng.choice([(2, 1), (2, 2), (2, 2), (3, 1), (3, 2), (2, 3)])
        law = oracle_languages.random_table(rng, V, L)
        policy, oracle_policy = self.random_policy(rng, L)
        noise, strength = rng.choice(
            [("exact", 0), ("exact", 0), ("peak", 1), ("uniform", Fraction(1, 2)), ("peak", Fraction(1, 7))]
        )
        prediction = {
            "exact": lambda _: oracle_denoisers.exact_prediction,
            "peak": oracle_denoisers.peak,
            "uniform": oracle_denoisers.mix_uniform,
        }[noise](Fraction(strength))
        spec = {
            "language": {
                "kind": "tabular",
                "vocab": V,
                "length": L,
                "support": [[list(x), str(c)] for x, c in law.items()],
            },
            "policy": policy,
        }
        if noise != "exact":
            spec["denoiser"] = {"kind": "perturbed", "noise": noise, "strength": str(strength)}
        self.instance = from_spec(spec)
        self.candidate = Candidate.from_spec(self.instance.spec)
        self.works = (Workspace(self.instance),)
        certified = certify(judge(claim("kl >= 0"), self.works, exact=True), [self.instance])
        self.asked = {key: certified[key] for key in ("format", "subjects", "between")}
        self.searched = self.candidate.workspaces()
        denoiser = oracle_denoisers.predicting(law, V, prediction)
        with logs.mp.workdps(220):
            logs.log.cache_clear()
            truth = oracle_quantities.measure_all(law, V, denoiser, oracle_policy, None)
            found = {name: truth[name] for name in NAMES if name in truth}
            self.values = {name: self.interval(number) for name, number in found.items()}
        logs.log.cache_clear()
        self.values |= {"V": iv.mpf(V), "L": iv.mpf(L), "N": iv.mpf(self.instance.policy.steps)}

    @staticmethod
    def random_policy(rng: Random, L: int) -> tuple[dict, object]:
        kind = rng.choice(["weights", "sizes", "sets"])
        if kind == "weights":
            weights = oracle_languages.random_row(rng, rng.randint(1, 3))
            return {"kind": "bernoulli", "weights": [str(w) for w in weights]}, oracle_samplers.bernoulli(weights, L)
        first = rng.randint(0, L)
        if kind == "sizes":
            return {"kind": "fixed-size", "sizes": [first, L - first]}, oracle_samplers.fixed_size([first, L - first])
        sets = [list(range(first)), list(range(first, L))]
        return {"kind": "fixed-sets", "sets": sets}, oracle_samplers.fixed_sets(sets)

    @staticmethod
    def interval(number: object) -> object:
        if isinstance(number, Fraction | int):
            number = Fraction(number)
            return iv.mpf(number.numerator) / number.denominator
        if number in (logs.mp.inf, -logs.mp.inf):
            return iv.mpf(["inf", "inf"])
        return exact_zero if abs(number) < logs.mp.mpf(10) ** -150 else iv.mpf([str(number), str(number)])

    def question(self, lhs: str, relation: str, rhs: str) -> dict:
        """What the kernel is asked: the text as it was typed."""
        statement = {"id": "random", "lhs": lhs, "relation": relation, "rhs": rhs, "assumptions": []}
        return self.asked | {"statement": statement}


exact_zero = iv.mpf(0)


def truth(twin: Twin, lhs: str, relation: str, rhs: str) -> Status:
    """What is right, of the text as it was typed."""
    left, right = value(lhs, twin.values), value(rhs, twin.values)
    if left is None or right is None:
        return Status.UNDEFINED
    return Status.HOLDS if HELD[relation](compared(left, right)) else Status.VIOLATED


def asked(twin: Twin, lhs: str, relation: str, rhs: str) -> Status:
    """The kernel's answer; what it rejects is open."""
    try:
        return Status(kernel.complete(twin.question(lhs, relation, rhs))["verdict"])
    except (kernel.Rejected, kernel.Malformed, ValueError):
        return Status.UNDECIDED


def verdicts(seed: int, count: int) -> Iterator[tuple[str, Status, dict[str, Status]]]:
    """Random claims with the right answer and that of each evaluator."""
    rng, made = Random(seed), 0
    while made < count:
        twin = Twin(rng)
        for _ in range(20):
            lhs, rhs = (expression(rng, rng.randint(0, 3)) for _ in range(2))
            relation = rng.choice(RELATIONS)
            text = f"{lhs} {relation} {rhs}"
            try:
                statement = claim(text)
                right = truth(twin, lhs, relation, rhs)
            except (ClaimError, Beyond):
                continue
            made += 1
            exact = judge(statement, twin.works, exact=True)
            found = {
                "intervals": judge(statement, twin.works).status,
                "exact": exact.status,
                "falsifier": judge(statement, twin.searched).status,
                "kernel": asked(twin, lhs, relation, rhs),
            }
            if exact.status in (Status.HOLDS, Status.VIOLATED):
                # A certificate spells the claim: the kernel must read it as it was typed.
                try:
                    found["certificate"] = Status(certify(exact, [twin.instance])["verdict"])
                except BeyondReach:
                    found["certificate"] = Status.UNDECIDED
            yield f"{text} on {twin.instance.spec}", right, found


def faults(seed: int, count: int) -> tuple[list[str], Counter]:
    """Answers that are wrong, and how many of each there were."""
    wrong, answers = [], Counter()
    for text, right, found in verdicts(seed, count):
        answers["right", right.value] += 1
        for evaluator, status in found.items():
            answers[evaluator, status.value] += 1
            if status in DECIDED and status is not right:
                wrong.append(f"{evaluator} says {status.value}, right is {right.value}: {text}")
    return wrong, answers


def test_no_evaluator_gives_a_value_to_what_has_none():
    wrong, answers = faults(seed=1, count=300)
    assert not wrong, "\n".join(wrong[:5])
    for status in DECIDED:
        assert answers["right", status.value] >= 40
        assert answers["exact", status.value] >= answers["right", status.value] * 0.9


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_no_evaluator_gives_a_value_to_what_has_none_in_1000_claims(seed):
    """Of the seven rules of `extended` the one missed last, left out, shows in some 560 claims; in 4,300 nearly surely.

    `benchmarks/undefined.py` goes on for as many as one likes.
    """
    wrong, _ = faults(seed, count=1000)
    assert not wrong, "\n".join(wrong[:20])
