"""Where a search for counterexamples begins: structured candidates from the smallest on, and random ones.

The pieces come from the kinds of languages and policies themselves; the traits that a statement assumes decide which of
them are proposed. A candidate that misses an assumption all the same is found not applicable when it is judged.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path
from random import Random

import numpy as np

from maskbound.theory import Statement

from ..instances import parse
from ..languages import Language, LanguageTable
from ..numbers.lattice import lattice_rows, lattice_size
from ..policies import PolicyTable
from ..policies.kind import FEW_STEPS
from ..spec.draws import Spec, normalised
from ..traits import part_has, parts
from .subject import Candidate, steps_key

__all__ = [
    "LARGEST_TABLE",
    "Family",
    "has_steps",
    "merged_steps",
    "random_candidate",
    "random_denoiser",
    "random_policy",
    "searched_kinds",
    "split_step",
    "structured",
]

LARGEST_TABLE = 64
"""Sequences, ``V^L``."""

LARGEST_DENOISER = 2000
"""Numbers in a table denoiser, ``(V+1)^L L V``."""

UNITS = 64
"""Rows of a table denoiser are multiples of 1/64."""

TRIES = 20
"""Random draws before one of the examples is taken."""

RANDOM_KINDS = tuple(kind for kind, table in sorted(LanguageTable.kinds().items()) for _ in range(table.draws))
"""Kinds of languages that are drawn at random, the likelier ones repeated."""

PERTURBATIONS = (("peak", "1/3"), ("uniform", "1/3"), ("peak", "1/16"), ("uniform", "1/16"), ("peak", "3/4"))
EXACT: Spec = {"kind": "exact"}


@dataclass(frozen=True)
class Family:
    """The languages, policies and denoisers that candidates of a statement may have.

    Parameters
    ----------
    traits : frozenset of str
        Those that the statement assumes of each subject.
    relation : str or None
        Between two subjects.
    kinds : frozenset of str
        Of languages, as instance files name them; all if empty.
    """

    traits: frozenset[str]
    relation: str | None = None
    kinds: frozenset[str] = frozenset()

    @property
    def subjects(self) -> int:
        """1 or 2."""
        return 1 if self.relation is None else 2

    @property
    def exact(self) -> bool:
        """Whether the denoiser is exact."""
        return "ExactDenoiser" in self.traits

    def with_exact_denoiser(self) -> Family:
        """The candidates among them whose denoiser is exact."""
        return replace(self, traits=self.traits | {"ExactDenoiser"})

    @classmethod
    def of(cls, statement: Statement, kinds: Iterable[str] = ()) -> Family:
        """The ingredients that the assumptions of ``statement`` allow; a claim about any two subjects is tried on one
        language.

        A statement that assumes nothing of the policy is searched over given reveal times, and one about tokens of one
        step that are apart over Markov chains.
        """
        traits = {assumption.name for assumption in statement.assumptions}
        between = "same-language" if statement.subjects == 2 else None
        if statement.relation_between is not None:
            between = statement.relation_between.name
        if between == "more-steps":
            traits.add("UniformSteps")
        if "policy" not in parts(traits):
            traits.add("OrderOblivious")
        if "SeparatedSteps" in traits:
            traits.add("MarkovLanguage")
        return cls(frozenset(traits), between, frozenset(kinds))

    @cached_property
    def of_language(self) -> frozenset[str]:
        """Those of the traits that are assumed of the language alone."""
        return frozenset(trait for trait in self.traits if parts([trait]) == {"language"})

    @property
    def free(self) -> bool:
        """Whether any language will do."""
        return not self.kinds and not self.of_language

    @cached_property
    def movable(self) -> bool:
        """Whether languages may be changed number by number: any, or one of a kind that is drawn at random."""
        return self.free or any(self.allows_language(table) for table in _samples())

    def allows_language(self, language: Spec) -> bool:
        """Whether the language is of one of the kinds and has the traits that are assumed of it."""
        named = not self.kinds or language["kind"] in self.kinds
        return named and (not self.of_language or part_has("language", built(language), self.of_language))

    def allows_policy(self, policy: Spec, length: int) -> bool:
        """Whether the policy has the traits that are assumed of it."""
        return part_has("policy", PolicyTable.of_kind(policy).build(length), self.traits)

    def fits(self, candidate: Candidate) -> bool:
        """Whether its language is of the kinds, and its instances have the traits of their parts together."""
        if self.kinds and candidate.language["kind"] not in self.kinds:
            return False
        joint = {trait for trait in self.traits if parts([trait]) == {"instance"}}
        return not joint or all(instance.has(trait) for instance in candidate.instances() for trait in joint)


def searched_kinds() -> list[str]:
    """Kinds of languages that a search can keep to: they have structured examples, or are drawn at random."""
    kinds = LanguageTable.kinds()
    return sorted(
        kind for kind in kinds if kind in RANDOM_KINDS or _languages(Family(frozenset(), None, frozenset({kind})))
    )


def built(language: Spec) -> Language:
    """The language of a table."""
    return LanguageTable.of_kind(language).build(Path(), 0)


@cache
def _samples() -> tuple[Spec, ...]:
    """Random languages, three of each kind."""
    drawn = [LanguageTable.kinds()[kind].drawn(2, 2, Random(seed)) for kind in RANDOM_KINDS for seed in range(3)]
    return tuple(table for table in drawn if table is not None)


# ---- structured ----------------------------------------------------------------------------------------------------


def structured(family: Family) -> Iterator[Candidate]:
    """Every structured candidate, smaller tables first; imperfect denoisers after the exact one."""
    noises = [] if family.exact else [{"kind": "perturbed", "noise": n, "strength": s} for n, s in PERTURBATIONS]
    for denoiser in [EXACT, *noises]:
        for language, length in _languages(family):
            for policies in _policy_tuples(family, length):
                candidate = Candidate(language, policies, (denoiser,) * family.subjects, family.relation)
                if family.fits(candidate):
                    yield candidate


def _languages(family: Family) -> tuple[tuple[Spec, int], ...]:
    """Structured languages of the family, and their L; tables of at most LARGEST_TABLE, smaller ones first."""
    return _languages_with(Family(family.of_language, None, family.kinds))


@cache
def _languages_with(family: Family) -> tuple[tuple[Spec, int], ...]:
    """The same, of a family that assumes nothing else."""
    found = [
        (vocab**length, length, table)
        for length, vocab in itertools.product(range(1, 7), range(1, 9))
        if vocab**length <= LARGEST_TABLE
        for kind in LanguageTable.kinds().values()
        for table in kind.examples(vocab, length)
        if family.allows_language(table)
    ]
    return tuple((table, length) for _, length, table in sorted(found, key=lambda entry: entry[:2]))


def _policy_tuples(family: Family, length: int) -> Iterator[tuple[Spec, ...]]:
    single = [policy for kind in _policies(family.traits, length).values() for policy in kind]
    if family.subjects == 1:
        yield from ((policy,) for policy in single)
    elif family.relation == "refines":
        for fine in single:
            yield from ((coarse, fine) for coarse in merged_steps(fine) if family.allows_policy(coarse, length))
    elif family.relation == "more-steps":
        yield from itertools.combinations(single, 2)
    elif single:
        for one, other in itertools.pairwise([*single, single[0]]):
            yield from ((one, other), (other, one))


@cache
def _policies(traits: frozenset[str], length: int) -> dict[str, list[Spec]]:
    """Examples of policies that have the traits, by kind."""
    family = Family(traits)
    found = {
        name: [policy for policy in kind.examples(length) if family.allows_policy(policy, length)]
        for name, kind in PolicyTable.kinds().items()
    }
    return {name: policies for name, policies in found.items() if policies}


def merged_steps(policy: Spec) -> Iterator[Spec]:
    """The policies in which two neighbouring steps are one."""
    key = steps_key(policy)
    steps = () if key is None else policy[key]
    for k in range(len(steps) - 1):
        merged = steps[k] + steps[k + 1]
        yield {**policy, key: [*steps[:k], sorted(merged) if key == "sets" else merged, *steps[k + 2 :]]}


def has_steps(policy: Spec) -> bool:
    """Whether its steps are listed; those of blocks, a threshold or an entropy bound are not."""
    return steps_key(policy) is not None


def split_step(policy: Spec, rng: Random) -> Spec:
    """A refinement: one step in two; none where steps are not listed."""
    key = steps_key(policy)
    if key is None:
        return policy
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
    candidate = _drawn(family, rng)
    for _ in range(TRIES):
        if family.fits(candidate):
            break
        candidate = _drawn(family, rng)
    return candidate


def _drawn(family: Family, rng: Random) -> Candidate:
    language, vocab, length = _random_language(family, rng)
    first = random_policy(family, length, rng)
    if family.subjects == 1:
        policies: tuple[Spec, ...] = (first,)
    elif family.relation == "refines":
        policies = (first, split_step(first, rng))
    elif family.relation == "more-steps":
        policies = uniform_steps(rng)
    else:
        policies = (first, random_policy(family, length, rng))
    denoiser = random_denoiser(family, language, vocab, length, rng)
    second = random_denoiser(family, language, vocab, length, rng) if family.relation == "same-language" else denoiser
    return Candidate(language, policies, (denoiser, second)[: family.subjects], family.relation)


def uniform_steps(rng: Random) -> tuple[Spec, Spec]:
    """Uniform Bernoulli steps, and more of them."""
    few, many = sorted(rng.sample(range(1, FEW_STEPS + 1), 2))
    return _uniform(few), _uniform(many)


def _uniform(steps: int) -> Spec:
    return {"kind": "bernoulli", "weights": normalised([1] * steps)}


def _random_language(family: Family, rng: Random) -> tuple[Spec, int, int]:
    if family.movable:
        length = rng.choice((1, 2, 2, 3, 3, 3, 4, 4, 5, 6))
        vocab = rng.choice({1: (2, 3, 5), 2: (2, 2, 3, 4, 8), 3: (2, 2, 2, 3, 4), 4: (2,)}.get(length, (2,)))
        for _ in range(TRIES) if _languages(family) else itertools.count():
            kind = rng.choice(sorted(family.kinds) if family.kinds else RANDOM_KINDS)
            table = LanguageTable.kinds()[kind].drawn(vocab, length, rng)
            if table is not None and family.allows_language(table):
                return table, vocab, length
    table, length = rng.choice(_languages(family))
    return table, built(table).vocab, length


def random_policy(family: Family, length: int, rng: Random) -> Spec:
    """A policy that the family allows; one with listed steps where they are to be split."""
    listed = _policies(family.traits, length)
    divisible = [kind for kind, examples in listed.items() if any(map(has_steps, examples))]
    kind = rng.choice(divisible if family.relation == "refines" and divisible else list(listed))
    for _ in range(TRIES):
        policy = PolicyTable.kinds()[kind].drawn(length, rng)
        if policy is not None and family.allows_policy(policy, length):
            return policy
    return rng.choice(listed[kind])


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
