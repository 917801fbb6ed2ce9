"""Checks: the numbers held against what theory states."""

from .check import check, judge, settled, stated
from .verdict import Side, Status, Verdict, Verdicts

__all__ = ["Side", "Status", "Verdict", "Verdicts", "check", "judge", "settled", "stated"]
