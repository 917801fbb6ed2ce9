"""Adaptive and remasking policies on the lattice of partial sequences: every source pushes to its targets.

With sizes, thresholds and entropy bounds a step of an adaptive policy is a function of the partial sequence, and every
step reveals, so one array is visited level by level. Each level is first *decided*: conditionals are compared as whole
numbers where the language has a table of them, else as float64 with their error; what is left is decided by exact
rationals and, for entropies, log forms; where there are none the instance is refused, with both scores. Then a kernel
pushes. A remasking step needs two arrays, and compares nothing.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from .._kernels import lattice as lattice_kernels
from .._kernels import pushes as kernels
from .._kernels.choices import CERTAIN, THE_BOUND, TIED
from ..errors import Undecidable
from ..instances import Instance
from ..numbers.enclosure import gamma
from ..numbers.lattice import lattice_size
from ..numbers.limits import power
from ..policies import Adaptive, Remasking, decisions
from . import rational, tabular
from .law import Law
from .ranges import least_conditionals, require_range
from .workspace import Cost, Workspace

__all__ = [
    "PRICE",
    "Decided",
    "Visits",
    "cost",
    "decided",
    "exact_conditionals",
    "inclusion",
    "law",
    "levels",
    "obstacle",
    "omega_depth",
    "revealed_counts",
    "rows",
    "under_language",
    "visits",
]

PRICE = "(2V+1)^L; proposals V L times that; remasking (3V+1)^L N"

CELLS_AT_ONCE = 1 << 20
LARGEST_WHOLE = 2**51
"""Quotients of smaller whole numbers by one of them differ when the numbers do."""

TABLE_FOR_WHOLE_NUMBERS = 1 << 16
"""Entries of a table whose common denominator is looked for."""


def obstacle(instance: Instance) -> str | None:
    """None for adaptive and remasking policies."""
    if instance.policy.compares or instance.policy.remasks:
        return None
    return "the policy does not look at the partial sequence"


def cost(instance: Instance) -> Cost:
    """Source-target pairs of all steps, and two arrays beside the lattice."""
    V, L, policy = instance.vocab, instance.length, instance.policy
    base = tabular.lattice_cost(instance)
    if policy.remasks:
        pairs = power(3 * V + 1, L) * policy.steps
    elif policy.compares and policy.proposes:
        pairs = power(2 * V + 1, L) * V * L
    else:
        pairs = power(2 * V + 1, L)
    decided = 100 * L * V * power(V + 1, L)
    return Cost(base.operations + 5 * pairs + decided, base.bytes + 32 * power(V + 1, L) + 50 * CELLS_AT_ONCE)


@dataclass(frozen=True)
class Rows:
    """Conditionals on the lattice.

    Parameters
    ----------
    marginals : ((V+1)^L,) float64 or None
        Their ratios are the conditionals.
    lattice : (L, (V+1)^L) float64 or None
        Conditionals themselves, where ratios are not enough.
    fallback : (L, V) float64
        What is drawn where a ratio does not exist, times ``fallback_total``.
    fallback_total : float
    depth : int
        Roundings in a conditional.
    whole : bool
        Whether marginals are whole numbers below ``LARGEST_WHOLE``.
    """

    marginals: NDArray[np.float64] | None
    lattice: NDArray[np.float64] | None
    fallback: NDArray[np.float64]
    fallback_total: float
    depth: int
    whole: bool

    def at(self, sources: NDArray[np.int64], vocab: int, length: int) -> decisions.Contexts:
        """The contexts of lattice indices (n,)."""
        places = (vocab + 1) ** np.arange(length - 1, -1, -1)
        y = (sources[:, None] // places % (vocab + 1) - 1) % (vocab + 1)
        masked = (y == vocab)[:, :, None]
        filled = np.where(masked, sources[:, None, None] + places[:, None] * np.arange(1, vocab + 1), 0)
        relative = 0.0 if self.whole else gamma(self.depth)
        if self.lattice is not None:
            weights = self.lattice[np.arange(length)[:, None], filled]
            return decisions.Contexts(y, np.where(masked, weights, 0.0), np.ones(len(sources)), relative)
        assert self.marginals is not None
        totals = self.marginals[sources]
        possible = totals > 0
        weights = np.where(possible[:, None, None], self.marginals[filled], self.fallback)
        totals = np.where(possible, totals, self.fallback_total)
        return decisions.Contexts(y, np.where(masked, weights, 0.0), totals, relative)


def rows(work: Workspace) -> Rows:
    """The sampler's conditionals, from whole numbers where there are such."""
    return work.once(_rows)


def _rows(work: Workspace) -> Rows:
    instance = work.instance
    lattice = tabular.conditional_lattice(work)
    m = None if lattice is not None else _whole_marginals(work)
    depth = tabular.conditional_depth(instance)
    if m is None:
        return Rows(tabular.marginal_lattice(work), lattice, instance.convention, 1.0, depth, False)
    V, L = instance.vocab, instance.length
    fallback, total = np.zeros((L, V)), 1.0
    if instance.off_support == "uniform":
        fallback, total = np.ones((L, V)), float(V)
    elif instance.off_support == "marginal":
        fallback = m[np.arange(1, V + 1) * (V + 1) ** np.arange(L - 1, -1, -1)[:, None]]
        total = float(m[0])
    return Rows(m, None, fallback, total, 1, True)


def _whole_marginals(work: Workspace) -> NDArray[np.float64] | None:
    """The marginal lattice times a common denominator of q, if that is small: float64 adds whole numbers exactly."""
    language = work.instance.language
    if not language.rational or power(language.vocab, language.length) > TABLE_FOR_WHOLE_NUMBERS:
        return None
    table = language.exact_table()
    common = 1
    for probability in table.tolist():
        common = math.lcm(common, probability.denominator)
        if common >= LARGEST_WHOLE:
            return None
    weights = np.array(
        [float(probability.numerator * (common // probability.denominator)) for probability in table.tolist()]
    )
    return lattice_kernels.marginal_lattice(weights, language.vocab, language.length)


def revealed_counts(vocab: int, length: int) -> NDArray[np.uint8]:
    """Number of tokens that each partial sequence of the lattice reveals."""
    counts = np.zeros(1, dtype=np.uint8)
    for _ in range(length):
        counts = (counts[:, None] + (np.arange(vocab + 1) > 0).astype(np.uint8)).reshape(-1)
    return counts


@dataclass(frozen=True)
class Decided:
    """Some partial sequences, and what a policy does with them.

    Parameters
    ----------
    sources : (n,) int64
        Their lattice indices.
    contexts : Contexts
    drawn : (n, L, V) float64
        What tokens are drawn from.
    choices : Choices or None
        Of policies that choose first.
    ranks : Ranks or None
        Of policies that propose first.
    """

    sources: NDArray[np.int64]
    contexts: decisions.Contexts
    drawn: NDArray[np.float64]
    choices: decisions.Choices | None
    ranks: decisions.Ranks | None


def decided(work: Workspace, step: int, sources: NDArray[np.int64]) -> Iterator[Decided]:
    """One step of an adaptive policy from each source, in pieces.

    Raises
    ------
    Undecidable
        When a comparison that matters cannot be decided.
    """
    instance, policy = work.instance, Adaptive.of(work.instance.policy)
    V, L = instance.vocab, instance.length
    at_once = max(1, CELLS_AT_ONCE // (L * V))
    for start in range(0, len(sources), at_once):
        piece = sources[start : start + at_once]
        contexts = rows(work).at(piece, V, L)
        drawn, unsure = decisions.drawn_rows(policy, contexts)
        unsure &= contexts.y == V
        choices = ranks = None
        for k in np.flatnonzero(unsure.any(axis=1)):
            exact = _exact(work, contexts, int(k), _unsure_tokens(contexts, int(k), unsure[k]))
            for i in np.flatnonzero(unsure[k]):
                row = exact[i].tolist()
                drawn[k, i] = np.arange(V) == row.index(max(row))
        if policy.proposes:
            ranks = decisions.rank(policy, contexts, drawn)
            for k in np.flatnonzero(ranks.doubt[:, 0] >= 0):
                decisions.settle_ranks(
                    policy, _exact(work, contexts, int(k), ranks.doubt[k], pairs=True), ranks, int(k)
                )
        else:
            choices = decisions.choose(policy, step, contexts)
            among = decisions.candidates(policy, contexts.y == V)
            for k in np.flatnonzero(choices.doubt[:, 0] >= 0):
                exact = _exact(work, contexts, int(k), choices.doubt[k])
                decisions.settle_choice(policy, step, exact, among[k], choices, int(k))
        yield Decided(piece, contexts, drawn, choices, ranks)


def _unsure_tokens(contexts: decisions.Contexts, k: int, unsure: NDArray[np.bool_]) -> tuple[int, int]:
    V = contexts.weights.shape[2]
    i = int(np.flatnonzero(unsure)[0])
    first, second = np.argsort(-contexts.weights[k, i], kind="stable")[:2]
    return i * V + int(first), i * V + int(second)


def _exact(
    work: Workspace, contexts: decisions.Contexts, k: int, doubt: Any, pairs: bool | None = None
) -> NDArray[Any]:
    """Exact conditionals of context k, or the refusal of a comparison that there are none for."""
    instance = work.instance
    y = tuple(contexts.y[k].tolist())
    if rational.has_rational_conditionals(instance):
        return rational.exact_rows(work, y)
    token_pairs = pairs if pairs is not None else isinstance(doubt, tuple)
    names = [_named(instance, contexts, k, int(d), token_pairs) for d in doubt]
    shown = " ".join("_" if token == instance.vocab else str(token) for token in y)
    raise Undecidable(
        f"{names[0]} and {names[1]} cannot be told apart in the context {shown}; a language, denoiser and bound of "
        f"rationals, with at most {rational.MOST_ENTRIES} partial sequences, are compared exactly"
    )


def _named(instance: Instance, contexts: decisions.Contexts, k: int, number: int, pair: bool) -> str:
    policy = Adaptive.of(instance.policy)
    if number == THE_BOUND:
        assert policy.bound is not None
        return f"the {policy.rule.replace('_', ' ')} {float(policy.bound)!r}"
    c = contexts.conditionals[k]
    if pair:
        i, v = divmod(number, instance.vocab)
        return f"the probability {float(c[i, v])!r} of token {v} at position {i}"
    return f"the {policy.score} {float(abs(policy.score_of(c[number].tolist())))!r} of position {number}"


@dataclass(frozen=True)
class Visits:
    """Probabilities of the partial sequences of an adaptive policy.

    Parameters
    ----------
    mass : ((V+1)^L,) float64
        That a run meets it.
    depth : int
        Roundings in an entry.
    """

    mass: NDArray[np.float64]
    depth: int


def visits(work: Workspace) -> Visits:
    """The probabilities of the partial sequences that a run of the sampler meets."""
    return work.once(_visits)


def _visits(work: Workspace) -> Visits:
    instance, policy = work.instance, Adaptive.of(work.instance.policy)
    f = np.zeros(lattice_size(instance.vocab, instance.length))
    f[0] = 1.0
    nodes = None if policy.takes_first else _gauss(instance.length)
    least = np.ones(instance.length)
    for step, sources in levels(instance, f):
        for piece in decided(work, step, sources):
            mass = f[piece.sources]
            np.minimum(least, np.where(piece.drawn > 0, piece.drawn, 1.0).min(axis=(0, 2)), out=least)
            if piece.choices is not None:
                kernels.push_choices(f, mass, piece.sources, piece.drawn, piece.choices.state, piece.choices.drawn)
            else:
                assert piece.ranks is not None
                limits = piece.ranks.admitted if policy.rule == "threshold" else None
                size = 1 if policy.sizes is None else policy.sizes[step - 1]
                kernels.push_proposals(f, mass, piece.sources, piece.drawn, piece.ranks.rank, limits, size, nodes)
    require_range(instance, _log2_of_run(policy, least, nodes))
    return Visits(f, _depth(work))


def _log2_of_run(policy: Adaptive, least: NDArray[np.float64], nodes: NDArray[np.float64] | None) -> float:
    """At most the logarithm of any positive product on the way to a target, from the least probability of a token.

    A proposal multiplies a probability for every candidate, at each of at most L levels, and a node where it ties.
    """
    L, tokens = len(least), math.fsum(np.log2(least))
    if policy.proposes:
        return L * (tokens + (0.0 if nodes is None else (L + 1) * math.log2(nodes.min())))
    return tokens - math.lgamma(L + 1) / math.log(2)


def levels(instance: Instance, f: NDArray[np.float64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """The steps of an adaptive policy, and from which partial sequences: where f, as it is by then, is positive."""
    policy = Adaptive.of(instance.policy)
    counts = revealed_counts(instance.vocab, instance.length)
    revealed = 0
    for step in range(1, policy.steps + 1):
        size = 1 if policy.sizes is None else policy.sizes[step - 1]
        if size:
            yield step, np.flatnonzero((f > 0) & (counts == revealed))
        revealed += size


def _depth(work: Workspace) -> int:
    """Factors of a path, choices from ties, and as many additions as there are ways into a target.

    A target takes one term from each source and set of positions, and from proposals one for each last pair and node.
    Proposals multiply a sum of V for every candidate, each term with a node.
    """
    instance, policy = work.instance, Adaptive.of(work.instance.policy)
    V, L = instance.vocab, instance.length
    drawn = policy.drawn_depth(V, rows(work).depth)
    ways = _additions(instance)
    if policy.proposes:
        return L * (L + 1) // 2 * (drawn + V + 3) + 4 * L + L * L * ways
    return L * (drawn + 1) + 2 * policy.steps + ways


def _additions(instance: Instance) -> int:
    """Sources of a target, summed over the steps of a path."""
    policy = Adaptive.of(instance.policy)
    if policy.sizes is None:
        return 2 ** (instance.length + 1)
    reached = itertools.accumulate(policy.sizes)
    return sum(math.comb(total, size) for total, size in zip(reached, policy.sizes, strict=True))


def _gauss(length: int) -> NDArray[np.float64]:
    """Nodes x, ``1 - x`` and weights on [0, 1], exact for polynomials of degree ``length - 1``, correctly rounded."""
    G = (length + 1) // 2
    with ctx.workprec(128):
        found = [arb.legendre_p_root(G, k, weight=True) for k in range(G)]
        return np.array([[float((1 + x) / 2), float((1 - x) / 2), float(w / 2)] for x, w in found])


def law(work: Workspace) -> Law:
    """The output law."""
    return work.once(_law)


def _law(work: Workspace) -> Law:
    instance = work.instance
    V, L = instance.vocab, instance.length
    found = _remasked(work) if instance.policy.remasks else visits(work)
    p = lattice_kernels.complete_rows(found.mass.reshape(-1, 1).copy(), V, L)[:, 0]
    stops = instance.off_support == "stop"
    q, depth, support = tabular.table(work), instance.language.depth, tabular.support(work)
    return Law(p, q, found.depth, depth, support, stops, V, L)


def _remasked(work: Workspace) -> Visits:
    """Probabilities of the partial sequences after the last step of a remasking policy."""
    instance, policy = work.instance, Remasking.of(work.instance.policy)
    V, L = instance.vocab, instance.length
    f = np.zeros(lattice_size(V, L))
    f[0] = 1.0
    at_once = max(1, CELLS_AT_ONCE // (L * V))
    lattice = rows(work)
    tokens = least_conditionals(tabular.marginal_lattice(work), lattice.lattice, instance.convention, V, L)
    for sigma, reveal in zip(policy.remasked, policy.revealed, strict=True):
        probabilities = np.array([float(reveal), float(1 - reveal), float(sigma), float(1 - sigma)])
        following = np.zeros_like(f)
        sources = np.flatnonzero(f > 0)
        factors = np.concatenate([np.broadcast_to(probabilities[1:, None], (3, L)), probabilities[0] * tokens[None]])
        step_least = np.where(factors > 0, factors, 1.0).min(axis=0)
        require_range(instance, math.log2(f[sources].min()) + math.fsum(np.log2(step_least)))
        for start in range(0, len(sources), at_once):
            piece = sources[start : start + at_once]
            contexts = lattice.at(piece, V, L)
            kernels.push_remasking(following, f[piece], piece, contexts.conditionals, contexts.y, probabilities)
        f = following
    # A step multiplies L probabilities, and a target takes a term from each of at most (V+1)^L sources.
    return Visits(f, policy.steps * (L * (lattice.depth + 3) + (V + 1) ** L))


def under_language(work: Workspace) -> NDArray[np.float64]:
    """The probability that a run on the own tokens of ``x ~ q`` meets each partial sequence, for choose-then-sample."""
    return work.once(_under_language)


def _under_language(work: Workspace) -> NDArray[np.float64]:
    """``q(x_R)`` times the probability of R, which depends on the tokens at R only."""
    instance = work.instance
    f = np.zeros(lattice_size(instance.vocab, instance.length))
    f[0] = 1.0
    m = tabular.marginal_lattice(work)
    for step, sources in levels(instance, f):
        for piece in decided(work, step, sources[m[sources] > 0]):
            assert piece.choices is not None
            anything = np.ones_like(piece.drawn)
            kernels.push_choices(f, f[piece.sources], piece.sources, anything, piece.choices.state, piece.choices.drawn)
    return f * m


def exact_conditionals(m: NDArray[np.float64], piece: Decided, vocab: int, length: int) -> NDArray[np.float64]:
    """``q(x_i = v | y)`` at the masked positions of possible sources, (n, L, V), from the marginal lattice."""
    places = (vocab + 1) ** np.arange(length - 1, -1, -1)
    masked = (piece.contexts.y == vocab)[..., None]
    filled = np.where(masked, piece.sources[:, None, None] + places[:, None] * np.arange(1, vocab + 1), 0)
    return np.where(masked, m[filled] / m[piece.sources, None, None], 0.0)


def omega_depth(work: Workspace) -> int:
    """Roundings in an entry of :func:`under_language`: shares and additions, and the marginal."""
    return _additions(work.instance) + 2 * work.instance.policy.steps + tabular.lattice_depth(work.instance) + 1


def inclusion(choices: decisions.Choices) -> NDArray[np.float64]:
    """The probability that each position is revealed, (n, L)."""
    tied = choices.state == TIED
    several = np.maximum(tied.sum(axis=1, keepdims=True), 1)
    return np.where(tied, choices.drawn[:, None] / several, (choices.state == CERTAIN).astype(np.float64))
