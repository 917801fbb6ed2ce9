"""Certificates of verdicts, and the kernel that rechecks them."""
