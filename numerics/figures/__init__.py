"""Figures of a write-up: each is a table and a small declaration of what to draw from it."""

from ..render.figure import Figure, Panel, Series
from .registry import FIGURES

__all__ = ["FIGURES", "Figure", "Panel", "Series"]
