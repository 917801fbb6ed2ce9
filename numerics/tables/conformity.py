"""The outcome of a test of a sampler, as JSON."""

from __future__ import annotations

from typing import Any

from ..conformance import Conformity
from .render import as_json

__all__ = ["conformity_record"]


def conformity_record(found: Conformity) -> dict[str, Any]:
    """The object that `conform --json` prints."""
    _, lo, hi = found.tv
    return {
        "instance": found.instance.name,
        "samples": found.samples,
        "status": found.status,
        "log_evidence": as_json(found.log_evidence),
        "tv": {"lo": lo, "hi": hi},
        "closest": [{"law": name, "nats_per_sequence": as_json(score)} for name, score in found.closest],
        "impossible": [{"sequence": list(sequence), "count": count} for sequence, count in found.impossible],
    }
