"""Hypothesis strategies for languages, denoisers, policies and instances.

All probabilities are rational, and the awkward cases are drawn on purpose: structural zeros, rows that leave no choice,
V = 1, L = 1, one step, as many steps as tokens, empty steps. hypothesis is imported here and nowhere else.

>>> from hypothesis import given
>>> from maskbound.numerics.testing import strategies
>>> @given(strategies.instances())
... def test_kl_is_at_most_path_kl(instance):
...     assert_holds("kl <= path_kl", instance, allow_undecided=True)
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal

from hypothesis import strategies as st

from .. import denoisers as d
from .. import languages as l
from .. import policies as p
from ..errors import BadInput
from ..instances import Instance

__all__ = ["DENOISERS", "LANGUAGES", "POLICIES", "denoisers", "instances", "languages", "laws", "policies"]

LANGUAGES = ("tabular", "iid", "markov", "ngram", "hmm", "blocks")
POLICIES = ("bernoulli", "fixed-size", "random-order", "autoregressive", "bisection", "fixed-sets")
DENOISERS = ("exact", "uniform", "peak", "learned")
MOST_TABLE = 64
"""Sequences of a tabular language or contexts of an n-gram; more would make every example slow."""


def laws(size: int) -> st.SearchStrategy[list[Fraction]]:
    """Probability vectors of ``size`` rational entries, zeros among them."""
    weights = st.lists(st.integers(0, 5), min_size=size, max_size=size).filter(any)
    return weights.map(lambda drawn: [Fraction(weight, sum(drawn)) for weight in drawn])


@st.composite
def languages(
    draw: st.DrawFn, vocab: int | None = None, length: int | None = None, kinds: Sequence[str] = LANGUAGES
) -> l.Language:
    """Small languages.

    Parameters
    ----------
    vocab, length : int, optional
        V and L; by default drawn, with at most 64 sequences.
    kinds : sequence of str
        Among ``LANGUAGES``.
    """
    kinds = _known(kinds, LANGUAGES, "kinds")
    L = draw(st.integers(1, 4)) if length is None else length
    V = draw(st.integers(1, max(1, int(MOST_TABLE ** (1 / max(L, 2)) + 1e-9)))) if vocab is None else vocab
    fitting = [kind for kind in kinds if kind != "tabular" or V**L <= MOST_TABLE]
    if not fitting:
        raise BadInput("kinds", f"a table of {V}^{L} sequences is too large to be drawn; other kinds are accepted")
    kind = draw(st.sampled_from(fitting))
    rows = st.lists(laws(V), min_size=V, max_size=V)
    if kind == "tabular":
        return l.Tabular.from_table(V, L, draw(laws(V**L)))
    if kind == "iid":
        return l.iid(draw(laws(V)), L)
    if kind == "markov":
        return l.markov(draw(laws(V)), draw(rows), L)
    if kind == "ngram":
        order = draw(st.integers(2, 3)) if V * V <= MOST_TABLE else 2
        contexts = V ** (order - 1)
        transition = draw(st.lists(laws(V), min_size=contexts, max_size=contexts))
        return l.NGram(order, V, L, draw(laws(contexts)), transition)
    if kind == "hmm":
        states = draw(st.integers(1, 3))
        transition = draw(st.lists(laws(states), min_size=states, max_size=states))
        emission = draw(st.lists(laws(V), min_size=states, max_size=states))
        return l.HMM(L, draw(laws(states)), transition, emission)
    size = draw(st.sampled_from([b for b in range(1, L + 1) if L % b == 0 and V**b <= MOST_TABLE]))
    return l.Blocks(l.Tabular.from_table(V, size, draw(laws(V**size))), L // size)


@st.composite
def policies(draw: st.DrawFn, length: int, kinds: Sequence[str] = POLICIES) -> p.Policy:
    """Policies that reveal ``length`` positions, of the kinds among ``POLICIES``."""
    kind = draw(st.sampled_from(_known(kinds, POLICIES, "kinds")))
    if kind == "bernoulli":
        steps = draw(st.integers(1, length + 1))
        return p.Bernoulli(steps) if draw(st.booleans()) else p.Bernoulli(weights=draw(laws(steps)))
    if kind == "fixed-size":
        cuts = sorted(draw(st.lists(st.integers(0, length), max_size=min(length, 4))))
        return p.FixedSize([after - before for before, after in zip([0, *cuts], [*cuts, length], strict=True)])
    if kind == "fixed-sets":
        order, cut = draw(st.permutations(range(length))), draw(st.integers(0, length))
        return p.FixedSets([order[:cut], order[cut:]])
    return {"random-order": p.random_order, "autoregressive": p.autoregressive, "bisection": p.bisection}[kind](length)


@st.composite
def denoisers(draw: st.DrawFn, kinds: Sequence[str] = DENOISERS) -> d.Denoiser:
    """Denoisers of the kinds among ``DENOISERS``: exact, mixed with uniform or with the likeliest token, learned."""
    kind = draw(st.sampled_from(_known(kinds, DENOISERS, "kinds")))
    if kind == "exact":
        return d.Exact()
    if kind == "learned":
        pseudo = draw(st.sampled_from([Fraction(0), Fraction(1, 2)]))
        return d.Learned(draw(st.integers(1, 12)), draw(st.integers(0, 9)), pseudo, "full")
    noise: Literal["uniform", "peak"] = "uniform" if kind == "uniform" else "peak"
    return d.Perturbed(noise, Fraction(draw(st.integers(0, 7)), 7))


@st.composite
def instances(
    draw: st.DrawFn,
    language: st.SearchStrategy[l.Language] | None = None,
    policy_kinds: Sequence[str] = POLICIES,
    denoiser_kinds: Sequence[str] = DENOISERS,
) -> Instance:
    """Instances small enough for every quantity to be measured from tables.

    Parameters
    ----------
    language : strategy, optional
        Of languages; :func:`languages` by default.
    policy_kinds, denoiser_kinds : sequence of str
    """
    chosen = draw(language if language is not None else languages())
    rule: Any = draw(st.sampled_from(["uniform", "marginal"]))
    return Instance(chosen, draw(policies(chosen.length, policy_kinds)), draw(denoisers(denoiser_kinds)), rule)


def _known(kinds: Sequence[str], known: Sequence[str], key: str) -> Sequence[str]:
    for kind in kinds:
        if kind not in known:
            raise BadInput(key, f"found {kind!r}; {', '.join(known)} are accepted")
    return kinds
