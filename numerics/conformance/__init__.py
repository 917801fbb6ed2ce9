"""Testing somebody's sampler against the law that it claims (definitions.md#conformance)."""

from .catalogue import catalogue
from .conform import CLAIMED, Cell, Claim, Conformity, SamplerCode, conform
from .oracle import Oracle
from .sampler_file import load_sampler

__all__ = ["CLAIMED", "Cell", "Claim", "Conformity", "Oracle", "SamplerCode", "catalogue", "conform", "load_sampler"]
