"""Denoisers (definitions.md#denoisers): functions `(i, {position: token}) -> list of V Fractions`.

A denoiser is put together from three parts that vary independently:

- a *scope* says whether a context is possible, and there gives the exact conditional;
- a *prediction* turns it into what a network would say (exact, perturbed, learned);
- an *off-support rule* (`uniform`, `marginal`, `stop`) answers wherever the scope says impossible, whatever
  the prediction. `stop` answers zeros: the sequence is abandoned.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, product

from .languages import Law, Marginals, Tokens

Context = Mapping[int, int]
Denoiser = Callable[[int, Context], list[Fraction]]
Scope = Callable[[int, Context], "list[Fraction] | None"]
Prediction = Callable[[int, Context, list[Fraction]], list[Fraction]]


def global_scope(law: Law | Marginals, V: int) -> Scope:
    """A context is impossible when `q(x_R) = 0`."""
    marginals = law if isinstance(law, Marginals) else Marginals(law)
    return lambda i, context: marginals.conditional(i, context, V)


def interval_scope(initial: Sequence[Fraction], transition: Sequence[Sequence[Fraction]], L: int) -> Scope:
    """Local scope of a Markov chain: impossible when no path joins the two nearest revealed neighbours.

    A missing left neighbour is a sentinel that moves by the initial law, a missing right one a sentinel that
    any token moves to. The conditional sums over the paths between the two, one by one.
    """
    V = len(initial)
    kept: dict[tuple, list[Fraction] | None] = {}

    def conditional(i: int, context: Context) -> list[Fraction] | None:
        a = max((j for j in context if j < i), default=-1)
        b = min((j for j in context if j > i), default=L)
        key = (i, a, b, context.get(a), context.get(b))
        if key not in kept:
            weights = [Fraction(0)] * V
            for inner in product(range(V), repeat=b - a - 1):
                path = ((context[a],) if a >= 0 else ()) + inner + ((context[b],) if b < L else ())
                probability = Fraction(1) if a >= 0 else Fraction(initial[path[0]])
                for u, v in pairwise(path):
                    probability *= Fraction(transition[u][v])
                weights[inner[i - a - 1]] += probability
            total = sum(weights)
            kept[key] = [w / total for w in weights] if total else None
        return kept[key]

    return conditional


def block_scope(block: Law, V: int) -> Scope:
    """Local scope of independent blocks: impossible when the own block's revealed tokens are."""
    marginals = Marginals(block)

    def conditional(i: int, context: Context) -> list[Fraction] | None:
        start = i - i % marginals.L
        own = {j - start: v for j, v in context.items() if start <= j < start + marginals.L}
        return marginals.conditional(i - start, own, V)

    return conditional


def exact_prediction(i: int, context: Context, exact: list[Fraction]) -> list[Fraction]:
    """`p_theta = q`."""
    return exact


def mix_uniform(strength: Fraction) -> Prediction:
    """`(1 - strength) q + strength / V`."""
    return lambda i, context, exact: [(1 - strength) * c + strength / Fraction(len(exact)) for c in exact]


def peak(strength: Fraction) -> Prediction:
    """`(1 - strength) q + strength` on the most likely token, the lowest one on ties."""

    def predict(i: int, context: Context, exact: list[Fraction]) -> list[Fraction]:
        top = exact.index(max(exact))
        return [(1 - strength) * c + (strength if v == top else 0) for v, c in enumerate(exact)]

    return predict


def tilt(factors: Sequence[Sequence[Fraction]]) -> Prediction:
    """Proportional to `q * factors[i][v]`, factors positive rationals."""

    def predict(i: int, context: Context, exact: list[Fraction]) -> list[Fraction]:
        weights = [c * Fraction(g) for c, g in zip(exact, factors[i], strict=True)]
        return [w / sum(weights) for w in weights]

    return predict


def learned_full(samples: Sequence[Tokens], V: int, pseudo_count: Fraction) -> Prediction:
    """Counts of position i's tokens in the samples that agree with the whole context; unseen: uniform."""

    def predict(i: int, context: Context, exact: list[Fraction]) -> list[Fraction]:
        seen = [x[i] for x in samples if all(x[j] == v for j, v in context.items())]
        return _frequencies(seen, V, pseudo_count)

    return predict


def learned_neighbours(samples: Sequence[Tokens], V: int, pseudo_count: Fraction, pooled: bool = True) -> Prediction:
    """Counts given the nearest revealed tokens on either side and their distances; unseen: uniform.

    A side without a revealed token asks nothing of it. `pooled` counts at every position where both distances
    fit into the sequence (a table over distances and tokens alone); otherwise only at the position asked for.
    """

    def predict(i: int, context: Context, exact: list[Fraction]) -> list[Fraction]:
        left = max((j for j in context if j < i), default=None)
        right = min((j for j in context if j > i), default=None)
        wanted = {j - i: context[j] for j in (left, right) if j is not None}
        seen = [
            x[c]
            for x in samples
            for c in (range(len(x)) if pooled else (i,))
            if all(0 <= c + d < len(x) and x[c + d] == v for d, v in wanted.items())
        ]
        return _frequencies(seen, V, pseudo_count)

    return predict


def denoiser(
    scope: Scope,
    V: int,
    prediction: Prediction = exact_prediction,
    off_support: str = "uniform",
    law: Law | Marginals | None = None,
) -> Denoiser:
    """Put scope, prediction and off-support rule together; answers are kept.

    Parameters
    ----------
    off_support : `uniform`, `marginal` (position i's own law under `law`, which must be given) or `stop`.
    """
    if off_support not in ("uniform", "marginal", "stop"):
        raise ValueError(f"off_support={off_support!r} is none of uniform, marginal, stop")
    marginals = Marginals(law) if isinstance(law, dict) else law
    if off_support == "marginal" and marginals is None:
        raise ValueError("off_support='marginal' needs the law")
    kept: dict[tuple, list[Fraction]] = {}

    def rule(i: int) -> list[Fraction]:
        if off_support == "uniform":
            return [Fraction(1, V)] * V
        if off_support == "marginal":
            return marginals.conditional(i, {}, V)
        return [Fraction(0)] * V

    def conditionals(i: int, context: Context) -> list[Fraction]:
        key = (i, tuple(sorted(context.items())))
        if key not in kept:
            inside = scope(i, context)
            kept[key] = rule(i) if inside is None else prediction(i, context, inside)
        return kept[key]

    return conditionals


def exact(law: Law | Marginals, V: int, off_support: str = "uniform") -> Denoiser:
    """The exact denoiser in the global scope."""
    return predicting(law, V, exact_prediction, off_support)


def predicting(law: Law | Marginals, V: int, prediction: Prediction, off_support: str = "uniform") -> Denoiser:
    """A denoiser in the global scope."""
    marginals = Marginals(law) if isinstance(law, dict) else law
    return denoiser(global_scope(marginals, V), V, prediction, off_support, marginals)


def _frequencies(seen: Sequence[int], V: int, pseudo_count: Fraction) -> list[Fraction]:
    if not seen:
        return [Fraction(1, V)] * V
    return [(seen.count(v) + Fraction(pseudo_count)) / (len(seen) + V * Fraction(pseudo_count)) for v in range(V)]
