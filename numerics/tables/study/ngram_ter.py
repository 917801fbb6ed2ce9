"""Token error rates of n-gram languages against the number of steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from ...enclosure import Enclosure
from ...engines.workspace import Request, Workspace
from ...instances import Instance
from ...languages import random_ngram
from ...policies import Bernoulli
from ..render import Table
from .measured import divided, increasing, kind, measured, total

__all__ = ["LENGTH", "STEPS", "ngram_ter"]

LENGTH = 512
STEPS = (8, 16, 32, 64, 128, 256, 512)
VOCAB = 8
SEED = 1
REQUEST = Request(width=0.02, seconds=10.0)


def ngram_ter(
    length: int = LENGTH, steps: Sequence[int] = STEPS, orders: Sequence[int] = (2, 3, 4), request: Request = REQUEST
) -> Table:
    """TER of random sparse n-grams against N, beside what a bound (token-error/bernoulli) and ``PATH_KL`` allow.

    The gap ``log TER(p) - log TER(q)`` is ``KL/L``. Enclosures are computed and nothing is drawn, unless the request
    says so.

    Parameters
    ----------
    length : int
    steps : sequence of int
        N, uniform Bernoulli.
    orders : sequence of int
        n of the languages.
    request : Request
        Width and time of a measurement.
    """
    rows = []
    for order in orders:
        language = random_ngram(order, VOCAB, length, SEED)
        whole = Workspace(Instance(language, Bernoulli(1), name=f"{order}-gram"), request)
        information = total(measured(whole, "total_correlation"), measured(whole, "dual_total_correlation"))
        entropy = measured(whole, "log_ter_language")
        autoregressive = increasing(entropy, math.exp)
        for N in steps:
            work = Workspace(Instance(language, Bernoulli(N), name=f"{order}-gram, {N} steps"), request)
            path = divided(measured(work, "path_kl"), length)
            gap = divided(_divergence(work), length)
            ter = increasing(total(entropy, gap), math.exp)
            sharp = divided(information, N * length)
            rows.append(
                (
                    f"{order}-gram",
                    N,
                    math.log(VOCAB) / N,
                    sharp,
                    path,
                    kind(path),
                    gap,
                    kind(gap),
                    ter,
                    kind(ter),
                    autoregressive,
                )
            )
    columns = (
        "language",
        "N",
        "bound: log V / N",
        "bound: (TC+DTC)/(NL)",
        "PATH_KL/L",
        "PATH_KL is",
        "TER gap",
        "gap is",
        "TER",
        "TER is",
        "TER autoregressive",
    )
    setting = (
        f"Random n-grams over V = {VOCAB} symbols that forbid half of all continuations (seed {SEED}), L = {length}, N "
        "uniform Bernoulli steps, exact denoiser. TER is a perplexity; the TER gap, log TER(p) - log TER(q) = KL/L, is "
        "in nats a token. It is at most PATH_KL/L, and at least -log(1 - SER)/L where SER is known."
    )
    baseline = (
        "TER autoregressive is that of the language itself, exp(H/L), reached one token at a time. It and the bounds "
        "with TC + DTC are known as well as the entropies in them, to all digits shown."
    )
    return Table("TER of n-gram languages against the number of steps", columns, tuple(rows), (setting, baseline))


def _divergence(work: Workspace) -> Enclosure | None:
    """KL, from below also by ``-log(1 - SER)`` (sequence-error/from-path-kl)."""
    kl, ser = measured(work, "kl"), measured(work, "ser")
    if kl is None or ser is None or ser.lo == 1:
        return kl
    lo = min(-math.log1p(-ser.lo) * (1 - 1e-12), kl.hi)
    if lo <= kl.lo:
        return kl
    kind = "statistical" if ser.confidence else kl.kind
    return replace(kl, lo=lo, value=math.nan, kind=kind, confidence=ser.confidence, exact=None)
