"""The learning term of an imperfect denoiser on a Markov chain that sees the two nearest revealed neighbours only
(learning-error/worst-case).

The learning term is ``sum_i E D(q(.|X_R) || p_theta(.|X_R))``, X drawn from q and R what is revealed before i.
Both laws depend on the tokens and distances of the two nearest revealed neighbours, so that the sum runs over
pairs of distances (g, h), each with the probability that i has revealed neighbours there. Every divergence is a sum
of non-negative terms.

A neighbour farther than G counts as none: the denoiser does not see it (or sees it only through the exact
conditional), and the chain has mixed to a defect e, which changes a conditional by a factor of at most
``((1+e)/(1-e))^2``. Pairs of distances that are too rare to matter are left out where predictions have a least value.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...denoisers import NearRule
from ...numbers.enclosure import RAISED, SAFE, gamma
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from ..reveal_probabilities import ProbabilitiesBefore
from .chain import Chain, Measured

__all__ = ["NearPredictions"]

TOLERANCE = 1e-13


class _Context(NamedTuple):
    """Distances to the neighbours, weights of their tokens (u, v), which of these can occur, exact conditionals."""

    left: int
    right: int
    weight: NDArray[np.float64]
    possible: NDArray[np.bool_]
    exact: NDArray[np.float64]


class NearPredictions:
    """A rule of prediction on one chain.

    Parameters
    ----------
    chain : Chain
    rule : NearRule
    depth : int
        Roundings in a prediction beside those of the exact conditionals.

    Attributes
    ----------
    furthest : int
        G, beyond which a neighbour counts as none.
    """

    def __init__(self, chain: Chain, rule: NearRule, depth: int) -> None:
        L = chain.length
        mixing = chain.mixing(TOLERANCE)
        G = L - 1 if mixing is None else min(max(mixing.gap, rule.reach), L - 1)
        e = chain.mixed_at(G) if G < L - 1 else 0.0
        self.chain, self.rule, self.furthest = chain, rule, G
        laws = chain.power_depth(2 * max(G, 1)) + chain.marginal_depth(G + 1)
        self._relative = gamma(3 * laws + chain.vocab + L + 30)
        self._moved = rule.sensitivity * self._relative + gamma(depth)
        self._shift = rule.sensitivity * 4 * math.atanh(min(e, 0.5))

    def learning_term(self, before: ProbabilitiesBefore) -> Measured:
        """``sum_i E D(q || p_theta)`` in nats, which PATH_KL has more than with the exact denoiser.

        Parameters
        ----------
        before : ProbabilitiesBefore
            Of the policy, for up to ``2 G`` masked positions.

        Returns
        -------
        Measured
            Infinite where a prediction is zero and q is not.

        Notes
        -----
        Cost ``O(G^2 V^3)``, G the larger of the rule's reach and the mixing distance; all of L if the chain does not
        mix.
        """
        rare = _Rare(self.rule.least, TOLERANCE / self.chain.length)
        relative = self._relative + gamma(before.depth)
        sums, errors, missing = [], [], []
        for context in self._contexts(before.probability, rare):
            weight = context.weight[context.possible]
            value, rounding, truncation = self._divergences(context)
            if np.isinf(value).any():
                return Measured(math.inf, 0.0)
            sums.append(math.fsum(weight * value))
            errors.append(math.fsum(weight * (rounding + value * relative)))
            missing.append(math.fsum(weight * truncation))
        truncated = math.fsum(missing) + rare.left_out
        return Measured(math.fsum(sums), math.fsum(errors) * RAISED, truncated * RAISED)

    def worst(self) -> Measured:
        """``max D(q || p_theta)`` over all possible contexts, in nats; costs what the learning term does."""
        always = np.ones((3, 2 * self.furthest + 1))
        worst, lo, hi, shift = 0.0, 0.0, 0.0, 0.0
        for context in self._contexts(always, _Rare(0.0, 0.0)):
            value, rounding, truncation = self._divergences(context)
            if np.isinf(value).any():
                return Measured(math.inf, 0.0)
            worst = max(worst, float(value.max(initial=0.0)))
            lo = max(lo, float((value - rounding).max(initial=0.0)))
            hi = max(hi, float((value + rounding).max(initial=0.0)))
            shift = max(shift, float(truncation.max(initial=0.0)))
        return Measured(worst, max(hi - worst, worst - lo) * RAISED, shift)

    def _divergences(self, context: _Context) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """``D(q || p_theta)`` where the context is possible, its rounding and its truncation error.

        With both laws within factors ``exp(+-d)``, D moves by at most ``2d + (exp(d) - 1) sum q |log(q/p)|``.
        """
        exact = context.exact[context.possible]
        predicted = self.rule.predict(context.left, context.right, context.exact)[context.possible]
        on = exact > 0
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(on, np.log(np.where(on, exact, 1.0)), 0.0)
            signed = np.where(on, exact * (logs - np.log(predicted)), 0.0)
        value = np.maximum(signed.sum(axis=-1), 0.0)
        size = np.where(np.isinf(value), 0.0, np.abs(signed).sum(axis=-1)) + (np.abs(logs) * exact).sum(axis=-1)
        return value, 3 * self._moved * (1 + size) + 8 * U * size, 2 * self._shift * (1 + size)

    def _contexts(self, probability: NDArray[np.float64], rare: _Rare) -> Iterator[_Context]:
        """Every pair of distances up to G, or none, with its probabilities under q added over positions.

        Beside an end of the sequence positions are told apart by how many masked ones lie between, and by the law of
        a token until that has settled.
        """
        chain, L, V, G = self.chain, self.chain.length, self.chain.vocab, self.furthest
        none, one, two = probability
        K = chain.powers(min(2 * G, L), math.sqrt(SAFE))
        laws = chain.marginals(min(G + 1, L), math.sqrt(SAFE))
        sigma = np.concatenate([laws, np.broadcast_to(laws[-1], (L - len(laws), V))])
        totals = np.concatenate([np.zeros((1, V)), np.cumsum(sigma, axis=0)])
        for g in range(1, G + 1):
            for h in range(1, min(G, L - 1 - g) + 1):
                if rare.skips(two[g + h - 2] * (L - g - h)):
                    continue
                start, ends = totals[L - g - h][:, None], K[g + h]
                exact = _normal(K[g][:, None, :] * K[h].T[None], ends)
                yield _Context(g, h, two[g + h - 2] * start * ends, (start > 0) & (ends > 0), exact)
        for g in range(1, min(G, L - 1) + 1):
            masked = g - 1 + np.minimum(L - np.arange(g + 1, L + 1), G)
            if rare.skips(float(one[masked].sum())):
                continue
            weight = one[masked] @ sigma[: L - g]
            possible = (one[masked] > 0).astype(np.float64) @ sigma[: L - g] > 0
            yield _Context(g, 0, weight[:, None], possible[:, None], K[g][:, None, :])
        for i, law in enumerate(laws, start=1):
            alike = L - i if i == len(laws) else 0
            for h in range(1, min(G, L - i) + 1):
                here = one[h - 1 + min(i - 1, G)] + min(alike, L - i - h) * one[h - 1 + G]
                if rare.skips(here):
                    continue
                joint = law[:, None] * K[h]
                arrive = joint.sum(axis=0)
                exact = _normal(joint.T[None], arrive[None])
                yield _Context(0, h, (here * arrive)[None], (arrive > 0)[None], exact)
        for i, law in enumerate(laws, start=1):
            places = np.arange(i, L + 1 if i == len(laws) else i + 1)
            here = none[np.minimum(places - 1, G) + np.minimum(L - places, G)].sum()
            if here > 0:
                yield _Context(0, 0, np.full((1, 1), here), np.ones((1, 1), dtype=bool), law[None, None])


class _Rare:
    """Contexts whose share of the learning term is below a threshold, and the sum of these shares."""

    def __init__(self, least: float, threshold: float) -> None:
        self._most = -math.log(least) if least > 0 else math.inf
        self._threshold = threshold
        self.left_out = 0.0

    def skips(self, probability: float) -> bool:
        """Whether contexts of this probability are left out; D is at most ``-log`` of the least prediction."""
        share = probability * self._most if probability > 0 else 0.0
        if share > self._threshold:
            return False
        self.left_out += share * RAISED
        return True


def _normal(joint: NDArray[np.float64], total: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(joint, total[:, :, None], out=np.zeros(joint.shape), where=total[:, :, None] > 0)
