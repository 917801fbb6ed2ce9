"""These tests need torch and diffusers: ``make test-samplers`` runs them, in an environment of their own."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") and find_spec("diffusers") else ["test_*.py"]
