"""The ``[denoiser]`` table of an instance file: one class a kind, its keys and the denoiser that it builds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from .. import denoisers
from ..denoisers import Denoiser
from ..errors import BadInput, shown
from ..languages import Blocks, Language, NGram
from ..reach import require_memory
from .spec_table import ABSENT, Count, Number, Seed, SpecTable, Text, of_kind

__all__ = ["DenoiserTable", "read_denoiser"]


class DenoiserTable(SpecTable):
    """A ``[denoiser]`` table, with the convention for contexts of probability zero."""

    kind: str
    off_support: Literal["uniform", "marginal", "stop"] = "uniform"
    off_support_scope: Literal["global", "local"] = ABSENT

    def build(self, folder: Path, language: Language) -> Denoiser:
        """The denoiser, checked against the language; paths in the table are relative to ``folder``."""
        raise NotImplementedError


class ExactTable(DenoiserTable):
    kind: Literal["exact"] = "exact"

    def build(self, folder: Path, language: Language) -> Denoiser:
        return denoisers.Exact()


class PerturbedTable(DenoiserTable):
    kind: Literal["perturbed"]
    noise: Literal["uniform", "tilt", "peak"]
    strength: Number
    seed: Seed = 0

    def build(self, folder: Path, language: Language) -> Denoiser:
        return denoisers.Perturbed(self.noise, self.strength, self.seed)


class LearnedTable(DenoiserTable):
    kind: Literal["learned"]
    samples: Count
    seed: Seed = 0
    pseudo_count: Number = 0
    context: Literal["full", "neighbours"] = "full"

    def build(self, folder: Path, language: Language) -> Denoiser:
        needed = 8 * self.samples * language.length * (language.vocab + 1)
        require_memory(needed, f"a sample of {shown(self.samples)} sequences of {language.length} tokens")
        return denoisers.Learned(self.samples, self.seed, self.pseudo_count, self.context)


class TableTable(DenoiserTable):
    kind: Literal["table"]
    path: Text

    def build(self, folder: Path, language: Language) -> Denoiser:
        table = denoisers.Table.from_file(folder / self.path)
        table.predictor(language)
        return table

    def canonical(self, folder: Path) -> dict[str, Any]:
        return {**super().canonical(folder), "path": str(folder / self.path)}


KINDS: Mapping[str, type[DenoiserTable]] = MappingProxyType(
    {"exact": ExactTable, "perturbed": PerturbedTable, "learned": LearnedTable, "table": TableTable}
)


def read_denoiser(table: Any, language: Language, folder: Path) -> tuple[Denoiser, DenoiserTable]:
    """A denoiser for ``language`` and its validated table; a table without ``kind`` is an exact one."""
    read = of_kind(table, KINDS, default="exact")
    if read.off_support_scope == "local" and not _has_intervals(language):
        raise BadInput(
            "off_support_scope",
            'found "local"; it is for languages with intervals (markov, iid) or blocks, others accept "global"',
        )
    return read.build(folder, language), read


def _has_intervals(language: Language) -> bool:
    return isinstance(language, Blocks) or (isinstance(language, NGram) and language.order <= 2)
