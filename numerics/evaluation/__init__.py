"""The value of an expression over quantities of which only enclosures are known, or exact numbers."""

from .extended import Extended, NoValue, Unclear, Undefined, evaluate
from .intervals import Interval, outward, to_interval

__all__ = ["Extended", "Interval", "NoValue", "Unclear", "Undefined", "evaluate", "outward", "to_interval"]
