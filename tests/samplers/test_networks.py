"""Networks as denoisers: what they say, what is refused, and the exact law against the network's own sampler."""

from __future__ import annotations

import math
import pickle
from fractions import Fraction
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy.stats import chisquare

from maskbound.numerics import Instance, conform, languages, law, load, measure, policies
from maskbound.numerics.denoisers import Network
from maskbound.numerics.errors import BadInput, BeyondReach
from maskbound.numerics.languages import random_hmm, random_ngram
from maskbound.numerics.networks.saved import FORMAT, packed
from maskbound.numerics.networks.training import train
from maskbound.numerics.testing import assert_samples_from

CHAIN = random_ngram(2, 3, 4, 1)
STEPS = 2
DRAWS, FEWER = 200_000, 40_000


@pytest.fixture(scope="module")
def trained():
    return train(CHAIN, 150, width=32)


@pytest.fixture
def instance(trained):
    return Instance(CHAIN, policies.Bernoulli(STEPS), Network(trained.network), off_support="denoiser")


def own_sampler(module=None, *, temperature=1.0, steps=STEPS, early=0):
    """The reverse process of masked diffusion as people write it: the module, or the oracle in its place, is called.

    A wrong one has another temperature, or reveals some positions more in each step.
    """

    def sampler(oracle, count, seed):
        model = oracle.torch() if module is None else module
        source = torch.Generator().manual_seed(seed)
        y = torch.full((count, oracle.length), oracle.mask_id)
        for left in range(steps, 0, -1):
            with torch.inference_mode():
                answer = model(y)
            probabilities = (getattr(answer, "logits", answer) / temperature).softmax(dim=-1)
            drawn = torch.multinomial(probabilities.flatten(0, 1), 1, generator=source).view_as(y)
            masked = y == oracle.mask_id
            revealed = masked & (torch.rand(y.shape, generator=source) < 1 / left)
            if early:
                order = torch.where(masked & ~revealed, torch.rand(y.shape, generator=source), 2.0).argsort(dim=1)
                revealed = masked & revealed.scatter(1, order[:, :early], True)
            y = torch.where(revealed, drawn, y)
        return y.numpy()

    return sampler


def test_the_exact_law_is_that_of_the_networks_own_sampler(instance, trained):
    assert not CHAIN.support_table().all()
    found = conform(instance, own_sampler(trained.network), samples=DRAWS, tv=0.03, seed=3)
    assert found.status == "conforms", found.account()


def fit(instance, drawn):
    """P-value of a chi-square test of what was drawn; every string is expected often enough for one."""
    L, V = instance.length, instance.vocab
    seen = np.bincount(drawn @ V ** np.arange(L)[::-1], minlength=V**L)
    expected = law(instance).p * len(drawn)
    assert expected.min() > 5
    return chisquare(seen, expected).pvalue


def test_draws_of_a_plain_loop_fit_the_exact_law(instance, trained):
    """200,000 of them, without a test of ours: a right loop fails once in ten thousand seeds."""
    where = SimpleNamespace(length=CHAIN.length, mask_id=CHAIN.vocab)
    right, cold, hasty = (
        fit(instance, own_sampler(trained.network, **how)(where, DRAWS, 7))
        for how in ({}, {"temperature": 0.9}, {"early": 2})
    )
    assert right > 1e-4
    assert max(cold, hasty) < 1e-12


def test_a_wrong_sampler_and_a_wrong_law_are_found(instance, trained):
    cold = own_sampler(trained.network, temperature=0.9)
    assert conform(instance, cold, samples=FEWER, seed=3).status == "differs"
    other = Instance(CHAIN, policies.Bernoulli(STEPS), Network(train(CHAIN, 100, width=32).network))
    assert conform(other, own_sampler(trained.network), samples=FEWER, seed=3).status == "differs"
    # What is drawn in impossible contexts is a part of the law.
    uniform = Instance(CHAIN, policies.Bernoulli(STEPS), Network(trained.network), off_support="uniform")
    assert conform(uniform, own_sampler(trained.network), samples=FEWER, seed=3).status == "differs"


def test_the_trace_of_its_sampler(instance):
    assert conform(instance, own_sampler(), samples=20_000, seed=5).status != "differs"
    found = conform(instance, own_sampler(temperature=0.8), samples=20_000, seed=5)
    assert found.status == "differs"
    assert "temperature" in found.account()
    hasty = conform(instance, own_sampler(early=2), samples=2000, seed=5)
    assert (hasty.status, "sizes" in hasty.account()) == ("differs", True)


def test_an_assertion_about_its_sampler(instance):
    assert assert_samples_from(own_sampler(), instance).status == "conforms"
    for how in ({"temperature": 0.9}, {"early": 2}):
        with pytest.raises(AssertionError):
            assert_samples_from(own_sampler(**how), instance)


def test_the_trace_at_length():
    language = random_hmm(4, 4, 64, 14)
    untrained = train(language, 1, width=16, layers=1).network
    instance = Instance(language, policies.Bernoulli(4), Network(untrained), off_support="denoiser")
    assert conform(instance, own_sampler(steps=4), samples=200, seed=5).status != "differs"
    for how in ({"temperature": 0.9}, {"early": 2}):
        assert conform(instance, own_sampler(steps=4, **how), samples=500, seed=5).status == "differs"


def test_learning_errors_are_those_of_the_definition(instance, trained):
    """Exact conditionals in rational arithmetic, every context one by one."""
    V, L, N = CHAIN.vocab, CHAIN.length, STEPS
    q = dict(zip(product(range(V), repeat=L), CHAIN.exact_table().tolist(), strict=True))
    worst = mean = 0.0
    for y in product(range(V + 1), repeat=L):
        agree = {x: p for x, p in q.items() if all(a in (b, V) for a, b in zip(y, x, strict=True)) and p}
        context = sum(agree.values())
        with torch.inference_mode():
            logits = trained.network(torch.tensor([y]))[0].double()
        predicted = logits.log_softmax(dim=-1)
        for i in range(L):
            if y[i] == V and context:
                exact = [Fraction(sum(p for x, p in agree.items() if x[i] == v)) / context for v in range(V)]
                error = sum(float(c) * (math.log(c) - float(predicted[i, v])) for v, c in enumerate(exact) if c)
                worst = max(worst, error)
                r = sum(token != V for token in y)
                before = sum(
                    Fraction(1, N) * Fraction(k, N) ** r * (1 - Fraction(k, N)) ** (L - 1 - r) for k in range(N)
                )
                mean += float(before * context) * error / L
    found = measure(instance, ["eps_learning", "mean_learning_error"])
    # The network's probabilities are those of float32, 2^-24 apart.
    assert found["eps_learning"].value == pytest.approx(worst, abs=1e-5)
    assert found["mean_learning_error"].value == pytest.approx(mean, abs=1e-5)
    sampled = measure(instance, ["eps_learning", "mean_learning_error", "ser"], engine="sampled", samples=4000)
    for name, exact in measure(instance, sampled, engine="tabular").items():
        assert sampled[name].lo <= exact.value <= sampled[name].hi
    assert sampled["mean_learning_error"].hi < 20 * found["mean_learning_error"].value


def test_training_approaches_the_language_and_is_repeatable(trained):
    start, end = trained.loss[0, 1], trained.loss[-1, 1]
    least = measure(Instance(CHAIN, policies.Bernoulli(1)), ["entropy"])["entropy"].value / CHAIN.length
    assert start > 1.3 * least
    assert abs(end - least) < 0.15 * least
    again, other = train(CHAIN, 150, width=32), train(CHAIN, 150, width=32, seed=1)
    assert packed(again.network, again.settings) == packed(trained.network, trained.settings)
    assert packed(other.network, trained.settings) != packed(trained.network, trained.settings)


SPEC = """
[language]
kind = "markov"
initial = ["1/2", "1/2"]
transition = [["1/3", "2/3"], ["1", "0"]]
length = 3
[policy]
kind = "bernoulli"
steps = 2
[denoiser]
kind = "torch"
path = "{path}"
off_support = "denoiser"
"""
MODULE = """
import torch

class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.table = torch.nn.Parameter(torch.arange(9.0).view(3, 3) / 4)

    def forward(self, y):
        return self.table[y]

net, made = Net(), lambda: Net()

def noisy(y):
    return torch.randn(*y.shape, 2)

def of_the_batch(y):
    return torch.nn.functional.one_hot(y, 3).float().cumsum(0)

def nan(y):
    return torch.full((*y.shape, 2), torch.nan)

def narrow(y):
    return torch.zeros(*y.shape, 1)

def broken(y):
    raise RuntimeError("no mask is known")

def inf(y):
    return torch.zeros(*y.shape, 2).index_fill(-1, torch.tensor([0]), torch.inf)

def array(y):
    return torch.zeros(*y.shape, 2).numpy()

def complex(y):
    return torch.zeros(*y.shape, 2, dtype=torch.complex64)

def timed(y, time):
    return net(y)

class Sure:
    def __init__(self, least):
        self.least_probability = least

    def __call__(self, y):
        return torch.zeros(*y.shape, 2)

oversure, wordy = Sure(0.6), Sure("none")
"""


@pytest.mark.parametrize("name", ["net", "Net", "made"])
def test_a_module_from_a_python_file(tmp_path, name):
    """With a column for the mask, which is left out."""
    (tmp_path / "mine.py").write_text(MODULE)
    (tmp_path / "spec.toml").write_text(SPEC.format(path=f"mine.py:{name}"))
    instance = load(tmp_path / "spec.toml")
    table = np.exp(np.arange(9).reshape(3, 3) / 4)[:, :2]
    rows = instance.conditionals(np.array([[2, 0, 2]]))
    assert rows[0, 0] == pytest.approx(table[2] / table[2].sum(), rel=1e-6)
    assert law(instance).p.sum() == pytest.approx(1)
    assert load(tmp_path / "spec.toml").fingerprint == instance.fingerprint
    (tmp_path / "mine.py").write_text(MODULE.replace("/ 4", "/ 5"))
    assert load(tmp_path / "spec.toml").fingerprint != instance.fingerprint


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("noisy", "function of the sequence alone"),
        ("of_the_batch", "function of the sequence alone"),
        ("nan", "make no probabilities"),
        ("narrow", "shape"),
        ("broken", "no mask is known"),
        ("nothing", "no function nothing"),
        ("inf", "make no probabilities"),
        ("array", "returned ndarray; a tensor of real logits"),
        ("complex", "returned torch.complex64; a tensor of real logits"),
        ("timed", "missing 1 required positional argument: 'time'"),
        ("wordy", "least_probability: found 'none'"),
    ],
)
def test_what_is_no_denoiser_is_refused(tmp_path, name, problem):
    (tmp_path / "mine.py").write_text(MODULE)
    (tmp_path / "spec.toml").write_text(SPEC.format(path=f"mine.py:{name}"))
    with pytest.raises(BadInput, match=problem):
        load(tmp_path / "spec.toml")


def test_a_least_probability_that_is_not_the_least_is_refused(tmp_path):
    (tmp_path / "mine.py").write_text(MODULE)
    (tmp_path / "spec.toml").write_text(SPEC.format(path="mine.py:oversure"))
    with pytest.raises(BadInput, match=r"gave a token 0\.5, below its own least_probability, 0\.6"):
        law(load(tmp_path / "spec.toml"))


TWO = languages.iid(["1/2", "1/2"], 2)
PLAIN = torch.tensor([0.25, 1.5])


class Half(torch.nn.Module):
    """In bfloat16, with drop-out that is on until it is told otherwise, and logits in an object."""

    def __init__(self):
        super().__init__()
        self.logits = torch.nn.Parameter(PLAIN.bfloat16())
        self.drop = torch.nn.Dropout(0.5)

    def forward(self, input_ids, attention_mask=None):
        return SimpleNamespace(logits=self.drop(self.logits.expand(*input_ids.shape, 2)))


def writing(y):
    return PLAIN.double() + 0.0 * y.fill_(0)[..., None]


def with_time(y, t):
    return (PLAIN * t[:, None, None] / t[:, None, None]).expand(*y.shape, 2)


@pytest.mark.parametrize("module", [Half(), writing, lambda y: with_time(y, (y == 2).float().mean(dim=1) + 1)])
def test_modules_of_many_kinds(module):
    p = PLAIN.double().softmax(dim=0).numpy()
    found = law(Instance(TWO, policies.Bernoulli(1), Network(module), off_support="denoiser")).p
    assert found == pytest.approx(np.outer(p, p).ravel(), rel=1e-6)


def test_a_logit_of_minus_infinity_is_a_zero():
    never = Network(lambda y: torch.tensor([-math.inf, 0.0]).expand(*y.shape, 2))
    instance = Instance(TWO, policies.Bernoulli(1), never, off_support="denoiser")
    assert law(instance).p.tolist() == [0, 0, 0, 1]
    assert measure(instance, ["kl"])["kl"].lo == math.inf


def test_sequences_too_long_for_memory_are_refused():
    with pytest.raises(BeyondReach, match="training on sequences of 1000000 tokens at this width needs"):
        train(random_hmm(2, 2, 10**6, 0), 1)


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return open, (self.target, "w")


def test_saved_networks(tmp_path, trained):
    path, spec = tmp_path / "net.pt", tmp_path / "spec.toml"
    good = packed(trained.network, trained.settings)
    path.write_bytes(good)
    loaded = Network.from_file(path)
    own = Instance(CHAIN, policies.Bernoulli(STEPS), Network(trained.network))
    assert np.array_equal(law(Instance(CHAIN, policies.Bernoulli(STEPS), loaded)).p, law(own).p)
    spec.write_text(SPEC.format(path="net.pt"))
    with pytest.raises(BadInput, match="it is for vocab 3, and the language has 2"):
        load(spec)
    trap = tmp_path / "sprung"
    torch.save({"format": FORMAT, "sizes": Trap(str(trap))}, path)
    with pytest.raises((BadInput, pickle.UnpicklingError), match="cannot be read as a saved network"):
        load(spec)
    assert not trap.exists()
    for wrong in (good[: len(good) // 2], b"", b"PK\x03\x04" + bytes(100)):
        path.write_bytes(wrong)
        with pytest.raises(BadInput, match="cannot be read"):
            load(spec)
    held = torch.load(__import__("io").BytesIO(good), weights_only=True)
    for sizes in ({"width": 10**9}, {"vocab": 2.5}, {"layers": 3}):
        torch.save(held | {"sizes": held["sizes"] | sizes}, path)
        with pytest.raises(BadInput, match="path"):
            load(spec)


def test_the_rule_denoiser_needs_one_that_says_something():
    with pytest.raises(BadInput, match="says nothing in impossible contexts"):
        Instance(languages.pair(2, 2), policies.Bernoulli(1), off_support="denoiser")
