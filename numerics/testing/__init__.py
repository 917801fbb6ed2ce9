"""For other people's tests of their own claims, languages and samplers.

The assertions are looked up at first use: pytest imports this package in every run, for its plugin.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .assertions import assert_holds as assert_holds
    from .samplers import assert_samples_from as assert_samples_from

__all__ = ["assert_holds", "assert_samples_from"]

_HOMES = {"assert_holds": ".assertions", "assert_samples_from": ".samplers"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
