"""Exact numerics for masked diffusion samplers.

>>> from maskbound.numerics import Instance, languages, measure, policies
>>> measure(Instance(languages.pair(2, 2), policies.Bernoulli(steps=2)), ["ser"])["ser"].value
0.25
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import denoisers as denoisers
    from . import languages as languages
    from . import policies as policies
    from .conformance.conform import conform as conform
    from .instances import Instance as Instance
    from .instances import load as load
    from .judging.check import check as check
    from .metrics.information_curve import curve as curve
    from .metrics.measure import measure as measure
    from .metrics.output_law import law as law
    from .repl import sweep as sweep
    from .sampling import draw as draw

__all__ = [
    "Instance",
    "check",
    "conform",
    "curve",
    "denoisers",
    "draw",
    "languages",
    "law",
    "load",
    "measure",
    "policies",
    "sweep",
]

# Read by numba when it is first imported: the lane kernels are written for the superword vectoriser.
os.environ.setdefault("NUMBA_SLP_VECTORIZE", "1")

_HOMES = {
    "Instance": ".instances",
    "check": ".judging",
    "conform": ".conformance",
    "curve": ".metrics.information_curve",
    "draw": ".sampling",
    "law": ".metrics.output_law",
    "load": ".instances",
    "measure": ".metrics.measure",
    "sweep": ".repl",
}


def __getattr__(name: str) -> Any:
    # Names are looked up at first use: the command answers `--help` without the half second that numba takes to import.
    if name in _HOMES:
        value = getattr(import_module(_HOMES[name], __name__), name)
    elif name in __all__:
        value = import_module(f".{name}", __name__)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
