"""The ``[language]`` table of an instance file: each kind is declared beside the language that it builds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Annotated, Any, ClassVar

from ..errors import BadInput
from ..spec.draws import Spec
from ..spec.table import ABSENT, KindTable, Text, read_by
from .base import Language
from .token_names import named, read_names

__all__ = ["FileTable", "LanguageTable", "fewer_tokens", "read_language", "shorter"]


Names = Annotated[list[str], read_by(read_names)]


class LanguageTable(KindTable):
    """A ``[language]`` table; every kind may name its tokens.

    A kind whose keys are the arguments of a function or class names it as ``makes``; others write their own ``build``.
    """

    tokens: Names = ABSENT
    unknown_kind: ClassVar[str] = (
        '; "text" counts the letters of a text file, and `maskbound keys` lists the keys of each'
    )
    makes: ClassVar[Callable[..., Language]]
    draws: ClassVar[int] = 0
    """How often, beside other kinds, a random search draws one of this kind."""

    def keys(self) -> dict[str, Any]:
        """The keys of the kind itself."""
        return {name: value for name, value in super().keys().items() if name != "tokens"}

    def build(self, folder: Path, level: int) -> Language:
        """The language; paths in the table are relative to ``folder``, and ``level`` counts the nested blocks."""
        return type(self).makes(**self.keys())

    @classmethod
    def examples(cls, vocab: int, length: int) -> Iterator[Spec]:
        """Small languages of this kind with V tokens and length L, for searches to begin with; none that do not fit."""
        return iter(())

    @classmethod
    def drawn(cls, vocab: int, length: int, rng: Random) -> Spec | None:
        """A random one, rich in zeros and lopsided weights; None for a kind that has no numbers to draw."""
        return None

    @classmethod
    def smaller(cls, language: Spec) -> Iterator[tuple[Spec, list[int]]]:
        """Languages of this kind with less in them, and the positions that are gone; by default one token less."""
        yield from shorter(language)


def shorter(language: Spec, by: int = 1) -> Iterator[tuple[Spec, list[int]]]:
    """The language without its last tokens, where it has more."""
    length = language.get("length", 0)
    if length > by:
        yield {**language, "length": length - by}, list(range(length - by, length))


def fewer_tokens(language: Spec) -> Iterator[tuple[Spec, list[int]]]:
    """The language with a symbol less in its vocabulary."""
    if language["vocab"] > 1:
        yield {**language, "vocab": language["vocab"] - 1}, []


class FileTable(LanguageTable):
    """A ``[language]`` table that names files."""

    files: ClassVar[tuple[str, ...]] = ("path",)
    """Keys that hold paths, relative to the folder of the instance file."""

    suffixes: ClassVar[tuple[str, ...]] = ()
    """Of files that are likely meant, in lower case."""

    path: Text

    @classmethod
    def of_suffix(cls, suffix: str) -> str | None:
        """The kind of language that is likely in such a file."""
        return next((kind for kind, table in cls.kinds().items() if suffix.lower() in table.suffixes), None)

    def _paths(self, folder: Path) -> dict[str, str]:
        return {key: str(folder / getattr(self, key)) for key in self.files if getattr(self, key) is not None}

    def build(self, folder: Path, level: int) -> Language:
        return type(self).makes(**{**self.keys(), **self._paths(folder)})

    def canonical(self, folder: Path) -> dict[str, Any]:
        return {**super().canonical(folder), **self._paths(folder)}


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
    read = LanguageTable.of_kind(table)
    language = read.build(folder, level)
    if read.given("tokens"):
        language = named(language, read.tokens)
    return language, read.canonical(folder)
