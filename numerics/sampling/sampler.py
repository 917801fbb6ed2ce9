"""Sequences drawn by the sampler, at any length for which the denoiser is exact.

Where the policy's reveal times do not depend on the tokens and the denoiser is exact, a compiled kernel draws each
sequence from its reveal times and one uniform number a position; elsewhere the policy is run step by step on a batch.
Random numbers belong to a chunk of sequences and its number, so neither threads nor a machine's memory change them.
"""

from __future__ import annotations

import math
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .._kernels.threads import thread_count
from ..errors import BadInput
from ..instances.instance import Instance
from ..languages import Language, Scope
from ..numbers.categorical import inverted
from ..numbers.enclosure import UNIT_ROUNDOFF, gamma
from ..numbers.limits import require_memory
from ..numbers.probabilities import whole
from ..policies import Adaptive, GivenTimes
from ..policies.decisions import Contexts, draw_decided
from .conditionals import batch_conditionals, batch_nanoseconds
from .posterior import NEVER, Drawer, Price, drawer_for, drawn_as_hidden, price_of

__all__ = ["Chunk", "Sampler", "Stream", "draw", "obstacle", "sampler_for"]

TOKENS_A_CHUNK = 1 << 20
MOST_ROWS = 1 << 12
"""Sequences of a full chunk at most: a run of a few hundred short ones need not draw a million tokens."""

NANOSECONDS_A_CHUNK = 4e9
CELLS_A_CHUNK = 1 << 22
"""Entries of one batch of conditionals, in the sampler that runs step by step."""

STOPPED = 'found "stop", which abandons sequences'


@dataclass(frozen=True)
class Chunk:
    """Some drawn sequences.

    Attributes
    ----------
    tokens : (n, L) int64
        V where a sequence was abandoned (rule ``stop``).
    possible : (n,) bool
        Whether ``q(x) > 0``, by the zeros of the parameters.
    on_support : (n,) bool or None
        Whether every token was drawn in a possible context; None where the sampler does not keep track.
    undecided : int
        Steps of adaptive policies whose choice rested on scores that rounding could not tell apart, and that counted as
        equal.
    steps : (n,) int64 or None
        How many steps met a mask; None where the number is fixed.
    """

    tokens: NDArray[np.int64]
    possible: NDArray[np.bool_]
    on_support: NDArray[np.bool_] | None
    undecided: int = 0
    steps: NDArray[np.int64] | None = None


class Sampler(ABC):
    """A source of independent sequences from the output law p.

    Attributes
    ----------
    instance : Instance
    rows : int
        Sequences in a full chunk; it depends on the instance alone.
    """

    instance: Instance
    rows: int

    @property
    @abstractmethod
    def nanoseconds(self) -> float:
        """Estimated time of one sequence."""

    @property
    @abstractmethod
    def bytes(self) -> float:
        """Memory of a full chunk and of what is prepared."""

    @property
    def error(self) -> float:
        """Bound on the total variation between the law drawn from and p: rounding, and the grain of uniform numbers.

        Forward-backward is ``L (2S + 20) + M`` roundings deep, S the terms of a sum over states and M the states; a
        conditional is a ratio of two such, a token is off by V more and by the grain of its number, and there are L of
        them; N times as many where proposals are thrown away or tokens masked again. A reveal time is off by the grain
        at each edge, an order by ties of numbers.
        """
        L, V, policy = self.instance.length, self.instance.vocab, self.instance.policy
        N = policy.steps
        draws = L if policy.chosen_first else L * N
        depth = policy.drawn_depth(V, self.conditional_depth) + 2 * V
        return min(1.0, draws * (gamma(depth) + 2 * V * UNIT_ROUNDOFF) + L * (policy.edges + L) * UNIT_ROUNDOFF)

    @property
    def conditional_depth(self) -> int:
        """Roundings in a conditional that tokens are drawn from."""
        return self.instance.denoiser.depth(self.instance.vocab, self.exact_depth)

    @property
    def exact_depth(self) -> int:
        """Roundings in a conditional of the language."""
        language = _inner(self.instance.language)
        states, terms = language.summed, language.terms
        if drawn_as_hidden(language, self.instance.policy.steps):
            terms = states = 2 * states
        return math.ceil(2 * (self.instance.length * (2 * terms + 20) + states))

    @abstractmethod
    def chunk(self, n: int, rng: np.random.Generator) -> Chunk:
        """``n`` sequences."""

    @property
    def in_turn(self) -> bool:
        """Whether a chunk can be drawn in parts: each sequence takes its random numbers before the next one does."""
        return False

    def chunks(self, seed: int, count: int) -> Iterator[Chunk]:
        """``count`` sequences in full chunks and a rest; the same seed gives the same chunks."""
        for index, drawn in enumerate(range(0, count, self.rows)):
            yield self.chunk(min(self.rows, count - drawn), np.random.default_rng([seed, index]))


class Stream:
    """Sequences without end, those of full chunks; no more are drawn at a time than are wanted, where that can be.

    Parameters
    ----------
    sampler : Sampler
    seed : int
        The same seed gives the same sequences, however many are taken at a time.
    """

    def __init__(self, sampler: Sampler, seed: int) -> None:
        self._sampler, self._seed = sampler, seed
        self._begun, self._left = 0, 0

    def take(self, most: int) -> Chunk:
        """The next sequences of a chunk: at most ``most``, or all that it has left where it has no parts."""
        if not self._left:
            self._rng = np.random.default_rng([self._seed, self._begun])
            self._begun, self._left = self._begun + 1, self._sampler.rows
        count = min(most, self._left) if self._sampler.in_turn else self._left
        self._left -= count
        return self._sampler.chunk(count, self._rng)


class CompiledSampler(Sampler):
    """Reveal times and uniform numbers first, then one kernel."""

    def __init__(self, instance: Instance, policy: GivenTimes, price: Price) -> None:
        self.instance = instance
        self.policy = policy
        self.price = price
        affordable = int(NANOSECONDS_A_CHUNK / price.nanoseconds)
        self.rows = max(1, min(TOKENS_A_CHUNK // instance.length, MOST_ROWS, affordable))

    @property
    def nanoseconds(self) -> float:
        return 150.0 * self.instance.length + self.price.nanoseconds / thread_count()

    @property
    def bytes(self) -> float:
        return 60.0 * self.rows * self.instance.length + self.price.bytes

    @cached_property
    def drawer(self) -> Drawer | None:
        """The language prepared, or None when its matrices leave the range of float64."""
        instance = self.instance
        local = _scope(instance) == "local" and not instance.language.is_product
        return drawer_for(instance.language, self.policy.steps, instance.convention if local else None)

    @property
    def in_turn(self) -> bool:
        return self.drawer is not None

    def chunk(self, n: int, rng: np.random.Generator) -> Chunk:
        if self.drawer is None:
            return StepwiseSampler(self.instance).chunk(n, rng)
        u = rng.random((n, 2, self.instance.length))
        tau = self.policy.reveal_times(u[:, 0])
        tokens, broke = self.drawer.draw(tau, self.policy.steps, u[:, 1])
        first = broke.min(axis=1)
        undecided = (tau > first[:, None]) if _scope(self.instance) == "global" else tokens == self.instance.vocab
        tokens[undecided] = self._by_convention(undecided, u[:, 1])
        return Chunk(tokens, first == NEVER, first >= tau.max(axis=1))

    def _by_convention(self, where: NDArray[np.bool_], u: NDArray[np.float64]) -> NDArray[np.int64]:
        """Tokens that the off-support rule draws at the positions marked, row by row."""
        V, rule = self.instance.vocab, self.instance.off_support
        if rule == "stop":
            return np.full(where.sum(), V)
        if rule == "uniform":
            return (u[where] * V).astype(np.int64)
        drawn = np.empty(where.shape, dtype=np.int64)
        for i in np.flatnonzero(where.any(axis=0)):
            rows = np.broadcast_to(self.instance.convention[i], (1, V))
            drawn[where[:, i], i] = inverted(rows, u[where[:, i], i])
        return drawn[where]


class StepwiseSampler(Sampler):
    """The policy itself, step by step, on a batch."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        within = int(NANOSECONDS_A_CHUNK / self.nanoseconds)
        self.rows = max(1, min(1024, CELLS_A_CHUNK // (instance.length * instance.vocab), within))

    @cached_property
    def rows_of(self) -> Callable[[NDArray[np.int64]], NDArray[np.float64]]:
        """Tokens drawn at the masked positions of partial sequences."""
        return batch_conditionals(self.instance, _scope(self.instance))

    @property
    def nanoseconds(self) -> float:
        instance = self.instance
        return instance.policy.steps * (batch_nanoseconds(instance, _scope(instance)) + 30.0 * instance.length)

    @property
    def bytes(self) -> float:
        return 24.0 * self.rows * self.instance.length * (self.instance.vocab + self.instance.language.summed)

    def chunk(self, n: int, rng: np.random.Generator) -> Chunk:
        if self.instance.off_support == "stop":
            raise BadInput("off_support", f'{STOPPED}; "uniform" and "marginal" are accepted here')
        batches = [self._batch(min(self.rows, n - first), rng) for first in range(0, n, self.rows)]
        tokens, steps = (np.concatenate(parts) for parts in zip(*((y, met) for y, met, _ in batches), strict=True))
        undecided = sum(count for _, _, count in batches)
        return Chunk(tokens, self.instance.language.in_support(tokens), None, undecided, steps)

    def _batch(self, n: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
        instance, policy = self.instance, self.instance.policy
        relative, undecided = gamma(self.conditional_depth), 0
        y = np.full((n, instance.length), instance.vocab, dtype=np.int64)
        draw_step = policy.drawing(n, instance.length, rng)
        steps = np.zeros(n, dtype=np.int64)
        for step in range(1, policy.steps + 1):
            met = (y == instance.vocab).any(axis=1)
            if not policy.remasks and not met.any():
                break
            steps += met
            rows = self.rows_of(y)
            if policy.compares:
                y, unsure = draw_decided(Adaptive.of(policy), step, Contexts(y, rows, np.ones(n), relative), rng)
                undecided += int(unsure.sum())
            else:
                y = draw_step(step, y, rows)
        return y, steps, undecided


def sampler_for(instance: Instance) -> Sampler:
    """The fastest sampler of an instance.

    Raises
    ------
    BadInput
        For the rule ``stop`` where no kernel applies.
    """
    policy, language = instance.policy, instance.language
    if instance.exact_denoiser and policy.oblivious:
        price = price_of(language, policy.steps)
        if price is not None and (_scope(instance) == "global" or language.has_local_scope):
            return CompiledSampler(instance, GivenTimes.of(policy), price)
    if instance.off_support == "stop":
        raise BadInput("off_support", f'{STOPPED}; "uniform" and "marginal" are accepted here')
    return StepwiseSampler(instance)


def obstacle(instance: Instance) -> str | None:
    """None for everything that can be drawn."""
    try:
        sampler_for(instance)
    except BadInput as problem:
        return problem.problem
    return None


def _inner(language: Language) -> Language:
    """The language of one block."""
    return _inner(language.unit) if language.is_product else language


def _scope(instance: Instance) -> Scope:
    """How far a contradiction reaches here; abandoned sequences need no scope."""
    return "global" if instance.off_support == "stop" else instance.off_support_scope or "global"


def draw(instance: Instance, count: int, seed: int) -> NDArray[np.int64]:
    """``count`` independent sequences from the sampler's law p.

    Parameters
    ----------
    instance : Instance
        Any but those with the rule ``stop``, under which a sequence can end unfinished. A contradiction reaches every
        masked position unless ``off_support_scope`` is ``"local"``.
    count : int
    seed : int
        The same seed gives the same sequences.

    Returns
    -------
    (count, L) int64

    Raises
    ------
    BeyondReach
        When the sequences would not fit the memory.

    Warns
    -----
    UserWarning
        With the number of choices of an adaptive policy whose comparisons rounding left undecided: such scores count as
        equal.

    Notes
    -----
    Cost with a kernel: ``O(L K^3 log L)`` a sequence for K hidden states, or ``O(N L K^2)`` for many; ``O(L V)`` for
    Markov chains; for n-grams of order n >= 3 and each step, ``V^m`` for n neighbours of which m are masked, or a pass
    over the possible contexts, or the messages of a hidden chain whose states they are, whichever is least. Otherwise N
    calls of the exact conditionals. :attr:`Sampler.error` bounds what rounding does to the law.

    Examples
    --------
    >>> from maskbound.numerics import Instance, languages, policies
    >>> draw(Instance(languages.pair(2, 4), policies.autoregressive(4)), 3, seed=1).shape
    (3, 4)
    """
    if instance.off_support == "stop":
        raise BadInput("off_support", f'{STOPPED}; draw accepts "uniform" or "marginal"')
    whole(seed, "seed")
    require_memory(8 * whole(count, "count", 1) * instance.length, f"drawing {count} sequences")
    sampler = sampler_for(instance)
    require_memory(math.ceil(sampler.bytes), f"drawing from {instance.name}")
    tokens = np.empty((count, instance.length), dtype=np.int64)
    filled = undecided = 0
    for chunk in sampler.chunks(seed, count):
        tokens[filled : filled + len(chunk.tokens)] = chunk.tokens
        filled, undecided = filled + len(chunk.tokens), undecided + chunk.undecided
    if undecided:
        warnings.warn(
            f"{undecided} of the choices of {instance.policy} rested on scores that rounding cannot tell apart, and "
            "took them as equal",
            stacklevel=2,
        )
    return tokens
