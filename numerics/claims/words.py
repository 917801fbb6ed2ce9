"""Instances in words: the law of a language, what a policy does, and names that a stranger understands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from inspect import getdoc
from typing import Any

from ..errors import MaskboundError
from ..instances import Instance
from ..instances.explicit import dump
from ..judging.cases import Case
from ..languages import LanguageTable
from ..languages.base import Language
from ..numbers.limits import power
from ..policies import Policy
from ..universal.prove import described
from .combinations import in_short, spelt

__all__ = ["called", "entries", "in_words", "label", "labelled", "meaning", "same"]

MOST_SEQUENCES = 8
"""Of a law that is written out."""

LARGEST_TABLE = 1 << 12
"""Sequences that are looked through for those of positive probability."""

LONGEST = 600
"""Characters of the entries of a table."""

CONVENTIONS = {"off_support", "off_support_scope", "conditionals", "tokens"}
"""Entries that say nothing of a law that is exact and whose tokens are numbered."""


def label(spec: Mapping[str, Any]) -> str:
    """Kinds with the entries that are short, and the denoiser unless it is exact."""
    parts = ["language", "policy", *(["denoiser"] if _inexact(spec) else [])]
    return ", ".join(in_short(_plain(spec[part]), part) for part in parts)


def labelled(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The spec, named by its label."""
    return {**spec, "name": label(spec)[:200]}


def called(case: Case) -> str:
    """The name of a case, and what it is if the name does not say so."""
    shorts = " & ".join(label(dump(subject)) for subject in case.subjects)
    return case.name if "(" in case.name else f"{case.name}, that is {shorts},"


def in_words(subject: Instance, *, alone: bool = False) -> str:
    """The language, the policy and the denoiser in a sentence each; the language ``alone``."""
    spec = dump(subject)
    law = _law(subject.language) or f"The language is {entries(spec['language'])}."
    denoiser = entries(spec["denoiser"]) if _inexact(spec) else "exact"
    sizes = f"V = {subject.vocab}, L = {subject.length}"
    if alone:
        return f"{law} ({sizes}.)"
    return f"{law} ({sizes}.) The policy: {_policy(subject.policy)}. The denoiser: {denoiser}."


def _policy(policy: Policy) -> str:
    """What it does, step by step."""
    if policy.step_law is not None:
        return f"{described(policy)}; each position is revealed at step k with its weight, independently of the others"
    if policy.random_sizes is not None:
        return f"{described(policy)}; the positions of a step are a uniformly random set of those left"
    return described(policy) + ("; positions are counted from 0" if policy.sets is not None else "")


def entries(table: Mapping[str, Any]) -> str:
    """A part of a spec with all its entries: ``markov: initial (2/3, 1/3), transition ((9/10, 1/10), (1/5, 4/5))``."""
    facts = ", ".join(f"{key} {spelt(value)}" for key, value in _plain(table).items() if key != "kind")
    facts = facts if len(facts) <= LONGEST else f"{facts[: LONGEST - 3]}..."
    return f"{table['kind']}: {facts}" if facts else str(table["kind"])


def _plain(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key not in CONVENTIONS}


def _inexact(spec: Mapping[str, Any]) -> bool:
    return bool(spec.get("denoiser", {}).get("kind", "exact") != "exact")


def _law(language: Language) -> str:
    """The sequences of positive probability, where they are few and their probabilities rational."""
    V, L = language.vocab, language.length
    if power(V, L) > LARGEST_TABLE:
        return ""
    try:
        table = language.exact_table().tolist()
    except MaskboundError:
        return ""
    support = {n: Fraction(c) for n, c in enumerate(table) if c}
    if len(support) > MOST_SEQUENCES:
        return ""
    sequences = {_sequence(n, V, L): c for n, c in support.items()}
    if len(sequences) == 1:
        return f"The language is one sequence, {next(iter(sequences))}."
    if len(set(sequences.values())) == 1:
        return f"The language is uniform on the {len(sequences)} sequences {_joined(list(sequences))}."
    return f"The language writes {_joined([f'{x} with probability {c}' for x, c in sequences.items()])}."


def meaning(kind: str) -> str:
    """What a kind of language is, in a sentence; empty for one that is its own table."""
    made = getattr(LanguageTable.kinds().get(kind), "makes", None)
    paragraph, *_ = (getdoc(made) or "").split("\n\n")
    return re.sub(r" \(definitions\.md#[\w-]*\)", "", " ".join(paragraph.split())).replace("``", "`")


def same(subject: Instance, *, alone: bool = False) -> tuple[object, ...]:
    """What instances have in common that are the same under two names: law, policy and denoiser; the law ``alone``."""
    spec = dump(subject)
    rest = () if alone else (repr(subject.policy), repr(spec.get("denoiser")))
    if power(subject.vocab, subject.length) <= LARGEST_TABLE:
        with suppress(MaskboundError):
            return (subject.vocab, subject.length, tuple(subject.language.exact_table().tolist()), *rest)
    return (repr(spec["language"]), *rest)


def _sequence(n: int, V: int, L: int) -> str:
    """The n-th sequence, the first token most significant; digits, with spaces where a token may have two."""
    return ("" if V <= 10 else " ").join(map(str, _digits(n, V, L)))


def _digits(n: int, V: int, L: int) -> Iterator[int]:
    return (n // V**i % V for i in range(L - 1, -1, -1))


def _joined(texts: Sequence[str]) -> str:
    return " and ".join([*([", ".join(texts[:-1])] if len(texts) > 1 else []), texts[-1]])
