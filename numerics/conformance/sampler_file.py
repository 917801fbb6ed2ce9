"""A sampler brought as ``FILE.py:NAME``."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import cast

from ..errors import BadInput
from .conform import SamplerCode

__all__ = ["load_sampler"]


def load_sampler(place: str) -> SamplerCode:
    """Run a Python file and return the function of that name.

    Parameters
    ----------
    place : str
        ``FILE.py:NAME``.

    Raises
    ------
    BadInput
        When there is no such file or function, or the file cannot be run.
    """
    stem, colon, name = place.rpartition(":")
    if not (stem and colon and name):
        raise BadInput("--sampler", f"found {place!r}; FILE.py:NAME is accepted")
    path = Path(stem)
    if not path.is_file():
        raise BadInput("--sampler", f"there is no file {stem}")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise BadInput("--sampler", f"{stem} is no Python file")
    module = importlib.util.module_from_spec(spec)
    # What the file imports from its own folder is found, as when Python runs it.
    sys.path.insert(0, str(path.resolve().parent))
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as problem:
        raise BadInput("--sampler", f"{stem} raised {type(problem).__name__}: {str(problem)[:200]}") from problem
    finally:
        sys.path.pop(0)
    found = getattr(module, name, None)
    if not callable(found):
        raise BadInput("--sampler", f"{stem} has no function {name}")
    return cast(SamplerCode, found)
