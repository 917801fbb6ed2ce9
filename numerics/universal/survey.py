"""What can be decided of the ledger for every language: each statement on a family of policies, and at every length."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from maskbound.theory import Statement

from ..errors import MaskboundError
from ..instances import Instance, from_spec
from ..policies import Bernoulli, FixedSets, FixedSize, MixtureOfSizes, Policy, autoregressive, bisection
from .all_lengths import prove_everywhere
from .certificate import certificate_text
from .decision import Decided, Decision
from .prove import prove

__all__ = ["Surveyed", "survey"]

LENGTHS, SIZED_LENGTHS, SETS_LENGTHS, STEPS = range(2, 9), range(2, 7), range(2, 6), range(1, 6)
LOPSIDED = (["1/2", "1/3", "1/6"], ["1/10", "9/10"], ["1/4", "0", "1/4", "1/2"])

Case = tuple[tuple[Policy, ...], int]


@dataclass(frozen=True)
class Surveyed:
    """What was found about one statement.

    Parameters
    ----------
    verdict : str
    scope : str
        Lengths and policies that the verdict is about.
    constant : Fraction or None
        The largest sharp constant among them: 1 where no smaller factor would do.
    reason : str
    certificate : int
        Bytes of the certificate for every length, or of the largest for one; 0 without one.
    """

    verdict: str
    scope: str
    constant: Fraction | None = None
    reason: str = ""
    certificate: int = 0

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        constant = None if self.constant is None else str(self.constant)
        return {
            "verdict": self.verdict,
            "scope": self.scope,
            "constant": constant,
            "reason": self.reason,
            "certificate": self.certificate,
        }


def survey(statement: Statement) -> Surveyed:
    """The verdict on one statement of the ledger."""
    names = {assumption.name for assumption in statement.assumptions}
    exact = "ExactDenoiser" in names or not names
    found = _surveyed(statement, names, exact)
    if found.verdict == "out of reach" and not exact:
        found = _surveyed(statement, names, True)
        return found if found.verdict == "out of reach" else replace(found, scope=f"{found.scope}, the exact denoiser")
    return found


def _surveyed(statement: Statement, names: set[str], exact: bool) -> Surveyed:
    decided: list[tuple[Decision, Case]] = []
    refused = ""
    cases = [*_cases(statement, names), *_counterexample(statement)]
    for policies, length in sorted(cases, key=lambda case: case[1]):
        found = prove(statement, policies, length, exact_denoiser=exact, judge=statement.status == "false on purpose")
        if found.verdict is Decided.OUT_OF_REACH:
            refused = refused or found.reason
            continue
        decided.append((found, (policies, length)))
        if found.verdict is Decided.FAILS:
            scope = ", ".join((f"L = {length}", *found.scope.split(", ", 2)[2:]))
            return Surveyed("fails", scope, found.constant, found.reason, _size(found))
    if not decided:
        return Surveyed("out of reach", "", reason=refused)
    open_ones = [found for found, _ in decided if found.verdict is not Decided.HOLDS]
    if open_ones:
        return Surveyed(open_ones[0].verdict.value, open_ones[0].scope, reason=open_ones[0].reason)
    constants = [found.constant for found, _ in decided if found.constant is not None]
    constant = max(constants) if constants and statement.relation in ("<=", "<") else None
    everywhere = _everywhere(statement, names, exact)
    if everywhere is not None:
        return Surveyed("holds", "every length", constant, everywhere.reason, _size(everywhere))
    lengths = sorted({length for _, (_, length) in decided})
    scope = f"L = {lengths[0]}..{lengths[-1]}, {len(decided)} cases"
    return Surveyed("holds", scope, constant, decided[-1][0].reason, max(_size(found) for found, _ in decided[-3:]))


def _counterexample(statement: Statement) -> Iterator[Case]:
    """Of a false statement the policies of the instance that refutes it, whatever its length."""
    if statement.counterexample is not None:
        found = from_spec(statement.counterexample)
        instances = (found,) if isinstance(found, Instance) else found.instances
        yield tuple(each.policy for each in instances), instances[0].length


def _size(found: Decision) -> int:
    try:
        return len(certificate_text(found).split('"provenance"')[0])
    except MaskboundError:
        return 0


def _everywhere(statement: Statement, names: set[str], exact: bool) -> Decision | None:
    """For every length, by the families that its assumptions allow: it must hold for all members of each."""
    if statement.subjects == 2:
        return None
    families: list[Policy] = []
    if not names - {"ExactDenoiser", "OrderOblivious", "ChosenFirst", "BernoulliPolicy", "UniformSteps"}:
        families.append(Bernoulli(3) if "UniformSteps" in names else Bernoulli(weights=LOPSIDED[0]))
    if not names - {"ExactDenoiser", "OrderOblivious", "ChosenFirst", "FixedSizePolicy", "SizedPolicy"}:
        families.append(FixedSize([2, 1]))
    found = [prove_everywhere(statement, policy, exact_denoiser=exact) for policy in families]
    only_exchangeable = "BernoulliPolicy" in names or "UniformSteps" in names or "FixedSizePolicy" in names or not names
    whole = all(each.verdict is Decided.HOLDS and (each.evidence or {}).get("kind") != "kernel" for each in found)
    if not found or not only_exchangeable or not whole:
        return None
    return found[0]


def _cases(statement: Statement, names: set[str]) -> Iterator[Case]:
    """Policies that may satisfy the assumptions, short sequences first; the others are left out by `prove`."""
    between = statement.relation_between.name if statement.relation_between is not None else None
    if between == "refines":
        yield from _refinements()
        return
    if "BalancedSizes" in names and between is not None:
        yield from _balanced()
        return
    if between is not None:
        yield from ((pair, L) for L in LENGTHS for pair in itertools.combinations(_uniform(), 2))
        return
    if not names:
        yield from (((Bernoulli(2),), L) for L in LENGTHS)
        return
    for L in LENGTHS:
        yield from (((policy,), L) for policy in [*_uniform(), *(Bernoulli(weights=w) for w in LOPSIDED)])
        if L in SIZED_LENGTHS:
            yield from (((FixedSize(sizes),), L) for sizes in _compositions(L))
        if L in SIZED_LENGTHS and L > 2 and "FixedSizePolicy" not in names:
            yield from (((MixtureOfSizes.minimax(L, steps),), L) for steps in range(2, L))
        if L in SETS_LENGTHS and "FixedSizePolicy" not in names:
            yield from (((policy,), L) for policy in (autoregressive(L), bisection(L)))
            yield from (((FixedSets(_blocks(sizes)),), L) for sizes in _compositions(L))


def _uniform() -> list[Bernoulli]:
    return [Bernoulli(steps) for steps in STEPS]


def _compositions(L: int) -> Iterator[list[int]]:
    for cuts in itertools.product((False, True), repeat=L - 1):
        edges = [0, *(k + 1 for k, cut in enumerate(cuts) if cut), L]
        yield [after - before for before, after in itertools.pairwise(edges)]


def _blocks(sizes: Sequence[int]) -> list[range]:
    return [range(end - size, end) for size, end in zip(sizes, itertools.accumulate(sizes), strict=True)]


def _balanced() -> Iterator[Case]:
    for L in SIZED_LENGTHS:
        yield from (((FixedSize.balanced(n, L), FixedSize.balanced(n + 1, L)), L) for n in range(1, L))


def _refinements() -> Iterator[Case]:
    yield from (((Bernoulli(n), Bernoulli(n * m)), L) for L in LENGTHS for n in (1, 2, 3) for m in (2, 3))
    for L in SETS_LENGTHS:
        for coarse, fine in itertools.product(_compositions(L), repeat=2):
            if set(itertools.accumulate(coarse)) < set(itertools.accumulate(fine)):
                yield (FixedSize(coarse), FixedSize(fine)), L
                if L < 5:
                    yield (FixedSets(_blocks(coarse)), FixedSets(_blocks(fine))), L
