"""The sections of a page about every language: verdicts, sharp constants, and the proof where it is one to be read."""

from __future__ import annotations

from collections.abc import Iterator

from maskbound.theory import FORMAL

from ..render.table import Table
from ..report.build import Written
from ..universal import Decided, Decision
from ..universal.prove import PROFILES, described
from ..universal.rays import IRRATIONAL, ONLY_BOUNDS
from .findings import Findings

__all__ = ["every_language", "proof"]

CODES = (
    "The information profile of a language is the list of its z(j) = sum_i H(X_i | X_R), averaged over the sets R of j "
    "other positions. In an MDS code of rank K every K tokens are independent and uniform, and determine the others; "
    f"{PROFILES}."
)

LONGEST_REASON, LONGEST_CONSTANT = 160, 24


def every_language(found: Findings) -> Written | None:
    """The verdicts, each with its number, its sharp constant and its certificate, and a policy where it matters."""
    if not found.rows:
        return None
    alone = found.statement.about_language
    certified = {each.place for each in found.certificates}
    rows = tuple(
        (
            n,
            *where[: 1 if alone else 2],
            row.verdict.value,
            constant(row),
            _why(row),
            "yes" if f"row-{n}" in certified else "no",
        )
        for n, (where, row) in enumerate(zip(_where(found), found.rows, strict=True), 1)
    )
    lower = found.statement.relation in (">=", ">")
    which = "the largest factor of the right side" if lower else "the least factor of the right side"
    about = f"for every language of that length{'' if alone else ' under that policy'}, or why there is none"
    notes = [f"Sharp constant: {which} with which the claim holds {about}."]
    if any(row.at for row in found.everywhere):
        notes.append(
            "Of a row about every length that fails, it is the constant at the length that stands beside it; other "
            "lengths may need another."
        )
    notes += dict.fromkeys(f"{line}." for row in found.rows for line in row.words)
    columns = ("row", "length", *(() if alone else ("policy",)), "verdict", "sharp constant", "why", "certificate")
    table = Table("Verdicts for every language", columns, rows, tuple(notes))
    denoiser = "" if alone else "the exact denoiser and " if found.claim.exact_denoiser else "every denoiser and "
    assumed = " that satisfies the assumptions" if found.statement.assumptions else ""
    about = f"{denoiser}every language of its length over every vocabulary{assumed}"
    text = [f"A verdict here is about {about}; not about those that were tried."]
    if any("MDS" in row.reason for row in found.rows):
        text.append(CODES)
    return Written("For every language", tuple(text), (("every-language", table, ""),))


def proof(found: Findings) -> Written | None:
    """The lines of proofs for every length, to be checked by hand."""
    lines = [line for row in found.everywhere for line in row.proof]
    if not lines:
        return None
    said = "found by `prove` for every length, written out so that it may be checked by hand"
    formal = "; the inequality is proved in Coq as well (see The claim)" if found.statement.id in FORMAL else ""
    return Written("The proof", (f"It is {said}{formal}.",), (), verbatim="\n".join(lines))


def _where(found: Findings) -> Iterator[tuple[str, str]]:
    """Length and policy of each row."""
    for policy, row in zip(found.claim.families, found.everywhere, strict=True):
        _, *rest = row.scope.split(", ", 2)
        family = rest[1] if len(rest) > 1 else f"the kind {policy.written()['kind']}"
        yield "every", family
    for policy, length in found.claim.questions:
        yield str(length), described(policy)


def constant(row: Decision) -> str:
    """The sharp constant, exactly if it is short, with the length that it is about; or why there is none."""
    if row.constant is not None:
        text = str(row.constant)
        text = text if len(text) <= LONGEST_CONSTANT else f"{float(row.constant):.9g} (rounded)"
        return f"{text} at {row.at}" if row.at else text
    if row.no_constant:
        return f"{'not computed' if row.no_constant in (IRRATIONAL, ONLY_BOUNDS) else 'none'}: {row.no_constant}"
    if row.verdict in (Decided.HOLDS, Decided.FAILS):
        return "not computed for every length" if " every length " in row.scope else "none is known"
    return "not decided"


def _why(row: Decision) -> str:
    reason = row.reason.removesuffix(f", and {PROFILES}")
    return reason if len(reason) <= LONGEST_REASON else f"{reason[: LONGEST_REASON - 3]}..."
