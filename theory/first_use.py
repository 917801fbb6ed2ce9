"""Packages whose names are imported when they are first used.

A command answers with what it needs: a list of statements does not wait for sympy, nor `--help` for numba.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["at_first_use"]


def at_first_use(package: str, homes: Mapping[str, Iterable[str]]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package (PEP 562).

    Parameters
    ----------
    package : str
        Its ``__name__``.
    homes : mapping of str to iterable of str
        The names of the package by the module that has them; modules are names themselves.

    Examples
    --------
    >>> at_first_use("maskbound.theory", {"suggestions": ("closest",)})("closest")("kll", ["kl", "tv"])
    ['kl']
    """
    home = {name: module for module, names in homes.items() for name in names}

    def find(name: str) -> Any:
        if name not in home and name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(f".{home.get(name, name)}", package)
        value = getattr(module, name) if name in home else module
        setattr(sys.modules[package], name, value)
        return value

    return find
