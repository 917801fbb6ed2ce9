"""Names of tokens: words or letters that stand for the numbers 0..V-1 where people read or write sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, shown
from .base import Language

__all__ = ["named", "read_names", "spelt"]

LONGEST_NAME = 200

L = TypeVar("L", bound=Language)


def read_names(value: Any, key: str) -> list[str]:
    """Distinct printable strings.

    Raises
    ------
    BadInput
    """
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise BadInput(key, f'found {shown(value)}; a list of names such as ["<unk>", "a", "b"] is accepted')
    first: dict[str, int] = {}
    for i, name in enumerate(value):
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
            raise BadInput(
                f"{key}[{i}]", f"found {shown(name)}; a name of 1 to {LONGEST_NAME} printable characters is accepted"
            )
        if name in first:
            raise BadInput(
                f"{key}[{i}]", f"found {shown(name)}, as in {key}[{first[name]}]; distinct names are accepted"
            )
        first[name] = i
    return list(value)


def named(language: L, tokens: Any) -> L:
    """The language, its tokens named.

    Parameters
    ----------
    language : Language
        It is given the names itself.
    tokens : sequence of V distinct str

    Examples
    --------
    >>> from maskbound.numerics.languages import pair
    >>> spelt(named(pair(2, 2), ["<unk>", "word"]), [1, 1])
    'word word'
    """
    names = read_names(tokens, "tokens")
    if len(names) != language.vocab:
        raise BadInput("tokens", f"found {len(names)} names; one for each of the {language.vocab} tokens is accepted")
    language.tokens = tuple(names)
    return language


def spelt(language: Language, x: Sequence[int] | NDArray[np.integer]) -> str:
    """A sequence, perhaps partial, for people: letters between quotes, or words, or numbers of tokens without names."""
    names = language.tokens
    if names and all(len(name) == 1 for name in names) and all(token != language.vocab for token in x):
        return repr("".join(names[token] for token in x))
    return " ".join("MASK" if token == language.vocab else _word(names, token) for token in x)


def _word(names: tuple[str, ...] | None, token: int) -> str:
    if not names:
        return str(token)
    return repr(names[token]) if " " in names[token] else names[token]
