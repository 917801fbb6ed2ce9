"""Texts of model files, written with many digits so that what is read is what was meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Context
from fractions import Fraction

PRECISE = Context(prec=60)
DIGITS = 40
"""Of the common denominator: what is read misses what was meant by less than 1e-35."""

AMINO = "ACDEFGHIKLMNPQRSTVWY"
HEADER = "            m->m     m->i     m->d     i->m     i->i     d->m     d->d"


def log10(p: Fraction) -> str:
    """Fifty digits of a logarithm."""
    x = PRECISE.divide(PRECISE.create_decimal(p.numerator), PRECISE.create_decimal(p.denominator))
    return f"{PRECISE.log10(x):.50f}"


def minus_ln(p: Fraction) -> str:
    """``-ln p``; ``*`` of zero."""
    if not p:
        return "*"
    x = PRECISE.divide(PRECISE.create_decimal(p.numerator), PRECISE.create_decimal(p.denominator))
    return f"{PRECISE.minus(PRECISE.ln(x)):.50f}"


def arpa(p: Mapping[tuple[str, ...], Fraction], backoff: Mapping[tuple[str, ...], Fraction]) -> str:
    """The ARPA file of a back-off model."""
    order = max(map(len, p))
    lines = ["\\data\\"]
    lines += [f"ngram {n}={sum(len(g) == n for g in p)}" for n in range(1, order + 1)]
    for n in range(1, order + 1):
        lines += ["", f"\\{n}-grams:"]
        for ngram in (g for g in p if len(g) == n):
            weight = f"\t{log10(backoff[ngram])}" if ngram in backoff else ""
            lines.append(f"{log10(p[ngram])}\t{' '.join(ngram)}{weight}")
    return "\n".join([*lines, "", "\\end\\", ""])


def profile(match: Sequence, insert: Sequence, moves: Sequence, alphabet: str = "DNA") -> str:
    """The .hmm file of a profile of M nodes; ``insert`` and ``moves`` begin with node 0."""
    symbols = {"DNA": "ACGT", "RNA": "ACGU", "amino": AMINO}[alphabet]
    lines = ["HMMER3/f [3.2 | August 2017]", "NAME  test", f"LENG  {len(match)}", f"ALPH  {alphabet}"]
    lines += ["HMM     " + " ".join(symbols), HEADER]
    for k, (inserted, move) in enumerate(zip(insert, moves, strict=True)):
        if k:
            lines.append(f"  {k} {' '.join(map(minus_ln, match[k - 1]))} {k} x - - -")
        lines += ["     " + " ".join(map(minus_ln, row)) for row in (inserted, move)]
    return "\n".join([*lines, "//", ""])


def fst(arcs: Sequence[tuple[int, int, object, Fraction]], end: Mapping[int, Fraction]) -> str:
    """The text of an acceptor; the first arc's source is the start."""
    lines = [f"{s} {t} {label} {minus_ln(w)}" for s, t, label, w in arcs]
    return "\n".join([*lines, *(f"{state} {minus_ln(w)}" for state, w in end.items()), ""])
