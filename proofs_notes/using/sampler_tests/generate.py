"""A sampler, as a repository of one's own has it: each block in a few steps, the surest positions first."""

import numpy as np

BLOCK, STEPS = 32, 8


def generate(network, mask, rows, length, temperature=1.0, seed=0):
    """Tokens (rows, length); the network gives log-probabilities (rows, length, vocab) of partial sequences."""
    rng = np.random.default_rng(seed)
    x = np.full((rows, length), mask)
    for start in range(0, length, BLOCK):
        block = slice(start, start + BLOCK)
        for _ in range(STEPS):
            logits = network(x)[:, block]
            probabilities = np.exp(logits)
            probabilities /= probabilities.sum(axis=2, keepdims=True)
            powers = np.exp((logits - logits.max(axis=2, keepdims=True)) / temperature)
            total = powers.cumsum(axis=2)
            tokens = (total <= rng.random((rows, BLOCK, 1)) * total[..., -1:]).sum(axis=2)
            # Positions are chosen before tokens are drawn; code that draws first takes the drawn token's probability.
            confidence = np.where(x[:, block] == mask, probabilities.max(axis=2), -1.0)
            chosen = np.argsort(-confidence, axis=1, kind="stable")[:, : BLOCK // STEPS] + start
            np.put_along_axis(x, chosen, np.take_along_axis(tokens, chosen - start, 1), 1)
    return x
