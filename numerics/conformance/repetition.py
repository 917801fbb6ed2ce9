"""The bet that code ignores its seed: that each row does what it did in the first call of as many rows."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .trace import Trace

__all__ = ["Repetition"]

Array = NDArray[np.float64]


class Repetition:
    """Its wealth.

    Attributes
    ----------
    wealth : float
        In nats.
    """

    def __init__(self) -> None:
        self.wealth = 0.0
        self._first: dict[int, Trace] = {}

    def add(self, traces: list[Trace], claimed: Array) -> None:
        """Bet on calls; half of the stake is kept for all else.

        Parameters
        ----------
        traces : list of Trace
        claimed : (rows,) float64
            Log probability of what each row of the calls did, under the claim; -inf is counted elsewhere.
        """
        start = 0
        for trace in traces:
            rows = trace.y.shape[1]
            own = claimed[start : start + rows]
            start += rows
            # One call of as many rows, however many questions it has: two would be two alternatives.
            first = self._first.setdefault(rows, trace)
            if first is trace:
                continue
            same = np.isfinite(own) & (first.y.shape == trace.y.shape)
            if same.any():
                same &= (first.y == trace.y).all(axis=(0, 2))
            again = np.where(same, np.logaddexp(0.0, -np.where(same, own, 0.0)), 0.0) - math.log(2)
            self.wealth += float(np.logaddexp.reduce(again)) - math.log(rows)
