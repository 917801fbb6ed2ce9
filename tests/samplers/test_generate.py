"""Code with the calling convention of released samplers, right and wrong, through `from_generate`."""

from __future__ import annotations

import pytest
import torch

from maskbound.numerics import Instance, conform, policies
from maskbound.numerics.conformance.adapters import from_generate
from maskbound.numerics.errors import BadInput
from maskbound.numerics.instances.gallery import load_gallery

LANGUAGE = load_gallery("markov-lopsided").language
PROPOSING = Instance(LANGUAGE, policies.Adaptive(5, score="confidence", order="sample-then-choose", sizes=[2, 2, 1]))


def generate(
    model,
    prompt,
    steps,
    gen_length,
    block_length,
    temperature=0.0,
    remasking="low_confidence",
    mask_id=None,
    theirs=True,
):
    """Reveals the proposals of largest confidence; without ``theirs``, masks of the prompt count in its budget."""
    assert gen_length == block_length
    x = torch.cat([prompt, torch.full((len(prompt), gen_length), mask_id)], dim=1)
    answer = torch.arange(x.shape[1]) >= prompt.shape[1]
    masks = (x[0] == mask_id) & (answer | torch.tensor(not theirs))
    budget = int(masks.sum())
    for step in range(steps):
        masked = (x == mask_id) & answer
        probabilities = model(x, attention_mask=torch.ones_like(x)).logits.softmax(dim=-1)
        flat = probabilities.flatten(0, 1)
        drawn = torch.multinomial(flat, 1) if temperature else flat.argmax(dim=1, keepdim=True)
        tokens = drawn.view(x.shape)
        score = probabilities.gather(2, tokens[..., None])[..., 0]
        if remasking == "random":
            score = torch.rand(x.shape)
        size = budget // steps + (step < budget % steps)
        order = score.masked_fill(~masked, -1).argsort(dim=1, descending=True, stable=True)
        best = torch.zeros_like(masked).scatter(1, order[:, :size], True)
        x = torch.where(best & masked, tokens, x)
    return x


def ran(prompt=(), **settings):
    sampler = from_generate(generate, prompt, steps=3, block_length=5, **({"temperature": 1.0} | settings))
    return conform(PROPOSING, sampler, samples=20_000, seed=4)


@pytest.mark.parametrize("prompt", [(), (0, 2, 1), (3, 3, 3)], ids=["none", "tokens", "masks"])
def test_right_code_is_not_flagged_whatever_the_prompt(prompt):
    """At alpha 1e-6."""
    assert ran(prompt).status != "differs"


def test_a_strategy_that_was_not_asked_for_is_named():
    found = ran(remasking="random")
    assert found.status == "differs"
    assert "fixed-size" in found.closest[0][0].split(" = ")


def test_masks_of_the_prompt_in_the_budget_are_named():
    found = ran((3,) * 5, theirs=False)
    assert found.status == "differs"
    assert "masks of an equally long prompt counted in the budget" in found.closest[0][0].split(" = ")


def guided(model, prompt, cfg_scale=1.0, **settings):
    """Asks about both halves and goes away from the second; returns the number of calls, too."""

    class Guided:
        def __call__(self, x, attention_mask=None):
            without = x.clone()
            without[:, : prompt.shape[1]] = settings["mask_id"]
            answer, other = model(torch.cat([x, without])).logits.chunk(2)
            # Where both are -inf their difference is not a number.
            return type(model(torch.cat([x, without])))(logits=torch.where(answer == other, answer, 2 * answer - other))

    return generate(Guided(), prompt, **settings), 3


def test_halves_of_guidance_and_more_than_the_sequences():
    settings = {"steps": 3, "block_length": 5, "temperature": 1.0}
    sampler = from_generate(guided, (0, 2), guidance=True, **settings)
    assert conform(PROPOSING, sampler, samples=2000, seed=4).status != "differs"


def test_one_sequence_at_a_time_and_a_prompt_that_changes():
    settings = {"steps": 3, "block_length": 5, "temperature": 1.0}
    single = from_generate(generate, (0,), one_at_a_time=True, **settings)
    assert conform(PROPOSING, single, samples=400, seed=4).status != "differs"

    def careless(model, prompt, **given):
        found = generate(model, prompt, **given)
        found[:, 0] = 1
        return found

    with pytest.raises(BadInput, match="prompt: it did not come back as it was given"):
        conform(PROPOSING, from_generate(careless, (0,), **settings), samples=400, seed=4)


def test_the_same_seed_gives_the_same_sequences_and_leaves_torch_alone():
    from maskbound.numerics.conformance import Oracle

    sampler = from_generate(generate, steps=3, block_length=5, temperature=1.0)
    oracle, state = Oracle(PROPOSING), torch.random.get_rng_state()
    assert (sampler(oracle, 100, 7) == sampler(oracle, 100, 7)).all()
    assert (sampler(oracle, 100, 7) != sampler(oracle, 100, 8)).any()
    assert torch.equal(torch.random.get_rng_state(), state)
