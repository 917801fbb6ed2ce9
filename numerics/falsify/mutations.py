"""Small changes of a candidate, for climbing from good ones to better ones."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

from ..policies.kind import FEW_STEPS
from ..spec.draws import Spec, normalised
from .generators import (
    LARGEST_TABLE,
    Family,
    built,
    has_steps,
    random_denoiser,
    random_policy,
    split_step,
    uniform_steps,
)
from .subject import Candidate, Path, policy_steps, rows, spelled_out, whole_weights, with_row

__all__ = ["perturbed"]

LARGEST_WEIGHT = 4096
"""Laws stay multiples of about 1/LARGEST_WEIGHT."""


def perturbed(candidate: Candidate, family: Family, rng: Random) -> Candidate:
    """A neighbour: another weight in a law, another step, another denoiser; the subjects' relation is kept."""
    choice = rng.random()
    if family.movable and choice < 0.6:
        return replace(candidate, language=_other_language(candidate.language, family, rng))
    if family.exact or choice < 0.8:
        return _other_policies(candidate, family, rng)
    return _other_denoisers(candidate, family, rng)


def _other_language(language: Spec, family: Family, rng: Random) -> Spec:
    if language["kind"] not in ("tabular", "markov", "hmm", "iid", "blocks") or (family.free and rng.random() < 0.05):
        table = spelled_out(language)
        if not family.allows_language(table):
            return language
        language = table
    if language["kind"] == "tabular" and rng.random() < 0.15:
        language = _with_a_string(language, rng)
    path = rng.choice(rows(language))
    return _with_moved_row(language, path, rng)


def _with_a_string(language: Spec, rng: Random) -> Spec:
    """One more sequence in the support, as likely as the least likely one."""
    vocab, length = language["vocab"], language["length"]
    if vocab**length > LARGEST_TABLE:
        return language
    string = [rng.randrange(vocab) for _ in range(length)]
    if any(x == string for x, _ in language["support"]):
        return language
    weights = whole_weights([Fraction(c) for _, c in language["support"]])
    probabilities = normalised([*weights, min(weights)])
    strings = [x for x, _ in language["support"]] + [string]
    return {**language, "support": [[x, c] for x, c in zip(strings, probabilities, strict=True)]}


def _with_moved_row(table: Spec, path: Path, rng: Random) -> Spec:
    return with_row(table, path, lambda law: _moved(law, rng))


def _moved(law: list[Fraction], rng: Random) -> list[Fraction]:
    """Another law: one weight scaled, or shared out, or dropped."""
    if len(law) == 1:
        return law
    weights = whole_weights(law)
    total = sum(weights)
    v = rng.randrange(len(law))
    kind = rng.random()
    if kind < 0.6:
        scaled = [8 * w for w in weights]
        scaled[v] = round(scaled[v] * rng.choice((0.5, 0.75, 0.875, 1.125, 1.25, 1.5, 2, 4)))
    elif kind < 0.8:
        scaled = list(weights)
        scaled[v] += max(1, total // 16)
    elif kind < 0.9:
        scaled = list(weights)
        scaled[v] = 0
    else:
        other = rng.randrange(len(law))
        scaled = list(weights)
        scaled[v], scaled[other] = scaled[other], scaled[v]
    if not any(scaled):
        return law
    largest = max(scaled)
    if largest > LARGEST_WEIGHT:
        scaled = [max(w * LARGEST_WEIGHT // largest, int(w > 0)) for w in scaled]
    return normalised(scaled)


def _other_policies(candidate: Candidate, family: Family, rng: Random) -> Candidate:
    length = built(candidate.language).length
    first = _other_policy(candidate.policies[0], family, length, rng)
    if family.subjects == 1:
        return candidate.with_each(policies=(first,))
    if family.relation == "refines":
        return candidate.with_each(policies=(first, split_step(first, rng)))
    if family.relation == "same-language":
        kept = candidate.policies[1] if rng.random() < 0.5 else random_policy(family, length, rng)
        return candidate.with_each(policies=(first, kept))
    return candidate.with_each(policies=uniform_steps(rng))


def _other_policy(policy: Spec, family: Family, length: int, rng: Random) -> Spec:
    """Another weight, or a step in two, where the family allows the result; else any other policy."""
    changed = None
    if policy["kind"] == "bernoulli" and rng.random() < 0.7:
        changed = _with_moved_row(policy, ("weights",), rng)
    elif rng.random() < 0.3 and policy_steps(policy) < FEW_STEPS and has_steps(policy):
        changed = split_step(policy, rng)
    if changed is not None and family.allows_policy(changed, length):
        return changed
    return random_policy(family, length, rng)


def _other_denoisers(candidate: Candidate, family: Family, rng: Random) -> Candidate:
    denoiser = candidate.denoisers[0]
    if denoiser["kind"] == "table" and rng.random() < 0.8:
        other = with_row(denoiser, rng.choice(rows(denoiser)), lambda law: _one_unit(law, rng))
    elif denoiser["kind"] == "perturbed" and rng.random() < 0.7:
        strength = Fraction(denoiser["strength"])
        step = Fraction(rng.choice((-8, -2, -1, 1, 2, 8)), 128)
        other = {**denoiser, "strength": min(max(strength + step, Fraction(0)), Fraction(1))}
    else:
        language = built(candidate.language)
        other = random_denoiser(family, candidate.language, language.vocab, language.length, rng)
    if family.relation == "same-language":
        return candidate.with_each(denoisers=(other, candidate.denoisers[1]))
    return candidate.with_each(denoisers=(other,) * family.subjects)


def _one_unit(law: list[Fraction], rng: Random) -> list[Fraction]:
    """One 64th moved from one token to another; float64 still holds the law exactly."""
    giving, taking = rng.randrange(len(law)), rng.randrange(len(law))
    unit = min(Fraction(1, 64), law[giving])
    moved = list(law)
    moved[giving] -= unit
    moved[taking] += unit
    return moved
