"""The outcome of a test of a sampler, as JSON."""

from __future__ import annotations

from typing import Any

from ..conformance import Component, Conformity, Needed
from ..render.table import as_json

__all__ = ["conformity_record", "needed_record"]


def conformity_record(found: Conformity) -> dict[str, Any]:
    """The object that `conform --json` prints."""
    return {
        "status": found.status,
        "samples": found.samples,
        "log_evidence": as_json(found.log_evidence),
        "components": {name: _component(part) for name, part in found.components.items()},
        "tv": None if found.tv is None else list(found.tv[1:]),
        "instance": found.instance.name,
        "needed": needed_record(found.needed),
        "closest": [{"law": name, "nats_per_sequence": as_json(score)} for name, score in found.closest],
        "impossible": [{"sequence": list(sequence), "count": count} for sequence, count in found.impossible],
        "impossible_steps": [
            {"component": step.component, "call": step.call, "row": step.row, "step": step.step} for step in found.steps
        ],
    }


def needed_record(needed: Needed) -> dict[str, Any]:
    """The object that `conform --needed --json` prints."""
    return {"conforms": needed.conforms, "shows": dict(needed.shows), "right_tv": needed.right_tv}


def _component(part: Component) -> dict[str, Any]:
    record = {
        "as_claimed": part.as_claimed,
        "claimed": part.claimed,
        "seen": part.seen,
        "log_evidence": as_json(part.log_evidence),
    }
    return record if part.temperature is None else record | {"temperature": list(part.temperature)}
