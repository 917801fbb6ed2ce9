"""Where an expression has no value the kernel rejects; where it has one the kernel compares it as mpmath does."""

import ast
import random
from fractions import Fraction
from math import inf

import pytest
from certificates.texts import PAIR, completed, outcome, text
from mpmath import ceil, iv

from maskbound.numerics.certificates import kernel

PAIRED = {"vocab": 2, "length": 2, "probabilities": ["1/2", "0", "0", "1/2"]}
COIN = {"vocab": 2, "length": 1, "probabilities": ["1/2", "1/2"]}
ONE_STEP = {"kind": "bernoulli", "weights": ["1"]}

FINITE = {"language": PAIRED, "policy": ONE_STEP}
"""``kl = path_kl = log 2``, ``ser = tv = 1/2``: two equal tokens are drawn independently."""

INFINITE = {"language": COIN, "policy": ONE_STEP, "denoiser": [[["1", "0"]], [None], [None]]}
"""``kl = path_kl = inf``, ``ser = 0``, ``tv = 1/2``: a fair token is predicted to be 0 surely."""


def asked(lhs, relation, rhs, instance=FINITE):
    statement = {"id": "test", "lhs": lhs, "relation": relation, "rhs": rhs, "assumptions": []}
    return {"subjects": [instance], "between": None, "statement": statement}


UNDEFINED = [
    "sqrt(0-log(2))",
    "1/(kl-path_kl)",
    "1/0",
    "1/(log(2)**2 - log(2)*log(2))",
    "log(0)",
    "log(kl-path_kl)",
    "log(0-kl)",
    "log(log(2) - 1)",
    "log(log(2)*log(2) - 1)",
    "log(exp(kl) - 3)",
    "(0-kl)**(1/3)",
    "(0-kl)**(1/2)",
    "(kl-2*path_kl)**(-1/2)",
    "(log(2)*log(3) - 1)**(3/2)",
    "0**(-1)",
    "(0*sqrt(kl))**(-2)",
    "(-8)**(1/3)",
    "(kl-path_kl)**(-1/2)",
    "log(exp(1/2)*log(2)*log(2) - 1)",
]

UNDEFINED_AT_INFINITY = [
    "kl - path_kl",
    "kl - kl",
    "kl + (-kl)",
    "kl/kl",
    "kl/path_kl",
    "0*kl",
    "ser*kl",
    "kl*exp(-kl)",
    "kl**0",
    "(-kl)**(1/2)",
    "(-kl)**(-1/2)",
    "sqrt(-kl)",
    "log(-kl)",
    "log(exp(-kl))",
    "1/(1/kl)",
    "1/exp(-kl)",
    "(1/kl)**(-1/2)",
]

AROUND = ["{}", "-({})", "0*({})", "max(1, {})", "min(1, {})", "ceil({})", "exp({})", "({})**0", "({})**2", "1 - ({})"]
"""What an undefined number may stand in without getting a value."""


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("side", UNDEFINED)
def test_what_is_undefined_is_rejected_wherever_it_stands(side, around):
    for relation in ("<=", ">="):
        with pytest.raises(kernel.Rejected):
            kernel.complete(asked(around.format(side), relation, "-5"))
        with pytest.raises(kernel.Rejected):
            kernel.complete(asked("-5", relation, around.format(side)))


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("side", UNDEFINED_AT_INFINITY)
def test_what_is_undefined_at_infinity_is_rejected_wherever_it_stands(side, around):
    with pytest.raises(kernel.Rejected):
        kernel.complete(asked(around.format(side), ">=", "-5", INFINITE))


@pytest.mark.parametrize(
    "side",
    [
        "log(sqrt(2)*sqrt(3) - sqrt(6))",
        "1/(sqrt(2)*sqrt(3) - sqrt(6))",
        "sqrt(sqrt(6) - sqrt(2)*sqrt(3))",
        "0*log(sqrt(2)*sqrt(3) - sqrt(6))",
        "ceil(sqrt(2)*sqrt(3) - sqrt(6))",
    ],
)
def test_where_a_sign_stays_open_nothing_is_accepted(side):
    """These numbers are zero, which enclosures never tell."""
    with pytest.raises(kernel.Rejected, match="stays open"):
        kernel.complete(asked(side, ">", "-5"))


@pytest.mark.parametrize(
    ("lhs", "order", "rhs"),
    [
        ("1/(0-log(2))", "<", "-1"),
        ("1/(kl-2*path_kl)", "<", "-1"),
        ("kl/(0-path_kl)*log(3)", "<", "-1"),
        ("(0-log(2))**(-1)", "<", "0"),
        ("(0-log(2))**(-2)", ">", "2"),
        ("(0-log(2))**3", "<", "-1/4"),
        ("(0-log(2))**101", "<", "0"),
        ("(0-log(2))**100", ">", "0"),
        ("(log(2)*log(3) - 1)**(-1)", "<", "-4"),
        ("(kl-path_kl)**3", "=", "0"),
        ("(kl-path_kl)**(1/2)", "=", "0"),
        ("(kl-path_kl)**0", "=", "1"),
        ("0*log(2)**(1/2)", "=", "0"),
        ("ceil(kl)", "=", "1"),
        ("ceil(-kl)", "=", "0"),
        ("ceil(sqrt(log(3))*10)", "=", "11"),
        ("sqrt(2)**2", "=", "2"),
        ("log(exp(kl)*3)", "=", "log(6)"),
    ],
)
def test_signs_are_settled(lhs, order, rhs):
    assert kernel.complete(asked(lhs, "<=", rhs))["order"] == order
    assert kernel.complete(asked(rhs, "<=", lhs))["order"] == {"<": ">", ">": "<", "=": "="}[order]


@pytest.mark.parametrize(
    ("lhs", "order", "rhs"),
    [
        ("kl", "=", "path_kl"),
        ("kl + 1", "=", "kl"),
        ("-kl", "<", "-10**100"),
        ("-2*kl", "=", "-kl"),
        ("kl/(-3)", "=", "-kl"),
        ("kl", ">", "10**100"),
        ("1/kl", "=", "0"),
        ("7/(-kl)", "=", "0"),
        ("exp(-kl)", "=", "0"),
        ("1 - exp(-kl)", "=", "1"),
        ("exp(kl)", "=", "kl"),
        ("log(kl)", "=", "kl"),
        ("sqrt(kl/2)", "=", "kl"),
        ("(-kl)**3", "=", "-kl"),
        ("(-kl)**4", "=", "kl"),
        ("(-kl)**(-3)", "=", "0"),
        ("min(kl, 1)", "=", "1"),
        ("max(kl, 1)", "=", "kl"),
        ("min(-kl, kl)", "=", "-kl"),
        ("kl*kl", "=", "kl"),
        ("ceil(kl)", "=", "kl"),
        ("ceil(-kl)", "=", "-kl"),
        ("0 + ceil(kl/2)", ">", "10**100"),
    ],
)
def test_what_infinity_is_defined_to_do(lhs, order, rhs):
    found = completed(asked(lhs, "<=", rhs, INFINITE))
    assert found["order"] == order
    assert outcome(text(found)) == "accepted"


# Against interval arithmetic of 200 digits

UNSURE, NONE = "unsure", "none"


class Judge:
    """The value of an expression: an interval of mpmath, ``inf``, ``-inf``, NONE if undefined, UNSURE if not settled.

    Written from the rules at the head of the kernel, without its exact numbers: where a sign is not settled by 200
    digits it is UNSURE.
    """

    def __init__(self, values):
        self.values = values

    def of(self, node):
        if isinstance(node, ast.Constant):
            return iv.mpf(node.value)
        if isinstance(node, ast.Name):
            return self.values[node.id]
        if isinstance(node, ast.UnaryOp):
            return self.times(iv.mpf(-1), self.of(node.operand))
        if isinstance(node, ast.BinOp):
            return self.binary(node, self.of(node.left), self.of(node.right))
        values = [self.of(part) for part in node.args]
        if NONE in values:
            return NONE
        if UNSURE in values:
            return UNSURE
        name = node.func.id
        if name in ("min", "max"):
            return self.extreme(values, name)
        (x,) = values
        if name == "sqrt":
            return self.power(x, Fraction(1, 2))
        if name == "exp":
            return x if x == inf else iv.mpf(0) if x == -inf else iv.exp(x)
        return self.log(x) if name == "log" else self.ceil(x)

    def binary(self, node, a, b):
        if NONE in (a, b):
            return NONE
        if UNSURE in (a, b):
            return UNSURE
        if isinstance(node.op, ast.Pow):
            return self.power(a, Fraction(ast.unparse(node.right).replace(" ", "")))
        if isinstance(node.op, ast.Add | ast.Sub):
            b = self.times(iv.mpf(-1), b) if isinstance(node.op, ast.Sub) else b
            if infinite(a) or infinite(b):
                return NONE if infinite(a) and infinite(b) and a != b else a if infinite(a) else b
            return a + b
        return self.times(a, b) if isinstance(node.op, ast.Mult) else self.divided(a, b)

    def divided(self, a, b):
        inverse = self.power(b, Fraction(-1))
        return inverse if inverse in (NONE, UNSURE) else self.times(a, inverse)

    def times(self, a, b):
        if NONE in (a, b):
            return NONE
        if UNSURE in (a, b):
            return UNSURE
        if infinite(a) or infinite(b):
            signs = sign(a), sign(b)
            return UNSURE if UNSURE in signs else NONE if 0 in signs else signs[0] * signs[1] * inf
        return a * b

    def power(self, x, n):
        if n == 0:
            return NONE if infinite(x) else iv.mpf(1)
        positive = sign(x)
        if positive == UNSURE:
            return UNSURE
        if positive == 0:
            return iv.mpf(0) if n > 0 else NONE
        if positive < 0 and n.denominator != 1:
            return NONE
        odd = positive < 0 and n.numerator % 2
        if infinite(x):
            size = inf if n > 0 else iv.mpf(0)
        else:
            size = iv.exp(iv.mpf(n.numerator) / n.denominator * iv.log(-x if positive < 0 else x))
        return -size if odd else size

    def log(self, x):
        positive = sign(x)
        if positive == UNSURE:
            return UNSURE
        return NONE if positive <= 0 else x if infinite(x) else iv.log(x)

    def ceil(self, x):
        if infinite(x):
            return x
        low, high = (int(ceil(end)) for end in (x.a, x.b))
        return iv.mpf(low) if low == high else UNSURE

    def extreme(self, values, name):
        ends = [(v, v) if infinite(v) else (v.a, v.b) for v in values]
        choose = min if name == "min" else max
        low, high = choose(low for low, _ in ends), choose(high for _, high in ends)
        return float(low) if infinite_end(low) and low == high else UNSURE if infinite_end(low) else iv.mpf([low, high])


def infinite(x):
    return isinstance(x, float)


def infinite_end(x):
    return abs(x) == inf


def sign(x):
    """-1, 0, 1, or UNSURE."""
    if infinite(x):
        return 1 if x > 0 else -1
    return 1 if x.a > 0 else -1 if x.b < 0 else 0 if x.a == x.b == 0 else UNSURE


def ordered(a, b):
    """How two values compare, if 200 digits tell."""
    one, other = ((v, v) if infinite(v) else (v.a, v.b) for v in (a, b))
    return "<" if one[1] < other[0] else ">" if one[0] > other[1] else UNSURE


LEAVES = ("0", "1", "2", "3", "1/2", "5/7", "log(2)", "log(3)", "kl", "path_kl", "ser", "tv", "(kl - path_kl)")
EXPONENTS = ("-1", "-2", "-3", "1/2", "-1/2", "1/3", "0", "2", "3", "5", "-3/2")


def written(rng, depth):
    """A random expression, with more of what may be undefined than a researcher writes."""
    if depth == 0 or rng.random() < 0.1:
        return rng.choice(LEAVES)
    inner = [written(rng, depth - 1) for _ in range(2)]
    match rng.randrange(9):
        case 0 | 1:
            return f"({inner[0]} {rng.choice('+-')} {inner[1]})"
        case 2:
            return f"{inner[0]}*({inner[1]})"
        case 3:
            return f"({inner[0]})/({inner[1]})"
        case 4:
            return f"({inner[0]})**({rng.choice(EXPONENTS)})"
        case 5:
            return f"{rng.choice(('log', 'sqrt'))}({inner[0]})"
        case 6:
            return f"exp({inner[0]})"
        case 7:
            return f"{rng.choice(('min', 'max'))}({inner[0]}, {inner[1]})"
        case _:
            return f"{rng.choice(('-', 'ceil'))}({inner[0]})"


def compared(count, seed):
    """How often the kernel decided what 200 digits decide, and how often it rejected what is undefined."""
    rng, decided, rejected = random.Random(seed), 0, 0
    with_digits, iv.dps = iv.dps, 200
    try:
        finite = {"kl": iv.log(2), "path_kl": iv.log(2), "ser": iv.mpf(1) / 2, "tv": iv.mpf(1) / 2}
        extreme = {"kl": inf, "path_kl": inf, "ser": iv.mpf(0), "tv": iv.mpf(1) / 2}
        for _ in range(count):
            lhs, rhs = (written(rng, rng.randrange(1, 5)) for _ in range(2))
            values, instance = rng.choice(((finite, FINITE), (finite, FINITE), (extreme, INFINITE)))
            judge = Judge({name: float(v) if v == inf else v for name, v in values.items()})
            try:
                expected = [judge.of(ast.parse(side, mode="eval").body) for side in (lhs, rhs)]
            except (OverflowError, MemoryError):
                continue
            try:
                order = kernel.complete(asked(lhs, "<=", rhs, instance))["order"]
            except (kernel.Rejected, kernel.Malformed) as problem:
                rejected += NONE in expected and isinstance(problem, kernel.Rejected)
                continue
            assert NONE not in expected, f"{lhs} against {rhs} is undefined, and was found {order}"
            if UNSURE not in expected and ordered(*expected) != UNSURE:
                assert order == ordered(*expected), f"{lhs} {order} {rhs}"
                decided += 1
    finally:
        iv.dps = with_digits
    return decided, rejected


def test_random_expressions_against_200_digits():
    decided, rejected = compared(500, seed=3)
    assert decided > 100
    assert rejected > 100


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_many_random_expressions_against_200_digits(seed):
    """Any of the kernel's rules about zero, infinity and powers, left out, shows in each of these runs."""
    decided, rejected = compared(1000, seed=100 + seed)
    assert decided > 200
    assert rejected > 200


# What is printed


def relabelled(label, certificate=PAIR):
    return {**certificate, "statement": {**certificate["statement"], "id": label}}


@pytest.mark.parametrize(
    "label",
    [
        "bernoulli/max-weight holds: path_kl == 0 (one subject); also",
        "bernoulli/max-weight: kl",
        "a b",
        "a;b",
        'a"b',
        "(a)",
        "",
        "a" * 81,
        "-a",
        "kl<=0",
        "a\n",
        "é",
    ],
)
def test_a_label_cannot_speak(label):
    with pytest.raises(kernel.Malformed, match="an id is"):
        kernel.complete({key: relabelled(label)[key] for key in ("subjects", "between", "statement")})


@pytest.mark.parametrize("label", ["holds", "path-kl/given-times", "false-half.exponent_2", "A"])
def test_the_verdict_is_printed_first_and_the_label_last(label):
    found = completed({key: relabelled(label)[key] for key in ("subjects", "between", "statement")})
    assert found["conclusion"] == (
        "holds: path_kl <= max_step_weight*(dual_total_correlation + total_correlation) "
        f'(ExactDenoiser; BernoulliPolicy; one subject; V = 2, L = 2, N = 2), label "{label}"'
    )


@pytest.mark.parametrize("side", ["kl  + 1", " kl", "kl ", "kl\t", "kl <= 1", 'kl, label "x"', "(kl; 1)", "kl:1"])
def test_a_side_is_printed_as_it_is_read(side):
    with pytest.raises(kernel.Malformed):
        kernel.complete(asked(side, "<=", "5"))


def test_the_same_language_has_the_same_tokens_and_the_same_length():
    """A third token that never occurs makes another language, whose sampler draws it off the support."""
    wider = {"vocab": 3, "length": 2, "probabilities": ["1/2", "0", "0", "0", "1/2", "0", "0", "0", "0"]}
    for between in kernel.RELATIONS:
        question = asked("kl@2", "<=", "kl + 5")
        question["subjects"] = [FINITE, {"language": wider, "policy": {"kind": "bernoulli", "weights": ["1/2"] * 2}}]
        with pytest.raises(kernel.Rejected, match="they are not"):
            kernel.complete({**question, "between": between})
