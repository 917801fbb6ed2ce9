"""Choose-then-sample policies run on the own tokens of ``x ~ q``, in exact rationals (definitions.md#joint-law)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq

from ...errors import BeyondReach
from ...numbers.rationals import to_flint
from ...policies import Adaptive, Partial
from ..workspace import Workspace
from .engine import MOST_PAIRS, Meter, exact_rows, marginals, pair_count
from .information import Number, divergence, sum_of_logs, total
from .rows import ONE, ZERO, Row

__all__ = ["expected_parallel_steps", "path_surprise", "step_correlation"]


@dataclass(frozen=True)
class Visit:
    """A partial sequence that such runs meet.

    Parameters
    ----------
    y : tuple of int
    probability : fmpq
    choices : list of (fmpq, tuple of int)
        The sets that are revealed from it, with their probabilities.
    drawn : dict of int to list of fmpq
        What the tokens of masked positions are drawn from.
    """

    y: Partial
    probability: fmpq
    choices: list[tuple[fmpq, tuple[int, ...]]]
    drawn: dict[int, Row]


def visits(work: Workspace) -> list[Visit]:
    """Every partial sequence that is met."""
    return work.once(_visits)


def _visits(work: Workspace) -> list[Visit]:
    instance, policy = work.instance, Adaptive.of(work.instance.policy)
    V, L = instance.vocab, instance.length
    if pair_count(instance) > MOST_PAIRS:
        raise BeyondReach(
            f"{instance.name} (V={V}, L={L}) has {pair_count(instance):.3g} source-target pairs; exact rationals are "
            f"for at most {MOST_PAIRS}"
        )
    m, found, meter = marginals(work), [], Meter(work)
    met: dict[Partial, fmpq] = {(V,) * L: ONE}
    for step in range(1, policy.steps + 1):
        following: defaultdict[Partial, fmpq] = defaultdict(fmpq)
        for y, share in met.items():
            rows = exact_rows(work, y).tolist()
            among = policy.candidates(y, V)
            chosen = policy.choices(step, {i: policy.score_of(rows[i]) for i in among}, Fraction(1))
            choices = [(to_flint(probability), positions) for probability, positions in chosen]
            drawn = {
                i: [meter.pass_on(to_flint(Fraction(c))) for c in policy.drawn_from(rows[i], rows[i])] for i in among
            }
            found.append(Visit(y, share * m[y], choices, drawn))
            for probability, positions in choices:
                for z in _fillings(y, positions, m, V):
                    following[z] = meter.pass_on(following[z] + share * probability)
        met = following
    return found


def _fillings(y: Partial, positions: tuple[int, ...], m: dict[Partial, fmpq], vocab: int) -> Iterator[Partial]:
    """The possible partial sequences that also reveal ``positions``."""
    if not positions:
        yield y
        return
    i, rest = positions[0], positions[1:]
    for v in range(vocab):
        z = (*y[:i], v, *y[i + 1 :])
        if z in m:
            yield from _fillings(z, rest, m, vocab)


def _exact_row(m: dict[Partial, fmpq], y: Partial, i: int, vocab: int) -> Row:
    return [m.get((*y[:i], v, *y[i + 1 :]), ZERO) / m[y] for v in range(vocab)]


def path_surprise(work: Workspace) -> Number:
    """``E_Q -log`` of the probabilities that tokens are drawn with, Q as in kl-path-kl/equality-deterministic."""
    m, V = marginals(work), work.instance.vocab
    terms: list[tuple[fmpq, Number]] = []
    for visit in visits(work):
        for share, positions in visit.choices:
            for i in positions:
                q = _exact_row(m, visit.y, i, V)
                entropy = sum_of_logs((-c, c) for c in q if c)
                terms += [
                    (visit.probability * share, entropy),
                    (visit.probability * share, divergence(q, visit.drawn[i])),
                ]
    return total(terms)


def step_correlation(work: Workspace) -> Number:
    """``E_q sum_t TC(X_{A_t} | x_{R_t})``."""
    m, V = marginals(work), work.instance.vocab
    terms: list[tuple[fmpq, Number]] = []
    for visit in visits(work):
        for share, positions in visit.choices:
            if len(positions) > 1:
                joint = [m[z] / m[visit.y] for z in _fillings(visit.y, positions, m, V)]
                terms.append((visit.probability * share, sum_of_logs((c, c) for c in joint)))
                for i in positions:
                    q = _exact_row(m, visit.y, i, V)
                    terms.append((visit.probability * share, sum_of_logs((-c, c) for c in q if c)))
    return total(terms)


def expected_parallel_steps(work: Workspace) -> fmpq:
    """``E_q`` of the steps that reveal more than one token."""
    return sum(
        (
            visit.probability * share
            for visit in visits(work)
            for share, positions in visit.choices
            if len(positions) > 1
        ),
        ZERO,
    )
