"""Checks: the numbers held against what theory states."""

from typing import TYPE_CHECKING

from maskbound.theory.first_use import at_first_use

if TYPE_CHECKING:
    from .checking import check as check
    from .checking import judge as judge
    from .checking import settled as settled
    from .checking import stated as stated
    from .verdict import Side as Side
    from .verdict import Status as Status
    from .verdict import Verdict as Verdict
    from .verdict import Verdicts as Verdicts

__all__ = ["Side", "Status", "Verdict", "Verdicts", "check", "judge", "settled", "stated"]

__getattr__ = at_first_use(
    __name__,
    {"checking": ("check", "judge", "settled", "stated"), "verdict": ("Side", "Status", "Verdict", "Verdicts")},
)
