"""Quantities that the form of an instance decides, at any length.

Where the reveal times are certain, KL is PATH_KL (kl-path-kl/equality-deterministic): one path leads to each sequence.
Where every string is possible, no sampler can be wrong: SER is 0.
"""

from __future__ import annotations

from dataclasses import replace

from ..enclosure import KINDS, UNIT_ROUNDOFF, Enclosure
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from .method import Method, narrowed

__all__ = ["METHODS", "kl_methods"]

SAME = frozenset({"kl-path-kl/equality-deterministic"})


def kl_methods(path_kl: Method, entropy: Method) -> tuple[Method, Method]:
    """KL and ``log_ter = (H + KL)/L`` by an engine that measures PATH_KL and the entropy, for certain reveal times."""

    def obstacle(instance: Instance) -> str | None:
        certain = instance.policy.certain_times
        return path_kl.obstacle(instance) if certain else "the reveal times are not certain"

    def log_ter(work: Workspace) -> Enclosure:
        return _per_token(entropy.run(work), path_kl.run(work), work.instance.length)

    scope = narrowed(path_kl.scope, "certain reveal times")
    both = replace(path_kl, obstacle=obstacle, scope=scope, relies_on=path_kl.relies_on | SAME)
    return replace(both, quantity="kl"), replace(both, quantity="log_ter", run=log_ter)


def _per_token(H: Enclosure, kl: Enclosure, length: int) -> Enclosure:
    slack = 1 + 8 * UNIT_ROUNDOFF
    lo, hi = (H.lo + kl.lo) / length / slack, (H.hi + kl.hi) / length * slack
    weaker = max(H, kl, key=lambda found: KINDS.index(found.kind))
    return replace(weaker, value=min(max((H.value + kl.value) / length, lo), hi), lo=lo, hi=hi, exact=None)


def _some_string_is_impossible(instance: Instance) -> str | None:
    return None if instance.language.every_string_is_possible() else "some strings may be impossible"


METHODS = (
    Method(
        "ser",
        "support",
        "exact",
        _some_string_is_impossible,
        lambda instance: Cost(1, 0),
        lambda work: Enclosure.exactly(0),
        "any language x any policy, every string possible from any hidden state",
        "1",
    ),
)
