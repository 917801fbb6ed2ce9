"""Models as people bring them, with their right answers from the definitions."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from maskbound.numerics import Instance, languages, load, measure, policies

TABLE = """[language]
{language}
[policy]
{policy}
[denoiser]
kind = "table"
path = "table.npz"
"""


def tabulated(folder: Path, conditionals: np.ndarray, language: str, policy: str) -> Instance:
    """An instance whose network answers by a table, indexed in base V + 1 with 0 for a mask."""
    np.savez(folder / "table.npz", conditionals=conditionals)
    (folder / "x.toml").write_text(TABLE.format(language=language, policy=policy))
    return load(folder / "x.toml")


END_STATE = [["1/2", "2/5"], ["2/5", "1/10"]], ["1/10", "1/2"]


@pytest.mark.parametrize("hidden", [False, True])
def test_rows_below_one_with_an_end(hidden: bool) -> None:
    """Rows divided by their sums are another law, 316/765 away."""
    transition, end = END_STATE
    if hidden:
        language = languages.HMM(2, ["1/2", "1/2"], transition, [[1, 0], [0, 1]], end)
    else:
        language = languages.markov(["1/2", "1/2"], transition, 2, end)
    law = [Fraction(n, 34) for n in (5, 20, 4, 5)]
    assert language.exact_table().tolist() == law
    found = measure(Instance(language, policies.Bernoulli(1)), ["total_correlation"])["total_correlation"]
    assert abs(found.value - 0.0281360659) < 1e-10
    divided = languages.markov(["1/2", "1/2"], [["5/9", "4/9"], ["4/5", "1/5"]], 2).exact_table().tolist()
    assert sum(abs(p - q) for p, q in zip(law, divided, strict=True)) / 2 == Fraction(316, 765)


def test_what_a_nucleus_leaves_out(tmp_path: Path) -> None:
    """Divided by what was kept: the last token is never drawn."""
    kept = np.array([[[4 / 9, 3 / 9, 2 / 9, 0]]] * 5)
    instance = tabulated(
        tmp_path,
        kept,
        'kind = "iid"\nprobabilities = ["2/5", "3/10", "1/5", "1/10"]\nlength = 1',
        'kind = "bernoulli"\nsteps = 1',
    )
    found = measure(instance, ["kl", "reverse_kl", "tv"])
    assert found["kl"].value == math.inf
    assert abs(found["reverse_kl"].value + math.log(9 / 10)) < 1e-14
    assert abs(found["tv"].value - 0.1) < 1e-14


@pytest.mark.parametrize(
    ("policy", "equal", "tv"),
    [
        ('kind = "autoregressive"', 0.45, 0.0),
        ('kind = "fixed-sets"\nsets = [[1], [0]]', 0.35, 0.2),
        ('kind = "random-order"', 0.4, 0.1),
    ],
)
def test_orders_that_do_not_agree(policy: str, equal: float, tv: float, tmp_path: Path) -> None:
    """A network that answers P(x2 = x1 | x1) = 9/10 and P(x1 = x2 | x2) = 7/10."""
    answers = np.full((9, 2, 2), 0.5)
    for token in (0, 1):
        answers[3 * (token + 1), 1] = np.where(np.arange(2) == token, 0.9, 0.1)
        answers[token + 1, 0] = np.where(np.arange(2) == token, 0.7, 0.3)
    instance = tabulated(
        tmp_path,
        answers,
        'kind = "tabular"\nvocab = 2\nlength = 2\nprobabilities = ["9/20", "1/20", "1/20", "9/20"]',
        policy,
    )
    found = measure(instance, ["tv", "kl"])
    assert abs(found["tv"].value - tv) < 1e-12
    law = np.array([equal, 0.5 - equal, 0.5 - equal, equal])
    q = np.array([0.45, 0.05, 0.05, 0.45])
    assert abs(found["kl"].value - float((q * np.log(q / law)).sum())) < 1e-12


def test_a_rare_token() -> None:
    """1e-13 is not lost: at one step three quantities are one."""
    language = languages.markov([1, 0], [["9999999999999/10000000000000", "1/10000000000000"], [0, 1]], 3)
    found = measure(Instance(language, policies.Bernoulli(1)), ["total_correlation", "kl", "path_kl"])
    for name in ("total_correlation", "kl", "path_kl"):
        assert found[name].lo <= 2.954731184780272e-12 * (1 + 1e-15)
        assert found[name].hi >= 2.954731184780272e-12 * (1 - 1e-15)
        assert found[name].hi - found[name].lo < 1e-14
