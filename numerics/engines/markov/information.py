"""Entropies, the information curve and PATH_KL of a Markov chain at any length.

Statements. For a set R of positions the entropy of ``X_R`` falls short of the sum of its tokens' entropies by the
mutual informations of neighbours in R. So with ``J(d) = sum_i I(X_i; X_{i+d})``, d = 1..L-1, and every position
kept with probability a,

    ``E H(X_R) = a sum_i H(X_i) - sum_d J(d) a^2 (1-a)^{d-1}``,

whose derivative is the curve (area-theorem/defect): ``Z(a) = sum_i H(X_i) - sum_d J(d) b_d(a)`` with
``b_d(a) = 2a (1-a)^{d-1} - (d-1) a^2 (1-a)^{d-2}``. The integral of ``b_d`` is 1 for d = 1 and 0 above. Hence
(bernoulli/riemann-error)

    ``PATH_KL = sum_d c_d J(d)``, ``c_1 = sum_k w_k^2``, ``c_d = -sum_k w_k b_d(a_{k-1})`` for d >= 2:

no entropy is left, and nothing large cancels. A fixed-size sampler has the same form with the probability
``rho_m(d) = (m)_2 (L-m)_{d-1} / (L)_{d+1}`` that a uniform set of m positions holds i and i+d and none between:
``z(j) = sum_i H(X_i) - L sum_d J(d) (rho_{j+1}(d) - rho_j(d))`` and
``c_d = sum_k [rho_{S_k} - rho_{S_{k-1}} - s_k (rho_{S_{k-1}+1} - rho_{S_{k-1}})](d)``, a sum of second differences.

Truncation. ``J`` does not increase (data processing), and ``sum_{d>D} |b_d(a)| <= 3``, so that leaving out d >
D moves Z(a) and PATH_KL by at most ``3 J(D)``, ``z(j)`` by ``5 L J(D)`` and fixed sizes' PATH_KL by ``4 J(D)``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..._kernels.lag_information import lag_information
from ...errors import BeyondReach
from ...numbers.enclosure import RAISED, gamma
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from ...numbers.probabilities import PARAMETER_DEPTH
from ..reveal_probabilities import fixed_size_coefficients, lag_coefficients, pair_probability_differences
from ..reveal_steps import prefix_sums
from .chain import Chain, Measured
from .token_laws import TokenLaws, rescaled, token_laws

__all__ = [
    "LagInformation",
    "curve",
    "dual_total_correlation",
    "entropy",
    "lag_information_of",
    "path_kl",
    "path_kl_fixed_size",
    "profile",
    "total_correlation",
]

NEGLIGIBLE = 2.0**-70
"""Lags end where ``J(d)`` is this small beside ``J(1)``, or lost in its own rounding error."""

OPERATIONS_BUDGET = 2e11


@dataclass(frozen=True)
class LagInformation:
    """Mutual informations and entropies from which the information quantities of one chain are made.

    Attributes
    ----------
    length : int
    J, J_error : (D,) float64
        ``J(1)..J(D)`` in nats and absolute error bounds; D may be 0 (L = 1).
    beyond : float
        Upper bound of ``J(d)`` for every d > D; 0 when none is left out.
    tokens, sequence : Measured
        ``sum_i H(X_i)`` and ``H(X)`` in nats.
    """

    length: int
    J: NDArray[np.float64]
    J_error: NDArray[np.float64]
    beyond: float
    tokens: Measured
    sequence: Measured


def lag_information_of(chain: Chain) -> LagInformation:
    """``J(d)`` and the entropies.

    Raises
    ------
    BeyondReach
        When the laws of single tokens do not settle and the work ``L D V^2`` would be too long.

    Notes
    -----
    Cost ``O(T D V^2 + D V^3)``, T the number of positions until ``sigma_i`` repeats and D the lags that count: about
    40 each for English letters whatever L; all of L for a chain that never mixes.
    """
    chain = chain.reduced
    laws = token_laws(chain)
    J, errors, beyond = _lags(chain, laws)
    tokens = _token_entropies(laws)
    if chain.end is None:
        sequence = _sequence_entropy(chain, laws)
    else:
        sequence = _less(tokens, Measured(float(J[0]), float(errors[0]))) if chain.length > 1 else tokens
    return LagInformation(chain.length, J, errors, beyond, tokens, sequence)


def entropy(lags: LagInformation) -> Measured:
    """``H(X)`` in nats."""
    return lags.sequence


def total_correlation(lags: LagInformation) -> Measured:
    """``TC = J(1)``: the sum of token entropies exceeds ``H(X)`` by the informations of adjacent tokens."""
    return Measured(float(lags.J[0]), float(lags.J_error[0])) if lags.length > 1 else Measured(0.0, 0.0)


def dual_total_correlation(lags: LagInformation) -> Measured:
    """``DTC = J(1) - J(2)``, since ``Z(1) = sum_i H(X_i) - 2 J(1) + J(2)``."""
    coefficients = np.array([1.0, -1.0])
    return _combine(lags, coefficients, np.zeros(2), tail=1.0, least=0.0)


def curve(lags: LagInformation, a: Sequence[float] | NDArray[np.float64]) -> list[Measured]:
    """``Z(a)`` in nats at fractions ``a`` in [0, 1]."""
    results = []
    for fraction in np.asarray(a, dtype=np.float64):
        b, b_error = lag_coefficients(np.array([fraction]), np.array([1 - fraction]), np.ones(1), len(lags.J), 3 * U)
        results.append(_less(lags.tokens, _combine(lags, b, b_error, tail=3.0)))
    return results


def profile(lags: LagInformation) -> list[Measured]:
    """``z(0)..z(L-1)`` in nats; cost ``O(L D)``."""
    L = lags.length
    results = []
    for difference, error in pair_probability_differences(L, len(lags.J)):
        results.append(_less(lags.tokens, _combine(lags, L * difference, L * error, tail=5.0 * L)))
    return results


def path_kl(lags: LagInformation, weights: NDArray[np.float64]) -> Measured:
    """PATH_KL of the Bernoulli sampler with step law ``weights`` and the exact denoiser, in nats; cost ``O(N D)``."""
    w = np.asarray(weights, dtype=np.float64)
    before, after = prefix_sums(w), prefix_sums(w[::-1])[::-1]
    b, error = lag_coefficients(before[:-1], after[:-1], w, len(lags.J), (PARAMETER_DEPTH + 2) * U)
    c = -b
    if len(c):
        c[0] = math.fsum(w * w)
        error[0] = c[0] * gamma(2 * PARAMETER_DEPTH + 2)
    return _combine(lags, c, error, tail=3.0, least=0.0)


def path_kl_fixed_size(lags: LagInformation, sizes: Sequence[int]) -> Measured:
    """PATH_KL of the fixed-size sampler, in nats; cost ``O(L D)``. Exactly zero when no step reveals two tokens."""
    if max(sizes) <= 1:
        return Measured(0.0, 0.0)
    c, error = fixed_size_coefficients(sizes, lags.length, len(lags.J))
    return _combine(lags, c, error, tail=4.0, least=0.0)


def _combine(
    lags: LagInformation, c: NDArray[np.float64], c_error: NDArray[np.float64], tail: float, least: float = -math.inf
) -> Measured:
    """``sum_d c_d J(d)`` with the errors of both factors and ``tail * beyond`` for the lags left out."""
    D = min(len(c), len(lags.J))
    J, J_error, c, c_error = lags.J[:D], lags.J_error[:D], c[:D], c_error[:D]
    terms = c * J
    value = math.fsum(terms)
    rounding = math.fsum(np.abs(c) * J_error) + math.fsum(c_error * (J + J_error)) + 2 * U * math.fsum(np.abs(terms))
    return Measured(max(value, least), rounding * RAISED, tail * lags.beyond)


def _less(whole: Measured, part: Measured) -> Measured:
    value = whole.value - part.value
    return Measured(value, whole.rounding + part.rounding + U * abs(value), whole.truncation + part.truncation)


def _lags(chain: Chain, laws: TokenLaws) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    L, V = chain.length, chain.vocab
    J: list[float] = []
    errors: list[float] = []
    K, exponent = np.eye(V, dtype=np.longdouble), 0
    work = 0.0
    for d in range(1, L):
        K = chain.step(K)
        if chain.end is not None:
            K, exponent = rescaled(K, exponent)
        start, after, count, relative_pairs = laws.pairs(d)
        work += len(count) * V * V * 10.0 + 2.0 * V**3
        if work > OPERATIONS_BUDGET:
            raise BeyondReach(
                f"the chain's tokens stay dependent beyond {d} positions, and with {len(laws.rows)} laws of single "
                f"tokens: the informations at all distances need more than {OPERATIONS_BUDGET:.0e} operations"
            )
        left, right = laws.factors(start, after, exponent)
        parts = lag_information(laws.rows[start], laws.rows[after], K.astype(np.float64), left, right)
        if not np.isfinite(parts).all():
            raise BeyondReach(f"the probabilities of tokens {d} apart given the length leave the range of float64")
        rho_error = gamma(chain.power_depth(d) + 3) + relative_pairs + laws.factor_error
        weight_error = 2 * relative_pairs + gamma(4 * V + 8)
        error = parts[:, 0] * weight_error + (1.01 * rho_error + 8 * U) * parts[:, 1] * (1 + gamma(4 * V + 8))
        error += 2.1 * rho_error**2
        J.append(math.fsum(count * np.maximum(parts[:, 0], 0.0)))
        errors.append(math.fsum(count * error) * RAISED + 2 * U * J[-1])
        if d < L - 1 and (J[-1] <= NEGLIGIBLE * J[0] or J[-1] < errors[-1]):
            return np.array(J), np.array(errors), J[-1] + errors[-1]
    return np.array(J), np.array(errors), 0.0


def _token_entropies(laws: TokenLaws) -> Measured:
    count = np.bincount(laws.position, minlength=len(laws.rows)).astype(np.float64)
    each = [_law_entropy(law, error) for law, error in zip(laws.rows, laws.error, strict=True)]
    return _sum_of(each, count)


def _sequence_entropy(chain: Chain, laws: TokenLaws) -> Measured:
    """``H(X_1) + sum_{i<L} sum_u sigma_i(u) H(P(u, .))``."""
    rows = [_law_entropy(row, gamma(PARAMETER_DEPTH)) for row in chain.transition]
    values, errors = np.array([row.value for row in rows]), np.array([row.rounding for row in rows])
    count = np.bincount(laws.position[:-1], minlength=len(laws.rows)).astype(np.float64)
    each = [_law_entropy(laws.rows[0], laws.error[0])]
    for law, error in zip(laws.rows, laws.error, strict=True):
        value = math.fsum(law * values)
        each.append(Measured(value, math.fsum(law * errors) * RAISED + value * (error + 4 * U) * RAISED))
    return _sum_of(each, np.append(1.0, count))


def _law_entropy(law: NDArray[np.float64], relative: float) -> Measured:
    p = law[law > 0]
    terms = -p * np.log(p)
    value = math.fsum(terms)
    moved = relative * (math.fsum(np.abs(terms)) + math.fsum(p) * (1 + 2 * relative))
    return Measured(max(value, 0.0), moved * RAISED + 8 * U * math.fsum(np.abs(terms)))


def _sum_of(each: list[Measured], count: NDArray[np.float64]) -> Measured:
    values = np.array([one.value for one in each]) * count
    errors = np.array([one.rounding for one in each]) * count
    value = math.fsum(values)
    return Measured(value, math.fsum(errors) * RAISED + 4 * U * math.fsum(np.abs(values)))
