"""Products in pieces: the same matrices, and the same digits on any number of threads."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from maskbound.numerics.engines.markov.products import MULTIPLICATIONS, product, transposed_product

SHAPES = [(3, 4, 5), (1, 20_000, 3), (28, 9000, 28), (900, 27, 27), (27, 27, 600), (2, 1, 2), (300, 70, 90)]


@pytest.mark.parametrize("shape", SHAPES)
def test_pieces_add_up_to_the_product(shape):
    m, K, n = shape
    rng = np.random.default_rng(K)
    A, B = rng.random((m, K)), rng.random((K, n))
    truth = np.einsum("ik,kj->ij", A, B)
    assert (np.abs(product(A, B) - truth) <= 2 * K * 2.0**-53 * truth).all()
    assert (np.abs(transposed_product(np.ascontiguousarray(A.T), B) - truth) <= 2 * K * 2.0**-53 * truth).all()
    stacked = product(np.stack([A, 2 * A]), B)
    assert (np.abs(stacked[1] - 2 * truth) <= 4 * K * 2.0**-53 * truth).all()


DIGITS = """
import numpy as np
from maskbound.numerics.engines.markov.bigrams import bigram_kl_rate, bigram_law
from maskbound.numerics.engines.markov.chain import Chain
from maskbound.numerics.engines.markov.sequences import log_probabilities
from maskbound.numerics.engines.markov.ser import sequence_error_rate
from maskbound.numerics.engines.reveal_steps import bernoulli_steps
from maskbound.numerics.languages import english_ngram
weights = np.full(4, 0.25)
chain, language = Chain(*english_ngram(2, 400).chain(), 400), english_ngram(2, 400)
smooth = Chain(*english_ngram(2, 400, 1).chain(), 400)
texts = language.sample(3, np.random.default_rng(1))
print(sequence_error_rate(chain, weights), log_probabilities(chain, weights, texts))
print(bigram_kl_rate(bigram_law(smooth, bernoulli_steps(weights, 400), 4)))
print(bigram_kl_rate(bigram_law(smooth, bernoulli_steps(np.full(120, 1 / 120), 400), 120)))
"""


def digits(threads: int) -> str:
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS")
    run = subprocess.run(
        [sys.executable, "-P", "-c", DIGITS],
        env={**os.environ, **dict.fromkeys(names, str(threads))},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout


@pytest.mark.slow
def test_no_digit_changes_with_the_number_of_threads():
    assert digits(1) == digits(2) == digits(3)


def test_nothing_is_above_what_blas_does_on_one_thread(monkeypatch):
    calls = []
    original = np.ndarray.__matmul__

    class Watched(np.ndarray):
        def __matmul__(self, other):
            calls.append(self.shape[-2] * self.shape[-1] * other.shape[-1])
            return original(np.asarray(self), np.asarray(other)).view(Watched)

    rng = np.random.default_rng(0)
    A, B = rng.random((2, 40, 5000)).view(Watched), rng.random((5000, 30)).view(Watched)
    product(A, B)
    transposed_product(A[0].T, B)
    assert len(calls) > 40
    assert max(calls) <= MULTIPLICATIONS
