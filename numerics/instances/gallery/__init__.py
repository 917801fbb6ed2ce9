"""The gallery: instance files that ship with the package.

A name is a file's: the fast instances, which take seconds to measure all together, lie here, larger ones in
``slow/`` and pairs of instances in ``pairs/``.
"""

from __future__ import annotations

import difflib
from functools import cache
from importlib.resources import as_file, files

from ...errors import BadInput, shown
from ..instance import Instance
from ..pairs import Pair, load_any

__all__ = ["load_gallery", "names", "pair_names"]


def names(slow: bool = False) -> list[str]:
    """Names of the single instances: the fast ones or, with ``slow``, all of them."""
    return [*_listed("."), *(_listed("slow") if slow else ())]


def pair_names() -> list[str]:
    """Names of the pairs."""
    return list(_listed("pairs"))


def load_gallery(name: str) -> Instance | Pair:
    """The instance, or the pair, of that name.

    Raises
    ------
    BadInput
        For an unknown name, with the closest known ones.
    """
    for folder in (".", "slow", "pairs"):
        if name in _listed(folder):
            with as_file(files(__package__).joinpath(folder, f"{name}.toml")) as path:
                return load_any(path)
    known = [*names(slow=True), *pair_names()]
    closest = difflib.get_close_matches(str(name)[:100], known, 3) or known
    raise BadInput("name", f"found {shown(name)}; the gallery holds {', '.join(closest)}")


@cache
def _listed(folder: str) -> tuple[str, ...]:
    stored = files(__package__).joinpath(folder).iterdir()
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in stored if entry.name.endswith(".toml")))
