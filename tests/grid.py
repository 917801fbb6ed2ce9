"""Small instances, each as the product's objects and as the oracles' plain data, for tests of agreement."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import strategies as st
from oracles import adaptive as oracle_adaptive
from oracles import denoisers as oracle_denoisers
from oracles import languages as oracle_languages
from oracles import quantities as oracle_quantities
from oracles import samplers as oracle_samplers

from maskbound.numerics import denoisers, languages, policies
from maskbound.numerics.instances import Instance

LARGEST_TABLE = 30

LEAST = Fraction(3, 10**308)
"""Smaller probabilities are refused by every language and schedule."""

STRENGTHS = (Fraction(0), Fraction(1, 7), Fraction(1, 2), Fraction(1))
HARD_STRENGTHS = (
    *STRENGTHS,
    Fraction(1, 10**16),
    1 - Fraction(1, 10**16),
    Fraction(1, 10**250),
    1 - Fraction(1, 10**250),
)

RULES = ("uniform", "marginal", "stop")
KINDS = ("tabular", "markov", "ngram", "hmm", "blocks", "iid")
HARD_KINDS = (*KINDS, *KINDS, "named")

INVERSES = (1, 1, 1, 2, None)
HARD_INVERSES = (
    1,
    1,
    2,
    None,
    None,
    7,
    50,
    300,
    1000,
    Fraction(1, 2),
    Fraction(1, 1000),
    Fraction(3, 2),
    Fraction(22, 7),
)
"""Of temperatures."""


@dataclass
class Case:
    """One instance twice."""

    instance: Instance
    law: oracle_languages.Law
    denoiser: Any
    policy: Any
    transition: list | None = None
    seen: dict = field(default_factory=dict)

    @property
    def vocab(self) -> int:
        return self.instance.vocab

    def truth(self) -> dict[str, Any]:
        """Every quantity, from the definitions."""
        return oracle_quantities.measure_all(self.law, self.vocab, self.denoiser, self.policy, self.transition)

    def output_law(self) -> oracle_languages.Law:
        return oracle_samplers.law(self.policy, self.vocab, self.denoiser)

    def __repr__(self) -> str:
        i = self.instance
        return f"Case({i.language}, {i.policy}, {i.denoiser}, {i.off_support}, {i.off_support_scope}, q={self.law})"


def rows(width: int) -> st.SearchStrategy[list[Fraction]]:
    """Probability rows of small rationals with structural zeros, one-hot rows included."""
    weights = st.lists(st.sampled_from([0, 0, 1, 1, 2, 3, 7]), min_size=width, max_size=width).filter(any)
    return weights.map(lambda w: [Fraction(x, sum(w)) for x in w])


def hard_rows(width: int) -> st.SearchStrategy[list[Fraction]]:
    """Rows of small rationals, and rows whose entries are powers of ten apart, down to 1e-300, or nearly equal."""
    exponents = st.sampled_from([0, 0, 0, 1, 8, 16, 17, 40, 100, 155, 200, 290, 300])
    far = st.tuples(st.sampled_from([0, 1, 1, 1, 3, 10**16, 10**16 + 1]), exponents).map(
        lambda x: Fraction(x[0], 10 ** x[1])
    )
    apart = st.lists(far, min_size=width, max_size=width).filter(any).map(lambda w: [x / sum(w) for x in w])
    return st.one_of(rows(width), apart.filter(lambda row: all(x == 0 or x > LEAST for x in row)))


ROWS = (rows, hard_rows)


def _floats(row: Iterable[Fraction]) -> list[float]:
    return [float(probability) for probability in row]


@st.composite
def shapes(draw: Any, least_length: int = 1) -> tuple[int, int]:
    """V and L with a table of at most LARGEST_TABLE entries, V = 1 and L = 1 included."""
    length = draw(st.integers(least_length, 4))
    largest = {1: 6, 2: 5, 3: 3, 4: 2}[length]
    return draw(st.integers(1, largest)), length


def _named() -> tuple[tuple[Callable[[], languages.Language], Callable[[], oracle_languages.Law], int | None], ...]:
    """Small languages with known answers, the oracle's twins, and how far a contradiction reaches in the local scope:
    as many positions as a block has, an interval (0), or there is no such scope (None).
    """
    twins = oracle_languages
    return (
        *((lambda n=n: languages.parity(n), lambda n=n: twins.parity(n), None) for n in (2, 4)),
        (lambda: languages.copy(3, 3, 3), lambda: twins.copy(3, 3, 3), 3),
        *((lambda V=V, n=n: languages.pair(V, n), lambda V=V, n=n: twins.pair(V, n), 2) for V, n in ((2, 4), (4, 2))),
        (lambda: languages.mds(3, 2, 3), lambda: twins.mds(3, 2, 3), None),
        (lambda: languages.mds_product(2, [1, 1], 2), lambda: twins.mds_product(2, [1, 1], 2), None),
        (lambda: languages.permutations(3), lambda: twins.permutation(3), None),
        (lambda: languages.colouring(3), lambda: twins.colouring(3), 0),
        *(
            (lambda f=f: languages.shifted_pair(2, f, 4), lambda f=f: twins.shifted_pair(2, f, 4), None)
            for f in (Fraction(1, 3), Fraction(1, 10**16))
        ),
    )


@st.composite
def language_pairs(draw: Any, kinds: tuple[str, ...] = KINDS, hard: bool = False) -> tuple:
    """A product language, the oracle's table, its transition rows if it is a chain, and the oracle's local scope.

    A hard one may be given in float64, whose rows are within a rounding of the oracle's.
    """
    kind, rows = draw(st.sampled_from(kinds)), ROWS[hard]
    if kind == "named":
        return _named_pair(*draw(st.sampled_from(_named())))
    V, L = draw(shapes())
    given = _floats if hard and draw(st.integers(0, 4)) == 0 else list
    if kind == "tabular":
        law = dict(zip(np.ndindex(*(V,) * L), draw(rows(V**L)), strict=True))
        table = oracle_languages.law(law.items())
        return languages.Tabular.from_table(V, L, given(law.values())), table, None, None
    if kind == "markov":
        initial, transition = draw(rows(V)), [draw(rows(V)) for _ in range(V)]
        scope = oracle_denoisers.interval_scope(initial, transition, L)
        return (
            languages.markov(given(initial), [given(row) for row in transition], L),
            oracle_languages.markov(initial, transition, L),
            transition,
            scope,
        )
    if kind == "iid":
        row = draw(rows(V))
        return languages.iid(given(row), L), oracle_languages.iid(row, L), [row] * V, None
    if kind == "ngram":
        order = draw(st.integers(2, 3))
        contexts = V ** (order - 1)
        initial, transition = draw(rows(contexts)), [draw(rows(V)) for _ in range(contexts)]
        product = languages.NGram(order, V, L, given(initial), [given(row) for row in transition])
        table = oracle_languages.ngram(order, V, L, initial, transition)
        return product, table, transition if order == 2 else None, None
    if kind == "hmm":
        K = draw(st.integers(1, 3))
        initial, transition = draw(rows(K)), [draw(rows(K)) for _ in range(K)]
        emission = [draw(rows(V)) for _ in range(K)]
        return (
            languages.HMM(L, given(initial), [given(row) for row in transition], [given(row) for row in emission]),
            oracle_languages.hmm(initial, transition, emission, L),
            None,
            None,
        )
    V, size = draw(st.sampled_from([(2, 1), (2, 2), (1, 2), (3, 1)]))
    law = dict(zip(np.ndindex(*(V,) * size), draw(rows(V**size)), strict=True))
    block = oracle_languages.law(law.items())
    count = draw(st.integers(1, 2))
    product = languages.Blocks(languages.Tabular.from_table(V, size, given(law.values())), count)
    return product, oracle_languages.blocks(block, count), None, oracle_denoisers.block_scope(block, V)


def _named_pair(
    make: Callable[[], languages.Language], twin: Callable[[], oracle_languages.Law], reach: int | None
) -> tuple:
    language, law = make(), twin()
    if reach is None:
        return language, law, None, None
    if reach:
        own = oracle_languages.Marginals(law).of(tuple(range(reach)))
        return language, law, None, oracle_denoisers.block_scope(own, language.vocab)
    first = oracle_languages.Marginals(law)
    initial = first.conditional(0, {}, language.vocab)
    transition = [first.conditional(1, {0: u}, language.vocab) for u in range(language.vocab)]
    return language, law, transition, oracle_denoisers.interval_scope(initial, transition, language.length)


@st.composite
def policy_pairs(draw: Any, length: int, hard: bool = False) -> tuple[policies.Policy, Any]:
    """A policy of every kind; N = 1, N = L, empty steps and weights of zero included."""
    rows = ROWS[hard]
    kinds = ["uniform", "weights", "sizes", "mixture", "random-order", "autoregressive", "bisection", "sets"]
    kind = draw(st.sampled_from(kinds))
    if kind == "uniform":
        steps = draw(st.integers(1, 4))
        return policies.Bernoulli(steps), oracle_samplers.uniform_steps(steps, length)
    if kind == "weights":
        weights = draw(rows(draw(st.integers(1, 4))))
        return policies.Bernoulli(weights=weights), oracle_samplers.bernoulli(weights, length)
    if kind == "sizes":
        cuts = sorted(draw(st.lists(st.integers(0, length), max_size=3)))
        sizes = [after - before for before, after in zip([0, *cuts], [*cuts, length], strict=True)]
        return policies.FixedSize(sizes), oracle_samplers.fixed_size(sizes)
    if kind == "mixture":
        count, steps = draw(st.integers(1, 3)), draw(st.integers(1, 3))
        cuts = [sorted(draw(st.lists(st.integers(0, length), min_size=steps, max_size=steps))) for _ in range(count)]
        lists = [[b - a for a, b in pairwise([0, *each, length])] for each in cuts]
        weights = draw(rows(count))
        return policies.MixtureOfSizes(lists, weights), oracle_samplers.mixture_of_sizes(lists, weights)
    if kind == "random-order":
        return policies.random_order(length), oracle_samplers.fixed_size([1] * length)
    if kind == "autoregressive":
        return policies.autoregressive(length), oracle_samplers.autoregressive(length)
    if kind == "bisection":
        return policies.bisection(length), oracle_samplers.bisection(length)
    order = draw(st.permutations(range(length)))
    cut = draw(st.integers(0, length))
    sets = [order[:cut], order[cut:]]
    return policies.FixedSets(sets), oracle_samplers.fixed_sets(sets)


@st.composite
def denoiser_pairs(draw: Any, language: languages.Language, hard: bool = False) -> tuple[denoisers.Denoiser, Any]:
    """A denoiser and the oracle's prediction."""
    kinds = ["exact", "exact", "uniform", "peak", "tilt", "full", "neighbours", *(["table"] if hard else [])]
    kind = draw(st.sampled_from(kinds))
    if kind == "exact":
        return denoisers.Exact(), oracle_denoisers.exact_prediction
    if kind == "table":
        return _table_pair(language.vocab, language.length, draw(st.integers(0, 1000)))
    strength = draw(st.sampled_from(HARD_STRENGTHS if hard else STRENGTHS))
    if kind == "uniform":
        return denoisers.Perturbed("uniform", strength), oracle_denoisers.mix_uniform(strength)
    if kind == "peak":
        return denoisers.Perturbed("peak", strength), oracle_denoisers.peak(strength)
    if kind == "tilt":
        # The factors as the product stores them: the oracle takes the floats as the rationals they are.
        tilt = draw(st.sampled_from([0.5, 20.0, 50.0])) if hard else 0.5
        noise = np.random.default_rng(3).standard_normal((language.length, language.vocab))
        factors = [[Fraction(float(g)) for g in row] for row in np.exp(tilt * noise)]
        return denoisers.Perturbed("tilt", tilt, seed=3), oracle_denoisers.tilt(factors)
    pseudo = draw(
        st.sampled_from([Fraction(0), Fraction(1, 2), *([Fraction(1, 10**15), Fraction(10**15)] if hard else [])])
    )
    context = "full" if kind == "full" else "neighbours"
    learned = denoisers.Learned(draw(st.integers(1, 12)), seed=5, pseudo_count=pseudo, context=context)
    seen = [tuple(int(token) for token in row) for row in learned.training_set(language)]
    counted = oracle_denoisers.learned_full if kind == "full" else oracle_denoisers.learned_neighbours
    return learned, counted(seen, language.vocab, pseudo)


def _table_pair(V: int, L: int, seed: int) -> tuple[denoisers.Denoiser, Any]:
    """Any predictions, powers of two apart, some of them zero, down to 2^-900."""
    rng = np.random.default_rng(seed)
    table = 2.0 ** -rng.choice([0, 1, 2, 53, 300, 900], size=((V + 1) ** L, L, V))
    table[rng.random(table.shape) < 0.2] = 0.0
    table[..., 0] += table.sum(axis=-1) == 0
    table /= table.sum(axis=-1, keepdims=True)
    places = (V + 1) ** np.arange(L - 1, -1, -1)

    def predict(i: int, context: Any, exact: list[Fraction]) -> list[Fraction]:
        row = [Fraction(c) for c in table[sum(int(places[j]) * (v + 1) for j, v in context.items()), i].tolist()]
        return [c / sum(row) for c in row]

    return denoisers.Table(conditionals=table), predict


def _scopes(local: Any, hard: bool) -> st.SearchStrategy:
    """Left out, each engine takes its own: hard instances, which every engine is asked for, name theirs."""
    if local:
        return st.sampled_from(["global", "local"] if hard else [None, "global", "local"])
    return st.sampled_from([None, "global"])


@st.composite
def cases(draw: Any, kinds: tuple[str, ...] = KINDS, hard: bool = False) -> Case:
    """Instances of every combination that a table can do; hard ones at the ends of float64's range."""
    language, law, transition, local = draw(language_pairs(kinds, hard))
    policy, oracle_policy = draw(policy_pairs(language.length, hard))
    denoiser, prediction = draw(denoiser_pairs(language, hard))
    rule = draw(st.sampled_from(RULES))
    scope = draw(_scopes(local, hard))
    instance = Instance(language, policy, denoiser, rule, scope)
    inside = local if scope == "local" else oracle_denoisers.global_scope(law, language.vocab)
    oracle = oracle_denoisers.denoiser(inside, language.vocab, prediction, rule, law)
    return Case(instance, law, oracle, oracle_policy, transition)


@st.composite
def adaptive_pairs(draw: Any, length: int, hard: bool = False) -> tuple[policies.Policy, oracle_adaptive.Adaptive]:
    """An adaptive policy of every kind of score, order, rule, temperature, ties and blocks."""
    kind = draw(st.sampled_from(["proposals", "proposals", "confidence", "margin", "entropy", "entropy", "random"]))
    proposes = kind == "proposals"
    score = "confidence" if proposes else kind
    block = draw(st.sampled_from([b for b in range(1, length + 1) if length % b == 0]))
    rules = {"confidence": ["sizes", "steps", "threshold"], "margin": ["sizes", "threshold"], "random": ["sizes"]}
    rule = draw(st.sampled_from(rules.get(score, ["sizes", "threshold", "entropy_bound", "entropy_bound"])))
    value: Any
    sizes = threshold = bound = None
    if rule == "sizes":
        cuts = sorted(draw(st.lists(st.integers(0, block), max_size=3)))
        value = [after - before for before, after in zip([0, *cuts], [*cuts, block], strict=True)]
        sizes = tuple(value) * (length // block)
    elif rule == "steps":
        value = draw(st.integers(length // block, length))
        shares = [value // (length // block) + (b < value % (length // block)) for b in range(length // block)]
        sizes = tuple(block // share + (k < block % share) for share in shares for k in range(share))
    elif rule == "threshold":
        value = threshold = draw(st.sampled_from([Fraction(n, d) for d in (1, 2, 3, 5) for n in range(d + 1)]))
        if score == "entropy":
            value = threshold = -threshold
    else:
        value = bound = draw(st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(9, 10), Fraction(2)]))
    inverse = draw(st.sampled_from(HARD_INVERSES if hard else INVERSES))
    ties = draw(st.sampled_from(["first", "random"]))
    order = "sample-then-choose" if proposes else "choose-then-sample"
    keys = {rule: value, "ties": ties, "block_length": block, "temperature": 1 / Fraction(inverse) if inverse else 0}
    oracle = oracle_adaptive.Adaptive(length, score, proposes, sizes, threshold, bound, inverse, ties, block)
    return policies.Adaptive(length, score=score, order=order, **keys), oracle


@dataclass
class AdaptiveCase:
    """One instance of an adaptive or remasking policy twice."""

    instance: Instance
    law: oracle_languages.Law
    denoiser: Any
    policy: oracle_adaptive.Adaptive | None
    step: Any
    transition: list | None = None

    def run(self) -> oracle_adaptive.Run:
        return oracle_adaptive.run(self.step, self.instance.policy.steps, self.instance.length)

    def __repr__(self) -> str:
        i = self.instance
        return (
            f"AdaptiveCase({i.language}, {i.policy}, {i.denoiser}, {i.off_support}, {i.off_support_scope}, {self.law})"
        )


@st.composite
def remasking_pairs(draw: Any, hard: bool = False) -> tuple[policies.Policy, Any]:
    """A remasking policy, its probabilities from none to the most there can be."""
    rows = ROWS[hard]
    weights = draw(rows(draw(st.integers(1, 3))))
    revealed = [sum(weights[:k], Fraction(0)) for k in range(len(weights) + 1)]
    most = [min(Fraction(1), (1 - after) / before) if before else Fraction(1) for before, after in pairwise(revealed)]
    sigma = [draw(st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1)])) * bound for bound in most]
    return policies.Remasking(policies.Schedule(weights), sigma), oracle_adaptive.remasking(weights, sigma)


@st.composite
def adaptive_cases(draw: Any, remasking: bool = True, hard: bool = False) -> AdaptiveCase:
    """Rational instances of adaptive and remasking policies; hard ones at the ends of float64's range."""
    language, law, transition, local = draw(language_pairs(HARD_KINDS if hard else KINDS, hard))
    denoiser, prediction = draw(denoiser_pairs(language, hard).filter(lambda pair: hard or pair[0].rational))
    rule = draw(st.sampled_from(RULES))
    scope = draw(_scopes(local, hard))
    inside = local if scope == "local" else oracle_denoisers.global_scope(law, language.vocab)
    oracle = oracle_denoisers.denoiser(inside, language.vocab, prediction, rule, law)
    if remasking and draw(st.integers(0, 4)) == 0:
        policy, step = draw(remasking_pairs(hard))
        return AdaptiveCase(
            Instance(language, policy, denoiser, rule, scope), law, oracle, None, step(oracle), transition
        )
    policy, twin = draw(adaptive_pairs(language.length, hard))
    return AdaptiveCase(
        Instance(language, policy, denoiser, rule, scope), law, oracle, twin, twin.step(oracle), transition
    )
