"""Every algebraic step that sympy can redo leaves nothing over."""

from dataclasses import replace

import pytest

from maskbound.theory import DERIVATIONS, statements
from maskbound.theory.derivations import _curve, _profile, _riemann_error, _weights
from maskbound.theory.known_answers import copy_curve, parity_bernoulli


@pytest.mark.parametrize("derivation", DERIVATIONS, ids=lambda d: d.name)
def test_the_residual_is_zero(derivation):
    assert derivation.residual() == 0


def test_a_derivation_supports_statements_that_exist():
    for derivation in DERIVATIONS:
        assert derivation.sentence
        assert set(derivation.supports) <= set(statements)
    assert len({d.name for d in DERIVATIONS}) == len(DERIVATIONS)


def test_a_wrong_step_leaves_something_over():
    z = _profile(4)
    assert (_curve(z, 0) - z[1]).expand() != 0
    wrong = _riemann_error(lambda a: copy_curve(2, 5, 5, a), _weights(2)) - parity_bernoulli(5, _weights(2))["path_kl"]
    broken = replace(DERIVATIONS[0], residual=wrong.expand)
    assert broken.residual() != 0
