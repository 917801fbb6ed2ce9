"""Bounds that round outwards, against 200 bits."""

from __future__ import annotations

import mpmath
from hypothesis import given
from hypothesis import strategies as st

from maskbound.numerics.numbers.enclosure import minus_log


@given(st.integers(1, 2**53), st.integers(0, 60), st.sampled_from([0, 3, 1000]))
def test_bounds_of_a_surprisal_contain_it(numerator, down, depth):
    """Also next to 1, where a relative error says nothing; at both ends of what the roundings leave."""
    p = numerator / 2.0 ** (53 + down)
    lo, hi = minus_log(p, depth)
    with mpmath.workprec(200):
        moved = mpmath.mpf(depth) / 2**53
        for exact in (mpmath.mpf(p), mpmath.mpf(p) * (1 - moved), mpmath.mpf(p) * (1 + moved)):
            if exact <= 1:
                assert lo <= -mpmath.log(exact) <= hi
        assert hi - lo <= (2.1 * moved + mpmath.mpf(2) ** -48 * -mpmath.log(p)) * (1 + mpmath.mpf(10) ** -5)
