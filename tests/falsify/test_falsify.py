"""The falsifier: it refutes what is false from nothing, makes it small, and refutes nothing that is true."""

from __future__ import annotations

import itertools
import math
import time
from dataclasses import replace
from functools import cache
from random import Random

import pytest
from by_default import rest_slow

from maskbound.numerics.certificates import kernel
from maskbound.numerics.certificates.certificate import certificate_text, unknown_to_the_kernel
from maskbound.numerics.errors import BadInput
from maskbound.numerics.falsify import search as falsifier
from maskbound.numerics.falsify.generators import LARGEST_TABLE, Family, has_steps, random_candidate, structured
from maskbound.numerics.falsify.mutations import perturbed
from maskbound.numerics.falsify.search import falsify, judge_extreme
from maskbound.numerics.falsify.shrinking import shrink, size
from maskbound.numerics.falsify.subject import FEW, Candidate
from maskbound.numerics.instances import from_spec, parse
from maskbound.numerics.judging import Status, check
from maskbound.numerics.judging.hypotheses import missing
from maskbound.numerics.policies.kind import FEW_STEPS
from maskbound.numerics.traits import parts
from maskbound.theory import ClaimError, claim, statements

BY_PROOF = "refuted/more-steps-lower-path-kl"
"""No language of fewer than 25 tokens refutes it, which is beyond a search; `prove` does (`test_prove.py`)."""

FALSE = [name for name, s in statements.items() if s.status == "false on purpose" and name != BY_PROOF]
QUICK = [
    "refuted/fixed-size-minus-two",
    "refuted/fixed-size-equal-indivisible",
    "refuted/convex-curve",
    "refuted/ser-half-exponent",
    "refuted/bisection-any-language",
    "refuted/vocabulary-rate-adaptive",
    "refuted/proposals-are-exact",
    "refuted/pair-mean-error",
    "refuted/entropy-bound-once",
]
"""All of them, by several seeds, are in the slow tests, and so are the last three of these, which take seconds."""

CERTIFIED = [name for name in QUICK if not unknown_to_the_kernel(statements[name])]

TRUE = [name for name, statement in statements.items() if statement.status not in ("false on purpose", "asymptotic")]

SOME_TRUE = [
    "area-theorem/defect",
    "refinement/path-kl-monotone",
    "bernoulli/max-weight",
    "sequence-error/from-kl",
    "pair/ser-lower",
]
PARITY = Candidate.from_spec(
    {
        "language": {"kind": "parity", "length": 3},
        "policy": {"kind": "bernoulli", "steps": 2},
        "denoiser": {"kind": "exact"},
    }
)


def judged_anew(found):
    """The verdict on the counterexample, read as a file would be."""
    subjects = from_spec(found.instance)
    pair = "relation" in found.instance
    instances, relation = (subjects.instances, subjects.relation) if pair else ((subjects,), None)
    verdict = check(*instances, judged=[found.statement], relation=relation, request=FEW)[0]
    return verdict, instances


def assert_refuted(found):
    assert found.found
    assert found.finished
    assert found.tightest is None
    verdict, instances = judged_anew(found)
    assert verdict.status is Status.VIOLATED
    assert found.verdict.status is Status.VIOLATED
    return sum(instance.vocab**instance.length for instance in instances)


@cache
def refutation(name, seed=0):
    """By processor time, which other programs do not use up; how long it takes is in the benchmarks."""
    return falsify(name, 600.0, seed, clock=time.process_time)


@pytest.mark.parametrize("name", rest_slow(QUICK, keep=6))
def test_a_false_statement_is_refuted_and_shrunk(name):
    """To a table no larger than that of the counterexample that people know."""
    known = parse(statements[name].counterexample)
    assert assert_refuted(refutation(name)) <= known.vocab**known.length


@pytest.mark.parametrize("name", rest_slow(CERTIFIED, keep=5))
def test_the_kernel_accepts_the_counterexample(name):
    text = certificate_text([refutation(name).certificate()])
    assert kernel.verify(text).startswith("violated: ")
    assert f'label "{name}"' in kernel.verify(text)
    with pytest.raises(kernel.Rejected):
        kernel.verify(text.replace('"violated"', '"holds"'))


@pytest.mark.slow
def test_a_false_statement_about_two_subjects_is_refuted():
    found = refutation("refuted/refining-lowers-ser")
    assert_refuted(found)
    assert "violated" in kernel.verify(certificate_text([found.certificate()]))
    assert found.instance["relation"] == "refines"
    assert found.instance["first"]["language"] == found.instance["second"]["language"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", FALSE)
def test_every_false_statement_is_refuted(name, seed):
    found = refutation(name, seed)
    known = from_spec(statements[name].counterexample)
    known = known.instances if "relation" in statements[name].counterexample else (known,)
    # Shrinking ends where no single reduction helps, which may be one token above the smallest table.
    assert assert_refuted(found) <= 2 * sum(instance.vocab**instance.length for instance in known)


@pytest.mark.slow
def test_what_only_a_long_code_refutes_is_not_found():
    found = falsify(BY_PROOF, 60.0, most=100)
    assert not found.found
    assert found.judged >= 100


def test_the_stored_counterexample_is_not_read():
    statement = statements["refuted/fixed-size-minus-two"]
    other = replace(statement, counterexample={"language": {"kind": "nothing"}}, refuted_by="nothing")
    assert falsify(other, 60.0).instance == refutation(statement.id).instance


@pytest.mark.parametrize(
    "name", [name if name in SOME_TRUE else pytest.param(name, marks=pytest.mark.slow) for name in TRUE]
)
def test_a_true_statement_stands(name):
    found = falsify(name, 60.0, seed=3, most=100)
    assert not found.found
    assert found.instance is found.verdict is None
    with pytest.raises(BadInput, match="none to certify"):
        found.certificate()
    assert found.judged > 30
    assert "no counterexample" in found.account()
    assert found.tightest is not None
    # An equality may come out above 1 by the rounding of its two sides and of their quotient.
    assert 0 <= found.tightest.ratio <= 1 + 4 * 2.0**-53
    assert judge_extreme(found.statement, found.tightest).ratio == found.tightest.ratio, "both are exact"


@pytest.mark.slow
def test_the_same_seed_does_the_same_work():
    first, second, other = (falsify("refuted/ser-half-exponent", 60.0, seed) for seed in (5, 5, 6))
    assert (first.first, first.instance, first.tried) == (second.first, second.instance, second.tried)
    assert first.first != other.first
    first, second = (falsify("pair/linear-steps", 60.0, seed=5, most=100) for _ in range(2))
    assert (first.tightest, first.tried, first.judged) == (second.tightest, second.tried, second.judged)


def test_the_budget_cuts_the_work_and_nothing_else(monkeypatch):
    """A clock that moves by 1 at each look: the shorter run is the beginning of the longer one."""

    def run(budget):
        ticks = itertools.count()
        tried = []
        monkeypatch.setattr(falsifier._Search, "judge", lambda self, candidate, *_, **__: tried.append(size(candidate)))
        found = falsify("kl-path-kl/given-times", budget, clock=lambda: float(next(ticks)))
        assert found.tried == len(tried) <= budget
        return tried

    short, long = run(60.0), run(120.0)
    assert 0 < len(short) < len(long)
    assert long[: len(short)] == short


def test_a_statistical_interval_refutes_nothing(monkeypatch):
    """What holds at a confidence only is no counterexample, however far apart the sides are."""
    honest = falsifier.judge

    def by_sampling(statement, works, relation, exact):
        found = honest(statement, works, relation, exact)
        quantities = {
            name: replace(each, kind="statistical", confidence=0.999) for name, each in found.lhs.quantities.items()
        }
        return replace(found, lhs=replace(found.lhs, quantities=quantities))

    monkeypatch.setattr(falsifier, "judge", by_sampling)
    assert not falsify("refuted/fixed-size-minus-two", 60.0, most=60).found
    monkeypatch.undo()
    assert falsify("refuted/fixed-size-minus-two", 60.0, most=60).found


def test_engines_that_disagree_are_an_error(monkeypatch):
    """Exact arithmetic that finds the statement true where float64 found it violated is not passed over."""
    honest = falsifier.judge

    def wrong(statement, works, relation, exact):
        found = honest(statement, works, relation, exact)
        return replace(found, status=Status.HOLDS) if exact else found

    monkeypatch.setattr(falsifier, "judge", wrong)
    with pytest.raises(RuntimeError, match="holds exactly"):
        falsify("refuted/fixed-size-minus-two", 60.0)


@pytest.mark.slow
def test_a_claim_works_like_an_id():
    found = falsify("path_kl <= max_step_weight * total_correlation", 60.0)
    assert found.found
    assert judged_anew(found)[0].status is Status.VIOLATED
    assert found.instance["denoiser"]["kind"] == "exact"
    about_two = falsify("kl@2 <= kl", 60.0)
    assert about_two.instance["relation"] == "same-language"


def test_equality_violates_a_strict_claim():
    found = falsify("kl < path_kl", 60.0)
    assert found.found
    assert found.verdict.lhs.value == found.verdict.rhs.value
    assert not falsify("kl <= path_kl", 60.0, most=100).found


def test_what_cannot_be_searched_is_refused():
    with pytest.raises(BadInput, match="an id such as"):
        falsify("bernoulli/max-wieght", 1.0)
    with pytest.raises(ClaimError, match="not known"):
        falsify("path_kl <= total_corelation", 1.0)
    for budget in (0.0, -1.0, math.nan):
        with pytest.raises(BadInput, match="budget"):
            falsify("bernoulli/max-weight", budget)


def one_of_each_family(names):
    """Statements with one family have the same candidates; the one that assumes most stands for all."""
    by_assumptions = sorted(names, key=lambda name: len(statements[name].assumptions))
    return list({Family.of(statements[name]): name for name in by_assumptions}.values())


@pytest.mark.parametrize("name", rest_slow(one_of_each_family(TRUE + FALSE), kinds=lambda name: [name.split("/")[0]]))
def test_candidates_are_small_instances_of_what_the_statement_is_about(name):
    statement, rng = statements[name], Random(11)
    family = Family.of(statement)
    first = list(itertools.islice(structured(family), 15))
    drawn = [random_candidate(family, rng) for _ in range(15)]
    moved = [perturbed(candidate, family, rng) for candidate in drawn]
    assumed = [a for a in statement.assumptions if parts([a.name]) != {"instance"} and a.name != "FavouredToken"]
    for candidate in first + drawn + moved:
        instances = candidate.instances()
        assert len(instances) == statement.subjects
        for instance in instances:
            assert instance.vocab**instance.length <= LARGEST_TABLE
            assert instance.policy.steps <= max(FEW_STEPS + 1, instance.length)
            assert instance.language.rational
            assert not missing(instance, assumed)
        spec = candidate.spec()
        assert Candidate.from_spec(spec).spec() == spec


def test_shrinking_stops_at_what_no_reduction_keeps():
    family = Family.of(claim("total_correlation <= dual_total_correlation / 2"))
    assert shrink(PARITY, family, lambda _: False, lambda: False) == (PARITY, True)
    assert shrink(PARITY, family, lambda _: True, lambda: True) == (PARITY, False)
    smallest, finished = shrink(PARITY, family, lambda _: True, lambda: False)
    assert finished
    instance = smallest.instances()[0]
    assert (instance.vocab, instance.length, instance.policy.steps) == (1, 1, 1)


def test_a_family_without_listed_steps_is_drawn_from_all_the_same():
    """A refinement of an entropy bound is no pair, and no search waits for one."""
    stated = claim("path_kl@2 <= path_kl", assumptions=["EntropyBoundPolicy"], relation_between="refines")
    with pytest.raises(BadInput):
        random_candidate(Family.of(stated), Random(0)).instances()


@pytest.mark.parametrize(
    "name", ["learning-error/worst-case", "refinement/path-kl-monotone", "fixed-size/max-size", "pair/ser-lower"]
)
def test_each_reduction_is_smaller(name):
    """From random candidates down: the sizes that are accepted fall strictly."""
    family, rng = Family.of(statements[name]), Random(2)
    for _ in range(3):
        candidate, sizes = random_candidate(family, rng), []

        def accept(smaller, sizes=sizes):
            sizes.append(size(smaller))
            return True

        start = size(candidate)
        shrink(candidate, family, accept, lambda: False)
        assert all(after < before for before, after in itertools.pairwise([start, *sizes]))


def test_hidden_states_that_are_not_needed_are_shrunk_away():
    """One is never reached, and one repeats another."""
    laws = {"initial": ["1/2", "1/2", "0"], "transition": [["1/2", "1/2", "0"]] * 2 + [["0", "0", "1"]]}
    language = {"kind": "hmm", "length": 2, **laws, "emission": [["1", "0"], ["1", "0"], ["0", "1"]]}
    family = Family.of(claim("K >= 0 * kl"), ["hmm"])
    candidate = Candidate(language, ({"kind": "bernoulli", "weights": ["1"]},), ({"kind": "exact"},))
    found, complete = shrink(candidate, family, lambda smaller: smaller.language["kind"] == "hmm", lambda: False)
    assert complete
    assert found.language["initial"] == [1]
    two, complete = shrink(candidate, family, lambda c: len(c.language.get("initial", [])) >= 2, lambda: False)
    assert complete
    assert len(two.language["initial"]) == 2


def test_a_table_denoiser_is_part_of_a_candidate():
    """Its numbers are held exactly, and another shape is refused."""
    one = {"kind": "table", "conditionals": [[["1/4", "3/4"]], [None], [None]]}
    language = {"kind": "iid", "probabilities": ["1/2", "1/2"], "length": 1}
    policy = {"kind": "bernoulli", "weights": ["1"]}
    candidate = Candidate(language, (policy,), (one,))
    (instance,) = candidate.instances()
    found = check(instance, judged=[claim("tv == 1/4"), claim("kl <= 1/8"), claim("kl >= 1/6")])
    assert [verdict.status for verdict in found][1:] == [Status.VIOLATED, Status.VIOLATED], "KL is log(4/3)/2 = .1438"
    assert math.isclose(found[0].lhs.value, 0.25, rel_tol=1e-15)
    with pytest.raises(BadInput, match="conditionals"):
        Candidate({**language, "length": 2}, (policy,), (one,)).instances()


@pytest.mark.slow
def test_blocks_are_searched():
    """The mode bias (propose-then-choose/mode-bias) of policies with blocks, too, is false, and no smaller
    counterexample than two positions exists.
    """
    statement = statements["propose-then-choose/mode-bias"]
    assumptions = tuple(each for each in statement.assumptions if each.name != "NoBlocks")
    found = falsify(
        replace(statement, id="propose-then-choose/mode-bias-blocks", assumptions=assumptions),
        600.0,
        clock=time.process_time,
    )
    assert_refuted(found)
    assert (found.instance["language"]["length"], found.instance["policy"]["block_length"]) == (2, 1)


def test_policies_without_listed_steps_are_climbed_from():
    """Thresholds and entropy bounds have no step that could be split."""
    family, unlisted = Family.of(statements["kl-path-kl/chosen-first"]), 0
    for seed in range(60):
        rng = Random(seed)
        candidate = random_candidate(family, rng)
        for _ in range(40):
            candidate = perturbed(candidate, family, rng)
            unlisted += not has_steps(candidate.policies[0])
    assert unlisted > 100
