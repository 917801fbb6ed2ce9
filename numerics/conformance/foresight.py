"""How many sequences a test needs, before any is drawn from the code under test (proofs_notes/samplers/steps.md).

A few sequences are drawn here as the claim says. The mean logarithm of the ratio of the claim's law of their steps to
an alternative's is the rate at which right code refutes that alternative; to first order it is the rate, too, at which
code that follows the alternative refutes the claim.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtri_exp

from ..instances import Instance
from .near_temperatures import NEAR, sharpness
from .oracle import Oracle
from .tokens import temperatures
from .trace import Recorder, Trace
from .trace_test import TraceTest

__all__ = [
    "FOLLOWED",
    "PAIR",
    "TOGETHER",
    "UNFOLLOWED",
    "Foresight",
    "Needed",
    "foreseen",
    "right_code",
    "rows_of_a_call",
]

FOLLOWED = 500
"""Sequences whose steps are looked at in a language whose final law is known."""

TOGETHER = 10
"""Calls of several rows whose steps are followed, to see whether the rows depend on each other."""

UNFOLLOWED = 20
"""Such calls of code that asks about fewer rows than it writes, where equal rows alone tell that they share draws."""

PAIR = 2
"""Rows of later ones: the evidence of a call is that of one row to two, so that many rows are lost."""

TOKENS = 2048
"""That are drawn for an estimate."""

BATCHES, SURE = 16, 4.0
"""Times that as many are drawn where rates are means of ratios, until all are so many standard errors."""

OWN_DRAWS = 0x0F0E5EE

LIKELY = 0.9
"""Of the runs of right code conform with the sequences that are said to be needed, to second order."""


@dataclass(frozen=True)
class Needed:
    """Sequences that a test needs.

    Parameters
    ----------
    conforms : int or None
        By which right code conforms: in nine runs of ten by its steps, on average by its final law. None if it does not
        within any number.
    shows : mapping of str to (int or None)
        Until code that deviates so differs, by its steps.
    right_tv : float or None
        Total variation, as drawn, that right code shows on average in the sequences asked for, where its law is known.
    never : tuple of str
        Alternatives that right code's steps do not refute, however many there are.
    found : tuple of (int, float, float) or None
        Sequences, and the temperatures nearest the claimed one, below and above it, that these find in nine runs of
        ten; None where the final law is known, or where there are none within a quarter.
    """

    conforms: int | None
    shows: Mapping[str, int | None]
    right_tv: float | None
    never: tuple[str, ...] = ()
    found: tuple[int, float, float] | None = None

    def told(self) -> str:
        """In a sentence."""
        if self.conforms is None:
            told = f"its steps are as likely under {' and '.join(self.never)}, which it would have to exclude"
            parts = [f"right code conforms after no number of sequences: {told}"]
        elif self.right_tv is None:
            often = f"in {10 * LIKELY:g} runs of 10"
            parts = [f"right code conforms after about {self.conforms} sequences ({often}): ask for as many"]
        else:
            parts = [f"right code conforms after about {self.conforms} sequences"]
            parts.append(f"of those asked for it shows a total variation of about {self.right_tv:.2g}")
        parts += [
            f"{name} shows after about {n} by its steps, on average" for name, n in self.shows.items() if n is not None
        ]
        return "; ".join([*parts, *self.told_of_temperatures()])

    def told_of_temperatures(self) -> list[str]:
        """Which are found, in a sentence, if that is known."""
        if self.found is None:
            return []
        sequences, low, high = self.found
        often = f"in about {10 * LIKELY:g} runs of 10"
        return [f"{sequences} sequences find a temperature of {low:.3g} and less, {high:.3g} and more, {often}"]


def rows_of_a_call(samples: int) -> int:
    """A quarter of the root: the evidence in a call is bounded, so there are more calls than rows in one."""
    return max(1, math.isqrt(samples) // 4)


@dataclass(frozen=True)
class Foresight:
    """What steps will show.

    Parameters
    ----------
    rates : mapping of str to float
        Nats that a call of two sequences of right code has against each alternative; where they are means of ratios,
        less a standard error.
    spreads : mapping of str to float
        Standard deviations of these.
    stakes : mapping of str to float
        Minus the logarithm of what is staked on each.
    claimed : float
        The temperature.
    variance : float
        Of the logarithm of the probability of the tokens of a sequence, with which they are drawn.
    aimed : float or None
        Minus the logarithm of what is staked on a bet that aims at the number of sequences, where there is one.
    """

    rates: Mapping[str, float]
    spreads: Mapping[str, float]
    stakes: Mapping[str, float]
    claimed: float
    variance: float
    aimed: float | None

    def finds(self, alpha: float, sequences: int) -> tuple[int, float, float] | None:
        """The temperatures that so many sequences find in nine runs of ten, as of :class:`Needed`.

        Notes
        -----
        Of N nats in all the evidence of a bet on the temperature has mean N and variance 2 N. One that aims at the
        number of sequences has won e nats if the score, which has mean ``sqrt(2 N)`` and variance 1, is beyond what a
        standard normal exceeds with probability ``exp(-e)``.
        """
        enough, z = -math.log(alpha), NormalDist().inv_cdf(LIKELY)
        if self.aimed is None:
            enough += min(self.stakes.values(), default=0.0)
            wanted = (z + math.sqrt(z**2 + 2 * enough)) ** 2 / 2
        else:
            wanted = (z - float(ndtri_exp(-enough - self.aimed))) ** 2 / 2
        first = min(TOGETHER * rows_of_a_call(sequences), sequences)
        calls = np.array([first / rows_of_a_call(sequences), (sequences - first) / PAIR])
        rows = np.array([rows_of_a_call(sequences), PAIR])

        def won(far: float) -> float:
            nats = far**2 * self.variance / 2
            gain = 2 - 1 / rows if self.aimed is None else sharpness(rows, np.full(2, nats))
            return float(calls @ gain) * nats

        if won(NEAR) < wanted:
            return None
        far = brentq(lambda far: won(far) - wanted, 0.0, NEAR)
        return sequences, self.claimed * math.exp(-far), self.claimed * math.exp(far)

    def shows(self, alpha: float, first: int) -> dict[str, int | None]:
        """Sequences until code that follows each alternative differs; None where it never does.

        Parameters
        ----------
        alpha : float
        first : int
            Rows of the first calls.
        """
        found = {}
        for name, stake in self.stakes.items():
            calls = self._calls(name, math.log(1 / alpha) + stake, 0.0)
            found[name] = None if calls is None else self._drawn(calls, first)
        return found

    def conforms(self, alpha: float) -> int | None:
        """The least number of sequences asked for by which right code conforms, where its final law is out of reach.

        More that are asked for have more rows in a call, and take more in all.
        """
        miss = (1 - LIKELY) / max(len(self.rates), 1)
        calls = [self._calls(name, math.log(1 / alpha), NormalDist().inv_cdf(1 - miss)) for name in self.rates]
        if None in calls:
            return None
        most = max((n for n in calls if n is not None), default=1)
        asked, needed = 0, self._drawn(most, 1)
        while needed > asked:
            asked, needed = needed, self._drawn(most, rows_of_a_call(needed))
        return asked

    def never(self) -> tuple[str, ...]:
        """Alternatives that are not refuted, however many sequences there are."""
        return tuple(name for name, rate in self.rates.items() if rate <= 0)

    def _calls(self, name: str, nats: float, deviations: float) -> int | None:
        """Calls whose evidence is so much, even so many standard deviations below the mean: ``n r - z s sqrt(n)``."""
        rate, lag = self.rates[name], deviations * self.spreads[name]
        return None if rate <= 0 else math.ceil(((lag + math.sqrt(lag**2 + 4 * rate * nats)) / (2 * rate)) ** 2)

    @staticmethod
    def _drawn(calls: int, first: int) -> int:
        """Sequences in so many calls."""
        return min(calls, TOGETHER) * first + max(calls - TOGETHER, 0) * PAIR


def foreseen(instance: Instance, oracle: Oracle, test: TraceTest) -> Foresight:
    """From sequences drawn as the instance says.

    Parameters
    ----------
    instance : Instance
    oracle : Oracle
    test : TraceTest
        A new one.

    Notes
    -----
    Of two rows with ratios of small divergence D the mean wins ``2 D - D/2`` a call, to first order. Where tokens are
    drawn after the choice, D is a sum over the tokens drawn of divergences of conditionals, else a mean of ratios.
    Cost: that of drawing and testing some 2,000 tokens, up to sixteen times as many in the latter case.
    """
    proposes = instance.policy.proposes
    batch = max(1, TOKENS // (PAIR * instance.length))
    traces: list[Trace] = []
    for calls in range(batch, (BATCHES if proposes else 1) * batch + 1, batch):
        while len(traces) < calls:
            recorder = Recorder(oracle)
            trace = recorder.trace(right_code(instance)(recorder, PAIR, OWN_DRAWS + len(traces)))
            assert trace is not None
            traces.append(trace)
            test.add(trace)
        test.look()
        rates = {name: nats / calls for name, nats in test.near().items()}
        squares = {name: test.squares["tokens", name] / calls for name in rates}
        spreads = {name: math.sqrt(max(squares[name] - rate**2, 0.0)) for name, rate in rates.items()}
        errors = {name: spread / math.sqrt(calls) for name, spread in spreads.items()}
        if all(abs(rate) >= SURE * errors[name] for name, rate in rates.items()):
            break
    if proposes:
        rates = {name: rate - errors[name] for name, rate in rates.items()}
    claimed = float(instance.policy.temperature)
    by_name = {name: math.log(t / claimed) for name, t in temperatures(instance.policy).items()} if claimed else {}
    if not proposes:
        logs = np.concatenate([trace.logits[trace.y[:-1] != trace.y[1:]] for trace in traces])
        own = test.others.own(logs)
        for name in rates:
            with np.errstate(invalid="ignore"):
                terms = np.where(np.isneginf(own), 0.0, np.exp(own) * (own - test.others.laws[name](logs)))
            rates[name] = 1.5 * float(terms.sum()) / (PAIR * len(traces))
    # A call of two rows wins one and a half times what a row does, which is half the variance of what it is tilted by.
    informed = [2 * rates[name] / (1.5 * by_name[name] ** 2) for name in rates if name in by_name]
    stakes = {name: test.stake(("tokens", name)) for name in rates}
    return Foresight(rates, spreads, stakes, claimed, min(informed, default=0.0), test.aimed_stake)


def right_code(instance: Instance) -> Any:
    """Code that draws as the instance says, step by step."""
    policy = instance.policy

    def sampler(oracle: Any, count: int, seed: int) -> NDArray[np.int64]:
        draw = policy.drawing(count, oracle.length, np.random.default_rng(seed))
        x = np.full((count, oracle.length), oracle.mask_id)
        for step in range(1, policy.steps + 1):
            x = draw(step, x, np.exp(oracle.logits(x)))
        return x

    return sampler
