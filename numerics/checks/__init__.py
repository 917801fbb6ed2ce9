"""Checks: the numbers held against what theory states."""

from .check import check, judge
from .verdict import Side, Status, Verdict

__all__ = ["Side", "Status", "Verdict", "check", "judge"]
