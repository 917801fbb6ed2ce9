"""Where a search for counterexamples begins: structured candidates from the smallest on, and random ones.

What a statement assumes decides which policies, denoisers and languages are proposed; a candidate that misses an
assumption all the same is found not applicable when it is judged.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from random import Random

import numpy as np

from maskbound.theory import Statement

from ..instances import parse
from ..partial import lattice_rows, lattice_size
from ..policies import bisection
from .candidate import STEPS_OF, Candidate, Spec, normalised

__all__ = [
    "LANGUAGES_FOR",
    "LARGEST_TABLE",
    "MOST_STEPS",
    "MOVABLE",
    "POLICIES_FOR",
    "Family",
    "has_steps",
    "merged_steps",
    "random_candidate",
    "random_denoiser",
    "random_policy",
    "split_step",
    "structured",
]

LARGEST_TABLE = 64
"""Sequences, ``V^L``."""

MOST_STEPS = 4

LARGEST_DENOISER = 2000
"""Numbers in a table denoiser, ``(V+1)^L L V``."""

UNITS = 64
"""Rows of a table denoiser are multiples of 1/64."""

POLICIES_FOR = {
    "UniformSteps": ("uniform",),
    "BernoulliPolicy": ("uniform", "weights"),
    "BalancedSizes": ("balanced",),
    "BisectionPolicy": ("bisection",),
    "SeparatedSteps": ("bisection", "one-by-one"),
    "OneAtATime": ("one-by-one",),
    "OneStep": ("one-step",),
    "GreedySizes": ("sizes",),
    "FixedSizePolicy": ("sizes",),
    "SizedPolicy": ("sizes", "sets", "adaptive"),
    "EntropyBoundPolicy": ("entropy-bound",),
    "ProposalsOneAtATime": ("proposals",),
    "OneChoice": ("adaptive", "sets"),
    "ChooseThenSample": ("adaptive", "threshold", "entropy-bound"),
    "ChosenFirst": ("uniform", "weights", "sizes", "sets", "adaptive", "threshold", "entropy-bound"),
}
"""Kinds of policies that candidates are given, for the first of these assumptions that a statement has."""

LANGUAGES_FOR = {
    "PairLanguage": "pair",
    "ParityLanguage": "parity",
    "MDSLanguage": "mds",
    "PermutationsLanguage": "permutations",
    "ShiftedPairLanguage": "shifted-pair",
    "MarkovLanguage": "markov",
    "SeparatedSteps": "markov",
    "IndependentTokens": "iid",
    "FavouredToken": "iid",
}
"""The kind of language that an assumption asks for."""

MOVABLE = (None, "markov", "iid")
"""Kinds that are not a single language, so that their numbers may be changed."""

SCORES = ("confidence", "margin", "entropy", "random")
THRESHOLDS = ("0", "1/2", "3/4", "1")
ENTROPY_BOUNDS = ("0", "1/2", "7/10", "1", "3/2")
ALL_POLICIES = ("uniform", "weights", "sizes", "sets")
WEIGHTS = ((1, 1, 2), (2, 1, 1), (1, 3), (3, 1), (1, 2), (2, 1), (1, 0, 1), (1, 2, 3, 2))
PERTURBATIONS = (("peak", "1/3"), ("uniform", "1/3"), ("peak", "1/16"), ("uniform", "1/16"), ("peak", "3/4"))
EXACT: Spec = {"kind": "exact"}


@dataclass(frozen=True)
class Family:
    """The languages, policies and denoisers that candidates of a statement may have."""

    policies: tuple[str, ...]
    exact: bool
    language: str | None
    relation: str | None

    @property
    def subjects(self) -> int:
        """1 or 2."""
        return 1 if self.relation is None else 2

    @classmethod
    def of(cls, statement: Statement) -> Family:
        """The ingredients that the assumptions of ``statement`` allow; a claim about any two subjects is tried on one
        language.
        """
        names = {assumption.name for assumption in statement.assumptions}
        kinds = next((POLICIES_FOR[name] for name in POLICIES_FOR if name in names), ALL_POLICIES)
        between = "same-language" if statement.subjects == 2 else None
        if statement.relation_between is not None:
            between = statement.relation_between.name
        if between == "more-steps":
            kinds = ("uniform",)
        language = next((kind for name, kind in LANGUAGES_FOR.items() if name in names), None)
        return cls(kinds, "ExactDenoiser" in names, language, between)

    @property
    def free(self) -> bool:
        """Whether any language will do."""
        return self.language is None


# ---- structured ----------------------------------------------------------------------------------------------------


def structured(family: Family) -> Iterator[Candidate]:
    """Every structured candidate, smaller tables first; imperfect denoisers after the exact one."""
    languages = [entry for entry in _languages() if family.free or entry[0]["kind"] == family.language]
    languages.sort(key=lambda entry: (entry[1] ** entry[2], entry[2]))
    noises = [] if family.exact else [{"kind": "perturbed", "noise": n, "strength": s} for n, s in PERTURBATIONS]
    for denoiser in [EXACT, *noises]:
        for language, _, length in languages:
            for policies in _policy_tuples(family, length):
                yield Candidate(language, policies, (denoiser,) * family.subjects, family.relation)


def _languages() -> Iterator[tuple[Spec, int, int]]:
    """Structured languages with their V and L, tables of at most LARGEST_TABLE."""
    lengths = range(1, 7)
    for L, V in itertools.product(lengths, range(1, 9)):
        if V**L > LARGEST_TABLE:
            continue
        if L % 2 == 0:
            yield {"kind": "pair", "vocab": V, "length": L}, V, L
            if V > 2:
                yield {"kind": "shifted-pair", "vocab": V, "flip": "1/4", "length": L}, V, L
        for m in range(3, L + 1):
            if L % m == 0 and V > 1:
                yield {"kind": "copy", "vocab": V, "copies": m, "length": L}, V, L
        if V in (2, 3, 5, 7) and V >= L:
            for dimension in range(1, L):
                yield {"kind": "mds", "field": V, "dimension": dimension, "length": L}, V, L
        if V == L:
            yield {"kind": "permutations", "length": L}, V, L
        if V > 1:
            yield {"kind": "iid", "probabilities": normalised([V] + [1] * (V - 1)), "length": L}, V, L
    for L in range(2, 7):
        yield {"kind": "parity", "length": L}, 2, L
        for ones in range(1, L):
            yield _constant_weight(L, ones), 2, L
        for initial, transition in CHAINS:
            if len(initial) ** L <= LARGEST_TABLE:
                chain = {"kind": "markov", "initial": initial, "transition": transition, "length": L}
                yield chain, len(initial), L
        if 3**L <= LARGEST_TABLE:
            yield {"kind": "colouring", "length": L}, 3, L


CHAINS = (
    (["1/2", "1/2"], [["0", "1"], ["1/2", "1/2"]]),
    (["1/2", "1/2"], [["3/4", "1/4"], ["1/4", "3/4"]]),
    (["1", "0"], [["1/2", "1/2"], ["0", "1"]]),
    (["1/3", "1/3", "1/3"], [["0", "1", "0"], ["0", "0", "1"], ["1", "0", "0"]]),
    (["1/3", "1/3", "1/3"], [["1/2", "1/2", "0"], ["0", "1/2", "1/2"], ["0", "0", "1"]]),
)
"""Initial laws and transitions, with deterministic rows, absorbing states and forbidden successors."""


def _constant_weight(length: int, ones: int) -> Spec:
    """Uniform on the binary strings of that many ones."""
    strings = [list(x) for x in itertools.product((0, 1), repeat=length) if sum(x) == ones]
    support = [[x, Fraction(1, len(strings))] for x in strings]
    return {"kind": "tabular", "vocab": 2, "length": length, "support": support}


def _policy_tuples(family: Family, length: int) -> Iterator[tuple[Spec, ...]]:
    single = list(_policies(family.policies, length))
    if family.subjects == 1:
        yield from ((policy,) for policy in single)
    elif family.relation == "refines":
        for fine in single:
            yield from ((coarse, fine) for coarse in merged_steps(fine))
    elif family.relation == "more-steps":
        yield from itertools.combinations(single, 2)
    else:
        for one, other in itertools.pairwise([*single, single[0]]):
            yield from ((one, other), (other, one))


def _policies(kinds: tuple[str, ...], length: int) -> Iterator[Spec]:
    if "uniform" in kinds:
        for steps in range(1, MOST_STEPS + 1):
            yield _bernoulli([1] * steps)
    if "weights" in kinds:
        yield from (_bernoulli(list(weights)) for weights in WEIGHTS)
    if "balanced" in kinds:
        for steps in range(1, min(length, MOST_STEPS) + 1):
            each, remainder = divmod(length, steps)
            yield _sizes([each + (k < remainder) for k in range(steps)])
            if remainder:
                yield _sizes([each + (k >= steps - remainder) for k in range(steps)])
    if "sizes" in kinds:
        for steps in range(1, min(length, MOST_STEPS) + 1):
            for cuts in itertools.combinations(range(1, length), steps - 1):
                yield _sizes([b - a for a, b in itertools.pairwise([0, *cuts, length])])
    if "one-step" in kinds:
        yield from (_bernoulli([1]), _sizes([length]), _sets([list(range(length))]))
    if "one-by-one" in kinds:
        yield from (_sizes([1] * length), _sets([[i] for i in range(length)]))
    if "bisection" in kinds:
        yield _sets([list(chosen) for chosen in bisection(length).sets])
    if "sets" in kinds:
        everything = range(length)
        for width in range(1, length):
            yield _sets([list(everything[start : start + width]) for start in range(0, length, width)])
        if length > 1:
            yield _sets([list(everything[::2]), list(everything[1::2])])
            yield _sets([list(everything[1::2]), list(everything[::2])])
        if length > 2:
            yield _sets([[0, length - 1], list(everything[1:-1])])
    yield from _adaptive_policies(kinds, length)


def _adaptive_policies(kinds: tuple[str, ...], length: int) -> Iterator[Spec]:
    """Choices by the conditionals, of all positions or of a block: of given sizes, by a bound, or among proposals."""
    chosen = {"kind": "adaptive", "order": "choose-then-sample"}
    proposed = {"kind": "adaptive", "order": "sample-then-choose", "score": "confidence"}
    within = [{"block_length": b} for b in range(1, length) if length % b == 0]
    if "adaptive" in kinds:
        for score, ties in itertools.product(SCORES, ("first", "random")):
            for sizes in _policies(("balanced",), length):
                yield chosen | {"score": score, "ties": ties, "sizes": sizes["sizes"]}
            for block in within:
                yield chosen | {"score": score, "ties": ties, "steps": length // block["block_length"]} | block
    if "threshold" in kinds:
        for block, bound in itertools.product(({}, *within), THRESHOLDS):
            yield chosen | {"score": "confidence", "threshold": bound} | block
    if "entropy-bound" in kinds:
        for block, bound in itertools.product(({}, *within), ENTROPY_BOUNDS):
            yield chosen | {"score": "entropy", "entropy_bound": bound} | block
    if "proposals" in kinds:
        for block, ties in itertools.product(({}, *within), ("first", "random")):
            yield proposed | {"ties": ties, "steps": length} | block


def _bernoulli(weights: list[int]) -> Spec:
    return {"kind": "bernoulli", "weights": normalised(weights)}


def _sizes(sizes: list[int]) -> Spec:
    return {"kind": "fixed-size", "sizes": sizes}


def _sets(sets: list[list[int]]) -> Spec:
    return {"kind": "fixed-sets", "sets": sets}


def merged_steps(policy: Spec) -> Iterator[Spec]:
    """The policies in which two neighbouring steps are one."""
    key = STEPS_OF[policy["kind"]]
    steps = policy.get(key, ())
    for k in range(len(steps) - 1):
        merged = steps[k] + steps[k + 1]
        yield {**policy, key: [*steps[:k], sorted(merged) if key == "sets" else merged, *steps[k + 2 :]]}


def has_steps(policy: Spec) -> bool:
    """Whether its steps are listed; those of blocks, a threshold or an entropy bound are not."""
    return STEPS_OF[policy["kind"]] in policy


def split_step(policy: Spec, rng: Random) -> Spec:
    """A refinement: one step in two."""
    key = STEPS_OF[policy["kind"]]
    steps = policy[key]
    k = rng.randrange(len(steps))
    if key == "weights":
        share = steps[k] * Fraction(rng.randint(1, 7), 8)
        parts = [share, steps[k] - share]
    elif key == "sizes":
        first = rng.randint(0, steps[k])
        parts = [first, steps[k] - first]
    else:
        chosen = list(steps[k])
        rng.shuffle(chosen)
        cut = rng.randint(0, len(chosen))
        parts = [sorted(chosen[:cut]), sorted(chosen[cut:])]
    return {**policy, key: [*steps[:k], *parts, *steps[k + 1 :]]}


# ---- random --------------------------------------------------------------------------------------------------------


def random_candidate(family: Family, rng: Random) -> Candidate:
    """A candidate drawn at random, rich in zeros, deterministic rows and lopsided weights."""
    language, vocab, length = _random_language(family, rng)
    first = random_policy(family, length, rng)
    if family.subjects == 1:
        policies: tuple[Spec, ...] = (first,)
    elif family.relation == "refines":
        policies = (first, split_step(first, rng))
    elif family.relation == "more-steps":
        few, many = sorted(rng.sample(range(1, MOST_STEPS + 1), 2))
        policies = (_bernoulli([1] * few), _bernoulli([1] * many))
    else:
        policies = (first, random_policy(family, length, rng))
    denoiser = random_denoiser(family, language, vocab, length, rng)
    second = random_denoiser(family, language, vocab, length, rng) if family.relation == "same-language" else denoiser
    return Candidate(language, policies, (denoiser, second)[: family.subjects], family.relation)


def _random_language(family: Family, rng: Random) -> tuple[Spec, int, int]:
    if not family.free and family.language not in ("markov", "iid"):
        return rng.choice([entry for entry in _languages() if entry[0]["kind"] == family.language])
    length = rng.choice((1, 2, 2, 3, 3, 3, 4, 4, 5, 6))
    vocab = rng.choice({1: (2, 3, 5), 2: (2, 2, 3, 4, 8), 3: (2, 2, 2, 3, 4), 4: (2,)}.get(length, (2,)))
    if family.language == "iid":
        return {"kind": "iid", "probabilities": _law(vocab, rng), "length": length}, vocab, length
    if family.language == "markov":
        return _chain(vocab, length, rng), vocab, length
    draw = rng.choice((_sparse, _sparse, _subset, _dense, _dense, _chain, _chain, _hidden, _blocks))
    return draw(vocab, length, rng), vocab, length


def _table(vocab: int, length: int, weights: list[int]) -> Spec:
    strings = itertools.product(range(vocab), repeat=length)
    support = [[list(x), c] for x, c in zip(strings, normalised(weights), strict=True) if c]
    return {"kind": "tabular", "vocab": vocab, "length": length, "support": support}


def _sparse(vocab: int, length: int, rng: Random) -> Spec:
    cells = vocab**length
    kept = rng.sample(range(cells), rng.randint(min(2, cells), max(2, cells // 2)))
    return _table(vocab, length, [_lopsided(rng) if x in kept else 0 for x in range(cells)])


def _subset(vocab: int, length: int, rng: Random) -> Spec:
    cells = vocab**length
    kept = rng.sample(range(cells), rng.randint(min(2, cells), cells))
    return _table(vocab, length, [int(x in kept) for x in range(cells)])


def _dense(vocab: int, length: int, rng: Random) -> Spec:
    return _table(vocab, length, [_lopsided(rng) for _ in range(vocab**length)])


def _lopsided(rng: Random) -> int:
    return rng.choice((1, 1, 1, 2, 3, 5, 10, 30))


def _law(size: int, rng: Random) -> list[Fraction]:
    """A row that is deterministic one time in four, and has zeros often."""
    if rng.random() < 0.25:
        certain = rng.randrange(size)
        return [Fraction(int(v == certain)) for v in range(size)]
    weights = [rng.choice((0, 1, 1, 2, 5)) for _ in range(size)]
    return normalised(weights if any(weights) else [1] * size)


def _chain(vocab: int, length: int, rng: Random) -> Spec:
    transition = [_law(vocab, rng) for _ in range(vocab)]
    return {"kind": "markov", "initial": _law(vocab, rng), "transition": transition, "length": length}


def _hidden(vocab: int, length: int, rng: Random) -> Spec:
    states = rng.randint(2, 3)
    return {
        "kind": "hmm",
        "initial": _law(states, rng),
        "transition": [_law(states, rng) for _ in range(states)],
        "emission": [_law(vocab, rng) for _ in range(states)],
        "length": length,
    }


def _blocks(vocab: int, length: int, rng: Random) -> Spec:
    if length % 2:
        return {"kind": "iid", "probabilities": _law(vocab, rng), "length": length}
    return {"kind": "blocks", "block": _sparse(vocab, length // 2, rng), "count": 2}


def random_policy(family: Family, length: int, rng: Random) -> Spec:
    """A policy of a kind that the family allows."""
    kind = rng.choice(family.policies)
    steps = rng.randint(1, MOST_STEPS)
    if kind == "uniform":
        return _bernoulli([1] * steps)
    if kind == "weights":
        return _bernoulli([rng.choice((1, 1, 2, 3, 5, 0)) for _ in range(steps - 1)] + [rng.randint(1, 5)])
    if kind in (
        "balanced",
        "one-step",
        "one-by-one",
        "bisection",
        "adaptive",
        "threshold",
        "entropy-bound",
        "proposals",
    ):
        return rng.choice(list(_policies((kind,), length)))
    if kind == "sizes":
        cuts = sorted(rng.randint(0, length) for _ in range(steps - 1))
        return _sizes([b - a for a, b in itertools.pairwise([0, *cuts, length])])
    order = rng.sample(range(length), length)
    cuts = sorted(rng.randint(0, length) for _ in range(steps - 1))
    return _sets([sorted(order[a:b]) for a, b in itertools.pairwise([0, *cuts, length])])


def random_denoiser(family: Family, language: Spec, vocab: int, length: int, rng: Random) -> Spec:
    """An exact denoiser, or one that the statement's assumptions allow beside it."""
    rule = rng.choice(({}, {}, {}, {"off_support": "marginal"}, {"off_support": "stop"}))
    kind = "exact" if family.exact else rng.choice(("exact", "perturbed", "table"))
    if kind == "perturbed":
        noise, strength = rng.choice(PERTURBATIONS)
        return {"kind": "perturbed", "noise": noise, "strength": strength} | rule
    if kind == "table" and lattice_size(vocab, length) * vocab * length <= LARGEST_DENOISER:
        return _near_exact(language, vocab, length, rng) | rule
    return EXACT | rule


def _near_exact(language: Spec, vocab: int, length: int, rng: Random) -> Spec:
    """A table of exact conditionals, rounded and moved; where they are positive, so is it."""
    contexts = lattice_rows(0, lattice_size(vocab, length), vocab, length)
    exact = parse({"language": language, "policy": {"kind": "autoregressive"}}).conditionals(contexts)
    jitter = rng.choice((0, 1, 4, 12))
    table = [
        [_units(row, jitter, rng) if token == vocab else None for token, row in zip(y, rows, strict=True)]
        for y, rows in zip(contexts.tolist(), np.asarray(exact).tolist(), strict=True)
    ]
    return {"kind": "table", "conditionals": table}


def _units(row: list[float], jitter: int, rng: Random) -> list[Fraction]:
    """A law in units of 1/UNITS near ``row``."""
    least = [int(c > 0) for c in row]
    units = [max(round(c * UNITS), one) for c, one in zip(row, least, strict=True)]
    units[units.index(max(units))] += UNITS - sum(units)
    for _ in range(jitter):
        giving, taking = rng.randrange(len(units)), rng.randrange(len(units))
        if units[giving] > least[giving]:
            units[giving] -= 1
            units[taking] += 1
    return [Fraction(count, UNITS) for count in units]
