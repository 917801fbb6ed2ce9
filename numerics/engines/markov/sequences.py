"""Log-probability of given sequences under a Markov chain's sampler, at any length and off the support too.

The recursion is that of ``ser`` with tokens that are known. Tables hold the probability that the
inside of an interval is drawn as given, divided by the product of a scale for each token (its transition
probability times ``exp(-PATH_KL/L)``), so that a table entry is of the order of ``exp(PATH_KL share - log
q/p)`` and does not underflow at any length of interest.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..._kernels.threads import for_each
from ...errors import BadInput, BeyondReach
from ...numbers.enclosure import RAISED, SAFE, gamma
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from ...numbers.probabilities import PARAMETER_DEPTH
from ..reveal_steps import RevealStep, bernoulli_steps, step_depth
from .chain import Chain, Measured
from .information import lag_information_of, path_kl
from .replay import BLOCK, CHUNK, Room, Step, replay_step, width
from .replay_long import NEXT, Long, Ways, replay_long_step

__all__ = ["log_probabilities"]

TOLERANCE = 1e-10
"""Truncation error aimed at for a log-probability."""

SAFE_EXPONENT = 600.0

ONCE_AND_AFTER = 1 + 2 * (1 + NEXT)
"""How often the error of a panel's long intervals counts: once in its step, and in the next twice for each panel whose
ways build on it.
"""


def log_probabilities(
    chain: Chain,
    weights: NDArray[np.float64],
    sequences: NDArray[np.integer],
    off_support: Literal["uniform", "marginal", "stop"] = "uniform",
    tolerance: float = TOLERANCE,
) -> list[Measured]:
    """``log p(x)`` in nats of the Bernoulli sampler with the exact denoiser, local scope; ``-inf`` where ``p(x)
    = 0``.

    Parameters
    ----------
    chain : Chain
    weights : (N,) float64
    sequences : (n, L) int
    off_support : {"uniform", "marginal", "stop"}
        What is drawn in an interval that no path joins; ``stop`` never completes such a sequence.
    tolerance : float
        Truncation error aimed at.

    Raises
    ------
    BeyondReach
        When products of two probabilities of the chain, or the scaled tables, leave the range of float64 (a sequence
        whose ``log p/q`` is far from ``-PATH_KL``).

    Notes
    -----
    Cost ``O(n N (L^3 + L H^3))`` multiplications of numbers, H the mixing distance.
    """
    x = np.asarray(sequences)
    if x.ndim != 2 or x.shape[1] != chain.length:
        raise BadInput("sequences", f"found shape {x.shape}; sequences of length {chain.length} are accepted")
    if x.size and (x.min() < 0 or x.max() >= chain.vocab):
        raise BadInput("sequences", f"found tokens in {x.min()}..{x.max()}; 0..{chain.vocab - 1} are accepted")
    L = chain.length
    mixing = chain.mixing(tolerance / (6 * L))
    H, e = (L, 0.0) if mixing is None or mixing.gap >= L else mixing
    laws = chain.marginals(min(H + 1, L), math.sqrt(SAFE))
    sigma = np.concatenate([laws, np.broadcast_to(laws[-1], (L - len(laws), chain.vocab))])
    tilt = path_kl(lag_information_of(chain), weights).value / L
    K = chain.powers(min(2 * H, L), math.sqrt(SAFE))
    truncation = 3 * L * (math.log1p(e) - math.log1p(-e)) * RAISED if e else 0.0
    found: list[Measured | None] = [None] * len(x)

    def replay(k: int) -> None:
        found[k] = _log_probability(chain, weights, x[k], off_support, H, sigma, K, tilt, truncation)

    for_each(replay, 0, len(x))
    return [one for one in found if one is not None]


def _log_probability(
    chain: Chain,
    weights: NDArray[np.float64],
    x: NDArray[np.integer],
    off_support: str,
    H: int,
    sigma: NDArray[np.float64],
    K: NDArray[np.float64],
    tilt: float,
    truncation: float,
) -> Measured:
    L, V = chain.length, chain.vocab
    own = np.append(1.0, sigma[np.arange(L), x])
    mu = np.append(1.0, _scales(chain, x, own[1:]) * math.exp(-tilt))
    off = {"uniform": np.full(L + 1, 1.0 / V), "marginal": own, "stop": np.zeros(L + 1)}[off_support]
    joined = np.zeros((L + 1, len(K)))
    for d in range(1, len(K)):
        joined[d, d] = own[d]
        joined[d + 1 :, d] = K[d][x[:-d], x[d:]]
    steps = list(bernoulli_steps(weights, L + 1))
    probability, apart = _replay(steps, joined, own, off, mu, H)
    if probability == 0.0:
        if _is_positive(steps, joined, own, off, H):
            raise BeyondReach("the probability of the sequence leaves the range of float64 although it is scaled")
        return Measured(-math.inf, 0.0)
    if not abs(math.log(probability)) < SAFE_EXPONENT:
        raise BeyondReach(f"log p(x) is {math.log(probability):.3g} from what is expected, beyond the range of float64")
    logs = np.log(mu[1:])
    value = math.fsum(logs) + math.log(probability)
    relative = gamma(_depth(chain, H, len(steps)))
    rounding = -math.log1p(-relative) * RAISED if relative < 1 else math.inf
    rounding += 8 * U * (math.fsum(np.abs(logs)) + abs(math.log(probability))) + 8 * L * U
    return Measured(value, rounding, truncation + apart * RAISED)


def _replay(
    steps: list[RevealStep],
    joined: NDArray[np.float64],
    own: NDArray[np.float64],
    off: NDArray[np.float64],
    mu: NDArray[np.float64],
    H: int,
) -> tuple[float, float]:
    """The scaled probability of the whole sequence, by the steps from last to first, and the relative error of long
    intervals, to first order.
    """
    L = len(own) - 1
    F, R = _after_the_last_step(L)
    from_right = L + 1 - np.arange(L + 1)
    long = Long.of(L, min(H, L))
    room, ways, apart = Room.like(F), Ways.none(L, long), 0.0
    columns, forgets = long.columns, True
    for one in reversed(steps):
        F[:, :columns] *= one.keep[:columns]
        step = Step(F, R * one.keep[from_right], joined, own, off, mu, float(one.one[1]), H)
        if forgets:
            ways = ways.kept(one.keep, long)
            found = replay_long_step(step, room, ways, long)
            if found is None:
                ways.fill_in(F, long)
                columns, forgets = L + 1, False
            else:
                R, ways = found
                apart += ONCE_AND_AFTER * ways.apart
        if not forgets:
            R = replay_step(step, room)
        F, room = room.before, room._replace(before=F)
    return float(R[0]), apart


def _is_positive(
    steps: list[RevealStep], joined: NDArray[np.float64], own: NDArray[np.float64], off: NDArray[np.float64], H: int
) -> bool:
    """The same with every positive number set to one, so that nothing can underflow."""
    L = len(own) - 1
    F, R = _after_the_last_step(L)
    room = Room.like(F)
    paths, occurs, drawn = ((array > 0).astype(np.float64) for array in (joined, own, off))
    ones = np.ones(L + 1)
    distance = np.arange(L + 2)
    for step in reversed(steps):
        stays = ((distance < 2) | (step.keep[2] > 0)).astype(np.float64)
        F[:, : L + 1] *= stays[: L + 1]
        R = R * stays[L + 1 - distance[: L + 1]]
        R = replay_step(Step(F, R, paths, occurs, drawn, ones, 1.0, H, signs=True), room)
        F[:], R = room.before > 0, (R > 0).astype(np.float64)
    return bool(R[0] > 0)


def _after_the_last_step(L: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Only intervals without masked positions are left."""
    F, R = np.zeros((L + 1, width(L))), np.zeros(L + 1)
    F[1:, 1] = 1.0
    R[L] = 1.0
    return F, R


def _scales(chain: Chain, x: NDArray[np.integer], own: NDArray[np.float64]) -> NDArray[np.float64]:
    """``P(x_{i-1}, x_i)`` where it is positive, else the token's own law, else 1/V: any positive scale is right."""
    scales = np.append(chain.initial[x[0]], chain.transition[x[:-1], x[1:]])
    scales = np.where(scales > 0, scales, own)
    return np.where(scales > 0, scales, 1.0 / chain.vocab)


def _depth(chain: Chain, H: int, N: int) -> float:
    """Roundings in any one term.

    A token is drawn once, from three laws, and added to others twice: to the tokens behind it, and at the end of its
    interval. Sums over positions are added up in chunks, but for the nearest; for the right sentinel one by one, once a
    step. An interval is passed on at most N times.
    """
    L = chain.length
    H = min(H, L)
    added = min(CHUNK + L // CHUNK + BLOCK + 2, L) + 3 * H
    token = 3 * chain.power_depth(2 * H) + chain.marginal_depth(min(H + 1, L)) + 2 * added + PARAMETER_DEPTH + 20
    return L * token + N * (7 * L + (step_depth(1) + 6) * (L + 1))
