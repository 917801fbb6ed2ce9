"""The entropy of the hidden chain of a hidden Markov language (hidden-chain/dtc)."""

from __future__ import annotations

import math

import numpy as np
from flint import fmpq

from ..engines.needs import HOMOGENEOUS, RATIONAL_LANGUAGE, Need, all_of, scope_of
from ..engines.rational.information import sum_of_logs
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..languages import HMM
from ..languages.chains import SUM_DEPTH
from ..numbers.enclosure import RAISED, UNIT_ROUNDOFF, Enclosure, gamma
from ..numbers.logform import LogForm
from ..numbers.rationals import to_flint
from .log_forms import exact_method
from .method import Method

__all__ = ["METHODS"]

HIDDEN = Need("hmm", "the language is no hidden Markov chain", lambda instance: instance.language.is_hidden, "language")
CHAIN = all_of(HIDDEN, HOMOGENEOUS)


def _entropy(work: Workspace) -> Enclosure:
    """``H(S_1)`` and the expected number of each transition times minus its logarithm; no term is negative.

    A logarithm is off by the roundings of its argument, no more than those of a step, beside its own.
    """
    language = HMM.of(work.instance.language).voiced
    first, counts = language.expected_transitions(lambda x: x)
    A = language.moves.arcs.values
    used = counts > 0
    terms = [-p * math.log(p) for p in first[first > 0].tolist()]
    terms += (-counts[used] * np.log(A[used])).tolist()
    value = math.fsum(terms)
    depth = (language.length + 2) * (SUM_DEPTH + language.step_depth)
    logs = (language.step_depth + 4) * UNIT_ROUNDOFF * language.length
    return Enclosure.around(value, (gamma(depth) * value + logs) * RAISED if value else 0.0, least=0.0)


def _exact(work: Workspace) -> LogForm:
    language = HMM.of(work.instance.language).voiced
    arcs = language.moves.arcs
    moves = list(zip(arcs.rows.tolist(), arcs.columns.tolist(), map(to_flint, arcs.fractions.tolist()), strict=True))
    state = [to_flint(p) for p in language.initial.fractions.tolist()]
    pairs: list[tuple[fmpq, fmpq]] = [(-p, p) for p in state if p]
    for _ in range(language.length - 1):
        following = [fmpq(0)] * len(state)
        for source, target, c in moves:
            if state[source]:
                flow = state[source] * c
                pairs.append((-flow, c))
                following[target] += flow
        state = following
    return sum_of_logs(pairs)


def _cost(instance: Instance) -> Cost:
    links = float(HMM.of(instance.language).links)
    return Cost(instance.length * links, 50 * links)


def _exact_cost(instance: Instance) -> Cost:
    once = _cost(instance)
    return Cost(1000 * once.operations * (1 + instance.length / 100), instance.length * once.bytes)


METHODS = (
    Method("hidden_chain_entropy", "messages", "rounding", CHAIN, _cost, _entropy, scope_of(CHAIN), "L K^2"),
    exact_method(
        "hidden_chain_entropy",
        _exact,
        all_of(RATIONAL_LANGUAGE, CHAIN),
        _exact_cost,
        "L K^2, in Python",
    ),
)
