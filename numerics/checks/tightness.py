"""How tight the true statements are: the best ratio of their sides that a search met, stored with its instance.

The file ``tightness.json`` is written by ``benchmarks/falsify.py --tightness`` from a seeded search over small
instances (tables of at most 64 sequences, at most 4 steps); the suprema over all sizes may be larger. Identities, and
statements whose larger side is never positive, have no ratio and no entry.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from maskbound.theory import Statement

from ..engines.workspace import Request, Workspace
from .candidate import Candidate
from .check import judge
from .verdict import Verdict

__all__ = ["SMALL", "Extreme", "extremes", "judge_extreme"]

FILE = "tightness.json"

SMALL = Request(samples=2)
"""Tables are exact at these sizes: a sampled method that is asked first shall not take time to be accurate."""


@dataclass(frozen=True)
class Extreme:
    """The tightest a statement came, and where.

    Parameters
    ----------
    ratio : float
        The smaller side, as stated, over the larger one.
    instance : dict
        The spec of the instance (or pair) that reached it.
    """

    ratio: float
    instance: dict[str, Any]


@cache
def extremes() -> Mapping[str, Extreme]:
    """The stored extremes by statement id."""
    text = resources.files(__package__).joinpath(FILE).read_text()
    stored = json.loads(text)["extremes"]
    return MappingProxyType({name: Extreme(entry["ratio"], entry["instance"]) for name, entry in stored.items()})


def judge_extreme(statement: Statement, extreme: Extreme, exact: bool = False) -> Verdict:
    """The statement on the stored instance, measured anew."""
    candidate = Candidate.from_spec(extreme.instance)
    works = tuple(Workspace(instance, SMALL) for instance in candidate.instances())
    return judge(statement, works, candidate.relation, exact)
