"""What the tests of wrong input share."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from maskbound.numerics.errors import BadInput, MaskboundError

SECONDS = 5.0
"""No wrong spec takes longer: nothing is stored before it is refused."""

LONGEST_SENTENCE = 500


def refused(act: Callable[[], Any], kind: type[MaskboundError] = BadInput) -> str:
    started = time.perf_counter()
    with pytest.raises(kind) as caught:
        act()
    assert time.perf_counter() - started < SECONDS
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert len(sentence) < LONGEST_SENTENCE
    return sentence


@pytest.fixture
def refusal() -> Callable[..., str]:
    """``refusal(act, kind=BadInput)``: the one sentence with which ``act()`` is refused, in good time."""
    return refused
