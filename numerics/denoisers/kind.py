"""The ``[denoiser]`` table of an instance file: each kind is declared beside the denoiser that it builds."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

from ..languages import Language
from ..spec.table import ABSENT, KindTable
from .base import Denoiser, OffSupport

__all__ = ["DenoiserTable", "read_denoiser"]


class DenoiserTable(KindTable):
    """A ``[denoiser]`` table, with the convention for contexts of probability zero."""

    default_kind: ClassVar[str | None] = "exact"
    off_support: OffSupport = "uniform"
    off_support_scope: Literal["global", "local"] = ABSENT

    def build(self, folder: Path, language: Language) -> Denoiser:
        """The denoiser, checked against the language; paths in the table are relative to ``folder``."""
        raise NotImplementedError


def read_denoiser(table: Any, language: Language, folder: Path) -> tuple[Denoiser, DenoiserTable]:
    """A denoiser for ``language`` and its validated table; a table without ``kind`` is an exact one."""
    read = DenoiserTable.of_kind(table)
    language.require_scope(read.off_support_scope)
    return read.build(folder, language), read
