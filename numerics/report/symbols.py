"""Symbols within plain text: ``p_theta`` and ``x_R`` as letters with their subscripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

__all__ = ["latex_with_symbols", "with_symbols"]

GREEK: Mapping[str, str] = MappingProxyType(
    {"alpha": "α", "delta": "δ", "psi": "ψ", "rho": "ρ", "sigma": "σ", "tau": "τ", "theta": "θ"}
)
NAMES = "|".join(GREEK)
SYMBOL = re.compile(
    rf"(?<!\w)([A-Za-z]|{NAMES})_(?:\{{([^{{}}]*)\}}|\[([^\[\]]*)\]|({NAMES}|[A-Za-z0-9])(?!\w|\.[a-z]))"
)
"""One letter or the name of a Greek one, and below it a letter, such a name, or what stands in brackets."""


def with_symbols(text: str, plain: Callable[[str], str], symbol: Callable[[str, str], str]) -> list[str]:
    """The pieces of a text, each written by ``plain``, or by ``symbol`` from a letter and its subscript.

    Examples
    --------
    >>> "".join(with_symbols("path_kl of p_theta", str, lambda letter, below: f"{letter}[{below}]"))
    'path_kl of p[θ]'
    """
    found, end = [], 0
    for match in SYMBOL.finditer(text):
        letter, *below = match.groups()
        if text[end : match.start()]:
            found.append(plain(text[end : match.start()]))
        found.append(symbol(GREEK.get(letter, letter), _below(next(each for each in below if each is not None))))
        end = match.end()
    return [*found, plain(text[end:])] if text[end:] else found


def _below(text: str) -> str:
    return re.sub(rf"\b({NAMES})\b", lambda name: GREEK[name[0]], text)


def latex_with_symbols(text: str, plain: Callable[[str], str]) -> str:
    """The text with its symbols as mathematics."""
    names = {character: rf"\{name}" for name, character in GREEK.items()}

    def symbol(letter: str, below: str) -> str:
        written = "".join(names.get(character, character) for character in below)
        return f"${names.get(letter, letter)}_{{{written}}}$"

    return "".join(with_symbols(text, plain, symbol))
