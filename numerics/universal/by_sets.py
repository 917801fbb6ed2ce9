"""Claims about given sets, mixtures of them, and languages with independences: proofs from Shannon's inequalities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from maskbound.theory import Statement

from ..errors import BeyondReach
from ..languages import Tabular, read_language
from ..policies import Policy
from .decision import Decided, Decision
from .libraries import Found, attained, refute, tried
from .linear import CONSTANT, Form, Lattice, Number, sign
from .mixture import Mixture
from .orders import LOG_V, Combination, Orders, combination, combined, orders_of
from .reading import BETWEEN, Reading, in_both_senses
from .shannon import Cone, Proof, classes_of, equations

__all__ = ["by_sets"]

LARGEST_DENOMINATOR = 120

FEW_CODES = 100
"""Tried before a linear programme is solved for the constant."""

UNKNOWN = Proof([], [], [])
"""Stands for a proof that has not been looked for."""


def by_sets(
    statement: Statement,
    reading: Reading,
    policies: Sequence[Policy | Mixture],
    length: int,
    assumed: Sequence[str],
    judge: bool,
    scope: str,
) -> Decision:
    """Decide a claim by a linear programme over Shannon's inequalities, or refute it by a language."""
    if reading.relation == "<":
        raise BeyondReach("a strict claim fails for a language of one sequence, or is about additive constants")
    orders = [orders_of(policy, length) for policy in policies]
    ties = equations(assumed, length)
    senses = [_without_bounds(lattice) for lattice in in_both_senses(reading)]
    bounds = any(name.startswith(BETWEEN) for name in reading.names)
    together = classes_of(orders, length)
    cone = Cone(list(range(length)) if ties else together, ties, vocabulary="log V" in _names(senses))
    sharp = _constant(reading, orders, together, cone, assumed) if not bounds else Sharp()
    constant = sharp.constant
    proofs: list[Proof] = []
    for row in (row for lattice in senses for row in lattice):
        proof = sharp.proof
        if proof is UNKNOWN or proof is None:
            forms, added = zip(*(combination(form, orders, length) for form in row), strict=True)
            proof = cone.prove(forms, added) if proof is UNKNOWN else None
        if proof is None:
            if all(sign(value) > 0 for value in added):
                return _failed_by_constant(statement, reading, policies, length, judge, scope)
            if any(sign(value) for value in added):
                raise BeyondReach("Shannon's inequalities do not prove it, and it is not homogeneous")
            certain = not bounds and not reading.cross_multiplied
            return _failed(
                statement, forms, ties, policies, together, cone, certain, judge, scope, constant, orders, assumed
            )
        proofs.append(proof)
    count = sum(len(proof.terms) for proof in proofs)
    return Decision(
        statement,
        Decided.HOLDS,
        scope,
        f"it is {'one' if count == 1 else f'a sum of {count}'} of Shannon's inequalities{sharp.remark}",
        constant,
        proof=tuple(_lines(proofs, cone)),
        evidence={"kind": "sets", "cone": cone, "orders": orders, "assumed": list(assumed), "length": length},
    )


def _names(senses: Sequence[Lattice]) -> set[str]:
    return {name for lattice in senses for row in lattice for form in row for name in form}


def _without_bounds(lattice: Lattice) -> Lattice:
    """KL by its bounds 0 and PATH_KL, whichever makes the claim harder."""

    def bounded(form: Form) -> Form:
        found: dict[str, Number] = {}
        for name, c in form.items():
            plain, _, second = name.partition("@")
            if plain in ("kl", "log_mean_path_kl"):
                if sign(c) < 0:
                    continue
                name = "path_kl" + ("@2" if second else "")
            found[name] = found[name] + c if name in found else c
        return found

    return tuple(tuple(bounded(form) for form in row) for row in lattice)


@dataclass(frozen=True)
class Sharp:
    """The sharp constant, a remark on it, and what it says of the claim itself.

    Parameters
    ----------
    proof : Proof or None
        Why the claim holds, where the least factor is 1; None where no proof exists, as it is larger; else `UNKNOWN`.
    """

    constant: Fraction | None = None
    remark: str = ""
    proof: Proof | None = UNKNOWN


def _constant(
    reading: Reading, orders: Sequence[Orders], together: Sequence[int], cone: Cone, assumed: Sequence[str]
) -> Sharp:
    """The sharp constant: the least that Shannon's inequalities prove, if a code attains it."""
    length = len(together)
    single = all(len(side) == len(side[0]) == 1 and CONSTANT not in side[0][0] for side in (reading.lhs, reading.rhs))
    if reading.relation != "<=" or not single or assumed:
        return Sharp()
    (lhs, _), (rhs, _) = (combination(side[0][0], orders, length) for side in (reading.lhs, reading.rhs))
    if not rhs:
        return Sharp()
    seen = cone.at_sight(combined([(Fraction(1), lhs), (Fraction(-1), rhs)]))
    if seen is not None and attained(lhs, rhs, Fraction(1), together, FEW_CODES):
        return Sharp(Fraction(1), proof=seen)
    found = cone.least_factor(lhs, rhs)
    if found is None:
        return Sharp(proof=None)
    factor, own = found
    proof = None if factor > 1 else own if factor == 1 else seen or UNKNOWN
    if not attained(lhs, rhs, factor, together):
        return Sharp(None, f"; so is it with the constant {factor}, which no code that was tried attains", proof)
    if reading.turned:
        return Sharp(1 / factor if factor else None, proof=proof)
    return Sharp(factor, proof=proof)


def _failed(
    statement: Statement,
    forms: Sequence[Combination],
    ties: Sequence[Combination],
    policies: Sequence[Policy | Mixture],
    together: Sequence[int],
    cone: Cone,
    certain: bool,
    judge: bool,
    scope: str,
    constant: Fraction | None,
    orders: Sequence[Orders],
    assumed: Sequence[str],
) -> Decision:
    """No proof: look for a language; else say on which polymatroid the claim fails.

    Where the forms are only bounds, or a side may have no value, the engines have the last word.
    """
    length = len(together)
    found = refute(forms, together, ties)
    if found is not None:
        witness, said = _witness(statement, found, policies, judge or not certain)
        if certain or said == "violated":
            reason = f"it fails on a language found among {found.among}"
            evidence = _words(found, orders, assumed, length)
            return Decision(statement, Decided.FAILS, scope, reason, constant, witness, said, evidence=evidence)
    if not certain:
        return Decision(statement, Decided.UNDECIDED, scope, "neither a proof nor a language that violates it is found")
    vertex = _vertex(forms, cone) if len(forms) == 1 else ""
    return Decision(
        statement,
        Decided.POLYMATROIDS,
        scope,
        f"Shannon's inequalities do not prove it{vertex}; no language that violates it was found among {tried(length)}",
        constant,
    )


def _words(found: Found, orders: Sequence[Orders], assumed: Sequence[str], length: int) -> Mapping[str, Any] | None:
    """What a certificate of a refutation holds: the words of a language on which all are equally likely."""
    language, _ = read_language(found.language, Path())
    if not isinstance(language, Tabular) or not language.probabilities.uniform:
        return None
    words = language.support.tolist()
    return {"kind": "sets refuted", "orders": orders, "assumed": assumed, "length": length, "words": words}


def _failed_by_constant(
    statement: Statement,
    reading: Reading,
    policies: Sequence[Policy | Mixture],
    length: int,
    judge: bool,
    scope: str,
) -> Decision:
    """What is added fails where all entropies vanish."""
    if reading.cross_multiplied:
        raise BeyondReach("where all entropies vanish a side has no value")
    table = {"kind": "tabular", "vocab": 1, "length": length, "support": [[[0] * length, "1"]]}
    witness, said = _witness(statement, Found(table, "one sequence"), policies, judge)
    return Decision(statement, Decided.FAILS, scope, "it fails on the language of one sequence", None, witness, said)


def _witness(
    statement: Statement, found: Found, policies: Sequence[Policy | Mixture], judge: bool
) -> tuple[Mapping[str, Any], str]:
    from .witness import judged, spec_of  # engines take long to import, and only refutations need them

    plain = [policy for policy in policies if not isinstance(policy, Mixture)]
    if len(plain) < len(policies):
        return {
            "language": dict(found.language)
        }, "decided by entropies: an instance file has no mixtures of given orders"
    spec = spec_of(found.language, plain)
    return spec, judged(statement, spec) if judge else ""


def _vertex(forms: Sequence[Combination], cone: Cone) -> str:
    """A polymatroid on which the claim fails, with whole numbers, checked exactly."""
    floating = cone.violation(forms[0])
    if floating is None:
        return ""
    unit = min((abs(value) for value in floating.values() if abs(value) > 1e-7), default=1.0)
    for multiple in range(1, 7):
        exact = {
            variable: Fraction(value / unit * multiple).limit_denominator(LARGEST_DENOMINATOR)
            for variable, value in floating.items()
        }
        folded = cone.fold(forms[0])
        fails = sum((c * exact[variable] for variable, c in folded.items()), Fraction(0)) > 0
        if fails and all(value.denominator == 1 for value in exact.values()) and cone.contains(exact):
            shown = ", ".join(f"{_named(variable)}: {value}" for variable, value in exact.items())
            return f", and it fails for the polymatroid {{{shown}}}"
    return ""


def _named(variable: Any) -> str:
    return "log V" if variable == LOG_V else "".join(map(str, variable))


def _lines(proofs: Sequence[Proof], cone: Cone) -> list[str]:
    """The sum, term by term; sets are written by how many positions of each class they have."""
    singles = len(cone.sizes) == len(cone.classes)
    lines = [] if singles else [f"Classes of positions: {', '.join(map(str, cone.classes))}."]
    for proof in proofs:
        for *name, y in proof.terms[:40]:
            lines.append(f"{y} * {_term(name, singles)} >= 0")
        if len(proof.terms) > 40:
            lines.append(f"and {len(proof.terms) - 40} more terms")
        lines += [f"{m} * equation {t + 1} = 0" for t, m in enumerate(proof.multipliers) if m]
    return lines


def _term(name: Sequence[Any], singles: bool) -> str:
    if name[0] == "log V":
        return f"(log V - H({name[1]}))"
    if len(name) == 1:
        return f"H({name[0]}|the others)"
    a, b, base = name
    if singles:
        given = ",".join(str(i) for i, n in enumerate(base) if n)
        return f"I({a};{b}|{given})" if given else f"I({a};{b})"
    return f"I({a};{b}|{base} of each class)"
