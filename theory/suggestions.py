"""Known names and signs that are close to an unknown one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

__all__ = ["closest", "spelled_here"]

MOST = 3

CALLED: Mapping[str, str] = {
    "ceiling": "ceil",
    "collision": "collision_probability",
    "dtc": "dual_total_correlation",
    "eps": "eps_learning",
    "h": "entropy",
    "hmm": "hidden-markov-language",
    "hellinger_distance": "hellinger",
    "length": "L",
    "ln": "log",
    "nll": "generative_nll",
    "perplexity": "generative_perplexity",
    "rho": "collision_probability",
    "s": "hidden_chain_entropy",
    "steps": "N",
    "tc": "total_correlation",
    "total_variation": "tv",
    "vocab": "V",
}
"""Other names that the field has for quantities, functions and assumptions, in small letters."""

SIGNS: Mapping[str, str] = {
    "^": "**",
    "≤": "<=",
    "≥": ">=",
    "≦": "<=",
    "≧": ">=",
    "−": "-",
    "–": "-",
    "·": "*",
    "×": "*",
    "÷": "/",
    "√": "sqrt(...)",
    "[": "(",
    "]": ")",
    "{": "(",
    "}": ")",
}


def closest(name: str, known: Iterable[str]) -> list[str]:
    """At most three of ``known`` that look like ``name`` whatever the case, its other name first; often none.

    Examples
    --------
    >>> closest("KL", ["L", "kl", "reverse_kl"])
    ['kl', 'L']
    >>> closest("tc", ["tv", "total_correlation"])
    ['total_correlation', 'tv']
    >>> closest("frobnicate", ["kl", "ser"])
    []
    """
    asked = name[:80].lower()
    small: dict[str, list[str]] = {}
    for each in known:
        small.setdefault(each.lower(), []).append(each)
    other = [each for each in small.get(CALLED.get(asked, "").lower(), []) if asked in CALLED]
    alike = [each for key in difflib.get_close_matches(asked, small, MOST, cutoff=0.5) for each in small[key]]
    return list(dict.fromkeys([*other, *alike]))[:MOST]


def spelled_here(sign: str) -> str | None:
    """A sign of other notations as claims write it, such as ``**`` for ``^``; None for one that they do not have."""
    return SIGNS.get(sign)
