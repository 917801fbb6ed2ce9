"""Linear maps at few vectors: what is left out is measured, and the sizes are those that were combined."""

from __future__ import annotations

import numpy as np
import pytest

from maskbound.numerics.engines.markov import spanned
from maskbound.numerics.engines.markov.spanned import Spanned

WEIGHTS = np.arange(9.0)


def slowly(k: int) -> np.ndarray:
    g = np.arange(9.0)[:, None, None]
    a = 0.2 + k / 200
    x = np.exp(-a * g * np.array([[1.0, 1.3], [0.7, 0.2]])) * np.array([[1.0, -1.0], [-0.5, 0.5]])
    x[0] = 0.0
    return x


def flipped(x: np.ndarray) -> np.ndarray:
    return 2 * x.transpose(0, 2, 1)


@pytest.mark.parametrize("allowed", [1e-3, 1e-6, 1e-9])
def test_what_is_left_out_is_what_is_said(allowed):
    calls = []
    known = Spanned(lambda x: calls.append(1) or flipped(x))
    largest = 0.0
    for k in range(100):
        x = slowly(k)
        found = known(x, WEIGHTS, allowed)
        apart = float((np.abs(found.value - flipped(x)).sum(axis=(1, 2)) * WEIGHTS).sum())
        rounding = 100 * 2.0**-53 * float((found.sizes * WEIGHTS).sum())
        assert found.left_out <= allowed
        assert abs(apart - 2 * found.left_out) <= rounding
        assert (found.sizes >= np.abs(x).sum(axis=(1, 2)) - found.left_out - rounding).all()
        largest = max(largest, found.left_out)
    assert len(calls) < 40
    assert largest > allowed / 1000


def test_more_vectors_than_are_kept_and_longer_ones(monkeypatch):
    monkeypatch.setattr(spanned, "MOST", 2)
    known = Spanned(flipped)
    rng = np.random.default_rng(0)
    for G in (3, 3, 3, 5, 4, 8, 2):
        x = rng.standard_normal((G + 1, 2, 2))
        x[0] = 0.0
        found = known(x, WEIGHTS, 0.0)
        assert found.value.shape == x.shape
        assert np.abs(found.value - flipped(x)).max() <= 1e-13 * found.sizes.sum()
