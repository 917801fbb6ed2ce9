"""Token and sequence error rates of trained networks against the number of steps, beside those of the exact denoiser.

A network is trained on an n-gram language and one on a hidden Markov language; its learning errors are measured, and
the bounds are those of the theorems at these. Where a language fits a table everything is exact; at length SER and
learning errors are intervals from what is drawn, and KL is known between bounds only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from itertools import pairwise
from typing import Any

from ..denoisers import Network
from ..engines.workspace import Request, Workspace
from ..instances import Instance
from ..languages import Language, random_hmm, random_ngram
from ..networks import require_torch
from ..numbers.digits import shown
from ..numbers.enclosure import LIBRARY, Enclosure
from ..policies import Bernoulli
from ..render.table import Table
from .measured import divided, increasing, measured, times, total

__all__ = ["AT_LENGTH", "SMALL", "Setting", "trained_at_length", "trained_table"]

VOCAB, ORDER, STATES = 4, 3, 4
NGRAM_SEED, HMM_SEED = 1, 14


@dataclass(frozen=True)
class Setting:
    """Sizes and effort.

    Parameters
    ----------
    length : int
        L.
    steps : tuple of int
        N, uniform Bernoulli.
    training : int
        Steps of training of each network.
    samples, contexts : int
        Sequences for SER, and contexts for learning errors, that an interval rests on where there are no exact values.
    width, layers, seed : int
        Of the networks.
    """

    length: int
    steps: tuple[int, ...]
    training: int
    samples: int
    contexts: int
    width: int = 64
    layers: int = 2
    seed: int = 0


SMALL = Setting(8, (1, 2, 4, 8, 16, 32), 1000, 20_000, 20_000)
AT_LENGTH = Setting(64, (8, 16, 32), 600, 1000, 8000)
DIGITS = 3
DOWN = ("bound at worst, network", "bound, network", "PATH_KL/L, network")

COLUMNS = (
    "language",
    "N",
    "TER: exact denoiser",
    "TER: network",
    "TER: bound, network",
    "TER: bound at worst, network",
    "TER: autoregressive",
    "gap: exact denoiser",
    "gap: network",
    "gap: PATH_KL/L, network",
    "gap: bound, network",
    "gap: bound at worst, network",
    "gap: bound, exact",
    "SER: exact denoiser",
    "SER: network",
    "SER: 1 - exp(-KL), network",
    "SER: 1 - exp(-PATH_KL), network",
    "SER: bound, network",
    "SER: bound at worst, network",
    "SER: bound, exact",
    "mean learning error",
    "worst learning error",
)
IN_NATS = (*(name for name in COLUMNS if name.startswith("gap")), "mean learning error", "worst learning error")


def languages_of(length: int) -> dict[str, Language]:
    """The languages of the study, by name; both forbid some strings."""
    return {
        f"{ORDER}-gram, L = {length}": random_ngram(ORDER, VOCAB, length, NGRAM_SEED),
        f"HMM, L = {length}": random_hmm(STATES, VOCAB, length, HMM_SEED),
    }


def trained_table(setting: Setting = SMALL, watch: Callable[[int, float], None] = lambda step, loss: None) -> Table:
    """TER and SER of networks trained here, of the exact denoiser, and the bounds at the learning error measured.

    Parameters
    ----------
    setting : Setting
    watch : callable
        Told each step of training and its loss.

    Notes
    -----
    The bounds are ``log TER(p) - log TER(q) <= (TC + DTC)/(N L) + mean learning error``
    (token-error/mean-learning-error) and
    ``SER <= 1 - exp(-(TC + DTC)/N - L mean learning error)``, from PATH_KL (sequence-error/from-path-kl).
    """
    require_torch("table")
    from ..networks.threads import one_thread
    from ..networks.training import train

    rows: list[tuple[object, ...]] = []
    with one_thread():
        for name, language in languages_of(setting.length).items():
            sizes = {"width": setting.width, "layers": setting.layers, "seed": setting.seed}
            network = Network(train(language, setting.training, **sizes, watch=watch).network)
            rows += _rows(name, language, network, setting)
    about = (
        f"A random {ORDER}-gram and a random hidden chain of {STATES} states over V = {VOCAB} symbols, each forbidding "
        f"half of all continuations (seeds {NGRAM_SEED} and {HMM_SEED}), L = {setting.length}; N uniform Bernoulli "
        "steps."
    )
    networks = (
        f"A transformer of {setting.layers} layers of width {setting.width} for each, {setting.training} steps of "
        f"training on fresh sequences, seed {setting.seed}. Learning errors, in nats a token, are measured: the mean "
        "over the contexts that the N steps meet, and the worst in any context."
    )
    bounds = (
        "The gap is log TER(p) - log TER(q) = KL/L. Bounds: gap <= (TC + DTC)/(N L) + mean learning error, SER <= "
        "1 - exp(-(TC + DTC)/N - L mean learning error); at worst, with the worst learning error in the place of the "
        "mean; for the exact denoiser the learning error is 0."
    )
    notes = (about, networks, bounds, *_factors(rows), _surely(rows, setting))
    title = "TER and SER of trained networks against the number of steps"
    return Table(title, COLUMNS, tuple(rows), notes, (f"torch {version('torch')}",), nats=IN_NATS)


def trained_at_length(length: int = AT_LENGTH.length) -> Table:
    """The same at another length than that of ``AT_LENGTH``."""
    return trained_table(replace(AT_LENGTH, length=length))


def _rows(name: str, language: Language, network: Network, setting: Setting) -> Sequence[tuple[object, ...]]:
    L = language.length
    request = Request(width=0.02, seconds=20.0)
    drawing = Request(samples=setting.samples, seconds=math.inf, sampling=True)
    whole = Workspace(Instance(language, Bernoulli(1), name=name), request)
    information = total(measured(whole, "total_correlation"), measured(whole, "dual_total_correlation"))
    entropy = measured(whole, "log_ter_language")
    exact_base = Workspace(Instance(language, Bernoulli(1), name=name), request)
    learned_base = Workspace(Instance(language, Bernoulli(1), network, off_support="denoiser", name=name), request)
    drawn_base = Workspace(learned_base.instance, drawing)
    contexts_base = Workspace(learned_base.instance, replace(drawing, samples=setting.contexts))
    worst = _first("eps_learning", learned_base, contexts_base)
    rows = []
    for N in setting.steps:
        policy = Bernoulli(N)
        bases = (exact_base, learned_base, drawn_base, contexts_base)
        exact, learned, drawn, contexts = (base.under(policy) for base in bases)
        mean = _first("mean_learning_error", learned, contexts)
        ideal = measured(exact, "path_kl")
        path = measured(learned, "path_kl") or total(ideal, increasing(mean, partial(_times, L)))
        left = divided(information, N)
        allowed, at_worst = (total(left, increasing(error, partial(_times, L))) for error in (mean, worst))
        of_exact = _errors(exact, Workspace(exact.instance, drawing), ideal)
        of_network = _errors(learned, drawn, path)
        gaps = [divided(each, L) for each in (of_exact[0], of_network[0], path, allowed, at_worst, left)]
        rows.append(
            (
                name,
                N,
                *(increasing(total(entropy, gaps[k]), math.exp) for k in (0, 1, 3, 4)),
                increasing(entropy, math.exp),
                *gaps,
                of_exact[1],
                of_network[1],
                *(increasing(each, _forbidden) for each in (of_network[0], path, allowed, at_worst, left)),
                mean,
                worst,
            )
        )
    return rows


def _factors(rows: Sequence[tuple[object, ...]]) -> Iterator[str]:
    """By how much each step from the bound down to the error loses, at the middle N of each language."""
    place = COLUMNS.index
    for name in dict.fromkeys(row[0] for row in rows):
        own = [row for row in rows if row[0] == name]
        row: Any = own[len(own) // 2]
        gap = [row[place(f"gap: {each}")] for each in (*DOWN, "network")]
        wrong = (row[place("SER: 1 - exp(-KL), network")], row[place("SER: network")])
        worst, mean, order, support = (_times_shown(above, below) for above, below in (*pairwise(gap), wrong))
        yield (
            f"From the bound down to the error, {name} at N = {row[1]}: the bound of the gap at the worst learning "
            f"error is {worst} times that at the mean, which is {mean} times PATH_KL/L, which is {order} times the "
            f"gap; 1 - exp(-KL) is {support} times the SER."
        )


def _times_shown(above: Enclosure | None, below: Enclosure | None) -> str:
    found = times(above, below)
    return "?" if found is None else shown(found, DIGITS)


def _surely(rows: Sequence[tuple[object, ...]], setting: Setting) -> str:
    """What the numbers rest on."""
    cells = [cell for row in rows for cell in row if isinstance(cell, Enclosure)]
    drawn = [cell.confidence for cell in cells if cell.confidence is not None]
    if not drawn:
        return "All numbers are computed from tables, and certain to more digits than are shown."
    return (
        f"SER is from {setting.samples} sequences that are drawn, learning errors are from {setting.contexts} "
        f"contexts: intervals, each of confidence {min(drawn)}, and so is what is a function of them. KL and TER lie "
        "between what SER and PATH_KL allow; the worst learning error lies between the largest that was met and the "
        "most that the network's probabilities allow."
    )


def _first(quantity: str, exact: Workspace, drawn: Workspace) -> Enclosure | None:
    """Exactly if that can be, else from what is drawn."""
    found = measured(exact, quantity)
    return found if found is not None and found.has_value else measured(drawn, quantity)


def _errors(exact: Workspace, drawn: Workspace, path: Enclosure | None) -> tuple[Enclosure | None, Enclosure | None]:
    """KL and SER; where KL is out of reach, between ``-log(1 - SER)`` and ``PATH_KL`` (sequence-error/from-kl)."""
    ser = _first("ser", exact, drawn)
    kl = measured(exact, "kl")
    if (kl is not None and kl.has_value) or ser is None or path is None:
        return kl, ser
    low = min(-math.log1p(-ser.lo) * (1 - LIBRARY), path.hi) if ser.lo < 1 else path.hi
    return replace(path, lo=low, value=math.nan, kind="statistical", confidence=ser.confidence, exact=None), ser


def _times(factor: int, value: float) -> float:
    return factor * value


def _forbidden(divergence: float) -> float:
    return -math.expm1(-divergence)
