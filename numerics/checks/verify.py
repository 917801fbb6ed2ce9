"""The trusted kernel: recheck a certificate with the standard library alone, from the definitions.

    python -I -S verify.py FILE        exit 0 accepted, 1 rejected, 2 malformed (or too large for this kernel)

A certificate says that on one rational instance an inequality holds, or is violated. This file uses nothing of the
project, believes nothing in a certificate but its data, and is meant to be read in one sitting. It works everything
out again and accepts a certificate only if it would have written the same one: so every number in it is checked.

A certificate is JSON without floats or duplicate keys, and with exactly these keys. A *rational* is a string in
lowest terms ("2/3", "-1"). A *value* is a log form, ``1/2 + 3/2*log(2) - log(3)``: the rational part, then logs of
ascending integers that are prime or have no prime factor below 1000 (``reduced`` and ``__str__`` below); or "inf"; or
null for a number that is not known as a log form.

    format       "maskbound certificate 1"
    subjects     one instance or two: {"language", "policy", "denoiser", "off_support"}. An instance is data, not names:
      language   {"vocab", "length", "probabilities"}: all V^L of them, rationals, first token most significant
      policy     {"kind": "bernoulli", "weights": rationals}, {"kind": "fixed-size", "sizes": integers} or
                 {"kind": "fixed-sets", "sets": lists of positions from 0} (also autoregressive, bisection)
      denoiser   left out if exact; {"kind": "perturbed", "noise": "uniform" or "peak", "strength": rational}; or
                 {"kind": "table", "conditionals"}: for each partial sequence (base V+1, mask the digit 0, first
                 position most significant) a list of L entries, null at revealed positions, else V rationals
      off_support  left out if "uniform"; "marginal" or "stop"; in the global scope (only law_distance depends on it)
    between      null, or for two subjects a name in RELATIONS
    statement    id (a label), lhs and rhs, relation (< <= == >= >), assumptions (names in ASSUMPTIONS). A side is an
                 expression in names of QUANTITIES and V, L, N ("kl@2" for the second subject), whole numbers,
                 + - * / **, log exp sqrt ceil min max
  and what follows from these, as ``complete`` writes it:
    quantities   the value of every quantity in the statement, by name
    values       the values of lhs and rhs
    order        "<", "=" or ">": how lhs compares with rhs
    bits         the first precision, 64, 128, .., at which enclosures of both sides are disjoint: the witness that
                 they differ; null where they are equal (witness: their difference reduces to nothing)
    ratio        smaller side, as stated, over larger: [r, r] where known to be the rational r (1 at equality), else
                 the two millionths around it; null where the larger is not positive or the smaller infinite
    verdict      "holds" or "violated"
    conclusion   the sentence that is printed on acceptance; it repeats the statement and the lone parameters, which
                 might otherwise be changed where they have no effect (what is listed sums to 1, or covers)
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
from functools import cached_property, cmp_to_key, reduce
from typing import Any

FORMAT, LARGEST_WORK, LARGEST_FILE = "maskbound certificate 1", 300_000, 1 << 24
PRIMES = [n for n in range(2, 1000) if all(n % d for d in range(2, math.isqrt(n) + 1))]


class Malformed(Exception):
    """The file is no certificate, or too large for this kernel."""


class Rejected(Exception):
    """The file is a certificate, and something in it is false or cannot be confirmed."""


def require(condition: Any, otherwise: str, error: type[Exception] = Malformed) -> None:
    if not condition:
        raise error(otherwise)


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
    require(sum(abs(n) * b.bit_length() for b, n in whole.items()) < 100_000, "so large an exp is beyond this kernel")
    rest = (x + Exact(whole) * -1).reduced
    return Exact({tuple(sorted(rest.items())) or 1: math.prod(Fraction(b) ** n for b, n in whole.items())})


# ---- enclosures ----------------------------------------------------------------------------------------------------

Interval = tuple[Fraction, Fraction]
Value = Exact | Interval
INFINITY = (math.inf, math.inf)


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
    if x in (math.inf, -math.inf):
        return INFINITY if x > 0 else (Fraction(0), Fraction(0))
    size = math.ceil(abs(x))
    require(size < 2000, "so large an exp is beyond this kernel")
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


def log_interval(x: Value, bits: int) -> Interval:
    low, high = enclosed(x, bits)
    if low <= 0 or high == math.inf:
        return -math.inf, math.inf
    return sum_of_logs([(1, low)]).bounds(bits)[0], sum_of_logs([(1, high)]).bounds(bits)[1]


def enclosed(x: Value, bits: int) -> Interval:
    """Bounds of a value, rounded outwards to multiples of ``2^-bits``."""
    (low, high), scale = x.bounds(bits) if isinstance(x, Exact) else x, 1 << bits
    if math.inf in (-low, high):
        return low, high
    return Fraction(math.floor(low * scale), scale), Fraction(math.ceil(high * scale), scale)


def settled(low: Any, high: Any) -> Value:
    """The interval (the whole line if indefinite), or the rational number that it has shrunk to."""
    if low != low or high != high:
        return -math.inf, math.inf
    return exact(Fraction(low)) if low == high and math.inf not in (-low, high) else (low, high)


def sharpened(attempt: Any) -> Any:
    """The first answer of ``attempt(bits)`` at rising precision."""
    for bits in (64, 128, 256, 512, 1024, 2048, 4096):
        if (answer := attempt(bits)) is not None:
            return answer
    raise Rejected("a comparison stays open at 4096 bits")


def compare(left: Any, right: Any) -> tuple[int, int | None]:
    """-1, 0 or 1 for two values, or two functions from bits to values, and the bits that it took."""

    def attempt(bits: int) -> tuple[int, int | None] | None:
        a, b = (x(bits) if callable(x) else x for x in (left, right))
        infinite = a == b and a in (INFINITY, (-math.inf, -math.inf))
        if infinite or (isinstance(a, Exact) and isinstance(b, Exact) and not (a + b * -1).reduced):
            return 0, None
        (a0, a1), (b0, b1) = enclosed(a, bits), enclosed(b, bits)
        return (-1, bits) if a1 < b0 else (1, bits) if b1 < a0 else None

    return sharpened(attempt)


# ---- expressions ---------------------------------------------------------------------------------------------------


class Expression:
    """One side of a statement: evaluated exactly where that can be done, else by intervals."""

    def __init__(self, text: Any, lookup: Any) -> None:
        strange = r"[^\w+\-*/(),@ ]|__|\d[A-Za-z_]|@(?!2\b)"
        fine = isinstance(text, str) and len(text) <= 2000 and not re.search(strange, text, re.A)
        require(fine, "a side of the statement is no expression")
        self.tree, self.lookup = ast.parse(text.strip().replace("@2", "__2"), mode="eval").body, lookup

    def at(self, bits: int) -> Value:
        self.bits = bits
        return self.value(self.tree)

    def value(self, node: Any) -> Value:
        if isinstance(node, ast.Constant) and type(node.value) is int:
            return exact(node.value)
        if isinstance(node, ast.Name):
            return self.lookup(node.id.replace("__2", "@2"))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args and not node.keywords:
            return self.call(node.func.id, *map(self.value, node.args))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return self.times(exact(-1), self.value(node.operand))
        if isinstance(node, ast.BinOp):
            a, b, op = self.value(node.left), self.value(node.right), node.op
            n = b.rational if isinstance(b, Exact) else None
            if isinstance(op, ast.Add | ast.Sub):
                return self.plus(a, b if isinstance(op, ast.Add) else self.times(exact(-1), b))
            if isinstance(op, ast.Mult | ast.Div):
                return self.times(a, b if isinstance(op, ast.Mult) else self.power(b, Fraction(-1)))
            if isinstance(op, ast.Pow) and n is not None:
                return self.power(a, n)
        raise Malformed("an expression is outside the grammar of this kernel")

    def plus(self, a: Value, b: Value) -> Value:
        if isinstance(a, Exact) and isinstance(b, Exact):
            return a + b
        (a0, a1), (b0, b1) = enclosed(a, self.bits), enclosed(b, self.bits)
        return settled(a0 + b0, a1 + b1)

    def times(self, a: Value, b: Value) -> Value:
        for x, y in ((a, b), (b, a)):
            if isinstance(x, Exact) and isinstance(y, Exact) and x.rational is not None:
                return y * x.rational
        products = [x * y for x in enclosed(a, self.bits) for y in enclosed(b, self.bits)]
        nan = any(product != product for product in products)
        return settled(math.nan if nan else min(products), max(products))

    def power(self, a: Value, n: Fraction) -> Value:
        base = a.rational if isinstance(a, Exact) else None
        if n in (0, 1):
            return a if n == 1 else exact(1)
        if base is not None:
            defined = base > 0 or (n > 0 if base == 0 else n.denominator == 1)
            require(defined, f"{base} to the power {n} is not defined", Rejected)
            size = abs(n) * (base.numerator.bit_length() + base.denominator.bit_length())
            require(size < 100_000, "so large a power is beyond this kernel")
            root = base > 0 and n.denominator > 1
            return exponential(sum_of_logs([(n, base)])) if root else exact(base ** math.ceil(n))
        if n.denominator > 1 or abs(n) > 64:
            return exp_interval(self.times(exact(n), log_interval(a, self.bits)), self.bits)
        product = reduce(self.times, [a] * int(abs(n)))
        low, high = enclosed(product, self.bits)
        return product if n > 0 else (-math.inf, math.inf) if low <= 0 <= high else settled(1 / high, 1 / low)

    def call(self, name: str, x: Value, *more: Value) -> Value:
        rational = x.rational if isinstance(x, Exact) else None
        if name in ("min", "max"):
            choose, parts = (min, max)[name == "max"], (x, *more)
            if all(isinstance(part, Exact) for part in parts):
                return extreme(choose, parts)
            return settled(*(choose(ends) for ends in zip(*(enclosed(part, self.bits) for part in parts), strict=True)))
        if name == "ceil" and rational is not None and not more:
            return exact(math.ceil(rational))
        require(name in ("sqrt", "exp", "log") and not more, f"{name:.40} is not called as in the grammar")
        if name == "sqrt":
            return self.power(x, Fraction(1, 2))
        if name == "exp":
            return exponential(x) if isinstance(x, Exact) and x.is_log_form else exp_interval(x, self.bits)
        require(rational is None or rational > 0, f"the log of {rational} is not defined", Rejected)
        return log_interval(x, self.bits) if rational is None else sum_of_logs([(1, rational)])


# ---- instances (M0 to M3) ------------------------------------------------------------------------------------------


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


def law(data: Any, length: int | None = None) -> list[Fraction]:
    entries = [fraction(entry) for entry in items(data, length)]
    require(sum(entries) == 1 and min(entries) >= 0, "probabilities are negative or do not sum to 1", Rejected)
    return entries


def part(x: tuple, R: int) -> tuple:
    return tuple(token if R >> i & 1 else None for i, token in enumerate(x))


class Subject:
    """An instance and what follows from it: sets of positions are bits, masks in partial sequences None."""

    def __init__(self, spec: Any) -> None:
        record(spec, "language policy", "denoiser off_support")
        language = record(spec["language"], "vocab length probabilities")
        V, L = self.V, self.L = whole(language["vocab"], 1), whole(language["length"], 1)
        require(L <= 10 and (V + 1) ** L <= 5000, f"V = {V} with L = {L} is too large for this kernel")
        self.sequences = list(itertools.product(range(V), repeat=L))
        chances = law(language["probabilities"], V**L)
        self.q = {x: c for x, c in zip(self.sequences, chances, strict=True) if c}
        self.mass: dict = defaultdict(lambda: defaultdict(Fraction))  # q(x_R), by R and partial sequence
        for (x, c), R in itertools.product(self.q.items(), range(1 << L)):
            self.mass[R][part(x, R)] += c
        self.all = (1 << L) - 1
        self.spots = [(i, R) for R in range(1 << L) for i in range(L) if not R >> i & 1]
        self.contexts = [(i, R, y) for i, R in self.spots for y in self.mass[R]]
        self.read_policy(spec["policy"])
        self.rule, self.denoiser = spec.get("off_support", "uniform"), spec.get("denoiser", {"kind": "exact"})
        require(self.rule in ("uniform", "marginal", "stop"), "off_support is uniform, marginal or stop")
        self.read_denoiser(self.denoiser)

    def read_policy(self, spec: Any) -> None:
        """Steps: the weights of a Bernoulli policy, the sizes, or the sets."""
        self.kind = spec.get("kind") if isinstance(spec, dict) else None
        if self.kind == "bernoulli":
            self.steps = self.weights = law(record(spec, "kind weights")["weights"])
        elif self.kind == "fixed-size":
            self.steps = [whole(size, 0) for size in items(record(spec, "kind sizes")["sizes"])]
            self.weights = [Fraction(size, self.L) for size in self.steps]
        else:
            self.kind, sets = "fixed-sets", items(record(spec, "kind sets")["sets"])
            self.steps = [[whole(i, 0) for i in items(chosen)] for chosen in sets]
            self.weights = [Fraction(len(chosen), self.L) for chosen in self.steps]
            covered = sorted(itertools.chain(*self.steps)) == list(range(self.L))
            require(covered, "the sets of the steps do not hold each position exactly once", Rejected)
        self.N = len(self.steps)
        require(sum(self.weights) == 1, "the step sizes do not add up to the length", Rejected)
        require(self.N**self.L <= LARGEST_WORK, f"N = {self.N} steps at L = {self.L} are too many for this kernel")

    def read_denoiser(self, spec: Any) -> None:
        """Predictions in possible contexts (M2)."""
        kind = spec.get("kind") if isinstance(spec, dict) else None
        self.predictions = {(i, y): self.conditional(i, R, y) for i, R, y in self.contexts}
        self.strength = fraction(spec["strength"]) if kind == "perturbed" and "strength" in spec else Fraction(0)
        if kind == "perturbed":
            noise, s = record(spec, "kind noise strength")["noise"], self.strength
            require(noise in ("uniform", "peak") and 0 <= s <= 1, "noise is uniform or peak, strength in [0, 1]")
            for key, c in self.predictions.items():
                target = [Fraction(1, self.V) if noise == "uniform" else v == c.index(max(c)) for v in range(self.V)]
                self.predictions[key] = [(1 - s) * old + s * new for old, new in zip(c, target, strict=True)]
        elif kind == "table":
            every = list(itertools.product([None, *range(self.V)], repeat=self.L))
            for y, rows in zip(
                every, items(record(spec, "kind conditionals")["conditionals"], len(every)), strict=True
            ):
                for i, row in enumerate(items(rows, self.L)):
                    require((row is None) == (y[i] is not None), "a table has null at revealed positions, only there")
                    self.predictions[i, y] = row and law(row, self.V)
        else:
            require(record(spec, "kind") == {"kind": "exact"}, "a denoiser is exact, perturbed or a table")

    def conditional(self, i: int, R: int, y: tuple) -> list[Fraction]:
        """``q(x_i = v | y)`` for every v; y, revealed at R, is possible."""
        joint = self.mass[R | 1 << i]
        return [joint.get((*y[:i], v, *y[i + 1 :]), Fraction(0)) / self.mass[R][y] for v in range(self.V)]

    def predicted(self, i: int, R: int, y: tuple) -> list[Fraction]:
        """What is drawn at i: the denoiser's prediction, or by the rule where ``q(y) = 0`` (M2)."""
        if y in self.mass[R]:
            return self.predictions[i, y]
        marginal = self.conditional(i, 0, part(y, 0))
        return {"uniform": [Fraction(1, self.V)] * self.V, "marginal": marginal, "stop": [Fraction(0)] * self.V}[
            self.rule
        ]

    @cached_property
    def orders(self) -> dict:
        """Law, over reveal times tau, of the tuple of sets ``R_i = {j: tau_j < tau_i}`` (M3)."""
        chances: dict = defaultdict(Fraction)
        for tau in itertools.product(range(self.N), repeat=self.L):
            if self.kind == "bernoulli":
                c = math.prod(self.weights[k] for k in tau)
            elif self.kind == "fixed-size":  # any assignment of these sizes is as likely as another
                ways = math.factorial(self.L) // math.prod(math.factorial(size) for size in self.steps)
                c = Fraction([tau.count(k) for k in range(self.N)] == self.steps, ways)
            else:
                c = Fraction(all(i in self.steps[k] for i, k in enumerate(tau)))
            if c:
                chances[tuple(sum(1 << j for j in range(self.L) if tau[j] < k) for k in tau)] += c
        return chances

    def output(self, x: tuple) -> Fraction:
        """p(x)."""
        drawn = {(i, R): self.predicted(i, R, part(x, R))[x[i]] for i, R in self.spots}
        return sum(
            (c * math.prod(drawn[link] for link in enumerate(sets)) for sets, c in self.orders.items()), Fraction(0)
        )

    @cached_property
    def p(self) -> dict:
        """The output law on the support of q."""
        return {x: self.output(x) for x in self.q}

    # -- averages of entropies and divergences

    def H(self, R: int) -> Exact:
        """Entropy of ``X_R``."""
        return sum_of_logs((-c, c) for c in self.mass[R].values())

    def spread(self, weight: Any) -> Exact:
        """``sum over i and R without i of weight(|R|) H(X_i | X_R)``."""
        weighted = [(i, R, Fraction(weight(R.bit_count()))) for i, R in self.spots]
        return total(pair for i, R, w in weighted if w for pair in ((w, self.H(R | 1 << i)), (-w, self.H(R))))

    def z(self, j: int) -> Exact:
        return self.spread(lambda size: Fraction(size == j, math.comb(self.L - 1, j)))

    def Z(self, a: Fraction) -> Exact:
        return self.spread(lambda size: a**size * (1 - a) ** (self.L - 1 - size))

    def error(self, i: int, R: int, y: tuple) -> Value:
        """``D(q(. | y) || p_theta(. | y))`` at position i."""
        return divergence(dict(enumerate(self.conditional(i, R, y))), dict(enumerate(self.predictions[i, y])))

    def before(self, cost: Any) -> Value:
        """``sum over i of E cost(i, R_i, X_{R_i})`` under X ~ q."""
        visits: dict = defaultdict(Fraction)
        for sets, c in self.orders.items():
            for i, R in enumerate(sets):
                visits[i, R] += c
        return total((visits[i, R] * self.mass[R][y], cost(i, R, y)) for i, R, y in self.contexts if (i, R) in visits)

    def surprise(self, i: int, R: int, y: tuple) -> Value:
        """``-E log p_theta(X_i | y)`` under q."""
        pairs = list(zip(self.conditional(i, R, y), self.predictions[i, y], strict=True))
        return INFINITY if any(c and not p for c, p in pairs) else sum_of_logs((-c, p) for c, p in pairs if c)


def divergence(law: dict, other: dict) -> Value:
    if any(c and not other[x] for x, c in law.items()):
        return INFINITY
    return sum_of_logs((c, c / other[x]) for x, c in law.items() if c)


def total(pairs: Any) -> Value:
    """``sum of c * value``; c is positive where the value is infinite."""
    terms: dict = defaultdict(Fraction)
    for c, value in pairs:
        if value == INFINITY:
            return INFINITY
        for atom, weight in value.terms.items():
            terms[atom] += c * weight
    return Exact(terms)


def extreme(choose: Any, values: Any) -> Value:
    """The largest or the smallest."""
    return choose(values, key=cmp_to_key(lambda a, b: compare(a, b)[0]))


# ---- what is measured (M4, M5) -------------------------------------------------------------------------------------


def of_kind(kind: str, s: Subject, value: Any) -> Value:
    require(s.kind == kind, f"the statement has a quantity of {kind} policies only")
    starts = [sum(s.steps[:k]) for k in range(s.N)]
    return total((w, value(start)) for w, start in zip(s.weights, starts, strict=True) if w)


QUANTITIES = {
    "V": lambda s: exact(s.V),
    "L": lambda s: exact(s.L),
    "N": lambda s: exact(s.N),
    "kl": lambda s: divergence(s.q, s.p),
    "reverse_kl": lambda s: divergence(s.p, s.q) if sum(s.p.values()) == 1 else INFINITY,
    "tv": lambda s: exact(sum(max(c - s.p[x], 0) for x, c in s.q.items())),
    "ser": lambda s: exact(1 - sum(s.p.values())),
    "path_kl": lambda s: total([(1, s.before(s.surprise)), (-1, s.H(s.all))]),
    "log_ter": lambda s: total((Fraction(1, s.L), x) for x in (divergence(s.q, s.p), s.H(s.all))),
    "log_ter_language": lambda s: s.H(s.all) * Fraction(1, s.L),
    "entropy": lambda s: s.H(s.all),
    "total_correlation": lambda s: total([(-1, s.H(s.all)), *((1, s.H(1 << i)) for i in range(s.L))]),
    "dual_total_correlation": lambda s: total([(1, s.H(s.all)), (-1, s.z(s.L - 1))]),
    "eps_learning": lambda s: extreme(max, {spelled(x): x for x in itertools.starmap(s.error, s.contexts)}.values()),
    "eps_learning_mean": lambda s: total([(Fraction(1, s.L), s.before(s.error))]),
    "learning_term": lambda s: s.before(s.error),
    "max_step_weight": lambda s: exact(max(s.weights)),
    "max_step_size": lambda s: exact(max(s.weights) * s.L) if s.kind != "bernoulli" else of_kind("sized", s, None),
    "collision_probability": lambda s: exact(sum(w * w for w in s.weights)),
    "curve_left_sum": lambda s: of_kind("bernoulli", s, s.Z),
    "curve_area": lambda s: s.spread(lambda size: Fraction(1, s.L * math.comb(s.L - 1, size))),  # Beta integrals
    "curve_midpoint_excess": lambda s: total((Fraction(c, 2), s.Z(Fraction(k, 2))) for k, c in enumerate((-1, 2, -1))),
    "profile_left_sum": lambda s: of_kind("fixed-size", s, s.z),
    "profile_area": lambda s: total((Fraction(1, s.L), s.z(j)) for j in range(s.L)),
    "profile_start": lambda s: s.z(0),
    "profile_end": lambda s: s.z(s.L - 1),
    "profile_max_increase": lambda s: extreme(max, [s.z(j) + s.z(j - 1) * -1 for j in range(1, s.L)] or [exact(0)]),
    "area_defect": lambda s: extreme(
        max, [total([(c, QUANTITIES["curve_area"](s)), (-c, s.H(s.all))]) for c in (1, -1)]
    ),
    "law_distance": lambda s, t: exact(apart([[u.output(x) for x in s.sequences] for u in (s, t)])),
}


def apart(laws: list) -> Fraction:
    """Total variation distance; what a law lacks to 1 is one more outcome."""
    p, r = ([*law, 1 - sum(law)] for law in laws)
    return sum((abs(a - b) for a, b in zip(p, r, strict=True)), Fraction(0)) / 2


def uniform_steps(s: Subject) -> bool:
    return s.kind == "bernoulli" and len(set(s.weights)) == 1


def is_pair(s: Subject) -> bool:
    doubled = {x for x in s.sequences if s.L % 2 == 0 and x[::2] == x[1::2]}
    return set(s.q) == doubled and len(set(s.q.values())) == 1


def marks(s: Subject) -> set:
    """How far each step gets: the a_k, the S_k, or the sets revealed."""
    steps = [sum(1 << i for i in step) for step in s.steps] if s.kind == "fixed-sets" else s.steps
    return set(itertools.accumulate(steps))


ASSUMPTIONS = {
    "ExactDenoiser": lambda s: all(s.predictions[i, y] == s.conditional(i, R, y) for i, R, y in s.contexts),
    "OrderOblivious": lambda s: True,  # each policy of this kernel
    "BernoulliPolicy": lambda s: s.kind == "bernoulli",
    "FixedSizePolicy": lambda s: s.kind == "fixed-size",
    "UniformSteps": uniform_steps,
    "BalancedSizes": lambda s: s.kind == "fixed-size" and max(s.steps) - min(s.steps) <= 1,
    "StepsDivideLength": lambda s: s.L % s.N == 0,
    "PairLanguage": is_pair,
}
RELATIONS = {
    "same-language": lambda s, t: True,
    "refines": lambda s, t: s.denoiser == t.denoiser and s.kind == t.kind and marks(s) <= marks(t),
    "more-steps": lambda s, t: s.denoiser == t.denoiser and uniform_steps(s) and uniform_steps(t) and s.N < t.N,
}


# ---- certificates --------------------------------------------------------------------------------------------------


def spelled(value: Value) -> str | None:
    return "inf" if value == INFINITY else str(value) if isinstance(value, Exact) and value.is_log_form else None


def complete(question: dict) -> dict:
    """The certificate of a question ``{"subjects", "between", "statement"}``: with it, all that follows."""
    statement, between = record(question["statement"], "id lhs relation rhs assumptions"), question["between"]
    relation, needs = statement["relation"], items(statement["assumptions"])
    require(relation in ("<", "<=", "==", ">=", ">") and isinstance(statement["id"], str), "no such relation or id")
    require(all(need in list(ASSUMPTIONS) for need in needs), f"assumptions are {', '.join(ASSUMPTIONS)}")
    subjects = [Subject(spec) for spec in items(question["subjects"])]
    require(between in {1: [None], 2: list(RELATIONS)}.get(len(subjects), []), "one subject, or two and their relation")
    if between:
        related = subjects[0].q == subjects[1].q and RELATIONS[between](*subjects)
        require(related, f"the relation {between} does not hold", Rejected)
    for need in needs:
        require(all(ASSUMPTIONS[need](s) for s in subjects), f"{need} does not hold", Rejected)
    quantities: dict = {}

    def lookup(name: str) -> Value:
        plain, _, second = name.partition("@")
        about = subjects if plain == "law_distance" else subjects[1:] if second else subjects[:1]
        fine = plain in QUANTITIES and len(about) == 1 + (plain == "law_distance")
        require(fine, f"{name:.40} is no quantity of the subjects")
        quantities[name] = quantities.get(name) or QUANTITIES[plain](*about)
        return quantities[name]

    left, right = Expression(statement["lhs"], lookup), Expression(statement["rhs"], lookup)
    order, bits = compare(left.at, right.at)
    holds = {"<": order < 0, "<=": order <= 0, "==": order == 0, ">=": order >= 0, ">": order > 0}[relation]
    verdict, numbers = (
        "holds" if holds else "violated",
        ", ".join(f"N = {s.N}, strength {s.strength}" for s in subjects),
    )
    claim = f"{statement['lhs']} {relation} {statement['rhs']}"
    small, large = (right, left) if ">" in relation else (left, right)
    return {
        **question,
        "format": FORMAT,
        "quantities": {name: spelled(value) for name, value in quantities.items()},
        "values": {"lhs": spelled(left.at(64)), "rhs": spelled(right.at(64))},
        "order": "<=>"[order + 1],
        "bits": bits,
        "ratio": ["1", "1"] if order == 0 else ratio(small.at, large.at),
        "verdict": verdict,
        "conclusion": f"{statement['id']} {verdict}: {claim} ({'; '.join([*needs, between or 'one subject', numbers])})",
    }


def ratio(small: Any, large: Any) -> list[str] | None:
    """``[r, r]`` for a known rational, else the neighbouring millionths."""
    a, b = small(64), large(64)
    if a == INFINITY or compare(large, exact(0))[0] <= 0:
        return None
    if b == INFINITY:
        return ["0", "0"]
    if isinstance(a, Exact) and isinstance(b, Exact):
        atom, c = next(iter(b.reduced.items()))  # if a = r b, then every coefficient says so
        r = a.reduced.get(atom, Fraction(0)) / c
        if not (a + b * -r).reduced:
            return [str(r), str(r)]

    def millionth(bits: int) -> int | None:
        (a0, a1), (b0, b1) = enclosed(small(bits), bits), enclosed(large(bits), bits)
        ends = {math.floor(x / y * 10**6) for x in (a0, a1) for y in (b0, b1)} if b0 > 0 else set()
        return min(ends) if len(ends) == 1 else None

    n = sharpened(millionth)
    return [str(Fraction(n, 10**6)), str(Fraction(n + 1, 10**6))]


def verify(text: str) -> str:
    """The conclusion of a certificate; Rejected or Malformed if it has none."""

    def unique(pairs: list) -> dict:
        require(len(dict(pairs)) == len(pairs), "an object has a key twice")
        return dict(pairs)

    names = "format subjects between statement quantities values order bits ratio verdict conclusion provenance"
    try:
        floats = {"parse_float": lambda text: {"float": text}, "parse_constant": lambda text: {"float": text}}
        certificate = record(json.loads(text, object_pairs_hook=unique, **floats), names)
        found = complete({key: certificate[key] for key in ("subjects", "between", "statement")})
        for key, value in found.items():
            same = json.dumps(certificate[key], sort_keys=True) == json.dumps(value, sort_keys=True)
            require(same, f"{key} is not what follows from the instance and the statement", Rejected)
    except (ValueError, SyntaxError, RecursionError, MemoryError, ArithmeticError) as problem:
        raise Malformed(f"this is no certificate ({type(problem).__name__})") from None
    return found["conclusion"]


def main(arguments: list[str]) -> int:
    try:
        require(len(arguments) == 1, "one argument, the name of a file, is expected")
        with open(arguments[0], "rb") as file:
            content = file.read(LARGEST_FILE + 1)
        require(len(content) <= LARGEST_FILE, "the file is too large for this kernel")
        print("accepted:", verify(content.decode()))
    except (Malformed, OSError, UnicodeDecodeError) as problem:
        print(f"malformed: {problem}", file=sys.stderr)
        return 2
    except Rejected as problem:
        print(f"rejected: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
