"""Closed forms of known answers for order-oblivious policies and the exact denoiser, as sympy expressions.

Each function returns the quantities that it knows, by name (`notation`). Parameters may be sympy symbols or exact
numbers; a Bernoulli policy is given by its weights ``w_1..w_N``, a fixed-size one by its sizes ``s_1..s_N``.
Logarithmic values are in nats. Floats are refused: a closed form of a rounded number is not one.

Proofs where the derivation is more than counting are in known-answers.md, bernoulli-riemann-error.md and pair.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import factorial, prod
from typing import TypeAlias

from sympy import Expr, Integer, Poly, Rational, Symbol, log, symbols

__all__ = [
    "collision",
    "copy_bernoulli",
    "copy_curve",
    "copy_fixed_size",
    "exact_sampling",
    "mds_fixed_size",
    "pair_bernoulli",
    "pair_fixed_size",
    "parity_bernoulli",
    "parity_curve",
    "permutations_fixed_size",
    "shifted_pair_bernoulli",
    "symmetric_chain_entropy",
]

Number: TypeAlias = Expr | int | Fraction | str
Answers: TypeAlias = dict[str, Expr]


def _exact(value: Number) -> Expr:
    if isinstance(value, Expr):
        return value
    if isinstance(value, float):
        raise TypeError(f'found the float {value}; a closed form takes exact numbers, such as "1/3"')
    return Rational(str(value)) if isinstance(value, str) else Rational(value)


def _schedule(weights: Sequence[Number]) -> tuple[list[Expr], list[Expr]]:
    """``w_1..w_N`` and the revealed fractions ``a_0..a_N``."""
    w = [_exact(value) for value in weights]
    a: list[Expr] = [Integer(0)]
    for value in w:
        a.append(a[-1] + value)
    return w, a


def _blocks(length: Number, block: int | Expr) -> Expr:
    count = _exact(length) / block
    if count.is_integer is False:
        raise ValueError(f"length={length} is not a multiple of the block length {block}")
    return count


def collision(weights: Sequence[Number]) -> Expr:
    """``rho = sum_k w_k^2``."""
    return sum((_exact(value) ** 2 for value in weights), Integer(0))


def exact_sampling() -> Answers:
    """Whatever makes ``p = q``: an i.i.d. language, or one token at a time, with the exact denoiser."""
    zero = Integer(0)
    return {"kl": zero, "reverse_kl": zero, "path_kl": zero, "tv": zero, "hellinger": zero, "ser": zero}


def pair_bernoulli(vocab: Number, length: Number, weights: Sequence[Number]) -> Answers:
    """Pair(V): a block goes wrong only when both its tokens come in one step, which has chance rho.

    ``SER = 1 - (1 - (1 - 1/V) rho)^{L/2}``, ``PATH_KL = (L/2) rho log V``, ``KL = -(L/2) log(1 - rho + rho/V)``.
    """
    v, blocks, rho = _exact(vocab), _blocks(length, 2), collision(weights)
    correct = 1 - rho + rho / v
    return {
        "collision_probability": rho,
        "ser": 1 - correct**blocks,
        "kl": -blocks * log(correct),
        "path_kl": blocks * rho * log(v),
        "entropy": blocks * log(v),
        "total_correlation": blocks * log(v),
        "dual_total_correlation": blocks * log(v),
    }


def pair_fixed_size(vocab: Number, length: int, sizes: Sequence[int]) -> Answers:
    """Pair(V): ``P(correct) = [t^s] ((sum_k t_k)^2 - (1 - 1/V) sum_k t_k^2)^{L/2} / multinomial(L; s)``.

    A block contributes ``t_j t_k`` when its tokens come in steps j and k, weighted by 1/V when j = k; the law on the
    support is uniform, so ``KL = -log P(correct)``; ``PATH_KL`` counts the expected number of blocks in one step.
    Cost: a polynomial in as many variables as there are steps.
    """
    v, blocks = _exact(vocab), _blocks(length, 2)
    if sum(sizes) != length:
        raise ValueError(f"sizes={list(sizes)} sum to {sum(sizes)}, not to length={length}")
    t = symbols(f"t1:{len(sizes) + 1}")
    both = Poly((sum(t) ** 2 - (1 - 1 / v) * sum(tk**2 for tk in t)) ** blocks, *t)
    arrangements = Integer(factorial(length)) / prod(factorial(s) for s in sizes)
    wanted = prod((tk**s for tk, s in zip(t, sizes, strict=True)), start=Integer(1))
    correct = both.coeff_monomial(wanted) / arrangements
    together = sum(Rational(s * (s - 1), length * (length - 1)) for s in sizes)
    return {"ser": 1 - correct, "kl": -log(correct), "path_kl": blocks * together * log(v)}


def copy_bernoulli(vocab: Number, copies: int, length: int, weights: Sequence[Number]) -> Answers:
    """Copy(V, m): with J the tokens revealed at a block's first step, it is correct with chance ``E V^{-(J-1)}``.

    ``E V^{-(J-1)} = V sum_k [(w_k/V + 1 - a_k)^m - (1 - a_k)^m]`` and ``E J = m sum_k w_k (1 - a_{k-1})^{m-1}``;
    ``PATH_KL = (L/m)(E J - 1) log V``.
    """
    v, blocks = _exact(vocab), _blocks(length, copies)
    w, a = _schedule(weights)
    pairs = list(zip(w, a[:-1], a[1:], strict=True))
    correct = v * sum((wk / v + 1 - after) ** copies - (1 - after) ** copies for wk, _, after in pairs)
    first = copies * sum(wk * (1 - before) ** (copies - 1) for wk, before, _ in pairs)
    return {
        "ser": 1 - correct**blocks,
        "kl": -blocks * log(correct),
        "path_kl": blocks * (first - 1) * log(v),
        "total_correlation": blocks * (copies - 1) * log(v),
        "dual_total_correlation": blocks * log(v) if copies > 1 else Integer(0),
    }


def copy_fixed_size(vocab: Number, sizes: Sequence[int]) -> Answers:
    """Copy(V, m), one block: J is the first size that is not zero, ``KL = PATH_KL = (J - 1) log V``."""
    v, first = _exact(vocab), next(s for s in sizes if s)
    return {"ser": 1 - v ** (1 - first), "kl": (first - 1) * log(v), "path_kl": (first - 1) * log(v)}


def copy_curve(vocab: Number, copies: Number, length: Number, a: Expr) -> Expr:
    """Copy(V, m): ``Z(a) = L log V (1 - a)^{m-1}``."""
    return _exact(length) * log(_exact(vocab)) * (1 - a) ** (_exact(copies) - 1)


def parity_bernoulli(length: int, weights: Sequence[Number]) -> Answers:
    """Parity: only the last step can go wrong, when it reveals more than one token (then with chance 1/2).

    ``SER = (1 - L sum_k w_k a_{k-1}^{L-1})/2``, ``KL = -log(1 - SER)``, ``PATH_KL = 2 log(2) SER``; ``0^0 = 1``.
    """
    w, a = _schedule(weights)
    alone = length * sum((wk * before ** (length - 1) for wk, before in zip(w, a[:-1], strict=True)), Integer(0))
    error = (1 - alone) / 2
    return {"ser": error, "kl": -log(1 - error), "path_kl": log(2) * (1 - alone)}


def parity_curve(length: int, a: Expr) -> Expr:
    """Parity: ``Z(a) = L log 2 (1 - a^{L-1})``."""
    return length * log(2) * (1 - a ** (length - 1))


def mds_fixed_size(field: Number, dimension: int, sizes: Sequence[int]) -> Answers:
    """MDS(Q, K): the step that passes K draws ``e = S_k - K`` tokens that were determined already.

    ``KL = PATH_KL = e log Q`` and ``SER = 1 - Q^{-e}``, with k such that ``S_{k-1} < K <= S_k``.
    """
    order, revealed = _exact(field), 0
    if not 0 < dimension <= sum(sizes):
        raise ValueError(f"dimension={dimension} is not between 1 and the length {sum(sizes)}")
    for s in sizes:
        revealed += s
        if revealed >= dimension:
            break
    excess = revealed - dimension
    return {"ser": 1 - order ** (-excess), "kl": excess * log(order), "path_kl": excess * log(order)}


def permutations_fixed_size(sizes: Sequence[int]) -> Answers:
    """Uniform permutations, V = L: ``P(correct) = prod_k n_k (n_k - 1) .. (n_k - s_k + 1) / n_k^{s_k}``.

    ``n_k`` positions are masked before step k (permutations/birthday); ``KL = PATH_KL = -log P(correct)``.
    """
    masked, correct = sum(sizes), Integer(1)
    for s in sizes:
        if s:
            correct *= Rational(factorial(masked), factorial(masked - s)) / Integer(masked) ** s
        masked -= s
    return {"ser": 1 - correct, "kl": -log(correct), "path_kl": -log(correct)}


def shifted_pair_bernoulli(vocab: Number, length: Number, weights: Sequence[Number]) -> Answers:
    """ShiftedPair over V >= 3 symbols: three of V differences are allowed, whatever the hidden states.

    ``SER = 1 - (1 - (1 - 3/V) rho)^{L/2}``; 13/16 for V = 16.
    """
    v, blocks = _exact(vocab), _blocks(length, 2)
    return {"ser": 1 - (1 - (1 - 3 / v) * collision(weights)) ** blocks}


def symmetric_chain_entropy(flip: Number, left: int | Symbol, right: int | Symbol) -> Expr:
    """``H(X_i | X_{i-g}, X_{i+h})`` of the two-state symmetric chain with flip f, g = left and h = right.

    From ``P^g(x, y) = (1 + (1 - 2f)^g (-1)^{x+y})/2``: given ends that agree or differ, the middle follows
    ``(1 + u)(1 + v)/(2(1 + uv))`` or ``(1 + u)(1 - v)/(2(1 - uv))``, u and v the powers to the left and right.
    """
    u = (1 - 2 * _exact(flip)) ** left
    v = (1 - 2 * _exact(flip)) ** right
    total = Integer(0)
    for sign in (1, -1):
        ends = (1 + sign * u * v) / 2
        if ends == 0:
            continue
        first = (1 + u) * (1 + sign * v) / (2 * (1 + sign * u * v))
        for chance in (first, 1 - first):
            if chance != 0:
                total -= ends * chance * log(chance)
    return total
