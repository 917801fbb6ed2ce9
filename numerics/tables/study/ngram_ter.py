"""Token error rates of n-gram languages against the number of steps."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...engines.workspace import Request, Workspace
from ...instances import Instance
from ...languages import random_ngram
from ...policies import Bernoulli
from ..render import Table
from .measured import increasing, kind, measured, total

__all__ = ["LENGTH", "STEPS", "ngram_ter"]

LENGTH = 512
STEPS = (8, 16, 32, 64, 128, 256, 512)
VOCAB = 8
SEED = 1
REQUEST = Request(width=0.02, seconds=10.0)


def ngram_ter(
    length: int = LENGTH, steps: Sequence[int] = STEPS, orders: Sequence[int] = (2, 3, 4), request: Request = REQUEST
) -> Table:
    """TER of random sparse n-grams against N, beside what M6.4 and ``PATH_KL`` allow.

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
        baseline = increasing(measured(whole, "log_ter_language"), math.exp)
        for N in steps:
            work = Workspace(Instance(language, Bernoulli(N), name=f"{order}-gram, {N} steps"), request)
            path = increasing(measured(work, "path_kl"), lambda x: x / length)
            gap = increasing(measured(work, "kl"), lambda x: x / length)
            ter = increasing(measured(work, "log_ter"), math.exp)
            sharp = increasing(information, lambda x, N=N: x / (N * length))
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
                    baseline,
                )
            )
    columns = (
        "language",
        "N",
        "M6.4: log V / N",
        "M6.4: (TC+DTC)/(NL)",
        "PATH_KL/L",
        "PATH_KL is",
        "TER gap",
        "gap is",
        "TER",
        "TER is",
        "TER autoregressive",
    )
    notes = (
        (
            f"Random n-grams over V = {VOCAB} symbols that forbid half of all continuations (seed {SEED}), L = {length}, N "
            "uniform Bernoulli steps, exact denoiser. The TER gap is log TER(p) - log TER(q) = KL/L, in nats; TER is a "
            "perplexity."
        ),
        (
            "TER autoregressive is that of the language itself, exp(H/L), which one token at a time reaches. It and the "
            "columns of M6.4 are known as well as the entropies in them (rounding for n = 2, truncation beyond)."
        ),
    )
    return Table("TER of n-gram languages against the number of steps", columns, tuple(rows), notes)
