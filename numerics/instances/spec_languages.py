"""The ``[language]`` table of an instance file: one class a kind, its keys and the language that it builds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import PlainValidator

from .. import languages
from ..errors import BadInput, shown
from ..languages import Language
from ..types import number, whole
from .spec_table import ABSENT, LONGEST, Count, Length, Number, Numbers, SpecTable, Text, Vocab, Wholes, of_kind, within

__all__ = ["LanguageTable", "read_language"]

DEEPEST_BLOCKS = 8


class LanguageTable(SpecTable):
    """A ``[language]`` table."""

    kind: str

    def build(self, folder: Path, level: int) -> Language:
        """The language; paths in the table are relative to ``folder``, and ``level`` counts the nested blocks."""
        raise NotImplementedError


def _read_support(value: Any) -> list[list[Any]]:
    if not isinstance(value, list | tuple) or not value:
        raise BadInput("support", f'found {shown(value)}; a list such as [[[0, 1, 1], "1/4"], ...] is accepted')
    for i, entry in enumerate(value):
        if not isinstance(entry, list | tuple) or len(entry) != 2 or not isinstance(entry[0], list | tuple):
            raise BadInput(f"support[{i}]", f"found {shown(entry)}; a sequence and its probability are accepted")
    return [
        [
            [whole(token, f"support[{i}][0][{j}]") for j, token in enumerate(tokens)],
            number(chance, f"support[{i}][1]"),
        ]
        for i, (tokens, chance) in enumerate(value)
    ]


class TabularTable(LanguageTable):
    kind: Literal["tabular"]
    vocab: Vocab
    length: Length
    probabilities: Numbers = ABSENT
    support: Annotated[Any, PlainValidator(_read_support)] = ABSENT

    def build(self, folder: Path, level: int) -> Language:
        if self.exactly_one("probabilities", "support") == "probabilities":
            return languages.Tabular.from_table(self.vocab, self.length, self.probabilities)
        for i, (tokens, _) in enumerate(self.support):
            if len(tokens) != self.length:
                found = f"found {shown(tokens)}; a sequence has length={self.length} tokens"
                raise BadInput(f"support[{i}][0]", found)
            for j, token in enumerate(tokens):
                whole(token, f"support[{i}][0][{j}]", 0, self.vocab - 1)
        sequences, chances = zip(*self.support, strict=True)
        try:
            return languages.Tabular(self.vocab, self.length, list(sequences), list(chances))
        except BadInput as problem:
            key = re.sub(r"probabilities\[(\d+)\]", r"support[\1][1]", problem.key)
            raise BadInput("support" if key == "probabilities" else key, problem.problem) from None


class NGramTable(LanguageTable):
    """``initial`` may be left out when ``order`` is 1."""

    kind: Literal["ngram"]
    order: Count
    vocab: Vocab
    length: Length
    initial: Numbers = ABSENT
    transition: Numbers

    def build(self, folder: Path, level: int) -> Language:
        if self.order > 1 and not self.given("initial"):
            raise BadInput(
                "initial", f"the key is missing; the law of the first order-1={self.order - 1} tokens is needed"
            )
        return languages.NGram(self.order, self.vocab, self.length, self.initial, self.transition)


class MarkovTable(LanguageTable):
    kind: Literal["markov"]
    length: Length
    initial: Numbers
    transition: Numbers

    def build(self, folder: Path, level: int) -> Language:
        return languages.markov(self.initial, self.transition, self.length)


class HMMTable(LanguageTable):
    kind: Literal["hmm"]
    length: Length
    initial: Numbers
    transition: Numbers
    emission: Numbers

    def build(self, folder: Path, level: int) -> Language:
        return languages.HMM(self.length, self.initial, self.transition, self.emission)


class BlocksTable(LanguageTable):
    kind: Literal["blocks"]
    block: Any
    count: Count

    def build(self, folder: Path, level: int) -> Language:
        with within("block"):
            if level >= DEEPEST_BLOCKS:
                raise BadInput("", f"blocks are nested too deeply; at most {DEEPEST_BLOCKS} levels are accepted")
            block, _ = read_language(self.block, folder, level + 1)
        if self.count * block.length > LONGEST:
            found = f"found {shown(self.count)} blocks of {block.length} tokens"
            raise BadInput("count", f"{found}; at most {LONGEST} tokens are accepted")
        return languages.Blocks(block, self.count)

    def canonical(self, folder: Path) -> dict[str, Any]:
        return {**super().canonical(folder), "block": of_kind(self.block, KINDS).canonical(folder)}


class PairTable(LanguageTable):
    kind: Literal["pair"]
    vocab: Vocab
    length: Length

    def build(self, folder: Path, level: int) -> Language:
        return languages.pair(self.vocab, self.length)


class CopyTable(LanguageTable):
    kind: Literal["copy"]
    vocab: Vocab
    copies: Count
    length: Length

    def build(self, folder: Path, level: int) -> Language:
        return languages.copy(self.vocab, self.copies, self.length)


class ParityTable(LanguageTable):
    kind: Literal["parity"]
    length: Length

    def build(self, folder: Path, level: int) -> Language:
        return languages.parity(self.length)


class MDSTable(LanguageTable):
    kind: Literal["mds"]
    field: Count
    dimension: Count
    length: Length

    def build(self, folder: Path, level: int) -> Language:
        return languages.mds(self.field, self.dimension, self.length)


class MDSProductTable(LanguageTable):
    """``exponents``: how many codes of rank 1, 2, .."""

    kind: Literal["mds-product"]
    field: Count
    exponents: Wholes
    length: Length

    def build(self, folder: Path, level: int) -> Language:
        return languages.mds_product(self.field, self.exponents, self.length)


class IIDTable(LanguageTable):
    kind: Literal["iid"]
    probabilities: Numbers
    length: Length

    def build(self, folder: Path, level: int) -> Language:
        return languages.iid(self.probabilities, self.length)


class PermutationsTable(LanguageTable):
    kind: Literal["permutations"]
    length: Length

    def build(self, folder: Path, level: int) -> Language:
        return languages.permutations(self.length)


class ShiftedPairTable(LanguageTable):
    kind: Literal["shifted-pair"]
    vocab: Vocab
    flip: Number
    length: Length

    def build(self, folder: Path, level: int) -> Language:
        return languages.shifted_pair(self.vocab, self.flip, self.length)


class ColouringTable(LanguageTable):
    kind: Literal["colouring"]
    length: Length

    def build(self, folder: Path, level: int) -> Language:
        return languages.colouring(self.length)


class EnglishTable(LanguageTable):
    kind: Literal["english"]
    order: Count
    length: Length
    smoothing: Number = 0

    def build(self, folder: Path, level: int) -> Language:
        return languages.english_ngram(self.order, self.length, self.smoothing)


class TextTable(LanguageTable):
    kind: Literal["text"]
    path: Text
    alphabet: Text
    order: Count
    length: Length
    smoothing: Number = 0

    def build(self, folder: Path, level: int) -> Language:
        return languages.ngram_from_text(folder / self.path, self.alphabet, self.order, self.length, self.smoothing)

    def canonical(self, folder: Path) -> dict[str, Any]:
        return {**super().canonical(folder), "path": str(folder / self.path)}


KINDS: Mapping[str, type[LanguageTable]] = MappingProxyType(
    {
        "tabular": TabularTable,
        "ngram": NGramTable,
        "markov": MarkovTable,
        "hmm": HMMTable,
        "blocks": BlocksTable,
        "pair": PairTable,
        "copy": CopyTable,
        "parity": ParityTable,
        "mds": MDSTable,
        "mds-product": MDSProductTable,
        "iid": IIDTable,
        "permutations": PermutationsTable,
        "shifted-pair": ShiftedPairTable,
        "colouring": ColouringTable,
        "english": EnglishTable,
        "text": TextTable,
    }
)


def read_language(table: Any, folder: Path, level: int = 0) -> tuple[Language, dict[str, Any]]:
    """A language and the canonical form of its table.

    Raises
    ------
    BadInput
        With key paths relative to the table.
    BeyondReach
        When the language itself (not what is measured on it) does not fit into memory.
    """
    if isinstance(table, Mapping) and table.get("kind") == "any":
        raise BadInput("kind", 'found "any", which stands for every language; the command prove accepts it')
    read = of_kind(table, KINDS)
    return read.build(folder, level), read.canonical(folder)
