"""Drawing until an interval is as narrow as was asked or the time is used up.

It is looked at a number of times J that is fixed beforehand, each time at level ``alpha / J``: all J intervals hold
with probability at least ``1 - alpha``, so that stopping at any of them, for whatever reason, costs no coverage. The
law drawn from differs from p by rounding, and every interval is widened by that.
"""

from __future__ import annotations

import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...errors import BeyondReach, MaskboundError
from ...instances import Instance
from ...numbers.enclosure import Enclosure
from ...sampling.sampler import Chunk, Sampler, Stream, obstacle, sampler_for
from ..progress import reached
from ..workspace import Cost, Request, Workspace
from .intervals import Interval

__all__ = ["Collector", "Tally", "cost", "obstacle", "settled", "tally"]

FEWEST = 200
"""Sequences without which a run is not worth its time."""

FIRST_LOOK = 1000
HALVINGS = 3
"""Of a number of sequences that is asked for, before each of which it is looked whether fewer tell a target apart."""

MOST = 10**7
BYTES_A_SEQUENCE = 40

C = TypeVar("C", bound="Collector")


def cost(instance: Instance) -> Cost:
    """The fewest sequences that are worth drawing."""
    sampler = sampler_for(instance)
    return Cost(FEWEST * sampler.nanoseconds, sampler.bytes + BYTES_A_SEQUENCE * FEWEST)


class Collector(ABC):
    """Counts of the sequences drawn so far.

    Attributes
    ----------
    sampler : Sampler
    undecided : int
        Choices that rested on scores which rounding cannot tell apart, and took them as equal.
    most : int
        Sequences that may be drawn.
    """

    def __init__(self, work: Workspace) -> None:
        self.sampler: Sampler = sampler_for(work.instance)
        self.undecided = 0
        self._stream = Stream(self.sampler, work.request.seed)
        self._refusal: MaskboundError | None = None
        self._count, self.most = 0, 0

    def drawn(self, most: int) -> Chunk:
        """The next sequences, about as many as are wanted; a sampler that has refused once refuses again."""
        if self._refusal is not None:
            raise self._refusal
        try:
            chunk = self._stream.take(most)
        except MaskboundError as refusal:
            self._refusal = refusal
            raise
        self.undecided += chunk.undecided
        self._count += len(chunk.tokens)
        reached(min(self._count, self.most), self.most)
        return chunk

    @property
    @abstractmethod
    def nanoseconds(self) -> float:
        """Estimate for one sequence."""

    @abstractmethod
    def upto(self, count: int) -> Any:
        """The estimate from the first ``count`` sequences."""


class Tally(Collector):
    """Three numbers a sequence: whether it is wrong, whether it left the support, how likely it is."""

    def __init__(self, work: Workspace) -> None:
        super().__init__(work)
        self.tracked = True
        """Whether impossible contexts were noticed."""
        self._likely = work.instance.language.surprisal_range() is not None
        self._rows = np.empty((0, 3))

    @property
    def nanoseconds(self) -> float:
        return self.sampler.nanoseconds + self._likely * self.sampler.instance.language.surprisal_nanoseconds

    def upto(self, count: int) -> NDArray[np.float64]:
        """The first ``count`` sequences.

        Returns
        -------
        (count, 3) float64
            Whether ``q(x) = 0``; whether a token was drawn in an impossible context; ``-log q(x)`` in nats.
        """
        parts, drawn = [self._rows], len(self._rows)
        while drawn < count:
            parts.append(self._of(self.drawn(count - drawn)))
            drawn += len(parts[-1])
        self._rows = np.concatenate(parts)
        return self._rows[:count]

    def _of(self, chunk: Chunk) -> NDArray[np.float64]:
        self.tracked = self.tracked and chunk.on_support is not None
        part = np.zeros((len(chunk.tokens), 3))
        part[:, 0] = ~chunk.possible
        if chunk.on_support is not None:
            part[:, 1] = ~chunk.on_support
        if self._likely:
            part[:, 2] = math.inf
            part[chunk.possible, 2] = -self.sampler.instance.language.log_prob(chunk.tokens[chunk.possible])
        return part


def tally(work: Workspace) -> Tally:
    """The tally of a workspace, drawn once."""
    return work.once(Tally)


def settled(work: Workspace, collector: C, interval: Callable[[C, int, float], Interval]) -> Enclosure:
    """Draw until the interval is narrow enough.

    Parameters
    ----------
    interval : callable
        From the collector, a number of sequences and alpha: value and ends of an interval of coverage ``1 - alpha``.

    Raises
    ------
    BeyondReach
        When a choice was undecided, unless scores may be taken as equal. Sequences without one are those of the policy
        itself, so that refusing costs no coverage.
    """
    request = work.request
    looks = _looks(request, collector)
    collector.most = looks[-1]
    alpha = (1 - request.confidence) / len(looks)
    for count in looks:
        value, lo, hi = interval(collector, count, alpha)
        if collector.undecided and not request.equal_scores:
            raise BeyondReach(
                f"{collector.undecided} of the choices of {work.instance.policy} in {count} sequences rest on scores "
                "that rounding cannot tell apart; an engine that compares exactly may reach a smaller instance"
            )
        if lo == hi or hi - lo <= request.width * abs(value) or _told_apart(lo, hi, request.target):
            break
    note = f"{count} sequences, seed {request.seed}"
    if collector.undecided:
        note += f"; {collector.undecided} choices took scores as equal that rounding cannot tell apart"
    return Enclosure(min(max(value, lo), hi), lo, hi, "statistical", confidence=request.confidence, note=note)


def _told_apart(lo: float, hi: float, target: float | None) -> bool:
    return target is not None and not lo <= target < hi


def _looks(request: Request, collector: Collector) -> list[int]:
    """The numbers of sequences at which the interval is looked at: doubling, or the one asked for, with halves of it
    where they may do."""
    if request.samples is not None:
        needed = request.samples * collector.nanoseconds / 1e9
        if needed > request.seconds or request.samples > MOST:
            raise BeyondReach(
                f"{request.samples} sequences of {collector.sampler.instance.name} would take about {needed:.3g} s; "
                f"there are {request.seconds:.3g} s, and at most {MOST} sequences are drawn"
            )
        halves = range(HALVINGS if request.target is not None else 0, -1, -1)
        return sorted({max(1, request.samples >> j) for j in halves})
    most = int(min(MOST, max(FEWEST, request.seconds * 1e9 / collector.nanoseconds)))
    doubled = itertools.takewhile(lambda count: count < most, (FIRST_LOOK << j for j in itertools.count()))
    return [*doubled, most]
