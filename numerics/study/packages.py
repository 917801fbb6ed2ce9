"""What samplers of released packages do, held against what their documentation says of them."""

from __future__ import annotations

import math
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..conformance import Claim, conform
from ..errors import BadInput
from ..render.table import Table

if TYPE_CHECKING:
    from ..conformance.adapters.setting import Setting

__all__ = ["ADAPTERS", "NOT_RUN", "released_table"]

ALPHA = 1e-6
TV = 0.1

ADAPTERS = MappingProxyType(
    {
        "bionemo-moco": "bionemo_moco",
        "bitnet-dllm": "bitnet_dllm",
        "dantinox": "dantinox",
        "dfastllm": "dfastllm",
        "diffusers": "diffusers_schedulers",
        "dllm-reason": "dllm_reason",
        "dlmserve": "dlmserve",
        "flow-matching": "flow_matching",
        "hedgehog-dlm": "hedgehog_dlm",
        "longdllm": "longdllm",
        "omgformers": "omgformers",
        "telos-ml": "telos_ml",
        "transformers": "diffusion_gemma",
        "x-transformers": "x_transformers",
    }
)
"""The module of each package's adapter."""

NOT_RUN = MappingProxyType(
    {
        "esm 3.2.1": "its sampler is one with a client of ESM3 and its tokenizers, whose files come from a hub",
        "evodiff 1.1.2": "its module for generation imports training data sets and plots of proteins",
        "lmdeploy 0.18.0": "its block algorithm is part of a server for GPUs",
        "sglang 0.5.23": "its block algorithms import a server for GPUs; those for masks draw nothing",
        "mlx-vlm 0.7.10": "its loop is one with a network on Apple's processors",
        "nemo-toolkit 3.0.0": "MagpieTTS is one with its network and audio codec",
        "muse-maskgit-pytorch 0.3.5, soundstorm-pytorch 0.6.1": "one with networks for images or audio",
        "omnivoice 0.2.1": "needs a build of torchaudio that a plain index does not pair with the locked torch",
    }
)
"""Packages with samplers that are not in the table, and why."""

COLUMNS = ("package", "sampler", "setting", "documented as", "finding", "seen", "evidence", "for who reports numbers")


def released_table() -> Table:
    """A row for each sampler and setting of the packages that are installed.

    Raises
    ------
    BadInput
        Without torch, or when none of the packages is installed.

    Notes
    -----
    Cost: some 45 tests, a quarter of an hour.
    """
    rows: list[tuple[Any, ...]] = []
    used, missing = [], []
    for package, module in ADAPTERS.items():
        try:
            installed = version(package)
        except PackageNotFoundError:
            missing.append(package)
            continue
        adapter = import_module(f"..conformance.adapters.{module}", __package__)
        used.append(f"{package} {installed}")
        rows += [_row(f"{package} {installed}", setting) for setting in adapter.settings()]
    if not rows:
        raise BadInput("table", f"none of the packages is installed: {', '.join(ADAPTERS)}")
    notes = [f"{name}: {why}" for name, why in NOT_RUN.items()]
    if missing:
        notes.append(f"not installed: {', '.join(missing)}")
    provenance = [*used, *(f"{name} {version(name)}" for name in ("torch", "jax") if find_spec(name))]
    title = "What samplers of released packages do, beside what their documentation says"
    return Table(title, COLUMNS, tuple(rows), tuple(notes), tuple(provenance))


def _row(package: str, setting: Setting) -> tuple[Any, ...]:
    """What is seen of a setting."""
    try:
        found = conform(Claim(setting.instance), setting.code, samples=setting.samples, alpha=ALPHA, tv=TV)
    except BadInput as problem:
        status, seen, evidence = "raises", str(problem).removeprefix("sampler: it raised ").split(";")[0], None
    else:
        status = found.status if found.status == "differs" else "no difference"
        parts = [
            f"{name.replace('_', ' ')}: {part.seen}" for name, part in found.components.items() if not part.as_claimed
        ]
        if found.status == "differs" and not parts:
            parts = [f"steps are not seen; sequences are closest to: {found.closest[0][0]}"]
        seen = "; ".join(parts) or "as documented"
        evidence = "an impossible step" if math.isinf(found.log_evidence) else f"e^{found.log_evidence:.0f}"
        evidence += f" in {found.samples} sequences"
    return package, setting.sampler, setting.setting, setting.documented, status, seen, evidence, setting.meaning
