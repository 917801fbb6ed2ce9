"""For other people's tests of their own claims, languages and samplers."""

from .assertions import assert_holds

__all__ = ["assert_holds"]
