"""Specs as TOML: two levels of tables, and values in one line each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["toml"]


def toml(spec: Mapping[str, Any]) -> str:
    """The text of a spec.

    Parameters
    ----------
    spec : mapping
        Of JSON values without nulls; keys are bare words.
    """
    lines = [f"{key} = {_value(value)}" for key, value in spec.items() if not isinstance(value, Mapping)]
    for key, table in spec.items():
        if isinstance(table, Mapping):
            lines += ["", f"[{key}]", *(f"{name} = {_value(value)}" for name, value in table.items())]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_value(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
