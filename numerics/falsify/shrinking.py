"""Making a counterexample smaller while it stays one: fewer tokens, symbols, steps and strings, simpler rationals."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial

from ..errors import MaskboundError
from ..languages import LanguageTable
from ..spec.draws import Spec, normalised
from .generators import EXACT, PERTURBATIONS, Family, built, merged_steps
from .subject import Candidate, law_at, policy_steps, rows, spelled_out, whole_weights, with_row

__all__ = ["is_plain", "shrink", "size"]

SIMPLER_KINDS = ("bernoulli", "fixed-size", "fixed-sets", "adaptive")
"""Kinds of policies that are preferred to all others, the simplest first."""

LARGEST_DENOMINATOR = 24
STRENGTHS = ("1", "1/2", "1/3", "1/4", "1/5", "1/8", "1/16", "1/64")


def shrink(
    candidate: Candidate, family: Family, violates: Callable[[Candidate], bool], over: Callable[[], bool]
) -> tuple[Candidate, bool]:
    """The smallest counterexample that single reductions lead to, and whether they were all tried.

    Parameters
    ----------
    candidate : Candidate
        A counterexample.
    family : Family
        What its pieces may be replaced by.
    violates : callable
        Whether a candidate is a counterexample.
    over : callable
        Whether the time is.

    Notes
    -----
    Each reduction that still violates and is of lesser :func:`size` is taken at once, and the reductions begin anew.
    """
    least = size(candidate)
    improved = True
    while improved:
        improved = False
        for smaller in reductions(candidate, family):
            if over():
                return candidate, False
            reached = size(smaller)
            if reached is not None and least is not None and reached < least and violates(smaller):
                candidate, least, improved = smaller, reached, True
                break
    return candidate, True


def size(candidate: Candidate) -> tuple[int, ...] | None:
    """The candidate as an instance to be made smaller; None where it is no instance.

    In order: the denoiser, the table, its length, steps, the support, unequal weights, the kind of policy and its
    blocks, digits, the order of fixed sets, and the support itself.
    """
    try:
        instances = candidate.instances()
    except MaskboundError:
        return None
    language = instances[0].language
    tables = language.vocab**language.length
    steps = sum(instance.policy.steps for instance in instances)
    laws = _laws(candidate)
    unequal = sum(len({c for c in law if c}) - 1 for law in laws)
    numbers = [c for law in laws for c in law] + [c for table in candidate.denoisers for c in _numbers(table)]
    digits = sum(c.numerator.bit_length() + c.denominator.bit_length() for c in numbers)
    denoisers = sum(_rank(table) for table in candidate.denoisers)
    support = int(language.support_table().sum())
    kinds = sum(_kind_rank(policy["kind"]) + ("block_length" in policy) for policy in candidate.policies)
    order = [position for policy in candidate.policies for chosen in policy.get("sets", ()) for position in chosen]
    turned = sum(a > b for a, b in itertools.combinations(order, 2))
    tokens = [token for x, _ in candidate.language.get("support", ()) for token in x]
    return denoisers, tables, language.length, steps, support, unequal, kinds, digits, turned, *tokens


def is_plain(candidate: Candidate) -> bool:
    """Whether all that is possible is equally likely, in each law of the language and of the policies."""
    return all(len({c for c in law if c}) == 1 for law in _laws(candidate))


def _laws(candidate: Candidate) -> list[list[Fraction]]:
    return [law_at(table, path) for table in (candidate.language, *candidate.policies) for path in rows(table)]


def _rank(denoiser: Spec) -> int:
    rule = int(denoiser.get("off_support", "uniform") != "uniform") + int("off_support_scope" in denoiser)
    return 4 * ("exact", "perturbed", "table").index(denoiser.get("kind", "exact")) + rule


def _kind_rank(kind: str) -> int:
    return SIMPLER_KINDS.index(kind) if kind in SIMPLER_KINDS else len(SIMPLER_KINDS)


def _numbers(denoiser: Spec) -> Iterator[Fraction]:
    if "strength" in denoiser:
        yield Fraction(denoiser["strength"])
    for context in denoiser.get("conditionals", ()):
        yield from (Fraction(c) for row in context if row is not None for c in row)


# ---- reductions ----------------------------------------------------------------------------------------------------


def reductions(candidate: Candidate, family: Family) -> Iterator[Candidate]:
    """Candidates with something taken away, the boldest first."""
    yield from _shorter(candidate)
    if family.free:
        yield from _languages_of_fewer_strings(candidate)
    yield from _fewer_steps(candidate)
    yield from _simpler_denoisers(candidate)
    if family.free:
        yield from _simpler_languages(candidate)
    yield from _simpler_policies(candidate, family)
    if candidate.language["kind"] == "tabular":
        yield from _relabelled(candidate)


def _shorter(candidate: Candidate) -> Iterator[Candidate]:
    """The named language of smaller parameters; positions dropped from policies and denoisers to match."""
    language = candidate.language
    for smaller, dropped in LanguageTable.kinds()[language["kind"]].smaller(language):
        yield from _dropped(replace(candidate, language=smaller), dropped)
    if language["kind"] != "tabular":
        return
    for i in range(language["length"]) if language["length"] > 1 else ():
        yield from _dropped(replace(candidate, language=_without_position(language, i)), [i])


def _dropped(candidate: Candidate, positions: list[int]) -> Iterator[Candidate]:
    """The candidate whose policies and denoisers no longer speak of some positions; its language already does not."""
    options = []
    for policy in candidate.policies:
        found = [policy]
        for i in sorted(positions, reverse=True):
            found = [smaller for one in found for smaller in _policy_without(one, i)]
        options.append(found)
    denoisers = candidate.denoisers
    for i in sorted(positions, reverse=True):
        denoisers = tuple(_denoiser_without(denoiser, i) for denoiser in denoisers)
    for policies in itertools.product(*options):
        yield candidate.with_each(policies, denoisers)


def _policy_without(policy: Spec, i: int) -> list[Spec]:
    if policy["kind"] == "mixture-of-sizes":
        return _policy_without({"kind": "fixed-size", "sizes": policy["sizes"][0]}, i)
    if "sizes" in policy:
        sizes = policy["sizes"]
        return [{**policy, "sizes": [*sizes[:k], s - 1, *sizes[k + 1 :]]} for k, s in enumerate(sizes) if s]
    if policy["kind"] == "fixed-sets":
        return [{**policy, "sets": [[j - (j > i) for j in chosen if j != i] for chosen in policy["sets"]]}]
    fewer = policy | {"steps": policy["steps"] - 1} if "steps" in policy else policy
    return [fewer, *_without_blocks(fewer)]


def _without_blocks(policy: Spec) -> list[Spec]:
    """The same choices among all positions, if they are among those of a block."""
    whole = {key: value for key, value in policy.items() if key != "block_length"}
    return [whole] if whole != policy else []


def _denoiser_without(denoiser: Spec, i: int) -> Spec:
    """A table in the contexts where position i is masked, without the predictions there."""
    if denoiser.get("kind") != "table":
        return denoiser
    contexts = denoiser["conditionals"]
    length = len(contexts[0])
    base = next(b for b in itertools.count(1) if b**length >= len(contexts))
    below = base ** (length - 1 - i)
    kept = [context for y, context in enumerate(contexts) if y // below % base == 0]
    return {**denoiser, "conditionals": [[*context[:i], *context[i + 1 :]] for context in kept]}


def _without_position(language: Spec, i: int) -> Spec:
    return _gathered(language, language["vocab"], language["length"] - 1, lambda x: [*x[:i], *x[i + 1 :]])


def _gathered(language: Spec, vocab: int, length: int, image: Callable[[list[int]], list[int]]) -> Spec:
    """The law of ``image(X)``."""
    probabilities: dict[tuple[int, ...], Fraction] = {}
    for x, c in language["support"]:
        string = tuple(image(x))
        probabilities[string] = probabilities.get(string, Fraction(0)) + Fraction(c)
    support = [[list(x), c] for x, c in sorted(probabilities.items())]
    return {"kind": "tabular", "vocab": vocab, "length": length, "support": support}


def _languages_of_fewer_strings(candidate: Candidate) -> Iterator[Candidate]:
    """Tables with symbols merged or dropped, then with strings dropped; other kinds are written as tables first."""
    language = candidate.language
    if language["kind"] != "tabular":
        language = spelled_out(language)
        table = replace(candidate, language=language)
        yield table
        yield from _shorter(table)
    vocab, length, support = language["vocab"], language["length"], language["support"]
    for v, u in itertools.permutations(range(vocab), 2):
        names = [_renamed(u if token == v else token, v) for token in range(vocab)]
        merged = _gathered(language, vocab - 1, length, partial(_each, names))
        yield replace(candidate, language=merged)
    for v in range(vocab) if vocab > 1 else ():
        kept = [[[_renamed(t, v) for t in x], c] for x, c in support if v not in x]
        if kept:
            yield replace(candidate, language=_renormalised({**language, "vocab": vocab - 1, "support": kept}))
    for k in range(len(support)) if len(support) > 1 else ():
        kept = [*support[:k], *support[k + 1 :]]
        yield replace(candidate, language=_renormalised({**language, "support": kept}))


def _renamed(token: int, gone: int) -> int:
    return token - (token > gone)


def _renormalised(language: Spec) -> Spec:
    total = sum(Fraction(c) for _, c in language["support"])
    return {**language, "support": [[x, Fraction(c) / total] for x, c in language["support"]]}


def _fewer_steps(candidate: Candidate) -> Iterator[Candidate]:
    """Neighbouring steps made one; uniform steps one fewer; in one subject or in both."""
    options = []
    for policy in candidate.policies:
        fewer = list(merged_steps(policy))
        steps = policy_steps(policy)
        if policy["kind"] == "bernoulli" and steps > 1:
            fewer.append({**policy, "weights": normalised([1] * (steps - 1))})
        options.append(fewer)
    if len(options) == 2:
        yield from (candidate.with_each(policies=both) for both in itertools.product(*options))
    for k, fewer in enumerate(options):
        for policy in fewer:
            yield candidate.with_each(policies=(*candidate.policies[:k], policy, *candidate.policies[k + 1 :]))


def _simpler_denoisers(candidate: Candidate) -> Iterator[Candidate]:
    """The exact one; a perturbed one in the place of a table; a simpler rule, strength or row."""
    together = all(denoiser == candidate.denoisers[0] for denoiser in candidate.denoisers)
    for k, denoiser in enumerate(candidate.denoisers):
        for simpler in _simpler_denoiser(denoiser):
            if together:
                yield candidate.with_each(denoisers=(simpler,) * len(candidate.denoisers))
            else:
                yield candidate.with_each(denoisers=(*candidate.denoisers[:k], simpler, *candidate.denoisers[k + 1 :]))


def _simpler_denoiser(denoiser: Spec) -> Iterator[Spec]:
    if denoiser["kind"] != "exact":
        yield EXACT
    if "off_support" in denoiser:
        yield {key: value for key, value in denoiser.items() if key != "off_support"}
    if denoiser["kind"] == "table":
        noises = [noise for noise, _ in PERTURBATIONS[:2]]
        for noise, strength in itertools.product(noises, STRENGTHS):
            yield {"kind": "perturbed", "noise": noise, "strength": strength}
        for path in rows(denoiser):
            for units in (1, 2, 4, 8, 16):
                yield with_row(denoiser, path, lambda law, units=units: _coarser(law, units))
    if denoiser["kind"] == "perturbed":
        yield from ({**denoiser, "strength": strength} for strength in STRENGTHS)


def _simpler_languages(candidate: Candidate) -> Iterator[Candidate]:
    for table in _with_simpler_rows(candidate.language):
        yield replace(candidate, language=table)


def _simpler_policies(candidate: Candidate, family: Family) -> Iterator[Candidate]:
    """Simpler weights in one policy, or in both; no blocks; Bernoulli steps, where they will do."""
    length = built(candidate.language).length
    simpler = []
    for policy in candidate.policies:
        uniform = {"kind": "bernoulli", "weights": normalised([1] * policy_steps(policy))}
        sized = {"kind": "fixed-size", "sizes": [len(chosen) for chosen in policy.get("sets", ())]}
        others = [uniform, sized] if policy["kind"] == "fixed-sets" else [uniform]
        allowed = [other for other in others if family.allows_policy(other, length)]
        simpler.append([*_with_simpler_rows(policy), *_without_blocks(policy), *allowed])
    if len(simpler) == 2:
        yield from (candidate.with_each(policies=both) for both in itertools.product(*simpler))
    for k, options in enumerate(simpler):
        for policy in options:
            yield candidate.with_each(policies=(*candidate.policies[:k], policy, *candidate.policies[k + 1 :]))


def _relabelled(candidate: Candidate) -> Iterator[Candidate]:
    """The same table with two tokens exchanged at one position, with two positions exchanged, or in order."""
    language = candidate.language
    vocab, length = language["vocab"], language["length"]
    yield replace(candidate, language=_gathered(language, vocab, length, list))
    for i, (u, v) in itertools.product(range(length), itertools.combinations(range(vocab), 2)):
        swapped = _gathered(language, vocab, length, partial(_swapped, i, {u: v, v: u}))
        yield replace(candidate, language=swapped)
    if any(policy["kind"] == "fixed-sets" for policy in candidate.policies):
        for i, j in itertools.combinations(range(length), 2):
            exchanged = {i: j, j: i}
            order = [exchanged.get(k, k) for k in range(length)]
            moved = _gathered(language, vocab, length, partial(_reordered, order))
            policies = tuple(_rearranged(policy, exchanged) for policy in candidate.policies)
            yield replace(candidate.with_each(policies=policies), language=moved)


def _each(names: list[int], x: list[int]) -> list[int]:
    return [names[token] for token in x]


def _swapped(i: int, names: dict[int, int], x: list[int]) -> list[int]:
    return [*x[:i], names.get(x[i], x[i]), *x[i + 1 :]]


def _reordered(order: list[int], x: list[int]) -> list[int]:
    return [x[k] for k in order]


def _rearranged(policy: Spec, exchanged: dict[int, int]) -> Spec:
    if policy["kind"] != "fixed-sets":
        return policy
    return {**policy, "sets": [sorted(exchanged.get(j, j) for j in chosen) for chosen in policy["sets"]]}


def _with_simpler_rows(table: Spec) -> Iterator[Spec]:
    for path in rows(table):
        for law in _simpler_laws(law_at(table, path)):
            yield with_row(table, path, lambda _, law=law: law)


def _simpler_laws(law: list[Fraction]) -> Iterator[list[Fraction]]:
    """Equal probabilities, certainty, small denominators, one weight less, half the weights."""
    weights = whole_weights(law)
    if len({w for w in weights if w}) > 1:
        yield normalised([int(w > 0) for w in weights])
    if sum(w > 0 for w in weights) > 1:
        yield from ([Fraction(int(u == v)) for u in range(len(law))] for v, w in enumerate(weights) if w)
    for denominator in range(2, LARGEST_DENOMINATOR + 1):
        units = _coarser(law, denominator)
        if units != law:
            yield units
    if max(weights) > 1:
        yield normalised([-(-w // 2) for w in weights])
        for v, w in enumerate(weights):
            if w > 1:
                yield normalised([*weights[:v], w - 1, *weights[v + 1 :]])


def _coarser(law: list[Fraction], units: int) -> list[Fraction]:
    """The law in multiples of ``1/units`` by the largest remainders."""
    counts = [int(c * units) for c in law]
    by_remainder = sorted(range(len(law)), key=lambda v: (counts[v] - law[v] * units, v))
    for v in by_remainder[: units - sum(counts)]:
        counts[v] += 1
    return [Fraction(count, units) for count in counts]
