"""Instances: a language, a denoiser and a policy, from code or from a file."""

from .draw import draw
from .instance import Instance

__all__ = ["Instance", "draw"]
