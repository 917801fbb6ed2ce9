#!/usr/bin/env bash
# What samplers of released packages for masked diffusion do beside what their names or documentation say; each package
# alone, on a network that gives the same probabilities whatever it is asked. Exits non-zero if any of it changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
pip="$work/venv/bin/python -m pip install --quiet --disable-pip-version-check"
$pip torch==2.13.0 numpy==2.4.6 transformers==5.24.0 accelerate jaxtyping==0.3.11 pot scikit-learn matplotlib \
    prometheus_client fastapi pydantic tqdm einops diffusers==0.42.1
$pip --no-deps bionemo-moco==0.0.2.2 bitnet-dllm==1.3.0 dfastllm==0.0.4 dllm-reason==1.6.1 hedgehog-dlm==0.2.0
cd "$work"
venv/bin/python -W ignore - <<'PYTHON'
import types

import torch

MASK = 3
PROBABILITIES = torch.tensor([0.6, 0.3, 0.1, 0.0])


class Network(torch.nn.Module):
    """Four columns, of which the last is the mask's."""

    device = torch.device("cpu")

    def __init__(self, answer):
        super().__init__()
        self.answer, self.place, self.mask_token_id = answer, torch.nn.Parameter(torch.zeros(1)), MASK

    def forward(self, x, *ignored, **more):
        return self.answer(PROBABILITIES.log().expand(*x.shape, 4).clone())


def network(**keys):
    return Network(lambda logits: types.SimpleNamespace(logits=logits))


def masks(rows, length):
    return torch.full((rows, length), MASK)


def check(what, holds):
    print(("as described: " if holds else "CHANGED: ") + what)
    failed.append(not holds)


failed = []
torch.manual_seed(0)

from bionemo.moco.distributions.prior import DiscreteMaskedPrior
from bionemo.moco.distributions.time import UniformTimeDistribution
from bionemo.moco.interpolants import MDLM
from bionemo.moco.schedules.noise.continuous_noise_transforms import LogLinearExpNoiseTransform

mdlm = MDLM(UniformTimeDistribution(), DiscreteMaskedPrior(4), LogLinearExpNoiseTransform(eps=0.0))
logits = PROBABILITIES.log().expand(20000, 8, 4)
half = torch.full((20000,), 1.0), torch.full((20000,), 0.5)
revealed = {
    T: float((mdlm.step(logits.clone(), half[0], masks(20000, 8), half[1], temperature=T) != MASK).float().mean())
    for T in (1.0, 0.5)
}
# 1/2, and sum c^2 / (1 + sum c^2) with sum c^2 = 0.46.
check(
    f"bionemo-moco 0.0.2.2: half a step reveals {revealed[1.0]:.3f} at temperature 1, {revealed[0.5]:.3f} at 1/2",
    abs(revealed[1.0] - 0.5) < 0.01 and abs(revealed[0.5] - 0.46 / 1.46) < 0.01,
)
runs = []
for T in (0.01, 1.0, 100.0):
    torch.manual_seed(1)
    runs.append(mdlm.step_confidence(logits.clone(), masks(20000, 8), 0, 8, confidence_temperature=T))
check(
    "bionemo-moco 0.0.2.2: step_confidence is the same whatever confidence_temperature is",
    all(torch.equal(runs[0], run) for run in runs),
)
first = mdlm.step_confidence_margin(logits[:2000].clone(), masks(2000, 8), 0, 8, randomness=0.0)
share = float((first[first != MASK] == 0).float().mean())
check(
    f"bionemo-moco 0.0.2.2: step_confidence_margin reveals the likeliest token, of probability 0.6, in {share:.3f} of its choices",
    share < 0.1,
)

from bitnet_dllm.sampler import MDLMAncestralSampler

config = types.SimpleNamespace(vocab_size=4)
answers = Network(lambda logits: {"logits": logits})
answers.config = config
sampler = MDLMAncestralSampler(answers, types.SimpleNamespace(mask_token_id=MASK), device="cpu")
x = sampler._denoise_loop(masks(500, 8), masks(500, 8) != MASK, 1, 1.0, 1.0, None)
check("bitnet-dllm 1.3.0: one step at temperature 1 writes the likeliest token everywhere", bool((x == 0).all()))
kept = sampler._top_p_filter(torch.tensor([0.5, 0.2, 0.2, 0.1]).log()[None, None], 0.4)
check(
    "bitnet-dllm 1.3.0: of 0.5, 0.2, 0.2, 0.1 top_p 0.4 keeps two tokens, where the first crosses 0.4",
    int(torch.isfinite(kept).sum()) == 2,
)

from dfastllm.engine.diffusion_sampler import diffusion_generate

arguments = {"steps": 32, "gen_length": 32, "block_length": 32, "temperature": 1.0, "mask_id": MASK}
left = {
    rows: int((diffusion_generate(network(), masks(rows, 0), use_adaptive_steps=True, **arguments) == MASK).sum())
    for rows in (1, 4)
}
check(f"dfastllm 0.0.4: use_adaptive_steps leaves {left[1]} of 32 masks for one row, {left[4]} for four", left == {1: 1, 4: 0})

from dllm_reason.inference.sampler import DiffusionSampler, SamplingConfig
from dllm_reason.scheduler.maskgit_scheduler import MaskGITCosineScheduler

chosen = SamplingConfig(num_steps=4, block_length=100, temperature=1.0, show_progress=False, record_trajectory=True)
trajectory = DiffusionSampler(network(), MaskGITCosineScheduler(), chosen).sample(
    masks(1, 100), masks(1, 100) != MASK, 100
).trajectory
sizes = [int((a == MASK).sum() - (b == MASK).sum()) for a, b in zip(trajectory, trajectory[1:])]
check(f"dllm-reason 1.6.1: maskgit_cosine reveals {sizes} of 100 in 4 steps; MaskGIT's cosine the other way round", sizes == [38, 32, 22, 8])

from hedgehog.samplers import create_sampler

diffusion = types.SimpleNamespace(num_timesteps=4, vocab_size=4)
asked = []
plain = Network(lambda logits: logits)
plain.register_forward_pre_hook(lambda _, given: asked.append(given[0].clone()))
found = {}
for kind, rows in (("ddpm", 1), ("ddpm_cache", 1), ("ddpm_cache", 2)):
    try:
        create_sampler(kind, diffusion, plain, MASK).sample(rows, 8, torch.device("cpu"))
        found[kind, rows] = "ran"
    except Exception as problem:
        found[kind, rows] = type(problem).__name__
check(
    f"hedgehog-dlm 0.2.0: {found}; the cached one asks about masks alone",
    list(found.values()) == ["AttributeError", "ran", "RuntimeError"] and all(bool((x == MASK).all()) for x in asked),
)

from diffusers.schedulers import BlockRefinementScheduler

scheduler = BlockRefinementScheduler(block_length=8)
scheduler.set_timesteps(8, block_length=8)
same = []
for least in (1, 4):
    generator = torch.Generator().manual_seed(1)
    after = scheduler.step(
        PROBABILITIES.log().expand(50, 8, 4), 0, masks(50, 8), mask_token_id=MASK, temperature=1.0, threshold=2.0,
        minimal_topk=least, generator=generator,
    ).prev_sample
    same.append(after)
check(
    "diffusers 0.42.1: BlockRefinementScheduler.step commits one token whether minimal_topk is 1 or 4",
    torch.equal(*same) and bool(((same[1] != MASK).sum(1) == 1).all()),
)
raise SystemExit(any(failed))
PYTHON
