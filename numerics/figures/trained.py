"""Error rates of trained networks."""

from __future__ import annotations

from ..render.figure import Figure, Panel, Series
from ..render.table import Table

__all__ = ["trained"]


def trained(table: Table) -> Figure:
    """TER, its gap and SER against N for the exact denoiser and the network, with the bounds; a row each language."""
    place = table.columns.index("language")
    panels = []
    for name in dict.fromkeys(row[place] for row in table.rows):
        perplexity = (
            Series("TER: exact denoiser", "exact denoiser"),
            Series("TER: network", "network"),
            Series("TER: bound, network", "bound at the network's mean learning error", bound=True),
        )
        gap = (
            Series("gap: exact denoiser", "exact denoiser"),
            Series("gap: network", "network"),
            Series("gap: bound, network", "bound at the network's mean learning error", bound=True),
            Series("gap: PATH_KL/L, network", "from the network's PATH_KL", bound=True),
            Series("gap: bound, exact", "bound of the exact denoiser", bound=True),
            Series("mean learning error", bound=True),
        )
        wrong = (
            Series("SER: exact denoiser", "exact denoiser"),
            Series("SER: network", "network"),
            Series("SER: bound, network", "bound at the network's mean learning error", bound=True),
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
        "Error rates of a trained network and of the exact denoiser. With more steps the errors of the exact denoiser "
        "fall as 1/N, those of the network to what its learning error leaves. From the bound down to PATH_KL there is "
        "about half of (TC + DTC)/N; from PATH_KL down to the error, what PATH_KL counts and KL does not.",
        x_label="steps N",
        x_scale="log2",
        by="language",
    )
