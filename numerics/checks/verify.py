"""The trusted kernel: recheck a certificate with the standard library alone, from the definitions.

    python -I -S verify.py FILE        exit 0 accepted, 1 rejected, 2 malformed (or too large for this kernel)

A certificate says that on one rational instance an inequality holds, or is violated. This file, to be read in one
sitting, works everything out again from its data and accepts only what it would have written: every number is checked.

A file is JSON without floats or duplicate keys: a certificate, or a list of them, with these keys and no others. A
*rational* is a string in lowest terms ("2/3"). A *value* is a log form, ``1/2 + 3/2*log(2) - log(3)``: the rational
part, then logs of ascending integers that are prime or have no prime factor below 1000; or "inf"; or null.

    format       "maskbound certificate 1"
    subjects     one instance or two: {"language", "policy", "denoiser", "off_support"}; all is data, nothing a name:
      language     {"vocab", "length", "probabilities"}: all V^L, rationals, first token most significant
      policy       {"kind": "bernoulli", "weights": rationals}, {"kind": "fixed-size", "sizes": integers} or
                   {"kind": "fixed-sets", "sets": lists of positions from 0} (so also autoregressive, bisection)
      denoiser     left out if exact; else, for each partial sequence (base V+1, mask the digit 0, first position most
                   significant), a list of L entries: null at revealed positions, V rationals at masked ones
      off_support  left out if "uniform"; "marginal" or "stop" (global scope; only ``law_distance`` depends on it)
    between      null, or for two subjects a name in RELATIONS
    statement    id (a label), lhs, relation (< <= == >= >), rhs, assumptions (names in ASSUMPTIONS). A side has names
                 of QUANTITIES ("kl@2": of the second subject), whole numbers, + - * / **, log exp sqrt ceil min max
  and what follows, as ``complete`` writes it:
    quantities, values   the value of every quantity in the statement, by name; of lhs and rhs
    order        "<", "=" or ">": how lhs compares with rhs
    bits         the witness of "<" and ">": the first of the precisions 64, 128, .. at which enclosures are disjoint
    verdict, conclusion   "holds" or "violated"; the sentence printed on acceptance, which repeats the statement
    provenance   anything; never read

Why a wrong certificate cannot pass:
1. Laws are Fractions and follow the definitions: a sampler is the law of its reveal times tau, and p_tau(x) is the
   product of p_theta(x_i | x_j: tau_j < tau_i), whose logarithm is averaged term by term. No theorem is used, but
   that Z falls: |Z'| is -Z', and integrals against it are taken by parts (the rest are Beta integrals).
2. An exact number is a rational combination of 1, logs of integers, and exponentials of such. The only rewriting
   rules are log(ab) = log a + log b and exp(n log b + x) = b^n exp(x), n an integer.
3. Numbers are called equal only if their difference reduces to nothing or both are enclosed in one point, and smaller
   only if enclosures are disjoint. For log forms one of these happens: log(A) is irrational for algebraic A other than
   1 (Lindemann). By rule 2 exp(-kl) is a rational, or a surd which no rational equals. What stays open is rejected.
4. Enclosures are pairs of Fractions: log is 2 atanh(z), |z| <= 1/3, a series of positive terms rounded outwards whose
   tail is bounded by a geometric series; exp is enclosed by it (``exp_bounds``); the rest is interval arithmetic.
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
from functools import cache, cached_property, cmp_to_key, lru_cache, partial, reduce
from operator import add, mul, sub
from typing import Any

KINDS = {"bernoulli": "weights", "fixed-size": "sizes", "fixed-sets": "sets"}
LARGEST_FILE, LARGEST_LATTICE, LARGEST_WORK = 1 << 26, 7_000, 300_000  # bytes; partial sequences; terms of a sum
STRANGE = re.compile(r"[^\w+\-*/(),@ ]|__|\d[A-Za-z_]|@(?!2\b)", re.A)
PRIMES = [n for n in range(2, 1000) if all(n % d for d in range(2, math.isqrt(n) + 1))]


class Malformed(Exception):
    """The file is no certificate, or too large for this kernel."""


class Rejected(Exception):
    """The file is a certificate, and something in it is false or cannot be confirmed."""


def require(condition: Any, otherwise: str, error: type[Exception] = Malformed) -> None:
    if not condition:
        raise error(otherwise)


class Number:
    """A real number or infinity: exact where ``terms`` are given, else known by enclosures that narrow with bits.

    Exact: ``sum of c * atom``, c rational; the atom 1 has key 1, ``log(b)`` the key b, ``exp(x)`` the terms of x.
    """

    def __init__(self, terms: dict | None, enclosure: Any = None) -> None:
        self.terms, self.enclosure = terms, enclosure

    @cached_property
    def reduced(self) -> dict:
        """Non-zero coefficients, with logs of primes below 1000 and of a coprime base of what is left."""
        terms, rough = defaultdict[Any, Fraction](Fraction), defaultdict[int, Fraction](Fraction)
        for atom, c in self.terms.items():  # type: ignore[union-attr]  # asked for only where there are terms
            if isinstance(atom, tuple) or atom == 1:
                terms[atom] += c
            elif c:
                for prime in PRIMES:
                    while atom % prime == 0:
                        atom, terms[prime] = atom // prime, terms[prime] + c
                rough[atom] += c
        base, waiting = list[int](), list(rough)
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
        return self.reduced.get(1, Fraction(0)) if self.terms is not None and set(self.reduced) <= {1} else None

    def at(self, bits: int) -> tuple:
        """Bounds, rounded outwards to multiples of ``2^-bits``; ``c exp(x)`` as ``exp(x + log c)`` or minus it."""
        low, high = self.enclosure(bits) if self.terms is None else (0, 0)
        for atom, c in self.reduced.items() if self.terms is not None else ():
            surd = Number(dict(atom)) + sum_of_logs([(1, abs(c))]) if isinstance(atom, tuple) else None
            ends = exp_bounds(surd, bits) if surd else log_bounds(atom, bits) if atom > 1 else (1, 1)
            c = (c > 0) - (c < 0) if surd else c
            low, high = low + min(c * end for end in ends), high + max(c * end for end in ends)
        if math.inf in (-low, high):
            return low, high
        return Fraction(math.floor(low * (1 << bits)), 1 << bits), Fraction(math.ceil(high * (1 << bits)), 1 << bits)

    def __add__(self, other: Number) -> Number:
        if self.terms is None or other.terms is None:
            return Number(None, lambda bits: hull(a + b for a, b in zip(self.at(bits), other.at(bits), strict=True)))
        return Number({a: self.terms.get(a, 0) + other.terms.get(a, 0) for a in {**self.terms, **other.terms}})

    def __sub__(self, other: Number) -> Number:
        return self + exact(-1) * other

    def __mul__(self, other: Number) -> Number:
        for x, y in ((self, other), (other, self)):
            if x.rational is not None and y.terms is not None:
                return Number({atom: c * x.rational for atom, c in y.terms.items()})
        return Number(None, lambda bits: hull(a * b for a in self.at(bits) for b in other.at(bits)))

    def __pow__(self, other: Number) -> Number:
        base, n = self.rational, other.rational
        if n is None:
            raise Malformed("an exponent is not rational")
        if n in (0, 1) or (n > 1 and base is None and n.denominator == 1 and n <= 64):
            return reduce(lambda x, y: x * y, [self] * int(n), exact(1))
        if base is not None:
            defined = base > 0 or (n > 0 if base == 0 else n.denominator == 1)
            require(defined, f"{base} to the power {n} is not defined", Rejected)
            size = abs(n) * (base.numerator.bit_length() + base.denominator.bit_length())
            require(size < 100_000, "so large a power is beyond this kernel")
            return sum_of_logs([(n, base)]).exp() if base > 0 and n.denominator > 1 else exact(base ** math.ceil(n))
        return (other * self.log()).exp()

    def log(self) -> Number:
        atom, c = next(iter(self.reduced.items())) if self.terms and len(self.reduced) == 1 else (1, Fraction(0))
        if isinstance(atom, tuple) and c > 0:
            return Number(dict(atom)) + sum_of_logs([(1, c)])
        if self.rational is None:
            return Number(None, lambda bits: hull(bound for end in self.at(bits) for bound in log_bounds(end, bits)))
        require(self.rational > 0, f"the log of {self.rational} is not defined", Rejected)
        return sum_of_logs([(1, self.rational)])

    def exp(self) -> Number:
        """For log forms ``exp(sum c log b + r) = product of b^floor(c) * exp(rest)``."""
        if self.terms is None or self.spelled() is None:
            return Number(None, lambda bits: exp_bounds(self, bits))
        whole = {b: math.floor(c) for b, c in self.reduced.items() if b != 1}
        size = sum(abs(n) * b.bit_length() for b, n in whole.items())
        require(size < 1_000_000, "so large an exp is beyond this kernel")
        rest = (self - Number(whole)).reduced
        return Number({tuple(sorted(rest.items())) or 1: math.prod(Fraction(b) ** n for b, n in whole.items())})

    def spelled(self) -> str | None:
        """The canonical spelling of a log form."""
        if self.terms is None or any(isinstance(atom, tuple) for atom in self.reduced):
            return "inf" if self is INFINITY else None
        text = ""
        for atom, c in sorted(self.reduced.items()):
            body = str(abs(c)) if atom == 1 else f"log({atom})" if abs(c) == 1 else f"{abs(c)}*log({atom})"
            text += (f" {'-' if c < 0 else '+'} " if text else "-" if c < 0 else "") + body
        return text or "0"


LINE, PRECISIONS = (-math.inf, math.inf), (64, 128, 256, 512, 1024, 2048, 4096)
INFINITY = Number(None, lambda bits: (math.inf, math.inf))


def exact(number: Fraction | int) -> Number:
    return Number({1: Fraction(number)})


def sum_of_logs(pairs: Any) -> Number:
    """``sum of c log(r)`` over pairs (c, r), r positive."""
    terms: dict = defaultdict(Fraction)
    for c, r in pairs:
        terms[r.numerator] += c
        terms[r.denominator] -= c
    terms.pop(1, None)
    return Number(terms)


def compare(a: Number, b: Number) -> tuple[int, int | None]:
    """-1, 0 or 1, and the bits at which enclosures are disjoint; Rejected if it stays open."""
    if a.terms is not None and b.terms is not None and not (a - b).reduced:
        return 0, None
    for bits in PRECISIONS:
        (a0, a1), (b0, b1) = a.at(bits), b.at(bits)
        if a1 < b0 or b1 < a0:
            return (-1 if a1 < b0 else 1), bits
        if a0 == a1 == b0 == b1:
            return 0, None
    raise Rejected("a comparison stays open at 4096 bits")


def extreme(choose: Any, *values: Number) -> Number:
    return choose(values, key=cmp_to_key(lambda a, b: compare(a, b)[0]))  # type: ignore[arg-type]  # not inferred through the lambda


def hull(values: Any) -> tuple:
    """The least interval around ends; the whole line if one is indefinite, like 0 times infinity."""
    ends = list(values)
    return LINE if any(end != end for end in ends) else (min(ends), max(ends))


def log_bounds(x: Fraction | int | float, bits: int) -> tuple:
    """Enclosure of ``log(x)``: ``x = 2^k (1+z)/(1-z)`` with ``|z| <= 1/3``, and log 2 by z = 1/3."""
    if isinstance(x, float) or x <= 0:
        return LINE
    k, w = x.numerator.bit_length() - x.denominator.bit_length(), bits + 24
    z = (x - Fraction(2) ** k) / (x + Fraction(2) ** k)
    low, high = atanh_bounds(math.floor(abs(z) * (1 << w)), w)
    low, high = (low, high) if z >= 0 else (-high, -low)
    ends = [k * end for end in atanh_bounds((1 << w) // 3, w)]
    return Fraction(2 * (low + min(ends)), 1 << w), Fraction(2 * (high + max(ends)), 1 << w)


@cache
def atanh_bounds(z: int, w: int) -> tuple[int, int]:
    """Bounds of ``2^w atanh`` between ``z / 2^w`` and ``(z+1) / 2^w``, below 1/2: sum of z^(2j+1)/(2j+1)."""
    low, high, down, up, j = 0, 0, z, z + 1, 1
    square, larger = z * z >> w, -(-(z + 1) * (z + 1) >> w)
    while up > 1:
        low, high = low + down // j, high - (-up // j)
        down, up, j = down * square >> w, -(-up * larger >> w), j + 2
    return low, high + 2 * up  # the tail is below up / (1 - z^2)


def exp_bounds(x: Number, bits: int) -> tuple:
    """Enclosure of ``exp(x) = y exp(e)``, ``e = x - log y``, by ``1 + e <= exp(e) <= 1 + e + e^2`` for e <= 1."""
    bounds = []
    for end in x.at(bits):
        below, above = max(end, 0), max(end, 0)
        if abs(end) < math.inf:
            require(abs(end) < 700, "so large an exp is beyond this kernel")
            y, guard = Fraction(math.exp(end)), 2 * math.ceil(abs(end)) + 8
            for w in (v + guard for v in (*PRECISIONS, bits, bits) if v <= bits):  # each doubles the digits of y
                low, high = log_bounds(y, w)
                below, above = y * (1 + end - high), y * (1 + end - low + (end - low) ** 2)
                require(end - low <= 1, "the exponential failed")
                y = Fraction(math.floor((below + above) * (1 << w)), 2 << w)
        bounds += [below, above]
    return bounds[0], bounds[3]


OPERATORS: dict = {ast.Add: add, ast.Sub: sub, ast.Mult: mul, ast.Div: lambda a, b: a * b ** exact(-1), ast.Pow: pow}
FUNCTIONS: dict = {"exp": Number.exp, "log": Number.log, "min": partial(extreme, min), "max": partial(extreme, max)}
FUNCTIONS |= {"sqrt": lambda x: x ** exact(Fraction(1, 2)), "ceil": lambda x: exact(math.ceil(x.rational))}


def expression(text: Any, lookup: Any) -> Number:
    """One side of a statement. Python's own parser reads it; of its grammar only what is named here is let through."""
    require(isinstance(text, str) and len(text) <= 2000 and not STRANGE.search(text), "a side is no expression")
    return evaluate(ast.parse(text.strip().replace("@2", "__2"), mode="eval").body, lookup)


def evaluate(node: Any, lookup: Any) -> Number:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return exact(node.value)
    if isinstance(node, ast.Name):
        return lookup(node.id.replace("__2", "@2"))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return exact(-1) * evaluate(node.operand, lookup)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](evaluate(node.left, lookup), evaluate(node.right, lookup))
    fine = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS
    require(fine and not node.keywords, "an expression is outside the grammar")
    return FUNCTIONS[node.func.id](*(evaluate(part, lookup) for part in node.args))


def record(data: Any, names: str, optional: str = "") -> dict:
    fine = isinstance(data, dict) and set(names.split()) <= set(data) <= set(f"{names} {optional}".split())
    require(fine, f"an object with the keys {names} is expected")
    return data


def items(data: Any, length: int | None = None) -> list:
    require(isinstance(data, list) and length in (None, len(data)), "a list, or one of another length, is expected")
    return data


def whole(data: Any, least: int) -> int:
    require(type(data) is int and least <= data < 5000, "a whole number is expected, or another one")
    return data


def fraction(data: Any) -> Fraction:
    fine = isinstance(data, str) and re.fullmatch(r"-?\d{1,4000}(/[1-9]\d{0,3999})?", data, re.A)
    require(fine, 'a rational such as "1/3" is expected')
    require(str(Fraction(data)) == data, f"{data:.40} is not in lowest terms", Rejected)
    return Fraction(data)


def chances(data: Any, length: int | None = None) -> list[Fraction]:
    entries = [fraction(entry) for entry in items(data, length)]
    require(sum(entries) == 1 and min(entries) >= 0, "probabilities are negative or do not sum to 1", Rejected)
    return entries


def part(x: tuple, R: int) -> tuple:
    return tuple(token if R >> i & 1 else None for i, token in enumerate(x))


class Subject:
    """An instance and what follows from it: sets of positions are bits, masks in partial sequences None."""

    def __init__(self, spec: Any) -> None:
        self.spec = record(spec, "language policy", "denoiser off_support")
        language = record(spec["language"], "vocab length probabilities")
        V, L = self.V, self.L = whole(language["vocab"], 1), whole(language["length"], 1)
        require(L <= 10 and (V + 1) ** L <= LARGEST_LATTICE, f"V = {V} with L = {L} is too large for this kernel")
        self.all, self.sequences = (1 << L) - 1, list(itertools.product(range(V), repeat=L))
        table = chances(language["probabilities"], V**L)
        self.q = {x: c for x, c in zip(self.sequences, table, strict=True) if c}
        self.mass: dict = defaultdict(lambda: defaultdict(Fraction))  # q(x_R), by R and partial sequence
        for (x, c), R in itertools.product(self.q.items(), range(1 << L)):
            self.mass[R][part(x, R)] += c
        self.spots = [(i, R) for R in range(1 << L) for i in range(L) if not R >> i & 1]
        self.contexts = [(i, R, y) for i, R in self.spots for y in self.mass[R]]
        policy = record(spec["policy"], f"kind {KINDS[spec['policy']['kind']]}")
        self.kind = policy["kind"]
        self.sets = [sum(1 << i for i in {whole(i, 0) for i in items(A)}) for A in items(policy.get("sets", []))]
        require(sum(self.sets) in (0, self.all), "the sets of the steps do not hold each position once", Rejected)
        self.sizes = [*map(len, policy.get("sets", []))] or [whole(size, 0) for size in items(policy.get("sizes", []))]
        self.weights = chances(policy["weights"]) if "weights" in policy else [Fraction(s, L) for s in self.sizes]
        self.steps, self.N = self.sets or self.sizes or self.weights, len(self.weights)
        require(sum(self.weights) == 1, "the steps do not add up to the length", Rejected)
        require(self.N**L <= LARGEST_WORK, f"N = {self.N} steps at L = {L} are too many for this kernel")
        self.rule = spec.get("off_support", "uniform")
        require(self.rule in ("uniform", "marginal", "stop"), "off_support is uniform, marginal or stop")
        self.predictions = {(i, y): self.conditional(i, R, y) for i, R, y in self.contexts}
        if "denoiser" in spec:
            every = list(itertools.product([None, *range(V)], repeat=L))
            for y, rows in zip(every, items(spec["denoiser"], len(every)), strict=True):
                for i, row in enumerate(items(rows, L)):
                    require((row is None) == (y[i] is not None), "a denoiser has null where tokens are revealed")
                    self.predictions[i, y] = row and chances(row, V)

    def conditional(self, i: int, R: int, y: tuple) -> list[Fraction]:
        """``q(x_i = v | y)`` for every v; y, revealed at R, is possible."""
        return [self.mass[R | 1 << i].get((*y[:i], v, *y[i + 1 :]), 0) / self.mass[R][y] for v in range(self.V)]

    def predicted(self, i: int, R: int, y: tuple) -> list[Fraction]:
        """Law of the token drawn at i: the denoiser's prediction, or the off-support rule where ``q(y) = 0``."""
        if y in self.mass[R]:
            return self.predictions[i, y]
        marginal = self.conditional(i, 0, part(y, 0)) if self.rule == "marginal" else []
        return marginal or [Fraction(self.rule == "uniform", self.V)] * self.V

    @cached_property
    def orders(self) -> dict:
        """Law, over reveal times tau, of the tuple of sets ``R_i = {j: tau_j < tau_i}`` (definitions.md#policies)."""
        chances: dict = defaultdict(Fraction)
        for tau in itertools.product(range(self.N), repeat=self.L):
            if self.kind == "bernoulli":
                c = math.prod(self.weights[k] for k in tau)
            elif self.kind == "fixed-size":  # any assignment of these sizes is as likely as another
                ways = math.factorial(self.L) // math.prod(map(math.factorial, self.sizes))
                c = Fraction([tau.count(k) for k in range(self.N)] == self.sizes, ways)
            else:
                c = Fraction(all(self.sets[k] >> i & 1 for i, k in enumerate(tau)))
            if c:
                chances[tuple(sum(1 << j for j in range(self.L) if tau[j] < k) for k in tau)] += c
        return chances

    @cached_property
    def law(self) -> dict:
        """p(x) of every x, and what is lost under the rule ``stop``."""
        require(len(self.orders) * len(self.sequences) <= LARGEST_WORK, "the instance is too large for this kernel")
        p = {}
        for x in self.sequences:
            drawn = {(i, R): self.predicted(i, R, part(x, R))[x[i]] for i, R in self.spots}
            p[x] = sum(c * math.prod(drawn[link] for link in enumerate(sets)) for sets, c in self.orders.items())
        return {**p, "lost": 1 - sum(p.values())}

    @cached_property
    def mixture(self) -> list:
        """A Bernoulli policy as a mixture: chances, and the subject under the sizes of steps that are not empty."""
        require(self.kind == "bernoulli", "the statement has a quantity of bernoulli policies only")
        sizes: dict = defaultdict(Fraction)
        for tau in itertools.product(range(self.N), repeat=self.L):
            sizes[tuple(map(tau.count, sorted({*tau})))] += math.prod(self.weights[k] for k in tau)
        return [(c, Subject({**self.spec, "policy": {"kind": "fixed-size", "sizes": [*n]}})) for n, c in sizes.items()]

    def H(self, R: int) -> Number:  # entropy of X_R
        return sum_of_logs((-c, c) for c in self.mass[R].values())

    def spread(self, weight: Any) -> Number:
        """``sum over i and R without i of weight(|R|) H(X_i | X_R)``."""
        weighted = [(i, R, Fraction(weight(R.bit_count()))) for i, R in self.spots]
        return total(pair for i, R, w in weighted if w for pair in ((w, self.H(R | 1 << i)), (-w, self.H(R))))

    def z(self, j: int) -> Number:
        return self.spread(lambda size: Fraction(size == j, math.comb(self.L - 1, j)))

    def Z(self, a: Fraction) -> Number:
        return self.spread(lambda size: a**size * (1 - a) ** (self.L - 1 - size))

    def error(self, i: int, R: int, y: tuple) -> Number:
        """``D(q(. | y) || p_theta(. | y))`` at position i."""
        return divergence(zip(self.conditional(i, R, y), self.predictions[i, y], strict=True))

    def before(self, cost: Any) -> Number:
        """``sum over i of E cost(i, R_i, X_{R_i})`` under X ~ q."""
        visits: dict = defaultdict(Fraction)
        for sets, c in self.orders.items():
            for i, R in enumerate(sets):
                visits[i, R] += c
        return total((visits[i, R] * self.mass[R][y], cost(i, R, y)) for i, R, y in self.contexts if (i, R) in visits)

    def surprise(self, i: int, R: int, y: tuple) -> Number:
        """``-E log p_theta(X_i | y)`` under q."""
        return total([(1, self.error(i, R, y)), (1, sum_of_logs((-c, c) for c in self.conditional(i, R, y) if c))])


def divergence(pairs: Any) -> Number:
    """``sum of c log(c / p)`` over pairs (c, p)."""
    pairs = [(c, p) for c, p in pairs if c]
    return sum_of_logs((c, c / p) for c, p in pairs) if all(p for _, p in pairs) else INFINITY


def total(pairs: Any) -> Number:
    """``sum of c * value``; c is positive where the value is infinite."""
    terms: dict = defaultdict(Fraction)
    for c, value in pairs:
        if value is INFINITY:
            return INFINITY
        for atom, weight in value.terms.items():
            terms[atom] += c * weight
    return Number(terms)


def log_mean_path_kl(s: Subject) -> Number:
    """``-log E_tau exp(-D(q || p_tau))``."""
    costs = {(i, R): total((c, s.surprise(i, R, y)) for y, c in s.mass[R].items()) for i, R in s.spots}
    paths = ((c, total([(-1, s.H(s.all)), *((1, costs[at]) for at in enumerate(R))])) for R, c in s.orders.items())
    mean = total((c, (exact(-1) * D).exp()) for c, D in paths if D is not INFINITY)
    return exact(-1) * mean.log() if mean.reduced else INFINITY


def of_kind(kind: str, s: Subject, value: Any) -> Number:
    require(s.kind == kind, f"the statement has a quantity of {kind} policies only")
    starts = [sum(s.steps[:k]) for k in range(s.N)]
    return total((w, value(start)) for w, start in zip(s.weights, starts, strict=True) if w)


QUANTITIES: dict[str, Any] = {
    **{name: lambda s, name=name: exact(getattr(s, name)) for name in "VLN"},
    "kl": lambda s: divergence((c, s.law[x]) for x, c in s.q.items()),
    "tv": lambda s: exact(sum(max(c - s.law[x], 0) for x, c in s.q.items())),
    "ser": lambda s: exact(sum(c for x, c in s.law.items() if x not in s.q)),
    "path_kl": lambda s: total([(1, s.before(s.surprise)), (-1, s.H(s.all))]),
    "log_mean_path_kl": log_mean_path_kl,
    "log_ter": lambda s: total((Fraction(1, s.L), x) for x in (QUANTITIES["kl"](s), s.H(s.all))),
    "log_ter_language": lambda s: total([(Fraction(1, s.L), s.H(s.all))]),
    "entropy": lambda s: s.H(s.all),
    "total_correlation": lambda s: total([(-1, s.H(s.all)), *((1, s.H(1 << i)) for i in range(s.L))]),
    "dual_total_correlation": lambda s: total([(1, s.H(s.all)), (-1, s.z(s.L - 1))]),
    "eps_learning": lambda s: extreme(max, *{x.spelled(): x for x in itertools.starmap(s.error, s.contexts)}.values()),
    "mean_learning_error": lambda s: total([(Fraction(1, s.L), s.before(s.error))]),
    "learning_term": lambda s: s.before(s.error),
    "max_step_weight": lambda s: exact(max(s.weights)),
    "max_step_size": lambda s: exact(max(s.sizes)),
    "dyadic_step_size": lambda s: exact(1 << (max(s.sizes) - 1).bit_length()),
    "collision_probability": lambda s: exact(sum(w * w for w in s.weights)),
    "speedup_at_unit_cost": lambda s: exact(Fraction(s.L, s.N)),
    "curve_left_riemann_sum": lambda s: of_kind("bernoulli", s, s.Z),
    "curve_area": lambda s: s.spread(lambda size: Fraction(1, s.L * math.comb(s.L - 1, size))),
    "curve_midpoint_excess": lambda s: total((Fraction(c, 2), s.Z(Fraction(k, 2))) for k, c in enumerate((-1, 2, -1))),
    "weighted_slope": lambda s: QUANTITIES["curve_left_riemann_sum"](s) - QUANTITIES["curve_area"](s),  # by parts
    "odds_weighted_slope": lambda s: s.spread(
        lambda j: (1 - Fraction(2 * j + 2, s.L + 1)) / s.L / math.comb(s.L - 1, j)
    ),
    "profile_left_sum": lambda s: of_kind("fixed-size", s, s.z),
    "profile_area": lambda s: total((Fraction(1, s.L), s.z(j)) for j in range(s.L)),
    "profile_start": lambda s: s.z(0),
    "profile_end": lambda s: s.z(s.L - 1),
    "profile_max_increase": lambda s: extreme(max, *[s.z(j) - s.z(j - 1) for j in range(1, s.L)] or [exact(0)]),
    "area_defect": lambda s: extreme(max, *(exact(c) * (QUANTITIES["curve_area"](s) - s.H(s.all)) for c in (1, -1))),
    "mixture_path_kl": lambda s: total((c, quantity("path_kl", t)) for c, t in s.mixture if c),
    "mixture_ser": lambda s: total((c, quantity("ser", t)) for c, t in s.mixture),
    "best_sizes_path_kl": lambda s: extreme(min, *(quantity("path_kl", t) for _, t in s.mixture)),
    "best_sizes_ser": lambda s: extreme(min, *(quantity("ser", t) for _, t in s.mixture)),
    "law_distance": lambda s, t: exact(sum(max(c - t.law[x], 0) for x, c in s.law.items())),
}
ASSUMPTIONS = {
    "ExactDenoiser": lambda s: all(s.predictions[i, y] == s.conditional(i, R, y) for i, R, y in s.contexts),
    **dict.fromkeys(("OrderOblivious", "ChosenFirst"), lambda s: True),  # each policy of this kernel
    "OneChoice": lambda s: s.kind == "fixed-sets",
    "SizedPolicy": lambda s: s.kind != "bernoulli",
    "OneAtATime": lambda s: s.kind != "bernoulli" and max(s.sizes) <= 1,
    "BernoulliPolicy": lambda s: s.kind == "bernoulli",
    "FixedSizePolicy": lambda s: s.kind == "fixed-size",
    "UniformSteps": lambda s: s.kind == "bernoulli" and len(set(s.weights)) == 1,
    "BalancedSizes": lambda s: s.kind == "fixed-size" and max(s.sizes) - min(s.sizes) <= 1,
    "StepsDivideLength": lambda s: s.L % s.N == 0,
    "PairLanguage": lambda s: s.q == {x: Fraction(1, s.V ** (s.L // 2)) for x in s.sequences if x[::2] == x[1::2]},
}
RELATIONS = {
    "same-language": lambda s, t: True,
    "refines": lambda s, t: {*itertools.accumulate(s.steps)} <= {*itertools.accumulate(t.steps, initial=0)},
    "more-steps": lambda s, t: s.N < t.N and all(map(ASSUMPTIONS["UniformSteps"], (s, t))),
}  # beside the same language; all but the first also need the same denoiser and kind of policy


# What certificates about the same instance share is worked out once.
subject = lru_cache(2)(lambda spec: Subject(ast.literal_eval(spec)))
quantity: Any = lru_cache(64)(lambda name, *about: QUANTITIES[name](*about))


def complete(question: dict) -> dict:
    """The certificate of a question ``{"subjects", "between", "statement"}``: with it, all that follows."""
    statement, between = record(question["statement"], "id lhs relation rhs assumptions"), question["between"]
    relation, needs = statement["relation"], items(statement["assumptions"])
    require(relation in ("<", "<=", "==", ">=", ">") and isinstance(statement["id"], str), "no such relation or id")
    require(statement["id"].isascii() and statement["id"].isprintable(), "the id of the statement is not plain text")
    require(all(need in list(ASSUMPTIONS) for need in needs), f"assumptions are {', '.join(ASSUMPTIONS)}")
    subjects = [subject(repr(spec)) for spec in items(question["subjects"])]
    require(between in {1: (None,), 2: (*RELATIONS,)}.get(len(subjects), ()), "one subject, or two and their relation")
    if between:
        s, t = subjects
        alike = between == "same-language" or (s.kind, s.predictions, s.rule) == (t.kind, t.predictions, t.rule)
        require(s.q == t.q and alike and RELATIONS[between](s, t), f"they are not {between}", Rejected)
    for need in needs:
        require(all(ASSUMPTIONS[need](s) for s in subjects), f"{need} does not hold", Rejected)
    quantities: dict = {}

    def lookup(name: str) -> Number:
        plain, _, second = name.partition("@")
        about = subjects if plain == "law_distance" else subjects[1:] if second else subjects[:1]
        require(plain in QUANTITIES and len(about) == 1 + (plain == "law_distance"), f"no quantity {name:.40} here")
        return quantities.setdefault(name, quantity(plain, *about))

    left, right = expression(statement["lhs"], lookup), expression(statement["rhs"], lookup)
    order, bits = compare(left, right)
    verdict = "holds" if "<=>"[order + 1] in relation else "violated"
    claim = f"{statement['lhs']} {relation} {statement['rhs']}"
    sizes = ", ".join(f"V = {s.V}, L = {s.L}, N = {s.N}" for s in subjects)
    return {
        **question,
        "format": "maskbound certificate 1",
        "quantities": {name: value.spelled() for name, value in quantities.items()},
        "values": {"lhs": left.spelled(), "rhs": right.spelled()},
        "order": "<=>"[order + 1],
        "bits": bits,
        "verdict": verdict,
        "conclusion": f"{statement['id']} {verdict}: {claim} ({'; '.join([*needs, between or 'one subject', sizes])})",
    }


def verify(text: str) -> str:
    """The conclusion of a certificate, or those of a list, a line each; Rejected or Malformed if one has none."""
    once: Any = {"object_pairs_hook": lambda p: require(len(dict(p)) == len(p), "a key twice") or dict(p)}  # type: ignore[func-returns-value]  # None if it passes
    try:
        data = json.loads(text, **once, parse_float=tuple, parse_constant=tuple)  # neither numbers nor strings
        certificates, conclusions = data if isinstance(data, list) else [data], []
        require(certificates, "the list is empty")
        for certificate in certificates:
            found = complete({key: certificate[key] for key in ("subjects", "between", "statement")})
            record(certificate, " ".join([*found, "provenance"]))
            for key, value in found.items():
                require(certificate[key] == value, f"{key} is not what follows from the rest", Rejected)
            conclusions.append(found["conclusion"])
    except (ValueError, SyntaxError, RecursionError, MemoryError, ArithmeticError, KeyError, TypeError) as problem:
        raise Malformed(f"this is no certificate ({type(problem).__name__})") from None
    return "\n".join(conclusions)


def main(arguments: list[str]) -> int:
    try:
        require(len(arguments) == 1, "one argument, the name of a file, is expected")
        with open(arguments[0], "rb") as file:
            print("accepted:", verify(file.read(LARGEST_FILE).decode()).replace("\n", "\naccepted: "))
    except (Malformed, Rejected, OSError, UnicodeDecodeError) as problem:
        print(f"{'rejected' if isinstance(problem, Rejected) else 'malformed'}: {problem}", file=sys.stderr)
        return 1 if isinstance(problem, Rejected) else 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
