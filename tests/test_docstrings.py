"""Docstrings of what people import: numpydoc, with the parameters of the signature."""

from __future__ import annotations

import inspect
import sys
from importlib import import_module

import pytest
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import validate

from maskbound.numerics.testing import strategies

PACKAGES = (
    "maskbound.theory",
    "maskbound.numerics",
    "maskbound.numerics.languages",
    "maskbound.numerics.denoisers",
    "maskbound.numerics.policies",
    "maskbound.numerics.instances",
    "maskbound.numerics.judging",
    "maskbound.numerics.planning",
    "maskbound.numerics.sweeps",
    "maskbound.numerics.figures",
    "maskbound.numerics.testing",
    "maskbound.numerics.universal",
)
FAULTS = {
    "GL08": "no docstring",
    "PR01": "parameters not documented",
    "PR02": "unknown parameters",
    "PR04": "a parameter without a type",
    "PR10": "a parameter that needs a space before its colon",
    "SS01": "no summary",
    "SS03": "a summary without a full stop",
}
"""What must not occur. A function whose parameters its one sentence explains may do without the section; parameters
that share a description stand together, whatever their order in the signature."""


def public() -> list[str]:
    """Full names of the classes and functions that the packages export."""
    names = {}
    for package in PACKAGES:
        module = import_module(package)
        for name in module.__all__:
            thing = getattr(module, name)
            if (inspect.isclass(thing) or inspect.isfunction(thing)) and thing.__module__.startswith("maskbound"):
                names.setdefault(thing, f"{package}.{name}")
    return sorted(names.values())


def faults(name: str) -> list[str]:
    found = validate(name)
    documented = "Parameters\n" in (found["docstring"] or "")
    return [
        f"{code}: {sentence}" for code, sentence in found["errors"] if code in FAULTS and (documented or code != "PR01")
    ]


@pytest.mark.parametrize("name", public())
def test_the_docstring_fits_the_signature(name):
    assert faults(name) == []


@pytest.mark.parametrize("name", ["languages", "policies", "denoisers", "instances"])
def test_strategies_are_documented_too(name):
    """They have no source that numpydoc could validate: hypothesis makes them."""
    function = getattr(strategies, name)
    sections = NumpyDocString(inspect.getdoc(function))
    documented = [part.strip() for parameter in sections["Parameters"] for part in parameter.name.split(",")]
    assert sections["Summary"]
    assert documented in ([], list(inspect.signature(function).parameters))


def undocumented(first: int, second: int) -> int:
    """One is missing.

    Parameters
    ----------
    first : int
    third : int
    """
    return first + second


def test_a_misfit_is_noticed(monkeypatch):
    monkeypatch.setitem(sys.modules, "misfit", sys.modules[__name__])
    found = " ".join(faults("misfit.undocumented"))
    assert "second" in found
    assert "third" in found
