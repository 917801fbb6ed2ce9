"""Finding statements by what a reader knows of them: id, old id, title, quantity, paper, number of a theorem."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from .aliases import OLD_IDS, OLD_QUANTITIES
from .bibliography import PAPERS
from .ledger import statements
from .statement import Statement

__all__ = ["search"]


def search(query: str) -> list[Statement]:
    """The statements that a query names or describes, in the order of the ledger.

    Parameters
    ----------
    query : str
        An id or an old one, which finds that statement alone; or words, each of which must begin a word of the id,
        the title, the quantities, the assumptions, or the citations (authors, title, year, arXiv identifier, such as
        "Theorem 4.2"). Upper and lower case are the same.

    Returns
    -------
    list of Statement
        Empty when there are none.

    Examples
    --------
    >>> [statement.id for statement in search("bernoulli/max-weight")]
    ['bernoulli/max-weight']
    >>> [statement.id for statement in search("Feng Theorem 4.2")]
    ['token-error/feng-form']
    """
    if query in statements:
        return [statements[query]]
    words = query.lower().split()
    return [s for s in statements.values() if words and all(_begins(word, _text(s)) for word in words)]


def _begins(word: str, text: str) -> bool:
    """Whether a word of the text begins with this one; a number is found whole only."""
    rest = r"(?![\w.]*\d)" if word[-1].isdigit() else ""
    return re.search(rf"(?<![\w.]){re.escape(word)}{rest}", text) is not None


def _text(statement: Statement) -> str:
    """All words by which a statement is found, in lower case."""
    quantities = sorted({name.removesuffix("@2") for name in statement.quantities})
    parts = [statement.id, *_old(OLD_IDS)[statement.id], statement.title, *quantities]
    parts += [old for name in quantities for old in _old(OLD_QUANTITIES)[name]]
    parts += [assumption.name for assumption in statement.assumptions]
    for citation in statement.published:
        parts += [citation.place, citation.form, str(PAPERS[citation.paper])]
    return " ".join(parts).lower()


def _old(current: Mapping[str, str]) -> Mapping[str, list[str]]:
    """Old names by current ones."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for old, name in current.items():
        found[name].append(old)
    return found
