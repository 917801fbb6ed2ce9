"""Sampling: sequences drawn by the sampler, and each language's posterior."""

from .sampler import draw

__all__ = ["draw"]
