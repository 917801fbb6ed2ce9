"""flow-matching: the Euler solver for discrete flows from a mask, `MixtureDiscreteEulerSolver`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch
from flow_matching.path import MixtureDiscreteProbPath
from flow_matching.path.scheduler import PolynomialConvexScheduler
from flow_matching.solver import MixtureDiscreteEulerSolver

from ...policies import Bernoulli
from .generate import seeded
from .model import TorchModel
from .setting import LONG, Setting, peaked

if TYPE_CHECKING:
    from ..conform import SamplerCode
    from ..oracle import Oracle

__all__ = ["PACKAGE", "VERSION", "euler", "settings"]

PACKAGE, VERSION = "flow-matching", "1.0.10"


def euler(steps: int) -> SamplerCode:
    """From all masked along the linear path, in equal steps."""

    def sampler(oracle: Oracle, count: int, seed: int) -> Any:
        network = TorchModel(oracle, extra=1)

        def model(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
            return network(x).logits.softmax(dim=-1)

        path = MixtureDiscreteProbPath(scheduler=PolynomialConvexScheduler(n=1.0))
        code = MixtureDiscreteEulerSolver(model, path, oracle.vocab + 1)
        x = torch.full((count, oracle.length), oracle.mask_id)
        with seeded(seed):
            return code.sample(x, step_size=None, time_grid=torch.linspace(0, 1, steps + 1)).numpy()

    return sampler


def settings() -> Iterator[Setting]:
    """What is run."""
    for steps in (4, 16):
        yield Setting(
            "MixtureDiscreteEulerSolver",
            f"{steps} equal steps, linear path from masks",
            "an Euler solver; the exact process over a step reveals with probability h/(1-t)",
            Bernoulli(steps=steps),
            euler(steps),
            "a step reveals with probability 1 - exp(-h/(1-t)), fewer, and the last one the more: few steps are worse "
            "than ancestral sampling of as many. The last step draws every position anew, so a network must copy its "
            "input",
            peaked(16),
            LONG,
        )
