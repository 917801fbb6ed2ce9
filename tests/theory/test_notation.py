"""The vocabulary: complete, without doubles, with ranges and symbols that agree."""

import pytest
from sympy import oo

from maskbound.theory import parameters, quantities, second, symbols, to_latex
from maskbound.theory.notation import kl, law_distance, ser

PUBLIC = [
    "kl",
    "reverse_kl",
    "tv",
    "hellinger",
    "path_kl",
    "ser",
    "ter",
    "log_ter",
    "log_ter_language",
    "entropy",
    "total_correlation",
    "dual_total_correlation",
    "eps_learning",
    "mean_learning_error",
    "max_step_weight",
    "max_step_size",
    "collision_probability",
    "bigram_kl_rate",
    "bigram_tv_rate",
    "generative_nll",
    "generative_nll_correct",
    "generative_perplexity",
    "off_support_mass",
    "expected_steps",
    "area_defect",
    "profile_max_increase",
    "law_distance",
]
UNITS = {"nats", "nats per token", "probability", "perplexity", "count", "distance", "ratio"}


def test_every_public_quantity_is_declared():
    assert set(quantities) >= set(PUBLIC)
    assert len(PUBLIC) == 27


@pytest.mark.parametrize("quantity", quantities.values(), ids=lambda q: q.name)
def test_a_quantity_is_complete(quantity):
    assert quantity.unit in UNITS
    assert quantity.meaning
    assert quantity.definition == f"definitions.md#{quantity.name}"
    assert quantity.symbol.name == quantity.name
    assert quantity.symbol is symbols[quantity.name]
    assert quantity.least < quantity.greatest
    if quantity.least >= 0:
        assert quantity.symbol.is_extended_nonnegative
    if quantity.unit == "probability":
        assert (quantity.least, quantity.greatest) == (0, 1)


def test_what_may_be_infinite_is_not_declared_finite():
    """sympy would otherwise cancel infinities as if they were numbers."""
    for name in ("kl", "reverse_kl", "path_kl", "eps_learning", "mean_learning_error", "learning_term", "log_ter"):
        assert quantities[name].greatest == oo
        assert quantities[name].symbol.is_finite is None
    assert quantities["entropy"].symbol.is_finite
    assert ser.is_finite


def test_the_second_subject_has_symbols_of_its_own():
    assert second(kl).name == "kl@2"
    assert second(kl) != kl
    assert second(symbols["N"]) is symbols["N@2"]
    assert second(law_distance) == law_distance
    assert "law_distance@2" not in symbols


def test_symbols_hold_quantities_and_parameters_only():
    assert set(parameters) == {"V", "L", "N", "K"}
    bases = {name.removesuffix("@2") for name in symbols}
    assert bases == set(quantities) | set(parameters)


def test_vocabularies_cannot_be_written_to():
    for vocabulary in (quantities, symbols, parameters):
        with pytest.raises(TypeError):
            vocabulary["kl"] = 1  # type: ignore[index]


def test_latex_names_subjects_only_where_there_are_two():
    assert to_latex(kl) == r"\mathrm{KL}"
    assert to_latex(second(kl), two_subjects=True) == r"{\mathrm{KL}}^{(2)}"
