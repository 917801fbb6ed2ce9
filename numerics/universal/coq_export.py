"""Certificates of universal claims as files that Coq checks: by Shannon's inequalities, or ray by ray.

The theories that such a file loads are in ``proofs_notes/coq``; the theorems in it are proved by computation.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from ..certificates.coq_text import listed, naturals, rational, theorems
from ..errors import BeyondReach
from . import checker

__all__ = ["coq_file"]

FUNCTIONALS = {
    "log V": "LogVocabulary",
    "entropy": "EntropyOf",
    "total_correlation": "TotalCorrelationOf",
    "dual_total_correlation": "DualTotalCorrelationOf",
    "profile_start": "ProfileStart",
    "profile_end": "ProfileEnd",
}

ON_RAYS = {
    "log V": "RayLogVocabulary",
    "entropy": "RayEntropy",
    "total_correlation": "RayTotalCorrelation",
    "dual_total_correlation": "RayDualTotalCorrelation",
    "profile_start": "RayStart",
    "profile_end": "RayEnd",
}

MOST_TERMS = 4_000
"""Inequalities of single positions that Coq adds."""

HEAD = """\
(* Compile it with `coqc -Q build/coq Maskbound FILE`, after `make proofs`.

   Each theorem says that a combination of quantities is at most 0 for every alphabet, every law on sequences of the
   length, and every exact denoiser, under the given sets (the step of each position), sizes or weights. The quantities
   are those of Laws.v, Information.v and Sampler.v. It is Python that reads the combination out of the claim. *)
From Maskbound Require Import Shannon RayTables.
"""


def coq_file(text: str) -> str:
    """The Coq file of a certificate of kind "sets" or "codes", or of a list of them.

    Parameters
    ----------
    text : str
        The content of a file of certificates, which the checker accepts.

    Returns
    -------
    str
        The content of a file for ``coqc``.

    Raises
    ------
    BeyondReach
        When a certificate is of another kind, or too long.
    checker.Rejected, checker.Malformed
        When the checker does not accept the certificate.
    """
    return theorems(text, checker.verify, HEAD, _theorems)


def _theorems(n: int, data: dict[str, Any]) -> str:
    if data["kind"] == "codes" and data["denoiser"] == "exact":
        return _on_rays(n, data)
    if data["kind"] != "sets":
        raise BeyondReach(
            f"this certificate of kind {data['kind']!r} is not exported to Coq, which is told of one length"
        )
    rows, policies, equations = checker.set_rows(data)
    folded, L = checker.Folded(data["classes"], data["length"]), data["length"]
    text = f"(* {checker.spelled(data['statement'])} *)\n"
    for k, (row, proof) in enumerate(zip(rows, data["rows"], strict=True), 1):
        name, weights = f"{n}_{k}", [Fraction(w) for w in proof["weights"]]
        claim, constant = _weighted(row, weights, lambda quantity: _functional(quantity, policies))
        ties = [
            (Fraction(m), _combination(tie, L))
            for m, tie in zip(proof["multipliers"], equations, strict=True)
            if Fraction(m)
        ]
        terms = [term for entry in proof["terms"] for term in _unfolded(entry, folded)]
        if len(terms) > MOST_TERMS:
            raise BeyondReach(f"{len(terms)} inequalities are too many to be added in Coq")
        text += _theorem(name, L, claim, ties, terms, len(weights), constant)
    return text


def _on_rays(n: int, data: dict[str, Any]) -> str:
    rows, _, _, _ = checker.code_rows(data)
    L, text = data["length"], f"(* {checker.spelled(data['statement'])} *)\n"
    for k, (row, given) in enumerate(zip(rows, data["weights"], strict=True), 1):
        claim, constant = _weighted(
            row, [Fraction(w) for w in given], lambda name: _ray_quantity(name, data["policies"])
        )
        text += f"""\
{_comment(len(row), constant)}Definition claim_{n}_{k} : seq (Q * profile_quantity) :=
  {_pairs(claim.items(), flip=True)}.

Theorem at_most_0_{n}_{k} (A : finType)
    (q : law (sequences (ordinal_finType {L}) A)) (p : denoiser (ordinal_finType {L}) A) :
  exact_denoiser q p -> exists r, is_ray_sum q p claim_{n}_{k} r /\\ r <= 0.
Proof. apply: (@proved_on_rays {L} claim_{n}_{k}). by vm_compute. Qed.
"""
    return text


def _weighted(
    row: list[dict[str, Fraction]], weights: list[Fraction], spelled: Callable[[str], str]
) -> tuple[dict[str, Fraction], Fraction]:
    """The weighted mean of the forms of a row, and its constant."""
    claim, constant = dict[str, Fraction](), Fraction(0)
    for w, form in zip(weights, row, strict=True):
        constant += w * form.get(checker.ONE, Fraction(0))
        for quantity, c in form.items():
            if quantity != checker.ONE and w * c:
                claim[spelled(quantity)] = claim.get(spelled(quantity), Fraction(0)) + w * c
    return claim, constant


def _ray_quantity(name: str, policies: list[Any]) -> str:
    if name in ON_RAYS:
        return ON_RAYS[name]
    plain, _, second = name.partition("@")
    if plain != "path_kl":
        raise BeyondReach(f"{plain} is not exported to Coq")
    policy = policies[1 if second else 0]
    if policy["kind"] == "mixture-of-sizes":
        raise BeyondReach("Coq is not told of mixtures of sizes")
    if policy["kind"] == "fixed-size":
        return f"(SizesPathKl {naturals(policy['sizes'])})"
    return f"(WeightsPathKl {listed(rational(Fraction(w)) for w in policy['weights'])})"


def _comment(forms: int, constant: Fraction, ties: bool = False) -> str:
    notes = [f"of {forms} forms, of which the smallest is at most 0, their weighted mean"] if forms > 1 else []
    notes += [f"the claim adds the constant {constant}, which is at most 0"] if constant else []
    notes += ["for laws for which the combinations of entropies in the ties vanish"] if ties else []
    return f"(* {'; '.join(notes)} *)\n" if notes else ""


def _theorem(
    name: str,
    L: int,
    claim: dict[str, Fraction],
    ties: list[tuple[Fraction, str]],
    terms: list[tuple[Fraction, str]],
    forms: int,
    constant: Fraction,
) -> str:
    return f"""\
{_comment(forms, constant, bool(ties))}Definition claim_{name} : seq (Q * functional) :=
  {_pairs(claim.items(), flip=True)}.
Definition ties_{name} : seq (Q * combination) := {_pairs(ties)}.
Definition terms_{name} : seq (Q * elemental) := {_pairs(terms)}.

Theorem at_most_0_{name} (A : finType)
    (q : law (sequences (ordinal_finType {L}) A)) (p : denoiser (ordinal_finType {L}) A) :
  exact_denoiser q p -> (forall tie, List.In tie ties_{name} -> entropy_sum q tie.2 = 0) ->
  exists r, is_sum q p claim_{name} r /\\ r <= 0.
Proof. apply: (@proved_by_shannon {L} claim_{name} ties_{name} terms_{name}). by vm_compute. Qed.
"""


def _functional(name: str, policies: list[Any]) -> str:
    if name in FUNCTIONALS:
        return FUNCTIONALS[name]
    plain, _, second = name.partition("@")
    policy = policies[1 if second else 0]
    if plain not in ("path_kl", "kl"):
        raise BeyondReach(f"{plain} is not exported to Coq")
    last = max(len(sets) for _, sets in policy) - 1
    if plain == "kl":
        ((_, sets),) = policy
        return f"(KlOf {last} {_steps(sets)})"
    return f"(PathKlOf {last} {listed(f'({rational(c)}, {_steps(sets)})' for c, sets in policy)})"


def _steps(sets: list[list[int]]) -> str:
    step = {i: k for k, chosen in enumerate(sets) for i in chosen}
    return naturals(step[i] for i in range(len(step)))


def _combination(tie: dict[int, Fraction], L: int) -> str:
    return listed(f"({rational(c)}, Some {_mask(s, L)})" for s, c in tie.items())


def _unfolded(entry: list[Any], folded: checker.Folded) -> list[tuple[Fraction, str]]:
    """An inequality of classes as the mean of those of its positions."""
    y = Fraction(entry[-1])
    members = [[i for i, c in enumerate(folded.classes) if c == d] for d in range(len(folded.sizes))]
    if len(entry) == 2:
        found = [f"LastOne {i}" for i in members[entry[0]]]
    elif len(entry) == 3:
        found = [f"Vocabulary {i}" for i in members[entry[1]]]
    else:
        found = []
        for i, j in itertools.product(members[entry[0]], members[entry[1]]):
            if i < j or (i != j and entry[0] != entry[1]):
                rest = [[m for m in own if m not in (i, j)] for own in members]
                choices = [itertools.combinations(own, n) for own, n in zip(rest, entry[2], strict=True)]
                for chosen in itertools.product(*choices):
                    K = sum(1 << m for part in chosen for m in part)
                    found.append(f"Pairwise {i} {j} {_mask(K, folded.L)}")
    return [(y / len(found), term) for term in found]


def _mask(chosen: int, L: int) -> str:
    return listed("true" if chosen >> i & 1 else "false" for i in range(L))


def _pairs(pairs: Iterable[tuple[Any, Any]], flip: bool = False) -> str:
    return (
        listed(f"({rational(c)}, {text})" for text, c in pairs)
        if flip
        else listed(f"({rational(c)}, {text})" for c, text in pairs)
    )
