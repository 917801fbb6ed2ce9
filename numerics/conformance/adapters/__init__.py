"""Released sampler code on an oracle: what needs torch or diffusers, and nothing else does.

Code written like ``generate(model, prompt, steps=..., gen_length=..., ...)`` of the released LLaDA repository is run
from a file of one's own, which `maskbound conform SPEC --sampler FILE.py:sampler` takes:

    from generate import generate                                   # one's own copy
    from maskbound.numerics.conformance.adapters import from_generate

    sampler = from_generate(generate, steps=3, block_length=5, temperature=1.0, remasking="low_confidence")

The schedulers of diffusers are in `adapters.schedulers`.
"""

from .extra import require_extra

require_extra("torch")

from .generate import from_generate  # noqa: E402
from .model import TorchModel  # noqa: E402

__all__ = ["TorchModel", "from_generate"]
