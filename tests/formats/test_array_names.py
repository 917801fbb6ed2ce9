"""The names that the arrays of a hidden Markov model may have, and what is said of a file in the wrong kind."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from maskbound.numerics.errors import BadInput
from maskbound.numerics.formats.arrays import from_arrays
from maskbound.numerics.languages.hidden_markov import HMMTable

VALUES = ([0.25, 0.75], [[0.5, 0.5], [0.25, 0.75]], [[1, 0], [0.5, 0.5]])


def test_arrays_may_have_the_names_of_the_language():
    names = (("startprob_", "transmat_", "emissionprob_"), ("initial", "transition", "emission"))
    theirs, own = (
        from_arrays({name: np.array(array) for name, array in zip(each, VALUES, strict=True)}, 3) for each in names
    )
    x = np.array(list(product(range(2), repeat=3)))
    assert np.exp(own.log_prob(x)).sum() == pytest.approx(1)
    assert (own.log_prob(x) == theirs.log_prob(x)).all()


def test_a_path_in_a_hidden_chain_is_told_its_kind():
    with pytest.raises(BadInput, match=r'path: unknown key; .* kind = "npz"'):
        HMMTable.read({"kind": "hmm", "path": "model.npz", "length": 4})
