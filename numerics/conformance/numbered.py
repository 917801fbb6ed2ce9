"""Bets on what depends on the number of a step, which is known only if there are as many questions as steps.

Whether there will be is not known before a call: code may stop when all is revealed, or leave out steps that reveal
nothing. Bets that count only where all are asked would win by those calls alone. So a call with other questions loses
all but what is kept for it, and later calls are not bet on (proofs_notes/samplers/steps.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..policies import Policy
from .steps import SLIP

__all__ = ["NumberedBets"]

Array = NDArray[np.float64]
Model = tuple[str, str]


class NumberedBets:
    """The bets of a policy whose steps are known by their numbers; of others there are none.

    Parameters
    ----------
    policy : Policy
    """

    def __init__(self, policy: Policy) -> None:
        self._policy, self._over = policy, False

    def bets(
        self,
        questions: NDArray[np.int64],
        step: NDArray[np.int64],
        call: NDArray[np.int64],
        found: Mapping[Model, tuple[Array, Array]],
    ) -> dict[Model, Array]:
        """Log probabilities (n,) of transitions that the alternatives bet by.

        Parameters
        ----------
        questions : (calls,) int64
            How many each call asked.
        step, call : (n,) int64
            From 1 and from 0.
        found : mapping of (str, str) to ((n,) float64, (n,) float64)
            Log probabilities under each alternative and under the claim, which are equal where there are too few
            questions.
        """
        policy = self._policy
        if policy.step_law is None and not policy.remasks:
            return {}
        unknown = questions != policy.steps if policy.remasks else questions < policy.steps
        over = np.logical_or.accumulate([self._over, *unknown])
        self._over = bool(over[-1])
        price = np.where(over[:-1], 0.0, np.where(unknown, math.log(SLIP), math.log1p(-SLIP)))
        paid = np.where(step == 1, price[call], 0.0)
        return {
            model: np.where(over[call], claimed, law) + paid
            for model, (law, claimed) in found.items()
            if model[0] in ("sizes", "revealed")
        }
