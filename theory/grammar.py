"""Typed inequalities: a grammar, a parser, and nothing that evaluates.

    claim:      sum ("<=" | "<" | "==" | ">=" | ">") sum
    sum:        product (("+" | "-") product)*
    product:    unary (("*" | "/") unary)*
    unary:      ("-" | "+") unary | power
    power:      atom ("**" unary)?                      right associative, binds tighter than a sign: -2**2 = -4
    atom:       NUMBER | NAME | FUNCTION "(" sum ("," sum)* ")" | "(" sum ")"
    FUNCTION:   log log2 exp sqrt ceil (one argument)   min max (one or more)
    NAME:       a quantity, V, L, N or K; with "@2" the second subject's

Numbers are exact: ``0.1`` is 1/10. ``log2(x)`` is ``log(x)/log(2)``. The expression is kept as it was typed: sympy
simplifies nothing, so what has no value somewhere, as ``0*log(-kl)``, still has none there. Lengths, nesting and
constant powers are bounded, so that no input makes sympy work for long.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args
from sympy import Expr, Integer, Rational, S

from maskbound.theory.claims import ClaimError
from maskbound.theory.statement import FUNCTIONS, RELATIONS
from maskbound.theory.suggestions import closest, spelled_here
from maskbound.theory.variables import FREE, symbols
from maskbound.theory.written import apply, evaluated, power, product, total

__all__ = ["declared", "parse"]

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

_MANY_ARGUMENTS = ("min", "max")


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


def declared(formula: Any) -> Any:
    """A formula of the ledger, or formulas by the names of free parameters, simplified as sympy does; or what it is.

    >>> declared("path_kl/2 + path_kl/2"), declared({"eps": "1/4"})
    (path_kl, {eps: 1/4})
    """
    if isinstance(formula, Mapping):
        return {FREE[name] if isinstance(name, str) else name: declared(value) for name, value in formula.items()}
    return evaluated(_declarations().parse(formula)) if isinstance(formula, str) else formula


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


@cache
def _declarations() -> Lark:
    return Lark(GRAMMAR, start="sum", parser="lalr", transformer=_Declared())


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
        if token in FUNCTIONS:
            raise ClaimError(f"the function {token} at column {token.column} needs an argument in parentheses")
        raise ClaimError(_unknown("name", token, list(symbols)))

    def call(self, token: Token, *arguments: Expr) -> Expr:
        if token not in FUNCTIONS:
            raise ClaimError(_unknown("function", token, list(FUNCTIONS)))
        if token not in _MANY_ARGUMENTS and len(arguments) != 1:
            raise ClaimError(f"{token} has {len(arguments)} arguments; it takes one")
        if len(arguments) > MOST_ARGUMENTS:
            raise ClaimError(f"{token} has {len(arguments)} arguments; at most {MOST_ARGUMENTS} are accepted")
        if token == "sqrt":
            return _power(arguments[0], S.Half)
        if token == "exp":
            _require_moderate(arguments[0], "an argument of exp")
        try:
            if token == "log2":
                return product([apply("log", *arguments), _power(apply("log", Integer(2)), S.NegativeOne)])
            return apply(token, *arguments)
        except ValueError as problem:
            raise ClaimError(f"the claim contains what is not a real number: {problem}") from None


class _Declared(_ToSympy):
    """With the free parameters of the ledger."""

    @v_args(inline=True)
    def name(self, token: Token) -> Expr:
        return FREE[token] if token in FREE else super().name(token)


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
