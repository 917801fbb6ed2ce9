"""The sampler draws as it says: `pytest` runs this, `pytest -m samples_from` it alone."""

import pytest
from generate import generate


@pytest.mark.samples_from("blocks.toml", samples=60, allow_inconclusive=True)
def test_generate():
    return lambda oracle, count, seed: generate(oracle.logits, oracle.mask_id, count, oracle.length, seed=seed)
