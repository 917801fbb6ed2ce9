"""Sequence error rates of hidden Markov languages against the number of steps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

from sympy import Rational

from maskbound.theory import statements, symbols

from ..engines.workspace import Request, Workspace
from ..instances import Instance
from ..languages import HMM, Language, random_hmm, shifted_pair
from ..numbers.enclosure import Enclosure
from ..numbers.rationals import to_fraction
from ..policies import Bernoulli
from ..render.table import Table
from .measured import increasing, kind, known_or_drawn, measured, total
from .ngram_ter import LENGTH, STEPS, doubling

__all__ = ["SHIFTED", "hidden_languages", "hmm_ser", "ser_of_languages", "shifted_pair_bound"]

STATES, VOCAB, SEED = 8, 8, 14
SHIFTED, FLIP = 16, "1/10"
LEARNED = Fraction(1, 128)
"""The learning error of the published lower bound."""

SAMPLES = {"random HMM": 8192, "ShiftedPair": 2048}
OWN_SAMPLES = 8192
REQUEST = Request(width=0.02, seconds=10.0)


def hidden_languages(length: int) -> dict[str, HMM]:
    """The languages of the study, by name."""
    return {
        "random HMM": random_hmm(STATES, VOCAB, length, SEED),
        "ShiftedPair": shifted_pair(SHIFTED, FLIP, length),
    }


def shifted_pair_bound(length: int, steps: int, learned: Fraction = Fraction(0)) -> Enclosure:
    """The right side of the lower bound (shifted-pair/ser-lower) for ShiftedPair: no denoiser of that learning error
    does better in N uniform steps.

    The exact denoiser attains it.

    Examples
    --------
    >>> shifted_pair_bound(2, 1).exact
    Fraction(13, 16)
    """
    given = {"V": SHIFTED, "L": length, "collision_probability": Rational(1, steps), "eps_learning": Rational(learned)}
    found = statements["shifted-pair/ser-lower"].rhs.subs({symbols[name]: value for name, value in given.items()})
    return Enclosure.exactly(to_fraction(found))


def hmm_ser(
    length: int = LENGTH,
    steps: Sequence[int] = STEPS,
    samples: dict[str, int] | None = None,
    request: Request = REQUEST,
) -> Table:
    """SER of hidden Markov languages against N, sampled, between a lower bound (shifted-pair/ser-lower) and an upper
    one (sequence-error/from-path-kl).

    Parameters
    ----------
    length : int
        Even.
    steps : sequence of int
        N, uniform Bernoulli.
    samples : dict of str to int, optional
        Sequences to draw for each point of a language.
    request : Request
        Width, time and seed of a measurement.
    """
    setting = (
        f"A random hidden chain of {STATES} states that forbids half of all transitions (seed {SEED}) and ShiftedPair "
        f"over {SHIFTED} symbols (flip {FLIP}), L = {length}, "
    )
    title = "SER of hidden Markov languages against the number of steps"
    return _ser_table(title, setting, hidden_languages(length), steps, samples or SAMPLES, request)


def ser_of_languages(
    languages: Mapping[str, Language], steps: Sequence[int] | None = None, request: Request = REQUEST
) -> Table:
    """The same of one's own languages, by name; N doubles up to the longest length, unless given."""
    drawn = dict.fromkeys(languages, OWN_SAMPLES)
    title = f"SER of {', '.join(languages)} against the number of steps"
    return _ser_table(title, "", languages, steps or doubling(languages), drawn, request)


def _ser_table(
    title: str,
    setting: str,
    languages: Mapping[str, Language],
    steps: Sequence[int],
    drawn: Mapping[str, int],
    request: Request,
) -> Table:
    rows = []
    for name, language in languages.items():
        length = language.length
        whole = Workspace(Instance(language, Bernoulli(1), name=name), request)
        information = total(measured(whole, "total_correlation"), measured(whole, "dual_total_correlation"))
        drawing = replace(request, samples=drawn[name], seconds=math.inf, sampling=True)
        for N in steps:
            work = whole.under(Bernoulli(N))
            path, ser = measured(work, "path_kl"), known_or_drawn(work, "ser", drawing)
            shifted = work.instance.has("ShiftedPairLanguage") and language.vocab == SHIFTED
            rows.append(
                (
                    name,
                    N,
                    increasing(information, partial(_allowed_in, N)),
                    increasing(path, _allowed),
                    kind(path),
                    ser,
                    kind(ser),
                    shifted_pair_bound(length, N) if shifted else None,
                    shifted_pair_bound(length, N, LEARNED) if shifted else None,
                    Enclosure.exactly(0),
                )
            )
    columns = (
        "language",
        "N",
        "bound: 1 - exp(-(TC+DTC)/N)",
        "1 - exp(-PATH_KL)",
        "PATH_KL is",
        "SER",
        "SER is",
        "least SER, eps = 0",
        "least SER, eps = 1/128",
        "SER autoregressive",
    )
    counts = ", ".join(f"{count} of {name}" for name, count in drawn.items())
    setting += "N uniform Bernoulli steps, exact denoiser."
    told = [setting, "One token at a time makes no error."]
    if any(row[columns.index("SER is")] == "statistical" for row in rows):
        told.append(
            f"SER of drawn sequences, for each N {counts}, seed {request.seed}; each interval holds with probability "
            f"1 - {1 - request.confidence:.1g}."
        )
    if any(row[columns.index("least SER, eps = 0")] is not None for row in rows):
        told.append(
            "No denoiser of learning error eps has less than the least SER, attained by the exact one at eps = 0."
        )
    return Table(title, columns, tuple(rows), (told[0], " ".join(told[1:])))


def _allowed_in(steps: int, information: float) -> float:
    return _allowed(information / steps)


def _allowed(divergence: float) -> float:
    """``1 - exp(-KL)``: all that the language can forbid at that divergence (sequence-error/from-path-kl)."""
    return -math.expm1(-divergence)
