"""Large back-off models: an arc for each n-gram that is listed, and no more."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from random import Random

import numpy as np
import pytest
from formats import files

from maskbound.numerics import Instance, draw, languages, policies
from maskbound.numerics.errors import BeyondReach
from maskbound.numerics.formats import backoff
from maskbound.numerics.formats.arpa import read_arpa

V, LISTED, L = 400, 4, 12
pytestmark = pytest.mark.filterwarnings("ignore::maskbound.numerics.errors.RowsRescaled")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpolated bigram model of 400 words: half of each row is that of the unigrams, half a few listed words."""
    rng = Random(1)
    words = [f"w{k}" for k in range(V)]
    counts = {word: rng.randint(1, 9) for word in [*words, "</s>"]}
    p = {(word,): Fraction(count, sum(counts.values())) for word, count in counts.items()} | {("<s>",): Fraction(1)}
    backoff = {}
    for context in ["<s>", *words]:
        backoff[context,] = Fraction(1, 2)
        for word in rng.sample([*words, "</s>"], LISTED):
            p[context, word] = Fraction(1, 2) * p[word,] + Fraction(1, 2 * LISTED)
    path = tmp_path_factory.mktemp("backoff") / "words.arpa"
    path.write_text(files.arpa(p, backoff))
    return path


def test_states_and_arcs_are_those_that_are_listed(model: Path) -> None:
    """Each word is one state; of arcs the states have one, and the contexts their listed words and one silent step."""
    language = languages.from_arpa(model, L)
    assert (language.states, language.moves.silent) == (V, V + 2)
    ends = np.count_nonzero(language.end.values)
    assert len(language.moves.arcs.columns) + ends <= 2 * V + 1 + (LISTED + 1) * (V + 1) + 1
    assert language.links == V**2


def test_its_numbers_are_those_of_the_file(model: Path) -> None:
    """To eleven of the twelve digits, in each of at most thirteen factors of which none is below 1e-4."""
    language, table = languages.from_arpa(model, L), read_arpa(model)
    x = language.sample(20, np.random.default_rng(0))
    found = (language.log_prob(x) + language.log_length_probability) / math.log(10)
    scores = [table.score([language.tokens[v] for v in row]) for row in x.tolist()]
    assert found == pytest.approx(scores, abs=13 * 1e-7)
    assert language.in_support(x).all()


def test_what_is_drawn_one_by_one_has_the_cross_entropy_of_the_language(model: Path) -> None:
    """Two means of 200 within six standard errors."""
    language = languages.from_arpa(model, L)
    instance = Instance(language, policies.autoregressive(L))
    drawn, own = (
        language.log_prob(x) for x in (draw(instance, 200, 1), language.sample(200, np.random.default_rng(2)))
    )
    assert abs(drawn.mean() - own.mean()) <= 6 * math.hypot(drawn.std(), own.std()) / math.sqrt(200)


def test_what_does_not_fit_is_refused_with_an_estimate(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if an arc took a terabyte."""
    monkeypatch.setattr(backoff, "BYTES_AN_ARC", 10**12)
    with pytest.raises(BeyondReach, match=r"arcs of \d+ contexts needs .*; words = FILE keeps those of a list"):
        languages.from_arpa(model, L)
