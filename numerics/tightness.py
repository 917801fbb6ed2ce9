"""How tight the true statements are: the best ratio of their sides that a search met, stored with its instance.

``benchmarks/falsify.py --tightness`` writes ``tightness.json``, a line a statement, from a seeded search over small
instances (tables of at most 64 sequences, at most 4 steps) and over the small gallery; the suprema over all sizes may
be larger. A ratio of 1 is an equality, decided exactly where the sides are log forms; identities have it everywhere.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

__all__ = ["FILE", "Extreme", "extremes", "in_words"]

FILE = "tightness.json"

DIGITS = 4
LONGEST = 200


@dataclass(frozen=True)
class Extreme:
    """The tightest a statement came, and where.

    Parameters
    ----------
    ratio : float
        The smaller side, as stated, over the larger one; 1 for equal sides, both 0 included.
    instance : dict
        The spec of the instance (or pair) that reached it.
    """

    ratio: float
    instance: dict[str, Any]

    @property
    def shown(self) -> str:
        """The ratio cut off, not rounded, after a few digits: only equality reads ``1``."""
        if self.ratio == 1 or self.ratio == 0:
            return f"{self.ratio:.0f}"
        scale = 10 ** (DIGITS - 1 - math.floor(math.log10(self.ratio)))
        return f"{math.floor(self.ratio * scale) / scale:.{DIGITS}g}"


@cache
def extremes() -> Mapping[str, Extreme]:
    """The stored extremes by statement id."""
    stored = json.loads(resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8"))
    return MappingProxyType({name: Extreme(entry["ratio"], entry["instance"]) for name, entry in stored.items()})


def in_words(instance: Mapping[str, Any]) -> str:
    """An instance, or a pair, on a line: kinds and sizes."""
    if "relation" in instance:
        first, second = instance["first"], instance["second"]
        return f"{in_words(first)} & {_piece(second['policy'])} ({instance['relation']})"
    return ", ".join(_piece(instance[part]) for part in ("language", "policy", "denoiser"))


def _piece(table: Mapping[str, Any]) -> str:
    facts = [f"{key}={value}" for key, value in table.items() if key not in ("kind", "off_support", "conditionals")]
    text = ", ".join(facts)
    return f"{table['kind']}({text if len(text) <= LONGEST else text[: LONGEST - 3] + '...'})"
