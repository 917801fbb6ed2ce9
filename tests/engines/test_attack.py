"""Random instances at the ends of float64's range: every enclosure of every engine holds what the oracles find."""

from __future__ import annotations

import pytest
from attack import Findings, run


def attacked(count: int, seed: int) -> Findings:
    findings = Findings()
    run(count, seed, findings)
    assert not findings.missed, findings
    assert not findings.broken, findings
    return findings


def test_every_enclosure_holds_on_a_few():
    assert sum(attacked(15, 11).compared.values()) > 300


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_every_enclosure_holds_on_many(seed: int):
    found = attacked(150, seed)
    assert set(found.compared) >= {
        "tabular",
        "adaptive",
        "reference",
        "rational",
        "markov",
        "blocks",
        "windows",
        "sampled",
    }
