"""The state shared while one instance is measured: the request, and intermediates computed once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ..instances import Instance
from ..policies import Policy

__all__ = ["Cost", "Request", "Workspace"]

T = TypeVar("T")

BEYOND = 10**300
"""Larger estimates are all alike."""


@dataclass(frozen=True)
class Request:
    """The request of a measurement.

    Parameters
    ----------
    width : float
        Relative width wanted of an enclosure.
    seconds : float
        Time to spend where the width cannot be had at once.
    samples : int or None
        Sequences to draw in sampled methods; None lets the width decide.
    seed : int
    confidence : float
        Coverage of statistical intervals.
    target : float or None
        Draw only until the interval lies on one side of this number, which counts as the upper side; where it does not,
        all sequences are drawn.
    sampling : bool
        Whether methods that draw may be used where nothing else is narrow enough; verdicts do without unless asked.
    equal_scores : bool
        Whether what is drawn may take scores of an adaptive policy as equal that rounding cannot tell apart; the
        intervals are then those of that policy.
    alone : bool
        Whether nothing else is measured in this process, so that a compiler is not worth waiting for where a second of
        Python does.
    """

    width: float = 0.01
    seconds: float = 60.0
    samples: int | None = None
    seed: int = 0
    confidence: float = 1 - 1e-6
    target: float | None = None
    sampling: bool = False
    equal_scores: bool = False
    alone: bool = False

    @classmethod
    def about(cls, named: bool, *, samples: int | None = None, **options: Any) -> Request:
        """A request in which methods that draw may be used if quantities are named, or a number of samples given."""
        return cls(samples=samples, sampling=named or samples is not None, **options)


@dataclass(frozen=True)
class Cost:
    """An estimate made before anything is allocated.

    Parameters
    ----------
    operations : float
        Elementary ones.
    bytes : float
    python : float
        Of the operations, those that stand for time in Python and not in kernels.
    """

    operations: float
    bytes: float
    python: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "operations", float(min(self.operations, BEYOND)))
        object.__setattr__(self, "bytes", float(min(self.bytes, BEYOND)))

    @property
    def seconds(self) -> float:
        """At a billion operations a second."""
        return self.operations / 1e9


class Workspace:
    """One instance under measurement."""

    def __init__(self, instance: Instance, request: Request | None = None) -> None:
        self.instance = instance
        self.request = request or Request()
        self._kept: dict[Callable[..., Any], Any] = {}
        self._kept_for_policies: dict[Callable[..., Any], Any] = {}

    def once(self, compute: Callable[[Workspace], T]) -> T:
        """``compute(self)``, remembered: a lattice or a profile is computed once per instance."""
        if compute not in self._kept:
            self._kept[compute] = compute(self)
        return self._kept[compute]

    def once_for_policies(self, compute: Callable[[Workspace], T]) -> T:
        """The same for what no policy has a part in: it is shared with every workspace got by :meth:`under`."""
        if compute not in self._kept_for_policies:
            self._kept_for_policies[compute] = compute(self)
        return self._kept_for_policies[compute]

    def within(self, seconds: float) -> Workspace:
        """The same with another time to spend; what is computed is shared."""
        other = Workspace(self.instance, replace(self.request, seconds=seconds))
        other._kept, other._kept_for_policies = self._kept, self._kept_for_policies
        return other

    def under(self, policy: Policy) -> Workspace:
        """The same language and denoiser under another policy."""
        other = Workspace(replace(self.instance, policy=policy), self.request)
        other._kept_for_policies = self._kept_for_policies
        return other
