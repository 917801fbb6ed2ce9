"""Certificates of universal verdicts, completed and confirmed by the checker that a stranger would run.

What a certificate holds is told at the head of :mod:`maskbound.numerics.universal.checker`.
"""

from __future__ import annotations

import itertools
import json
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from importlib.metadata import version
from typing import Any

import sympy

from maskbound.theory import Statement
from maskbound.theory.spelling import spell

from ..errors import BeyondReach, Undecidable
from ..policies import Policy
from ..policies.minimax import CRITERIA, Minimax
from . import checker
from .decision import Decided, Decision
from .exchangeable import steps_of
from .mixture import Mixture
from .orders import combined
from .polynomials import Inequality
from .shannon import Cone
from .simplex import game

__all__ = ["certificate", "certificate_text", "minimax_certificate"]


def certificate(found: Decision) -> dict[str, Any]:
    """The certificate of a claim that holds, or of one that fails on languages that the checker knows.

    Parameters
    ----------
    found : Decision

    Returns
    -------
    dict
        JSON without floats, accepted by the checker.

    Raises
    ------
    Undecidable
        When the claim is not decided.
    BeyondReach
        When the checker does not know what the claim speaks of.
    """
    if found.verdict not in (Decided.HOLDS, Decided.FAILS):
        raise Undecidable(f"the claim {found.claim} {found.verdict.value}; certificates are for what holds or fails")
    evidence = found.evidence or {}
    writer = WRITERS.get(str(evidence.get("kind")))
    if writer is None:
        what = "refutation" if found.verdict is Decided.FAILS else "claim"
        raise BeyondReach(f"this kind of {what} has no certificate")
    try:
        data = writer(found, evidence)
    except (checker.Malformed, SyntaxError, RecursionError) as problem:
        raise BeyondReach(f"the checker does not support such a claim ({problem})") from None
    except checker.Rejected as problem:
        raise BeyondReach(f"the checker does not confirm it: {problem}") from None
    return data | {"provenance": _provenance(found)}


def certificate_text(found: Decision) -> str:
    """The content of a file with the certificate of a claim; errors as those of :func:`certificate`."""
    return json.dumps(certificate(found), indent=1) + "\n"


def minimax_certificate(found: Minimax, criterion: str) -> dict[str, Any]:
    """The certificate of a minimax value for a whole number of steps."""
    if found.steps.denominator != 1 or criterion not in CRITERIA:
        raise BeyondReach("certificates of minimax values are for whole numbers of steps and named criteria")
    return _completed(
        {
            "format": checker.FORMAT,
            "kind": "minimax",
            "length": found.length,
            "steps": int(found.steps),
            "criterion": criterion,
            "value": str(found.value),
            "sizes": [[list(sizes), str(probability)] for sizes, probability in found.sizes],
            "prior": [str(t) for t in found.prior],
            "conclusion": "",
            "digest": "",
        }
    )


def _completed(data: dict[str, Any]) -> dict[str, Any]:
    return data | checker.check(data)


def _statement(claim: Statement) -> dict[str, str]:
    """The claim as the checker reads it; a lower bound is turned round."""
    left, right = (spell(sympy.expand_log(side)) for side in claim.sides)
    if claim.relation in (">=", ">"):
        left, right = right, left
    relation = {">=": "<=", ">": "<"}.get(claim.relation, claim.relation)
    return {"lhs": left, "relation": relation, "rhs": right}


def _of_codes(found: Decision, evidence: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "format": checker.FORMAT,
        "kind": "codes",
        "statement": _statement(found.claim),
        "denoiser": "exact" if evidence["exact"] else "any",
        "length": evidence["length"],
        "policies": [_steps(policy, evidence["length"]) for policy in evidence["policies"]],
    }


def _codes(found: Decision, evidence: Mapping[str, Any]) -> dict[str, Any]:
    data = _of_codes(found, evidence)
    rows, generators, _, _ = checker.code_rows(data)
    data["weights"] = [[str(w) for w in _weights(row, generators)] for row in rows]
    data |= {"table": [], "constant": None, "conclusion": "", "digest": ""}
    if found.constant is not None and found.claim.relation == "<=":
        try:
            return _completed(data | {"constant": str(found.constant)})
        except checker.Rejected:
            pass  # with maxima on the right it takes more than the codes one by one
    return _completed(data)


def _codes_refuted(found: Decision, evidence: Mapping[str, Any]) -> dict[str, Any]:
    data = _of_codes(found, evidence) | {"kind": "codes refuted"}
    data["amounts"] = [[label, str(t)] for label, t in evidence["amounts"]]
    return _with_a_row(data, checker.code_rows(data)[0])


def _sets_refuted(found: Decision, evidence: Mapping[str, Any]) -> dict[str, Any]:
    data = _of_sets(found, evidence) | {"kind": "sets refuted", "words": evidence["words"]}
    return _with_a_row(data, checker.set_rows(data)[0])


def _with_a_row(data: dict[str, Any], rows: Sequence[Any]) -> dict[str, Any]:
    """With the first row that fails there."""
    for row in range(len(rows)):
        try:
            return _completed(data | {"row": row, "conclusion": "", "digest": ""})
        except checker.Rejected as problem:
            refusal = problem
    raise refusal


def _weights(row: list[dict[str, Fraction]], generators: list[dict[str, Fraction]]) -> list[Fraction]:
    if len(row) == 1:
        return [Fraction(1)]
    return game([[checker.on(form, values) for values in generators] for form in row]).rows


def _steps(policy: Policy | Mixture, length: int) -> dict[str, Any]:
    if isinstance(policy, Mixture):
        raise BeyondReach("mixtures of given orders, all exchangeable, have no certificates")
    steps = steps_of(policy, length)
    if steps.parts:
        sizes, weights = zip(
            *((list(part.sizes or ()), str(probability)) for probability, part in steps.parts), strict=True
        )
        return {"kind": "mixture-of-sizes", "sizes": list(sizes), "weights": list(weights)}
    if steps.weights is None:
        return {"kind": "fixed-size", "sizes": list(steps.sizes or ())}
    return {"kind": "bernoulli", "weights": [str(w) for w in steps.weights]}


def _symbolic(found: Decision, evidence: Mapping[str, Any]) -> dict[str, Any]:
    kind = evidence["kind"]
    data: dict[str, Any] = {
        "format": checker.FORMAT,
        "kind": kind,
        "statement": _statement(found.claim),
        "denoiser": "exact" if evidence["exact"] else "any",
    }
    if kind == "sizes":
        data["single"] = evidence["single"] or evidence["alone"]
    else:
        data |= {
            "uniform": evidence["uniform"],
            "growth": any(name in f"{found.claim.sides}" for name in checker.GROWTH),
        }
    squares = [_squares(each) for each in evidence["inequalities"]]
    needed = checker.symbolic(data)
    data["inequalities"] = [_proof_of(each, squares) for each in needed]
    return _completed(data | {"conclusion": "", "digest": ""})


def _proof_of(needed: checker.Ratio, squares: Sequence[list[Any]]) -> list[Any]:
    """The squares that leave no negative coefficient, none if none are needed; numbers may stand above or below."""
    for proof, factor in itertools.product(([], *squares), (Fraction(2) ** k for k in range(-3, 4))):
        scaled = [[str(Fraction(scale) * factor), root] for scale, root in proof]
        rest = needed.top
        for scale, root in scaled:
            linear = {() if name == checker.ONE else (name,): Fraction(c) for name, c in root.items()}
            rest = checker.plus(rest, checker.times({(): -Fraction(scale)}, checker.times(linear, linear)))
        if all(c >= 0 for c in rest.values()):
            return scaled
    return []


def _squares(inequality: Inequality) -> list[Any]:
    """Each square as a scale and the terms of what is squared."""
    found = []
    for square in inequality.squares:
        scale, power = square.as_coeff_Mul()
        root = sympy.Poly(power.base, *inequality.polynomial.gens)
        terms = {
            next((g.name for g, n in zip(root.gens, powers, strict=True) if n), checker.ONE): str(c)
            for powers, c in root.terms()
        }
        found.append([str(scale), terms])
    return found


def _of_sets(found: Decision, evidence: Mapping[str, Any]) -> dict[str, Any]:
    length = evidence["length"]
    return {
        "format": checker.FORMAT,
        "kind": "sets",
        "statement": _statement(found.claim),
        "length": length,
        "policies": [
            [[str(probability), [_positions(chosen, length) for chosen in sets]] for probability, sets in orders]
            for orders in evidence["orders"]
        ],
        "assumptions": list(evidence["assumed"]),
    }


def _sets(found: Decision, evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Proved again form by form as the checker reads them: it may order a maximum otherwise, and simplifies nothing."""
    length, cone = evidence["length"], evidence["cone"]
    data = _of_sets(found, evidence) | {"classes": cone.classes}
    rows, policies, _ = checker.set_rows(data)
    cone = Cone(cone.classes, cone.ties, vocabulary=any("log V" in form for row in rows for form in row))
    proofs = []
    for row in rows:
        parts = [
            [(c, checker.entropies(name, policies, length)) for name, c in form.items() if name != checker.ONE]
            for form in row
        ]
        proof = cone.prove([combined(part) for part in parts], [form.get(checker.ONE, Fraction(0)) for form in row])
        if proof is None:
            raise checker.Rejected("a row has no proof")
        proofs.append(proof)
    data["rows"] = [
        {
            "weights": [str(w) for w in proof.weights],
            "terms": [[*name, str(y)] for *name, y in proof.terms],
            "multipliers": [str(m) for m in proof.multipliers],
        }
        for proof in proofs
    ]
    return _completed(data | {"conclusion": "", "digest": ""})


def _positions(chosen: int, length: int) -> list[int]:
    return [i for i in range(length) if chosen >> i & 1]


WRITERS = {
    "codes": _codes,
    "codes refuted": _codes_refuted,
    "sets": _sets,
    "sets refuted": _sets_refuted,
    "sizes": _symbolic,
    "schedules": _symbolic,
}


def _provenance(found: Decision) -> dict[str, str]:
    return {
        "claim": str(found.claim),
        "scope": found.scope,
        "maskbound": version("maskbound"),
        "python": platform.python_version(),
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
    }
