"""For other people's tests of their own claims, languages and samplers."""

from .assertions import assert_holds
from .samplers import assert_samples_from

__all__ = ["assert_holds", "assert_samples_from"]
