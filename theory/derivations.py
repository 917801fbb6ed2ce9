"""The algebra of the proofs that a computer algebra system can redo.

Each derivation states both sides of one algebraic step in symbols and returns their difference, simplified; it must
be 0. Steps that hold for every L, N or V are redone for the symbols of small ones; the notes give the general
argument. What is not algebra (conditioning lowers entropy, convexity, the tower rule) stays in the notes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from sympy import (
    Expr,
    Integer,
    Rational,
    Symbol,
    binomial,
    diff,
    exp,
    expand,
    expand_log,
    integrate,
    log,
    simplify,
    sqrt,
    symbols,
)

from maskbound.theory import variables
from maskbound.theory.known_answers import (
    collision,
    copy_bernoulli,
    copy_curve,
    pair_bernoulli,
    pair_fixed_size,
    parity_bernoulli,
    parity_curve,
)
from maskbound.theory.token_error import STATEMENTS as TOKEN_ERROR

__all__ = ["DERIVATIONS", "Derivation"]

L, N, V = (variables.symbols[name] for name in ("L", "N", "V"))
max_step_weight = variables.symbols["max_step_weight"]
total_correlation, dual_total_correlation = (
    variables.symbols[name] for name in ("total_correlation", "dual_total_correlation")
)
ALPHA = Symbol("alpha", positive=True)


@dataclass(frozen=True)
class Derivation:
    """One algebraic step of a proof.

    Parameters
    ----------
    name : str
    supports : tuple of str
        Ids of the statements whose proofs use it.
    sentence : str
    residual : callable
        No arguments; returns the difference of the two sides, which must be 0.
    """

    name: str
    supports: tuple[str, ...]
    sentence: str
    residual: Callable[[], Expr]


def _profile(length: int) -> tuple[Symbol, ...]:
    return symbols(f"z0:{length}", real=True)


def _curve(z: tuple[Symbol, ...], a: Expr) -> Expr:
    """``Z(a) = sum_j C(L-1, j) a^j (1-a)^{L-1-j} z(j)`` (profile/non-increasing)."""
    top = len(z) - 1
    return sum(binomial(top, j) * a**j * (1 - a) ** (top - j) * zj for j, zj in enumerate(z))


def _weights(steps: int) -> list[Expr]:
    """Symbols ``w_1..w_{N-1}``; the last weight is what is left."""
    free = symbols(f"w1:{steps}", positive=True)
    return [*free, 1 - sum(free)]


def _riemann_error(curve: Callable[[Expr], Expr], weights: list[Expr]) -> Expr:
    """``sum_k w_k Z(a_{k-1}) - integral of Z`` (bernoulli/riemann-error)."""
    revealed, total = Integer(0), Integer(0)
    for w in weights:
        total += w * curve(revealed)
        revealed += w
    return total - integrate(expand(curve(ALPHA)), (ALPHA, 0, 1))


def _area() -> Expr:
    z = _profile(6)
    return expand(integrate(expand(_curve(z, ALPHA)), (ALPHA, 0, 1)) - sum(z) / 6)


def _slope() -> Expr:
    z = _profile(6)
    drops = tuple(after - before for before, after in pairwise(z))
    return expand(diff(_curve(z, ALPHA), ALPHA) - 5 * _curve(drops, ALPHA))


def _ends() -> Expr:
    """``sum_i H(X_i) - sum_i H(X_i | X_-i)`` against TC + DTC, the sums of entropies eliminated."""
    singles, conditionals, joint = symbols("singles conditionals joint")
    definitions = {total_correlation: singles - joint, dual_total_correlation: joint - conditionals}
    return expand(singles - conditionals - (total_correlation + dual_total_correlation).subs(definitions))


def _fixed_size_drops() -> Expr:
    """fixed-size/riemann-error for sizes (3, 2, 1) as a sum of drops within steps, none for a step's first token."""
    z, sizes = _profile(6), (3, 2, 1)
    left, drops, start = Integer(0), Integer(0), 0
    for s in sizes:
        left += s * z[start]
        drops += sum(z[start] - z[start + i] for i in range(s))
        start += s
    return expand((left - sum(z) - drops) / 6)


def _telescope() -> Expr:
    """bernoulli/max-weight: the drops of the curve over the steps add up to ``z(0) - z(L-1)``."""
    z, revealed, total = _profile(5), Integer(0), Integer(0)
    for w in _weights(4):
        total += _curve(z, revealed) - _curve(z, revealed + w)
        revealed += w
    return expand(total - (z[0] - z[-1]))


def _published_form() -> Expr:
    """token-error/feng-form at N uniform steps is token-error/vocabulary with ``w_max = 1/N``."""
    by_id = {statement.id: statement for statement in TOKEN_ERROR}
    general = by_id["token-error/vocabulary"].rhs.subs(max_step_weight, 1 / N)
    return simplify(by_id["token-error/feng-form"].sides[1] - general)


def _agreement() -> Expr:
    """pair/ser-lower: ``sum_b p1 p2 = 1/V + sum_b (p1 - 1/V)(p2 - 1/V)`` for two laws on V = 4 symbols."""
    first, other = _weights(4), _weights(4)
    other = [expr.subs({s: Symbol(f"{s.name}_other") for s in expr.free_symbols}) for expr in other]
    quarter = Rational(1, 4)
    right = quarter + sum((p - quarter) * (r - quarter) for p, r in zip(first, other, strict=True))
    return expand(sum(p * r for p, r in zip(first, other, strict=True)) - right)


def _binomial_mean() -> Expr:
    """pair/ser-lower: ``E y^B = (1 - rho (1 - y))^m`` for ``B ~ Binomial(m, rho)``, m = 5."""
    y, rho, m = Symbol("y"), Symbol("rho"), 5
    mean = sum(binomial(m, b) * rho**b * (1 - rho) ** (m - b) * y**b for b in range(m + 1))
    return expand(mean - (1 - rho * (1 - y)) ** m)


def _two_copies_are_a_pair() -> Expr:
    w = _weights(3)
    pair, copy = pair_bernoulli(V, 2, w), copy_bernoulli(V, 2, 2, w)
    return expand(pair["ser"] - copy["ser"]) + expand(pair["path_kl"] - copy["path_kl"]) ** 2


def _copy_from_curve() -> Expr:
    w = _weights(3)
    found = _riemann_error(lambda a: copy_curve(V, 4, 8, a), w)
    return expand(found - copy_bernoulli(V, 4, 8, w)["path_kl"])


def _parity_from_curve() -> Expr:
    w = _weights(3)
    return expand(_riemann_error(lambda a: parity_curve(5, a), w) - parity_bernoulli(5, w)["path_kl"])


def _pair_is_a_mixture() -> Expr:
    """bernoulli/mixture-of-sizes-path-kl for Pair, L = 4: the multinomial mixture of fixed sizes gives the Bernoulli
    SER, N = 2.
    """
    w, _ = _weights(2)
    mixture = sum(
        binomial(4, s) * w**s * (1 - w) ** (4 - s) * pair_fixed_size(V, 4, [s, 4 - s])["ser"] for s in range(5)
    )
    return simplify(mixture - pair_bernoulli(V, 4, [w, 1 - w])["ser"])


def _uniform_collision() -> Expr:
    """``rho - 1/N = sum_k (w_k - 1/N)^2``, so ``rho >= 1/N`` (pair/ser-lower), N = 4."""
    w = _weights(4)
    return expand(collision(w) - Rational(1, 4) - sum((wk - Rational(1, 4)) ** 2 for wk in w))


def _enough_steps() -> Expr:
    """sequence-error/sufficient-steps: half of ``lambda = log(1/(1-delta))`` for each error adds up to lambda."""
    delta, steps = Symbol("delta", positive=True), Symbol("steps", positive=True)
    exponent = -log(1 - delta)
    information = total_correlation + dual_total_correlation
    needed = 2 * information / exponent
    learning = L * (exponent / (2 * L))
    return simplify(expand_log(learning + (information / steps).subs(steps, needed) - exponent, force=True))


def _by_parts() -> Expr:
    """bernoulli/slope-identity: the left Riemann error against ``sum_k integral of (a_k - a) (-Z')``, L = 4, N = 3."""
    z, revealed, total = _profile(4), Integer(0), Integer(0)
    descent = -diff(_curve(z, ALPHA), ALPHA)
    for w in _weights(3):
        total += integrate(expand((revealed + w - ALPHA) * descent), (ALPHA, revealed, revealed + w))
        revealed += w
    return expand(total - _riemann_error(lambda a: _curve(z, a), _weights(3)))


def _odds() -> Expr:
    """Growth: ``psi(b)/psi(a) - 1 = (b - a)/(a (1 - b))``."""
    before, after = symbols("before after", positive=True)
    odds = (after / (1 - after)) / (before / (1 - before))
    return simplify(odds - 1 - (after - before) / (before * (1 - after)))


def _information_as_slope() -> Expr:
    """Growth: TC and DTC are the integrals of ``(1-a) |Z'|`` and ``a |Z'|``, from area-theorem/defect and the ends, L =
    5.
    """
    z = _profile(5)
    curve = _curve(z, ALPHA)
    area, descent = integrate(expand(curve), (ALPHA, 0, 1)), -diff(curve, ALPHA)
    tc = integrate(expand((1 - ALPHA) * descent), (ALPHA, 0, 1)) - (z[0] - area)
    dtc = integrate(expand(ALPHA * descent), (ALPHA, 0, 1)) - (area - z[-1])
    return expand(tc) ** 2 + expand(dtc) ** 2


def _weights_of_drops() -> Expr:
    """Schedules: ``L PATH_KL = sum_j (S_k - 1 - j) d_j``; TC and DTC likewise. Sizes (3, 2, 1)."""
    z, sizes = _profile(6), (3, 2, 1)
    drops = [before - after for before, after in pairwise(z)]
    left, path, start = Integer(0), Integer(0), 0
    for s in sizes:
        left += s * z[start]
        path += sum((start + s - 1 - j) * drops[j] for j in range(start, start + s - 1))
        start += s
    tc = 6 * z[0] - sum(z) - sum((5 - j) * drop for j, drop in enumerate(drops))
    dtc = sum(z) - 6 * z[-1] - sum((j + 1) * drop for j, drop in enumerate(drops))
    return expand(left - sum(z) - path) ** 2 + expand(tc) ** 2 + expand(dtc) ** 2


def _binary_agreement() -> Expr:
    """conflict/ser-lower: for V = 2 the law ``1/2 +- d`` has ``D(u || p) = eps`` at ``2 d^2 = (1 - exp(-2 eps))/2``."""
    d, eps = symbols("d eps", positive=True)
    found = sqrt((1 - exp(-2 * eps)) / 4)
    exponential_of_minus_twice = expand((1 + 2 * d) * (1 - 2 * d))
    return simplify(exponential_of_minus_twice.subs(d, found) - exp(-2 * eps)) + simplify(
        2 * found**2 - (1 - exp(-2 * eps)) / 2
    )


def _two_values() -> Expr:
    """conflict/ser-lower: j symbols with ``1/V + d/j`` and the others with ``1/V - d/(V-j)``: ``||p - u||^2 = d^2
    V/(j(V-j))``.
    """
    d, j = symbols("d j", positive=True)
    return simplify(j * (d / j) ** 2 + (V - j) * (d / (V - j)) ** 2 - d**2 * V / (j * (V - j)))


def _birthday() -> Expr:
    """permutations/birthday: ``sum_k s_k (s_k - 1) = sum_k s_k^2 - L`` and ``sum_k s_k^2 - L^2/N = sum_k (s_k -
    L/N)^2``, N = 3.
    """
    sizes = symbols("s1:4", positive=True)
    length = sum(sizes)
    squares = sum(s**2 for s in sizes)
    first = sum(s * (s - 1) for s in sizes) - (squares - length)
    other = squares - length**2 / 3 - sum((s - length / 3) ** 2 for s in sizes)
    return expand(first) ** 2 + expand(other) ** 2


DERIVATIONS = (
    Derivation(
        "area",
        ("area-theorem/defect", "area-theorem/curve", "area-theorem/profile"),
        "The Bernstein weights all have area 1/L.",
        _area,
    ),
    Derivation(
        "slope",
        ("profile/non-increasing", "curve/slope-is-mutual-information"),
        "Z' is the Bernstein sum of the profile's increases, times L - 1.",
        _slope,
    ),
    Derivation("ends", ("profile/total-drop",), "z(0) - z(L-1) is TC + DTC by the definitions.", _ends),
    Derivation(
        "drops",
        ("fixed-size/riemann-error", "fixed-size/max-size"),
        "The left sum less the mean is a sum of drops within steps.",
        _fixed_size_drops,
    ),
    Derivation(
        "telescope", ("bernoulli/max-weight",), "The drops of the curve over the steps add up to TC + DTC.", _telescope
    ),
    Derivation(
        "published form", ("token-error/feng-form",), "4 eps log V at eps = 1/(4N) is log V / N.", _published_form
    ),
    Derivation(
        "enough steps",
        ("sequence-error/sufficient-steps",),
        "The two halves add up to log(1/(1-delta)).",
        _enough_steps,
    ),
    Derivation(
        "agreement", ("pair/ser-lower",), "Agreement of two laws through their distances from uniform.", _agreement
    ),
    Derivation(
        "binomial mean",
        ("pair/ser-lower",),
        "The generating function of the number of blocks in one step.",
        _binomial_mean,
    ),
    Derivation(
        "collision",
        ("collision/at-least-1-over-n", "pair/linear-steps"),
        "rho is 1/N plus a sum of squares.",
        _uniform_collision,
    ),
    Derivation("copies", ("pair/ser-lower",), "Copy(V, 2) is Pair(V).", _two_copies_are_a_pair),
    Derivation("copy", ("bernoulli/riemann-error",), "Copy's PATH_KL from its curve.", _copy_from_curve),
    Derivation("parity", ("bernoulli/riemann-error",), "Parity's PATH_KL from its curve.", _parity_from_curve),
    Derivation(
        "by parts",
        ("bernoulli/slope-identity", "bernoulli/slope-upper", "bernoulli/slope-lower"),
        "bernoulli/riemann-error is the slope against the rest of the step.",
        _by_parts,
    ),
    Derivation("odds", ("bernoulli/odds-bound",), "The ratio of odds less 1 is the step over a (1 - b).", _odds),
    Derivation(
        "information",
        ("odds-weighted-slope/tc", "odds-weighted-slope/dtc", "odds-weighted-slope/quarter"),
        "TC and DTC are integrals of the slope.",
        _information_as_slope,
    ),
    Derivation(
        "weights of drops",
        ("fixed-size/tc-only", "fixed-size/dtc-only", "fixed-size/log-length-steps"),
        "PATH_KL, TC and DTC weigh the same drops.",
        _weights_of_drops,
    ),
    Derivation(
        "binary agreement", ("pair/sharp-ser-lower",), "The largest agreement of two symbols.", _binary_agreement
    ),
    Derivation(
        "two values", ("pair/sharp-ser-lower",), "The distance of a law of two values from uniform.", _two_values
    ),
    Derivation(
        "birthday",
        ("permutations/linear-steps", "permutations/linear-steps-any-policy", "collision/at-least-1-over-n"),
        "Sizes and their squares.",
        _birthday,
    ),
    Derivation(
        "mixture",
        ("bernoulli/mixture-of-sizes-ser", "pair/ser-lower"),
        "Bernoulli steps mix fixed sizes with multinomial weights (bernoulli/mixture-of-sizes-path-kl).",
        _pair_is_a_mixture,
    ),
)
