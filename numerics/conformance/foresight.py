"""How many sequences a test needs, before any is drawn from the code under test (proofs_notes/samplers/steps.md).

A few sequences are drawn here as the claim says. The mean logarithm of the ratio of the claim's law of their steps to
an alternative's is the rate at which right code refutes that alternative; to first order it is the rate, too, at which
code that follows the alternative refutes the claim.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..instances import Instance
from .oracle import Oracle
from .trace import Recorder
from .trace_test import TraceTest

__all__ = ["FOLLOWED", "PAIR", "TOGETHER", "Foresight", "Needed", "foreseen", "right_code", "rows_of_a_call"]

FOLLOWED = 500
"""Sequences whose steps are looked at in a language whose final law is known."""

TOGETHER = 20
"""Calls of several rows whose steps are followed, to see whether the rows depend on each other."""

PAIR = 2
"""Rows of later ones: the evidence of a call is that of one row to two, so that many rows are lost."""

TOKENS = 2048
"""That are drawn for an estimate."""

OWN_DRAWS = 0x0F0E5EE


@dataclass(frozen=True)
class Needed:
    """Sequences that a test needs.

    Parameters
    ----------
    conforms : int or None
        Until right code conforms; None if it does not within any number.
    shows : mapping of str to (int or None)
        Until code that deviates so differs, by its steps.
    right_tv : float or None
        Total variation, as drawn, that right code shows on average in the sequences asked for, where its law is known.
    """

    conforms: int | None
    shows: Mapping[str, int | None]
    right_tv: float | None

    def told(self) -> str:
        """In a sentence."""
        after = "no number of" if self.conforms is None else f"about {self.conforms}"
        parts = [f"right code conforms after {after} sequences"]
        if self.right_tv is not None:
            parts.append(f"of those asked for it shows a total variation of about {self.right_tv:.2g}")
        parts += [f"{name} shows after about {n} by its steps" for name, n in self.shows.items() if n is not None]
        return "; ".join(parts)


def rows_of_a_call(samples: int) -> int:
    """A quarter of the root: the evidence in a call is bounded, so there are more calls than rows in one."""
    return max(1, math.isqrt(samples) // 4)


@dataclass(frozen=True)
class Foresight:
    """What steps will show.

    Parameters
    ----------
    rates : mapping of str to float
        Nats that a call of two sequences of right code has against each alternative.
    stakes : mapping of str to float
        Minus the logarithm of what is staked on each.
    """

    rates: Mapping[str, float]
    stakes: Mapping[str, float]

    def shows(self, alpha: float, first: int) -> dict[str, int | None]:
        """Sequences until code that follows each alternative differs; None where it never does.

        Parameters
        ----------
        alpha : float
        first : int
            Rows of the first calls.
        """
        return {
            name: self._sequences(rate, math.log(1 / alpha) + self.stakes[name], first)
            for name, rate in self.rates.items()
        }

    def conforms(self, alpha: float, first: int) -> int | None:
        """Sequences until right code conforms, where its final law is out of reach."""
        needed = [self._sequences(rate, math.log(1 / alpha), first) for rate in self.rates.values()]
        return None if None in needed else max((n for n in needed if n is not None), default=1)

    def least(self, alpha: float) -> int | None:
        """The least number of sequences asked for by which right code conforms: more in a call take more in all."""
        asked, needed = 0, self.conforms(alpha, 1)
        while needed is not None and needed > asked:
            asked, needed = needed, self.conforms(alpha, rows_of_a_call(needed))
        return None if needed is None else asked

    @staticmethod
    def _sequences(rate: float, nats: float, first: int) -> int | None:
        if rate <= 0:
            return None
        calls = math.ceil(nats / rate)
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
    Cost: that of drawing and testing some 2,000 tokens, four times as many of short sequences in the latter case.
    """
    proposes = instance.policy.proposes
    tokens = TOKENS * (4 if proposes and not test.few else 1)
    calls = max(1, tokens // (PAIR * instance.length))
    traces = []
    for call in range(calls):
        recorder = Recorder(oracle)
        trace = recorder.trace(right_code(instance)(recorder, PAIR, OWN_DRAWS + call))
        assert trace is not None
        traces.append(trace)
        test.add(trace)
    test.look()
    rates = {name: nats / calls for name, nats in test.near().items()}
    if not proposes:
        logs = np.concatenate([trace.logits[trace.y[:-1] != trace.y[1:]] for trace in traces])
        own = test.own(logs)
        for name in rates:
            with np.errstate(invalid="ignore"):
                terms = np.where(np.isneginf(own), 0.0, np.exp(own) * (own - test.laws[name](logs)))
            rates[name] = 1.5 * float(terms.sum()) / (PAIR * calls)
    return Foresight(rates, {name: test.stake(("tokens", name)) for name in rates})


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
