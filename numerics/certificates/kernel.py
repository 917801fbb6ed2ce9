"""The trusted kernel: recheck a certificate with the standard library alone, from the definitions.

    python -I -S kernel.py FILE        exit 0 accepted, 1 rejected, 2 malformed (or too large for this kernel)

A certificate says that on one rational instance an inequality holds, or is violated. This file, to be read in one
sitting, works everything out again from its data and accepts only what it would have written: every number is checked.

A file is JSON without duplicate keys, and without floats outside ``provenance``: a certificate, or a list of them,
with these keys and no others. A *rational* is a string in lowest terms ("2/3"). A *value* is a log form,
``1/2 + 3/2*log(2) - log(3)``: the rational part, then logs of ascending integers that are prime or have no prime
factor below 1000; or "inf" or "-inf"; or null.

    format       "maskbound certificate 2"
    subjects     one instance or two: {"language", "policy", "denoiser", "off_support"}; all is data, nothing a name:
      language     {"vocab", "length", "probabilities"}: all V^L, rationals, first token most significant
      policy       {"kind": "bernoulli", "weights": rationals}, {"kind": "fixed-size", "sizes": integers},
                   {"kind": "fixed-sets", "sets": lists of positions from 0} (so also autoregressive, bisection) or
                   {"kind": "mixture-of-sizes", "sizes": lists of integers, "weights": their probabilities, rationals},
                   {"kind": "mixture-of-sets", "sets": lists of lists of positions, "weights": likewise},
                   {"kind": "remasking", "weights": rationals, "sigma": rationals, one a step} or
                   {"kind": "adaptive"} with the keys of KINDS and CHOICES, "temperature" T (0, or 1/T whole, a
                   rational), "block_length", and one of "sizes", "threshold" and "entropy_bound" (rationals)
      denoiser     left out if exact; else, for each partial sequence (base V+1, mask the digit 0, first position most
                   significant), a list of L entries: null at revealed positions, V rationals at masked ones
      off_support  left out if "uniform"; "marginal" or "stop" (global scope; for ``law_distance`` and remasking)
    between      null, or for two subjects a name in RELATIONS
    statement    id, lhs, relation (< <= == >= >), rhs, assumptions (names in ASSUMPTIONS). The id is the writer's
                 label: nothing is concluded from it. A side is in the grammar of ``expression``.
  and what follows, as ``complete`` writes it:
    quantities, values   the value of every quantity in the statement, by name; of lhs and rhs
    order        "<", "=" or ">": how lhs compares with rhs
    bits         the witness of "<" and ">": the first of the precisions 64, 128, .. at which enclosures are disjoint
                 (64 where a side is infinite)
    verdict, conclusion   "holds" or "violated"; the sentence printed on acceptance, which repeats the statement
    provenance   anything; never read

Why a wrong certificate cannot pass:
1. Laws are Fractions and follow the definitions: a sampler is the law of its reveal times tau, and p_tau(x) is the
   product of p_theta(x_i | x_j: tau_j < tau_i), whose logarithm is averaged term by term; one that looks at tokens, or
   masks them again, is run step by step over partial sequences (``moves``). No theorem is used, but that Z falls: |Z'|
   is -Z', and integrals against it are taken by parts (the rest are Beta integrals); and that a polynomial lies between
   its Bernstein coefficients, for its extremes.
2. A Number is a real number, or plus or minus infinity, from the moment it exists: whatever builds one first settles
   that it is defined, exactly or by enclosures, and rejects what is not, or stays open at 4096 bits, wherever it stands
   (even in 0*x, x**0 or max(1, x)). Undefined: x/0; log(x) for x <= 0; 0**n for n < 0; x**n for x < 0 unless n is
   whole; inf - inf; 0*inf, so inf/inf; inf**0. Defined: 0**0 = 1, the empty product; inf + x; inf*x for x other than
   0; x/inf = 0; log(inf) = exp(inf) = ceil(inf) = inf; exp(-inf) = 0; min and max; inf == inf. So ``kl <= path_kl``
   holds where both are infinite, and ``kl - path_kl <= 0`` is rejected.
3. An exact number is a rational combination of 1, logs of integers, and exponentials of such. The only rewriting
   rules are log(ab) = log a + log b and exp(n log b + x) = b^n exp(x), n an integer.
4. Numbers are called equal only if their difference reduces to nothing or both are enclosed in one point, and smaller
   only if enclosures are disjoint. For log forms one of these happens: log(A) is irrational for algebraic A other than
   1 (Lindemann). By rule 3 exp(-kl) is a rational, or a surd which no rational equals. What stays open is rejected.
5. Enclosures are pairs of Fractions: log is 2 atanh(z), |z| <= 1/3, a series of positive terms rounded outwards whose
   tail is bounded by a geometric series; exp is enclosed by it (``exp_bounds``); the rest is interval arithmetic.
6. The conclusion reads in one way: a side is printed as it was read, in an alphabet without relations; the label comes
   last, in quotes.

A file of at most 32 MB is read whole, a larger one refused. Each certificate is answered by one sentence within 10 s
and 1 GB on a slow core, since work is counted (``spend``) and bounded. The count depends on the certificate alone.
"""

from __future__ import annotations

import copy
import itertools
import json
import math
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cmp_to_key, lru_cache, wraps
from typing import Any

LARGEST_FILE, MOST_MARKS, MOST_OBJECTS = 1 << 25, 4_000_000, 100_000  # bytes; commas, colons, brackets, braces; braces
LARGEST_LATTICE, MOST_TOKENS, DEEPEST = 7_000, 200, 40  # partial sequences; of a side; parentheses, signs and powers
LARGEST_NUMBER, LONGEST_SPELLED, LARGEST_WORK = 60_000, 14_000, 6_000_000  # bits; bits; units below a microsecond


class Malformed(Exception):
    """The file is no certificate, or too large for this kernel."""


class Rejected(Exception):
    """The file is a certificate, and something in it is false or cannot be confirmed."""


def require(condition: Any, otherwise: str, error: type[Exception] = Malformed) -> None:
    if not condition:
        raise error(otherwise)


# Work is counted


class Cost:
    """Work of one piece: its own, and the pieces that it used, each of which a certificate pays once."""

    def __init__(self) -> None:
        self.own, self.used, self.payer = 0.0, set[Cost](), 0


class Bill:
    """What the present certificate has cost, and the pieces that are being worked out."""

    certificate, total, open = 0, 0.0, [Cost()]


def begin() -> None:
    """A new certificate, of which nothing is paid."""
    Bill.certificate, Bill.total, Bill.open = Bill.certificate + 1, 0.0, [Cost()]


def spend(units: float) -> None:
    """Count work; LARGEST_WORK is what one certificate may cost."""
    Bill.open[-1].own += units
    Bill.total += units
    if Bill.total > LARGEST_WORK:
        raise Malformed("the certificate takes too much work for this kernel")


def pay(cost: Cost) -> None:
    """Count a piece that is known already as if it were worked out now, so that no answer depends on earlier ones."""
    if cost.payer != Bill.certificate:
        cost.payer = Bill.certificate
        Bill.total += cost.own
        spend(0)
        for piece in cost.used:
            pay(piece)


def remembered(known: dict, key: Any, work_out: Callable[[], Any]) -> Any:
    """A piece of work: done once, and paid by each certificate that uses it."""
    if key in known:
        value, cost = known[key]
        pay(cost)
    else:
        cost = Cost()
        cost.payer = Bill.certificate
        Bill.open.append(cost)
        try:
            value = work_out()
        finally:
            Bill.open.pop()
        known[key] = value, cost
    Bill.open[-1].used.add(cost)
    return value


def counted_in(known: str) -> Callable:
    """Of a method whose results are remembered in this attribute of its object."""

    def counting(method: Callable) -> Callable:
        @wraps(method)
        def use(self: Any, *arguments: Any) -> Any:
            return remembered(getattr(self, known), (method.__name__, *arguments), lambda: method(self, *arguments))

        return use

    return counting


counted = counted_in("known")


def price(number: Fraction | int) -> float:
    """Of one operation on rationals, whose greatest common divisors take a time quadratic in their digits."""
    bits = number.numerator.bit_length() + number.denominator.bit_length()
    if bits > LARGEST_NUMBER:
        raise Malformed("a number has too many digits for this kernel")
    return 2 + bits / 400 + (bits / 900) ** 2


def summed(ratios: list[tuple[int, int]]) -> Fraction:
    """The sum of n / d over pairs (n, d), over their common denominator."""
    common = math.lcm(*(d for _, d in ratios))
    spend(len(ratios) * price(common))
    return Fraction(sum(n * (common // d) for n, d in ratios), common)


def added(numbers: Iterable[Fraction | int]) -> Fraction:
    return summed([(number.numerator, number.denominator) for number in numbers])


def multiplied(numbers: list[Fraction]) -> Fraction:
    result = Fraction(math.prod(n.numerator for n in numbers), math.prod(n.denominator for n in numbers))
    spend((1 + len(numbers)) * price(result))
    return result


# Numbers

PRIMES = dict.fromkeys(n for n in range(2, 1000) if all(n % d for d in range(2, math.isqrt(n) + 1)))  # ascending
PRIMORIAL = math.prod(PRIMES)


def primes_of(n: int) -> list[int]:
    """The primes of a divisor of PRIMORIAL."""
    if n < 1000 and n in PRIMES:
        return [n]
    return [prime for prime in PRIMES if n % prime == 0] if n > 1 else []


def split_off(b: int, n: int) -> tuple[int, int]:
    """How often b divides n, and what is left."""
    power = 0
    while n % b == 0:
        n, power = n // b, power + 1
    return power, n


PRECISIONS = (64, 128, 256, 512, 1024, 2048, 4096)
Bounds = tuple[Fraction, Fraction] | None  # None: nothing is known at this precision


class Number:
    """A real number or plus or minus infinity, of which it is settled that it is defined.

    Exact where ``terms`` are given: ``sum of c * atom``, c rational; the atom 1 has the key 1, ``log(b)`` the key b,
    ``exp(x)`` the terms of x. Infinite where ``infinite`` is 1 or -1. Else known by enclosures that narrow with bits.
    """

    def __init__(self, terms: dict | None, bounds: Callable[[int], Bounds] | None = None, infinite: int = 0) -> None:
        self.terms, self.bounds, self.infinite, self.known = terms, bounds, infinite, dict[Any, Any]()

    @counted
    def reduced(self) -> dict:
        """Non-zero coefficients, with logs of primes below 1000 and of a coprime base of what is left."""
        assert self.terms is not None
        terms, rough = defaultdict[Any, Fraction](Fraction), defaultdict[int, Fraction](Fraction)
        for atom, c in self.terms.items():
            if isinstance(atom, tuple) or atom == 1 or atom in PRIMES:
                terms[atom] += c
            elif c:
                spend(10 + price(atom))
                for prime in primes_of(math.gcd(atom, PRIMORIAL)):
                    power, atom = split_off(prime, atom)
                    terms[prime] += power * c
                    spend(power * price(c))
                rough[atom] += c
        base, product = list[int](), 1  # coprime in pairs, and so to what is coprime to their product
        waiting = [n for n in rough if n > 1]
        while waiting:
            n = waiting.pop()
            spend(len(base) * (price(n) - 1.2))
            if math.gcd(n, product) == 1:
                base.append(n)
                product *= n
            else:
                b = next(b for b in base if math.gcd(n, b) > 1)
                common = math.gcd(n, b)
                base.remove(b)
                product //= b
                waiting += [part for part in (common, n // common, b // common) if part > 1]
        whole = set(base)
        for n, c in rough.items():
            spend(len(base) * (price(n) - 1.2))
            for b in [n] if n in whole else base:
                power, n = split_off(b, n)
                if power:
                    terms[b] += power * c
                    spend(power * price(c))
        return {atom: c for atom, c in terms.items() if c}

    def in_few_terms(self) -> Number:
        """The same number, with the terms of the reduced form where there are any."""
        return self if self.terms is None else Number(self.reduced())

    @property
    def is_log_form(self) -> bool:
        return self.terms is not None and not any(isinstance(atom, tuple) for atom in self.reduced())

    @property
    def rational(self) -> Fraction | None:
        """The number itself, if it is known to be rational."""
        return self.reduced().get(1, Fraction(0)) if self.terms is not None and set(self.reduced()) <= {1} else None

    @counted
    def at(self, bits: int) -> Bounds:
        """Bounds of a finite number, rounded outwards to multiples of ``2^-bits``."""
        if self.bounds is not None:
            found = self.bounds(bits)
            if found is None:
                return None
            spend(10 + price(found[0]))
            return floor_to(found[0], bits), -floor_to(-found[1], bits)
        low, high, w = Fraction(0), Fraction(0), bits + 32
        for atom, c in self.reduced().items():
            if isinstance(atom, tuple):  # c exp(x) is exp(x + log |c|) or minus it
                size = exp_bounds((Number(dict(atom)) + sum_of_logs([(1, abs(c))])).at(w), w)
                assert size is not None
                ends = size if c > 0 else (-size[1], -size[0])
            else:
                one, other = log_bounds(Fraction(atom), w) if atom > 1 else (Fraction(1), Fraction(1))  # type: ignore[misc]
                ends = min(c * one, c * other), max(c * one, c * other)
            spend(10 + 2 * price(ends[0]))
            low, high = low + floor_to(ends[0], w), high - floor_to(-ends[1], w)
        return floor_to(low, bits), -floor_to(-high, bits)

    def sign(self) -> int:
        return compare(self, exact(0))[0]

    def __add__(self, other: Number) -> Number:
        if self.infinite or other.infinite:
            require(self.infinite + other.infinite, "infinity minus infinity is not defined", Rejected)
            return INFINITY if self.infinite + other.infinite > 0 else MINUS_INFINITY
        if self.terms is None or other.terms is None:
            return enclosed(lambda bits, a, b: (a[0] + b[0], a[1] + b[1]), self, other)
        return total([(Fraction(1), self), (Fraction(1), other)])

    def __neg__(self) -> Number:
        return exact(-1) * self

    def __sub__(self, other: Number) -> Number:
        return self + -other

    def __mul__(self, other: Number) -> Number:
        if self.infinite or other.infinite:
            sign = self.sign() * other.sign()
            require(sign, "zero times infinity is not defined", Rejected)
            return INFINITY if sign > 0 else MINUS_INFINITY
        for x, y in ((self, other), (other, self)):
            c = x.rational
            if c == 0:
                return exact(0)
            if c is not None and y.terms is not None:
                return total([(c, y)])
        return enclosed(lambda bits, a, b: hull(x * y for x in a for y in b), self, other)

    def __truediv__(self, other: Number) -> Number:
        return self * other ** exact(-1)

    def __pow__(self, other: Number) -> Number:
        """``x ** n`` for rational n; for irrational x it is ``exp(n log |x|)`` with a sign."""
        base, n = self.rational, other.rational
        if n is None:
            raise Malformed("an exponent is not rational")
        if n == 0 and not self.infinite:
            return exact(1)
        sign = self.sign() if base is None else (base > 0) - (base < 0)
        whole, negative = n.denominator == 1, sign < 0 and n.numerator % 2 == 1
        require(sign or n > 0, f"zero to the power {short(n)} is not defined", Rejected)
        require(sign >= 0 or whole, f"a negative number to the power {short(n)} is not defined", Rejected)
        if sign == 0:
            return exact(0)
        if self.infinite:
            require(n, "infinity to the power 0 is not defined", Rejected)
            return exact(0) if n < 0 else MINUS_INFINITY if negative else INFINITY
        if base is not None and whole:
            large = max(base.numerator.bit_length(), base.denominator.bit_length()) * abs(n)
            require(base in (1, -1) or large <= LARGEST_NUMBER, "so large a power is beyond this kernel")
            return exact(base**n.numerator)
        size = self if sign > 0 else -self
        power = (other * size.log()).exp()
        return -power if negative else power

    def log(self) -> Number:
        require(self.sign() > 0, "the log of a negative number or of zero is not defined", Rejected)
        if self.infinite:
            return INFINITY
        if self.rational is not None:
            return sum_of_logs([(1, self.rational)])
        if self.terms is not None and len(self.reduced()) == 1:
            ((atom, c),) = self.reduced().items()
            if isinstance(atom, tuple):
                return Number(dict(atom)) + sum_of_logs([(1, c)])
        return enclosed(lambda bits, x: hull_of(log_bounds(end, bits) for end in x), self)

    def exp(self) -> Number:
        """For log forms ``exp(sum c log b + r) = product of b^floor(c) * exp(rest)``."""
        if self.infinite:
            return INFINITY if self.infinite > 0 else exact(0)
        if not self.is_log_form:
            return enclosed(lambda bits, x: exp_bounds(x, bits), self)
        whole = {b: math.floor(c) for b, c in self.reduced().items() if b != 1 and math.floor(c)}
        size = sum(abs(n) * b.bit_length() for b, n in whole.items())
        require(size <= LARGEST_NUMBER, "so large an exp is beyond this kernel")
        rest = {b: c - whole.get(b, 0) for b, c in self.reduced().items() if c != whole.get(b, 0)}
        return Number({tuple(sorted(rest.items())) or 1: multiplied([Fraction(b) ** n for b, n in whole.items()])})

    def ceil(self) -> Number:
        """The least whole number that is not below."""
        if self.infinite:
            return self
        if self.rational is not None:
            return exact(math.ceil(self.rational))
        for bits in PRECISIONS:
            found = self.at(bits)
            if found is not None and math.ceil(found[0]) == math.ceil(found[1]):
                return exact(math.ceil(found[0]))
        raise Rejected("a ceiling stays open at 4096 bits")

    def spelled(self) -> str | None:
        """The canonical spelling of a log form, or of infinity."""
        if self.infinite:
            return "inf" if self.infinite > 0 else "-inf"
        if not self.is_log_form:
            return None
        text = ""
        for atom, c in sorted(self.reduced().items()):
            long = max(c.numerator.bit_length(), c.denominator.bit_length(), 0 if atom == 1 else atom.bit_length())
            require(long <= LONGEST_SPELLED, "a value has too many digits for this kernel")
            spend(price(c) + price(atom))
            body = str(abs(c)) if atom == 1 else f"log({atom})" if abs(c) == 1 else f"{abs(c)}*log({atom})"
            text += (f" {'-' if c < 0 else '+'} " if text else "-" if c < 0 else "") + body
        return text or "0"


INFINITY, MINUS_INFINITY = Number(None, infinite=1), Number(None, infinite=-1)


def exact(number: Fraction | int) -> Number:
    return Number({1: Fraction(number)})


def sum_of_logs(pairs: Iterable) -> Number:
    """``sum of c log(r)`` over pairs (c, r), r positive."""
    terms: dict = defaultdict(Fraction)
    for c, r in pairs:
        terms[r.numerator] += c
        terms[r.denominator] -= c
        spend(1 + 2 * price(c))
    terms.pop(1, None)
    return Number(terms)


def total(pairs: Iterable) -> Number:
    """``sum of c * value`` over pairs (c, value); terms with c = 0 are absent, and c > 0 where a value is infinite."""
    ratios: dict = defaultdict(list)
    for c, value in pairs:
        if c and value.infinite:
            assert min(c, value.infinite) > 0
            return INFINITY
        spend(len(value.terms) if c else 0)
        for atom, weight in value.terms.items() if c else ():
            ratios[atom].append((c.numerator * weight.numerator, c.denominator * weight.denominator))
    return Number({atom: summed(each) for atom, each in ratios.items()})


def enclosed(rule: Callable[..., Bounds], *numbers: Number) -> Number:
    """The finite number that ``rule(bits, *bounds)`` encloses, given bounds of other ones."""

    def bounds(bits: int) -> Bounds:
        known = [number.at(bits) for number in numbers]
        return None if None in known else rule(bits, *known)

    return Number(None, bounds)


def compare(a: Number, b: Number) -> tuple[int, int | None]:
    """-1, 0 or 1, and the bits at which enclosures are disjoint; Rejected if it stays open."""
    if a.infinite or b.infinite:
        order = (a.infinite > b.infinite) - (a.infinite < b.infinite)
        return order, PRECISIONS[0] if order else None
    for bits in PRECISIONS:
        one, other = a.at(bits), b.at(bits)
        if one is not None and other is not None:
            if one[1] < other[0] or other[1] < one[0]:
                return (-1 if one[1] < other[0] else 1), bits
            if one[0] == one[1] == other[0] == other[1]:
                return 0, None
        if bits == PRECISIONS[0] and a.terms is not None and b.terms is not None and not (a - b).reduced():
            return 0, None
    raise Rejected("a comparison stays open at 4096 bits")


def order_of(a: Number, b: Number) -> int:
    return compare(a, b)[0]


def largest(*values: Number) -> Number:
    return max(values, key=cmp_to_key(order_of))


def smallest(*values: Number) -> Number:
    return min(values, key=cmp_to_key(order_of))


# Enclosures


def floor_to(x: Fraction, bits: int) -> Fraction:
    """The largest multiple of ``2^-bits`` that is not above x."""
    return Fraction((x.numerator << bits) // x.denominator, 1 << bits)


def hull(values: Iterable[Fraction]) -> Bounds:
    ends = list(values)
    return min(ends), max(ends)


def hull_of(intervals: Iterable[Bounds]) -> Bounds:
    known = list(intervals)
    return None if None in known else hull(end for interval in known for end in interval or ())


def log_bounds(x: Fraction, bits: int) -> Bounds:
    """Enclosure of ``log(x)``: ``x = 2^k (1+z)/(1-z)`` with ``|z| <= 1/3``, and log 2 by z = 1/3."""
    if x <= 0:
        return None
    k, w = x.numerator.bit_length() - x.denominator.bit_length(), bits + 24
    spend(price(x) + 20 + w**2 / 1000 + w**3 / 3_000_000)
    z = (x - Fraction(2) ** k) / (x + Fraction(2) ** k)
    low, high = atanh_bounds(math.floor(abs(z) * (1 << w)), w)
    low, high = (low, high) if z >= 0 else (-high, -low)
    ends = [k * end for end in atanh_bounds((1 << w) // 3, w)]
    return Fraction(2 * (low + min(ends)), 1 << w), Fraction(2 * (high + max(ends)), 1 << w)


@lru_cache(1000)
def atanh_bounds(z: int, w: int) -> tuple[int, int]:
    """Bounds of ``2^w atanh`` between ``z / 2^w`` and ``(z+1) / 2^w``, below 1/2: sum of z^(2j+1)/(2j+1)."""
    low, high, down, up, j = 0, 0, z, z + 1, 1
    square, larger = z * z >> w, -(-(z + 1) * (z + 1) >> w)
    while up > 1:
        low, high = low + down // j, high - (-up // j)
        down, up, j = down * square >> w, -(-up * larger >> w), j + 2
    return low, high + 2 * up  # the tail is below up / (1 - z^2)


def exp_bounds(x: Bounds, bits: int) -> Bounds:
    """Enclosure of ``exp(x) = y exp(e)``, ``e = x - log y``, by ``1 + e <= exp(e) <= 1 + e + e^2`` for e <= 1."""
    if x is None:
        return None
    bounds = list[Fraction]()
    for end in x:
        require(abs(end) < 700, "so large an exp is beyond this kernel")
        y, guard = Fraction(math.exp(end)), 2 * math.ceil(abs(end)) + 8
        for w in (v + guard for v in (*PRECISIONS, bits, bits) if v <= bits):  # each doubles the digits of y
            low, high = log_bounds(y, w)  # type: ignore[misc]  # y is positive
            below, above = y * (1 + end - high), y * (1 + end - low + (end - low) ** 2)
            require(end - low <= 1, "the exponential failed")
            y = Fraction(math.floor((below + above) * (1 << w)), 2 << w)
        bounds += [below, above]
    return bounds[0], bounds[3]


# Expressions

TOKEN = re.compile(r" ?(\d+|[A-Za-z_][A-Za-z0-9_]*(?:@2)?|\*\*|[-+*/(),])", re.A)
FUNCTIONS: dict[str, Callable[..., Number]] = {
    "exp": Number.exp,
    "log": Number.log,
    "sqrt": lambda x: x ** exact(Fraction(1, 2)),
    "ceil": Number.ceil,
    "min": smallest,
    "max": largest,
}


def expression(text: Any, lookup: Callable[[str], Number]) -> Number:
    """The value of one side of a statement.

    sum:      product (("+" | "-") product)*
    product:  signed (("*" | "/") signed)*
    signed:   ("-" | "+") signed | power
    power:    atom ("**" signed)?              binds tighter than a sign before it: -2**2 = -4
    atom:     WHOLE NUMBER | QUANTITY | FUNCTION "(" sum ("," sum)* ")" | "(" sum ")"
    FUNCTION: log exp sqrt ceil (of one)  min max (of one or more)
    QUANTITY: a name in QUANTITIES; with "@2" that of the second subject
    """
    require(isinstance(text, str) and len(text) <= 2000 and text == text.strip(), "a side is no expression")
    tokens, at = list[str](), 0
    while at < len(text):
        token = TOKEN.match(text, at)
        if token is None:
            raise Malformed("a side is no expression")
        tokens.append(token[1])
        at = token.end()
    require(0 < len(tokens) <= MOST_TOKENS, f"a side has no tokens, or more than {MOST_TOKENS}")
    tokens.append("")
    return Reader(tokens[::-1], lookup).whole()


class Reader:
    """What is left of the tokens of a side, the next one last."""

    def __init__(self, tokens: list[str], lookup: Callable[[str], Number]) -> None:
        self.tokens, self.lookup, self.depth = tokens, lookup, 0

    def next_is(self, *tokens: str) -> bool:
        return self.tokens[-1] in tokens

    def take(self, *expected: str) -> str:
        require(not expected or self.next_is(*expected), "an expression is outside the grammar")
        return self.tokens.pop()

    def whole(self) -> Number:
        value = self.sum()
        self.take("")
        return value

    def sum(self) -> Number:
        value = self.product()
        while self.next_is("+", "-"):
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self) -> Number:
        value = self.signed()
        while self.next_is("*", "/"):
            value = value * self.signed() if self.take() == "*" else value / self.signed()
        return value

    def signed(self) -> Number:
        self.depth += 1
        require(self.depth <= DEEPEST, f"an expression is nested deeper than {DEEPEST}")
        if self.next_is("-", "+"):
            value = -self.signed() if self.take() == "-" else self.signed()
        else:
            value = self.atom()
            if self.next_is("**"):
                self.take()
                value = value ** self.signed()
        self.depth -= 1
        return value

    def atom(self) -> Number:
        token = self.take()
        if token.isdigit():
            require(token == "0" or token[0] != "0", "a number begins with 0")
            return exact(int(token))
        if token == "(":
            value = self.sum()
            self.take(")")
            return value
        require(token[:1].isalpha(), "an expression is outside the grammar")
        if not self.next_is("("):
            return self.lookup(token)
        require(token in FUNCTIONS, f"there is no function {token:.40}")
        self.take()
        values = [self.sum()]
        while self.next_is(","):
            self.take()
            values.append(self.sum())
        self.take(")")
        require(len(values) == 1 or token in ("min", "max"), f"{token} takes one argument")
        return FUNCTIONS[token](*values)


def short(n: Fraction) -> str:
    text = str(n)
    return text if len(text) <= 40 else f"{text[:40]}..."


# Instances

KINDS = {"bernoulli": "weights", "fixed-size": "sizes", "fixed-sets": "sets", "mixture-of-sizes": "sizes weights"}
MIXTURES = {"mixture-of-sizes": ("fixed-size", "sizes"), "mixture-of-sets": ("fixed-sets", "sets")}
WATCHING = {"remasking": "weights sigma", "adaptive": "score order temperature ties block_length"}  # the tokens
KINDS |= {"mixture-of-sets": "sets weights"} | WATCHING
RULES = ("sizes", "threshold", "entropy_bound")  # of an adaptive policy: how many positions a step reveals
CHOICES = {
    "score": ("confidence", "margin", "entropy", "random"),
    "order": ("choose-then-sample", "sample-then-choose"),
    "ties": ("first", "random"),
}


def record(data: Any, names: str, optional: str = "") -> dict:
    fine = isinstance(data, dict) and set(names.split()) <= set(data) <= set(f"{names} {optional}".split())
    require(fine, f"an object with the keys {names} is expected")
    return data


def items(data: Any, length: int | None = None) -> list:
    require(isinstance(data, list) and length in (None, len(data)), "a list, or one of another length, is expected")
    return data


def whole(data: Any, least: int) -> int:
    require(type(data) is int and least <= data < 8000, "a whole number is expected, or another one")
    return data


def fraction(data: Any) -> Fraction:
    fine = isinstance(data, str) and re.fullmatch(r"-?\d{1,4000}(/[1-9]\d{0,3999})?", data, re.A)
    require(fine, 'a rational such as "1/3" is expected')
    number = Fraction(data)
    spend(8 + price(number))  # what is read is matched, built and written
    require(str(number) == data, f"{data:.40} is not in lowest terms", Rejected)
    return number


def probabilities(data: Any, length: int | None = None) -> list[Fraction]:
    entries = [fraction(entry) for entry in items(data, length)]
    fine = entries and min(entries) >= 0 and added(entries) == 1
    require(fine, "probabilities are negative or do not sum to 1", Rejected)
    return entries


def part(x: tuple, R: int) -> tuple:
    """The partial sequence of x that is revealed at R."""
    return tuple(token if R >> i & 1 else None for i, token in enumerate(x))


def revealed(y: tuple) -> int:
    return sum(1 << i for i, token in enumerate(y) if token is not None)


def filled(y: tuple, tokens: dict) -> tuple:
    return tuple(tokens.get(i, token) for i, token in enumerate(y))


def draws(rows: dict) -> Iterable[tuple[Fraction, dict]]:
    """Every way to draw one token from each row, with its probability; spelled out position by position."""
    found: list[tuple[Fraction, dict]] = [(Fraction(1), {})]
    for i, row in rows.items():
        found = [(p * c, {**tokens, i: v}) for p, tokens in found for v, c in enumerate(row) if c]
        spend(sum(4 + price(p) for p, _ in found))
    return found


def order(a: Any, b: Any) -> int:
    """-1, 0 or 1, of two rationals or of two Numbers."""
    return order_of(a, b) if isinstance(a, Number) else (a > b) - (a < b)


class Instance:
    """An instance and the law of its sampler: sets of positions are bits, masks in partial sequences None."""

    def __init__(self, spec: Any) -> None:
        self.known: dict[Any, Any] = {}
        self.shared: dict[Any, Any] = {}  # what depends on the policy by its temperature only
        record(spec, "language policy", "denoiser off_support")
        self.read_language(record(spec["language"], "vocab length probabilities"))
        self.read_policy(spec["policy"])
        self.off_support = spec.get("off_support", "uniform")
        require(self.off_support in ("uniform", "marginal", "stop"), "off_support is uniform, marginal or stop")
        self.predictions: dict = {(i, y): self.conditional(i, R, y) for i, R, y in self.contexts}
        if "denoiser" in spec:
            self.read_denoiser(spec["denoiser"])

    def read_language(self, language: dict) -> None:
        V, L = self.V, self.L = whole(language["vocab"], 1), whole(language["length"], 1)
        require(L <= 10 and (V + 1) ** L <= LARGEST_LATTICE, f"V = {V} with L = {L} is too large for this kernel")
        self.all, self.sequences = (1 << L) - 1, list(itertools.product(range(V), repeat=L))
        table = probabilities(language["probabilities"], V**L)
        self.q = {x: c for x, c in zip(self.sequences, table, strict=True) if c}
        self.mass: dict = defaultdict(lambda: defaultdict(Fraction))  # q(x_R), by R and partial sequence
        for (x, c), R in itertools.product(self.q.items(), range(1 << L)):
            self.mass[R][part(x, R)] += c
            spend(price(self.mass[R][part(x, R)]))
        self.spots = [(i, R) for R in range(1 << L) for i in range(L) if not R >> i & 1]
        self.contexts = [(i, R, y) for i, R in self.spots for y in self.mass[R]]

    def read_policy(self, policy: Any) -> None:
        require(isinstance(policy, dict) and policy.get("kind") in list(KINDS), f"a policy is {', '.join(KINDS)}")
        optional = RULES if policy["kind"] == "adaptive" else ()
        self.kind = record(policy, f"kind {KINDS[policy['kind']]}", " ".join(optional))["kind"]
        self.given, self.proposes = self.kind not in WATCHING, policy.get("order") == "sample-then-choose"
        self.parts: list = []
        self.steps: list = []
        self.sets, self.sizes, self.weights = list[int](), list[int](), list[Fraction]()
        self.N: int
        self.power: Fraction | None = Fraction(1)  # 1 over the temperature; None at temperature 0
        self.told = ""  # in the conclusion
        if not self.given:
            self.read_adaptive(policy) if self.kind == "adaptive" else self.read_remasking(policy)
            self.told = "".join(f", {key} {policy[key]}" for key in sorted(policy)).replace("'", "")
            return
        if self.kind in MIXTURES:  # whose steps have no sizes and no weights of their own
            kind, key = MIXTURES[self.kind]
            spend(60 * len(items(policy[key])))
            parts = [self.under({"kind": kind, key: each}) for each in policy[key]]
            self.parts = list(zip(probabilities(policy["weights"], len(parts)), parts, strict=True))
            self.N = parts[0].N
            require(all(part.N == self.N for part in parts), "a mixture is of lists of as many steps", Rejected)
            return
        self.sets = [sum(1 << i for i in {whole(i, 0) for i in items(A)}) for A in items(policy.get("sets", []))]
        require(sum(self.sets) in (0, self.all), "the sets of the steps do not hold each position once", Rejected)
        self.sizes = [*map(len, policy.get("sets", []))] or [whole(size, 0) for size in items(policy.get("sizes", []))]
        weights = [Fraction(size, self.L) for size in self.sizes]
        self.weights = probabilities(policy["weights"]) if "weights" in policy else weights
        self.steps, self.N = self.sets or self.sizes or self.weights, len(self.weights)
        require(sum(self.weights) == 1, "the steps do not add up to the length", Rejected)

    def read_remasking(self, policy: dict) -> None:
        weights, before = probabilities(policy["weights"]), Fraction(0)
        self.N, self.sigma, self.hazards = len(weights), [*map(fraction, items(policy["sigma"], len(weights)))], []
        for w, sigma in zip(weights, self.sigma, strict=True):
            require(0 <= sigma <= 1 and sigma * before <= 1 - before - w, "a sigma is out of its range", Rejected)
            self.hazards.append((w + sigma * before) / (1 - before) if before < 1 else Fraction(1))
            before += w

    def read_adaptive(self, policy: dict) -> None:
        for key, accepted in CHOICES.items():
            require(policy[key] in accepted, f"{key} is one of {', '.join(accepted)}")
        self.score, self.ties = policy["score"], policy["ties"]
        self.block, T = whole(policy["block_length"], 1), fraction(policy["temperature"])
        require(self.L % self.block == 0, "blocks do not divide the length", Rejected)
        require(T == 0 or (T > 0 and T.numerator == 1), "1/T is no whole number")
        self.power = 1 / T if T else None
        require(len(policy) == 7, f"an adaptive policy has one of {', '.join(RULES)}")
        (self.rule,) = set(RULES) & set(policy)
        if self.rule == "sizes":
            self.sizes = [whole(size, 0) for size in items(policy["sizes"])]
            self.weights = [Fraction(size, self.L) for size in self.sizes]
            within = (
                at % self.block + size <= self.block
                for at, size in zip(itertools.accumulate(self.sizes[:-1], initial=0), self.sizes, strict=True)
            )
            full = sum(self.weights) == 1 and all(within)
            require(full, "the steps do not add up to the length, or reach over the end of a block", Rejected)
        else:
            bound = fraction(policy[self.rule])
            self.bound: Any = exact(bound) if self.score == "entropy" else bound
        fine = self.score == "entropy" if self.rule == "entropy_bound" else self.score != "random" or self.sizes
        require(fine and (self.score == "confidence" or not self.proposes), "the score does not go with the rest")
        self.N = len(self.sizes) or self.L

    def read_denoiser(self, table: Any) -> None:
        every = list(itertools.product([None, *range(self.V)], repeat=self.L))
        for y, rows in zip(every, items(table, len(every)), strict=True):
            for i, row in enumerate(items(rows, self.L)):
                require((row is None) == (y[i] is not None), "a denoiser has null where tokens are revealed")
                if row is not None:
                    self.predictions[i, y] = probabilities(row, self.V)

    def conditional(self, i: int, R: int, y: tuple) -> list[Fraction]:
        """``q(x_i = v | y)`` for every v; y, revealed at R, is possible."""
        spend(self.V * price(self.mass[R][y]))
        return [self.mass[R | 1 << i].get((*y[:i], v, *y[i + 1 :]), 0) / self.mass[R][y] for v in range(self.V)]

    def predicted(self, i: int, R: int, y: tuple) -> list[Fraction]:
        """Probabilities of what is drawn at i: the denoiser's, or by the rule where ``q(y) = 0``."""
        if y in self.mass[R]:
            return self.predictions[i, y]
        if self.off_support == "marginal":
            return self.conditional(i, 0, part(y, 0))
        return [Fraction(self.off_support == "uniform", self.V)] * self.V

    def drawn(self, i: int, R: int, y: tuple) -> list[Fraction]:
        """Law of a token drawn at i: what is predicted to the power 1/T, normalised; the first largest at T = 0."""
        row = self.predicted(i, R, y)
        if self.power == 1 or not any(row):
            return row
        if self.power is None:
            return [Fraction(v == row.index(max(row))) for v in range(self.V)]
        large = max(c.denominator.bit_length() for c in row) * self.power
        require(large <= LARGEST_NUMBER, "so large a power is beyond this kernel")
        powers = [c**self.power.numerator for c in row]
        whole = added(powers)
        return [c / whole for c in powers]

    def moves(self, k: int, y: tuple) -> list[tuple[Fraction, tuple]]:
        """What step k of a policy that watches the tokens makes of y, with the probabilities."""
        R, mask = revealed(y), self.V
        if self.kind == "remasking":
            hazard, sigma = self.hazards[k], self.sigma[k]
            rows = {i: [Fraction(v == token) * (1 - sigma) for v in range(mask)] + [sigma] for i, token in enumerate(y)}
            for i in (i for i in rows if y[i] is None):
                rows[i] = [hazard * c for c in self.predicted(i, R, y)] + [1 - hazard]
            return [(c, tuple(None if v == mask else v for v in z.values())) for c, z in draws(rows)]
        predicted = {i: self.predicted(i, R, y) for i in self.candidates(y)}
        rows = {i: self.drawn(i, R, y) for i in predicted}
        if not self.proposes:
            chosen = self.choices(k, R, y)
            return [(c * d, filled(y, z)) for c, A in chosen for d, z in draws({i: rows[i] for i in A})]
        return [
            (c * d, filled(y, {i: z[i] for i in A}))
            for d, z in draws(rows)
            for c, A in self.best(k, {i: predicted[i][v] for i, v in z.items()})
        ]

    def candidates(self, y: tuple) -> list[int]:
        """The masked positions of the first block that has any."""
        masked = [i for i, token in enumerate(y) if token is None]
        return [i for i in masked if i // self.block == masked[0] // self.block]

    def choices(self, k: int, R: int, y: tuple) -> list[tuple[Fraction, list]]:
        """What step k reveals in the context y, by scores of the predictions: sets of positions with probabilities."""

        def score(row: list[Fraction]) -> Any:
            if self.score == "entropy":
                return -entropy(row)
            first, second = sorted([Fraction(0), *row], reverse=True)[:2]
            return {"confidence": first, "margin": first - second, "random": Fraction(0)}[self.score]

        return self.best(k, {i: score(self.predicted(i, R, y)) for i in self.candidates(y)})

    def best(self, k: int, scores: dict) -> list[tuple[Fraction, list]]:
        """Positions of largest score, as many as the rule says; of equal ones the first, or any, each set as likely."""
        ranked = sorted(sorted(scores), key=cmp_to_key(lambda i, j: order(scores[j], scores[i])))
        spend(20 + 10 * len(ranked) ** 2)
        count = self.count(k, [scores[i] for i in ranked])
        if not count or (self.ties == "first" and self.score != "random"):
            return [(Fraction(1), ranked[:count])]
        above, tied = ([i for i in ranked if order(scores[i], scores[ranked[count - 1]]) == sign] for sign in (1, 0))
        some = list(itertools.combinations(tied, count - len(above)))
        spend(10 * len(some))
        return [(Fraction(1, len(some)), [*above, *more]) for more in some]

    def count(self, k: int, scores: list) -> int:
        """How many of the ranked candidates step k reveals: its size; the first, and all that reach the threshold; or
        the longest prefix whose entropies but the last, the largest, add up to at most the bound.
        """
        if self.rule == "sizes" or not scores:
            return self.sizes[k] if self.rule == "sizes" else 0
        if self.rule == "threshold":
            return max(1, sum(order(score, self.bound) >= 0 for score in scores))
        count, before = 1, -scores[0]
        while count < len(scores) and order(before, self.bound) <= 0:
            count, before = count + 1, before - scores[count]
        return count

    @counted
    def history(self) -> list:
        """Of choose-then-sample run on the own tokens of x ~ q: the probability that the set A is revealed from y."""
        fine = self.kind == "adaptive" and not self.proposes
        require(fine, "the statement has a quantity of adaptive policies that choose before they sample only")
        met: dict = {(None,) * self.L: Fraction(1)}  # the probability that x meets y, given that it agrees with it
        found = []
        for k in range(self.N):
            following: dict = defaultdict(Fraction)
            for y, share in met.items():
                R = revealed(y)
                for c, A in self.choices(k, R, y):
                    found.append((share * c * self.mass[R][y], R, y, A))
                    for z in self.fillings(y, A):
                        following[z] += share * c
                        spend(8 + price(following[z]))
            met = following
        return found

    def fillings(self, y: tuple, A: list[int]) -> list[tuple]:
        """The possible contexts in which the positions A are revealed as well."""
        every = itertools.product(range(self.V), repeat=len(A))
        found = [filled(y, dict(zip(A, tokens, strict=True))) for tokens in every]
        spend(16 * len(found))
        return [z for z in found if z in self.mass[revealed(z)]]

    def reveal_times(self) -> Iterable[tuple[tuple, Fraction]]:
        """Every tau of positive probability, and this probability."""
        if self.kind == "fixed-sets":
            yield tuple(next(k for k in range(self.N) if self.sets[k] >> i & 1) for i in range(self.L)), Fraction(1)
            return
        for probability, part in self.parts:
            yield from ((tau, probability * c) for tau, c in part.reveal_times() if probability)
        if self.parts:
            return
        spend(self.N**self.L * (1 + self.L / 4))
        every = itertools.product([k for k in range(self.N) if self.weights[k]], repeat=self.L)
        if self.kind == "bernoulli":
            yield from ((tau, multiplied([self.weights[k] for k in tau])) for tau in every)
        else:  # any assignment of these sizes is as likely as another
            ways = math.factorial(self.L) // math.prod(map(math.factorial, self.sizes))
            yield from ((tau, Fraction(1, ways)) for tau in every if [*map(tau.count, range(self.N))] == self.sizes)

    @counted
    def orders(self) -> dict:
        """Law, over reveal times tau, of the tuple of sets ``R_i = {j: tau_j < tau_i}``."""
        law: dict = defaultdict(Fraction)
        require(self.given, "the statement has a quantity of given reveal times only")
        for tau, c in self.reveal_times():
            law[tuple(sum(1 << j for j in range(self.L) if tau[j] < k) for k in tau)] += c
            spend(self.L**2 / 8 + price(c))
        return law

    @counted_in("shared")
    def factors(self, x: tuple) -> dict:
        """What is predicted of x_i at i where R is revealed, by (i, R)."""
        spend(len(self.spots))
        return {(i, R): self.predicted(i, R, part(x, R))[x[i]] for i, R in self.spots}

    @counted
    def law(self) -> dict:
        """p(x) of every x, and what is lost under the rule ``stop``."""
        if not self.given:
            mass: dict = {(None,) * self.L: Fraction(1)}
            for k in range(self.N):
                following: dict = defaultdict(Fraction)
                for y, c in mass.items():
                    for share, z in self.moves(k, y):
                        following[z] += c * share
                        spend(8 + price(following[z]))
                mass = following
            p = {x: mass.get(x, Fraction(0)) for x in self.sequences}
            return p | {"lost": 1 - added(p.values())}
        orders, p = self.orders(), {}
        spend(len(orders) * len(self.sequences))
        for x in self.sequences:
            drawn = self.factors(x)
            paths = ((c, [drawn[link] for link in enumerate(sets)]) for sets, c in orders.items())
            p[x] = added(multiplied([c, *factors]) for c, factors in paths if all(factors))
        return p | {"lost": 1 - added(p.values()) if self.off_support == "stop" else Fraction(0)}

    @counted
    def mixture(self) -> list:
        """What a Bernoulli policy mixes: probabilities, and the subject under the sizes of steps that are not empty."""
        require(self.kind == "bernoulli", "the statement has a quantity of bernoulli policies only")
        sizes = {
            tuple(b - a for a, b in itertools.pairwise((0, *cuts, self.L))): Fraction(0)
            for steps in range(min(self.N, self.L))
            for cuts in itertools.combinations(range(1, self.L), steps)
        }
        for tau, c in self.reveal_times():
            sizes[tuple(map(tau.count, sorted({*tau})))] += c
            spend(2 + self.L)
        return [(c, self.under({"kind": "fixed-size", "sizes": [*n]})) for n, c in sizes.items()]

    def under(self, policy: dict) -> Instance:
        """The same language and denoiser under another policy."""
        other = copy.copy(self)
        other.known = {}
        other.read_policy(policy)
        if other.power != self.power:
            other.shared = {}
        return other

    @counted_in("shared")
    def H(self, R: int) -> Number:
        """Entropy of X_R."""
        return entropy(self.mass[R].values()).in_few_terms()

    def spread(self, weight: Callable[[int], Fraction]) -> Number:
        """``sum over i and R without i of weight(|R|) H(X_i | X_R)``."""
        weighted = [(i, R, Fraction(weight(R.bit_count()))) for i, R in self.spots]
        return total(pair for i, R, w in weighted if w for pair in ((w, self.H(R | 1 << i)), (-w, self.H(R))))

    def z(self, j: int) -> Number:
        """The profile: ``H(X_i | X_R)`` averaged over sets R of j positions, summed over i."""
        return self.spread(lambda size: Fraction(size == j, math.comb(self.L - 1, j)))

    def Z(self, a: Fraction) -> Number:
        """The curve: ``sum of H(X_i | X_R)``, each other position revealed with probability a."""
        return self.spread(lambda size: a**size * (1 - a) ** (self.L - 1 - size))

    def area(self, start: Fraction, end: Fraction, power: int) -> Number:
        """The integral of ``a^power Z(a)`` from start to end."""

        def weight(size: int) -> Fraction:
            rest, least = self.L - 1 - size, size + power + 1
            return added(
                (-1) ** i * math.comb(rest, i) * (end ** (least + i) - start ** (least + i)) / (least + i)
                for i in range(rest + 1)
            )

        return self.spread(weight)

    def slope(self, start: Fraction, end: Fraction, *f: int) -> Number:
        """The integral of ``f(a) |Z'(a)|`` from start to end, f a polynomial given by its coefficients: by parts."""
        ends = [(sign * added(c * a**n for n, c in enumerate(f)), self.Z(a)) for sign, a in ((1, start), (-1, end))]
        return total([*ends, *((n * c, self.area(start, end, n - 1)) for n, c in enumerate(f) if n)])

    def error(self, i: int, R: int, y: tuple) -> Number:
        """``D(q(. | y) || p_theta(. | y))`` at position i."""
        return divergence(zip(self.conditional(i, R, y), self.predictions[i, y], strict=True))

    def surprise(self, i: int, R: int, y: tuple) -> Number:
        """``-E log`` of the probability that X_i is drawn with in the context y, under q."""
        own = self.conditional(i, R, y)
        drawn = divergence(zip(own, self.drawn(i, R, y), strict=True))
        return total([(1, drawn), (1, entropy(own))])

    @counted
    def conflicts(self) -> list:
        """The doubts ``1 - max q(. | y)`` of every set A and context y where the tokens that are likeliest on their own
        are not unique, or not the only likeliest together.
        """
        found = []
        for R, y in ((S, y) for S in range(1 << self.L) for y in self.mass[S]):
            masked = [i for i in range(self.L) if not R >> i & 1]
            rows = {i: self.conditional(i, R, y) for i in masked}
            for A in (A for size in range(2, len(masked) + 1) for A in itertools.combinations(masked, size)):
                best = filled(y, {i: rows[i].index(max(rows[i])) for i in A})
                R_A = revealed(best)
                rivals = [self.mass[R_A][z] for z in self.fillings(y, [*A]) if z != best]
                unique = all(rows[i].count(max(rows[i])) == 1 for i in A)
                if not unique or max(rivals, default=Fraction(0)) >= self.mass[R_A].get(best, 0):
                    found.append([1 - max(rows[i]) for i in A])
        return found

    def extreme_slope(self, choose: Callable[..., Number]) -> Number:
        """The extreme Bernstein coefficient of -Z', where it is the first or the last, which are values at the ends."""
        slopes = [exact(self.L - 1) * (self.z(j) - self.z(j + 1)) for j in range(self.L - 1)] or [exact(0)]
        found = choose(slopes[0], slopes[-1])
        require(order_of(choose(*slopes), found) == 0, "an extreme slope may lie inside (0, 1), beyond this kernel")
        return found

    @counted_in("shared")
    def mean_error(self, i: int, R: int) -> Number:
        """``E error(i, R, X_R)`` under X ~ q."""
        return total((c, self.error(i, R, y)) for y, c in self.mass[R].items()).in_few_terms()

    @counted_in("shared")
    def mean_surprise(self, i: int, R: int) -> Number:
        """``E surprise(i, R, X_R)`` under X ~ q."""
        return total((c, self.surprise(i, R, y)) for y, c in self.mass[R].items()).in_few_terms()

    def before(self, cost: Callable[[int, int], Number]) -> Number:
        """``sum over i of E cost(i, R_i)``."""
        visits: dict = defaultdict(Fraction)
        for sets, c in self.orders().items():
            for link in enumerate(sets):
                visits[link] += c
                spend(price(visits[link]))
        return total((c, cost(i, R)) for (i, R), c in visits.items())


def entropy(law: Iterable[Fraction]) -> Number:
    """``-sum of c log(c)``."""
    return sum_of_logs((-c, c) for c in law if c)


def divergence(pairs: Iterable) -> Number:
    """``sum of c log(c / p)`` over pairs (c, p)."""
    pairs = [(c, p) for c, p in pairs if c]
    spend(sum(price(c) + price(p) for c, p in pairs))
    return sum_of_logs((c, c / p) for c, p in pairs) if all(p for _, p in pairs) else INFINITY


def positive_part(pairs: Iterable) -> Number:
    """``sum of max(c - p, 0)`` over pairs (c, p)."""
    pairs = list(pairs)
    spend(sum(price(c) + price(p) for c, p in pairs))
    return exact(added(c - p for c, p in pairs if c > p))


def over_steps(s: Instance, kind: str, value: Callable[[Any], Number]) -> Number:
    """The sum over steps of weight * value(where the step starts); averaged over a mixture."""
    if s.parts:
        return total((c, over_steps(part, kind, value)) for c, part in s.parts if c)
    require(s.kind == kind, f"the statement has a quantity of {kind} policies only")
    starts = itertools.accumulate(s.steps, initial=0)
    return total((w, value(start)) for w, start in zip(s.weights, starts) if w)  # noqa: B905  # the last start is an end


def over_slopes(s: Instance, later: Callable[[Fraction, Fraction], Number]) -> Number:
    """The first step's weight times the drop of Z there, and for every later step from a to b what later(a, b) says."""
    require(s.kind == "bernoulli", "the statement has a quantity of bernoulli policies only")
    found, a = exact(0), Fraction(0)
    for w in filter(None, s.weights):
        found += later(a, a + w) if a else exact(w) * s.slope(a, w, 1)
        a += w
    return found


class Subject(Instance):
    """An instance and its quantities, by name."""

    @counted
    def quantity(self, name: str) -> Number:
        return QUANTITIES[name](self)

    # Of the sampler'self law p

    def kl(self) -> Number:
        """``D(q || p)``, the sum of q(x) log(q(x) / p(x))."""
        return divergence((c, self.law()[x]) for x, c in self.q.items())

    def tv(self) -> Number:
        """Total variation: the sum of max(q(x) - p(x), 0)."""
        return positive_part((c, self.law()[x]) for x, c in self.q.items())

    def ser(self) -> Number:
        """Sequence error rate: what p puts where q is 0, and what is lost."""
        return exact(added(c for x, c in self.law().items() if x not in self.q))

    def log_ter(self) -> Number:
        """Log of the token error rate: (kl + H(X)) / L."""
        return total([(Fraction(1, self.L), self.quantity("kl")), (Fraction(1, self.L), self.H(self.all))])

    def law_distance(self, other: Subject) -> Number:
        """Total variation between the laws of two samplers."""
        return positive_part((c, other.law()[x]) for x, c in self.law().items())

    # Of the sampler'self paths

    def path_kl(self) -> Number:
        """``E_tau D(q || p_tau)``: the sum over i of -E log p_theta(X_i | X_{R_i}), less H(X).

        Of choose-then-sample: the divergence of the joint laws of tokens and what is revealed when, of ``history``.
        """
        if self.given:
            return total([(1, self.before(self.mean_surprise)), (-1, self.H(self.all))])
        paths = [(c, self.surprise(i, R, y)) for c, R, y, A in self.history() for i in A]
        return total([*paths, (-1, self.H(self.all))])

    def step_correlation(self) -> Number:
        """The sum over steps of E TC(what is revealed, given what was)."""
        terms: list = []
        for c, R, y, A in self.history():
            joint = [self.mass[revealed(z)][z] / self.mass[R][y] for z in self.fillings(y, A)]
            terms += [(c, entropy(self.conditional(i, R, y))) for i in A] + [(-c, entropy(joint))]
        return total(terms)

    def expected_parallel_steps(self) -> Number:
        """Expected number of steps that reveal more than one token."""
        return exact(added(c for c, _, _, A in self.history() if len(A) > 1))

    def entropy_bound(self) -> Number:
        """The bound itself."""
        require(self.kind == "adaptive" and self.rule == "entropy_bound", "the policy has no entropy bound")
        return self.bound

    def log_mean_path_kl(self) -> Number:
        """``-log E_tau exp(-D(q || p_tau))``."""
        costs = ((c, [self.mean_surprise(i, R) for i, R in enumerate(sets)]) for sets, c in self.orders().items())
        finite = [
            (c, total([(1, self.H(self.all)), *((-1, cost) for cost in path)]).exp())
            for c, path in costs
            if not any(cost.infinite for cost in path)
        ]
        return -total(finite).log() if finite else INFINITY

    def learning_term(self) -> Number:
        """The sum over i of ``E D(q(. | X_{R_i}) || p_theta(. | X_{R_i}))``."""
        return self.before(self.mean_error)

    def mean_learning_error(self) -> Number:
        """The learning term a token."""
        return total([(Fraction(1, self.L), self.before(self.mean_error))])

    def eps_learning(self) -> Number:
        """The largest ``D(q(. | y) || p_theta(. | y))`` over positions and possible contexts."""
        return largest(*{x.spelled(): x for x in itertools.starmap(self.error, self.contexts)}.values())

    # Of the language

    def entropy(self) -> Number:
        """``H(X)``."""
        return self.H(self.all)

    def log_ter_language(self) -> Number:
        """``H(X) / L``."""
        return total([(Fraction(1, self.L), self.H(self.all))])

    def total_correlation(self) -> Number:
        """The sum of H(X_i), less H(X)."""
        return total([(-1, self.H(self.all)), *((1, self.H(1 << i)) for i in range(self.L))])

    def dual_total_correlation(self) -> Number:
        """``H(X)``, less the sum of H(X_i | all others)."""
        return total([(1, self.H(self.all)), (-1, self.z(self.L - 1))])

    def profile_area(self) -> Number:
        """The mean of the profile z(0), .., z(L-1)."""
        return total((Fraction(1, self.L), self.z(j)) for j in range(self.L))

    def profile_start(self) -> Number:
        """``z(0)``."""
        return self.z(0)

    def profile_end(self) -> Number:
        """``z(L-1)``."""
        return self.z(self.L - 1)

    def profile_max_increase(self) -> Number:
        """The largest ``z(j) - z(j-1)``; 0 at L = 1."""
        return largest(*[self.z(j) - self.z(j - 1) for j in range(1, self.L)] or [exact(0)])

    def curve_area(self) -> Number:
        """The integral of Z from 0 to 1; that of a^j (1-a)^(L-1-j) is 1 / (L binom(L-1, j))."""
        return self.spread(lambda size: Fraction(1, self.L * math.comb(self.L - 1, size)))

    def curve_midpoint_excess(self) -> Number:
        """``Z(1/2) - (Z(0) + Z(1)) / 2``."""
        half = Fraction(1, 2)
        return total([(-half, self.Z(Fraction(0))), (1, self.Z(half)), (-half, self.Z(Fraction(1)))])

    def odds_weighted_slope(self) -> Number:
        """The integral of ``a (1 - a) |Z'(a)|`` from 0 to 1: by parts, that of (1 - 2a) Z(a)."""
        return self.spread(lambda j: (1 - Fraction(2 * j + 2, self.L + 1)) / self.L / math.comb(self.L - 1, j))

    def curve_min_slope(self) -> Number:
        """The least ``|Z'|`` where it is at an end of [0, 1]."""
        return self.extreme_slope(smallest)

    def curve_max_slope(self) -> Number:
        """The largest."""
        return self.extreme_slope(largest)

    def min_pair_conflict_probability(self) -> Number:
        """The least probability, over contexts, that tokens drawn at positions 2i and 2i+1 are impossible together."""
        least = Fraction(1)
        for i, R, y in self.contexts:
            if i % 2 == 0 and i + 1 < self.L and not R >> i + 1 & 1:
                first, other, both = self.conditional(i, R, y), self.conditional(i + 1, R, y), self.mass[R | 3 << i]
                pairs = itertools.product(range(self.V), repeat=2)
                spend(4 * self.V**2)
                clashes = [first[u] * other[v] for u, v in pairs if filled(y, {i: u, i + 1: v}) not in both]
                least = min(least, added(clashes))
        return exact(least)

    def least_confidence(self) -> Number:
        """The least, over positions, probability of the likeliest token."""
        return exact(min(max(self.mass[1 << i].values()) for i in range(self.L)))

    def mode_conflict(self) -> Number:
        """Least ``sum of doubts + largest doubt`` of sets whose likeliest tokens are not the likeliest together."""
        found = [sum(doubts) + max(doubts) for doubts in self.conflicts()]
        return exact(min(found)) if found else INFINITY

    def mode_conflict_uniform(self) -> Number:
        """Least ``(size + 1) * largest doubt`` of them."""
        found = [(len(doubts) + 1) * max(doubts) for doubts in self.conflicts()]
        return exact(min(found)) if found else INFINITY

    def area_defect(self) -> Number:
        """``|curve_area - H(X)|``."""
        defect = self.quantity("curve_area") - self.H(self.all)
        return largest(defect, -defect)

    # Of the schedule

    def max_step_weight(self) -> Number:
        """The largest weight of a step; of fixed sizes, size / L."""
        require(self.weights, "the statement has a quantity of given steps only")
        return exact(max(self.weights))

    def max_step_size(self) -> Number:
        """The largest number of positions of a step."""
        require(self.sizes, "the statement has a quantity of fixed sizes only")
        return exact(max(self.sizes))

    def dyadic_step_size(self) -> Number:
        """The least power of 2 that is not below the largest size."""
        require(self.sizes, "the statement has a quantity of fixed sizes only")
        return exact(1 << (max(self.sizes) - 1).bit_length())

    def collision_probability(self) -> Number:
        """The sum of the squares of the weights."""
        require(self.weights, "the statement has a quantity of given steps only")
        return exact(added(w * w for w in self.weights))

    def speedup_at_unit_cost(self) -> Number:
        """``L / N``."""
        require(self.weights or self.parts, "the statement has a quantity of given steps only")
        return exact(Fraction(self.L, self.N))

    def curve_left_riemann_sum(self) -> Number:
        """The left sum of Z: each step'self weight times Z where it starts."""
        return over_steps(self, "bernoulli", self.Z)

    def profile_left_sum(self) -> Number:
        """The left sum of the profile: each step'self size / L times z where it starts."""
        return over_steps(self, "fixed-size", self.z)

    def weighted_slope(self) -> Number:
        """The integral of (end of the step of a - a) |Z'(a)|: by parts, step by step, the left sum less the area."""
        return self.quantity("curve_left_riemann_sum") - self.quantity("curve_area")

    def growth_bound(self) -> Number:
        """Inner steps from a to b count ``(b - a)/(a (1 - b))`` times the integral of x (1 - x) |Z'(x)|, the last its
        weight times the drop of Z.
        """
        odds = lambda a, b: exact((b - a) / (a * (1 - b))) * self.slope(a, b, 0, 1, -1)  # noqa: E731
        return over_slopes(self, lambda a, b: exact(b - a) * self.slope(a, b, 1) if b == 1 else odds(a, b))

    def sharp_growth_bound(self) -> Number:
        """Later steps from a to b count ``(b - a)/(a (1 - a))`` times the integral of x (1 - x) |Z'(x)|."""
        return over_slopes(self, lambda a, b: exact((b - a) / (a * (1 - a))) * self.slope(a, b, 0, 1, -1))

    def ratio_growth_bound(self) -> Number:
        """Later steps from a to b count ``b/a - 1`` times the integral of x |Z'(x)|."""
        return over_slopes(self, lambda a, b: exact(b / a - 1) * self.slope(a, b, 0, 1))

    def log_ratio_growth_bound(self) -> Number:
        """Later steps from a to b count ``log(b/a)`` times the integral of x |Z'(x)|."""
        return over_slopes(self, lambda a, b: exact(b / a).log() * self.slope(a, b, 0, 1))

    def mixture_path_kl(self) -> Number:
        """``path_kl`` averaged over the sizes of the steps that are not empty."""
        return total((c, t.quantity("path_kl")) for c, t in self.mixture() if c)

    def mixture_ser(self) -> Number:
        """``ser`` averaged over them."""
        return total((c, t.quantity("ser")) for c, t in self.mixture() if c)

    def best_sizes_path_kl(self) -> Number:
        """The least ``path_kl`` among them."""
        return smallest(*(t.quantity("path_kl") for _, t in self.mixture()))

    def best_sizes_ser(self) -> Number:
        """The least ``ser`` among them."""
        return smallest(*(t.quantity("ser") for _, t in self.mixture()))


QUANTITIES: dict[str, Callable[..., Number]] = {
    **{name: lambda s, name=name: exact(getattr(s, name)) for name in "VLN"},
    **{name: method for name, method in vars(Subject).items() if name[0] != "_" and name != "quantity"},
}
ASSUMPTIONS: dict[str, Callable[[Subject], bool]] = {
    "ExactDenoiser": lambda s: all(s.predictions[i, y] == s.conditional(i, R, y) for i, R, y in s.contexts),
    "OrderOblivious": lambda s: s.given,
    "ChosenFirst": lambda s: s.kind != "remasking" and not s.proposes,
    "ChooseThenSample": lambda s: s.kind == "adaptive" and not s.proposes,
    "EntropyBoundPolicy": lambda s: s.kind == "adaptive" and s.rule == "entropy_bound",
    "TemperatureOne": lambda s: s.power == 1,
    "ProposalsOneAtATime": lambda s: s.proposes and s.power == 1 and s.sizes != [] and max(s.sizes) <= 1,
    "OneChoice": lambda s: (  # given sets, one step that reveals everything, or a score without ties
        s.kind == "fixed-sets"
        or sum(s.steps) in s.steps
        or (s.kind == "adaptive" and not s.proposes and s.ties == "first" and s.score != "random")
    ),
    "SizedPolicy": lambda s: s.sizes != [] and s.power == 1,
    "OneAtATime": lambda s: s.sizes != [] and s.power == 1 and max(s.sizes) <= 1 and not s.proposes,
    "BernoulliPolicy": lambda s: s.kind == "bernoulli",
    "FixedSizePolicy": lambda s: s.kind == "fixed-size",
    "UniformSteps": lambda s: s.kind == "bernoulli" and len(set(s.weights)) == 1,
    "BalancedSizes": lambda s: s.kind == "fixed-size" and max(s.sizes) - min(s.sizes) <= 1,
    "StepsDivideLength": lambda s: s.L % s.N == 0,
    "PairLanguage": lambda s: s.q == {x: Fraction(1, s.V ** (s.L // 2)) for x in s.sequences if x[::2] == x[1::2]},
}
RELATIONS: dict[str, Callable[[Subject, Subject], bool]] = {
    "same-language": lambda s, t: True,
    "refines": lambda s, t: {*itertools.accumulate(s.steps or [-1])} <= {*itertools.accumulate(t.steps, initial=0)},
    "more-steps": lambda s, t: s.N < t.N and all(map(ASSUMPTIONS["UniformSteps"], (s, t))),
}  # beside the same language; all but the first also need the same denoiser and kind of policy


# Certificates

FORMAT = "maskbound certificate 2"
LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,79}", re.A)
RECENT: dict[str, Any] = {}


def subject(spec: Any) -> Subject:
    """The subject of a specification; certificates about the same two instances share what is worked out."""
    key = repr(spec)
    found = remembered(RECENT, key, lambda: Subject(spec))
    while len(RECENT) > 2:
        del RECENT[next(iter(RECENT))]
    return found


def complete(question: dict) -> dict:
    """The certificate of a question ``{"subjects", "between", "statement"}``: with it, all that follows."""
    begin()
    statement, between = record(question["statement"], "id lhs relation rhs assumptions"), question["between"]
    label, relation, needs = statement["id"], statement["relation"], items(statement["assumptions"])
    require(relation in ("<", "<=", "==", ">=", ">"), "there is no such relation")
    require(isinstance(label, str) and LABEL.fullmatch(label), "an id is up to 80 letters, digits, '.', '_', '/', '-'")
    require(all(need in list(ASSUMPTIONS) for need in needs), "an assumption is none of those that this kernel knows")
    require(len(set(needs)) == len(needs), "an assumption is made twice")
    specs = items(question["subjects"])
    require(between in {1: (None,), 2: (*RELATIONS,)}.get(len(specs), ()), "one subject, or two and their relation")
    subjects = [subject(spec) for spec in specs]
    if between:
        s, t = subjects
        same = (s.V, s.L, s.q) == (t.V, t.L, t.q)
        shared = ("kind", "predictions", "off_support")
        alike = between == "same-language" or all(getattr(s, name) == getattr(t, name) for name in shared)
        require(same and alike and RELATIONS[between](s, t), f"they are not {between}", Rejected)
    for need in needs:
        require(all(ASSUMPTIONS[need](s) for s in subjects), f"{need} does not hold", Rejected)
    quantities: dict[str, Number] = {}

    def lookup(name: str) -> Number:
        plain, _, second = name.partition("@")
        both = plain == "law_distance"
        about = subjects if both else subjects[1:] if second else subjects[:1]
        require(
            plain in QUANTITIES and len(about) == 1 + both and not (both and second), f"no quantity {name:.40} here"
        )
        if name not in quantities:
            quantities[name] = QUANTITIES[plain](*about) if both else about[0].quantity(plain)
        return quantities[name]

    left, right = expression(statement["lhs"], lookup), expression(statement["rhs"], lookup)
    order, bits = compare(left, right)
    verdict = "holds" if "<=>"[order + 1] in relation else "violated"
    claim = f"{statement['lhs']} {relation} {statement['rhs']}"
    sizes = [f"V = {s.V}, L = {s.L}, N = {s.N}{s.told}" for s in subjects]
    return {
        **question,
        "format": FORMAT,
        "quantities": {name: value.spelled() for name, value in quantities.items()},
        "values": {"lhs": left.spelled(), "rhs": right.spelled()},
        "order": "<=>"[order + 1],
        "bits": bits,
        "verdict": verdict,
        "conclusion": f'{verdict}: {claim} ({"; ".join([*needs, between or "one subject", *sizes])}), label "{label}"',
    }


def once(pairs: list) -> dict:
    require(len(dict(pairs)) == len(pairs), "a key is given twice")
    return dict(pairs)


def verify(text: str) -> str:
    """The conclusion of a certificate, or those of a list, a line each; Rejected or Malformed if one has none."""
    marks, objects = sum(map(text.count, ",:[{")), text.count("{")
    require(marks <= MOST_MARKS and objects <= MOST_OBJECTS, "the file has too many parts for this kernel")
    try:
        # Floats become an empty tuple, which is neither a number nor a string, and takes no memory.
        data = json.loads(text, object_pairs_hook=once, parse_float=lambda _: (), parse_constant=lambda _: ())
        certificates, conclusions = data if isinstance(data, list) else [data], []
        require(certificates, "the list is empty")
        for certificate in certificates:
            require(isinstance(certificate, dict) and certificate.get("format") == FORMAT, f"no {FORMAT}")
            found = complete({key: certificate[key] for key in ("subjects", "between", "statement")})
            record(certificate, " ".join([*found, "provenance"]))
            for key, value in found.items():
                require(certificate[key] == value, f"{key} is not what follows from the rest", Rejected)
            conclusions.append(found["conclusion"])
    except (Malformed, Rejected):
        raise
    except Exception as problem:  # what no certificate provokes, such as nesting that is too deep
        raise Malformed(f"this is no certificate ({type(problem).__name__})") from None
    return "\n".join(conclusions)


def main(arguments: list[str], further: Callable[[str], None] = lambda text: None) -> int:
    """Answer for a file; ``further`` may reject what is accepted here."""
    try:
        require(len(arguments) == 1, "one argument, the name of a file, is expected")
        with open(arguments[0], "rb") as file:
            content = file.read(LARGEST_FILE + 1)
        require(len(content) <= LARGEST_FILE, f"the file is larger than {LARGEST_FILE} bytes")
        conclusions = verify(content.decode())
        further(content.decode())
        print("accepted:", conclusions.replace("\n", "\naccepted: "))
    except (Malformed, Rejected, OSError, UnicodeDecodeError) as problem:
        print(f"{'rejected' if isinstance(problem, Rejected) else 'malformed'}: {problem}", file=sys.stderr)
        return 1 if isinstance(problem, Rejected) else 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
