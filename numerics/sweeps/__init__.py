"""Sweeps: grids of instances measured into a database that survives being killed."""

from .grid import Grid, Point, Settings
from .run import Sweep, sweep
from .store import Row, Store

__all__ = ["Grid", "Point", "Row", "Settings", "Store", "Sweep", "sweep"]
