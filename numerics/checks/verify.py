"""The trusted kernel: recheck a certificate with the standard library alone, from the definitions.

    python -I -S verify.py FILE        exit 0 accepted, 1 rejected, 2 malformed (or too large for this kernel)

A certificate says that on one rational instance an inequality holds, or is violated. This file uses nothing of the
project, believes nothing in a certificate but its data, and is meant to be read in one sitting.

A certificate is JSON without floats, duplicate keys, or keys beyond these. A *rational* is a string in lowest terms
("2/3", "-1"). A *value* is ``1/2 + 3/2*log(2) - log(3)``: the rational part, then logs of ascending integers that are
coprime in pairs and, unless prime, without prime factors below 1000; coefficients in lowest terms, none zero, 1 left
out; zero is "0". Or it is "inf" or "-inf", or null for a number that this kernel does not know as a log form.

    format       "maskbound certificate 1"
    subjects     one instance or two: language, policy and optionally denoiser (exact), off_support (uniform) and
                 off_support_scope (global), as in instance files, restricted to the kinds and keys of KEYS below, with
                 rationals for real numbers. Table denoiser: for each partial sequence (base V+1, mask the digit 0,
                 first position most significant) a list of L entries, null at revealed positions, else V rationals
    between      null, or for two subjects a name in RELATIONS
    statement    id (a label), lhs and rhs, relation (< <= == >= >), assumptions (names in ASSUMPTIONS). A side is an
                 expression in names of QUANTITIES and V, L, N ("kl@2" for the second subject), whole numbers,
                 + - * / **, log exp sqrt ceil min max
    quantities   the value of every quantity in the statement, by name
    values       the values of lhs and rhs
    order        "<", "=" or ">": how lhs compares with rhs
    margin_bits  the integer k with 2^-k < |lhs - rhs| <= 2^(1-k), the witness that they differ; null where they are
                 equal (witness: the canonical form of their difference is empty) or one of them is infinite
    ratio        smaller side, as stated, over larger: ["r", "r"] where known to be the rational r (1 at equality),
                 else the two millionths around it; null where the larger is not positive or the smaller infinite
    verdict      "holds" or "violated"
    conclusion   the sentence that is printed on acceptance; it repeats the statement and all lone parameters
    provenance   anything; never read

Why a wrong certificate cannot pass:
1. Laws are Fractions and follow the definitions: q from its parameters; the sampler through the law of its chain of
   revealed sets, each step choosing its set; p(x) is the chance over chains of the product of the denoiser's
   conditionals, and E_tau log p_tau is linear in their logarithms. No theorem is used.
2. Quantities are infinite or ``Exact``: rational combinations of 1, logs of integers, and exponentials of such. The
   only rewriting rules are log(ab) = log a + log b and exp(n log b + x) = b^n exp(x), n an integer.
3. Two numbers are called equal only if their difference reduces to nothing, and one is called smaller only if
   rational enclosures of the two are disjoint. For log forms one of these happens, since log(A) is irrational for an
   algebraic A other than 1 (Lindemann). A statement through exp needs no case of its own: by rule 2 exp(-kl) becomes
   a rational, or a surd which no rational equals. Whatever stays open is rejected.
4. Enclosures are pairs of Fractions: log is 2 atanh(z), |z| <= 1/5, and exp Taylor's series at |t| <= 1/2, both of
   positive terms rounded outwards, the tail bounded by a geometric series; the rest is interval arithmetic.
5. Every number is checked: laws sum to 1, sets cover, what follows is recomputed, and numbers that might be changed
   without effect (a strength, a statement's coefficient) stand in the conclusion too.
"""

from __future__ import annotations

import ast
import itertools
import json
import math
import re
import sys
from collections import defaultdict
from fractions import Fraction
from functools import cached_property, reduce
from typing import Any, NamedTuple

FORMAT = "maskbound certificate 1"
LARGEST_TABLE, LARGEST_WORK, LARGEST_FILE, LARGEST_BITS = 4096, 2_000_000, 1 << 24, 4096
PRIMES = [n for n in range(2, 1000) if all(n % d for d in range(2, math.isqrt(n) + 1))]


class Malformed(Exception):
    """The file is no certificate, or too large for this kernel."""


class Rejected(Exception):
    """The file is a certificate, and something in it is false or cannot be confirmed."""


# ---- exact numbers -------------------------------------------------------------------------------------------------


class Exact:
    """``sum of c * atom``, c rational: the atom 1 has key 1, ``log(b)`` the key b, ``exp(F)`` the items of F."""

    def __init__(self, terms: dict) -> None:
        self.terms = terms

    def __add__(self, other: Exact) -> Exact:
        return Exact({a: self.terms.get(a, 0) + other.terms.get(a, 0) for a in {**self.terms, **other.terms}})

    def __mul__(self, factor: Fraction | int) -> Exact:
        return Exact({atom: c * factor for atom, c in self.terms.items()})

    @cached_property
    def reduced(self) -> dict:
        """Non-zero coefficients, with logs of primes below 1000 and of a coprime base of what is left."""
        terms, rough = defaultdict(Fraction), defaultdict(Fraction)
        for atom, c in self.terms.items():
            if isinstance(atom, tuple) or atom == 1:
                terms[atom] += c
            elif c:
                for prime in PRIMES:
                    while atom % prime == 0:
                        atom, terms[prime] = atom // prime, terms[prime] + c
                rough[atom] += c
        base, waiting = [], list(rough)
        while waiting:
            n = waiting.pop()
            b = next((b for b in base if math.gcd(n, b) > 1), None)
            if b is not None:
                base.remove(b)
                waiting += [math.gcd(n, b), n // math.gcd(n, b), b // math.gcd(n, b)]
            elif n > 1:
                base.append(n)
        for (n, c), b in itertools.product(rough.items(), base):
            while n % b == 0:
                n, terms[b] = n // b, terms[b] + c
        return {atom: c for atom, c in terms.items() if c}

    @property
    def rational(self) -> Fraction | None:
        """The number itself, if it is known to be rational."""
        return self.reduced.get(1, Fraction(0)) if set(self.reduced) <= {1} else None

    @property
    def is_log_form(self) -> bool:
        return not any(isinstance(atom, tuple) for atom in self.reduced)

    def bounds(self, bits: int) -> Interval:
        low = high = Fraction(0)
        for atom, c in self.reduced.items():
            surd = isinstance(atom, tuple)
            a, b = exp_interval(Exact(dict(atom)), bits) if surd else log_bounds(atom, bits) if atom > 1 else (1, 1)
            low, high = low + min(c * a, c * b), high + max(c * a, c * b)
        return low, high

    def __str__(self) -> str:
        """The canonical spelling of a log form."""
        text = ""
        for atom, c in sorted(self.reduced.items()):
            body = str(abs(c)) if atom == 1 else f"log({atom})" if abs(c) == 1 else f"{abs(c)}*log({atom})"
            text += (f" {'-' if c < 0 else '+'} " if text else "-" if c < 0 else "") + body
        return text or "0"


def exact(number: Fraction | int) -> Exact:
    return Exact({1: Fraction(number)})


def sum_of_logs(pairs: Any) -> Exact:
    """``sum of c log(r)`` over pairs (c, r), r positive."""
    terms: dict = defaultdict(Fraction)
    for c, r in pairs:
        terms[r.numerator] += c
        terms[r.denominator] -= c
    terms.pop(1, None)
    return Exact(terms)


def exponential(x: Exact) -> Exact:
    """``exp(sum c log b + x) = product of b^floor(c) * exp(rest)``."""
    whole = {b: math.floor(c) for b, c in x.reduced.items() if b != 1}
    if sum(abs(n) * b.bit_length() for b, n in whole.items()) > 100_000:
        raise Malformed("the exp of so large a number is beyond this kernel")
    rest = (x + Exact(whole) * -1).reduced
    return Exact({tuple(sorted(rest.items())) or 1: math.prod(Fraction(b) ** n for b, n in whole.items())})


# ---- enclosures ----------------------------------------------------------------------------------------------------

Interval = tuple[Fraction, Fraction]
Value = Exact | Interval
INFINITY = (math.inf, math.inf)


class NeedsPrecision(Exception):
    """An operation is not defined on the whole interval; on a narrower one it may be."""


def log_bounds(n: int, bits: int) -> Interval:
    """Enclosure of ``log(n)``: ``n = 2^k (1+z)/(1-z)`` with ``|z| <= 1/5``, and log 2 by z = 1/3."""
    k, w = n.bit_length() - 1, bits + 24
    k += 3 * n > 4 << k
    above, below = n - (1 << k), n + (1 << k)
    low, high = atanh_bounds((abs(above) << w) // below, w)
    low, high = (low, high) if above >= 0 else (-high, -low)
    low2, high2 = atanh_bounds((1 << w) // 3, w)
    return Fraction(2 * (low + k * low2), 1 << w), Fraction(2 * (high + k * high2), 1 << w)


def atanh_bounds(z: int, w: int) -> tuple[int, int]:
    """Bounds of ``2^w atanh`` between ``z / 2^w`` and ``(z+1) / 2^w``, below 1/2: sum of z^(2j+1)/(2j+1)."""
    low, high, down, up, j = 0, 0, z, z + 1, 1
    while up > 1:
        low, high = low + down // j, high - (-up // j)
        down, up, j = (down * z >> w) * z >> w, -((-up * (z + 1) >> w) * (z + 1) >> w), j + 2
    return low, high + 2 * up  # the tail is below up / (1 - z^2)


def exp_bounds(x: Fraction, bits: int) -> Interval:
    """Enclosure of ``exp(x)``: Taylor's series at ``t = |x| / 2^s <= 1/2``, squared s times, inverted for x < 0."""
    if math.isinf(x):
        return INFINITY if x > 0 else (Fraction(0), Fraction(0))
    size = math.ceil(abs(x))
    if size > 2000:
        raise Malformed("the exp of so large a number is beyond this kernel")
    s = size.bit_length() + 1
    w = bits + 4 * size + 2 * s + 24
    t = math.floor(abs(x) * (1 << w)) >> s
    low, high, down, up, j = 0, 0, 1 << w, 1 << w, 1
    while up > 1:
        low, high = low + down, high + up
        down, up, j = (down * t >> w) // j, -((-up * (t + 1) >> w) // j), j + 1
    high += 2 * up  # the tail's terms at least halve
    for _ in range(s):
        low, high = low * low >> w, -(-high * high >> w)
    if x < 0:
        low, high = (1 << 2 * w) // high, -(-(1 << 2 * w) // low)
    return Fraction(low, 1 << w), Fraction(high, 1 << w)


def exp_interval(x: Value, bits: int) -> Value:
    low, high = enclosed(x, bits)
    return settled(exp_bounds(low, bits)[0], exp_bounds(high, bits)[1])


def log_interval(x: Value, bits: int) -> Value:
    low, high = enclosed(x, bits)
    if low <= 0:
        raise NeedsPrecision
    if math.isinf(low):
        return INFINITY
    (a, _), (_, d) = (log_bounds(part, bits) for part in low.as_integer_ratio())
    (_, f), (g, _) = (log_bounds(part, bits) for part in high.as_integer_ratio())
    return a - d, f - g


def enclosed(x: Value, bits: int) -> Interval:
    """Bounds of a value, rounded outwards to multiples of ``2^-bits``."""
    (low, high), scale = x.bounds(bits) if isinstance(x, Exact) else x, 1 << bits
    if math.isinf(low) or math.isinf(high):
        return low, high
    return Fraction(math.floor(low * scale), scale), Fraction(math.ceil(high * scale), scale)


def settled(low: Any, high: Any) -> Value:
    """The interval, or the rational number that it has shrunk to."""
    if low != low or high != high:
        raise Rejected("an expression is not defined, like 0 times infinity")
    return exact(Fraction(low)) if low == high and not math.isinf(low) else (low, high)


def compare(left: Any, right: Any) -> int:
    """-1, 0 or 1 for two values, or two functions from bits to values; Rejected if it stays open."""

    def attempt(bits: int) -> int | None:
        a, b = (x(bits) if callable(x) else x for x in (left, right))
        if a == b or isinstance(a, Exact) and isinstance(b, Exact) and not (a + b * -1).reduced:
            return 0
        (a0, a1), (b0, b1) = enclosed(a, bits), enclosed(b, bits)
        return -1 if a1 < b0 else 1 if b1 < a0 else None

    return sharpened(attempt)


def sharpened(attempt: Any) -> Any:
    """The first answer of ``attempt(bits)`` at rising precision."""
    bits = 32
    while (bits := 2 * bits) <= LARGEST_BITS:
        try:
            if (answer := attempt(bits)) is not None:
                return answer
        except NeedsPrecision:
            continue
    raise Rejected(f"a comparison is open at {LARGEST_BITS} bits")


# ---- expressions ---------------------------------------------------------------------------------------------------


def plus(a: Value, b: Value, bits: int) -> Value:
    if isinstance(a, Exact) and isinstance(b, Exact):
        return a + b
    (a0, a1), (b0, b1) = enclosed(a, bits), enclosed(b, bits)
    return settled(a0 + b0, a1 + b1)


def times(a: Value, b: Value, bits: int) -> Value:
    for x, y in ((a, b), (b, a)):
        if isinstance(x, Exact) and isinstance(y, Exact) and x.rational is not None:
            return y * x.rational
    products = [x * y for x in enclosed(a, bits) for y in enclosed(b, bits)]
    return settled(min(products), max(products))


def power(a: Value, n: Fraction, bits: int) -> Value:
    base = a.rational if isinstance(a, Exact) else None
    if n in (0, 1) or base == 1:
        return a if n == 1 else exact(1)
    if base is not None:
        if base < 0 and n.denominator > 1 or base == 0 and n < 0:
            raise Rejected(f"{base} to the power {n} is not defined")
        if abs(n) * (base.numerator.bit_length() + base.denominator.bit_length()) > 100_000:
            raise Malformed("so large a power is beyond this kernel")
        return exponential(sum_of_logs([(n, base)])) if base and n.denominator > 1 else exact(base ** math.ceil(n))
    if n.denominator > 1 or abs(n) > 64:
        return exp_interval(times(exact(n), log_interval(a, bits), bits), bits)
    product = reduce(lambda y, z: times(y, z, bits), [a] * int(abs(n)))
    if n > 0:
        return product
    low, high = enclosed(product, bits)
    if low <= 0 <= high:
        raise NeedsPrecision
    return settled(1 / high, 1 / low)


def call(name: str, parts: list, bits: int) -> Value:
    x = parts[0] if parts else None
    rational = x.rational if isinstance(x, Exact) else None
    if name in ("min", "max") and parts:
        choose = min if name == "min" else max
        if all(isinstance(part, Exact) for part in parts):
            return reduce(lambda a, b: choose((a, b), key=lambda c: 0 if c is a else compare(c, a)), parts)
        return settled(*(choose(ends) for ends in zip(*(enclosed(part, bits) for part in parts), strict=True)))
    if name == "sqrt" and len(parts) == 1:
        return power(x, Fraction(1, 2), bits)
    if name == "ceil" and len(parts) == 1 and rational is not None:
        return exact(math.ceil(rational))
    if name == "exp" and len(parts) == 1:
        return exponential(x) if isinstance(x, Exact) and x.is_log_form else exp_interval(x, bits)
    if name == "log" and len(parts) == 1:
        if rational is not None and rational <= 0:
            raise Rejected(f"the log of {rational} is not defined")
        return log_interval(x, bits) if rational is None else sum_of_logs([(Fraction(1), rational)])
    raise Malformed(f"{name} is not called as in the grammar of this kernel")


def evaluate(node: Any, lookup: Any, bits: int) -> Value:
    """The value of a parsed expression: exact where it can be, else an interval from ``bits`` of precision."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return exact(node.value)
    if isinstance(node, ast.Name):
        return lookup(node.id.replace("__2", "@2"))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return call(node.func.id, [evaluate(part, lookup, bits) for part in node.args], bits)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return times(exact(-1), evaluate(node.operand, lookup, bits), bits)
    if isinstance(node, ast.BinOp):
        a, b = (evaluate(part, lookup, bits) for part in (node.left, node.right))
        n = b.rational if isinstance(b, Exact) else None
        if isinstance(node.op, ast.Add | ast.Sub):
            return plus(a, b if isinstance(node.op, ast.Add) else times(exact(-1), b, bits), bits)
        if isinstance(node.op, ast.Mult | ast.Div):
            return times(a, b if isinstance(node.op, ast.Mult) else power(b, Fraction(-1), bits), bits)
        if isinstance(node.op, ast.Pow) and n is not None:
            return power(a, n, bits)
    raise Malformed("an expression is outside the grammar of this kernel")


def parsed(text: Any) -> Any:
    """The syntax tree of one side of a statement (Python's grammar agrees on what is let through)."""
    if (
        not isinstance(text, str)
        or len(text) > 2000
        or re.search(r"[^\w+\-*/(),@ ]|__|\d[A-Za-z_]|@(?!2\b)", text, re.A)
    ):
        raise Malformed("a side of the statement is no expression")
    try:
        return ast.parse(text.strip().replace("@2", "__2"), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise Malformed("a side of the statement is no expression") from None


# ---- instances (M1 to M3) ------------------------------------------------------------------------------------------

KEYS = {
    "tabular": "vocab length probabilities",
    "ngram": "order length initial transition",
    "hmm": "length initial transition emission",
    "blocks": "block count",
    "bernoulli": "weights",
    "fixed-size": "sizes",
    "fixed-sets": "sets",
    "exact": "",
    "perturbed": "noise strength",
    "table": "conditionals",
}


def record(data: Any, names: str, optional: str = "") -> Any:
    """A JSON object with these keys; of one of these kinds, if they stand in KEYS, with the keys of its kind."""
    if isinstance(data, dict) and names.split()[0] in KEYS:
        kind = data.get("kind")
        names = f"kind {KEYS[kind]}" if isinstance(kind, str) and kind in names.split() else f"kind ({names})"
    if not isinstance(data, dict) or not set(names.split()) <= set(data) <= set(f"{names} {optional}".split()):
        raise Malformed(f"an object with the keys {names!r} is expected")
    return data


def items(data: Any, length: int | None = None) -> list:
    if not isinstance(data, list) or length not in (None, len(data)):
        raise Malformed("a list, or one of another length, is expected")
    return data


def whole(data: Any, least: int = 1) -> int:
    if type(data) is not int or not least <= data <= LARGEST_TABLE:
        raise Malformed(f"a whole number from {least} to {LARGEST_TABLE} is expected")
    return data


def fraction(data: Any) -> Fraction:
    if not isinstance(data, str) or not re.fullmatch(r"-?\d{1,4000}(/[1-9]\d{0,3999})?", data, re.A):
        raise Malformed('a rational such as "1/3" is expected')
    if str(Fraction(data)) != data:
        raise Rejected(f"{data:.40} is not in lowest terms")
    return Fraction(data)


def law(data: Any, length: int | None = None) -> list[Fraction]:
    entries = [fraction(entry) for entry in items(data, length)]
    if sum(entries) != 1 or min(entries) < 0:
        raise Rejected("probabilities do not sum to 1, or one of them is negative")
    return entries


def grid(tokens: Any, L: int) -> list:
    """All sequences."""
    if not len(tokens) or L > 12 or len(tokens) ** L > LARGEST_TABLE:
        raise Malformed(f"{len(tokens)}^{L} sequences are too many for this kernel")
    return list(itertools.product(tokens, repeat=L))


def language(spec: Any) -> tuple[int, int, dict]:
    """V, L and the positive probabilities."""
    kind, L = record(spec, "tabular ngram hmm blocks")["kind"], whole(spec.get("length", 1))
    if kind == "tabular":
        table = grid(range(V := whole(spec["vocab"])), L)
        return V, L, {x: c for x, c in zip(table, law(spec["probabilities"], len(table)), strict=True) if c}
    # The rest show tokens state by state: chances of (tokens, state), and the moves (chance, tokens, state) of a state.
    front, state = {((), 0): Fraction(1)}, 0
    if kind == "blocks":
        V, b, block = language(spec["block"])
        L, moves = b * whole(spec["count"]), {0: [(c, x, 0) for x, c in block.items()]}
    elif kind == "hmm":
        front = {((), s): c for s, c in enumerate(law(spec["initial"]))}
        V, K = len(items(items(spec["emission"], len(front))[0])), len(front)
        emit, A = [law(row, V) for row in spec["emission"]], [law(row, K) for row in items(spec["transition"], K)]
        moves = {s: [(emit[s][v] * A[s][t], (v,), t) for v in range(V) for t in range(K)] for s in range(K)}
    else:
        rows = [law(row) for row in items(spec["transition"])]
        V = len(rows[0]) if rows else 0
        contexts = grid(range(V), whole(spec["order"]) - 1)
        front = {(c, c): chance for c, chance in zip(contexts, law(spec["initial"], len(contexts)), strict=True)}
        if len(rows) != len(contexts) or {len(row) for row in rows} != {V}:
            raise Malformed("an n-gram needs V^(order-1) rows of V chances")
        moves = {c: [(p, (v,), (*c, v)[1:]) for v, p in enumerate(row)] for c, row in zip(contexts, rows, strict=True)}
    grid(range(V), L)
    while any(len(tokens) < L for tokens, _ in front):
        further: dict = defaultdict(Fraction)
        for (tokens, state), chance in front.items():
            for c, more, following in moves[state] if chance else ():
                further[tokens + more, following] += chance * c
        front = further
    q: dict = defaultdict(Fraction)
    for (tokens, _), chance in front.items():
        q[tokens[:L]] += chance
    return V, L, {x: c for x, c in q.items() if c}


def part(x: tuple, R: int) -> tuple:
    return tuple(token if R >> i & 1 else None for i, token in enumerate(x))


class Subject:
    """An instance and what follows from it: sets of positions are bits, masks in partial sequences None."""

    def __init__(self, spec: Any) -> None:
        record(spec, "language policy", "denoiser off_support off_support_scope")
        self.spec, (self.V, self.L, self.q) = spec, language(spec["language"])
        self.all, (self.kind, self.steps) = (1 << self.L) - 1, self.policy(spec["policy"])
        self.N, self.denoiser = (
            len(self.steps),
            record(spec.get("denoiser", {"kind": "exact"}), "exact perturbed table"),
        )
        self.rule, self.scope = spec.get("off_support", "uniform"), spec.get("off_support_scope", "global")
        self.noise, self.strength = self.denoiser.get("noise", "peak"), fraction(self.denoiser.get("strength", "0"))
        if self.rule not in ("uniform", "marginal", "stop") or self.scope not in ("global", "local"):
            raise Malformed("off_support is uniform, marginal or stop, its scope global or local")
        if self.noise not in ("uniform", "peak") or not 0 <= self.strength <= 1:
            raise Malformed("noise is uniform or peak, its strength between 0 and 1")
        if len(self.q) << self.L > LARGEST_WORK // 8:
            raise Malformed("the instance is too large for this kernel")
        self.mass: dict = defaultdict(lambda: defaultdict(Fraction))  # q(x_R), by R and partial sequence
        for (x, c), R in itertools.product(self.q.items(), range(self.all + 1)):
            self.mass[R][part(x, R)] += c
        self.table: dict = {}  # what the denoiser predicts at (i, y)
        if "conditionals" in self.denoiser:
            contexts = grid([None, *range(self.V)], self.L)
            for y, rows in zip(contexts, items(self.denoiser["conditionals"], len(contexts)), strict=True):
                self.table |= {(i, y): law(row, self.V) for i, row in enumerate(items(rows, self.L)) if row is not None}
            if set(self.table) != {(i, y) for y in contexts for i, token in enumerate(y) if token is None}:
                raise Malformed("a table of conditionals has null at revealed positions and only there")

    def policy(self, spec: Any) -> tuple[str, list]:
        """Kind and steps: weights of a Bernoulli policy, else sizes, or sets."""
        kind = record(spec, "bernoulli fixed-size fixed-sets")["kind"]
        if kind == "bernoulli":
            return kind, law(spec["weights"])
        if kind == "fixed-size":
            steps = [whole(size, 0) for size in items(spec["sizes"])]
        else:
            steps = [sum(1 << i for i in {whole(i, 0) for i in items(chosen)}) for chosen in items(spec["sets"])]
        listed = [i for chosen in spec.get("sets", []) for i in chosen]
        if kind == "fixed-size" and sum(steps) != self.L or kind == "fixed-sets" and sorted(listed) != [*range(self.L)]:
            raise Rejected("the steps do not reveal each position exactly once")
        return kind, steps

    @cached_property
    def weights(self) -> list[Fraction]:
        """Chance that a position, chosen uniformly, is revealed at each step."""
        sizes = self.steps if self.kind == "fixed-size" else [int(step).bit_count() for step in self.steps]
        return self.steps if self.kind == "bernoulli" else [Fraction(size, self.L) for size in sizes]

    def conditional(self, i: int, R: int, y: tuple) -> list[Fraction]:
        """``q(x_i = v | y)`` for every v; y, revealed at R, is possible."""
        joint, whole = self.mass[R | 1 << i], self.mass[R][y]
        return [joint.get((*y[:i], v, *y[i + 1 :]), Fraction(0)) / whole for v in range(self.V)]

    def predicted(self, i: int, R: int, y: tuple) -> list[Fraction]:
        """What is drawn at i: the denoiser's prediction, or by the rule where ``q(y) = 0`` (M2)."""
        if y not in self.mass[R]:
            chance = {"uniform": Fraction(1, self.V), "stop": Fraction(0)}.get(self.rule)
            return self.conditional(i, 0, part(y, 0)) if chance is None else [chance] * self.V
        if (i, y) not in self.table:
            c, s = self.conditional(i, R, y), self.strength
            noise = [Fraction(1, self.V) if self.noise == "uniform" else v == c.index(max(c)) for v in range(self.V)]
            self.table[i, y] = [(1 - s) * old + s * new for old, new in zip(c, noise, strict=True)]
        return self.table[i, y]

    @cached_property
    def orders(self) -> dict:
        """Chances of the chains ((R, S), ..), S being revealed where R was (M3)."""
        front, work = {(): Fraction(1)}, 0
        for step in self.steps:
            further: dict = defaultdict(Fraction)
            for chain, chance in front.items():
                R = sum(S for _, S in chain)
                for S in range(self.all + 1):
                    size = S.bit_count()
                    if S & R:
                        continue
                    if self.kind == "bernoulli":
                        c = step**size  # each reveal time is k with chance w_k
                    elif self.kind == "fixed-size":
                        c = Fraction(size == step, math.comb(self.L - R.bit_count(), size))
                    else:
                        c = Fraction(S == step)
                    if c:
                        further[(*chain, (R, S)) if S else chain] += chance * c
            front, work = further, work + (len(front) << self.L)
            if work > LARGEST_WORK or len(front) * len(self.q) > LARGEST_WORK:
                raise Malformed("the instance is too large for this kernel")
        return {chain: c for chain, c in front.items() if sum(S for _, S in chain) == self.all}

    def output(self, x: tuple) -> Fraction:
        """p(x)."""
        drawn = {}
        for R, S in {link for chain in self.orders for link in chain}:
            y = part(x, R)
            drawn[R, S] = math.prod(self.predicted(i, R, y)[x[i]] for i in range(self.L) if S >> i & 1)
        return sum((c * math.prod(drawn[link] for link in chain) for chain, c in self.orders.items()), Fraction(0))

    @cached_property
    def p(self) -> dict:
        """The output law on the support of q."""
        return {x: self.output(x) for x in self.q}

    def before(self, cost: Any) -> Value:
        """``sum over i of E cost(i, R, X_R)`` under X ~ q, R being revealed before i."""
        visits: dict = defaultdict(Fraction)
        for chain, c in self.orders.items():
            for R, S in chain:
                for i in range(self.L):
                    visits[i, R] += c * (S >> i & 1)
        return total((c * m, cost(i, R, y)) for (i, R), c in visits.items() if c for y, m in self.mass[R].items())

    def H(self, R: int) -> Exact:
        """Entropy of ``X_R``."""
        return sum_of_logs((-c, c) for c in self.mass[R].values())

    def spread(self, weight: Any) -> Exact:
        """``sum over i and R without i of weight(|R|) H(X_i | X_R)``."""
        pairs = [(i, R) for i in range(self.L) for R in range(self.all + 1) if not R >> i & 1]
        weighted = [(i, R, Fraction(weight(R.bit_count()))) for i, R in pairs]
        return total(pair for i, R, w in weighted for pair in ((w, self.H(R | 1 << i)), (-w, self.H(R))) if w)

    def z(self, j: int) -> Exact:
        return self.spread(lambda size: Fraction(size == j, math.comb(self.L - 1, j)))

    def Z(self, a: Fraction) -> Exact:
        return self.spread(lambda size: a**size * (1 - a) ** (self.L - 1 - size))

    def error(self, i: int, R: int, y: tuple) -> Value:
        """``D(q(. | y) || p_theta(. | y))`` at position i."""
        return divergence(dict(enumerate(self.conditional(i, R, y))), dict(enumerate(self.predicted(i, R, y))))


def divergence(law: dict, other: dict) -> Value:
    if any(c and not other.get(x) for x, c in law.items()):
        return INFINITY
    return sum_of_logs((c, c / other[x]) for x, c in law.items() if c)


def total(pairs: Any) -> Value:
    """``sum of c * value`` with c not negative where the value is infinite."""
    terms: dict = defaultdict(Fraction)
    for c, value in pairs:
        if value == INFINITY:
            return INFINITY
        for atom, weight in value.terms.items():
            terms[atom] += c * weight
    return Exact(terms)
