"""Random instances at the ends of float64's range: every enclosure of every engine holds what the oracles find."""

from __future__ import annotations

from dataclasses import replace

import attack
import pytest
from attack import Findings, run

from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.numbers.enclosure import Enclosure


def attacked(count: int, seed: int) -> Findings:
    findings = Findings()
    run(count, seed, findings)
    assert not findings.missed, findings
    assert not findings.broken, findings
    return findings


def test_every_enclosure_holds_on_a_few():
    assert sum(attacked(15, 11).compared.values()) > 300


def beside(work: Workspace) -> Enclosure:
    return Enclosure(0.25, 0.25, 0.25, "exact")


def no_sentence(work: Workspace) -> Enclosure:
    raise ZeroDivisionError


def with_fault(monkeypatch, engine: str, fault) -> Findings:
    """The attack on methods of which one engine's total correlation has a fault."""

    def at_fault(method) -> bool:
        return (method.engine, method.quantity) == (engine, "total_correlation")

    methods = [replace(method, run=fault) if at_fault(method) else method for method in attack.METHODS]
    monkeypatch.setattr(attack, "METHODS", methods)
    findings = Findings()
    run(8, 11, findings)
    return findings


@pytest.mark.parametrize("engine", ["tabular", "rational", "windows"])
def test_a_wrong_enclosure_is_missed(monkeypatch, engine: str):
    found = with_fault(monkeypatch, engine, beside)
    assert found.missed
    assert not found.broken
    assert all(sentence.startswith(f"total_correlation by {engine}/") for sentence in found.missed)


def test_a_traceback_is_reported(monkeypatch):
    found = with_fault(monkeypatch, "tabular", no_sentence)
    assert found.broken
    assert not found.missed


@pytest.mark.parametrize("relative", [1e-12, -1e-12])
def test_an_error_in_the_last_digits_is_missed(monkeypatch, relative: float):
    """Every enclosure of total correlation is moved away by a few of its widths."""
    methods = [method for method in attack.METHODS if method.quantity == "total_correlation"]

    def moved(method):
        def run(work: Workspace) -> Enclosure:
            found = method.run(work)
            step = relative * (1 + abs(found.value)) + relative / abs(relative) * 4 * found.width
            return replace(found, value=found.value + step, lo=found.lo + step, hi=found.hi + step)

        return replace(method, run=run)

    monkeypatch.setattr(attack, "METHODS", [moved(method) for method in methods])
    findings = Findings()
    run(8, 11, findings)
    assert len(findings.missed) == sum(findings.compared.values()) > 8


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_every_enclosure_holds_on_many(seed: int):
    """`benchmarks/attack.py` goes on for as many as one likes."""
    found = attacked(100, seed)
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
