"""Languages that violate a claim, written as instances and judged by the ordinary engines."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from maskbound.theory import Statement

from ..errors import BeyondReach, MaskboundError
from ..instances import Instance, from_spec
from ..instances.explicit import explicit_spec
from ..judging import Status, check
from ..languages import Blocks
from ..numbers.limits import power
from ..policies import Policy
from .codes import MOST_WORDS, code, field_of, product_of_codes, rare_ones
from .laws import small_laws
from .rays import Generator, Outcome
from .reading import placeholder

__all__ = ["candidates", "judged", "searched", "spec_of"]

SMALL = (1 << 10, 1 << 40, 1 << 160)
"""One over the probability of a one, for binary languages that come close to an MDS code."""

LARGEST_EXPONENT, MOST_PRODUCTS = 6, 4
"""Copies of a code in a product, and products that are handed to the engines."""

WRONG = {"kind": "perturbed", "noise": "uniform", "strength": "1/2"}
"""A denoiser that is half of the time uniform."""

LARGEST_TABLE, LARGEST_LATTICE = 1 << 20, 50_000
"""Sequences, and partial ones, of a language that an engine judges in a moment, by enclosures or exactly."""


def spec_of(language: Mapping[str, Any], policies: Sequence[Policy], denoiser: Mapping[str, Any] | None = None) -> Any:
    """The spec of an instance with this language or, for two policies, of a pair."""
    length = language["length"] if "length" in language else language["block"]["length"] * language["count"]
    tables = [explicit_spec(placeholder(policy, length))["policy"] for policy in policies]
    specs = [
        {
            "name": "refutation",
            "language": dict(language),
            "policy": table,
            **({"denoiser": denoiser} if denoiser else {}),
        }
        for table in tables
    ]
    if len(specs) == 1:
        return specs[0]
    for name, spec in zip(("first", "second"), specs, strict=True):
        spec["name"] = f"refutation-{name}"
    return {"relation": "same-language", "first": specs[0], "second": specs[1]}


def judged(claim: Statement, spec: Mapping[str, Any]) -> str:
    """What the engines say: exactly where the instance is small enough, else by enclosures."""
    left, right = claim.sides
    bare = replace(
        claim,
        lhs=left,
        rhs=right,
        parameters={},
        assumptions=(),
        status="claim",
        follows_from=(),
        refuted_by="",
        counterexample=None,
        relation_between=None,
        near="",
        published=(),
    )
    try:
        found = from_spec(spec)
        subjects = (found,) if isinstance(found, Instance) else found.instances
        language = subjects[0].language
        exact = language.is_linear_code or power(language.vocab + 1, language.length) <= LARGEST_LATTICE
        if not exact and not isinstance(language, Blocks) and power(language.vocab, language.length) > LARGEST_TABLE:
            return "the language is too large to be judged at once"
        verdict = check(*subjects, judged=[bare], exact=exact)[0]
    except MaskboundError as problem:
        return str(problem)
    return Status.VIOLATED.value if verdict.status is Status.VIOLATED else f"{verdict.status.value}: {verdict.reason}"


def searched(claim: Statement, policies: Sequence[Policy], length: int, exact_denoiser: bool = True) -> Any | None:
    """The spec of the first small law on which the engines find the claim violated; None where there is none."""
    for language in small_laws(length):
        for denoiser in (None,) if exact_denoiser else (None, WRONG):
            spec = spec_of(language, policies, denoiser)
            if judged(claim, spec) == Status.VIOLATED.value:
                return spec
    return None


def candidates(
    outcome: Outcome,
    spanning: Sequence[Generator],
    length: int,
    violates: Callable[[Mapping[int | None, float]], bool],
    *,
    outgrown: bool = False,
    with_others: bool = False,
) -> Iterator[tuple[Any, Any]]:
    """Language and denoiser tables of the generators that violate a claim, cheapest first.

    ``violates`` tells of amounts of codes (of None: of the one that is no code), in nats, whether their product does.
    Where the claim adds constants they are ``outgrown`` by larger alphabets; ``with_others``, a code that may leave a
    side without a value comes with another.
    """
    amounts = outcome.amounts
    chosen = {spanning[g].rank: t for g, t in amounts.items() if spanning[g].rank is not None}
    others = [spanning[g].label for g in amounts if spanning[g].rank is None]
    wrong = any("denoiser" in label for label in others)
    if wrong:
        for strength in () if chosen else (Fraction(1, 2), Fraction(1)):
            error = -length * math.log(1 - strength / 2)
            if not outcome.attained or violates({None: error, 0: math.log(2)}):
                yield {**code(0, length), "vocab": 2}, {**WRONG, "strength": str(strength)}
        return
    if not chosen:
        yield {**code(0, length), "vocab": 1}, None
        return
    ranks = [int(rank) for rank in chosen if rank is not None]
    if len(ranks) > 1:
        yield from _products(ranks, length, violates)
        return
    (rank,) = ranks
    for field in itertools.islice(_fields(rank, length), None if outgrown else 1):
        if not outgrown or violates({rank: math.log(field)}):
            yield code(rank, length, field), None
    for bits in SMALL if outcome.attained and not outgrown and 1 < rank < length - 1 else ():
        try:
            yield rare_ones(rank, length, Fraction(1, bits)), None
        except BeyondReach:
            break
    if with_others:
        for other in range(1, length):
            if other != rank:
                yield from _products([rank, other], length, violates)


def _products(
    ranks: Sequence[int], length: int, violates: Callable[[Mapping[int | None, float]], bool]
) -> Iterator[tuple[Any, Any]]:
    """Products of some copies of each code that violate the claim, small supports first."""
    sizes = {rank: field_of(rank, length) ** max(rank, 1) for rank in ranks}
    if math.prod(sizes.values()) > MOST_WORDS:
        return
    logs = {rank: math.log(field_of(rank, length)) for rank in ranks}
    most = (min(LARGEST_EXPONENT, math.floor(math.log(MOST_WORDS, sizes[rank]))) for rank in ranks)
    found = []
    for counts in itertools.product(*(range(1, n + 1) for n in most)):
        exponents = dict(zip(ranks, counts, strict=True))
        size = math.prod(sizes[rank] ** m for rank, m in exponents.items())
        if size <= MOST_WORDS and violates({rank: m * logs[rank] for rank, m in exponents.items()}):
            found.append((size, counts))
    for _, counts in sorted(found)[:MOST_PRODUCTS]:
        yield product_of_codes(dict(zip(ranks, counts, strict=True)), length), None


def _fields(rank: int, length: int) -> Iterator[int]:
    """The least field, then larger ones: additive constants are outgrown."""
    field = field_of(rank, length)
    yield field
    for factor in (4, 32, 1024):
        larger = field_of(rank, length, field * factor)
        if power(larger, max(rank, 1)) > LARGEST_TABLE:
            return
        yield larger
