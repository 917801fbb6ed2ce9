"""How the stake is shared among the alternatives, before anything is seen.

A near alternative wins little a sequence, so that its share decides how many are needed; a far one hardly needs any.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

__all__ = ["log_shares"]

Model = tuple[str, str]


def log_shares(models: Iterable[Model], distances: Mapping[Model, float]) -> dict[Model, float]:
    """Logarithms of the shares, which add up to 1: equal ones of the components, and of the alternatives in each.

    Half of a component's share is divided among those with a distance from the claim, in inverse proportion to it.

    Parameters
    ----------
    models : iterable of (str, str)
        Components and names.
    distances : mapping of (str, str) to float
        Of some of them.
    """
    parts: dict[str, list[Model]] = {}
    for model in models:
        parts.setdefault(model[0], []).append(model)
    found: dict[Model, float] = {}
    for alternatives in parts.values():
        near = {model: 1 / distances[model] for model in alternatives if model in distances}
        others = {model: 1.0 for model in alternatives if model not in distances}
        groups = [group for group in (near, others) if group]
        for group in groups:
            whole = len(parts) * len(groups) * math.fsum(group.values())
            found |= {model: math.log(weight / whole) for model, weight in group.items()}
    return found
