"""Claims: inequalities that people type, as statements.

How they are spelled is said by `grammar`, which reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

from maskbound import theory
from maskbound.theory.assumptions import (
    ASSUMPTIONS,
    HIDDEN_MARKOV_LANGUAGE,
    SUBJECT_RELATIONS,
    Assumption,
    Relation,
    spelled_assumption,
)
from maskbound.theory.statement import Statement
from maskbound.theory.suggestions import closest

__all__ = ["ClaimError", "claim", "named_assumption"]

Named = TypeVar("Named", Assumption, Relation)


class ClaimError(ValueError):
    """A claim that cannot be read; the message is one sentence."""


def claim(
    text: str,
    *,
    id: str = "claim",  # noqa: A002 (the field of Statement that it fills)
    assumptions: Iterable[Assumption | str] = (),
    relation_between: Relation | str | None = None,
) -> Statement:
    """A typed inequality as a statement of status "claim".

    Parameters
    ----------
    text : str
        One relation between two expressions, such as ``path_kl <= max_step_weight * total_correlation``.
    id : str
    assumptions : iterable of Assumption or str
        What an instance must satisfy for the claim to apply, such as ``exact-denoiser``; none by default. A claim that
        speaks of K is about hidden Markov languages.
    relation_between : Relation or str, optional
        For claims about two subjects: what the second must be to the first; any two by default.

    Raises
    ------
    ClaimError
        When the text is not in the grammar, or a name is unknown (the closest known names are listed).

    Examples
    --------
    >>> str(claim("ser <= 1 - exp(-kl)"))
    'ser <= 1 - exp(-kl)'
    """
    lhs, relation, rhs = theory.grammar.parse(text)
    needs = [named_assumption(each) for each in assumptions]
    if any(symbol.name.removesuffix("@2") == "K" for symbol in lhs.free_symbols | rhs.free_symbols):
        needs.append(HIDDEN_MARKOV_LANGUAGE)
    try:
        return Statement(
            id=id,
            title=" ".join(text.split()),
            lhs=lhs,
            relation=relation,
            rhs=rhs,
            assumptions=tuple(dict.fromkeys(needs)),
            status="claim",
            source="typed",
            note="",
            tight="",
            relation_between=None
            if relation_between is None
            else _known(relation_between, SUBJECT_RELATIONS, "relation between subjects"),
        )
    except ClaimError:
        raise
    except ValueError as problem:
        raise ClaimError(str(problem)) from None


def named_assumption(value: Assumption | str) -> Assumption:
    """The assumption of that name, in either spelling: ``exact-denoiser`` or ``ExactDenoiser``.

    Raises
    ------
    ClaimError
        When there is none; the closest are listed.

    Examples
    --------
    >>> named_assumption("exact-denoiser").name, named_assumption("ExactDenoiser").name
    ('ExactDenoiser', 'ExactDenoiser')
    """
    return _known(value, ASSUMPTIONS, "assumption")


def _known(value: Named | str, known: Mapping[str, Named], kind: str) -> Named:
    name = value if isinstance(value, str) else value.name
    found = {_bare(each): each for each in known}.get(_bare(name))
    if found is None:
        typed = [spelled_assumption(each) for each in known]
        close = closest(spelled_assumption(name), typed)
        hint = f"did you mean {' or '.join(close)}" if close else f"known are {', '.join(typed)}"
        raise ClaimError(f"the {kind} {name!s:.60} is not known; {hint}")
    return known[found]


def _bare(name: str) -> str:
    """The letters of a name, however it is spelled."""
    return re.sub(r"[\s_-]+", "", name).lower()
