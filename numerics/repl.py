"""The REPL: IPython with languages, policies, statements and symbols at hand, and a sweep over N in one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sympy

from maskbound import theory

from . import check, curve, denoisers, draw, languages, law, load, measure, policies
from .errors import BadInput, shown
from .figures import Figure, Panel, Series
from .instances import Instance, require_instance
from .judging.cases import open_instance
from .numbers.probabilities import whole
from .planning import best_schedule, break_even, output_polynomials
from .policies import Bernoulli, FixedSize
from .render.draw import drawn
from .render.listing import plain
from .render.table import Table, render
from .render.write_figure import write_figure

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["HINT", "Sweep", "namespace", "start", "sweep"]

HINT = """\
maskbound: languages, policies, Instance, measure, check, sweep, best_schedule, statements, and symbols such as N, kl.
Try  english = languages.english_ngram(2, 256, 1);  sweep(Instance(english, policies.Bernoulli(8)), N=[8, 16, 32])
"""

SECONDS = 60.0


@dataclass(frozen=True, eq=False, repr=False)
class Sweep:
    """Quantities of one instance against the number of steps; shows itself as its table."""

    table: Table
    unit: str = "nats"

    @property
    def figure(self) -> Figure:
        """The same as a figure, both axes logarithmic."""
        quantities = tuple(Series(column) for column in self.table.columns[1:])
        panel = Panel(f"{self.unit}, or probability", quantities, "log")
        return Figure(self.table, "N", (panel,), self.table.title, x_label="steps N", x_scale="log2")

    def plot(self, path: str | Path) -> None:
        """Write the figure as PDF, SVG or PNG, with its numbers beside it as CSV."""
        write_figure(Path(path), self.figure)

    def __repr__(self) -> str:
        return plain(self.table).rstrip("\n")

    def to_frame(self) -> DataFrame:
        """As a frame of pandas; each quantity becomes three columns: the value, ``_lo`` and ``_hi``."""
        return self.table.to_frame()

    def to_latex(self) -> str:
        """In LaTeX, for a document with ``\\usepackage{array,booktabs,longtable}``."""
        return self.table.to_latex()

    def _repr_html_(self) -> str:
        return self.table._repr_html_()

    def _repr_markdown_(self) -> str:
        return render(self.table, "md")

    def _repr_png_(self) -> bytes:
        return drawn(self.figure, "png")


def sweep(
    instance: Instance | str, N: Iterable[int], quantities: Iterable[str] = ("path_kl", "ser"), **options: Any
) -> Sweep:
    """Measure an instance at several numbers of steps.

    Parameters
    ----------
    instance : Instance or str
        An instance, the path of its file, or a name in the gallery. Fixed sizes become N balanced ones, any other
        policy N uniform Bernoulli steps.
    N : iterable of int
    quantities : iterable of str
    **options
        Of `measure`.

    Returns
    -------
    Sweep

    Examples
    --------
    >>> sweep(Instance(languages.pair(2, 2), policies.Bernoulli(1)), N=[1, 2, 4], quantities=["ser"])
      N    ser
    ---  -----
      1    0.5
      2   0.25
      4  0.125
    """
    subject = open_instance(instance) if isinstance(instance, str) else require_instance(instance)
    if not isinstance(N, Iterable):
        raise BadInput("N", f"found {shown(N)}; a list of numbers of steps is accepted, such as [2, 4, 8]")
    names, rows = tuple(quantities), []
    if not names:
        raise BadInput("quantities", "found none; at least one is accepted")
    for k, steps in enumerate(N):
        count = whole(steps, f"N[{k}]", 1)
        sized = subject.policy.random_sizes is not None
        policy = FixedSize.balanced(count, subject.length) if sized else Bernoulli(count)
        found = measure(replace(subject, policy=policy, spec=None), names, **{"seconds": SECONDS, **options})
        rows.append((count, *(found[name] for name in names)))
    table = Table(f"{subject.name} against the number of steps", ("N", *names), tuple(rows))
    return Sweep(table, str(options.get("unit", "nats")))


def namespace() -> dict[str, Any]:
    """The names that the REPL starts with."""
    tools = {
        each.__name__: each
        for each in (
            Instance,
            best_schedule,
            break_even,
            check,
            curve,
            draw,
            law,
            load,
            measure,
            output_polynomials,
            sweep,
            theory.claim,
            theory.register,
        )
    }
    modules = {"denoisers": denoisers, "languages": languages, "policies": policies, "sympy": sympy, "theory": theory}
    known = {"statements": theory.statements, "symbols": theory.symbols, "pprint": sympy.pprint}
    symbols = {name: symbol for name, symbol in theory.symbols.items() if name.isidentifier()}
    return {**symbols, **tools, **modules, **known}


def start() -> None:
    """Start IPython with these names."""
    from IPython import start_ipython
    from IPython.terminal.interactiveshell import TerminalInteractiveShell
    from traitlets.config import Config

    config = Config()
    config.TerminalInteractiveShell.banner1 = HINT
    if TerminalInteractiveShell.class_traits().get("enable_tip"):
        config.TerminalInteractiveShell.enable_tip = False
    config.TerminalIPythonApp.display_banner = True
    start_ipython(argv=[], user_ns=namespace(), config=config)
