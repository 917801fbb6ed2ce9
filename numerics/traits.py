"""Deciding the named traits of :mod:`maskbound.theory`.

Their names, their sentences and what follows from them are in ``maskbound.theory.assumptions``. A decision is written
once, beside the class that it is about, and read by name: by checks, by searches for counterexamples, by engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

__all__ = ["decided", "decides", "has", "part_has", "parts"]

Part = Literal["language", "policy", "denoiser", "instance"]
Decision = Callable[[Any], bool]

_DECISIONS: dict[str, tuple[Part, Decision]] = {}


def decides(name: str, part: Part) -> Callable[[Decision], Decision]:
    """Declare that the decorated function decides the trait ``name``, from a part of an instance or from all of it."""

    def declare(decision: Decision) -> Decision:
        if name in _DECISIONS:
            raise ValueError(f"the trait {name} is decided twice")
        _DECISIONS[name] = part, decision
        return decision

    return declare


def has(instance: Any, name: str) -> bool:
    """Whether an instance has the trait ``name``."""
    part, decision = _DECISIONS[name]
    return decision(instance if part == "instance" else getattr(instance, part))


def part_has(part: Part, it: Any, names: frozenset[str]) -> bool:
    """Whether a language, policy or denoiser has all those of the traits that are decided by it alone."""
    return all(_DECISIONS[name][1](it) for name in names if _DECISIONS[name][0] == part)


def parts(names: Iterable[str]) -> set[Part]:
    """The parts of an instance that decide these traits."""
    return {_DECISIONS[name][0] for name in names}


def decided() -> frozenset[str]:
    """Names of the traits that are decided somewhere."""
    return frozenset(_DECISIONS)
