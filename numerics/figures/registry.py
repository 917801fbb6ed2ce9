"""The figures that the command can draw, by name.

To add one: the name of a table of the table registry, and a function from that table to a ``Figure``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from ..render.figure import Figure, Panel, Series
from ..render.table import Table
from .study import hmm_ser, minimax, ngram_ter, pareto, schedules, steps_to_target
from .trained import trained

__all__ = ["FIGURES"]


def _english_curve(table: Table) -> Figure:
    gap = (
        Series("PATH_KL/L"),
        Series("bound: (TC+DTC)/(NL)", "bound: (TC + DTC)/(N L)", bound=True),
        Series("log V / N", bound=True),
    )
    rates = (Series("bigram KL rate"), Series("bigram TV rate"))
    order = table.columns.index("order")
    # Bisection makes no error, which a logarithmic scale cannot show.
    return Figure(
        replace(table, rows=tuple(row for row in table.rows if row[order] == "random")),
        "N",
        (Panel("nats per token", gap, "log"), Panel("bigram rate (KL in nats)", rates, "log")),
        "What fewer steps than tokens cost on English letters. Left: PATH_KL/L, which the TER gap does not exceed, "
        "falls as 1/N and stays a constant factor below the bound, which itself is far below log V / N. Right: how "
        "wrong the pairs of neighbouring letters are.",
        x_label="steps N",
        x_scale="log2",
    )


def _curve(table: Table) -> Figure:
    return Figure(
        table,
        "a",
        (Panel("Z(a) (nats)", (Series("Z(a)"),)),),
        "The information curve Z(a): what the tokens still hold on average once a fraction a of the others is known. "
        "The area below it is the entropy of the language, its fall from left to right is TC + DTC.",
        x_label="revealed fraction a",
        by="instance",
    )


FIGURES: Mapping[str, tuple[str, Callable[[Table], Figure]]] = MappingProxyType(
    {
        "curve": ("curve", _curve),
        "english-curve": ("english-curve", _english_curve),
        "hmm-ser": ("hmm-ser", hmm_ser),
        "minimax": ("minimax", minimax),
        "ngram-ter": ("ngram-ter", ngram_ter),
        "policies": ("policies", pareto),
        "schedules": ("schedules", schedules),
        "steps-to-target": ("steps-to-target", steps_to_target),
        "trained": ("trained", trained),
        "trained-at-length": ("trained-at-length", trained),
    }
)
"""Name of the figure to the name of its table and its declaration."""
