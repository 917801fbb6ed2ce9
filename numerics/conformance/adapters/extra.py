"""Whether the extra is installed."""

from __future__ import annotations

from importlib.util import find_spec

from ...errors import BadInput

__all__ = ["require_extra"]


def require_extra(module: str) -> None:
    """Refuse, with BadInput, when a module of the extra ``samplers`` is missing."""
    if find_spec(module) is None:
        raise BadInput(module, 'it is not installed; the extra "samplers" has it: pip install "maskbound[samplers]"')
