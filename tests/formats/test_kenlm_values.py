"""The scores that KenLM gives by its own test files, which its source archive has: set KENLM_SOURCE to its folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from maskbound.numerics.errors import BadInput
from maskbound.numerics.formats.arpa import read_arpa

pytestmark = pytest.mark.slow
SOURCE = os.environ.get("KENLM_SOURCE")

FLOAT32 = 1e-6
SCORES = [
    ("test", "looking on a little more loin", True, -1.567984938621521),
    ("test", "looking on a little the biarritz not_found more .", True, -30.916812896728516),
    ("test", "also would consider higher looking", False, -15.687871932983398),
    ("test", "foo not_in_arpa", False, -5.1372270584106445),
    ("test", "bar bar", False, -2.4365620613098145),
    ("test", "not_found not_found2 however not_found3", False, -28.995635986328125),
    ("test", "", True, -1.444466233253479),
]


@pytest.mark.skipif(SOURCE is None, reason="KENLM_SOURCE is not set")
@pytest.mark.parametrize(("name", "sentence", "whole", "score"), SCORES)
def test_scores(name: str, sentence: str, whole: bool, score: float) -> None:
    """Of order 5, with back-off to single words, unknown words and a positive back-off."""
    model = read_arpa(Path(str(SOURCE)) / "lm" / f"{name}.arpa")
    assert abs(model.score(sentence.split(), start=whole, end=whole) - score) <= FLOAT32 * abs(score)


@pytest.mark.skipif(SOURCE is None, reason="KENLM_SOURCE is not set")
def test_a_back_off_above_one() -> None:
    """No probability: the row of ``bar``."""
    path = Path(str(SOURCE)) / "lm" / "test.arpa"
    assert abs(read_arpa(path).row_totals()["bar",][0] - 1002.6) < 0.05


@pytest.mark.skipif(SOURCE is None, reason="KENLM_SOURCE is not set")
def test_a_file_without_unknown_words(tmp_path: Path) -> None:
    """KenLM gives them 1e-100; here they are no tokens."""
    text = (Path(str(SOURCE)) / "lm" / "test_nounk.arpa").read_text()
    path = tmp_path / "m.arpa"
    path.write_text(text)
    with pytest.raises(BadInput, match=r"'<unk>', which .* does not list"):
        read_arpa(path).score(["zzz", "a"])
    path.write_text(text.replace("ngram 1=36", "ngram 1=37").replace("-99\t<s>", "-100\t<unk>\n-99\t<s>"))
    score = -103.42937469482422
    assert abs(read_arpa(path).score(["zzz", "a"]) - score) <= FLOAT32 * abs(score)
