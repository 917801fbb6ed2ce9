"""How many steps an error rate needs, and how that grows with the length: constant for TER, linear for SER."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from ..engines.workspace import Request, Workspace
from ..instances import Instance
from ..languages import Language, pair, random_ngram
from ..numbers.enclosure import Enclosure
from ..policies import Bernoulli, bisection
from ..render.table import Table
from .bracket import Bracket, bracket, slope
from .hmm_ser import FLIP, SHIFTED, hidden_languages, shifted_pair_bound
from .measured import known_or_drawn, measured, total

__all__ = ["LENGTHS", "SUBJECTS", "Subject", "steps_to_target"]

LENGTHS = (64, 128, 256, 512, 1024)
GAP, WRONG = 0.01, 0.5
IN_ORDER = "2-gram, by bisection"
REQUEST = Request(width=0.01, seconds=5.0, samples=4096)


@dataclass(frozen=True)
class Subject:
    """An error of a language that is to fall below a target.

    Parameters
    ----------
    error : str
        ``"TER gap"`` or ``"SER"``.
    name : str
    language : callable
        The language of a length.
    by_formula : callable, optional
        SER as a function of L and N, where it is known in closed form.
    """

    error: str
    name: str
    language: Callable[[int], Language]
    by_formula: Callable[[int, int], Enclosure] | None = None

    @property
    def target(self) -> float:
        return GAP if self.error == "TER gap" else WRONG

    def divergence(self, length: int) -> float:
        """The divergence at which the target is met (token-error/bernoulli, sequence-error/from-path-kl)."""
        return self.target * length if self.error == "TER gap" else -math.log1p(-self.target)


SUBJECTS = (
    Subject("TER gap", "Pair(16)", lambda L: pair(16, L)),
    Subject("TER gap", "2-gram", lambda L: random_ngram(2, 8, L, seed=1)),
    Subject("TER gap", "3-gram", lambda L: random_ngram(3, 8, L, seed=1)),
    Subject("SER", "Pair(16)", lambda L: pair(16, L)),
    Subject("SER", "ShiftedPair", lambda L: hidden_languages(L)["ShiftedPair"], shifted_pair_bound),
    Subject("SER", "random HMM", lambda L: hidden_languages(L)["random HMM"]),
)


def steps_to_target(
    lengths: Sequence[int] = LENGTHS, subjects: Sequence[Subject] = SUBJECTS, request: Request = REQUEST
) -> Table:
    """The smallest number of uniform Bernoulli steps for a TER gap of 0.01 nats a token, or for an SER of 1/2.

    Parameters
    ----------
    lengths : sequence of int
        L; even, at least two of them.
    subjects : sequence of Subject
    request : Request
        Width, time, sequences and seed of a measurement; SER is drawn where nothing else is narrow.
    """
    rows: list[tuple[Any, ...]] = []
    for subject in subjects:
        enough_by_theorem: list[Bracket] = []
        by_path: list[Bracket] = []
        by_error: list[Bracket] = []
        for length in lengths:
            divergence = subject.divergence(length)
            whole = Workspace(Instance(subject.language(length), Bernoulli(1), name=subject.name), request)
            theorem = _by_theorem(whole, divergence)
            at = cache(partial(_work, whole))
            path = bracket(partial(_path_kl, at), _itself, divergence, (theorem.enough or 2 * length) // 2)
            error = partial(_error, subject, at)
            start = path.near or length
            if by_error and (before := by_error[-1].near) and by_path[-1].near:
                # Errors and their bounds grow alike with the length.
                start = round(before * start / by_path[-1].near)
            if subject.error == "TER gap":
                found = bracket(error, _itself, divergence, start)
            else:
                found = bracket(error, _exponent, subject.target, start)
            enough_by_theorem.append(theorem)
            by_path.append(path)
            by_error.append(found)
            rows.append(
                (
                    subject.error,
                    subject.name,
                    length,
                    theorem.enough,
                    path.enough,
                    path.kind,
                    found.too_few,
                    found.enough,
                    found.kind,
                )
            )
        slopes = [slope(lengths, found) for found in (enough_by_theorem, by_path, by_error)]
        rows.append(
            (
                subject.error,
                subject.name,
                "slope",
                slopes[0],
                slopes[1],
                slopes[1] and slopes[1].kind,
                None,
                slopes[2],
                slopes[2] and slopes[2].kind,
            )
        )
    rows += [row for length in lengths if (row := _in_order(length, request)) is not None]
    columns = (
        "error",
        "language",
        "L",
        "N by (TC+DTC)/N",
        "N by PATH_KL",
        "PATH_KL is",
        "N too few",
        "N enough",
        "error is",
    )
    setting = (
        f"Uniform Bernoulli steps, exact denoiser. Targets: a TER gap of {GAP} nats a token, an SER of {WRONG}. N by "
        "(TC+DTC)/N bounds PATH_KL by that, N by PATH_KL takes its measured value; both are enough. N "
        "too few and N enough: there the error itself is above the target, or not above it, for certain. "
        "Bisection reveals the midpoint of every masked run, and makes no error."
    )
    growth = (
        "slope: least squares of log N against log L over these lengths, for every N between too few and enough; 0 is "
        "constant, 1 is linear."
    )
    sampling = (
        f"ShiftedPair over {SHIFTED} symbols (flip {FLIP}) by a closed form; drawn SER: {request.samples} sequences "
        f"for each N tried, or as few as tell it from the target, seeds {request.seed} + N; all intervals of one N "
        f"hold with probability 1 - {1 - request.confidence:.1g}."
    )
    return Table(
        "Steps that an error rate needs, against the length", columns, tuple(rows), (setting, growth, sampling)
    )


def _in_order(length: int, request: Request) -> tuple[Any, ...] | None:
    """The row of a chain written by bisection, which is enough if it makes no error."""
    instance = Instance(random_ngram(2, 8, length, seed=1), bisection(length), name=IN_ORDER)
    path = measured(Workspace(instance, request), "path_kl")
    if path is None or path.hi > 0:
        return None
    steps = instance.policy.steps
    return ("SER", IN_ORDER, length, None, steps, path.kind, None, steps, path.kind)


def _by_theorem(work: Workspace, divergence: float) -> Bracket:
    """Bounds of the smallest N with ``(TC + DTC)/N`` at most the divergence (bernoulli/uniform-rate)."""
    information = total(measured(work, "total_correlation"), measured(work, "dual_total_correlation"))
    if information is None:
        return Bracket(None, None, None)
    least, most = (max(1, math.ceil(end / divergence)) for end in (information.lo, information.hi))
    return Bracket(least - 1, most, information.kind)


def _work(whole: Workspace, steps: int) -> Workspace:
    return whole.under(Bernoulli(steps))


def _path_kl(at: Callable[[int], Workspace], steps: int) -> Enclosure | None:
    return measured(at(steps), "path_kl")


def _error(subject: Subject, at: Callable[[int], Workspace], steps: int) -> Enclosure | None:
    """The TER gap times L, or SER."""
    work = at(steps)
    if subject.error == "TER gap":
        return measured(work, "kl")
    if subject.by_formula is not None:
        return subject.by_formula(work.instance.length, steps)
    seed = work.request.seed + steps
    drawing = replace(work.request, seconds=math.inf, seed=seed, sampling=True, target=subject.target)
    return known_or_drawn(work, "ser", drawing)


def _itself(divergence: float) -> float:
    return divergence


def _exponent(wrong: float) -> float:
    """``-log(1 - SER)``, cut where every sequence drawn is wrong."""
    return -math.log1p(-min(wrong, 1 - 1e-9))
