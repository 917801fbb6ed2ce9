"""The LaTeX of statements as Typst mathematics and as MathML.

Only the part of LaTeX that ``theory`` writes: groups, scripts, fractions, roots, bars, fences, upright words, a few
symbols. Anything else is refused, so a new symbol is noticed by the tests and not by a reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from types import MappingProxyType

__all__ = ["mathml", "mathml_display", "typst_math"]

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|[A-Za-z]|[-+=<>(){}\[\]^_|,!.;:/*']|\s+")

FUNCTIONS = ("log", "exp", "max", "min")
LETTERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        r"\Sigma": ("Sigma", "Σ"),
        r"\Lambda": ("Lambda", "Λ"),
        r"\Delta": ("Delta", "Δ"),
        r"\alpha": ("alpha", "α"),
        r"\delta": ("delta", "δ"),
        r"\epsilon": ("epsilon", "ε"),
        r"\varepsilon": ("epsilon", "ε"),
        r"\eta": ("eta", "η"),
        r"\gamma": ("gamma", "γ"),
        r"\kappa": ("kappa", "κ"),
        r"\lambda": ("lambda", "λ"),
        r"\mu": ("mu", "μ"),
        r"\pi": ("pi", "π"),
        r"\rho": ("rho", "ρ"),
        r"\sigma": ("sigma", "σ"),
        r"\tau": ("tau", "τ"),
        r"\theta": ("theta", "θ"),
        r"\infty": ("infinity", "∞"),
        r"\ell": ("ell", "ℓ"),
    }
)
"""Typst's name, and the character."""
OPERATORS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        r"\le": ("<=", "≤"),
        r"\leq": ("<=", "≤"),
        r"\ge": (">=", "≥"),
        r"\geq": (">=", "≥"),
        r"\ne": ("!=", "≠"),
        r"\int": ("integral", "∫"),
        r"\sum": ("sum", "∑"),
        r"\prod": ("product", "∏"),
        r"\ast": ("*", "∗"),
        r"\lceil": ("ceil.l", "⌈"),
        r"\rceil": ("ceil.r", "⌉"),
        r"\lfloor": ("floor.l", "⌊"),
        r"\rfloor": ("floor.r", "⌋"),
        r"\cdot": ("dot", "·"),
        r"\times": ("times", "×"),
        r"\mid": ("|", "|"),
        r"\vert": ("|", "|"),
        r"\Vert": ("||", "‖"),
        "(": (r"\(", "("),
        ")": (r"\)", ")"),
        "[": (r"\[", "["),
        "]": (r"\]", "]"),
        "-": ("-", "−"),
        ",": (r"\,", ","),
        ";": (r"\;", ";"),
        ":": (":", ":"),
        "/": (r"\/", "/"),
        "'": ("prime", "′"),
        "|": ("|", "|"),
    }
)
FENCES: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "(": ("lr((", "(", ")"),
        "[": ("lr([", "[", "]"),
        r"\lceil": ("ceil(", "⌈", "⌉"),
        r"\lfloor": ("floor(", "⌊", "⌋"),
        r"\vert": ("abs(", "|", "|"),
        r"\|": ("norm(", "‖", "‖"),
        r"\Vert": ("norm(", "‖", "‖"),
        "|": ("abs(", "|", "|"),
    }
)
TYPST_CLOSING: Mapping[str, str] = MappingProxyType({"lr((": "))", "lr([": "])"})
RELATIONS = frozenset({"<", ">", "=", r"\le", r"\leq", r"\ge", r"\geq", r"\ne"})
ATOMS = frozenset({"letter", "word", "script", "frac", "sqrt", "bar"})
SPACES = frozenset({r"\,", r"\;", r"\:", r"\!", r"\ ", r"\quad"})


@dataclass(frozen=True)
class Node:
    """A piece of a formula: what it is, its text, and the pieces inside."""

    kind: str
    text: str = ""
    parts: tuple[Node, ...] = field(default_factory=tuple)


def typst_math(latex: str) -> str:
    """Typst's mathematics, without the dollar signs.

    Examples
    --------
    >>> typst_math(r"\\frac{L \\log V}{N} \\le \\mathrm{KL}_{\\mathrm{path}}")
    'frac(L log V, N) <= attach(upright("KL"), b: upright("path"))'
    """
    return _typst(_parsed(latex))


def mathml(latex: str) -> str:
    """A ``math`` element.

    Examples
    --------
    >>> mathml("N^{2}")
    '<math><msup><mi>N</mi><mn>2</mn></msup></math>'
    """
    return f"<math>{_mathml(_parsed(latex))}</math>"


def mathml_display(latex: str) -> str:
    """``math`` elements of a displayed formula, between which a line may be broken: before relations and signs.

    Examples
    --------
    >>> mathml_display("a = b").count("<math")
    2
    """
    row = _parsed(latex)
    parts = row.parts if row.kind == "row" else (row,)
    pieces: list[list[Node]] = [[]]
    depth = 0
    for part in parts:
        mark = part.text if part.kind == "operator" else ""
        depth += (mark in ("(", "[")) - (mark in (")", "]"))
        breaks = mark in RELATIONS or mark in ("+", "-")
        if pieces[-1] and depth == 0 and (breaks or _ends_a_formula(pieces[-1])):
            pieces.append([])
        pieces[-1].append(part)
    written = [f'<math displaystyle="true">{_mathml(Node("row", "", tuple(piece)))}</math>' for piece in pieces]
    return " ".join([written[0], *map(_between, written[1:], (piece[0] for piece in pieces[1:]))])


def _between(text: str, first: Node) -> str:
    """A sign that begins a line stands between two terms all the same."""
    return text.replace("<mo>", '<mo form="infix">', 1) if first.kind == "operator" else text


def _ends_a_formula(piece: list[Node]) -> bool:
    return piece[-1].kind == "operator" and piece[-1].text in (",", ";")


def _parsed(latex: str) -> Node:
    tokens = TOKEN.findall(latex)
    if "".join(tokens) != latex:
        raise ValueError(f"a character of {latex!r} is not known")
    reader = _Reader([token for token in tokens if token.strip() and token not in SPACES], latex)
    row = reader.row(lambda token: False)
    if reader.left:
        raise ValueError(f"{latex!r} ends too early, at {reader.left[-1]!r}")
    return row


class _Reader:
    """Recursive descent over the tokens, the last one first."""

    def __init__(self, tokens: list[str], latex: str) -> None:
        self.left, self.latex = tokens[::-1], latex

    def next(self) -> str:
        if not self.left:
            raise ValueError(f"{self.latex!r} ends in the middle")
        return self.left.pop()

    def row(self, ends: Callable[[str], bool]) -> Node:
        parts: list[Node] = []
        while self.left and self.left[-1] != "}" and self.left[-1] != r"\right" and not ends(self.left[-1]):
            parts.append(self.scripted())
        return parts[0] if len(parts) == 1 else Node("row", "", tuple(parts))

    def scripted(self) -> Node:
        base, scripts = self.single(), {}
        while self.left and self.left[-1] in ("_", "^"):
            mark = self.next()
            scripts[mark] = self.single()
        if not scripts:
            return base
        none = Node("none")
        return Node("script", "", (base, scripts.get("_", none), scripts.get("^", none)))

    def single(self) -> Node:
        token = self.next()
        if token == "{":
            inside = self.row(lambda token: False)
            self.expect("}")
            return inside
        if token == r"\left":
            opening = self.next()
            inside = self.row(lambda token: False)
            self.expect(r"\right")
            self.next()
            return Node("fence", self.fence(opening), (inside,))
        if token == r"\frac":
            return Node("frac", "", (self.digit_or_single(), self.digit_or_single()))
        if token in (r"\sqrt", r"\bar", r"\overline"):
            return Node("sqrt" if token == r"\sqrt" else "bar", "", (self.single(),))
        if token in (r"\mathrm", r"\text", r"\operatorname"):
            return Node("word", self.word())
        if token.removeprefix("\\") in FUNCTIONS:
            return Node("function", token[1:])
        if token in LETTERS:
            return Node("letter", token)
        if token in OPERATORS or token in ("+", "=", "<", ">", "!", "*", "."):
            return Node("operator", token)
        if token[0].isalnum():
            return Node("number" if token[0].isdigit() else "letter", token)
        raise ValueError(f"{token!r} in {self.latex!r} is not known")

    def digit_or_single(self) -> Node:
        """``\\frac12`` takes one digit each."""
        if self.left and self.left[-1].isdigit() and len(self.left[-1]) > 1:
            token = self.next()
            self.left.append(token[1:])
            return Node("number", token[0])
        return self.single()

    def word(self) -> str:
        self.expect("{")
        letters = []
        while self.left and self.left[-1] != "}":
            letters.append(self.next())
        self.expect("}")
        return "".join(letters)

    def fence(self, opening: str) -> str:
        if opening not in FENCES:
            raise ValueError(f"the fence {opening!r} in {self.latex!r} is not known")
        return opening

    def expect(self, token: str) -> None:
        if not self.left or self.next() != token:
            raise ValueError(f"{self.latex!r} lacks {token!r}")


def _typst(node: Node) -> str:
    parts = [_typst(part) for part in node.parts]
    match node.kind:
        case "row":
            return " ".join(parts)
        case "script":
            base, below, above = parts
            arguments = [base, *([f"b: {below}"] if below else []), *([f"t: {above}"] if above else [])]
            return f"attach({', '.join(arguments)})"
        case "frac":
            return f"frac({parts[0]}, {parts[1]})"
        case "sqrt":
            return f"sqrt({parts[0]})"
        case "bar":
            return f"overline({parts[0]})"
        case "fence":
            opening = FENCES[node.text][0]
            return f"{opening}{parts[0]}{TYPST_CLOSING.get(opening, ')')}"
        case "word":
            return f'upright("{node.text}")'
        case "letter":
            return LETTERS[node.text][0] if node.text in LETTERS else node.text
        case "operator":
            return OPERATORS[node.text][0] if node.text in OPERATORS else node.text
    return node.text


def _mathml(node: Node, small: bool = False) -> str:
    """The element; in a root or script, which browsers do not make taller, fractions are written with a stroke."""
    small = small or node.kind == "sqrt"
    if node.kind == "script":
        letter, *scripts = node.parts
        parts = [_mathml(letter, small), *(_mathml(each, True) for each in scripts)]
    else:
        parts = [_mathml(part, small) for part in node.parts]
    match node.kind:
        case "row":
            return f"<mrow>{_apart(node.parts, parts)}</mrow>"
        case "script":
            base, below, above = parts
            if below and above:
                return f"<msubsup>{base}{below}{above}</msubsup>"
            return f"<msub>{base}{below}</msub>" if below else f"<msup>{base}{above}</msup>"
        case "frac" if small:
            return f"<mrow>{_factor(node.parts[0], parts[0])}<mo>/</mo>{_factor(node.parts[1], parts[1])}</mrow>"
        case "frac":
            return f"<mfrac>{parts[0]}{parts[1]}</mfrac>"
        case "sqrt":
            return f"<msqrt>{parts[0]}</msqrt>"
        case "bar":
            return f"<mover>{parts[0]}<mo>‾</mo></mover>"
        case "fence":
            _, opening, closing = FENCES[node.text]
            return f"<mrow><mo>{opening}</mo>{parts[0]}<mo>{closing}</mo></mrow>"
        case "word":
            return f'<mi mathvariant="normal">{escape(node.text)}</mi>'
        case "function":
            # Browsers put no room around a name that is applied.
            return f'<mo lspace="0.17em" rspace="0.17em">{node.text}</mo>'
        case "letter":
            return f"<mi>{LETTERS[node.text][1] if node.text in LETTERS else node.text}</mi>"
        case "number":
            return f"<mn>{node.text}</mn>"
        case "operator":
            return f"<mo>{escape(OPERATORS[node.text][1] if node.text in OPERATORS else node.text)}</mo>"
    return ""


def _apart(nodes: Sequence[Node], written: Sequence[str]) -> str:
    """The parts of a row, with room between symbols that are multiplied."""
    pieces = []
    for n, (node, text) in enumerate(zip(nodes, written, strict=True)):
        pieces.append(text)
        follows = nodes[n + 1] if n + 1 < len(nodes) else Node("none")
        base = follows.parts[0] if follows.kind == "script" else follows
        if node.kind in {*ATOMS, "fence"} and base.kind in ATOMS:
            pieces.append('<mspace width="0.2em"/>')
    return "".join(pieces)


def _factor(node: Node, written: str) -> str:
    """In parentheses where a stroke beside it would be misread."""
    return f"<mrow><mo>(</mo>{written}<mo>)</mo></mrow>" if node.kind in ("row", "frac") else written
