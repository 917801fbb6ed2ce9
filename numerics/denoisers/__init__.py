"""Denoisers: what the sampler believes about each masked token (definitions.md#denoisers)."""

from .base import Denoiser, NearRule, OffSupport, Predictor
from .exact import Exact
from .kind import DenoiserTable, read_denoiser
from .learned import Learned, nearest_neighbours
from .network import Network
from .perturbed import Perturbed
from .table import Table

__all__ = [
    "Denoiser",
    "DenoiserTable",
    "Exact",
    "Learned",
    "NearRule",
    "Network",
    "OffSupport",
    "Perturbed",
    "Predictor",
    "Table",
    "nearest_neighbours",
    "read_denoiser",
]
