"""Token error rates of n-gram languages against the number of steps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..engines.workspace import Request, Workspace
from ..instances import Instance
from ..languages import Language, random_ngram
from ..numbers.enclosure import LIBRARY, Enclosure
from ..policies import Bernoulli
from ..render.table import Table
from .measured import divided, increasing, kind, measured, total

__all__ = ["LENGTH", "STEPS", "doubling", "ngram_ter", "ter_of_languages"]

LENGTH = 512
STEPS = (8, 16, 32, 64, 128, 256, 512)
VOCAB = 8
SEED = 1
IN_NATS = ("bound: log V / N", "bound: (TC+DTC)/(NL)", "PATH_KL/L", "TER gap")
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
    languages = {f"{order}-gram": random_ngram(order, VOCAB, length, SEED) for order in orders}
    setting = (
        f"Random n-grams over V = {VOCAB} symbols that forbid half of all continuations (seed {SEED}), L = {length}, "
    )
    return _ter_table("TER of n-gram languages against the number of steps", setting, languages, steps, request)


def ter_of_languages(
    languages: Mapping[str, Language], steps: Sequence[int] | None = None, request: Request = REQUEST
) -> Table:
    """The same of one's own languages, by name; N doubles from 8, or 1, up to the longest length, unless given."""
    title = f"TER of {', '.join(languages)} against the number of steps"
    return _ter_table(title, "", languages, steps or doubling(languages), request)


def doubling(languages: Mapping[str, Language]) -> tuple[int, ...]:
    """Numbers of steps from 8, or from 1 where there are fewer than 64 tokens, to the longest length."""
    longest = max(language.length for language in languages.values())
    first = 3 if longest >= 64 else 0
    return tuple(2**k for k in range(first, longest.bit_length()))


def _ter_table(
    title: str, setting: str, languages: Mapping[str, Language], steps: Sequence[int], request: Request
) -> Table:
    rows = []
    for name, language in languages.items():
        length = language.length
        whole = Workspace(Instance(language, Bernoulli(1), name=name), request)
        information = total(measured(whole, "total_correlation"), measured(whole, "dual_total_correlation"))
        entropy = measured(whole, "log_ter_language")
        autoregressive = increasing(entropy, math.exp)
        for N in steps:
            work = whole.under(Bernoulli(N))
            path = divided(measured(work, "path_kl"), length)
            gap = divided(_divergence(work), length)
            ter = increasing(total(entropy, gap), math.exp)
            sharp = divided(information, N * length)
            rows.append(
                (
                    name,
                    N,
                    math.log(language.vocab) / N,
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
    setting += (
        "N uniform Bernoulli steps, exact denoiser. TER is a perplexity; the TER gap, log TER(p) - log TER(q) = KL/L, "
        "is in nats a token. It is at most PATH_KL/L, and at least -log(1 - SER)/L where SER is known."
    )
    baseline = (
        "TER autoregressive is that of the language itself, exp(H/L), reached one token at a time. It and the bounds "
        "with TC + DTC are known as well as the entropies in them, to all digits shown."
    )
    return Table(title, columns, tuple(rows), (setting, baseline), nats=IN_NATS)


def _divergence(work: Workspace) -> Enclosure | None:
    """KL, where nothing computed bounds it from below, by ``-log(1 - SER)`` (sequence-error/from-path-kl)."""
    kl = measured(work, "kl")
    if kl is None or (kl.lo > 0 and not kl.confidence):
        return kl
    ser = measured(work, "ser")
    if ser is None or ser.lo == 1:
        return kl
    lo = min(-math.log1p(-ser.lo) * (1 - LIBRARY), kl.hi)
    if lo <= kl.lo:
        return kl
    kind = "statistical" if ser.confidence else kl.kind
    return replace(kl, lo=lo, value=math.nan, kind=kind, confidence=ser.confidence, exact=None)
