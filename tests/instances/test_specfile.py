"""Instance files: every kind lands where it should, rationals stay rational, and canonical forms are stable."""

from __future__ import annotations

import csv
import json
import math
from fractions import Fraction
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from oracles import languages as oracle

from maskbound.numerics import denoisers, policies
from maskbound.numerics.errors import BadInput
from maskbound.numerics.instances import Instance, Pair, dump, explicit_spec, from_spec, load, load_pair, parse
from maskbound.numerics.numbers.lattice import sequence_rows

BERNOULLI = {"kind": "bernoulli", "steps": 2}
CHAIN = {"kind": "markov", "length": 4, "initial": ["1/2", "2/4"], "transition": [["1/3", "2/3"], [1, "0"]]}
CHAIN_ROWS = [Fraction(1, 2), Fraction(1, 2)], [[Fraction(1, 3), Fraction(2, 3)], [Fraction(1), Fraction(0)]]
HIDDEN = {
    "kind": "hmm",
    "length": 3,
    "initial": ["1/4", "3/4"],
    "transition": [["1/2", "1/2"], [0, 1]],
    "emission": [["1/3", "2/3", 0], [0, "1/5", "4/5"]],
}
HIDDEN_ROWS = [[[Fraction(entry) for entry in row] for row in HIDDEN[key]] for key in ("transition", "emission")]
TRIGRAM_ROWS = [[Fraction(1, 3), Fraction(2, 3)], [1, 0], [0, 1], [Fraction(1, 2), Fraction(1, 2)]]

LANGUAGES: dict[str, tuple[dict[str, Any], oracle.Law]] = {
    "tabular": (
        {"kind": "tabular", "vocab": 2, "length": 2, "probabilities": ["1/2", 0, "1/6", "2/6"]},
        oracle.tabular(["1/2", 0, "1/6", "1/3"], 2, 2),
    ),
    "tabular support": (
        {"kind": "tabular", "vocab": 3, "length": 2, "support": [[[0, 2], "1/4"], [[1, 0], "3/4"], [[2, 2], 0]]},
        oracle.law([((0, 2), "1/4"), ((1, 0), "3/4")]),
    ),
    "ngram": (
        {
            "kind": "ngram",
            "order": 3,
            "vocab": 2,
            "length": 4,
            "initial": ["1/2", 0, "1/4", "1/4"],
            "transition": [[str(entry) for entry in row] for row in TRIGRAM_ROWS],
        },
        oracle.ngram(3, 2, 4, [Fraction(1, 2), Fraction(0), Fraction(1, 4), Fraction(1, 4)], TRIGRAM_ROWS),
    ),
    "ngram of order 1": (
        {"kind": "ngram", "order": 1, "vocab": 2, "length": 3, "transition": [["1/3", "2/3"]]},
        oracle.iid([Fraction(1, 3), Fraction(2, 3)], 3),
    ),
    "markov": (CHAIN, oracle.markov(*CHAIN_ROWS, 4)),
    "hmm": (HIDDEN, oracle.hmm([Fraction(1, 4), Fraction(3, 4)], *HIDDEN_ROWS, 3)),
    "blocks": (
        {"kind": "blocks", "block": {**CHAIN, "length": 2}, "count": 2},
        oracle.blocks(oracle.markov(*CHAIN_ROWS, 2), 2),
    ),
    "blocks of blocks": (
        {
            "kind": "blocks",
            "count": 2,
            "block": {"kind": "blocks", "count": 2, "block": {"kind": "pair", "vocab": 2, "length": 2}},
        },
        oracle.pair(2, 8),
    ),
    "pair": ({"kind": "pair", "vocab": 3, "length": 4}, oracle.pair(3, 4)),
    "copy": ({"kind": "copy", "vocab": 2, "copies": 3, "length": 6}, oracle.copy(2, 3, 6)),
    "parity": ({"kind": "parity", "length": 4}, oracle.parity(4)),
    "mds": ({"kind": "mds", "field": 5, "dimension": 2, "length": 4}, oracle.mds(5, 2, 4)),
    "mds-product": (
        {"kind": "mds-product", "field": 2, "exponents": [1, 2], "length": 3},
        oracle.mds_product(2, [1, 2], 3),
    ),
    "mds-product of a middle rank": (
        {"kind": "mds-product", "field": 5, "exponents": [0, 1], "length": 4},
        oracle.mds_product(5, [0, 1], 4),
    ),
    "linear-code": (
        {"kind": "linear-code", "field": 3, "generator": [[1, 1, 1], [2, 2, 2]]},
        oracle.uniform([(0, 0, 0), (1, 1, 1), (2, 2, 2)]),
    ),
    "latent-parity": (
        {"kind": "latent-parity", "bits": 3, "copies": 2},
        oracle.uniform([(a, a, b, b, (a + b) % 2, (a + b) % 2) for a in range(2) for b in range(2)]),
    ),
    "iid": (
        {"kind": "iid", "probabilities": ["1/2", "0.5", 0], "length": 2},
        oracle.iid([Fraction(1, 2), Fraction(1, 2), Fraction(0)], 2),
    ),
    "permutations": ({"kind": "permutations", "length": 3}, oracle.permutation(3)),
    "shifted-pair": (
        {"kind": "shifted-pair", "vocab": 3, "flip": "1/7", "length": 4},
        oracle.shifted_pair(3, Fraction(1, 7), 4),
    ),
    "colouring": ({"kind": "colouring", "length": 4}, oracle.colouring(4)),
}


def spec(language: Any = CHAIN, policy: Any = BERNOULLI, **rest: Any) -> dict[str, Any]:
    return {"language": language, "policy": policy, **rest}


def exact_law(instance: Instance) -> oracle.Law:
    table = instance.language.exact_table()
    rows = sequence_rows(0, len(table), instance.vocab, instance.length).tolist()
    return {tuple(row): probability for row, probability in zip(rows, table.tolist(), strict=True) if probability}


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_language_table_is_the_law_of_its_definition(name: str) -> None:
    table, law = LANGUAGES[name]
    assert exact_law(parse(spec(table))) == law


def test_a_changed_probability_changes_the_law() -> None:
    table, law = LANGUAGES["tabular"]
    assert exact_law(parse(spec({**table, "probabilities": ["1/2", 0, "1/3", "1/6"]}))) != law


def test_english_follows_the_bundled_counts() -> None:
    counted = files("maskbound.numerics.languages").joinpath("counts", "english27_2grams.tsv")
    rows = list(csv.DictReader(counted.read_text(encoding="ascii").splitlines(), delimiter="\t"))
    count = {row[next(iter(row))]: int(list(row.values())[1]) for row in rows}
    following_t = sum(number for ngram, number in count.items() if ngram[0] == "t")
    language = parse(spec({"kind": "english", "order": 2, "length": 2})).language
    t, h = "abcdefghijklmnopqrstuvwxyz ".index("t"), "abcdefghijklmnopqrstuvwxyz ".index("h")
    assert language.transition.fractions[t, h] == Fraction(count["th"], following_t)
    smoothed = parse(spec({"kind": "english", "order": 2, "length": 2, "smoothing": "1/2"})).language
    expected = (count["th"] + Fraction(1, 2)) / (following_t + Fraction(27, 2))
    assert smoothed.transition.fractions[t, h] == expected


def test_a_fine_rational_smoothing_stays_exact() -> None:
    """Counts times a denominator of 10^17 leave int64."""
    plain = parse(spec({"kind": "english", "order": 1, "length": 1})).language.transition.fractions[0]
    fine = parse(spec({"kind": "english", "order": 1, "length": 1, "smoothing": "1/100000000000000000"}))
    shift = fine.language.transition.fractions[0] - plain
    assert sum(shift) == 0
    assert 0 < max(abs(shift)) < Fraction(1, 10**17)


def test_text_is_counted_from_a_file_beside_the_spec(tmp_path: Any) -> None:
    (tmp_path / "corpus.txt").write_text("abaab\n", encoding="utf-8")
    written = spec({"kind": "text", "path": "corpus.txt", "alphabet": "ab", "order": 2, "length": 2})
    (tmp_path / "counted.json").write_text(json.dumps(written))
    instance = load(tmp_path / "counted.json")
    expected = oracle.law([((0, 0), "1/5"), ((0, 1), "2/5"), ((1, 0), "2/5")])
    assert exact_law(instance) == expected
    assert exact_law(parse(instance.spec)) == expected, "the canonical path works from where the spec was loaded"


@pytest.mark.parametrize(
    ("policy", "weights"),
    [
        ({"steps": 4}, ["1/4"] * 4),
        ({"steps": 2, "schedule": "uniform"}, ["1/2"] * 2),
        ({"steps": 3, "schedule": "geometric", "ratio": "1/2"}, ["4/7", "2/7", "1/7"]),
        ({"steps": 2, "schedule": "geometric", "ratio": 3}, ["1/4", "3/4"]),
        ({"weights": ["1/2", 0, "1/2"]}, ["1/2", 0, "1/2"]),
        ({"alpha": ["1/3", "1/3", 1]}, ["1/3", 0, "2/3"]),
    ],
)
def test_bernoulli_schedules_are_exact(policy: dict[str, Any], weights: list[Any]) -> None:
    parsed = parse(spec(policy={"kind": "bernoulli", **policy})).policy
    assert isinstance(parsed, policies.Bernoulli)
    assert parsed.schedule.fractions.tolist() == [Fraction(weight) for weight in weights]


def test_the_cosine_schedule_ends_each_step_where_it_says() -> None:
    schedule = parse(spec(policy={"kind": "bernoulli", "steps": 5, "schedule": "cosine"})).policy.schedule
    expected = [1 - math.cos(math.pi * k / 10) for k in range(6)]
    # Five roundings of sines and sums, and the cancellation of the direct formula: 16 units of 2^-53 at most.
    assert np.abs(schedule.revealed - expected).max() < 16 * 2.0**-53
    assert not schedule.rational


@pytest.mark.parametrize(
    ("policy", "length", "sizes"),
    [
        ({"sizes": [2, 0, 3]}, 5, (2, 0, 3)),
        ({"steps": 3}, 5, (2, 2, 1)),
        ({"steps": 4}, 2, (1, 1, 0, 0)),
        ({"steps": 3, "schedule": "cosine"}, 5, (1, 1, 3)),
        ({"steps": 3, "schedule": "geometric", "ratio": 2}, 7, (1, 2, 4)),
        ({"weights": ["1/2", "1/2"]}, 5, (2, 3)),
        ({"weights": ["3/10", "7/10"]}, 5, (2, 3)),
        ({"alpha": [0.25, 1.0]}, 2, (0, 2)),
    ],
)
def test_fixed_sizes_round_halves_to_even(policy: dict[str, Any], length: int, sizes: tuple[int, ...]) -> None:
    parsed = parse(spec({**CHAIN, "length": length}, {"kind": "fixed-size", **policy})).policy
    assert isinstance(parsed, policies.FixedSize)
    assert parsed.sizes == sizes


@pytest.mark.parametrize(
    ("policy", "sets"),
    [
        ({"kind": "autoregressive"}, ((0,), (1,), (2,), (3,))),
        ({"kind": "bisection"}, ((1,), (0, 2), (3,))),
        ({"kind": "fixed-sets", "sets": [[3, 0], [], [1, 2]]}, ((0, 3), (), (1, 2))),
    ],
)
def test_policies_with_given_positions(policy: dict[str, Any], sets: tuple[tuple[int, ...], ...]) -> None:
    parsed = parse(spec(policy=policy)).policy
    assert isinstance(parsed, policies.FixedSets)
    assert parsed.sets == sets


def test_random_order_is_one_token_a_step() -> None:
    assert parse(spec(policy={"kind": "random-order"})).policy.sizes == (1, 1, 1, 1)


def test_denoisers_get_their_parameters() -> None:
    learned = parse(spec(denoiser={"kind": "learned", "samples": 9, "pseudo_count": "1/3", "context": "neighbours"}))
    assert isinstance(learned.denoiser, denoisers.Learned)
    assert (learned.denoiser.samples, learned.denoiser.seed, learned.denoiser.context) == (9, 0, "neighbours")
    assert learned.denoiser.pseudo_count == Fraction(1, 3)
    tilt = parse(spec(denoiser={"kind": "perturbed", "noise": "tilt", "strength": 0.5, "seed": 3})).denoiser
    assert isinstance(tilt, denoisers.Perturbed)
    assert (tilt.noise, tilt.strength, tilt.seed) == ("tilt", 0.5, 3)
    assert parse(spec()).exact_denoiser
    assert parse(spec(denoiser={"off_support": "stop"})).exact_denoiser


def test_the_convention_is_read_from_the_denoiser() -> None:
    plain = parse(spec())
    assert (plain.off_support, plain.off_support_scope) == ("uniform", None)
    chosen = parse(spec(denoiser={"kind": "exact", "off_support": "marginal", "off_support_scope": "local"}))
    assert (chosen.off_support, chosen.off_support_scope) == ("marginal", "local")


@pytest.mark.parametrize("key", ["conditionals", "neighbours"])
def test_a_table_denoiser_is_read_beside_the_spec(tmp_path: Any, key: str) -> None:
    shape = (27, 3, 2) if key == "conditionals" else (3, 3, 3, 3, 2)
    rows = np.zeros(shape)
    rows[..., 0], rows[..., 1] = 0.25, 0.75
    np.savez(tmp_path / "network.npz", **{key: rows})
    written = spec({**CHAIN, "length": 3}, denoiser={"kind": "table", "path": "network.npz"}, name="brought")
    (tmp_path / "brought.json").write_text(json.dumps(written))
    instance = load(tmp_path / "brought.json")
    y = np.array([[2, 0, 2]])
    assert instance.predictor(y, np.zeros((1, 3, 2)))[0, [0, 2]].tolist() == [[0.25, 0.75], [0.25, 0.75]]


def test_floating_rows_are_normalised_and_stay_floating() -> None:
    instance = parse(spec({"kind": "iid", "probabilities": [0.1, 0.2, 0.7000000000001], "length": 2}))
    assert not instance.language.rational
    assert math.fsum(instance.language.transition.values[0]) == 1.0
    mixed = parse(spec({"kind": "iid", "probabilities": ["1/2", 0.5], "length": 2}))
    assert not mixed.language.rational


def test_toml_and_json_hold_the_same_instance(tmp_path: Any) -> None:
    (tmp_path / "chain.toml").write_text(
        '[language]\nkind = "markov"\nlength = 4\ninitial = ["1/2", "2/4"]\ntransition = [["1/3", "2/3"], [1, "0"]]\n'
        '[policy]\nkind = "bernoulli"\nsteps = 2\n'
    )
    (tmp_path / "chain.json").write_text(json.dumps(spec()))
    one, other = load(tmp_path / "chain.toml"), load(tmp_path / "chain.json")
    assert one.spec == other.spec
    assert one.name == "chain"
    assert load(str(tmp_path / "chain.toml")).spec == one.spec


def test_a_byte_order_mark_is_read_over(tmp_path: Any) -> None:
    (tmp_path / "marked.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(spec()).encode())
    assert load(tmp_path / "marked.json").length == 4


def test_the_canonical_form_fills_in_defaults_and_reduces_rationals() -> None:
    assert parse(spec(name="x")).spec == {
        "name": "x",
        "language": {
            "kind": "markov",
            "length": 4,
            "initial": ["1/2", "1/2"],
            "transition": [["1/3", "2/3"], [1, 0]],
        },
        "policy": {"kind": "bernoulli", "steps": 2, "schedule": "uniform"},
        "denoiser": {"kind": "exact", "off_support": "uniform"},
    }


@pytest.mark.parametrize("name", LANGUAGES)
def test_canonical_and_explicit_forms_are_the_same_instance(name: str) -> None:
    table, law = LANGUAGES[name]
    instance = parse(spec(table, denoiser={"kind": "perturbed", "noise": "peak", "strength": "1/4"}))
    again = parse(json.loads(json.dumps(dump(instance))))
    assert again.spec == instance.spec
    written_out = parse(json.loads(json.dumps(explicit_spec(instance))))
    assert exact_law(written_out) == law
    assert explicit_spec(written_out) == explicit_spec(instance)


def test_an_instance_made_in_code_is_dumped_explicitly() -> None:
    read = parse(spec(policy={"kind": "fixed-size", "sizes": [1, 3]}))
    made = Instance(read.language, read.policy, name="made")
    assert dump(made)["policy"] == {"kind": "fixed-size", "sizes": [1, 3]}
    assert exact_law(parse(dump(made))) == exact_law(read)


def test_storing_stored_floats_changes_nothing() -> None:
    # Rows of sums near 1, some of which miss 1 by an ulp once divided by it.
    rng = np.random.default_rng(5)
    for _ in range(200):
        row = rng.random(7)
        instance = parse(spec({"kind": "iid", "probabilities": (row / row.sum()).tolist(), "length": 1}))
        again = parse(explicit_spec(instance))
        assert again.language.transition.values.tolist() == instance.language.transition.values.tolist()


def test_english_contexts_that_are_never_met_are_written_out() -> None:
    instance = parse(spec({"kind": "english", "order": 2, "length": 2}))
    explicit = explicit_spec(instance)
    assert (parse(explicit).language.exact_table() == instance.language.exact_table()).all()
    contexts = parse(spec({"kind": "english", "order": 3, "length": 3})).language
    unmet = explicit_spec(Instance(contexts, policies.Bernoulli(1)))["language"]["transition"]
    assert [1] + [0] * 26 in unmet


def pair_spec(relation: str, first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    return {"relation": relation, "first": spec(policy=first), "second": spec(policy=second)}


def weights(*entries: Any) -> dict[str, Any]:
    return {"kind": "bernoulli", "weights": list(entries)}


ALMOST_HALVES = (str(Fraction(1, 2) + Fraction(1, 10**21)), str(Fraction(1, 2) - Fraction(1, 10**21)))


def cosine(steps: int) -> dict[str, Any]:
    return {"kind": "bernoulli", "steps": steps, "schedule": "cosine"}


def sizes(*entries: int) -> dict[str, Any]:
    return {"kind": "fixed-size", "sizes": list(entries)}


def sets(*entries: list[int]) -> dict[str, Any]:
    return {"kind": "fixed-sets", "sets": list(entries)}


@pytest.mark.parametrize(
    ("relation", "first", "second"),
    [
        ("refines", sizes(2, 2), sizes(1, 1, 2)),
        ("refines", sizes(2, 2), sizes(2, 0, 1, 1)),
        ("refines", weights("1/2", "1/2"), weights("1/3", "1/6", "1/2")),
        ("refines", cosine(2), cosine(4)),
        ("refines", cosine(1000), cosine(3000)),
        ("refines", weights(0.3, 0.7), weights(0.1, 0.2, 0.7)),
        ("refines", sizes(0, 4), sizes(2, 2)),
        ("refines", weights(0, 1), weights("1/2", "1/2")),
        ("refines", sets([], [0, 1, 2, 3]), sets([0, 1], [2, 3])),
        ("refines", sets([0, 2], [1, 3]), sets([2], [0], [1, 3])),
        ("more-steps", BERNOULLI, {"kind": "bernoulli", "weights": ["1/3"] * 3}),
        ("same-language", sizes(4), BERNOULLI),
    ],
)
def test_pairs_whose_relation_holds(relation: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    pair = from_spec(pair_spec(relation, first, second))
    assert isinstance(pair, Pair)
    assert pair.relation == relation
    assert pair.names == ["instance-first", "instance-second"]
    again = from_spec(pair.spec)
    assert isinstance(again, Pair)
    assert again.spec == pair.spec


@pytest.mark.parametrize(
    ("relation", "first", "second"),
    [
        ("refines", sizes(1, 1, 2), sizes(2, 2)),
        ("refines", sizes(2, 2), sizes(1, 3)),
        ("refines", sizes(2, 2), weights("1/4", "1/4", "1/2")),
        ("refines", weights("1/2", "1/2"), weights("1/3", "2/3")),
        ("refines", cosine(2), cosine(3)),
        ("refines", weights(0.3001, 0.6999), weights(0.3000999999991, 0.6999000000009)),
        ("refines", weights("1/2", "1/2"), weights(*ALMOST_HALVES)),
        ("refines", sets([0, 2], [1, 3]), sets([0], [1], [2, 3])),
        ("more-steps", BERNOULLI, BERNOULLI),
        ("more-steps", BERNOULLI, cosine(3)),
        ("more-steps", weights(*ALMOST_HALVES), {"kind": "bernoulli", "steps": 3}),
        ("more-steps", sizes(2, 2), sizes(2, 1, 1)),
    ],
)
def test_pairs_whose_relation_does_not_hold(relation: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=r"^second\.policy|^first\.policy"):
        from_spec(pair_spec(relation, first, second))


def test_a_pair_must_share_its_language() -> None:
    unlike = {"relation": "same-language", "first": spec(), "second": spec({"kind": "parity", "length": 4})}
    with pytest.raises(BadInput, match=r"^second\.language: "):
        from_spec(unlike)


def test_a_pair_is_loaded_from_a_file(tmp_path: Any) -> None:
    (tmp_path / "two.json").write_text(json.dumps(pair_spec("more-steps", BERNOULLI, {**BERNOULLI, "steps": 3})))
    assert load_pair(tmp_path / "two.json").names == ["two-first", "two-second"]
    with pytest.raises(BadInput, match="found a pair of instances"):
        load(tmp_path / "two.json")
