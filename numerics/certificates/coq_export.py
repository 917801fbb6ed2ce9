"""Certificates as files that Coq checks: the instance as data, the statement as a theorem, proved by computation.

The theories that such a file loads are in ``proofs_notes/coq``; its last theorem says what Coq establishes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from ..errors import BeyondReach
from . import kernel
from .coq_text import listed, naturals, rational, theorems

__all__ = ["coq_file"]

QUANTITIES = {
    "kl": "Kl",
    "path_kl": "PathKl",
    "ser": "Ser",
    "tv": "Tv",
    "entropy": "Entropy",
    "total_correlation": "TotalCorrelation",
    "dual_total_correlation": "DualTotalCorrelation",
}
"""Of which Coq knows the definition."""

NUMBERS = ("V", "L", "N", "max_step_weight", "max_step_size", "collision_probability", "speedup_at_unit_cost")
"""Of the instance, rational: they are written as numbers."""

RELATIONS = {"<": "Less", "<=": "AtMost", "==": "Equal", ">=": "AtLeast", ">": "Greater"}
FUNCTIONS = {"exp": "Exponential", "log": "Log", "sqrt": "Root", "max": "Largest", "min": "Smallest"}
LARGEST = 20_000
"""Pairs of reveal times and sequences that Coq goes through."""

GUARD = 32
"""Bits beyond those at which the kernel separates the two sides."""

HEAD = """\
(* Compile it with `coqc -Q build/coq Maskbound FILE`, after `make proofs`.

   Each theorem `claim_...` says, of the real numbers defined in Laws.v, Information.v and Sampler.v: whatever the law
   on sequences, the denoiser and the law of the reveal times with the given data, the quantities are numbers (so they
   are finite) and the comparison holds, or `~` does not. Coq works the quantities out from the data, bounds their
   logarithms, and uses no number that was found elsewhere, but for the numbers of the instance that the comment above
   a theorem names. It establishes nothing about other instances, nor that the data are those of a model. *)
From Maskbound Require Import Certified.
"""


def coq_file(text: str) -> str:
    """The Coq file of a certificate, or of a list of them.

    Parameters
    ----------
    text : str
        The content of a file of certificates, which the kernel accepts.

    Returns
    -------
    str
        The content of a file for ``coqc``.

    Raises
    ------
    BeyondReach
        When a statement has two subjects, an infinite value, or what Coq is not told of here.
    kernel.Rejected, kernel.Malformed
        When the kernel does not accept the certificate.
    """
    return theorems(text, kernel.verify, HEAD, _theorem)


def _theorem(n: int, certificate: dict[str, Any]) -> str:
    if len(certificate["subjects"]) != 1:
        raise BeyondReach("a statement about two instances is not exported to Coq")
    kernel.begin()
    spec = certificate["subjects"][0]
    subject = kernel.Subject(spec)
    if subject.parts or not subject.given:
        raise BeyondReach(
            "Coq is not told of mixtures of sizes, nor of policies that look at tokens or mask them again"
        )
    pairs = len(subject.sequences) * subject.N**subject.L
    if pairs > LARGEST:
        raise BeyondReach(f"{pairs} pairs of reveal times and sequences are too many to be gone through in Coq")
    for name, value in certificate["quantities"].items():
        if value in ("inf", "-inf"):
            raise BeyondReach(f"{name} is infinite, and what is exported to Coq compares real numbers")
    statement = certificate["statement"]
    writer = _Expressions(subject)
    left, right = writer.side(statement["lhs"]), writer.side(statement["rhs"])
    holds = "true" if certificate["verdict"] == "holds" else "false"
    used = listed(sorted({QUANTITIES[name] for name in writer.used}))
    numbers = "".join(f"; {name} = {value}" for name, value in sorted(writer.numbers.items()))
    bits = (certificate["bits"] or kernel.PRECISIONS[0]) + GUARD
    size = f"{subject.L} {subject.V - 1} {subject.N - 1}"
    claim = f"{statement['lhs']} {statement['relation']} {statement['rhs']}"
    return f"""\
(* {certificate["verdict"]}: {claim}{numbers} *)
Definition data_{n} : instance := Instance
  {_language(subject)}
  {_policy(subject)}
  {_denoiser(subject, "denoiser" in spec)}.

Theorem claim_{n} : @certified {size} data_{n} {holds} {used} {RELATIONS[statement["relation"]]}
  {left}
  {right}.
Proof. apply: (@certifiedP _ _ _ _ _ {_base(subject, writer.used)} {bits}). by vm_compute. Qed.
"""


class _Expressions:
    """Sides of a statement as Coq's expressions, and the quantities and numbers they use."""

    def __init__(self, subject: kernel.Subject) -> None:
        self.subject, self.used, self.numbers = subject, set[str](), dict[str, Fraction]()

    def side(self, text: str) -> str:
        return self.written(ast.parse(text, mode="eval").body)

    def written(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=int(value)):
                return _number(Fraction(value))
            case ast.Name(id=name):
                return self.name(name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.negative(self.written(operand))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.written(operand)
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return self.power(left, right)
            case ast.BinOp(left=left, op=operator, right=right):
                return self.operation(operator, self.written(left), self.written(right))
            case ast.Call(func=ast.Name(id=name), args=[first, *others]) if name in FUNCTIONS:
                found = self.written(first)
                if not others:
                    return f"({FUNCTIONS[name]} {found})" if name not in ("max", "min") else found
                for other in others:
                    found = f"({FUNCTIONS[name]} {found} {self.written(other)})"
                return found
        raise BeyondReach(f"{ast.unparse(node)} is not exported to Coq")

    def name(self, name: str) -> str:
        if name in QUANTITIES:
            self.used.add(name)
            return f"(Quantity {QUANTITIES[name]})"
        L = _number(Fraction(1, self.subject.L))
        if name == "log_ter":
            return f"(Times {L} (Plus {self.name('kl')} {self.name('entropy')}))"
        if name == "log_ter_language":
            return f"(Times {L} {self.name('entropy')})"
        if name in NUMBERS:
            value = self.subject.quantity(name).rational
            assert value is not None
            self.numbers[name] = value
            return _number(value)
        raise BeyondReach(f"{name} is not among the quantities that are defined in Coq ({', '.join(QUANTITIES)})")

    def negative(self, written: str) -> str:
        return f"(Times (Number (-1)) {written})"

    def operation(self, operator: ast.operator, left: str, right: str) -> str:
        match operator:
            case ast.Add():
                return f"(Plus {left} {right})"
            case ast.Sub():
                return f"(Plus {left} {self.negative(right)})"
            case ast.Mult():
                return f"(Times {left} {right})"
            case _:
                return f"(Times {left} (Inverse {right}))"

    def power(self, base: ast.expr, exponent: ast.expr) -> str:
        try:
            n = ast.literal_eval(exponent)
        except ValueError:
            n = None
        if type(n) is not int or abs(n) > 100:
            raise BeyondReach(f"the exponent {ast.unparse(exponent)} is not exported to Coq")
        power = f"(Power {self.written(base)} {abs(n)})"
        return power if n >= 0 else f"(Inverse {power})"


def _base(subject: kernel.Subject, used: Iterable[str]) -> str:
    """Small primes and what they leave of the numbers whose logarithms occur."""
    found = set[int]()
    for name in used:
        for atom in subject.quantity(name).terms or ():
            rest = atom
            for prime in kernel.PRIMES:
                while rest % prime == 0:
                    rest //= prime
                    found.add(prime)
            if rest > 1:
                found.add(rest)
    return f"{listed(map(str, sorted(found)))}%positive"


def _language(subject: kernel.Subject) -> str:
    return listed(f"({naturals(x)}, {rational(c)})" for x, c in subject.q.items())


def _policy(subject: kernel.Subject) -> str:
    if subject.kind == "bernoulli":
        return f"(Weights {listed(map(rational, subject.weights))})"
    if subject.kind == "fixed-size":
        return f"(Sizes {naturals(subject.sizes)})"
    steps = [next(k for k, chosen in enumerate(subject.sets) if chosen >> i & 1) for i in range(subject.L)]
    return f"(Steps {naturals(steps)})"


def _denoiser(subject: kernel.Subject, given: bool) -> str:
    """Predictions in possible contexts: the others make no difference."""
    if not given:
        return "None"
    rows = []
    for i, _, y in subject.contexts:
        seen = listed("None" if token is None else f"Some {token}%N" for token in y)
        rows.append(f"(({i}%N, {seen}), {listed(map(rational, subject.predictions[i, y]))})")
    return f"(Some {listed(rows)})"


def _number(c: Fraction) -> str:
    return f"(Number {rational(c)})"
