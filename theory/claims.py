"""Typed inequalities: a grammar, a parser, and nothing that evaluates.

    claim:      sum ("<=" | "<" | "==" | ">=" | ">") sum
    sum:        product (("+" | "-") product)*
    product:    unary (("*" | "/") unary)*
    unary:      ("-" | "+") unary | power
    power:      atom ("**" unary)?                      right associative, binds tighter than a sign: -2**2 = -4
    atom:       NUMBER | NAME | FUNCTION "(" sum ("," sum)* ")" | "(" sum ")"
    FUNCTION:   log exp sqrt (one argument)   min max (one or more)   ceil (one)
    NAME:       a quantity, V, L, N or K; with "@2" the second subject's

Numbers are exact: ``0.1`` is 1/10. The expression is kept as it was typed: sympy simplifies nothing, so what has no
value somewhere, as ``0*log(-kl)``, still has none there. Lengths, nesting and constant powers are bounded, so that no
input makes sympy work for long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeVar, cast

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args
from sympy import Expr, Rational, S

from maskbound.theory.assumptions import (
    ASSUMPTIONS,
    HIDDEN_MARKOV_LANGUAGE,
    SUBJECT_RELATIONS,
    Assumption,
    Relation,
    spelled_assumption,
)
from maskbound.theory.notation import symbols
from maskbound.theory.statement import RELATIONS, Statement
from maskbound.theory.suggestions import closest, spelled_here
from maskbound.theory.written import apply, power, product, total

__all__ = ["ClaimError", "claim", "parse"]

Named = TypeVar("Named", Assumption, Relation)

LONGEST_TEXT = 2000
DEEPEST_NESTING = 40
MOST_ARGUMENTS = 16
LARGEST_EXPONENT = 10_000
LARGEST_BITS = 4096
MOST_LISTED = 40

GRAMMAR = r"""
    claim: sum RELATION sum
    ?sum: product (SIGN product)*
    ?product: unary (TIMES unary)*
    ?unary: power
        | SIGN unary -> signed
    ?power: atom
        | atom "**" unary -> power
    ?atom: NUMBER -> number
        | NAME -> name
        | NAME "(" sum ("," sum)* ")" -> call
        | "(" sum ")"
    RELATION: "<=" | ">=" | "==" | "<" | ">"
    SIGN: "+" | "-"
    TIMES: "*" | "/"
    NAME: /[A-Za-z_][A-Za-z0-9_]*(@[0-9]+)?/
    NUMBER: /([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?/
    %ignore /[ \t\r\n]+/
"""

_ONE_ARGUMENT, _MANY_ARGUMENTS = ("log", "exp", "sqrt", "ceil"), ("min", "max")
_FUNCTIONS = (*_ONE_ARGUMENT, *_MANY_ARGUMENTS)


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
    lhs, relation, rhs = parse(text)
    needs = [_known(a, ASSUMPTIONS, "assumption") for a in assumptions]
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


def parse(text: str) -> tuple[Expr, str, Expr]:
    """``(lhs, relation, rhs)`` of a claim, exactly and without evaluating it anywhere.

    Raises
    ------
    ClaimError
    """
    if not isinstance(text, str):
        raise ClaimError(f"a claim is a text, found {type(text).__name__}")
    if len(text) > LONGEST_TEXT:
        raise ClaimError(f"the claim has {len(text)} characters; at most {LONGEST_TEXT} are accepted")
    if _nesting(text) > DEEPEST_NESTING:
        raise ClaimError(f"the claim nests parentheses, signs and powers deeper than {DEEPEST_NESTING}")
    try:
        return cast("tuple[Expr, str, Expr]", _parser().parse(text))
    except UnexpectedInput as problem:
        raise ClaimError(_explain(problem, text)) from None


def _nesting(text: str) -> int:
    """An upper bound on the depth of the expression's tree, sums and products of many terms counting once."""
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest + text.count("**")


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, start="claim", parser="lalr", transformer=_ToSympy())


@v_args(inline=True)
class _ToSympy(Transformer[Token, Expr]):
    """Builds the sympy expression bottom up; the parser does not recurse."""

    def claim(self, lhs: Expr, relation: Token, rhs: Expr) -> tuple[Expr, str, Expr]:
        return lhs, str(relation), rhs

    def sum(self, first: Expr, *rest: Any) -> Expr:
        terms = [first]
        for sign, term in zip(rest[::2], rest[1::2], strict=True):
            terms.append(term if sign == "+" else product([S.NegativeOne, term]))
        return _bounded(total(terms))

    def product(self, first: Expr, *rest: Any) -> Expr:
        factors = [first]
        for sign, factor in zip(rest[::2], rest[1::2], strict=True):
            factors.append(factor if sign == "*" else _power(factor, S.NegativeOne))
        return _bounded(product(factors))

    def signed(self, sign: Token, value: Expr) -> Expr:
        return value if sign == "+" else product([S.NegativeOne, value])

    def power(self, base: Expr, exponent: Expr) -> Expr:
        _require_moderate(exponent, "an exponent")
        if exponent.is_Rational and abs(exponent) * _bits(base.as_coeff_Mul()[0]) > LARGEST_BITS:
            raise ClaimError(f"a power in the claim is too large (beyond {LARGEST_BITS} bits)")
        return _bounded(_power(base, exponent))

    def number(self, token: Token) -> Expr:
        mantissa, _, exponent = token.lower().partition("e")
        if len(token) > 60 or abs(int(exponent or 0)) > 400:
            raise ClaimError(f"the number {token:.20}... at column {token.column} is too long or too large")
        whole, _, decimals = mantissa.partition(".")
        return Rational(int(whole + decimals or 0), 10 ** len(decimals)) * Rational(10) ** int(exponent or 0)

    def name(self, token: Token) -> Expr:
        if token in symbols:
            return symbols[token]
        if token in _FUNCTIONS:
            raise ClaimError(f"the function {token} at column {token.column} needs an argument in parentheses")
        raise ClaimError(_unknown("name", token, list(symbols)))

    def call(self, token: Token, *arguments: Expr) -> Expr:
        if token not in _FUNCTIONS:
            raise ClaimError(_unknown("function", token, list(_FUNCTIONS)))
        if token in _ONE_ARGUMENT and len(arguments) != 1:
            raise ClaimError(f"{token} has {len(arguments)} arguments; it takes one")
        if len(arguments) > MOST_ARGUMENTS:
            raise ClaimError(f"{token} has {len(arguments)} arguments; at most {MOST_ARGUMENTS} are accepted")
        if token == "sqrt":
            return _power(arguments[0], S.Half)
        if token == "exp":
            _require_moderate(arguments[0], "an argument of exp")
        try:
            return apply(token, *arguments)
        except ValueError as problem:
            raise ClaimError(f"the claim contains what is not a real number: {problem}") from None


def _power(base: Expr, exponent: Expr) -> Expr:
    if base == 0 and exponent.is_negative:
        raise ClaimError("the claim divides by zero")
    try:
        return power(base, exponent)
    except ValueError as problem:
        raise ClaimError(f"the claim contains what is not a real number: {problem}") from None


def _bounded(value: Expr) -> Expr:
    if _bits(value.as_coeff_Mul()[0]) > 2 * LARGEST_BITS:
        raise ClaimError(f"a number in the claim is too large (beyond {2 * LARGEST_BITS} bits)")
    return value


def _require_moderate(value: Expr, what: str) -> None:
    """Constants that are exponentiated stay small; what depends on quantities is never expanded."""
    if value.free_symbols:
        return
    size = abs(value if value.is_Rational else value.evalf(15))
    if not size.is_comparable or size > LARGEST_EXPONENT:
        raise ClaimError(f"{what} in the claim is beyond {LARGEST_EXPONENT}")


def _bits(number: Expr) -> int:
    if isinstance(number, Rational):
        return max(abs(int(number.p)).bit_length(), int(number.q).bit_length())
    return 0


def _unknown(kind: str, token: Token, known: list[str]) -> str:
    shown = token if len(token) <= 40 else token[:37] + "..."
    known = [name for name in known if "@" in token or "@" not in name]
    close = closest(token, known)
    listed, left = known[:MOST_LISTED], len(known) - MOST_LISTED
    others = f" and {left} more" if left > 0 else ""
    hint = f"did you mean {' or '.join(close)}" if close else f"known are {', '.join(listed)}{others}"
    return f"the {kind} {shown} at column {token.column} is not known; {hint}"


def _known(value: Named | str, known: Mapping[str, Named], kind: str) -> Named:
    name = value if isinstance(value, str) else value.name
    typed = {spelled_assumption(each): each for each in known}
    found = name if name in known else typed.get("-".join(name.strip().lower().replace("_", " ").split()))
    if found is None:
        close = closest(name, typed) or list(typed)
        raise ClaimError(f"the {kind} {name!s:.60} is not known; did you mean {' or '.join(close)}")
    return known[found]


def _explain(problem: UnexpectedInput, text: str) -> str:
    """One sentence for a syntax error."""
    if isinstance(problem, UnexpectedToken) and problem.token.type == "$END":
        if not re.search(r"<|>|==", text):
            return f"the claim compares nothing; put one of {' '.join(RELATIONS)} between two expressions"
        return "the claim ends too early"
    where = f"column {problem.column}" if problem.line == 1 else f"line {problem.line}, column {problem.column}"
    if isinstance(problem, UnexpectedToken) and problem.token.type == "RELATION":
        return f"a second or misplaced {problem.token} at {where}; a claim is one comparison, chains are not accepted"
    character = text[problem.pos_in_stream or 0]
    if isinstance(problem, UnexpectedCharacters) and character == "=":
        return f"a single = at {where}; one of {' '.join(RELATIONS)} is accepted"
    if (meant := spelled_here(character)) is not None:
        return f"{character!r} at {where} does not fit; here it is written {meant}"
    found = str(problem.token) if isinstance(problem, UnexpectedToken) else character
    return f"{found!r:.40} at {where} does not fit; a number, a name, an operator or a parenthesis was expected there"
