"""Exact numerics for masked diffusion samplers.

>>> from maskbound.numerics import Instance, languages, measure, policies
>>> measure(Instance(languages.pair(2, 2), policies.Bernoulli(steps=2)), ["ser"])["ser"].value
0.25
"""

import os
from typing import TYPE_CHECKING

from maskbound.theory.first_use import at_first_use

if TYPE_CHECKING:
    from . import denoisers as denoisers
    from . import languages as languages
    from . import policies as policies
    from .conformance.conform import conform as conform
    from .engines.workspace import Request as Request
    from .instances import Instance as Instance
    from .instances import load as load
    from .judging.checking import check as check
    from .judging.verdict import Verdicts as Verdicts
    from .metrics.information_curve import curve as curve
    from .metrics.measure import measure as measure
    from .metrics.output_law import law as law
    from .repl import sweep as sweep
    from .sampling import draw as draw

__all__ = [
    "Instance",
    "Request",
    "Verdicts",
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

__getattr__ = at_first_use(
    __name__,
    {
        "conformance": ("conform",),
        "denoisers": (),
        "engines.workspace": ("Request",),
        "instances": ("Instance", "load"),
        "judging": ("check", "Verdicts"),
        "languages": (),
        "metrics.information_curve": ("curve",),
        "metrics.measure": ("measure",),
        "metrics.output_law": ("law",),
        "policies": (),
        "repl": ("sweep",),
        "sampling": ("draw",),
    },
)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
