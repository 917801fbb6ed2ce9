"""Networks as denoisers, trained or brought: the only part that needs torch, an optional dependency.

Nothing here imports torch before it is needed; what needs it is imported within functions.
"""

from importlib.util import find_spec

from ..errors import BadInput

__all__ = ["require_torch"]


def require_torch(key: str) -> None:
    """Refuse, in one sentence that says how to get it, where torch is not installed."""
    if find_spec("torch") is None:
        raise BadInput(key, "it needs torch, which is not installed; pip install 'maskbound[torch]' installs it")
