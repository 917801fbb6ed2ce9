"""The pooled bigram law of a Markov chain's sampler, as a deviation from the language's own.

Definitions. ``f_k(g; u, v)`` is the expected number of neighbouring revealed positions at distance g that hold the
tokens u, v after step k, everything between them masked. A step splits each interval; with the exact denoiser and the
local scope off the support (definitions.md#off-support) the split depends on the interval only, so that ``f_{k+1} = A_k
f_k`` plus what comes from the intervals at the ends of the sequence, ``A_k`` linear and without negative entries. The
bigram law is ``f_N(1; ., .) / (L-1)``.

Statements. (1) An interval that touches a sentinel has exactly the law of the language: no token beyond it was
revealed before its other end, so each token is drawn given its nearest neighbour on one side, which is how a
chain may be drawn. (2) The language's own counts ``fq_k(g; u, v) = P(ends revealed, inside masked) sum_i
sigma_i(u) K_g(u, v)`` pass through a step unchanged, except that two positions revealed together within one
interval are drawn independently given its ends. Hence ``D_k = f_k - fq_k`` obeys

    ``D_{k+1} = A_k D_k + (independent draws - joint draws under fq_k)``, ``D_0 = 0``,

and nothing of the size of f is subtracted: errors are relative to D, which is of order 1/N.
(3) Once the chain has mixed at distance G (defect e), ``|f_k(g) / fq_k(g) - 1| <= ((1+e)/(1-e))^{3N+1} - 1``
for g > G: the positions that the ends of a long interval depend on lie outside it, at most N on each side
(reveal times decrease strictly), and each was drawn with an end of its interval more than G away. So D is kept
for g <= G only.

Errors. ``sum_g g sum_{u,v} |D(g; u, v)|`` does not grow under ``A_k``, whose children tile their parents.
Therefore the error in this norm is at most the sum of what each step adds: a depth (definitions.md#rounding) times the
norm of what it was computed from.

Many steps. Pairs born in an interval are of two kinds: those under fq, linear in numbers of the step, come from a table
(``own_births``); those that D adds come from few deviations that stand for all (``spanned``). A unit of D at gap g
bears pairs of norm ``sum_d d (g-1-d) two(d)``, as there are ``g - 1 - d`` places for them and the independent draws of
a place have probabilities that add up to one. So what is left out, a rest of D that is known, adds at most its size
times this, and rounding a depth times the sizes of the vectors that were combined, each times its factor.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain as chain_of
from itertools import islice
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ...errors import BadInput
from ...numbers.enclosure import RAISED, SAFE, gamma
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from ...numbers.limits import require_memory
from ..reveal_steps import RevealStep, step_depth
from .chain import Chain, Measured
from .intervals import both_new
from .own_births import OwnBirths, table_size
from .products import product, transposed_product
from .spanned import Spanned

__all__ = ["BigramLaw", "bigram_kl_rate", "bigram_law", "bigram_tv_rate", "generative_nll"]

TRUNCATION = 1e-14
"""Aimed at for the sum of all truncation errors, in total variation."""

LEFT_OUT = 3e-14
"""The same of pairs born from deviations that other deviations stand for."""

WORTH_A_TABLE = 2
"""Steps, in parts of the mixing gap, from which on a table of pairs costs less than it saves."""

LARGEST_TABLE = 2**26
"""Numbers; half a GiB, and as much again while it is made."""


@dataclass(frozen=True)
class BigramLaw:
    """The pooled law of adjacent tokens.

    Attributes
    ----------
    transition : (V, V) float64
    first : (V,) float64
        ``(1/(L-1)) sum_{i<L} sigma_i``: the language's own law of the first token of a pair.
    first_error : float
        Relative error of ``first``.
    deviation : (V, V) float64
        ``p(u, v) - first(u) P(u, v)``.
    rounding, truncation : float
        The entries of ``deviation`` are off by at most the sum of the two, in absolute values added over all (u, v).
    length : int
    """

    transition: NDArray[np.float64]
    first: NDArray[np.float64]
    first_error: float
    deviation: NDArray[np.float64]
    rounding: float
    truncation: float
    length: int

    @property
    def error(self) -> float:
        return (self.rounding + self.truncation) * (1 + 2 * U)

    @property
    def law(self) -> NDArray[np.float64]:
        """``p(u, v)``, shape (V, V)."""
        return self.first[:, None] * self.transition + self.deviation


def bigram_law(
    chain: Chain, steps: Iterable[RevealStep], count: int, off_support: Literal["uniform", "marginal"] = "uniform"
) -> BigramLaw:
    """Run the recursion over the steps of a policy.

    Parameters
    ----------
    chain : Chain
        L >= 2.
    steps : iterable of RevealStep
        From ``bernoulli_steps`` or ``fixed_size_steps``, for this L.
    count : int
        N, at least the number of steps.
    off_support : {"uniform", "marginal"}
        What is drawn in an interval whose own ends contradict each other. ``stop`` makes the intervals of a sequence
        depend on each other and has no such recursion.

    Notes
    -----
    Cost ``O(N G V^4)`` with the mixing gap G (L - 1 if the chain is not seen to mix), memory ``O(G V^3 + L V)``.
    With more than 2 G steps, and L above 2 G and the number T of positions whose laws are not yet the last one's,
    ``O(G^2 V^4 + N G (G + T) V^2)`` if few deviations stand for all, memory ``O(G V^2 (G + T + V))``.
    Counts are divided by squares of probabilities, which are to stay in the range of float64.
    """
    if chain.length < 2:
        raise BadInput("length", f"found {chain.length}; bigrams need at least 2 tokens")
    if off_support not in ("uniform", "marginal"):
        raise BadInput("off_support", f'found {off_support!r}; bigram laws are for "uniform" and "marginal"')
    recursion = _Recursion(chain, count, off_support)
    left = iter(steps)
    first = list(islice(left, 1))
    if not first or not recursion.worth_a_table:
        for step in chain_of(first, left):
            recursion.advance(step)
        return recursion.result()
    recursion.tabulate(recursion.gaps_that_matter(first[0])[0])
    left = chain_of(first, left)
    while together := list(islice(left, recursion.own.at_once)):
        births = recursion.own(together, min(recursion.G, recursion.own.G))
        for i, step in enumerate(together):
            recursion.advance(step, births[..., i])
    return recursion.result()


class _Recursion:
    """``D_k`` and its error through the steps."""

    def __init__(self, chain: Chain, count: int, off_support: str) -> None:
        L, V = chain.length, chain.vocab
        aim = TRUNCATION / (40 * max(count, 1))
        mixing = chain.mixing(aim)
        self.chain, self.count = chain, count
        self.G = L - 1 if mixing is None else min(mixing.gap, L - 1)
        self.mixed = self.G < L - 1
        self.furthest = self.G
        self.e = mixing.defect if self.mixed and mixing is not None else 0.0
        self.crossed_by = self.e
        self.starts = True
        """Whether a sequence all masked before a step is still probable enough to matter."""
        self.defects = np.minimum.accumulate([math.inf] + [chain.mixed_at(g) for g in range(1, self.G + 1)])
        require_memory(8 * (self.G + 1) * V * V * (V + 16), f"the bigram recursion of V={V} with {self.G} gaps")
        self.powers = chain.powers(self.G, math.sqrt(SAFE))
        self._settle()
        self.D = np.zeros_like(self.powers)
        self.inverses = np.divide(1.0, self.powers, out=np.zeros_like(self.powers), where=self.powers > 0)
        self._keep(self.G)
        self.off_support = np.full(V, 1.0 / V) if off_support == "uniform" else self._mean_marginal()
        self.off_support_error = self._marginal_spread() if off_support == "marginal" else 0.0
        self.rounding, self.truncation = 0.0, 0.0
        self.worth_a_table = (
            self.mixed
            and count > WORTH_A_TABLE * self.furthest
            and 2 * self.furthest + self.T + 3 <= L
            and table_size(self.furthest, self.T, V) <= LARGEST_TABLE
        )
        self.own: OwnBirths
        self.deviating = Spanned(self._born_from)
        d, g = np.arange(self.G + 1), np.arange(self.G + 1)[:, None]
        self.pairs_inside = d * np.maximum(g - 1 - d, 0.0)
        """``d`` times the places for a pair at distance d within an interval of gap g: (G+1, G+1), by g and d."""

    def tabulate(self, G: int) -> None:
        """Prepare a table of pairs born from the language's own counts, for gaps up to G."""
        require_memory(16 * table_size(G, self.T, self.chain.vocab), f"pairs of V={self.chain.vocab} born at {G} gaps")
        self.own = OwnBirths(self.powers[: G + 1], self.sigma, self.sums, self.T, self.nu)

    def _settle(self) -> None:
        """Laws of the first T tokens, and one law that stands for all later ones."""
        chain, L, G = self.chain, self.chain.length, self.G
        if not self.mixed:
            self.T, self.nu = L, np.zeros(chain.vocab)
            self.sigma = chain.marginals(L)
            self.sums = np.concatenate([np.zeros((1, chain.vocab)), np.cumsum(self.sigma, axis=0)])
            self.law_error = gamma(chain.marginal_depth(L) + L)
            self.stand_in = 0.0
            return
        laws = chain.marginals(min(G + 1, L))
        self.nu = laws[-1]
        rounding = gamma(chain.marginal_depth(len(laws)))
        apart = np.abs(laws / self.nu - 1).max(axis=1)
        self.T = int(np.flatnonzero(apart > rounding)[-1]) + 1 if (apart > rounding).any() else 0
        self.sigma = np.concatenate([laws[: self.T], np.broadcast_to(self.nu, (L - self.T, chain.vocab))])
        head = np.concatenate([np.zeros((1, chain.vocab)), np.cumsum(laws[: self.T], axis=0)])
        tail = head[-1] + np.arange(1, L - self.T + 1)[:, None] * self.nu
        self.sums = np.concatenate([head, tail])
        self.law_error = rounding + gamma(self.T + 4)
        self.stand_in = 4 * rounding

    def _mean_marginal(self) -> NDArray[np.float64]:
        return self.nu if self.mixed else self.sums[-1] / self.chain.length

    def _marginal_spread(self) -> float:
        """Largest distance, total variation doubled, of a token's own law from the one drawn from in its place."""
        return float(np.abs(self.sigma - self.off_support).sum(axis=1).max()) * RAISED + 2 * self.law_error

    def _keep(self, G: int) -> None:
        """Go on with distances up to G only, or again."""
        D = np.zeros_like(self.powers[: G + 1])
        D[: len(self.D)] = self.D[: G + 1]
        self.G, self.D, self.K, self.inverse = G, D, self.powers[: G + 1], self.inverses[: G + 1]
        self.possible = self.K > 0
        self.has_zeros = not bool(self.possible[1:].all())
        if self.mixed:
            self.e = float(self.defects[G])

    def gaps_that_matter(self, step: RevealStep) -> tuple[int, float]:
        """How far distances are kept, and what the others cost in the gap-weighted norm.

        With G instead of the mixing distance go: the deviations at distances above G, as they are; pairs born at such
        distances d, in number ``d (L - d) pair(d)``, whose independent and joint draws differ by a relative ``8 e_d``,
        or by 2; and pairs whose parent is longer than G, computed to within ``24 e_G``. For a pair at distance d this
        needs that some ``G - d - 1`` positions on its two sides are masked, of which there are ``G - d`` choices.
        """
        L, most = self.chain.length, self.furthest
        d = np.arange(1, most + 1)
        dropped, born = np.zeros(most + 2), np.zeros(most + 2)
        dropped[1 : self.G + 1] = np.arange(1, self.G + 1) * np.abs(self.D[1:]).sum(axis=(1, 2))
        pairs = d * (L - d) * step.pair[1 : most + 1]
        born[1 : most + 1] = pairs * np.where(self.defects[1:] < 0.1, 8 * self.defects[1:], 2.0)
        lost = np.cumsum((dropped + born)[::-1])[::-1][1:]
        beside = d[:, None] - d
        masked = step.edge[: most + 1] / step.edge[1] if step.edge[1] > 0 else np.ones(most + 1)
        far = np.where(beside >= 1, np.minimum(beside * masked[np.maximum(beside, 1)], 1.0), beside == 0)
        far_pairs = product(far, pairs[:, None])[:, 0]
        with np.errstate(invalid="ignore"):
            inexact = np.where(self.defects[1:] < 0.05, 24 * self.defects[1:], math.inf) * far_pairs
        charge = lost[1:] + np.where(far_pairs > 0, inexact, 0.0)
        allowed = TRUNCATION * (L - 1) / (2 * self.count)
        enough = np.flatnonzero(charge <= allowed)
        G = int(enough[0]) + 1 if enough.size else most
        return G, float(charge[G - 1]) * RAISED

    def _cut(self, step: RevealStep) -> None:
        """Drop the distances that no longer matter, and charge for it."""
        if not self.mixed:
            return
        L, d = self.chain.length, np.arange(1, self.furthest + 1)
        whole = step.whole * float((d * (L - d) * step.two[d]).sum())
        self.starts = whole > TRUNCATION * (L - 1) / (200 * self.count)
        G, cost = self.gaps_that_matter(step)
        self.truncation += cost + (0.0 if self.starts else 2 * whole)
        self._keep(G)

    def advance(self, step: RevealStep, own: NDArray[np.float64] | None = None) -> None:
        """One step, given the pairs born from the language's own counts if there is a table of them."""
        if not step.two[1:].any() and not self.D.any():
            return
        self._cut(step)
        if own is not None and self.own.G < self.G:
            self.tabulate(self.furthest)
        L, G, K, D = self.chain.length, self.G, self.K, self.D
        keep, one, two = step.keep[: G + 1, None, None], step.one[: G + 1, None, None], step.two[: G + 1, None, None]
        self._charge(step)
        following = keep * D + one * K * self._ends_kept(D)
        if self.has_zeros:
            following += self._contradictions(step)
        if own is None:
            together = both_new(self._bilinear(step), K, *self._long_parents(step)) + self._from_edges(step)
        else:
            if len(own) <= G:
                own = self.own([step], G)[..., 0]
            together = own[: G + 1].copy()
            deviating = self._born_from_deviations(step)
            together[: len(deviating)] += deviating
        joint = np.zeros_like(D)
        counts = self.sums[L - np.arange(1, G + 1)]
        joint[1:] = step.pair[1 : G + 1, None, None] * counts[:, :, None] * K[1:]
        self.D = following + (two * together - joint)
        self.D[0] = 0.0

    def _charge(self, step: RevealStep) -> None:
        """Add this step's rounding errors, in the gap-weighted norm.

        Depths follow a term through the two Horner schemes: at a distance m from an end it meets m rows of P twice on
        the left and once on the right, besides powers of P and probabilities, which add 12 a unit of distance at most.
        A distance is geometric, or less, and counts up to G. Intervals that stay as they are cost a single product.
        """
        L, G, V = self.chain.length, self.G, self.chain.vocab
        d = np.arange(1, G + 1, dtype=np.float64)
        per_unit = 4 * self.chain.power_depth(2)
        probability = np.array([step_depth(g) for g in range(1, G + 1)])
        size = np.abs(self.D[1:]).sum(axis=(1, 2))
        split = np.maximum(1 - step.keep[1 : G + 1], 0.0) + 2 * probability * U
        depth = (2 * V + 2 + per_unit) * (d + 1) + probability + 3 * V + 20
        self.rounding += U * float((d * size * (split * depth + probability + 8)).sum()) * RAISED
        reach = float((step.edge[1 : G + 1] / step.edge[1]).sum()) if step.edge[1] > 0 else float(G)
        pairs = d * (L - d) * step.pair[1 : G + 1]
        sums = G + L + 80 + (self.own.depth if self.worth_a_table else 0)
        joint = (per_unit + 12) * d + sums
        independent = (3 * V + 4 + 2 * per_unit + 12) * reach + joint + 3 * V
        depth = independent + joint
        self.rounding += float((pairs * (depth * U + 2 * self.stand_in + 2 * self.law_error)).sum()) * RAISED
        if self.off_support_error:
            off = np.where(self.possible, 0.0, np.abs(self.D)).sum(axis=(1, 2))
            self.truncation += float((d * off[1:]).sum()) * self.off_support_error

    def _ends_kept(self, D: NDArray[np.float64]) -> NDArray[np.float64]:
        """``sum_m (R_{d+m} K_m^T + K_m^T R_{d+m})`` with ``R = D / K``: one end stays, the other is new."""
        P = self.chain.transition
        R = D * self.inverse
        total = np.zeros_like(D)
        left, right = np.zeros_like(P), np.zeros_like(P)
        for d in range(self.G - 1, 0, -1):
            left = (R[d + 1] + left) @ P.T
            right = P.T @ (R[d + 1] + right)
            total[d] = left + right
        return total

    def _contradictions(self, step: RevealStep) -> NDArray[np.float64]:
        """Children of intervals that no path joins: their tokens are drawn by the convention."""
        G, w = self.G, self.off_support
        off = np.where(self.possible, 0.0, self.D)
        children = np.zeros_like(off)
        rows, columns = off.sum(axis=2), off.sum(axis=1)
        masses = rows.sum(axis=1)
        for d in range(1, G):
            one, two = step.one[d], step.two[d]
            children[d] = one * (np.outer(rows[d + 1 :].sum(axis=0), w) + np.outer(w, columns[d + 1 :].sum(axis=0)))
            ways = np.arange(G - d, dtype=np.float64)
            children[d] += two * float((ways * masses[d + 1 :]).sum()) * np.outer(w, w)
        return children

    def _born_from(self, D: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pairs born in one step from given deviations, without the factor ``two``."""
        G = len(D) - 1
        return both_new(D * self.inverses[: G + 1] ** 2, self.powers[: G + 1])

    def _born_from_deviations(self, step: RevealStep) -> NDArray[np.float64]:
        """The same for D, from a few vectors, and what this leaves out and rounds."""
        weights = product(self.pairs_inside, step.two[: self.furthest + 1, None])[:, 0]
        allowed = LEFT_OUT * (self.chain.length - 1) / (2 * self.count)
        by_distance = np.abs(self.D).sum(axis=(1, 2)) * weights[: self.G + 1]
        beyond = np.cumsum(by_distance[::-1])[::-1]
        near = max(int(np.count_nonzero(beyond > allowed)), 1)
        found = self.deviating(self.D[:near], weights, allowed)
        self.truncation += (found.left_out + float(beyond[near:].max(initial=0.0))) * RAISED
        g = np.arange(len(found.sizes))
        depth = (2 * self.chain.vocab + 2 + 4 * self.chain.power_depth(2)) * (g + 1) + 3 * self.chain.vocab + 80
        self.rounding += U * float((weights[: len(g)] * found.sizes * depth).sum()) * RAISED
        return found.value

    def _bilinear(self, step: RevealStep) -> NDArray[np.float64]:
        """``E_g = f_g / K_g^2`` for g <= G, zero where no path joins the ends."""
        L, G = self.chain.length, self.G
        E = np.zeros_like(self.K)
        own = step.interior[1 : G + 1, None] * self.sums[L - np.arange(1, G + 1)]
        E[1:] = (np.where(self.possible[1:], own[:, :, None], 0.0) + self.D[1:] * self.inverse[1:]) * self.inverse[1:]
        return E

    def _long_parents(self, step: RevealStep) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Starts of the two Horner schemes: parents, or right ends, beyond the mixing gap."""
        L, G, V = self.chain.length, self.G, self.chain.vocab
        if not self.mixed:
            return np.zeros((V, V, V)), np.zeros((V, V))
        g = np.arange(G + 1, L)
        counts = step.interior[g, None] * self.sums[L - g]
        beyond = np.concatenate([np.cumsum(counts[::-1], axis=0)[::-1][1:], np.zeros((1, V))])
        right = self._squares(counts)
        return np.ascontiguousarray(right[None] / self.nu[:, None, None]), self._squares(beyond)

    def _squares(self, counts: NDArray[np.float64]) -> NDArray[np.float64]:
        """``sum_{m >= 1} K_m^T diag(counts_{G+m}) K_m``, given ``counts`` from index G+1 on."""
        near = min(self.G, len(counts))
        K = self.K[1 : near + 1]
        total = np.matmul(np.swapaxes(K * counts[:near, :, None], 1, 2), K).sum(axis=0)
        return total + float(counts[near:].sum()) * np.outer(self.nu, self.nu)

    def _from_edges(self, step: RevealStep) -> NDArray[np.float64]:
        """Pairs born inside an interval that touches one sentinel or both."""
        L, G = self.chain.length, self.G
        total = np.zeros_like(self.K)
        if step.whole and self.starts:
            for d in range(1, min(G, L - 1) + 1):
                total[d] += step.whole * transposed_product(self.sigma[: L - d], self.sigma[d:])
        if not step.edge[1:].any():
            return total
        self._from_left_edge(step, total)
        V, K, P = self.chain.vocab, self.K, self.chain.transition
        from_right = step.edge[L - np.arange(L)][:, None] * self.sigma
        seen = np.concatenate([np.zeros((1, V)), np.cumsum(from_right, axis=0)])
        inner = np.zeros((V, V))
        if self.mixed:
            inner = self._squares(seen[L - np.arange(G + 1, L)])
        for d in range(G, 0, -1):
            if d < G:
                inner = P.T @ (inner + np.diag(seen[L - d - 1])) @ P
            total[d] += inner @ K[d]
        return total

    def _from_left_edge(self, step: RevealStep, total: NDArray[np.float64]) -> None:
        """The first new position at i <= T one by one, later ones together."""
        L, G, T, K, PT = self.chain.length, self.G, self.T, self.K, self.chain.transition.T
        V = self.chain.vocab
        edge = np.concatenate([step.edge[: L + 1], np.zeros(T + G + 2)])
        tails = np.concatenate([np.cumsum(edge[::-1])[::-1][1:], [0.0]])
        first = np.arange(1, T + 1)
        own = np.concatenate([self.sigma, np.zeros((G + T + 2, V))])
        backward = np.divide(1.0, own, out=np.zeros_like(own), where=own > 0)
        W = np.zeros((T, V, V))
        late = np.zeros((V, V))
        if self.mixed:
            W += tails[first + G][:, None, None]
            late += float(tails[T + G + 1 :].sum())
            late_laws = 1.0 / self.nu
        for d in range(G, 0, -1):
            if d < G:
                n = d + 1
                born = K[n] * backward[first + n - 1][:, None, :]
                born *= edge[first + n][:, None, None]
                born += W
                W = product(born.reshape(-1, V), PT).reshape(W.shape)
                if self.mixed:
                    late = (tails[T + n] * K[n] * late_laws + late) @ PT
            total[d] += np.einsum("iu,iv,iuv->uv", own[first - 1], own[first - 1 + d], W, optimize=False)
            if self.mixed:
                total[d] += np.outer(self.nu, self.nu) * late

    def result(self) -> BigramLaw:
        L = self.chain.length
        crossed = math.expm1((3 * self.count + 1) * (math.log1p(self.crossed_by) - math.log1p(-self.crossed_by)))
        return BigramLaw(
            self.chain.transition,
            self.sums[L - 1] / (L - 1),
            self.law_error + self.stand_in + 4 * U,
            self.D[1] / (L - 1),
            self.rounding / (L - 1) * RAISED + U * float(np.abs(self.D[1]).sum()) / (L - 1),
            (self.truncation + crossed * L * RAISED) / (L - 1),
            L,
        )


def bigram_tv_rate(law: BigramLaw) -> Measured:
    """``sum_u p(u) TV(p(.|u), P(u, .))``; after a token that has no continuation the distance is one."""
    excess = law.deviation - law.deviation.sum(axis=1, keepdims=True) * law.transition
    value = math.fsum(np.maximum(excess, 0.0).ravel())
    return Measured(value, law.rounding + 40 * U * float(np.abs(law.deviation).sum()), law.truncation)


def bigram_kl_rate(law: BigramLaw) -> Measured:
    """``sum_u p(u) D(p(.|u) || P(u, .))`` in nats; infinite as soon as p gives mass to a zero of P.

    Written as ``sum b phi(p/b)``, ``b = p(u) P(u, v)``, ``phi(x) = x log x - x + 1``: every term is non-negative, and
    ``p/b - 1`` comes from the deviation. An error h of total size ``error`` moves the sum by at most ``error``
    times the steepest ``|log|`` it can meet, and a change of the row sums by ``sum_u p(u) phi(1 + h(u)/p(u))``
    more.
    """
    P, error = law.transition, law.error
    if law.deviation[P == 0].max(initial=0.0) > error:
        return Measured(math.inf, 0.0)
    undecided = bool((law.deviation[P == 0] > 0).any())
    rows = law.first + law.deviation.sum(axis=1)
    b = rows[:, None] * P
    on = b > 0
    change = law.deviation - law.deviation.sum(axis=1, keepdims=True) * P
    ratio = 1 + change[on] / b[on]
    ratio_safe = np.maximum(ratio, 0.0)
    logs = np.log(np.where(ratio_safe > 0, ratio_safe, 1.0))
    phi = np.where(ratio_safe > 0, ratio_safe * logs - (ratio_safe - 1), 1.0)
    value = math.fsum(b[on] * phi)
    reach = error / b[on]
    above = np.abs(np.log1p(np.maximum(ratio_safe + reach, 1.0) - 1))
    low = ratio_safe - reach
    below = np.where(low > 0, np.abs(np.log(np.where(low > 0, np.minimum(low, 1.0), 1.0))), np.abs(logs) + 1)
    steepest = float(np.maximum(above, below).max(initial=0.0))
    shares = error / rows[rows > 0]
    row_part = float(np.maximum(np.log1p(shares), np.minimum(shares, 1.0)).max(initial=0.0))
    moved = error * (steepest + row_part) * RAISED
    own = (law.first_error + 60 * U) * math.fsum(b[on] * (phi + np.abs(ratio_safe - 1) * np.abs(logs)))
    own += 20 * U * math.fsum(b[on] * np.abs(ratio_safe * logs))
    rounding = math.inf if undecided else (moved + own) * RAISED
    return Measured(value, rounding, 0.0)


def generative_nll(law: BigramLaw, entropy: Measured) -> Measured:
    """``-(1/L) E_p log q`` in nats per token, from ``H(X)``: the first token follows its own law under p too."""
    P, L = law.transition, law.length
    if law.deviation[P == 0].max(initial=0.0) > law.error:
        return Measured(math.inf, 0.0)
    undecided = bool((law.deviation[P == 0] > 0).any())
    on = P > 0
    logs = np.log(P[on])
    terms = law.deviation[on] * logs
    value = (entropy.value - (L - 1) * math.fsum(terms)) / L
    steepest = float(np.abs(logs).max())
    rounding = entropy.rounding / L + law.rounding * steepest + 4 * U * abs(value)
    rounding += 20 * U * math.fsum(np.abs(terms)) + 4 * U * float(np.abs(law.deviation[on]).sum())
    return Measured(value, math.inf if undecided else rounding * RAISED, law.truncation * steepest)
