"""Finding statements by what a reader knows of them: id, old id, title, quantity, paper, number of a theorem."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from maskbound.theory.aliases import OLD_IDS, OLD_QUANTITIES
from maskbound.theory.bibliography import PAPERS
from maskbound.theory.ledger import statements
from maskbound.theory.notation import quantities
from maskbound.theory.statement import Statement

__all__ = ["nearest", "search"]


IDLE = frozenset({"a", "al", "an", "and", "by", "et", "for", "from", "in", "of", "on", "the"})
"""Words of a query that tell no statement from another."""


def search(query: str) -> list[Statement]:
    """The statements that a query names or describes, those that are refuted last.

    Parameters
    ----------
    query : str
        An id or an old one, which finds that statement alone; or words, each of which must begin a word of the id,
        the title, the quantities with their meanings, the assumptions, or the citations (authors, year, arXiv
        identifier, such as "Theorem 4.2 of Feng et al."). Where nothing is found so, titles of papers count too. A word
        with a parenthesis inside, such as ``log(K)``, is a part of the formula.
        Upper and lower case are the same, and so are ``_`` and a space.

    Returns
    -------
    list of Statement
        Empty when there are none.

    Examples
    --------
    >>> [statement.id for statement in search("bernoulli/max-weight")]
    ['bernoulli/max-weight']
    >>> [statement.id for statement in search("Theorem 4.2 of Feng et al.")]
    ['token-error/feng-form']
    """
    if query in statements:
        return [statements[query]]
    words, formulas = _parts(query)
    fitting = [s for s in statements.values() if _has(s, formulas)]
    for text in (_text, _text_with_papers) if words or formulas else ():
        found = [s for s in fitting if all(_begins(word, text(s)) for word in words)]
        if found:
            return sorted(found, key=lambda statement: statement.subject == "refuted")
    return []


def nearest(query: str) -> list[Statement]:
    """The statements that have most of a query's words, for one that :func:`search` finds nothing for.

    Examples
    --------
    >>> [statement.id for statement in nearest("birthday zebra probability kl")]
    ['permutations/kl', 'permutations/path-kl']
    """
    words, formulas = _parts(query)
    matched = {
        s.id: sum(_begins(word, text) for word in words) + sum(_has(s, [part]) for part in formulas)
        for s in statements.values()
        for text in [_text_with_papers(s)]
    }
    most = max(matched.values())
    found = [statements[name] for name, count in matched.items() if count == most > 0]
    return sorted(found, key=lambda statement: statement.subject == "refuted")


def _parts(query: str) -> tuple[list[str], list[str]]:
    """Words of a query that tell statements apart, and parts of formulas."""
    typed = query.lower().split()
    formulas = [word for word in typed if "(" in word.strip("()")]
    words = " ".join(word for word in typed if word not in formulas).replace("_", " ").split()
    words = [word.strip(".,;:()'\"") for word in words]
    return [word for word in words if word and word not in IDLE], formulas


def _has(statement: Statement, formulas: Iterable[str]) -> bool:
    formula = str(statement).lower().replace(" ", "")
    return all(part in formula for part in formulas)


def _begins(word: str, text: str) -> bool:
    """Whether a word of the text begins with this one; a number is found whole only."""
    rest = r"(?![\w.]*\d)" if word[-1].isdigit() else ""
    return re.search(rf"(?<![\w.]){re.escape(word)}{rest}", text) is not None


def _text(statement: Statement) -> str:
    """All words by which a statement is found, in lower case."""
    names = sorted({name.removesuffix("@2") for name in statement.quantities})
    parts = [statement.id, *_old(OLD_IDS)[statement.id], statement.title, *names]
    parts += [quantities[name].meaning for name in names if name in quantities]
    parts += [old for name in names for old in _old(OLD_QUANTITIES)[name]]
    parts += [assumption.name for assumption in statement.assumptions]
    for citation in statement.published:
        paper = PAPERS[citation.paper]
        parts += [citation.place, citation.form, paper.authors, str(paper.year), paper.arxiv]
    return " ".join(parts).lower().replace("_", " ")


def _text_with_papers(statement: Statement) -> str:
    """With the titles of the papers, whose words may be about something else."""
    return " ".join((_text(statement), *(str(PAPERS[citation.paper]).lower() for citation in statement.published)))


def _old(current: Mapping[str, str]) -> Mapping[str, list[str]]:
    """Old names by current ones."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for old, name in current.items():
        found[name].append(old)
    return found
