"""The letters that meanings of quantities are written in, so that a page can define all that it shows.

What they stand for in full: ``proofs_notes/definitions.md#notation``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["LETTERS", "Letter", "letters_in"]


@dataclass(frozen=True)
class Letter:
    """A symbol of meanings.

    Parameters
    ----------
    text : str
        As meanings have it.
    latex : str
    pattern : str
        A regular expression that finds it in a meaning.
    meaning : str
    """

    text: str
    latex: str
    pattern: str
    meaning: str


LETTERS = (
    Letter("q", "q", r"(?<!\w)q(?!\w)|~q\b|_q\b", "the language: a law on sequences of L tokens"),
    Letter("p", "p", r"(?<![\w-])p(?![\w_])|~p\b", "the law of the sequences that the sampler writes"),
    Letter(
        "p_theta",
        r"p_\theta",
        r"p_theta",
        "the denoiser: for each masked position and what is revealed, a law of its token",
    ),
    Letter(
        "p_tau",
        r"p_\tau",
        r"p_tau|E_tau",
        "the law of what the sampler writes if tau says when each position is revealed; E_tau averages over tau",
    ),
    Letter(
        "D(q || p)",
        r"D(q \Vert p)",
        r"\bD(?:\(| between)",
        "Kullback-Leibler divergence: the sum over x of q(x) log(q(x)/p(x)), inf if p(x) = 0 < q(x) for some x",
    ),
    Letter(
        "X_i", "X_i", r"X_i|X_\{-i\}|X ~ q", "the token at position i of a sequence X drawn from q; X_{-i} the others"
    ),
    Letter(
        "x_R",
        "x_R",
        r"x_R|X_R",
        "the tokens of x at the positions R that are revealed; the other positions are masked",
    ),
    Letter("H", "H", r"\bH\(|\bsum H\b", "entropy in nats, of tokens drawn from q; H(. | .) conditional entropy"),
    Letter("I", "I", r"\bI\(", "mutual information in nats; I(. ; . | .) conditional"),
    Letter(
        "w_k",
        "w_k",
        r"w_k|w_1|\ba_k|a_\{k|a_1|, w\)",
        "the probability that a position is revealed at step k, whatever the others",
    ),
    Letter("a_k", "a_k", r"a_k|a_\{k|a_1", "w_1 + .. + w_k, the share that is revealed after step k; a_0 = 0"),
    Letter("s_k", "s_k", r"s_k|S_k|S_\{k|sizes n", "the number of positions that step k reveals"),
    Letter("S_k", "S_k", r"S_k|S_\{k", "s_1 + .. + s_k; S_0 = 0"),
    Letter(
        "Z(a)",
        "Z(a)",
        r"\bZ(?:\(|'|\b)",
        "information curve: sum_i H(X_i | X_R), each other position in R with probability a, independently, averaged "
        "over R; Z' is its derivative",
    ),
    Letter(
        "z(j)",
        "z(j)",
        r"\bz\(",
        "information profile: sum_i H(X_i | X_R), averaged over the sets R of j other positions",
    ),
    Letter(
        "PATH_KL",
        r"\mathrm{KL}_{\mathrm{path}}",
        r"PATH_KL",
        "E_tau D(q || p_tau), the divergence of the whole history of revealing",
    ),
    Letter("TC", r"\mathrm{TC}", r"\bTC\b", "total correlation: sum_i H(X_i) - H(X)"),
    Letter("DTC", r"\mathrm{DTC}", r"\bDTC\b", "dual total correlation: H(X) - sum_i H(X_i | X_{-i})"),
    Letter("SER", r"\mathrm{SER}", r"\bSER\b", "sequence error rate: the probability of a sequence that q forbids"),
    Letter("V", "V", r"\bV\b", "vocabulary size"),
    Letter("L", "L", r"\bL\b", "sequence length"),
    Letter("N", "N", r"\bN\b", "number of steps of the schedule, empty ones included"),
)
"""In the order in which a page lists them."""


def letters_in(texts: Iterable[str]) -> Iterator[Letter]:
    """The letters that occur in the texts, and those that their own meanings need.

    Examples
    --------
    >>> [letter.text for letter in letters_in(["integral of Z(a) over a in [0, 1]"])]
    ['q', 'X_i', 'x_R', 'H', 'Z(a)', 'L']
    """
    needed: set[Letter] = set()
    unread = list(texts)
    while unread:
        text = unread.pop()
        for letter in LETTERS:
            if letter not in needed and re.search(letter.pattern, text):
                needed.add(letter)
                unread.append(letter.meaning)
    yield from (letter for letter in LETTERS if letter in needed)
