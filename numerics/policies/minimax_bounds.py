"""The minimax value between two numbers: the recursion of :mod:`.minimax` in whole multiples of ``2^-BITS``.

``R(K)`` rises with every ``R(j)``, so rounding each of them up keeps what is feasible honest, and rounding down what is
not: a v is no smaller than the value if ``R(1) <= N - 1`` even rounded up, and no larger if ``R(1) >= N - 1`` even
rounded down.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from .._kernels.random_sizes import near_value
from .minimax import denominators

__all__ = ["minimax_bounds"]

BITS = 80
CLOSEST = 46
"""The first interval that is tried is ``2^-CLOSEST``, relatively, to either side of a value in floating point."""


def minimax_bounds(length: int, steps: int, criterion: str = "tc+dtc") -> tuple[Fraction, Fraction]:
    """Numbers that enclose the value of :func:`.minimax.minimax`, for lengths where its rationals are long.

    Parameters
    ----------
    length, steps : int
        ``L > N >= 1``.
    criterion : str

    Returns
    -------
    lo, hi : Fraction
        Some ``2^-40`` apart, relatively.

    Notes
    -----
    Some twenty passes over the recursion, ``O(L^2)`` operations each.

    Examples
    --------
    >>> from fractions import Fraction
    >>> lo, hi = minimax_bounds(8, 4)
    >>> lo <= Fraction(121, 1424) <= hi <= lo * (1 + Fraction(1, 2**40))
    True
    """
    D = [int(value) for value in denominators(criterion, length)]
    near = Fraction(near_value(steps, np.array(D, dtype=np.float64)))
    for exponent in itertools.count(-CLOSEST):
        apart = near * Fraction(2) ** exponent
        lo, hi = _dyadic(near - apart, up=False), _dyadic(near + apart, up=True)
        target = (steps - 1) << BITS
        if _passed(length, D, hi, up=True) <= target <= _passed(length, D, lo, up=False):
            return Fraction(lo, 1 << BITS), Fraction(hi, 1 << BITS)
    raise AssertionError


def _dyadic(value: Fraction, up: bool) -> int:
    scaled = value * (1 << BITS)
    return -(-scaled.numerator // scaled.denominator) if up else scaled.numerator // scaled.denominator


def _passed(L: int, D: Sequence[int], v: int, up: bool) -> int:
    """``R(1)`` at v, rounded up or down throughout, in units of ``2^-BITS``."""
    one = 1 << BITS
    R = [0] * (L + 1)
    for K in range(L - 1, 0, -1):
        total, root = -v * D[K - 1], 0
        for m, following in enumerate(itertools.islice(R, K + 1, None), 1):
            if m > 1 and root >= one + following:
                break
            total += following
            root = one - (-total // m) if up else one + total // m
        R[K] = max(root, R[K + 1])
    return R[1]
