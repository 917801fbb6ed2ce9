"""What somebody's Python file defines, brought as ``FILE.py:NAME``."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import BadInput

__all__ = ["load_callable"]


def load_callable(place: str, key: str) -> Callable[..., Any]:
    """Run a Python file and return what it calls NAME.

    Parameters
    ----------
    place : str
        ``FILE.py:NAME``.
    key : str
        Of the option or entry that holds it, for messages.

    Raises
    ------
    BadInput
        When there is no such file or function, or the file cannot be run.
    """
    stem, colon, name = place.rpartition(":")
    if not (stem and colon and name):
        raise BadInput(key, f"found {place!r}; FILE.py:NAME is accepted")
    path = Path(stem)
    if not path.is_file():
        raise BadInput(key, f"there is no file {stem}")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise BadInput(key, f"{stem} is no Python file")
    module = importlib.util.module_from_spec(spec)
    # What the file imports from its own folder is found, as when Python runs it.
    sys.path.insert(0, str(path.resolve().parent))
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as problem:
        raise BadInput(key, f"{stem} raised {type(problem).__name__}: {str(problem)[:200]}") from problem
    finally:
        sys.path.pop(0)
    found: Callable[..., Any] | None = getattr(module, name, None)
    if not callable(found):
        raise BadInput(key, f"{stem} has no function {name}")
    return found
