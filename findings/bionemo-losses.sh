#!/bin/sh
# bionemo-moco 0.0.2.2: losses of masked and discrete diffusion that are not the bounds they are documented as.
#
# D3PM.loss adds with vb_scale the divergence of the true posterior of a step from the predicted one. The true one is made
# from the target's one-hot vector taken as logits, so that it is the posterior for a guess of 0.576 at the target: a
# prediction of exactly the target costs 0.0436 where the divergence is 0, and the guess costs 0 where it is 0.0305. To
# minimize the term is to smooth the network. MDLM.loss with global_mean is documented to divide by the count of all tokens;
# without a mask it divides by the length of one sequence, and grows with the size of the batch. With the cosine schedule its
# weight at times below about 1e-4, which are drawn, is a number over 0: a revealed token then costs not 0 but NaN.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
pip="$folder/env/bin/pip install --quiet --disable-pip-version-check"
$pip torch==2.13.0 numpy==2.4.6 jaxtyping==0.3.11 pot scikit-learn matplotlib
$pip --no-deps bionemo-moco==0.0.2.2
"$folder/env/bin/python" -W ignore - <<'PY'
import math
import sys

import torch
from bionemo.moco.distributions.prior import DiscreteMaskedPrior, DiscreteUniformPrior
from bionemo.moco.distributions.time import UniformTimeDistribution
from bionemo.moco.interpolants import D3PM, MDLM
from bionemo.moco.schedules.noise.continuous_noise_transforms import CosineExpNoiseTransform, LogLinearExpNoiseTransform
from bionemo.moco.schedules.noise.discrete_noise_schedules import DiscreteCosineNoiseSchedule

STEPS, STEP, MASK = 10, 4, 3
d3pm = D3PM(
    UniformTimeDistribution(discrete_time=True, nsteps=STEPS), DiscreteUniformPrior(3), DiscreteCosineNoiseSchedule(STEPS)
)


def bound(logits):
    """The term for one token 0 that is seen as 0."""
    token, time = torch.tensor([[0]]), torch.tensor([STEP])
    with_term, without = (d3pm.loss(logits[None, None].clone(), token, token, time, vb_scale=s) for s in (1.0, 0.0))
    return float(with_term - without)


def divergence(logits):
    """The same in nats from the package's own transition matrices."""
    earlier, last = d3pm._Qt_bar[STEP - 1].double(), d3pm._Qt[STEP].double()[:, 0]
    true, predicted = earlier[0] * last, (logits.double().softmax(-1) @ earlier) * last
    true, predicted = true / true.sum(), predicted / predicted.sum()
    return float((true * (true / predicted).log()).sum())


costs = {}
for name, logits in (("the target", [30.0, 0.0, 0.0]), ("a guess of 0.576", [1.0, 0.0, 0.0])):
    costs[name] = bound(torch.tensor(logits)), divergence(torch.tensor(logits))
    print(f"D3PM, {name} predicted: {costs[name][0]:.4f}, where the divergence is {abs(costs[name][1]):.4f}")

LOGITS = torch.tensor([0.6, 0.3, 0.1, 0.0]).log()


def mdlm_loss(schedule, rows, shown, time, **options):
    """Of sequences of two tokens 0, all shown or all masked."""
    mdlm = MDLM(UniformTimeDistribution(), DiscreteMaskedPrior(4), schedule)
    target = torch.zeros((rows, 2), dtype=torch.long)
    seen = target if shown else torch.full((rows, 2), MASK)
    return float(mdlm.loss(LOGITS.expand(rows, 2, 4).clone(), target, seen, torch.full((rows,), time), **options).mean())


means = {rows: mdlm_loss(LogLinearExpNoiseTransform(), rows, False, 0.5, global_mean=True) for rows in (1, 10, 100)}
plain = {rows: mdlm_loss(LogLinearExpNoiseTransform(), rows, False, 0.5) for rows in (1, 10, 100)}
print(f"MDLM, mean of equal tokens by size of batch: {means} with global_mean, {plain} without")
early = mdlm_loss(CosineExpNoiseTransform(), 1, True, 1e-5)
later = mdlm_loss(CosineExpNoiseTransform(), 1, True, 1e-2)
print(f"MDLM, cosine, revealed tokens: {early} at time 1e-5, {later} at time 0.01")
target, guess = costs.values()
d3pm_same = abs(target[0] - 0.0436) < 1e-3 and abs(target[1]) < 1e-9 and abs(guess[0]) < 1e-5 and abs(guess[1] - 0.0305) < 1e-3
ratios = all(math.isclose(means[rows], rows * plain[1], rel_tol=1e-4) for rows in means)
steady = all(math.isclose(plain[rows], plain[1], rel_tol=1e-4) for rows in plain)
sys.exit(not (d3pm_same and ratios and steady and math.isnan(early) and later == 0))
PY
