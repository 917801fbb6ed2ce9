"""What a network says, as probabilities.

A network is anything that maps partial sequences, a tensor (B, L) of int64 with V for a mask, to logits (B, L, V), or
(B, L, V+1) with a last column for the mask, which is left out; or to an object that has them as ``.logits``. Its
probabilities are the softmax of these logits in float32 (float64 for logits in float64): the numbers that its own
sampler draws from. They are data, and exact; only that they are made to sum to 1, in float64, is rounded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..errors import BadInput

__all__ = ["Module", "ask", "parameter_count", "require_function"]

Module = Callable[[Any], Any]

TOKENS_A_CALL = 1 << 11
LONGEST_SAID = 200
SAME = 1e-3
"""Logits of one sequence may differ by so much with what is asked beside it: float32 sums go in another order."""


def ask(module: Module, y: NDArray[np.int64], vocab: int, least: float = 0.0) -> NDArray[np.float64]:
    """Probabilities (n, L, V) at the masked positions of partial sequences (n, L).

    Calls are all of one shape, the last filled up with masks, so that what is said of a sequence does not depend on
    how many others are asked about.

    Raises
    ------
    BadInput
        When the module returns another shape, logits that are not numbers, or a probability below ``least``.
    """
    n, L = y.shape
    rows = max(1, TOKENS_A_CALL // L)
    found = np.empty((n, L, vocab))
    for start in range(0, n, rows):
        part = np.full((rows, L), vocab, dtype=np.int64)
        asked = y[start : start + rows]
        part[: len(asked)] = asked
        found[start : start + rows] = _probabilities(_logits(module, part, vocab))[: len(asked)]
    _require_numbers(found, y, vocab)
    found /= found.sum(axis=-1, keepdims=True)
    if least and (below := (found < least).any(axis=-1) & (y == vocab)).any():
        p = found[below].min()
        raise BadInput("module", f"it gave a token {p:.3g}, below its own least_probability, {least:.3g}")
    return found


def _require_numbers(found: NDArray[np.float64], y: NDArray[np.int64], vocab: int) -> None:
    wrong = ~np.isfinite(found).all(axis=-1) & (y == vocab)
    if wrong.any():
        k, i = np.argwhere(wrong)[0]
        raise BadInput("module", f"its logits at position {i} of {y[k].tolist()} make no probabilities (NaN, or inf)")


def _logits(module: Module, y: NDArray[np.int64], vocab: int) -> Any:
    with torch.inference_mode():
        try:
            # A copy: a module may write into what it is given.
            answer = module(torch.tensor(y, device=_device(module)))
        except Exception as problem:
            said = " ".join(str(problem).split())[:LONGEST_SAID]
            raise BadInput("module", f"it raised {type(problem).__name__}: {said}") from problem
    logits: Any = getattr(answer, "logits", answer)
    wanted = f"a tensor of real logits ({y.shape[0]}, {y.shape[1]}, {vocab} or {vocab + 1}) is accepted"
    if not isinstance(logits, torch.Tensor) or logits.is_complex():
        found = logits.dtype if isinstance(logits, torch.Tensor) else type(logits).__name__
        raise BadInput("module", f"it returned {found}; {wanted}")
    if tuple(logits.shape) not in ((*y.shape, vocab), (*y.shape, vocab + 1)):
        raise BadInput("module", f"it returned a tensor of shape {tuple(logits.shape)}; {wanted}")
    return logits[..., :vocab].detach()


def _probabilities(logits: Any) -> NDArray[np.float64]:
    wide = logits if logits.dtype == torch.float64 else logits.float()
    found: NDArray[np.float64] = wide.softmax(dim=-1).double().cpu().numpy()
    return found


def _device(module: Module) -> torch.device:
    parameters = module.parameters() if isinstance(module, torch.nn.Module) else iter(())
    return next((parameter.device for parameter in parameters), torch.device("cpu"))


def parameter_count(module: Module) -> int:
    """Numbers in a module; 0 for a function."""
    return sum(parameter.numel() for parameter in module.parameters()) if isinstance(module, torch.nn.Module) else 0


def require_function(module: Module, vocab: int, length: int) -> None:
    """Refuse what does not answer by the sequence alone: drop-out that was left on, statistics of the batch.

    A few sequences are asked about twice, and in the other order.
    """
    y = np.random.default_rng(0).integers(0, vocab + 1, size=(16, length))
    first, second, turned = (_logits(module, np.ascontiguousarray(each), vocab) for each in (y, y, y[::-1]))
    _require_numbers(_probabilities(first), y, vocab)
    for other in (second, turned.flip(0)):
        # Equal infinities have no difference.
        apart = torch.where(first == other, 0.0, (first - other).abs()).nan_to_num(0.0).max().item()
        if apart > SAME:
            raise BadInput(
                "module",
                f"logits of one sequence differed by {apart:.3g} between two calls; a function of the sequence alone "
                "is accepted (call eval() on what has drop-out or batch norms)",
            )
