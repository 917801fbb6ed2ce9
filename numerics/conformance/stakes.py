"""How the stake is shared among the alternatives, before anything is seen.

A near alternative wins little a sequence, so that its share decides how many are needed; a far one hardly needs any.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping

__all__ = ["log_shares"]

Model = tuple[str, str]

WEIGHTS = {"tokens": 2.0, "rows": 1 / 16}
"""Of components; 1 unless given. Tokens have the alternatives that win least, and code that repeats its calls gives
away the logarithm of the probability of a whole sequence in each."""


def log_shares(
    models: Iterable[Model], distances: Mapping[Model, float], aimed: Container[Model] = ()
) -> dict[Model, float]:
    """Logarithms of the shares, which add up to 1: of the components, and of the alternatives in each.

    Of a component four parts in six are of the aimed ones, in equal shares; one is divided among those with a distance
    from the claim, in inverse proportion to its square, as what a sequence wins is in proportion to that; and one
    equally among the others. A part that has no alternatives is shared by the rest.

    Parameters
    ----------
    models : iterable of (str, str)
        Components and names.
    distances : mapping of (str, str) to float
        Of some of them.
    aimed : container of (str, str)
        Those that win no more than is enough.
    """
    parts: dict[str, list[Model]] = {}
    for model in models:
        parts.setdefault(model[0], []).append(model)
    of_parts = math.fsum(WEIGHTS.get(part, 1.0) for part in parts)
    found: dict[Model, float] = {}
    for part, alternatives in parts.items():
        groups = [
            (4.0, {model: 1.0 for model in alternatives if model in aimed}),
            (1.0, {model: distances[model] ** -2 for model in alternatives if model in distances}),
            (1.0, {model: 1.0 for model in alternatives if model not in aimed and model not in distances}),
        ]
        groups = [(weight, group) for weight, group in groups if group]
        of_groups = of_parts * math.fsum(weight for weight, _ in groups) / WEIGHTS.get(part, 1.0)
        for weight, group in groups:
            whole = of_groups * math.fsum(group.values()) / weight
            found |= {model: math.log(share / whole) for model, share in group.items()}
    return found
