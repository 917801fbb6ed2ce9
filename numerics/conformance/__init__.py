"""Testing somebody's sampler against what it claims (definitions.md#conformance)."""

from .catalogue import catalogue
from .claim import Claim
from .conform import SamplerCode, conform, default_samples, default_tv, samples_to_pass
from .conformity import Conformity
from .diagnosis import Component
from .final_law import CLAIMED, Cell
from .foresight import Needed
from .oracle import Oracle

__all__ = [
    "CLAIMED",
    "Cell",
    "Claim",
    "Component",
    "Conformity",
    "Needed",
    "Oracle",
    "SamplerCode",
    "catalogue",
    "conform",
    "default_samples",
    "default_tv",
    "samples_to_pass",
]
