"""Our own transformers in files, which hold tensors and numbers only: nothing in them is ever run."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch

from ..errors import BadInput, unread
from .transformer import Transformer

__all__ = ["FORMAT", "packed", "read_network"]

FORMAT = "maskbound network 1"
SIZES = ("vocab", "length", "width", "layers")
LARGEST = {"vocab": 1 << 20, "length": 1 << 16, "width": 1 << 14, "layers": 1 << 10}


def packed(network: Transformer, training: dict[str, int | float | str]) -> bytes:
    """The file of a network: sizes, parameters, and how it was trained. The same network gives the same bytes."""
    sizes = {name: getattr(network, name) for name in SIZES}
    stream = io.BytesIO()
    torch.save({"format": FORMAT, "sizes": sizes, "training": training, "state": network.state_dict()}, stream)
    return stream.getvalue()


def read_network(path: Path) -> Transformer:
    """The network in a file.

    Raises
    ------
    BadInput
        For a file that holds none, or anything but tensors, numbers and text.
    """
    held = _held(path)
    sizes = held.get("sizes")
    if held.get("format") != FORMAT or not isinstance(sizes, dict) or set(sizes) != set(SIZES):
        raise BadInput(
            "path", f'{path} does not hold a network of the format "{FORMAT}", which `maskbound train` writes'
        )
    for name, most in LARGEST.items():
        if type(sizes[name]) is not int or not 1 <= sizes[name] <= most:
            raise BadInput("path", f"{path} has {name} = {sizes[name]!r}; a whole number from 1 to {most} is accepted")
    with torch.device("meta"):
        network = Transformer(**sizes)
    try:
        network.load_state_dict(held.get("state"), assign=True)
    except (RuntimeError, TypeError, AttributeError, KeyError):
        raise BadInput("path", f"the parameters in {path} are not those of a network of its sizes") from None
    for name, tensor in network.state_dict().items():
        if tensor.dtype != torch.float32 or not tensor.isfinite().all():
            raise BadInput("path", f"{path} holds {name} with entries that are no finite float32 numbers")
    return network.eval()


def _held(path: Path) -> dict[str, Any]:
    try:
        held = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as problem:
        raise BadInput("path", f"{path} {unread(problem, 'a saved network')}") from None
    if not isinstance(held, dict):
        raise BadInput(
            "path", f"{path} holds {type(held).__name__}; a network that `maskbound train` wrote is accepted"
        )
    return held
