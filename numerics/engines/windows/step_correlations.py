"""PATH_KL of given reveal times at length, from what the tokens of one step tell of each other, on drawn sequences.

For ``x ~ q`` and reveal times of the policy, the sum T over all steps and tokens of

    ``D( q(x_i | x_R, x_{S left of i}) || q(x_i | x_R) )``,

S the step of i and R what was revealed before, has the mean PATH_KL of the exact denoiser, by the chain rule within
each step. It is never negative, and varies far less than ``log q(x)/p_tau(x)``, whose mean is the same.

T is bounded where all hidden states show the same tokens: a divergence of two mixtures of rows of the emission matrix
is at most the largest of two of its rows, b, so that ``T <= b L``. Its upper tail is light in any case. Each divergence
is at most the mean of ``-log q(x_i | x_R)`` given ``x_R`` and ``x_{S left of i}``; by Jensen and Hoelder, where no step
reveals more than m tokens, ``P(T >= L log V + u) <= e^(-u/m)``, so that clipping T there takes at most ``m e^(-u/m)``
from its mean. Clipping lower takes away more, never less: the lower end of the interval may clip at any level fixed
beforehand, and takes the best of some. The upper end pays for the whole range, and is much further from the mean than
the mean's standard error, which the note has.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import scipy
from numpy.typing import NDArray

from ..._kernels.step_divergences import Runs, step_divergences
from ..._kernels.threads import for_each, thread_count
from ...errors import BeyondReach
from ...instances import Instance
from ...languages.chains import ChainLanguage
from ...numbers.enclosure import UNIT_ROUNDOFF, Enclosure, gamma
from ...policies import GivenTimes
from ..needs import EXACT_DENOISER, GIVEN_TIMES
from ..sampled.intervals import Interval, empirical_bernstein
from ..sampled.tally import FEWEST, Collector, settled
from ..workspace import Cost, Workspace
from .hidden import HiddenChain, hidden_chain

__all__ = ["correlations_cost", "correlations_obstacle", "path_kl_of_steps"]

TAIL = 16.0
"""``u / m``: clipping T moves its mean by at most ``m e^-16``, some 1e-7 m."""

LEVELS = 16
"""The lower end clips at the range and its halves, quarters, and so on."""

ROWS = 16
"""Sequences that a thread takes at a time."""

MOST_ROWS = 256
NANOSECONDS_A_BATCH = 2e9


def correlations_obstacle(instance: Instance) -> str | None:
    """None for chains under the exact denoiser and a policy of given reveal times."""
    if instance.language.hidden_states is None:
        return "the language is neither a hidden Markov model nor an n-gram"
    return GIVEN_TIMES(instance) or EXACT_DENOISER(instance)


def correlations_cost(instance: Instance) -> Cost:
    """The fewest sequences that are worth drawing."""
    language, L, V = instance.language, instance.length, instance.vocab
    if language.hidden_states is None:
        return Cost(math.inf, math.inf)
    states, links = float(language.hidden_states), float(ChainLanguage.of(language).links)
    shown = states * V if language.is_hidden else states
    operations = FEWEST * _nanoseconds(L, instance.policy.steps, states, links, shown)
    return Cost(operations, 24 * L * states * thread_count() + 40 * links + 16 * states * V + 8 * L * states)


def _nanoseconds(L: int, steps: int, states: float, links: float, shown: float) -> float:
    """Of one sequence."""
    return (2 * min(steps, L) + 1) * L * (0.35 * links + 2 * states) + 4 * L * shown


class StepCorrelations(Collector):
    """T of sequences of the language."""

    def __init__(self, work: Workspace) -> None:
        super().__init__(work)
        self.instance, self.chain = work.instance, hidden_chain(work.instance.language)
        self._seed, self._index, self._found = work.request.seed, 0, np.empty(0)
        following = scipy.sparse.csr_array(self.chain.transition)
        self._arrays = (
            self.chain.initial,
            _runs(following),
            _runs(scipy.sparse.csr_array(following.T)),
            *_rows(self.chain.emission),
            np.ascontiguousarray(self.chain.emission.toarray().T),
            self.chain.final,
        )

    @property
    def nanoseconds(self) -> float:
        links, shown = self.chain.transition.nnz, self.chain.emission.nnz
        return _nanoseconds(self.chain.length, self.instance.policy.steps, self.chain.states, links, shown)

    def upto(self, count: int) -> NDArray[np.float64]:
        """T of the first ``count`` sequences, in nats."""
        parts, drawn = [self._found], len(self._found)
        while drawn < count:
            parts.append(self._batch(np.random.default_rng([self._seed, self._index])))
            self._index += 1
            drawn += len(parts[-1])
        self._found = np.concatenate(parts)
        return self._found[:count]

    def _batch(self, rng: np.random.Generator) -> NDArray[np.float64]:
        policy = GivenTimes.of(self.instance.policy)
        x = self.instance.language.sample(max(ROWS, min(MOST_ROWS, int(NANOSECONDS_A_BATCH / self.nanoseconds))), rng)
        tau = np.ascontiguousarray(policy.reveal_times(rng.random(x.shape)), dtype=np.int64)
        out = np.empty(len(x))
        for_each(step_divergences, 0, -(-len(x) // ROWS), ROWS, *self._arrays, x, tau, policy.steps, out)
        if not np.isfinite(out).all():
            raise BeyondReach("a sequence met a context whose posterior probabilities leave the range of float64")
        return out


def _runs(matrix: scipy.sparse.csr_array) -> Runs:
    matrix.sort_indices()
    starts, columns, probabilities = _rows(matrix)
    first = np.ones(len(columns), dtype=bool)
    first[1:] = np.diff(columns) != 1
    first[starts[:-1][np.diff(starts) > 0]] = True
    (entries,) = first.nonzero()
    return np.searchsorted(entries, starts), columns[entries], np.append(entries, len(columns)), probabilities


def _rows(matrix: scipy.sparse.csr_array) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64), np.ascontiguousarray(matrix.data)


def path_kl_of_steps(work: Workspace) -> Enclosure:
    """PATH_KL of the exact denoiser, in nats."""
    drawn = work.once(StepCorrelations)
    chain, m = drawn.chain, _largest_step(work.instance)
    L, V = chain.length, chain.vocab
    if m < 2:
        return Enclosure(0.0, 0.0, 0.0, "exact")
    high, left_out = L * math.log(V) + m * TAIL, m * math.exp(-TAIL)
    bound = L * _largest_divergence(chain)
    if bound < high:
        high, left_out = bound, 0.0
    relative = gamma(2 * (L * chain.depth_a_step + 2 * chain.states + V))
    # Each ratio is within 4 conditionals' errors, and the law of the sequences within one for each token.
    rounding = 8 * relative * (2 * L + high) + L * (relative + 2 * chain.states * UNIT_ROUNDOFF) * high

    def interval(found: StepCorrelations, count: int, alpha: float) -> Interval:
        T = found.upto(count)
        value, _, hi = empirical_bernstein(np.minimum(T, high), 0.0, high, alpha / 2)
        levels = [high / 2**j for j in range(LEVELS)]
        clipped = [empirical_bernstein(np.minimum(T, level), 0.0, level, alpha / 2 / LEVELS) for level in levels]
        lowest = max(max(lo for _, lo, _ in clipped) - rounding, 0.0)
        return max(value, lowest), lowest, hi + rounding + left_out

    found = settled(work, drawn, interval)
    T = drawn.upto(int(found.note.split()[0]))
    error = float(T.std(ddof=1)) / math.sqrt(len(T))
    return replace(found, note=f"{found.note}; standard error {error:.2g}, and the interval pays for rare sequences")


def _largest_step(instance: Instance) -> int:
    """Tokens that a step reveals at most."""
    policy = instance.policy
    sizes = policy.random_sizes or (None if policy.sets is None else [len(chosen) for chosen in policy.sets])
    return instance.length if sizes is None else max(sizes)


def _largest_divergence(chain: HiddenChain) -> float:
    """``max D(B(s, .) || B(s', .))``, with room for rounding."""
    B = chain.emission.toarray()
    if (B == 0).any():
        return math.inf
    logs = np.log(B)
    within = (B * logs).sum(axis=1)
    return max(float((within[:, None] - B @ logs.T).max()), 0.0) * (1 + 1e-9) + 1e-9
