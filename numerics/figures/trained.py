"""Error rates of trained networks."""

from __future__ import annotations

from ..render.figure import Figure, Panel, Series
from ..render.table import Table

__all__ = ["trained"]

MEAN, WORST = "bound at the network's mean learning error", "bound at the network's worst learning error"


def trained(table: Table) -> Figure:
    """TER, its gap and SER against N for the exact denoiser and the network, with the bounds; a row each language."""
    place = table.columns.index("language")
    panels = []
    for name in dict.fromkeys(row[place] for row in table.rows):
        perplexity = (
            Series("TER: exact denoiser", "exact denoiser"),
            Series("TER: network", "network"),
            Series("TER: bound, network", MEAN, bound=True),
            Series("TER: autoregressive", "the language's own TER", bound=True),
        )
        gap = (
            Series("gap: exact denoiser", "exact denoiser"),
            Series("gap: network", "network"),
            Series("gap: bound, network", MEAN, bound=True),
            Series("gap: bound at worst, network", WORST, bound=True),
            Series("gap: PATH_KL/L, network", "from the network's PATH_KL", bound=True),
            Series("gap: bound, exact", "bound of the exact denoiser", bound=True),
            Series("mean learning error", bound=True),
        )
        wrong = (
            Series("SER: exact denoiser", "exact denoiser"),
            Series("SER: network", "network"),
            Series("SER: bound, network", MEAN, bound=True),
            Series("SER: bound at worst, network", WORST, bound=True),
            Series("SER: 1 - exp(-PATH_KL), network", "from the network's PATH_KL", bound=True),
            Series("SER: bound, exact", "bound of the exact denoiser", bound=True),
        )
        panels += [
            Panel("TER (perplexity)", perplexity, "linear", name),
            Panel("TER gap (nats a token)", gap, "log", name),
            Panel("SER", wrong, "linear", name),
        ]
    return Figure(
        table,
        "N",
        tuple(panels),
        "TER is the perplexity, a token, of sequences of the language under the law that is sampled; SER is the "
        "probability that a sampled sequence is impossible in the language. Solid: a trained network and the exact "
        "denoiser. Dashed: bounds, the language's own TER, and the mean learning error. A band around a line, or in "
        "the place of one, is an interval. With more steps the errors of the exact denoiser fall as 1/N, those of the "
        "network to what its learning error leaves. From the bound down to PATH_KL there is about half of "
        "(TC + DTC)/N; from PATH_KL down to the error, what PATH_KL counts and KL does not.",
        x_label="steps N",
        x_scale="log2",
        by="language",
        one_legend=True,
    )
