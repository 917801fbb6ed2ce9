"""Colourings: neighbours differ, and every such string of three symbols is equally likely."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar, Literal

from ..spec.draws import Spec
from ..spec.table import Length
from .base import Language
from .kind import LanguageTable
from .n_gram import NGram, markov

__all__ = ["colouring"]


def colouring(length: int) -> NGram:
    """Uniform on the proper 3-colourings of a path: a stationary chain that never repeats a symbol."""
    return markov(["1/3"] * 3, [[0, "1/2", "1/2"], ["1/2", 0, "1/2"], ["1/2", "1/2", 0]], length)


class ColouringTable(LanguageTable):
    kind: Literal["colouring"]
    length: Length
    makes: ClassVar[Callable[..., Language]] = colouring

    @classmethod
    def examples(cls, vocab: int, length: int) -> Iterator[Spec]:
        if vocab == 3 and length > 1:
            yield {"kind": "colouring", "length": length}
