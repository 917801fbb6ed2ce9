"""`train`: a small network for an instance's language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ..errors import BadInput
from .application import app, require
from .options import Spec
from .output import Remaining

STEPS = 2000
WIDTHS = 16


@app.command(epilog="Example: maskbound train english-bigram --out letters.pt --steps 500")
def train(
    spec: Spec,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="The network; FILE-loss.svg, .csv and .txt are written beside it.")
    ],
    steps: Annotated[int | None, typer.Option(help=f"Of training; {STEPS} unless these or seconds are given.")] = None,
    seconds: Annotated[
        float | None, typer.Option(help="In the place of steps: as many as take so long here, which it says.")
    ] = None,
    width: Annotated[int, typer.Option(help="Of the hidden vectors, a multiple of 16.")] = 64,
    layers: Annotated[int, typer.Option(help="Of attention and perceptron.")] = 2,
    seed: Annotated[int, typer.Option(help="Of first parameters, sequences and masks.")] = 0,
) -> None:
    """Fit a small masked transformer to an instance's language, from sequences drawn from it (needs torch)."""
    require("--steps", steps, steps is None or steps > 0, "a positive whole number")
    require("--seconds", seconds, seconds is None or 0 < seconds < 1e6, "a positive number")
    require("--width", width, 0 < width <= 1024 and width % WIDTHS == 0, "a multiple of 16 up to 1024")
    require("--layers", layers, 0 < layers <= 64, "a whole number from 1 to 64")
    require("--seed", seed, 0 <= seed < 2**63, "a whole number of at least 0, below 2^63")
    if steps is not None and seconds is not None:
        raise BadInput("--seconds", "found it next to --steps; one of them is accepted")
    if not out.parent.is_dir() or out.is_dir():
        raise BadInput("--out", f"found {out}; a file in a folder that exists is accepted")

    from ..networks import require_torch

    require_torch("train")
    from ..denoisers import Exact
    from ..engines.workspace import Workspace
    from ..figures.loss import loss_figure
    from ..judging.cases import open_instance
    from ..networks.saved import packed
    from ..networks.training import steps_within
    from ..networks.training import train as fit
    from ..render.provenance import traced
    from ..render.write import write_bytes
    from ..render.write_figure import write_figure
    from ..study.measured import divided, measured

    instance = open_instance(spec)
    language, sizes = instance.language, {"width": width, "layers": layers, "seed": seed}
    if steps is None:
        steps = STEPS if seconds is None else steps_within(seconds, language, **sizes)
    shown = Remaining("training", every=10.0)
    shown.begin(steps, steps)
    try:
        found = fit(language, steps, **sizes, watch=lambda step, loss: shown.advance())
    finally:
        shown.end()
    exact = replace(instance, denoiser=Exact(), off_support="uniform", spec=None)
    least = divided(measured(Workspace(exact), "entropy"), language.length)
    figure = loss_figure(instance.name, found, least)
    figure = replace(figure, table=traced(figure.table, [exact]))
    write_bytes(out, packed(found.network, found.settings))
    drawing = out.with_name(f"{out.stem}-loss.svg")
    write_figure(drawing, figure)
    known = "" if least is None else f"; H(q)/L, the least possible, is {least.value:.5g}"
    print(f"{steps} steps: loss {found.loss[-1, 1]:.5g} nats a token at the end{known} ({drawing})")
    print(f'[denoiser]\nkind = "torch"\npath = "{out.name}"\noff_support = "denoiser"')
