"""Instances: a language, a denoiser and a policy, from code or from a file."""

from . import traits as traits
from .explicit import dump, explicit_spec
from .fingerprint import fingerprint
from .instance import Instance, require_instance
from .pairs import Pair, from_spec, load_any, load_pair, parse_pair
from .specfile import load, parse

__all__ = [
    "Instance",
    "Pair",
    "dump",
    "explicit_spec",
    "fingerprint",
    "from_spec",
    "load",
    "load_any",
    "load_pair",
    "parse",
    "parse_pair",
    "require_instance",
]
