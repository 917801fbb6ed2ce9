"""Exact numerics for masked diffusion samplers."""

import os

# Read by numba when it is first imported: the lane kernels are written for the superword vectoriser.
os.environ.setdefault("NUMBA_SLP_VECTORIZE", "1")
