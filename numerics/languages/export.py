"""Chains for other programs: n-grams as ARPA files, hidden Markov models as arrays (definitions.md#model-files)."""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from ..numbers.limits import power, require_memory
from .base import Language
from .hidden_markov import HMM
from .n_gram import NGram

__all__ = ["arpa_text", "hidden_arrays"]

BYTES_A_LINE = 200
LONGEST_CONTEXT = 8
"""Tokens after which the state of a hidden chain must be known."""

IMPOSSIBLE = "-99"
START, END, UNKNOWN = "<s>", "</s>", ("<unk>", "<UNK>")


def arpa_text(language: Language) -> str:
    """The ARPA file of an n-gram: every n-gram is listed, so that nothing backs off.

    What follows ``<s>`` and fewer than n - 1 tokens is the law of the first tokens. Rows that are never used, of
    shorter contexts in the middle of a sequence, are uniform. Probabilities of zero are written as 10^-99, and so is
    that of ``</s>`` in a language without an end.

    Raises
    ------
    BadInput
        For a language that is no n-gram, names of tokens with blanks, or an end before n - 1 tokens.
    BeyondReach
        When the file does not fit the memory.
    """
    names = list(language.tokens or map(str, range(language.vocab)))
    for name in names:
        if name in (START, END) or any(c.isspace() for c in name):
            raise BadInput("tokens", f"found {name!r}, which an ARPA file has no place for; a word is accepted")
    if isinstance(language, HMM):
        return _sparse_text(language.voiced, names)
    if not isinstance(language, NGram):
        raise BadInput("language", "an ARPA file holds an n-gram; this language is none")
    n, V = language.order, language.vocab
    require_memory(BYTES_A_LINE * n * power(V + 1, n), f"the ARPA file of order {n} over {V} tokens")
    if language.shorter is not None and n > 2 and language.shorter.values[0]:
        raise BadInput("shorter", f"an ARPA file of order {n} says after which tokens a sequence is over")
    sections: list[list[str]] = [[] for _ in range(n)]
    unigrams = language.transition.values[0] if n == 1 else np.full(V, 1 / V)
    sections[0] += [f"{IMPOSSIBLE}\t{END}", f"0\t{START}"]
    sections[0] += [f"{_log10(p)}\t{name}" for name, p in zip(names, unigrams, strict=True)]
    if n > 1:
        for words, p in itertools.chain(_first(language, names), _following(language, names)):
            sections[len(words) - 1].append(f"{_log10(p)}\t{' '.join(words)}")
        listed = {line.split("\t")[1] for line in itertools.chain(*sections)}
        for k in range(2, n):
            # An n-gram belongs to a listed one that is a word shorter.
            for words in itertools.product(names, repeat=k):
                if " ".join(words) not in listed:
                    sections[k - 1].append(f"{_log10(1 / V)}\t{' '.join(words)}")
    return _file(sections)


def _file(sections: list[list[str]]) -> str:
    lines = ["\\data\\", *(f"ngram {k}={len(section)}" for k, section in enumerate(sections, 1))]
    for k, section in enumerate(sections, 1):
        lines += ["", f"\\{k}-grams:", *section]
    return "\n".join([*lines, "", "\\end\\", ""])


def _sparse_text(language: HMM, names: list[str]) -> str:
    """The file of a hidden chain whose state is known from the last tokens: the n-grams that occur.

    Their contexts back off with 10^-99, so that what is not listed is impossible.
    """
    memory, state = _contexts(language, names)
    ends = language.final(lambda law: law.values) if language.end is not None else np.zeros(language.states)
    begins = float(language.shorter.values[0]) if language.shorter is not None else 0.0
    shown = [names[token] for token in language.shown.columns]
    listed: dict[tuple[str, ...], float] = {(END,): 0.0, (START,): 1.0, **{(name,): 1 / len(names) for name in names}}
    for context, s in state.items():
        listed |= {(*context, shown[t]): p for t, p in _row(language, s)}
        end = begins if s is None else ends[s]
        if end:
            listed[*context, END] = float(end)
    # An n-gram belongs to those that are a word shorter; what these say themselves is never used.
    for words in sorted(listed, key=len, reverse=True) + sorted(state, key=len, reverse=True):
        for shorter in (words[:k] for k in range(len(words) - 1, 0, -1)):
            listed.setdefault(shorter, 1 / len(names))
    sections: list[list[str]] = [[] for _ in range(memory + 1)]
    for words, p in listed.items():
        backs_off = f"\t{IMPOSSIBLE}" if words in state else ""
        sections[len(words) - 1].append(f"{_log10(p)}\t{' '.join(words)}{backs_off}")
    return _file(sections)


def _contexts(language: HMM, names: list[str]) -> tuple[int, dict[tuple[str, ...], int | None]]:
    """How many last tokens tell the state, and the state by these, None at the start.

    Raises
    ------
    BadInput
    """
    if (np.diff(language.shown.starts) != 1).any():
        raise BadInput("language", "an ARPA file holds an n-gram; this hidden chain has states of several tokens")
    shown = [names[token] for token in language.shown.columns]
    for memory in range(1, LONGEST_CONTEXT + 1):
        state: dict[tuple[str, ...], int | None] = {(START,): None}
        waiting, told = deque(state), True
        while waiting and told:
            context = waiting.popleft()
            s = state[context]
            for t, _ in _row(language, s):
                following = (*context, shown[t])[-memory:]
                if following not in state:
                    state[following] = t
                    waiting.append(following)
                told = told and state[following] == t
        if told:
            return memory, state
    raise BadInput(
        "language", f"an ARPA file holds an n-gram; {LONGEST_CONTEXT} tokens do not tell this hidden chain's state"
    )


def _row(language: HMM, state: int | None) -> list[tuple[int, float]]:
    """The states that follow one, None for the start, with their probabilities."""
    if state is None:
        return [(t, p) for t, p in enumerate(language.initial.values.tolist()) if p]
    arcs = language.moves.arcs
    part = slice(arcs.starts[state], arcs.starts[state + 1])
    return list(zip(arcs.columns[part].tolist(), arcs.values[part].tolist(), strict=True))


def _first(language: NGram, names: list[str]) -> Iterator[tuple[tuple[str, ...], float]]:
    """The law of each of the first n - 1 tokens, given those before it."""
    n, V = language.order, language.vocab
    law = language.initial.values
    before = np.array([1.0])
    for k in range(1, n):
        joint = law.reshape(V**k, -1).sum(axis=1)
        for at, p in enumerate(joint):
            context = before[at // V]
            words = tuple(names[at // V**i % V] for i in range(k - 1, -1, -1))
            if context > 0:
                yield (START, *words), float(p / context)
        before = joint
    if language.end is not None and n == 2:
        yield (START, END), float(language.shorter.values[0]) if language.shorter is not None else 0.0


def _following(language: NGram, names: list[str]) -> Iterator[tuple[tuple[str, ...], float]]:
    """The rows of the contexts of n - 1 tokens, with their ends; rows that are never used are left out."""
    ends = language.final(lambda law: law.values) if language.end is not None else None
    for at, context in enumerate(itertools.product(names, repeat=language.order - 1)):
        row = language.transition.values[at]
        end = 0.0 if ends is None else float(ends[at])
        if row.any() or end:
            for name, p in zip(names, row, strict=True):
                yield (*context, name), float(p)
            yield (*context, END), end


def _log10(p: float) -> str:
    return f"{math.log10(p):.15g}" if p > 0 else IMPOSSIBLE


def hidden_arrays(language: Language) -> dict[str, NDArray[np.float64]]:
    """Arrays of a hidden Markov model under the names of hmmlearn; with an end, of pomegranate.

    Raises
    ------
    BadInput
        For a language that is neither a hidden Markov model nor an n-gram of order 1 or 2.
    """
    if isinstance(language, NGram) and language.order <= 2:
        initial, transition = language.initial.values, language.transition.values
        if language.order == 1:
            initial, transition = transition[0], np.tile(transition, (language.vocab, 1))
        emission = np.eye(language.vocab)
    elif isinstance(language, HMM):
        initial, transition, emission = (
            law.values for law in (language.voiced.initial, language.transition, language.emission)
        )
    else:
        raise BadInput("language", "arrays hold a hidden Markov model or a Markov chain; this language is neither")
    if language.end is None:
        return {"startprob_": initial, "transmat_": transition, "emissionprob_": emission}
    with np.errstate(divide="ignore"):
        logs = {"starts": initial / initial.sum(), "edges": transition, "ends": language.final(lambda law: law.values)}
        found: dict[str, Any] = {name: np.log(law) for name, law in logs.items()}
    return found | {f"distributions.{k}.probs": row[None] for k, row in enumerate(emission)}
