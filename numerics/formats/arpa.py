r"""ARPA files of back-off n-grams, as KenLM, SRILM, IRSTLM and others write them.

The probability of a word w after a context c is the listed one, else the back-off weight of c (1 where it has none)
times that of w after c without its oldest word. A sentence starts in the context ``<s>``, which is no token, and is
ended by ``</s>``.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Context, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar, Literal

from flint import arb
from pydantic import StrictBool

from ..errors import BadInput
from ..languages.base import Language
from ..languages.kind import FileTable
from ..spec.table import ABSENT, Count, Length, Number, Text
from .automaton import Automaton
from .backoff import BackOff, backoff_chain
from .chain import Chain, Ending
from .rows import DECIMAL, DIGITS, LARGEST_TOLERANCE, TOLERANCE, Rows
from .source import Source, about

__all__ = ["Arpa", "from_arpa", "read_arpa"]

START, END = "<s>", "</s>"
UNKNOWN = ("<unk>", "<UNK>")
IMPOSSIBLE = -99
"""Logarithms from here down stand for zero: there is no other way to write it."""

HIGHEST_ORDER = 32
FEW_DECIMALS = 4
MOST_WHOLE = 100_000
"""Probabilities up to which every context has a row of all words."""

LARGEST_POWER = 300
TEN = arb(10)

NOTHING = Decimal(0)
EXACT = Context(prec=2500)
"""Sums of logarithms of at most a hundred digits, each with an exponent of at most three, are not rounded."""

Words = tuple[str, ...]


@dataclass
class Arpa:
    """The tables of an ARPA file: logarithms to base 10, exactly as they are written.

    Attributes
    ----------
    path : Path
    order : int
    log10 : mapping
        n-gram to the logarithm of its probability.
    backoff : mapping
        n-gram to the logarithm of its back-off weight, where one is written.
    line : mapping
        n-gram to the line that lists it.
    """

    path: Path
    order: int
    log10: dict[Words, Decimal] = field(default_factory=dict)
    backoff: dict[Words, Decimal] = field(default_factory=dict)
    line: dict[Words, int] = field(default_factory=dict)

    def contexts(self) -> set[Words]:
        """Word sequences that change what follows: they begin a listed n-gram, or have a back-off weight."""
        found: set[Words] = {()}
        for ngram in self.log10:
            found.update(ngram[:k] for k in range(1, len(ngram)))
        found.update(ngram for ngram, weight in self.backoff.items() if weight and len(ngram) < self.order)
        return found

    def log10_probability(self, word: str, context: Words) -> Decimal:
        """``log10 p(word | context)``, the most recent word of the context last."""
        context = context[max(0, len(context) - self.order + 1) :]
        total = NOTHING
        while (*context, word) not in self.log10:
            if not context:
                raise BadInput("words", f"found {word!r}, which {self.path} does not list")
            total = EXACT.add(total, self.backoff.get(context, NOTHING))
            context = context[1:]
        return EXACT.add(total, self.log10[*context, word])

    def score(self, words: Iterable[str], start: bool = True, end: bool = True) -> float:
        """``log10`` of the probability of a sentence, as the tools print it: words that are not listed are ``<unk>``.

        Parameters
        ----------
        words : iterable of str
        start, end : bool
            Whether ``<s>`` goes before it and ``</s>`` is counted after it.
        """
        unknown = next((word for word in UNKNOWN if (word,) in self.log10), UNKNOWN[0])
        spelt = [word if (word,) in self.log10 else unknown for word in words]
        context: Words = (START,) if start else ()
        total = NOTHING
        for word in [*spelt, END] if end else spelt:
            total = EXACT.add(total, self.log10_probability(word, context))
            context = (*context, word)
        return float(total)

    def row_totals(self) -> dict[Words, tuple[float, float]]:
        """For each context the sum of its row over all words but ``<s>``, and the probability of ``<s>`` in it.

        The shorter contexts come first: to the listed words a longer one adds the share that backs off.
        """
        listed: dict[Words, list[Words]] = {}
        for ngram in self.log10:
            listed.setdefault(ngram[:-1], []).append(ngram)
        totals: dict[Words, tuple[float, float]] = {}
        for context in sorted(self.contexts() | set(listed), key=len):
            entries = listed.get(context, [])
            words = [ngram for ngram in entries if ngram[-1] != START]
            own = math.fsum(_power(self.log10[ngram]) for ngram in words)
            if not context:
                totals[()] = own, _power(self.log10[START,]) if (START,) in self.log10 else 0.0
                continue
            below = context[1:]
            while below not in totals:
                below = below[1:]
            weight = _power(self.backoff.get(context, NOTHING))
            rest = totals[below][0] - math.fsum(_power(self.log10_probability(g[-1], context[1:])) for g in words)
            start = _power(self.log10_probability(START, context)) if (START,) in self.log10 else 0.0
            totals[context] = own + weight * rest, start
        return totals

    def decimals(self) -> int:
        """The most decimals of a probability in the file, up to the ten that are looked for."""
        numbers = [Fraction(x) for x in self.log10.values()]
        return next((d for d in range(10) if all((x * 10**d).denominator == 1 for x in numbers)), 10)


def _power(exponent: Decimal) -> float:
    if exponent <= IMPOSSIBLE:
        return 0.0
    return 10.0 ** float(exponent) if exponent < LARGEST_POWER else math.inf


def read_arpa(path: str | Path) -> Arpa:
    """Read the tables.

    Raises
    ------
    BadInput
        With the line, for anything that the format does not have, counts that do not match, n-grams that are listed
        twice or have words that are not listed, and files that end early or hold more than one model.
    """
    source = Source(path)
    at = _find_data(source)
    counts, at = _counts(source, at)
    found = Arpa(source.path, len(counts))
    for order, (promised, header) in enumerate(counts, 1):
        before = len(found.log10)
        at = _section(source, at, order, found)
        held = len(found.log10) - before
        if held != promised:
            raise source.fault(header, f"the header promises {promised} {order}-grams, and the section holds {held}")
    at = _skip_blank(source, at)
    if at > len(source):
        raise source.fault(len(source), "the file ends without \\end\\, as one that was cut off does")
    if source.lines[at - 1].strip() != "\\end\\":
        raise source.fault(
            at, f"found {source.lines[at - 1][:40]!r} after the {len(counts)}-grams; \\end\\ is accepted"
        )
    rest = _skip_blank(source, at + 1)
    if rest <= len(source):
        what = "a second model" if source.lines[rest - 1].strip() == "\\data\\" else repr(source.lines[rest - 1][:40])
        raise source.fault(rest, f"found {what} after \\end\\; a file of one model is accepted")
    return found


def _skip_blank(source: Source, at: int) -> int:
    while at <= len(source) and not source.lines[at - 1].strip():
        at += 1
    return at


def _find_data(source: Source) -> int:
    for at in range(1, len(source) + 1):
        if source.lines[at - 1].strip() == "\\data\\":
            return at
    raise source.fault(1, "found no line \\data\\, with which the model of an ARPA file begins")


def _counts(source: Source, at: int) -> tuple[list[tuple[int, int]], int]:
    """The promised number of n-grams of each order with its line, and the first line after them."""
    counts: list[tuple[int, int]] = []
    at = _skip_blank(source, at + 1)
    while at <= len(source) and source.lines[at - 1].startswith("ngram "):
        order, _, count = source.lines[at - 1].removeprefix("ngram ").partition("=")
        order, count = order.strip(), count.strip()
        if not (_is_count(order) and _is_count(count)):
            raise source.fault(at, f'found {source.lines[at - 1][:40]!r}; a count such as "ngram 1=5" is accepted')
        if int(order) != len(counts) + 1:
            raise source.fault(
                at, f"found the count of {int(order)}-grams; that of {len(counts) + 1}-grams comes first"
            )
        counts.append((int(count), at))
        at = _skip_blank(source, at + 1)
    if not counts:
        raise source.fault(min(at, len(source)), 'found no count; a line such as "ngram 1=5" is accepted')
    if len(counts) > HIGHEST_ORDER:
        raise source.fault(counts[-1][1], f"found order {len(counts)}; an order up to {HIGHEST_ORDER} is accepted")
    return counts, at


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 12


def _section(source: Source, at: int, order: int, found: Arpa) -> int:
    """Read the section of an order; the first line after it."""
    at = _skip_blank(source, at)
    title = f"\\{order}-grams:"
    if at > len(source):
        raise source.fault(len(source), f"the file ends before {title}, as one that was cut off does")
    if source.lines[at - 1].strip() != title:
        raise source.fault(at, f"found {source.lines[at - 1][:40]!r}, where {title} belongs")
    at += 1
    while at <= len(source) and not source.lines[at - 1].startswith("\\"):
        if fields := source.fields(at):
            _entry(source, at, order, fields, found)
        at += 1
    return at


def _entry(source: Source, at: int, order: int, fields: list[str], found: Arpa) -> None:
    if len(fields) not in (order + 1, order + 2):
        raise source.fault(
            at,
            f"found {len(fields)} fields; a {order}-gram has a logarithm, {order} word{'s' * (order > 1)} and at most a"
            " back-off weight",
        )
    log10, *backoff = [_logarithm(source, at, text) for text in (fields[0], *fields[order + 1 :])]
    ngram = tuple(fields[1 : order + 1])
    if log10 > 0:
        raise source.fault(at, f"found log10 p = {fields[0]} of {' '.join(ngram)!r}, a probability above 1")
    if ngram in found.log10:
        raise source.fault(at, f"{' '.join(ngram)!r} is listed again; line {found.line[ngram]} has it already")
    if order > 1:
        for word in ngram:
            if (word,) not in found.log10:
                raise source.fault(at, f"found {word!r}, which is not among the 1-grams")
    found.log10[ngram] = log10
    found.line[ngram] = at
    if backoff:
        found.backoff[ngram] = backoff[0]


def _logarithm(source: Source, at: int, text: str) -> Decimal:
    if not DECIMAL.fullmatch(text):
        raise source.fault(at, f"found {text[:40]!r}, where a finite logarithm to base 10 belongs")
    return Decimal(text)


def arpa_chain(model: Arpa, rows: Rows, words: Iterable[str] | None = None, unknown: bool = True) -> Chain:
    """The chain of the contexts of a model.

    Parameters
    ----------
    model : Arpa
    rows : Rows
    words : iterable of str, optional
        Tokens to keep; rows are divided by what is kept.
    unknown : bool
        Whether ``<unk>`` is kept as a token.
    """
    kept = _vocabulary(model, words, unknown)
    ends = (END,) in model.log10
    alphabet = [*kept, END] if ends else kept
    restricted = len(kept) < len(_vocabulary(model, None, True))
    contexts = model.contexts()
    start = (START,) if (START,) in contexts else ()
    if len(kept) * _met(contexts, set(kept)) > MOST_WHOLE:
        return _mixtures(model, rows, kept, contexts, start, restricted)
    number, waiting = {start: 0}, deque([start])
    arcs: list[dict[tuple[int, int], Fraction]] = []
    end: list[Fraction] = []
    totals = model.row_totals()
    with rows.precision():
        while waiting:
            context = waiting.popleft()
            law = _law(model, rows, context, alphabet, totals[context], restricted)
            row = {}
            for token, word in enumerate(kept):
                if law[token]:
                    following = (*context, word)
                    while following not in contexts:
                        following = following[1:]
                    if following not in number:
                        number[following] = len(number)
                        waiting.append(following)
                    row[token, number[following]] = law[token]
            arcs.append(row)
            end.append(law[-1] if ends else Fraction(0))
    found = Automaton([" ".join(context) for context in number], tuple(kept), 0, arcs, end).chain()
    return found if ends else replace(found, end=None)


def _met(contexts: set[Words], kept: set[str]) -> int:
    """How many contexts have no other words."""
    return sum(1 for context in contexts if kept.issuperset(context[context[:1] == (START,) :]))


def _mixtures(model: Arpa, rows: Rows, kept: list[str], contexts: set[Words], start: Words, restricted: bool) -> Chain:
    """The chain whose back-off is silent where that can be, its probabilities and weights rounded one by one."""
    spelt = {*kept, END}
    listed: dict[Words, dict[str, Fraction]] = {}
    weight: dict[Words, Fraction] = {}
    with rows.precision():

        def rounded(x: Decimal, ngram: Words) -> Fraction:
            where = f"{' '.join(ngram)!r} (line {model.line[ngram]})"
            return Fraction(rows.power(TEN, Fraction(x), where), rows.unit) if x > IMPOSSIBLE else Fraction(0)

        for ngram, x in model.log10.items():
            if ngram[-1] in spelt:
                listed.setdefault(ngram[:-1], {})[ngram[-1]] = rounded(x, ngram)
        for ngram, x in model.backoff.items():
            weight[ngram] = rounded(x, ngram)
    totals = model.row_totals()

    def judged(context: Words, total: Fraction) -> None:
        where = _judge(model, rows, context, totals[context])
        if restricted:
            rows.keep(float(total) / totals[context][0], where)

    ends = END if (END,) in model.log10 else None
    instead = "words = FILE keeps those of a list"
    return backoff_chain(BackOff(kept, ends, contexts, listed, weight), start, judged, instead)


def _judge(model: Arpa, rows: Rows, context: Words, totals: tuple[float, float]) -> str:
    """Refuse the row of a context where its sum is too far from 1; what the row is called."""
    where = f"the row of the context {' '.join(context)!r}" if context else "the row of the 1-grams"
    if context in model.line:
        where += f" (line {model.line[context]})"
    total, of_start = totals
    rows.judge(total, where, lambda total: _cause(model, context, total, of_start, rows))
    return where


def _law(
    model: Arpa, rows: Rows, context: Words, alphabet: list[str], totals: tuple[float, float], restricted: bool
) -> list[Fraction]:
    """The row of a context over the words that are kept."""
    where = _judge(model, rows, context, totals)
    exponents = [model.log10_probability(word, context) for word in alphabet]
    weights = [rows.power(TEN, Fraction(x), where) if x > IMPOSSIBLE else 0 for x in exponents]
    if not any(weights):
        raise BadInput("words", f"{where} has none of the words that are kept")
    if restricted:
        rows.keep(sum(weights) / rows.unit / totals[0], where)
    return [Fraction(n, sum(weights)) for n in weights]


def _vocabulary(model: Arpa, words: Iterable[str] | None, unknown: bool) -> list[str]:
    """The tokens, in the order of the file."""
    listed = [ngram[0] for ngram in model.log10 if len(ngram) == 1]
    wanted = set(listed) if words is None else set(words)
    for word in wanted.difference(listed):
        raise BadInput("words", f"found {word!r}, which is not among the 1-grams of {model.path}")
    return [word for word in listed if word not in (START, END) and (unknown if word in UNKNOWN else word in wanted)]


def _cause(model: Arpa, context: Words, total: float, of_start: float, rows: Rows) -> str:
    """Why the row of a context does not sum to 1."""
    backoff = model.backoff.get(context, NOTHING)
    if backoff > 0 and not total <= 1:
        return f" (the back-off weight is 10^{float(backoff):g}, above 1)"
    if not abs(total - 1) <= LARGEST_TOLERANCE:
        return ""
    accepted = f"tolerance = {math.ceil(abs(total - 1) * 1000) / 1000} divides its rows by their sums"
    if abs(total + of_start - 1) <= rows.tolerance:
        return f" ({START}, which is never a token, has the rest, as in files of IRSTLM; {accepted})"
    decimals = model.decimals()
    if decimals <= FEW_DECIMALS and abs(total - 1) <= 1.2 * 10.0**-decimals:
        return f" (its logarithms are rounded to {decimals} decimals; {accepted})"
    return " (the back-off weight does not fit the n-grams that are listed)" if context else ""


def words_of(path: str | Path) -> list[str]:
    """The words of a list, one a line; blank lines are skipped."""
    source = Source(path, "words")
    found = []
    for at in range(1, len(source) + 1):
        fields = source.fields(at)
        if len(fields) > 1:
            raise source.fault(at, f"found {len(fields)} words; one a line is accepted")
        found += fields
    if not found:
        raise BadInput("words", f"{path} holds no word; one a line is accepted")
    return found


def from_arpa(
    path: str | Path,
    length: int,
    end: Ending = "exact",
    words: str | Path | Iterable[str] | None = None,
    unknown: bool = True,
    digits: int = DIGITS,
    tolerance: Any = TOLERANCE,
) -> Language:
    """The language of an ARPA file: an n-gram with back-off (definitions.md#model-files).

    Parameters
    ----------
    path : str or Path
    length : int
        L, the number of tokens.
    end : {"exact", "drop", "free"}
        The law given that ``</s>`` follows the L-th token; that of rows without ``</s>``; or that of L tokens of which
        ``</s>`` fills those after the end.
    words : path or iterable of str, optional
        The words to keep, one a line; rows are divided by what is kept, and the mass that is lost is reported.
    unknown : bool
        Whether ``<unk>`` is a token; otherwise rows are divided by the rest.
    digits : int
        Rows are whole numbers ``round(10^digits p)`` divided by their sum. Of more than 100000 probabilities after all
        contexts, the listed ones and the back-off weights are rounded instead.
    tolerance : number
        A row that misses 1 by more is refused.

    Raises
    ------
    BadInput
        With the line.
    BeyondReach
        When the tables do not fit the memory.

    Warns
    -----
    RowsRescaled
        With the largest miss of a row, as the files of all tools have one.
    """
    model, rows = read_arpa(path), Rows(digits, tolerance)
    listed = words_of(words) if isinstance(words, str | Path) else words
    with about(path):
        chain = arpa_chain(model, rows, listed, unknown)
        rows.report(path)
        return chain.ending(end).language(length)


class ArpaTable(FileTable):
    kind: Literal["arpa"]
    length: Length
    end: Ending = "exact"
    words: Text = ABSENT
    unknown: StrictBool = True
    digits: Count = DIGITS
    tolerance: Number = TOLERANCE
    suffixes: ClassVar[tuple[str, ...]] = (".arpa",)
    makes: ClassVar[Callable[..., Language]] = from_arpa
    files: ClassVar[tuple[str, ...]] = ("path", "words")
