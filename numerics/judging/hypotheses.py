"""Whether an instance satisfies the assumptions of a statement of ``maskbound.theory``."""

from __future__ import annotations

from collections.abc import Iterable

from maskbound.theory import Assumption

from ..instances import Instance

__all__ = ["missing"]


def missing(instance: Instance, assumptions: Iterable[Assumption]) -> list[Assumption]:
    """The assumptions that the instance does not satisfy."""
    return [assumption for assumption in assumptions if not instance.has(assumption.name)]
