"""The trusted checker of universal certificates: the standard library alone, from the definitions.

    python -I -S checker.py FILE       exit 0 accepted, 1 rejected, 2 malformed (or too large for this checker)

A certificate says that an inequality between quantities of a sampler holds for every language of a length, or of every
length; or that a schedule is minimax. A file is JSON without floats or duplicate keys: a certificate, or a list of
them. A *rational* is a string in lowest terms ("2/3"). Keys, and no others:

    format       "maskbound universal certificate 1"
    kind         "codes", "sets", "sizes", "schedules" or "minimax"; "codes refuted" or "sets refuted"
    conclusion   the sentence printed on acceptance; it follows from the rest
    digest       SHA-256 of the canonical JSON of all keys but this and provenance
    provenance   anything; never read
  all but "minimax":
    statement    {lhs, relation (<= or ==), rhs}. A side has names of quantities ("path_kl@2": under the second policy),
                 numbers, + - * / **, max, min, ceil and log(V); no product or quotient of quantities
    denoiser     "exact", or "any" ("codes", "sizes", "schedules")

The claim is ``max_i min_j l_ij <= 0`` with linear forms l_ij (twice for an equality); *row* i has a list of weights,
not negative, of sum 1, and what is checked is ``sum_j weight_j l_ij <= 0``, which is enough.

  codes      length, policies (one, two or none: {"kind": "fixed-size", "sizes"}, {"kind": "bernoulli", "weights"} or
             {"kind": "mixture-of-sizes", "sizes": lists of them, "weights": their probabilities}), weights of each row,
             table (both sides on each generator), constant (a rational or null).
    With ``d_j = z(j) - z(j+1) >= 0``, ``z(L-1) >= 0`` and ``z(0) <= L log V`` the information profile of any language
    is a sum, with coefficients that are not negative, of those of MDS codes of rank K = 0..L over an alphabet of size q
    with log q = 1; quantities that are linear in it are recomputed there. A constant C is sharp if lhs <= C rhs on
    every code, with equality on one where both are positive. The steepest slope, curve_max_slope, is at least the
    slope at each place, and at least its mean; where that does not help it is taken on each code, and that of a sum is
    at most the sum. The flattest one likewise.
  codes refuted  length, policies, row (a whole number), amounts (a list of [language, positive rational]): on the
             product of these languages, with entropies in such proportions, every form of the row is positive.
    A language is "MDS_K", or alone "one sequence" or "a wrong denoiser"; its values are recomputed. On codes a form is
    a multiple of the logarithm of the alphabet, which may be as large as one likes, and a constant.
  sets       length, policies (each a list of [probability, list of sets]), assumptions (of MarkovLanguage,
             IndependentTokens), classes (of each position; positions of a class are exchangeable), and for each row
             weights, terms and multipliers. A term [c, y] is y times H(X_i | the others), i in class c; a term
             [c, d, counts, y] is y times I(X_i; X_j | X_K), i in c, j in d, K with so many positions of each class;
             y >= 0. Multipliers, of any sign, are for the equations of the assumptions. Entropies of sets satisfy these
             inequalities for every alphabet; their sum is the row, coefficient by coefficient.
  sets refuted  length, policies, assumptions, row, words (a list of sequences, each as likely): every projection of the
             words to a set of positions is uniform, so that its entropy is the logarithm of their number.
  sizes      single (true: steps of one token), inequalities: for each row and case a list
             of squares [scale, {variable: number}].
  schedules  uniform (true: uniform steps), growth (true: the cases of the bounds by growth), inequalities as for sizes.
    Variables are not negative, and so is a polynomial whose coefficients, less those of some squares, are not.
  minimax    length, steps, criterion (tc+dtc, tc, dtc, min), value, sizes (list of [sizes, probability]), prior.
    On MDS_K PATH_KL is the overshoot of the step that reveals token K. The law costs at most value * D_K for every K;
    against the prior no sizes of so many steps cost less than value.
"""

from __future__ import annotations

import ast
import hashlib
import itertools
import json
import math
import re
import sys
from fractions import Fraction
from typing import Any

FORMAT = "maskbound universal certificate 1"
LARGEST_FILE, MOST_FORMS, LARGEST_WORK, LONGEST = 1 << 24, 2000, 400_000_000, 1024
STRANGE = re.compile(r"[^\w+\-*/(),@ ]|__|\d[A-Za-z_]|@(?!2\b)", re.A)
ONE = "1"


class Malformed(Exception):
    """The file is no certificate, or too large for this checker."""


class Rejected(Exception):
    """The file is a certificate, and something in it is false or cannot be confirmed."""


def require(condition: Any, otherwise: str, error: type[Exception] = Malformed) -> None:
    if not condition:
        raise error(otherwise)


class Ratio:
    """A quotient of polynomials in variables that are not negative; a monomial is a sorted tuple of names.

    The bottom is a product: powers of polynomials, each a frozen set of its terms.
    """

    def __init__(self, top: dict, bottom: dict | None = None) -> None:
        self.top = {m: c for m, c in top.items() if c}
        self.bottom = bottom or {}
        require(len(self.top) < 5000, "a polynomial is too long")

    def __add__(self, other: Any) -> Ratio:
        other = ratio(other)
        common = {f: max(self.bottom.get(f, 0), other.bottom.get(f, 0)) for f in {**self.bottom, **other.bottom}}
        return Ratio(plus(self.over(common), other.over(common)), common)

    def over(self, common: dict) -> dict:
        top = self.top
        for factor, power in common.items():
            for _ in range(power - self.bottom.get(factor, 0)):
                top = times(top, dict(factor))
        return top

    def __mul__(self, other: Any) -> Ratio:
        other = ratio(other)
        both = {f: self.bottom.get(f, 0) + other.bottom.get(f, 0) for f in {**self.bottom, **other.bottom}}
        return Ratio(times(self.top, other.top), both)

    def __truediv__(self, other: Any) -> Ratio:
        other = ratio(other)
        require(other.sign() > 0, "a division by what may vanish")
        if set(other.top) == {()}:
            return self * Ratio({(): 1 / other.top[()]}) * Ratio(other.inverse_bottom())
        return self * Ratio(other.inverse_bottom(), {frozenset(other.top.items()): 1})

    def inverse_bottom(self) -> dict:
        return Ratio({(): Fraction(1)}).over(self.bottom)

    def __neg__(self) -> Ratio:
        return self * Fraction(-1)

    __radd__, __rmul__ = __add__, __mul__

    def __sub__(self, other: Any) -> Ratio:
        return self + -ratio(other)

    def __rsub__(self, other: Any) -> Ratio:
        return ratio(other) + -self

    def __rtruediv__(self, other: Any) -> Ratio:
        return ratio(other) / self

    def sign(self) -> int:
        """Its sign where that is plain from the coefficients; denominators are positive."""
        signs = {c > 0 for c in self.top.values()}
        require(len(signs) < 2, "a sign depends on the schedule", Rejected)
        return 0 if not signs else 1 if signs.pop() else -1


def plus(a: dict, b: dict) -> dict:
    return {m: a.get(m, Fraction(0)) + b.get(m, Fraction(0)) for m in {**a, **b}}


def times(a: dict, b: dict) -> dict:
    require(len(a) * len(b) < 20_000, "a polynomial is too long")
    found: dict = {}
    for (m, c), (n, d) in itertools.product(a.items(), b.items()):
        both = tuple(sorted(m + n))
        require(len(both) <= 24, "a polynomial is too long")
        found[both] = found.get(both, Fraction(0)) + c * d
    return found


def ratio(value: Any) -> Ratio:
    return value if isinstance(value, Ratio) else Ratio({(): Fraction(value)})


def variable(name: str) -> Ratio:
    return Ratio({(name,): Fraction(1)})


def sign(value: Any) -> int:
    return value.sign() if isinstance(value, Ratio) else (value > 0) - (value < 0)


class Reader:
    """A claim as a lattice form: the largest, over rows, of the smallest of the linear forms of each row.

    ``numbers`` are what names stand for once the policy is given, ``functionals`` the names that stay.
    """

    def __init__(self, numbers: dict, functionals: Any, longest: int = 0) -> None:
        self.numbers, self.functionals, self.longest = numbers, functionals, longest

    def rows(self, statement: dict) -> list:
        record(statement, "lhs relation rhs")
        left, right = self.side(statement["lhs"]), self.side(statement["rhs"])
        require(statement["relation"] in ("<=", "=="), "the relation is <= or ==")
        one = add(left, negative(right))
        return one if statement["relation"] == "<=" else [*one, *add(right, negative(left))]

    def side(self, text: Any) -> list:
        require(isinstance(text, str) and len(text) <= 2000 and not STRANGE.search(text), "a side is no expression")
        return self.lattice(ast.parse(text.strip().replace("@2", "__2"), mode="eval").body)

    def lattice(self, node: Any) -> list:
        if isinstance(node, ast.Constant) and type(node.value) is int:
            require(abs(node.value) < 10**400, "a number is too long")
            return constant(Fraction(node.value))
        if isinstance(node, ast.Name):
            return self.name(node.id.replace("__2", "@2"))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return negative(self.lattice(node.operand))
        if isinstance(node, ast.BinOp):
            return self.operation(node.op, self.lattice(node.left), self.lattice(node.right))
        fine = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args and not node.keywords
        require(fine, "an expression is outside the grammar")
        if node.func.id == "log":
            of_v = len(node.args) == 1 and isinstance(node.args[0], ast.Name) and node.args[0].id == "V"
            require(of_v and "log V" in self.functionals, "log is taken of V only")
            return [[{"log V": Fraction(1)}]]
        parts = [self.lattice(part) for part in node.args]
        if node.func.id == "max":
            return [row for part in parts for row in part]
        if node.func.id == "min":
            bounded(math.prod(map(len, parts)) * sum(len(row) for part in parts for row in part))
            return [[form for row in rows for form in row] for rows in itertools.product(*parts)]
        value = number(parts[0])
        require(node.func.id == "ceil" and len(parts) == 1 and isinstance(value, Fraction), "no such function")
        return constant(Fraction(math.ceil(value)))

    def name(self, name: str) -> list:
        plain, _, second = name.partition("@")
        if name in self.numbers:
            return constant(self.numbers[name])
        if plain == "log_ter":
            divergence = {"kl" + ("@2" if second else ""): 1 / self.numbers["L"]}
            require(all(part in self.functionals for part in divergence), f"no quantity {name:.40} here")
            return [[{"entropy": 1 / self.numbers["L"], **divergence}]]
        if plain == "log_ter_language":
            return [[{"entropy": 1 / self.numbers["L"]}]]
        if plain == "profile_max_increase" and self.longest:
            return [[{f"increase {j}": Fraction(1)}] for j in range(self.longest - 1)] or constant(Fraction(0))
        require(name in self.functionals, f"no quantity {name:.40} here")
        return [[{name: Fraction(1)}]]

    def operation(self, operator: Any, left: list, right: list) -> list:
        if isinstance(operator, ast.Add):
            return add(left, right)
        if isinstance(operator, ast.Sub):
            return add(left, negative(right))
        if isinstance(operator, ast.Mult):
            return scaled(right, number(left)) if is_number(left) else scaled(left, number(right))
        if isinstance(operator, ast.Div):
            divisor = number(right)
            require(sign(divisor) != 0, "a division by zero", Rejected)
            return scaled(left, 1 / divisor if sign(divisor) > 0 else -(1 / -divisor))
        require(isinstance(operator, ast.Pow), "an expression is outside the grammar")
        base, power = number(left), number(right)
        small = isinstance(power, Fraction) and power.denominator == 1 and abs(power) <= 64
        if isinstance(base, Ratio) and small and 0 < power <= 8:
            return constant(math.prod([base] * int(power), start=UNIT))
        require(small and isinstance(base, Fraction), "a power is not a small whole one of a number")
        require(base or power >= 0, "a division by zero", Rejected)
        require((abs(power) + 1) * (base.numerator.bit_length() + base.denominator.bit_length()) < 9000, "a long power")
        return constant(base ** int(power))


def constant(value: Any) -> list:
    return [[{ONE: value}]]


def is_number(lattice: list) -> bool:
    return len(lattice) == 1 and len(lattice[0]) == 1 and set(lattice[0][0]) <= {ONE}


def number(lattice: list) -> Any:
    require(is_number(lattice), "a product or a quotient of quantities is not linear")
    return lattice[0][0].get(ONE, Fraction(0))


def bounded(count: int) -> None:
    require(count <= MOST_FORMS, "maxima and minima make too many forms")


def add(one: list, other: list) -> list:
    bounded(sum(map(len, one)) * sum(map(len, other)))
    return [[plus(a, b) for a in first for b in second] for first in one for second in other]


def scaled(lattice: list, factor: Any) -> list:
    if sign(factor) < 0:
        return scaled(negative(lattice), -factor)
    return [[{name: factor * c for name, c in form.items()} for form in row] for row in lattice]


def negative(lattice: list) -> list:
    bounded(math.prod(map(len, lattice)) * len(lattice))
    return [[{name: -c for name, c in form.items()} for form in chosen] for chosen in itertools.product(*lattice)]


def record(data: Any, names: str, optional: str = "") -> dict:
    fine = isinstance(data, dict) and set(names.split()) <= set(data) <= set(f"{names} {optional}".split())
    require(fine, f"an object with the keys {names} is expected")
    return data


def items(data: Any, length: int | None = None) -> list:
    require(isinstance(data, list) and length in (None, len(data)), "a list, or one of another length, is expected")
    return data


def whole(data: Any, least: int = 0, most: int = 100_000) -> int:
    require(type(data) is int and least <= data <= most, "a whole number is expected, or another one")
    return data


def fraction(data: Any) -> Fraction:
    fine = isinstance(data, str) and re.fullmatch(r"-?\d{1,4000}(/[1-9]\d{0,3999})?", data, re.A)
    require(fine, 'a rational such as "1/3" is expected')
    require(str(Fraction(data)) == data, f"{data:.40} is not in lowest terms", Rejected)
    return Fraction(data)


def law(data: Any, length: int | None = None) -> list[Fraction]:
    entries = [fraction(entry) for entry in items(data, length)]
    require(entries and sum(entries) == 1 and min(entries) >= 0, "weights are negative or do not sum to 1", Rejected)
    return entries


def spelled(statement: dict) -> str:
    return f"{statement['lhs']} {statement['relation']} {statement['rhs']}"


# -- codes: exchangeable policies at one length


class Steps:
    """An exchangeable policy: sizes, weights, or a mixture of sizes."""

    def __init__(self, spec: Any, L: int) -> None:
        kind = spec["kind"] if isinstance(spec, dict) and "kind" in spec else None
        self.sizes = self.weights = None
        self.parts: list = []
        self.N: int
        if kind == "mixture-of-sizes":
            lists = items(record(spec, "kind sizes weights")["sizes"])
            parts = [Steps({"kind": "fixed-size", "sizes": sizes}, L) for sizes in lists]
            self.parts = list(zip(law(spec["weights"], len(parts)), parts, strict=True))
            self.N, self.L, self.one_order = parts[0].N, L, False
            require(all(part.N == self.N for part in parts), "a mixture is of lists of as many steps", Rejected)
            require(len(parts) * L * self.N <= LARGEST_WORK / 20, "the mixture is too long for this checker")
            self.numbers = {"N": Fraction(self.N), "expected_steps": Fraction(self.N)}
            return
        if kind == "fixed-size":
            self.sizes = [whole(size) for size in items(record(spec, "kind sizes")["sizes"])]
            require(sum(self.sizes) == L and len(self.sizes) <= 4 * LONGEST, "the sizes do not add up", Rejected)
            self.ends = list(itertools.accumulate(self.sizes))
            shares = [Fraction(size, L) for size in self.sizes]
        else:
            require(kind == "bernoulli", "a policy is fixed-size, bernoulli or mixture-of-sizes")
            shares = self.weights = law(record(spec, "kind weights")["weights"])
            self.edges = [Fraction(0), *itertools.accumulate(shares)]
            bits = max(edge.denominator.bit_length() for edge in self.edges)
            require(len(shares) * L * L * bits <= LARGEST_WORK, "the schedule is too long for this checker")
            self.below = [binomials(L - 1, a) for a in self.edges]
        self.N, self.L, largest = len(shares), L, max(shares)
        self.numbers = {
            "N": Fraction(self.N), "expected_steps": Fraction(self.N), "max_step_weight": largest,
            "collision_probability": sum((w * w for w in shares), Fraction(0)),
            "speedup_at_unit_cost": Fraction(L, self.N),
        }  # fmt: skip
        if self.sizes is not None:
            starts = list(zip([0, *self.ends], self.sizes, strict=False))
            self.numbers |= {
                "max_step_size": Fraction(max(self.sizes)),
                "dyadic_step_size": Fraction(1 << (max(self.sizes) - 1).bit_length()),
                "tc_step_ratio": max((Fraction(s - 1, L - 1 - S) for S, s in starts if s > 1), default=Fraction(0)),
                "dtc_step_ratio": max(Fraction(s - 1, S + 1) for S, s in starts if s),
            }
        self.one_order = sum(1 for share in shares if share) == 1

    def left_sum(self, K: int) -> Fraction:
        """``sum_k w_k Z(a_{k-1})`` or that of the profile: tokens drawn while fewer than K are known cost log q."""
        if self.parts:
            return sum((c * part.left_sum(K) for c, part in self.parts), Fraction(0))
        if self.weights is None:
            return Fraction(next(S for S in self.ends if S >= K)) if K else Fraction(0)
        return self.L * sum((w * row[K] for w, row in zip(self.weights, self.below, strict=False)), Fraction(0))

    def growth_bound(self, K: int) -> Fraction:
        """First and last w_k times the drop of Z, others the growth of the odds times int a(1-a)|Z'|; none empty."""
        require(self.L <= 64, "growth_bound is checked up to length 64")
        L, edges = self.L, sorted(set(self.edges))
        if K in (0, L):
            return Fraction(0)
        if len(edges) == 2:
            return Fraction(L)
        total, (short, long) = Fraction(0), ([binomials(n, a) for a in edges] for n in (L - 1, L + 1))
        for k in range(1, len(edges)):
            a, b = edges[k - 1], edges[k]
            if k in (1, len(edges) - 1):
                total += (b - a) * L * (short[k - 1][K] - short[k][K])
            else:
                odds = (b * (1 - a)) / (a * (1 - b)) - 1
                total += odds * Fraction(K * (L - K), L + 1) * (long[k - 1][K + 1] - long[k][K + 1])
        return total

    def later_growth(self, K: int, sharp: bool) -> Fraction:
        """First w_1 times the drop of Z; others w_k/a_{k-1} int a|Z'|, or w_k/(a_{k-1}(1-a_{k-1})) int a(1-a)|Z'|."""
        require(self.L <= 64, "bounds by growth are checked up to length 64")
        L, edges, n = self.L, sorted(set(self.edges)), self.L + 1 if sharp else self.L
        if K in (0, L):
            return Fraction(0)
        short, long = ([binomials(m, a) for a in edges] for m in (L - 1, n))
        total = (edges[1] - edges[0]) * L * (short[0][K] - short[1][K])
        for k in range(2, len(edges)):
            a, b = edges[k - 1], edges[k]
            factor = Fraction(L - K, L + 1) / (1 - a) if sharp else Fraction(1)
            total += (b - a) / a * factor * K * (long[k - 1][K + 1] - long[k][K + 1])
        return total

    def mixture(self, K: int) -> Fraction:
        """Overshoot under multinomial sizes: a token drawn in the step after j < K tokens."""
        require(self.L <= 64, "mixture_path_kl is checked up to length 64")
        total = Fraction(-K)
        for w, a in zip(self.weights or (), self.edges, strict=False):
            for j in range(K if a < 1 else 0):
                total += math.comb(self.L, j) * a**j * (1 - a) ** (self.L - j - 1) * (self.L - j) * w
        return total

    def value(self, name: str, K: int) -> Fraction:
        if name == "path_kl":
            return self.left_sum(K) - K
        if self.weights is None:
            require(name == "profile_left_sum", f"{name:.40} belongs to another kind of policy")
            return self.left_sum(K)
        values = {
            "curve_left_riemann_sum": self.left_sum,
            "weighted_slope": lambda K: self.left_sum(K) - K,  # the slope weighted by a_k - a, by parts
            "growth_bound": self.growth_bound,
            "sharp_growth_bound": lambda K: self.later_growth(K, True),
            "ratio_growth_bound": lambda K: self.later_growth(K, False),
            "mixture_path_kl": self.mixture,
        }
        require(name in values, f"{name:.40} belongs to another kind of policy")
        return values[name](K)


def binomials(n: int, a: Fraction) -> list[Fraction]:
    """``P(Bin(n, a) < K)`` for K = 0..n+1."""
    p, d = a.numerator, a.denominator
    sums = itertools.accumulate((math.comb(n, j) * p**j * (d - p) ** (n - j) for j in range(n + 1)), initial=0)
    return [Fraction(total, d**n) for total in sums]


LANGUAGE = {
    "log V": lambda L, K: 1,
    "entropy": lambda L, K: K,
    "curve_area": lambda L, K: K,
    "profile_area": lambda L, K: K,
    "total_correlation": lambda L, K: L - K if K else 0,
    "dual_total_correlation": lambda L, K: K if K < L else 0,
    "profile_start": lambda L, K: L if K else 0,
    "profile_end": lambda L, K: L if K == L else 0,
    "odds_weighted_slope": lambda L, K: Fraction(K * (L - K), L + 1),
    "curve_max_slope": lambda L, K: slope(L, K, Fraction(K - 1, max(L - 2, 1))) if K else 0,
    "curve_min_slope": lambda L, K: 2 if L == 2 and K == 1 else 0,
}
GROWTH = ("growth_bound", "sharp_growth_bound", "ratio_growth_bound")
POLICY = ("path_kl", "curve_left_riemann_sum", "profile_left_sum", "weighted_slope", "mixture_path_kl", *GROWTH)
SLOPES = {"curve_max_slope": -1, "curve_min_slope": 1}
"""The sign of the coefficient with which slopes at given places, and their mean, may stand for the extreme one."""
BETWEEN = ("kl", "log_mean_path_kl")
LEARNING = ("learning_term", "eps_learning", "mean_learning_error")


def slope(L: int, K: int, a: Fraction) -> Fraction:
    """``|Z'(a)|`` of ``MDS_K``: L times the density of the K-th smallest of L - 1 uniform numbers."""
    if not 0 < K < L:
        return Fraction(0)
    return L * (L - 1) * math.comb(L - 2, K - 1) * a ** (K - 1) * (1 - a) ** (L - 1 - K)


def with_slopes(rows: list, L: int, policies: list) -> list:
    """Extreme slopes by the slopes at L - 1 places and, of a Bernoulli policy, their mean weighted by ``a_k - a``."""
    choices: list = [{f"slope {j}": Fraction(1)} for j in range(L - 1)] or [{}]
    if len(policies) == 1 and policies[0].weights:
        choices.append({"weighted_slope": 2 / policies[0].numbers["collision_probability"]})
    found = []
    for row in rows:
        parts = []
        for form in row:
            replaced = [(c, name) for name, c in form.items() if name in SLOPES and sign(c) == SLOPES[name]]
            lattice = [[{name: c for name, c in form.items() if (c, name) not in replaced}]]
            for c, _ in replaced:
                lattice = add(lattice, [[{name: c * d for name, d in choice.items()} for choice in choices]])
            parts.append(lattice)
        bounded(math.prod(map(len, parts)) * sum(len(line) for part in parts for line in part))
        found += [[form for line in lines for form in line] for lines in itertools.product(*parts)]
    return found


def has_slopes(row: list) -> bool:
    return any(name in form for form in row for name in SLOPES)


def code_rows(data: dict) -> tuple[list, list, list, Reader]:
    """Rows of the claim, the generators as tables of values, names of those that are languages, and the reader."""
    L = whole(data["length"], 1, LONGEST)
    require(data["denoiser"] in ("exact", "any"), "the denoiser is exact or any")
    policies = [Steps(spec, L) for spec in items(data["policies"])]
    require(len(policies) <= 2, "one policy or two")
    exact, ends = data["denoiser"] == "exact", ("", "@2")[: len(policies)]
    numbers = {"L": Fraction(L), **dict.fromkeys((n + e for n in LEARNING for e in ends) if exact else (), Fraction(0))}
    for end, policy in zip(ends, policies, strict=True):
        numbers |= {name + end: value for name, value in policy.numbers.items()}
    names = [name + end for end in ends for name in (*POLICY, *BETWEEN, *(() if exact else LEARNING))]
    reader = Reader(numbers, {*LANGUAGE, *names}, L)
    rows = reader.rows(data["statement"])
    if data["kind"] == "codes":
        rows = with_slopes(rows, L, policies)
    used = {name for row in rows for form in row for name in form}
    of = dict(zip(ends, policies, strict=True))
    generators, attained = [{ONE: Fraction(1)}], ["one sequence"]
    for K in range(L + 1):
        values = {name: Fraction(value(L, K)) for name, value in LANGUAGE.items() if name in used}
        if 0 < K < L and f"increase {K - 1}" in used:
            values[f"increase {K - 1}"] = Fraction(-L)
        places = [name for name in used if name.startswith("slope ")]
        values |= {name: slope(L, K, Fraction(int(name.split()[1]), max(L - 2, 1))) for name in places}
        choices = []
        for end, policy in of.items():
            values |= {n + end: policy.value(n, K) for n in POLICY if n + end in used}
            mine = [n + end for n in BETWEEN if n + end in used]
            top = policy.left_sum(K) - K if mine else Fraction(0)
            # 0 <= kl <= log_mean_path_kl <= path_kl, for each policy by itself; with one order all are path_kl.
            heights: list = [(top, top)] if policy.one_order or not top else [(top, top), (0, 0), (0, top)]
            choices.append([{n: Fraction(h[not n.startswith("kl")]) for n in mine} for h in heights])
        sized = all(policy.sizes is not None or policy.one_order for policy in policies)
        for n, corner in enumerate(itertools.product(*choices)):
            known = {name: value for part in corner for name, value in part.items()}
            generators.append({**values, **known})
            attained.append(f"MDS_{K}" if n == 0 and (sized or not any(known.values())) else "")
    if not exact:
        require(len(policies) < 2, "two policies visit different errors of a denoiser")
        wrong = {name: Fraction(1) for name in ("path_kl", "mixture_path_kl", "learning_term")}
        wrong |= {name: Fraction(1, L) for name in ("eps_learning", "mean_learning_error")}
        for kl, soft in ((1, 1), (0, 0), (0, 1)) if used & set(BETWEEN) else ((1, 1),):
            generators.append({**wrong, "kl": Fraction(kl), "log_mean_path_kl": Fraction(soft)})
            attained.append("a wrong denoiser" if kl == 1 else "")
        generators.append({"eps_learning": Fraction(1)})
        attained.append("")
    return rows, generators, attained, reader


def on(form: dict, values: dict) -> Fraction:
    return sum((c * values[name] for name, c in form.items() if name in values), Fraction(0))


def on_lattice(lattice: list, values: dict) -> Fraction:
    return max(min(on(form, values) for form in row) for row in lattice)


def check_codes(data: dict) -> dict:
    record(
        data, "format kind statement denoiser length policies weights table constant conclusion digest", "provenance"
    )
    rows, generators, attained, reader = code_rows(data)
    require(sum(map(len, rows)) * len(generators) <= 200_000, "the claim is too long for so many codes")
    for row, given in zip(rows, items(data["weights"], len(rows)), strict=True):
        weights = law(given, len(row))
        for values in generators:
            total = sum((w * on(form, values) for w, form in zip(weights, row, strict=True)), Fraction(0))
            require(total <= 0, "the inequality fails on a code", Rejected)
    left, right = reader.side(data["statement"]["lhs"]), reader.side(data["statement"]["rhs"])
    table = [[str(on_lattice(side, values)) for side in (left, right)] for values in generators]
    sharp = ""
    if data["constant"] is not None:
        C, pairs = fraction(data["constant"]), [list(map(Fraction, pair)) for pair in table]
        plain = all(len(row) == 1 for row in left) and len(right) == 1 and all(attained)
        plain = plain and data["statement"]["relation"] == "<=" and not any(pairs[0])
        plain = plain and not any(map(has_slopes, (*left, *right)))
        plain = plain and (C >= 0 or len(right[0]) == 1)  # below 0 a multiple of a minimum is a maximum
        require(plain, "no sharp constant is known of such a claim", Rejected)
        require(all(a <= C * b for a, b in pairs), "the constant is too small", Rejected)
        require(any(a == C * b and b > 0 for a, b in pairs), "the constant is not attained", Rejected)
        sharp = f", with the sharp constant {C}"
    steps = "; ".join(json.dumps(spec, sort_keys=True) for spec in data["policies"])
    where = f"every language of length {data['length']}, {data['denoiser']} denoiser, {steps or 'no policy'}"
    return {"table": table, "conclusion": f"{spelled(data['statement'])} for {where}{sharp}"}


def check_codes_refuted(data: dict) -> dict:
    """The row is positive on a product of languages; of extreme slopes, on one code alone, where they are known."""
    record(data, "format kind statement denoiser length policies row amounts conclusion digest", "provenance")
    rows, generators, attained, _ = code_rows(data)
    row = rows[whole(data["row"], 0, len(rows) - 1)]
    amounts = [items(entry, 2) for entry in items(data["amounts"])]
    require(amounts and all(type(label) is str for label, _ in amounts), "a language is named by a string")
    require(all(label and label in attained for label, _ in amounts), "no such language", Rejected)
    require(len({label for label, _ in amounts}) == len(amounts), "a language is named twice")
    chosen = [(generators[attained.index(label)], fraction(t)) for label, t in amounts]
    require(all(t > 0 for _, t in chosen), "an amount is not positive", Rejected)
    alone = len(chosen) == 1
    require(not alone or chosen[0][1] == 1, "the amount of one language is 1", Rejected)
    require(alone or not has_slopes(row), "extreme slopes of a product are no sums", Rejected)
    require(alone or all(label[0] == "M" for label, _ in amounts), "only codes are factors of a product", Rejected)
    totals = [sum((t * on(form, values) for values, t in chosen), Fraction(0)) for form in row]
    require(all(total > 0 for total in totals), "the inequality does not fail there", Rejected)
    product = " x ".join(label if t == "1" else f"{label} ^ {t}" for label, t in amounts)
    steps = "; ".join(json.dumps(spec, sort_keys=True) for spec in data["policies"])
    where = f"a language of length {data['length']}, {data['denoiser']} denoiser, {steps or 'no policy'}"
    return {"conclusion": f"not {spelled(data['statement'])} for {where}: {product}"}


# -- sets: Shannon's inequalities for entropies of sets of positions (bits of a whole number)


def set_numbers(policies: list, L: int) -> dict:
    numbers = {"L": Fraction(L)}
    for end, policy in zip(("", "@2"), policies, strict=False):
        shapes = {tuple(map(len, sets)) for _, sets in policy}
        if len(shapes) == 1:
            (sizes,) = shapes
            steps, largest = Fraction(len(sizes)), Fraction(max(sizes))
            numbers |= {"N" + end: steps, "expected_steps" + end: steps}
            numbers |= {"max_step_size" + end: largest, "max_step_weight" + end: largest / L}
    return numbers


def read_sets(data: Any, L: int) -> list:
    found = []
    for entry in items(data):
        probability, sets = items(entry, 2)
        listed = [[whole(i, 0, L - 1) for i in items(chosen)] for chosen in items(sets)]
        require(sorted(itertools.chain(*listed)) == list(range(L)), "sets do not hold each position once", Rejected)
        found.append((fraction(probability), listed))
    law([str(probability) for probability, _ in found])
    return found


def entropies(name: str, policies: list, L: int) -> dict:
    """A functional as coefficients of entropies of sets; 0 is the empty set, -1 stands for log V."""
    every, all_of = range(L), (1 << L) - 1
    if name == "log V":
        return {-1: Fraction(1)}
    if name == "entropy":
        return {all_of: Fraction(1)}
    if name in ("total_correlation", "profile_start"):
        first = total([{1 << i: Fraction(1)} for i in every])
        return total([first, {all_of: Fraction(-1)}]) if name == "total_correlation" else first
    if name in ("dual_total_correlation", "profile_end"):
        last = total([{all_of: Fraction(1), all_of - (1 << i): Fraction(-1)} for i in every])
        return last if name == "profile_end" else total([{all_of: Fraction(1)}, *[{s: -c for s, c in last.items()}]])
    plain, _, second = name.partition("@")
    require(plain in ("path_kl", *BETWEEN), f"no quantity {name:.40} here")
    policy = policies[1 if second else 0]
    require(plain == "path_kl" or len(policy) == 1, "kl is path_kl only where the order is given")
    parts = [{all_of: Fraction(-1)}]
    for probability, sets in policy:
        before = 0
        for chosen in sets:
            parts += [{before | 1 << i: probability, before: -probability} for i in chosen]
            before |= sum(1 << i for i in chosen)
    return total(parts)


def total(parts: list) -> dict:
    found: dict = {}
    for part in parts:
        for key, c in part.items():
            found[key] = found.get(key, Fraction(0)) + c
    return {key: c for key, c in found.items() if c and key}


def equations(assumptions: list, L: int) -> list:
    """What the assumptions say, as combinations of entropies that vanish."""
    all_of, found = (1 << L) - 1, []
    for assumption in assumptions:
        require(assumption in ("MarkovLanguage", "IndependentTokens"), "no such assumption")
        if assumption == "IndependentTokens":
            found.append(total([{all_of: Fraction(-1)}, *({1 << i: Fraction(1)} for i in range(L))]))
        else:
            for i in range(1, L - 1):
                past, future = (1 << (i + 1)) - 1, all_of - ((1 << i) - 1)
                parts = [{past: Fraction(1)}, {future: Fraction(1)}, {all_of: Fraction(-1)}, {1 << i: Fraction(-1)}]
                found.append(total(parts))
    return found


class Folded:
    """Entropies of sets by how many positions of each class they have."""

    def __init__(self, classes: Any, L: int) -> None:
        self.classes = [whole(c, 0, L - 1) for c in items(classes, L)]
        self.sizes = [self.classes.count(c) for c in range(max(self.classes) + 1)]
        require(min(self.sizes) > 0, "a class is empty")
        self.L = L

    def counts(self, chosen: int) -> tuple:
        found = [0] * len(self.sizes)
        for i, c in enumerate(self.classes):
            found[c] += chosen >> i & 1
        return tuple(found)

    def fold(self, functional: dict) -> dict:
        """Rejected if positions of one class cannot be exchanged in it."""
        for i, j in itertools.combinations(range(self.L), 2):
            if self.classes[i] == self.classes[j]:
                for chosen, c in functional.items():
                    if chosen > 0 and (chosen >> i ^ chosen >> j) & 1:
                        other = functional.get(chosen ^ (1 << i | 1 << j), Fraction(0))
                        require(other == c, "positions of a class are not alike", Rejected)
        return total([{-1 if s < 0 else self.counts(s): c} for s, c in functional.items()])

    def term(self, entry: Any) -> dict:
        """An elemental inequality times y: what is not negative for every law."""
        entry, k = items(entry), len(self.sizes)
        y = fraction(entry[-1])
        require(y >= 0, "a multiplier of an inequality is negative", Rejected)
        if len(entry) == 3:
            require(entry[0] == "log V", "no such term")
            one = self.raised((0,) * k, [whole(entry[1], 0, k - 1)])
            return total([{-1: y}, {one: -y}])
        if len(entry) == 2:
            full = tuple(self.sizes)
            less = tuple(n - (c == whole(entry[0], 0, k - 1)) for c, n in enumerate(full))
            return nonempty(total([{full: y}, {less: -y}]))
        require(len(entry) == 4, "a term has two, three or four entries")
        a, b, base = whole(entry[0], 0, k - 1), whole(entry[1], 0, k - 1), [whole(n) for n in items(entry[2], k)]
        both = self.raised(tuple(base), [a, b])
        one, other = self.raised(tuple(base), [a]), self.raised(tuple(base), [b])
        return nonempty(total([{one: y}, {other: y}, {both: -y}, {tuple(base): -y}]))

    def raised(self, base: tuple, more: list) -> tuple:
        found = tuple(n + more.count(c) for c, n in enumerate(base))
        require(all(n <= size for n, size in zip(found, self.sizes, strict=True)), "a set is too large", Rejected)
        return found


def nonempty(functional: dict) -> dict:
    """The entropy of nothing is 0."""
    return {key: c for key, c in functional.items() if key == -1 or any(key)}


def set_rows(data: dict) -> tuple[list, list, list]:
    """Rows of the claim, the policies, and the equations of the assumptions."""
    L = whole(data["length"], 1, 16)
    policies = [read_sets(policy, L) for policy in items(data["policies"])]
    require(len(policies) <= 2, "one policy or two")
    of_policies = [n + end for end in ("", "@2")[: len(policies)] for n in ("path_kl", *BETWEEN)]
    names = {"log V", "entropy", "total_correlation", "dual_total_correlation", "profile_start", "profile_end"}
    reader = Reader(set_numbers(policies, L), {*names, *of_policies})
    return reader.rows(data["statement"]), policies, equations(items(data["assumptions"]), L)


def check_sets(data: dict) -> dict:
    record(data, "format kind statement length policies assumptions classes rows conclusion digest", "provenance")
    rows, policies, ties = set_rows(data)
    L, folded = data["length"], Folded(data["classes"], data["length"])
    for row, proof in zip(rows, items(data["rows"], len(rows)), strict=True):
        record(proof, "weights terms multipliers")
        weights, added, parts = law(proof["weights"], len(row)), Fraction(0), []
        for w, form in zip(weights, row, strict=True):
            added += w * form.get(ONE, Fraction(0))
            for name, c in form.items():
                if name != ONE and w * c:
                    parts.append({s: -w * c * d for s, d in entropies(name, policies, L).items()})
        require(added <= 0, "a constant is added on the wrong side", Rejected)
        multipliers = [fraction(m) for m in items(proof["multipliers"], len(ties))]
        parts += [{s: -m * c for s, c in tie.items()} for m, tie in zip(multipliers, ties, strict=True)]
        needed = folded.fold(total(parts))
        given = total([folded.term(entry) for entry in items(proof["terms"])])
        require(nonempty(needed) == given, "the terms do not add up to the claim", Rejected)
    steps = "; ".join(json.dumps(policy) for policy in data["policies"])
    needs = ", ".join(["every language", *data["assumptions"]])
    return {"conclusion": f"{spelled(data['statement'])} for {needs} of length {L}, exact denoiser, sets {steps}"}


def check_sets_refuted(data: dict) -> dict:
    """Words that are equally likely: products of powers of the numbers of their projections are compared."""
    record(data, "format kind statement length policies assumptions row words conclusion digest", "provenance")
    rows, policies, ties = set_rows(data)
    row, L = rows[whole(data["row"], 0, len(rows) - 1)], data["length"]
    words = [tuple(whole(token) for token in items(word, L)) for word in items(data["words"])]
    require(0 < len(set(words)) == len(words) and len(words) << L <= 1 << 22, "a word twice, none, or too many")
    require(not any(form.get(ONE) for form in row), "a constant is added", Rejected)
    forms = [[(c, entropies(name, policies, L)) for name, c in form.items() if name != ONE] for form in row]
    combined = [total([{s: c * d for s, d in part.items()} for c, part in form]) for form in forms]
    count = {-1: 1 + max(map(max, words))}
    for chosen in {s for form in (*combined, *ties) for s in form if s > 0}:
        seen: dict = {}
        for word in words:
            shown = tuple(word[i] for i in range(L) if chosen >> i & 1)
            seen[shown] = seen.get(shown, 0) + 1
        require(len(set(seen.values())) == 1, "a projection is not uniform", Rejected)
        count[chosen] = len(seen)
    require(all(compared(form, count) > 0 for form in combined), "the inequality does not fail there", Rejected)
    require(not any(compared(tie, count) for tie in ties), "an assumption does not hold there", Rejected)
    steps = "; ".join(json.dumps(policy) for policy in data["policies"])
    needs = ", ".join(["a language", *data["assumptions"]])
    return {"conclusion": f"not {spelled(data['statement'])} for {needs} of length {L}, exact denoiser, sets {steps}"}


def compared(form: dict, count: dict) -> int:
    """The sign of ``sum c log(count)``, by whole powers."""
    scale = math.lcm(*(c.denominator for c in form.values()))
    powers = [(count[s], int(c * scale)) for s, c in form.items()]
    require(sum(abs(c) * n.bit_length() for n, c in powers) <= 1 << 20, "powers are too large for this checker")
    above, below = (math.prod(n ** abs(c) for n, c in powers if (c > 0) == up) for up in (True, False))
    return (above > below) - (above < below)


# -- sizes and schedules: all lengths


WORDS = ("L", "V", "log", "log_ter_language", "max", "min", "ceil")
S, I, U, R, X, Y, Z = map(variable, ("S", "i", "u", "r", "x", "y", "z"))
ERROR, EXCESS, BEYOND = map(variable, ("Lambda", "E", "l"))
ZERO, UNIT = ratio(0), ratio(1)


def cases_of_sizes(single: bool, exact: bool) -> tuple[dict, list]:
    """Numbers of the policy, and the functionals on codes of rank below L, of rank L, of rank 0; and errors."""
    i, u = (ZERO, ZERO) if single else (I, U)
    K, rest = S + 1 + i, u + R
    L = K + rest
    largest = UNIT if single else i + u + 1 + X
    numbers = {"L": L, "max_step_size": largest, "max_step_weight": largest / L}
    if not single:
        # i + u + r is positive where rank L is left out: there u + r >= 1.
        numbers |= {"tc_step_ratio": (i + u) / (i + u + R) + Y, "dtc_step_ratio": (i + u) / (S + 1) + Z}
    inner = {
        "path_kl": u, "entropy": K, "curve_area": K, "profile_area": K, "total_correlation": rest,
        "dual_total_correlation": K, "profile_start": L, "odds_weighted_slope": K * rest / (L + 1),
        "profile_left_sum": K + u, "log V": UNIT,
    }  # fmt: skip
    last = dict.fromkeys(
        ("entropy", "curve_area", "profile_area", "profile_start", "profile_end", "profile_left_sum"), L
    )
    cases = [inner, {**last, "log V": UNIT}, {"log V": UNIT}, {ONE: UNIT}]
    return numbers, cases if exact else [*cases, errors(L)]


def errors(L: Ratio) -> dict:
    each = {"learning_term": ERROR, "eps_learning": (ERROR + EXCESS) / L, "mean_learning_error": ERROR / L}
    return {"path_kl": ERROR, "mixture_path_kl": ERROR, **each}


def cases_of_schedules(uniform: bool, growth: bool, exact: bool) -> tuple[dict, list]:
    """The kernel at a point of a step, the multiples of Z(1) and of L log V - Z(0); shares are over their sum."""
    whole_of, L = S + I + U + R, BEYOND + 1
    weight = (I + U) / whole_of
    numbers = {"L": L, "max_step_weight": weight if uniform else weight + X}
    if uniform:
        numbers |= {"N": 1 / weight, "expected_steps": 1 / weight, "collision_probability": weight}
    cases = []
    by_ratio = (I + U) * (S + I) / S
    inner = ((I + U) * (S + I) * (U + R) / (S * R), (I + U) * (S + I) * (U + R) / (S * (I + U + R)), by_ratio)
    # The first step, the last and the others; each bound of GROWTH over the whole.
    places: list = [
        (ZERO, I, U, R, (I + U, I + U, I + U)), (S, I, U, ZERO, (I + U, (S + I) * U / S, by_ratio)), (S, I, U, R, inner)
    ]  # fmt: skip
    for s, i, u, r, bounds in places if growth else [(S, I, U, R, ())]:
        unit = s + i + u + r
        a, rest, ahead = (s + i) / unit, (u + r) / unit, u / unit
        kernel = {
            "path_kl": ahead, "weighted_slope": ahead, "mixture_path_kl": ahead, "total_correlation": rest,
            "dual_total_correlation": a, "odds_weighted_slope": a * rest, "entropy": a, "curve_area": a,
            "profile_area": a, "curve_left_riemann_sum": a + ahead, "profile_start": UNIT, "log V": UNIT / L,
        }  # fmt: skip
        cases.append({**kernel, **{name: bound / unit for name, bound in zip(GROWTH, bounds, strict=growth)}})
    ends = ("entropy", "curve_area", "profile_area", "curve_left_riemann_sum", "profile_start", "profile_end")
    cases += [{**dict.fromkeys(ends, UNIT), "log V": UNIT / L}, {"log V": UNIT / L}, {ONE: UNIT}]
    return numbers, cases if exact else [*cases, errors(L)]


def symbolic(data: dict) -> list:
    """What has to be non-negative: for every row and case a quotient; bounds of kl are put in where they are worst."""
    require(data["denoiser"] in ("exact", "any"), "the denoiser is exact or any")
    exact = data["denoiser"] == "exact"
    if data["kind"] == "sizes":
        require(type(data["single"]) is bool, "single is true or false")
        numbers, cases = cases_of_sizes(data["single"], exact)
        names = {"profile_left_sum"}
    else:
        require(type(data["uniform"]) is bool and type(data["growth"]) is bool, "uniform and growth are true or false")
        numbers, cases = cases_of_schedules(data["uniform"], data["growth"], exact)
        names = {
            "curve_left_riemann_sum",
            "weighted_slope",
            "mixture_path_kl",
            *(GROWTH if data["growth"] else ()),
        }
    numbers |= dict.fromkeys(LEARNING, ZERO) if exact else {}
    # Of steps of one token at the very end this ratio is 0, and not i + u over i + u + r.
    undefined = "tc_step_ratio" in f"{data['statement']['lhs']}{data['statement']['rhs']}"
    names |= {*LANGUAGE, "path_kl", *BETWEEN, *(() if exact else LEARNING)} - {*SLOPES}
    found = []
    for row in Reader(numbers, names).rows(data["statement"]):
        require(len(row) == 1, "a minimum in a row is not certified for all lengths")
        for case in cases:
            needed = ZERO
            for name, c in row[0].items():
                if name in BETWEEN:
                    needed = needed - (c * case["path_kl"] if "path_kl" in case and sign(c) > 0 else ZERO)
                elif name in case:
                    needed = needed - c * case[name]
            require(case is cases[0] or not undefined or not needed.top, "tc_step_ratio goes with entropy", Rejected)
            found.append(needed)
    return found


def check_symbolic(data: dict) -> dict:
    extra = "single" if data["kind"] == "sizes" else "uniform growth"
    record(data, f"format kind statement denoiser inequalities conclusion digest {extra}", "provenance")
    needed = symbolic(data)
    for each, squares in zip(needed, items(data["inequalities"], len(needed)), strict=True):
        require(all(c > 0 for factor in each.bottom for _, c in factor), "a denominator may vanish", Rejected)
        rest = each.top
        for square in items(squares):
            scale, root = items(square, 2)
            require(fraction(scale) > 0, "a square has a negative scale", Rejected)
            linear = {() if name == ONE else (name,): fraction(c) for name, c in record_of(root).items()}
            rest = plus(rest, times({(): -fraction(scale)}, times(linear, linear)))
        require(all(c >= 0 for c in rest.values()), "a polynomial has a negative coefficient", Rejected)
    words = set(re.findall(r"[A-Za-z_]\w*", f"{data['statement']['lhs']} {data['statement']['rhs']}"))
    family = (
        "whatever the policy"
        if words <= {*LANGUAGE, *WORDS}
        else {
            "sizes": "fixed sizes of one token" if data.get("single") else "all fixed sizes",
            "schedules": "uniform Bernoulli steps" if data.get("uniform") else "all Bernoulli schedules",
        }[data["kind"]]
    )
    where = f"every language of every length, {data['denoiser']} denoiser, {family}"
    return {"conclusion": f"{spelled(data['statement'])} for {where}"}


def record_of(data: Any) -> dict:
    require(isinstance(data, dict) and len(data) <= 10, "a square is a table of numbers")
    require(all(name in (ONE, *"Siurxyzl") for name in data), "no such variable")
    return data


# -- minimax


def check_minimax(data: dict) -> dict:
    record(data, "format kind length steps criterion value sizes prior conclusion digest", "provenance")
    L, N = whole(data["length"], 2, LONGEST), whole(data["steps"], 1, LONGEST)
    require(N * L * L <= 5_000_000, "the game is too large for this checker")
    criteria = {"tc+dtc": lambda K: L, "tc": lambda K: L - K, "dtc": lambda K: K, "min": lambda K: min(K, L - K)}
    require(data["criterion"] in list(criteria), "the criterion is tc+dtc, tc, dtc or min")
    D = [Fraction(criteria[data["criterion"]](K)) for K in range(1, L)]
    value, t = fraction(data["value"]), [fraction(entry) for entry in items(data["prior"], L - 1)]
    drawn = [items(entry, 2) for entry in items(data["sizes"])]
    probabilities = law([probability for _, probability in drawn])
    require(len(drawn) <= 4 * L, "the law is too long")
    cost = [Fraction(0)] * (L - 1)
    for (sizes, _), probability in zip(drawn, probabilities, strict=True):
        listed = [whole(size, 1) for size in items(sizes)]
        require(sum(listed) == L and len(listed) <= N, "sizes do not add up, or are too many", Rejected)
        for K in range(1, L):
            cost[K - 1] += probability * (next(b for b in itertools.accumulate(listed) if b >= K) - K)
    require(all(c <= value * d for c, d in zip(cost, D, strict=True)), "the law costs more than the value", Rejected)
    require(min(t) >= 0 and sum(a * b for a, b in zip(t, D, strict=True)) == 1, "the prior is not one", Rejected)
    mass = [Fraction(0), *itertools.accumulate([*t, Fraction(0)])]
    first = [Fraction(0), *itertools.accumulate([*(K * c for K, c in enumerate(t, 1)), Fraction(0)])]
    best: list = [Fraction(0), *[None] * L]
    for _ in range(min(N, L)):
        reached = list(best)
        for b, before in enumerate(best):
            if before is not None:
                for c in range(b + 1, L + 1):
                    spent = before + c * (mass[c] - mass[b]) - (first[c] - first[b])
                    if reached[c] is None or spent < reached[c]:
                        reached[c] = spent
        best = reached
    require(best[L] >= value, "some sizes cost less than the value against the prior", Rejected)
    return {"conclusion": f"the minimax value of {data['criterion']} at L = {L} with {N} steps is {value}"}


CHECKS = {
    "codes": check_codes, "sets": check_sets, "sizes": check_symbolic, "schedules": check_symbolic,
    "minimax": check_minimax, "codes refuted": check_codes_refuted, "sets refuted": check_sets_refuted,
}  # fmt: skip


def check(data: Any) -> dict:
    """What follows from a certificate; Rejected or Malformed if something in it is wrong."""
    require(isinstance(data, dict) and data.get("format") == FORMAT, f"the format is not {FORMAT!r}")
    require(isinstance(data.get("kind"), str) and data["kind"] in CHECKS, f"kinds are {', '.join(CHECKS)}")
    found = CHECKS[data["kind"]](data)
    content = {key: value for key, value in {**data, **found}.items() if key not in ("digest", "provenance")}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return {**found, "digest": hashlib.sha256(text.encode()).hexdigest()}


def verify(text: str) -> str:
    """The conclusion of a certificate, or those of a list, a line each."""
    once: Any = {"object_pairs_hook": unique}
    try:
        data = json.loads(text, **once, parse_float=tuple, parse_constant=tuple)  # neither numbers nor strings
        certificates, conclusions = data if isinstance(data, list) else [data], []
        require(certificates, "the list is empty")
        for certificate in certificates:
            for key, value in check(certificate).items():
                require(certificate[key] == value, f"{key} is not what follows from the rest", Rejected)
            conclusions.append(certificate["conclusion"])
    except (ValueError, SyntaxError, RecursionError, MemoryError, ArithmeticError, LookupError, TypeError) as problem:
        raise Malformed(f"this is no certificate ({type(problem).__name__})") from None
    return "\n".join(conclusions)


def speaks_of(path: Any) -> bool:
    """Whether a file looks like a certificate of this format."""
    try:
        with open(path, "rb") as file:
            return FORMAT.encode() in file.read(LARGEST_FILE)
    except OSError:
        return False


def unique(pairs: list) -> dict:
    require(len(dict(pairs)) == len(pairs), "a key twice")
    return dict(pairs)


def main(arguments: list[str]) -> int:
    try:
        require(len(arguments) == 1, "one argument, the name of a file, is expected")
        with open(arguments[0], "rb") as file:
            text = file.read(LARGEST_FILE + 1)
        require(len(text) <= LARGEST_FILE, "the file is too large")
        print("accepted:", verify(text.decode()).replace("\n", "\naccepted: "))
    except (Malformed, Rejected, OSError, UnicodeDecodeError) as problem:
        print(f"{'rejected' if isinstance(problem, Rejected) else 'malformed'}: {problem}", file=sys.stderr)
        return 1 if isinstance(problem, Rejected) else 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
