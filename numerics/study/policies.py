"""Errors of policies at equal numbers of steps: exact on small languages, enclosed or drawn at length."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

import numpy as np

from ..engines.workspace import Request, Workspace
from ..errors import BadInput, BeyondReach
from ..instances import Instance
from ..languages import HMM, Language, english_ngram, iid, markov, pair, random_hmm, random_ngram
from ..metrics import measure_one
from ..numbers.enclosure import Enclosure
from ..policies import Adaptive, Bernoulli, FixedSize, Policy, Remasking, Schedule
from ..render.table import Table
from ..sampling.sampler import sampler_for
from .measured import divided, kind, measured

__all__ = ["AT_LENGTH", "SMALL", "Setting", "policies_table"]

PILOTS = 16
"""Sequences by which a threshold or a bound at length is matched to a number of steps."""

GRID = 200
"""Thresholds, and roots of bounds, are multiples of one part in so many."""


@dataclass(frozen=True)
class Setting:
    """A language and how it is looked at.

    Parameters
    ----------
    name : str
    language : Language
    steps : tuple of int
        N.
    block : int
        Of the semi-autoregressive policy.
    samples : int or None
        Sequences for what is drawn; None where everything is computed.
    """

    name: str
    language: Language
    steps: tuple[int, ...]
    block: int
    samples: int | None = None


def _small() -> Iterator[Setting]:
    chain = markov(["1/2", "1/3", "1/6"], [["9/10", "1/10", 0], [0, "1/4", "3/4"], ["1/3", "1/3", "1/3"]], 6)
    hidden = HMM(6, ["2/3", "1/3"], [["4/5", "1/5"], ["1/4", "3/4"]], [["1/2", "1/2", 0], ["1/8", "1/8", "3/4"]])
    yield Setting("chain", chain, (2, 3, 6), 3)
    yield Setting("HMM", hidden, (2, 3, 6), 3)
    yield Setting("Pair(2)", pair(2, 6), (2, 3, 6), 2)
    yield Setting("coins", iid(["1/10", "9/10"], 8), (2, 4, 8), 4)


def _at_length() -> Iterator[Setting]:
    yield Setting("English bigram", english_ngram(2, 256), (32, 128), 32, 128)
    yield Setting("random HMM", random_hmm(8, 8, 256, 14), (32, 128), 32, 256)
    yield Setting("random trigram", random_ngram(3, 8, 256, 14), (32, 128), 32, 128)


SMALL: tuple[Setting, ...] = tuple(_small())
AT_LENGTH: Callable[[], tuple[Setting, ...]] = lambda: tuple(_at_length())  # noqa: E731


def _remasking(L: int, N: int) -> Policy:
    """Half of the most that can be masked again at each step."""
    most = [min(Fraction(1), Fraction(N - k, k - 1)) if k > 1 else Fraction(0) for k in range(1, N + 1)]
    return Remasking(Schedule.uniform(N), [sigma / 2 for sigma in most])


OF_STEPS: Mapping[str, Callable[[int, int], Policy]] = MappingProxyType(
    {
        "Bernoulli": lambda L, N: Bernoulli(N),
        "random sizes": lambda L, N: FixedSize.balanced(N, L),
        "confidence": lambda L, N: Adaptive(L, score="confidence", steps=N),
        "confidence, ties drawn": lambda L, N: Adaptive(L, score="confidence", steps=N, ties="random"),
        "margin": lambda L, N: Adaptive(L, score="margin", steps=N),
        "entropy": lambda L, N: Adaptive(L, score="entropy", steps=N),
        "proposals": lambda L, N: Adaptive(L, score="confidence", order="sample-then-choose", steps=N),
        "remasking": _remasking,
    }
)
"""Policies of N steps."""

MATCHED: Mapping[str, Callable[[int, Fraction], Policy]] = MappingProxyType(
    {
        "threshold": lambda L, x: Adaptive(L, score="confidence", threshold=x),
        "entropy bound": lambda L, x: Adaptive(L, score="entropy", entropy_bound=L * (1 - x) ** 2),
    }
)
"""Policies that decide their number of steps; it grows with x in [0, 1]."""


def policies_table(settings: tuple[Setting, ...] | None = None, seconds: float = 5.0, seed: int = 0) -> Table:
    """KL, TER gap, SER and steps of every policy.

    Parameters
    ----------
    settings : tuple of Setting, optional
        Small languages and those at length, unless given.
    seconds : float
        What a computation may be estimated to take before sequences are drawn in its place.
    seed : int
    """
    rows = []
    for setting in (*SMALL, *AT_LENGTH()) if settings is None else settings:
        L = setting.language.length
        for N in setting.steps:
            for name, policy in _policies(setting, N, seed):
                instance = Instance(setting.language, policy, name=f"{setting.name}, {name}, {N} steps")
                kl, path, ser, steps = _measured(instance, setting.samples, seconds, seed)
                gap = divided(kl, L)
                rows.append((setting.name, L, N, name, steps, kl, kind(kl), path, kind(path), gap, ser, kind(ser)))
    columns = (
        "language",
        "L",
        "N",
        "policy",
        "E[steps]",
        "KL",
        "KL is",
        "PATH_KL",
        "PATH_KL is",
        "TER gap",
        "SER",
        "SER is",
    )
    setting_note = (
        "Exact denoiser, temperature 1; KL and PATH_KL in nats, the TER gap KL/L in nats a token. Of equal scores the "
        "lowest position comes first, unless ties are drawn. Blocks: 2 to 4 tokens of a small L, 32 otherwise. "
        "Remasking: half of the most there can be at each step. Thresholds of confidence, and entropy bounds, are of "
        f"{GRID} values the one whose number of steps comes closest to N, at length by {PILOTS} sequences; no value "
        "reaches some numbers of steps."
    )
    reach_note = (
        f"What is drawn holds with probability 0.99 each, seed {seed}; at length scores that rounding cannot tell "
        "apart are equal. KL of proposals and of drawn ties is known where laws are computed; PATH_KL is at least KL "
        "(kl-path-kl/equality-deterministic), and does not exist for proposals and remasking."
    )
    return Table("What policies cost at equal numbers of steps", columns, tuple(rows), (setting_note, reach_note))


def _measured(instance: Instance, samples: int | None, seconds: float, seed: int) -> list[Enclosure | None]:
    """KL, PATH_KL, SER and steps: computed where that is quick, drawn where it is not and may be."""
    computing = Workspace(instance, Request(seconds=seconds))
    drawing = Workspace(instance, Request(0.01, math.inf, samples, seed, 0.99, sampling=True, equal_scores=True))

    def one(quantity: str) -> Enclosure | None:
        found = measured(computing, quantity)
        if found is not None or samples is None:
            return found
        for engine in ("replay", "sampled"):
            with suppress(BadInput, BeyondReach):
                return measure_one(drawing, quantity, engine)
        return None

    return [one(quantity) for quantity in ("kl", "path_kl", "ser", "expected_steps")]


def _policies(setting: Setting, steps: int, seed: int) -> Iterator[tuple[str, Policy]]:
    L = setting.language.length
    for name, make in OF_STEPS.items():
        yield name, make(L, steps)
    if steps >= L // setting.block:
        yield "confidence in blocks", Adaptive(L, score="confidence", steps=steps, block_length=setting.block)
    for name, matched in MATCHED.items():
        yield name, _matched(setting, matched, steps, seed)


def _matched(setting: Setting, make: Callable[[int, Fraction], Policy], steps: int, seed: int) -> Policy:
    """The member of a family whose expected number of steps comes closest, by bisection."""
    L = setting.language.length
    low, high = 0, GRID

    def taken(x: int) -> float:
        instance = Instance(setting.language, make(L, Fraction(x, GRID)))
        if setting.samples is None:
            return measure_one(Workspace(instance), "expected_steps").value
        chunk = sampler_for(instance).chunk(PILOTS, np.random.default_rng([seed, x]))
        assert chunk.steps is not None
        return float(np.mean(chunk.steps))

    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if taken(middle) < steps else (low, middle)
    best = min((low, high), key=lambda x: abs(taken(x) - steps))
    return make(L, Fraction(best, GRID))
