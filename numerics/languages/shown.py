"""How a language shows itself in a notebook and in LaTeX: its parameters, as an instance file has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..display import Rows

__all__ = ["MOST_PARAMETERS", "parameter_rows"]

MOST_PARAMETERS = 1000
"""Numbers of a language that are shown one by one."""


def parameter_rows(written: Mapping[str, Any], title: str) -> Rows:
    """A row for each key, and for each row of a matrix.

    Parameters
    ----------
    written : mapping
        A ``[language]`` table.
    title : str

    Examples
    --------
    >>> parameter_rows({"kind": "hmm", "transition": [["9/10", "1/10"], ["1/5", 0.8]]}, "weather").rows
    [('kind', 'hmm'), ('transition, row 0', '9/10, 1/10'), ('row 1', '1/5, 0.8')]
    """
    return Rows(("parameter", "value"), [row for key, value in written.items() for row in _rows(key, value)], title)


def _rows(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _rows(f"{key}.{name}", inner)
    elif isinstance(value, list) and value and all(isinstance(row, list) for row in value):
        for k, row in enumerate(value):
            yield f"{key}, row {k}" if k == 0 else f"row {k}", _one(row)
    else:
        yield key, _one(value)


def _one(value: Any) -> str:
    """Numbers of a row, or one thing."""
    if isinstance(value, list):
        return ", ".join(_one(each) for each in value)
    return f"{value:.9g}" if isinstance(value, float) else str(value)
