#!/usr/bin/env bash
# What decoding loops of more released packages do beside what their names or documentation say; each package alone, on
# a network that gives the same probabilities whatever it is asked. Exits non-zero if any of it changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
pip="$work/venv/bin/python -m pip install --quiet --disable-pip-version-check"
$pip torch==2.13.0 numpy==2.4.6 -r "$(dirname "$0")/../requirements-released.txt"
$pip --no-deps longdllm==0.1.5 x-transformers==2.31.10 flow-matching==1.0.10 telos-ml==1.2.0 omgformers==2.0.6 \
    dantinox==0.4.14 transformers==5.24.0
cd "$work"
venv/bin/python -W ignore - <<'PYTHON'
import types

import torch

MASK = 3
PROBABILITIES = torch.tensor([0.6, 0.3, 0.1, 0.0])


class Network(torch.nn.Module):
    """Three tokens and a last column for the mask; remembers what it was asked."""

    device = torch.device("cpu")
    emb_dim, num_tokens, max_seq_len = 1, 3, 16

    def __init__(self, answer, probabilities=PROBABILITIES):
        super().__init__()
        self.answer, self.logits, self.asked = answer, probabilities.log(), []
        self.place = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x, *ignored, **more):
        self.asked.append(x.clone())
        return self.answer(self.logits.expand(*x.shape, self.logits.shape[-1]).clone())


def object_of(logits):
    return types.SimpleNamespace(logits=logits)


def masks(rows, length):
    return torch.full((rows, length), MASK)


def check(what, holds):
    print(("as described: " if holds else "CHANGED: ") + what)
    failed.append(not holds)


failed = []
torch.manual_seed(0)

from longdllm.generation import DreamGenerationConfig, _sample

network = Network(object_of)
chosen = DreamGenerationConfig(
    max_length=17, steps=16, temperature=1.0, mask_token_id=MASK, max_new_tokens=16, alg="maskgit_plus"
)
with torch.no_grad():
    x = _sample(network, torch.zeros((1, 1), dtype=torch.long), None, chosen, lambda _, x, __: x, lambda _, __, l: l)
left = [int((y == MASK).sum()) for y in [*network.asked, x]]
sizes = [before - after for before, after in zip(left, left[1:])]
check(f"longdllm 0.1.5: maskgit_plus in 16 steps for 16 tokens reveals {sizes}", sizes != [1] * 16 and sum(sizes) == 16)

from x_transformers.nonautoregressive_wrapper import NonAutoregressiveWrapper

code = NonAutoregressiveWrapper(Network(lambda logits: (logits[..., :3], None)), mask_id=MASK, steps=1)
x = code.generate(batch_size=200, start_temperature=1.0, filter_thres=0.0)
greedy = bool((x == 0).all())
check("x-transformers 2.31.10: one step at start_temperature 1 takes the likeliest token everywhere", greedy)

from transformers.models.diffusion_gemma.generation_diffusion_gemma import LinearTemperatureScheduleLogitsProcessor

warm = LinearTemperatureScheduleLogitsProcessor(0.4, 0.8, 4)
one = torch.tensor([[[1.0, 0.0]]])
found = [round(1 / float(warm(masks(1, 1), one.clone(), cur_step=left)[0, 0, 0]), 3) for left in (4, 3, 2, 1)]
check(f"transformers 5.24.0: four steps between t_max 0.8 and t_min 0.4 have temperatures {found}", found[-1] == 0.5)

from flow_matching.path import MixtureDiscreteProbPath
from flow_matching.path.scheduler import PolynomialConvexScheduler
from flow_matching.solver import MixtureDiscreteEulerSolver

path = MixtureDiscreteProbPath(scheduler=PolynomialConvexScheduler(n=1.0))
answers = Network(lambda logits: logits.softmax(-1))
solver = MixtureDiscreteEulerSolver(lambda x, t: answers(x), path, 4)
steps = solver.sample(
    masks(5000, 4), step_size=None, time_grid=torch.tensor([0.0, 0.5, 1.0]), return_intermediates=True
)
half, end = steps[1], steps[2]
shown = half != MASK
changed = float((end != half)[shown].float().mean())
check(
    f"flow-matching 1.0.10: half of the time reveals {float(shown.float().mean()):.3f}, and the last step changes "
    f"{changed:.3f} of what is revealed",
    abs(float(shown.float().mean()) - 0.3935) < 0.015 and abs(changed - 0.54) < 0.02,
)

from telos.diffusion.sampler import MDLMSampler

# The second of two positions has a margin of .01 more, and noise is ten times as large.
rows = torch.tensor([[0.745, 0.255, 0.0, 0.0], [0.75, 0.25, 0.0, 0.0]])
second = 0
for _ in range(300):
    network = Network(lambda logits: logits, rows)
    MDLMSampler(network, MASK, num_steps=2, schedule="linear", repetition_penalty=1.0).sample(2)
    second += int(network.asked[1].flatten()[1] != MASK)
# Two fair coins on tokens above 3, to which the penalty applies: equal in 0.465 of the pairs where it is 1.2.
even = torch.tensor([0.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.0])
equal = 0
for _ in range(2000):
    x = MDLMSampler(Network(lambda logits: logits, even), 6, num_steps=2, schedule="linear").sample(2).flatten()
    equal += int(x[0] == x[1])
check(
    f"telos-ml 1.2.0: of 300 first choices {second} are the position of larger margin; by default {equal} of 2000 "
    "pairs of fair coins are equal",
    second < 250 and equal < 970,
)

from omgformers.diffusion import MaskScheduler, ParallelDecoder

share = {}
for again in (0.0, 0.3):
    decoder = ParallelDecoder(Network(object_of), MaskScheduler(3, "linear", mask_token_id=MASK, vocab_size=4))
    x = decoder.generate(torch.zeros((2000, 1), dtype=torch.long), new_tokens=5, steps=3, remask_prob=again)[:, 1:]
    share[again] = float((x == 0).float().mean())
check(
    f"omgformers 2.0.6: of the surest proposals {share[0.0]:.3f} are the likeliest token, and {share[0.3]:.3f} with "
    "remask_prob 0.3, as what is masked again is filled by it",
    share[0.3] - share[0.0] > 0.03,
)

import jax.numpy as jnp
from dantinox.core.diffusion import make_noise_schedule
from dantinox.core.generation import stream_diffusion_generate
from flax import nnx


class Flax(nnx.Module):
    def __call__(self, x, **ignored):
        logits = jnp.log(jnp.array([0.6, 0.3, 0.1]))
        return types.SimpleNamespace(logits=jnp.broadcast_to(logits, (*x.shape, 3)))


def stream(steps, **arguments):
    given = {"num_sampling_steps": steps, "batch_size": 50, "seed": 0, **arguments}
    return list(stream_diffusion_generate(Flax(), None, 8, make_noise_schedule("linear"), MASK, **given))


lengths = {steps: len(stream(steps)) for steps in (3, 8)}
tokens = jnp.asarray(stream(8, decoding_strategy="confidence", confidence_threshold=0.5)[-1][2])
check(
    f"dantinox 0.4.14: states that are shown, one more than steps, by steps asked for: {lengths}; "
    "in the strategy by confidence all tokens are the likeliest",
    lengths == {3: 5, 8: 9} and bool((tokens == 0).all()),
)
raise SystemExit(any(failed))
PYTHON
