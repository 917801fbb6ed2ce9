"""Off-support mass (definitions.md#quantities): the probability that a token is drawn in a context of probability zero.

Whatever the convention and its scope, it is what the rule ``stop`` would abandon, so it is measured as that.
"""

from __future__ import annotations

from dataclasses import replace

from ..engines.workspace import Workspace
from .method import methods_by_law

__all__ = ["METHODS"]


def _stopping(work: Workspace) -> Workspace:
    return work.once(_with_stop)


def _with_stop(work: Workspace) -> Workspace:
    instance = work.instance
    if instance.off_support == "stop" and instance.off_support_scope != "local":
        return work
    return Workspace(replace(instance, off_support="stop", off_support_scope="global"), work.request)


METHODS = methods_by_law("off_support_mass", lambda work, law: law(_stopping(work)).lost)
