"""How the loss of a network fell while it was trained."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version

from ..networks.training import Trained
from ..numbers.enclosure import Enclosure
from ..render.figure import Figure, Panel, Series
from ..render.table import Table

__all__ = ["loss_figure"]


def loss_figure(name: str, trained: Trained, entropy_rate: Enclosure | None) -> Figure:
    """Loss against steps, above the language's entropy per token, below which none can fall.

    Parameters
    ----------
    name : str
        Of the language.
    trained : Trained
    entropy_rate : Enclosure or None
        ``H(q)/L`` in nats, where it is known.
    """
    rows = tuple((int(step), float(loss), entropy_rate) for step, loss in trained.loss)
    settings = ", ".join(f"{key} {value}" for key, value in trained.settings.items())
    network = trained.network
    size = sum(each.numel() for each in network.parameters())
    note = (
        f"Fresh sequences of {name} in each step: {settings}; a transformer of {network.layers} layers of width "
        f"{network.width}, {size} parameters."
    )
    table = Table(
        f"Training on {name} (nats a token)", ("step", "loss", "H(q)/L"), rows, (note,), nats=("loss", "H(q)/L")
    )
    table = replace(table, provenance=(f"torch {version('torch')}",))
    series = (Series("loss"), Series("H(q)/L", "least possible: H(q)/L", bound=True))
    return Figure(
        table,
        "step",
        (Panel("loss (nats a token)", series if entropy_rate is not None else series[:1]),),
        "Mean loss of the steps since the point before. What is above H(q)/L is, on average, the mean learning error "
        "of one token at a time in random order.",
        x_label="steps of training",
    )
