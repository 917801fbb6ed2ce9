"""What runs by default, and what is left to the slow tests: of many cases, the first of every kind run by default."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given, settings

from maskbound.numerics.instances import Pair
from maskbound.numerics.instances.gallery import load_gallery

__all__ = ["drawn", "kinds_of_member", "rest_slow"]


def rest_slow(
    values: Iterable[Any], keep: int = 1, kinds: Callable[[Any], Iterable[Any]] = lambda _: ("any",)
) -> list[Any]:
    """The values, those marked slow whose every kind has been met ``keep`` times before.

    A tuple is several arguments of a test.
    """
    met: Counter = Counter()
    chosen = []
    for value in values:
        found = set(kinds(value))
        new = any(met[kind] < keep for kind in found)
        if new:
            met.update(found)
        arguments = value if isinstance(value, tuple) else (value,)
        chosen.append(value if new else pytest.param(*arguments, marks=pytest.mark.slow))
    return chosen


def kinds_of_member(name: str) -> tuple[Any, ...]:
    """Of the language, the policy and the denoiser of an instance of the gallery, and whether it is a pair."""
    found = load_gallery(name)
    pair = isinstance(found, Pair)
    spec = found.instances[0].spec if pair else found.spec
    denoiser = spec.get("denoiser", {})
    return (
        pair,
        ("language", spec["language"]["kind"]),
        ("policy", spec["policy"]["kind"]),
        ("denoiser", *(denoiser.get(key) for key in ("kind", "noise", "context"))),
    )


def drawn(*strategies: Any, few: int, many: int, **named: Any) -> Callable[[Callable], Callable]:
    """The test on what hypothesis draws: ``few`` examples by default, ``many`` in a slow test of the same name."""

    def decorate(test: Callable) -> Callable:
        @pytest.mark.parametrize("examples", rest_slow([few, many]))
        def run(examples: int) -> None:
            settings(max_examples=examples)(given(*strategies, **named)(test))()

        run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
        return run

    return decorate
