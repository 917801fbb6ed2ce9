"""Off-support mass (M4): the chance that a token is drawn in a context of probability zero.

Whatever the convention and its scope, it is what the rule ``stop`` would abandon, so it is measured as that.
"""

from __future__ import annotations

from dataclasses import replace

from ..enclosure import Enclosure
from ..engines.law import Law
from ..engines.workspace import Workspace
from .method import LAW_ENGINES, Method

__all__ = ["METHODS"]


def _stopping(work: Workspace) -> Workspace:
    return work.once(_with_stop)


def _with_stop(work: Workspace) -> Workspace:
    instance = work.instance
    if instance.off_support == "stop" and instance.off_support_scope != "local":
        return work
    return Workspace(replace(instance, off_support="stop", off_support_scope="global"), work.request)


def _lost(law: Law) -> Enclosure:
    return law.lost


METHODS = tuple(
    Method(
        "off_support_mass",
        name,
        "rounding",
        engine.obstacle,
        engine.cost,
        lambda work, engine=engine: _lost(engine.law(_stopping(work))),
        scope,
        price,
    )
    for name, engine, scope, price in LAW_ENGINES
)
