"""What a claim file's lists are combined to, what is said of combinations that are no instances, and units."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from maskbound.numerics import cli
from maskbound.numerics.claims import ClaimFile, decide
from maskbound.numerics.claims.page import claim_page
from maskbound.numerics.errors import BadInput
from maskbound.numerics.report.build import Report
from maskbound.numerics.universal import Decided, prove, prove_everywhere
from maskbound.theory import ASSUMPTIONS, ClaimError, claim
from maskbound.theory.assumptions import spelled_assumption
from maskbound.theory.bits import claim_in_bits

TABULAR = '{ kind = "tabular", vocab = 2, length = 2, probabilities = ["9/10", 0, 0, "1/10"] }'
MARKOV = '{ kind = "markov", initial = ["2/3", "1/3"], transition = [["9/10", "1/10"], ["1/5", "4/5"]] }'

POLICIES = 'policies = [{ kind = "bernoulli", steps = 1 }]\nclaim = '


def load(folder: Path, text: str, name: str = "tried") -> ClaimFile:
    path = folder / f"{name}.claim.toml"
    path.write_text(text)
    return ClaimFile.load(path)


def refused(folder: Path, text: str) -> str:
    with pytest.raises(BadInput) as caught:
        load(folder, text)
    return str(caught.value).removeprefix(f"{folder / 'tried.claim.toml'}: ")


def subjects(read: ClaimFile) -> list:
    return [subject for case in read.cases for subject in case.subjects]


def command(path: Path, out: Path):
    return CliRunner().invoke(cli.app, ["claim", str(path), "--out", str(out)])


@pytest.mark.parametrize(
    ("language", "length"),
    [
        (f'{{ kind = "blocks", count = 1, block = {TABULAR} }}', 2),
        ('{ kind = "linear-code", field = 2, generator = [[1, 0, 1], [0, 1, 1]] }', 3),
        ('{ kind = "latent-parity", bits = 2, copies = 2 }', 4),
        (TABULAR, 2),
        ('{ kind = "pair", vocab = 2, length = 2 }', 2),
    ],
)
def test_a_language_of_its_own_length_stays_at_it(tmp_path, language, length):
    from maskbound.numerics.instances import parse

    read = load(
        tmp_path,
        f"""claim = "kl <= path_kl"
        languages = [{language}, {{ kind = "parity" }}]
        policies = [{{ kind = "random-order" }}]
        lengths = [4, 6]
        """,
    )
    own = parse({"language": _table(language), "policy": {"kind": "random-order"}}).length
    assert sorted(subject.length for subject in subjects(read)) == sorted([4, own, 6])
    assert own == length
    assert not read.left_out


def _table(text: str) -> dict:
    import tomllib

    return tomllib.loads(f"language = {text}")["language"]


@pytest.mark.parametrize(
    "policy",
    [
        '{ kind = "random-order" }',
        '{ kind = "autoregressive" }',
        '{ kind = "bernoulli", alpha = ["1/3", 1] }',
        '{ kind = "adaptive", score = "confidence", order = "choose-then-sample", threshold = "9/10" }',
        '{ kind = "fixed-size", sizes = [2, 2] }',
    ],
)
def test_a_policy_that_says_its_own_steps_goes_with_others(tmp_path, policy):
    read = load(
        tmp_path,
        f"""claim = "tv <= 1"
        languages = [{{ kind = "parity" }}]
        policies = [{policy}, {{ kind = "fixed-size" }}]
        lengths = [4]
        steps = [1, 2]
        """,
    )
    assert len(read.cases) == 3
    assert not read.left_out


def test_a_language_that_gives_nothing_is_an_error(tmp_path):
    text = f"""claim = "kl <= path_kl"
    languages = [{{ kind = "parity" }}, {{ kind = "pair", vocb = 2 }}, {MARKOV}]
    policies = [{{ kind = "bernoulli" }}]
    lengths = [4, 6]
    steps = [1, 2]
    """
    assert refused(tmp_path, text).startswith(
        "languages[1]: it gives no instance; pair(vocb=2, length=4): language.voc"
    )


def test_a_language_that_no_length_suits_is_an_error(tmp_path):
    text = """claim = "kl <= path_kl"
    languages = [{ kind = "parity" }, { kind = "pair", vocab = 2 }]
    policies = [{ kind = "bernoulli", steps = 2 }]
    lengths = [3, 5]
    """
    said = refused(tmp_path, text)
    assert said.startswith("languages[1]: it gives no instance; pair(vocab=2, length=3): language.length: found 3")
    assert "length=5" in said


def test_a_policy_or_a_denoiser_that_gives_nothing_is_an_error(tmp_path):
    text = """claim = "kl <= path_kl"
    languages = [{ kind = "parity" }]
    policies = [{ kind = "bernoulli", steps = 2 }, { kind = "fixed-size", sizes = [2, 2] }]
    lengths = [3, 5]
    """
    assert refused(tmp_path, text).startswith("policies[1]: it gives no instance; parity(length=3), fixed-size(")
    # The policy that is at fault is named, though its language gives nothing either.
    alone = text.replace('{ kind = "bernoulli", steps = 2 }, ', "")
    assert refused(tmp_path, alone).startswith("policies[0]: it gives no instance; parity(length=3), fixed-size(")
    denoisers = text.replace("[2, 2]", "[2, 1]") + 'denoisers = [{ kind = "exact" }, { kind = "exakt" }]'
    said = refused(tmp_path, denoisers)
    assert said.startswith("denoisers[1]: it gives no instance; parity(length=3)")
    # The same of every combination, and said once.
    assert said.count("exakt") == 2


def test_a_policy_that_only_a_question_needs_is_of_use(tmp_path):
    read = load(
        tmp_path,
        """claim = "path_kl <= total_correlation"
        languages = [{ kind = "parity", length = 3 }]
        policies = [{ kind = "fixed-size", sizes = [2, 1] }, { kind = "fixed-size", sizes = [2, 2] }]
        lengths = [3, 4]
        every_language = true
        """,
    )
    assert [length for _, length in read.questions] == [3, 4]
    assert len(read.left_out) == 1


def test_entries_that_are_the_same_in_short_have_different_names(tmp_path):
    chains = ", ".join(
        f'{{ kind = "markov", initial = ["1/2", "1/2"], transition = [["{a}", "{b}"], ["1/5", "4/5"]] }}'
        for a, b in (("9/10", "1/10"), ("7/10", "3/10"))
    )
    text = f"""claim = "kl <= path_kl"
    languages = [{chains}]
    policies = [{{ kind = "bernoulli" }}]
    lengths = [3]
    steps = [2]
    """
    assert [case.name for case in load(tmp_path, text).cases] == [
        f"markov(initial=(1/2, 1/2), length=3), bernoulli(steps=2) [language {n} of the file]" for n in (1, 2)
    ]


def test_one_in_the_place_of_a_list(tmp_path):
    text = """claim = "kl <= path_kl"
    assumptions = "exact-denoiser"
    languages = { kind = "parity" }
    policies = { kind = "bernoulli" }
    denoisers = { kind = "exact" }
    lengths = 3
    steps = 2
    """
    assert [(each.length, each.policy.steps) for each in subjects(load(tmp_path, text))] == [(3, 2)]
    assert refused(tmp_path, text.replace("= 3", "= true")).startswith("lengths: ")
    assert refused(tmp_path, text.replace("= 3", '= "3"')).startswith("lengths: ")


def test_the_terminal_counts_what_is_no_instance(tmp_path):
    (tmp_path / "odd.claim.toml").write_text(
        """claim = "kl <= path_kl"
        languages = [{ kind = "parity" }, { kind = "pair", vocab = 2 }]
        policies = [{ kind = "bernoulli" }]
        lengths = [3, 4]
        steps = [1, 2]
        """
    )
    ran = command(tmp_path / "odd.claim.toml", tmp_path / "pages")
    assert ran.exit_code == 0
    assert "2 are no instances" in ran.stdout
    assert "pair(vocab=2, length=3): language.length: found 3" in ran.stdout
    assert "(2 of them)" in ran.stdout


def test_a_faulty_file_leaves_the_others_their_pages(tmp_path):
    (tmp_path / "bad.claim.toml").write_text('claim = "kl <= path_lk"\ninstances = "parity-uniform"')
    (tmp_path / "good.claim.toml").write_text('claim = "kl <= path_kl"\ninstances = "parity-uniform"')
    ran = command(tmp_path, tmp_path / "pages")
    assert ran.exit_code == 2
    assert "bad.claim.toml: claim:" in ran.stderr
    assert (tmp_path / "pages" / "good.html").exists()
    assert not (tmp_path / "pages" / "bad.html").exists()


def test_the_gallery_by_its_name(tmp_path):
    text = 'claim = "kl <= path_kl"\ninstances = "gallery"'
    names = [case.name for case in load(tmp_path, text).cases]
    assert "parity-uniform" in names
    assert names == [case.name for case in load(tmp_path, text.replace('"gallery"', '["gallery"]')).cases]


def test_instances_of_the_wrong_number(tmp_path):
    one = 'claim = "kl <= path_kl"\ninstances = ["parity-uniform", "{}"]'
    two = 'claim = "kl <= kl@2"\ninstances = ["parity-uniform"]'
    from maskbound.numerics.instances.gallery import pair_names

    pair = pair_names()[0]
    assert refused(tmp_path, one.format(pair)).startswith("instances[1]: found a pair of instances")
    assert refused(tmp_path, two).startswith("instances[0]: found an instance")
    assert load(tmp_path, two.replace("parity-uniform", pair)).cases
    listed = (
        'claim = "kl <= kl@2"\nlanguages = [{ kind = "parity", length = 3 }]\npolicies = [{ kind = "random-order" }]'
    )
    assert refused(tmp_path, listed).startswith("languages: the claim is about two instances")


@pytest.mark.parametrize("spell", [str, spelled_assumption])
def test_assumptions_in_either_spelling(tmp_path, spell):
    for name in ASSUMPTIONS:
        text = f'claim = "kl <= path_kl"\nassumptions = ["{spell(name)}"]\ninstances = "parity-uniform"'
        assert [assumption.name for assumption in load(tmp_path, text).statement.assumptions] == [name]


def test_a_claim_about_languages_alone_needs_no_policy(tmp_path):
    text = f"""claim = "total_correlation <= (L - 1) * dual_total_correlation"
    languages = [{{ kind = "parity" }}, {MARKOV}]
    lengths = [3, 4]
    every_length = true
    """
    read = load(tmp_path, text)
    assert [case.name for case in read.cases][:2] == ["parity(length=3)", "parity(length=4)"]
    found = decide(read)
    assert {each.verdict for each in (*found.everywhere, *found.decisions)} == {Decided.HOLDS}
    assert found.everywhere[0].scope == "every language of every length over every vocabulary"
    assert found.decisions[0].scope == "every language of length 3 over every vocabulary"
    assert "policy" not in found.sentence
    policies = refused(tmp_path, text.replace("claim = ", 'assumptions = ["two-steps"]\nclaim = '))
    assert policies.startswith("policies: the key is missing")


def test_a_false_claim_about_languages_alone(tmp_path):
    text = 'claim = "total_correlation <= dual_total_correlation"\nlengths = [3]\nevery_length = true'
    found = decide(load(tmp_path, text))
    assert found.refuted
    assert found.everywhere[0].verdict is Decided.FAILS
    assert "step" not in found.decisions[0].scope + found.everywhere[0].reason


def test_prove_without_a_policy(tmp_path):
    path = tmp_path / "any.toml"
    path.write_text('[language]\nkind = "any"\nlength = 4\n')
    run = CliRunner().invoke
    austin = "total_correlation <= (L - 1) * dual_total_correlation"
    assert run(cli.app, ["prove", str(path), "--claim", austin]).exit_code == 0
    assert run(cli.app, ["prove", str(path), "--all-lengths", "--claim", austin]).exit_code == 0
    told = run(cli.app, ["prove", str(path), "--claim", "kl <= path_kl"])
    assert told.exit_code == 2
    assert "policy: the key is missing" in told.stderr


@pytest.mark.parametrize(
    ("missing", "key"),
    [
        ('lengths = [4]\nlanguages = [{ kind = "parity" }]', "policies: "),
        ("lengths = [4]\nevery_language = true", "policies: "),
        ('policies = [{ kind = "bernoulli", steps = 2 }]\nevery_language = true', "lengths: "),
        ('policies = [{ kind = "bernoulli", steps = 2 }]\nlengths = [4]', "languages: "),
    ],
)
def test_the_key_that_is_missing_is_named(tmp_path, missing, key):
    assert refused(tmp_path, f'claim = "kl <= path_kl"\n{missing}').startswith(key)


def test_bits(tmp_path):
    tried = 'languages = [{ kind = "pair", vocab = 2, length = 2 }]\npolicies = [{ kind = "bernoulli", steps = 1 }]'
    # One step of a pair of two equal coins: KL is log 2, one bit.
    for text, holds in (("kl == 1", True), ("kl <= 7/10", False), ("2**kl == V", True), ("kl <= log2(V)", True)):
        found = decide(load(tmp_path, f'claim = "{text}"\nunit = "bits"\n{tried}'))
        assert found.refuted != holds
        assert not found.is_open
        assert "bits" in found.claim.typed
    assert not decide(load(tmp_path, f'claim = "kl <= 7/10"\n{tried}')).refuted
    assert refused(tmp_path, f'claim = "kl <= 1"\nunit = "bit"\n{tried}').startswith("unit: ")


@pytest.mark.parametrize(
    ("text", "nats"),
    [
        ("kl <= log2(V)", "kl <= log(V)"),
        ("kl/L <= min(log2(V), total_correlation) - entropy*2", "kl/L <= min(log(V), total_correlation) - entropy*2"),
        ("sqrt(kl*path_kl) <= entropy", "sqrt(kl*path_kl) <= entropy"),
        ("kl >= 0", "kl >= 0"),
        ("kl <= log(V)", "kl/log(2) <= log(V)"),
        ("kl <= log(V)/log(2)", "kl/log(2) <= log(V)/log(2)"),
        ("kl <= log2(V) + 1", "kl/log(2) <= log(V)/log(2) + 1"),
        ("kl <= log2(2)*entropy", "kl/log(2) <= log(2)/log(2)*entropy/log(2)"),
        ("kl**2 <= entropy", "(kl/log(2))**2 <= entropy/log(2)"),
        ("tv <= kl", "tv <= kl/log(2)"),
        ("tv <= 1 - 2**(-kl@2)", "tv <= 1 - 2**(-(kl@2/log(2)))"),
        ("log_ter <= max_step_weight", "log_ter/log(2) <= max_step_weight"),
    ],
)
def test_claims_in_bits(text, nats):
    found, meant = claim_in_bits(text), claim(nats)
    assert (found.lhs, found.rhs) == (meant.lhs, meant.rhs)


def test_a_fault_of_a_claim_in_bits_is_told_by_its_column():
    with pytest.raises(ClaimError, match="column 16"):
        claim_in_bits("kl + path_kl + q <= 1")


def test_bits_for_every_language(tmp_path):
    text = """claim = "kl <= (max_step_size - 1) * log2(V)"
    unit = "bits"
    assumptions = ["fixed-size-policy"]
    policies = [{ kind = "fixed-size" }]
    lengths = [4]
    steps = [2]
    every_language = true
    """
    (decision,) = decide(load(tmp_path, text)).decisions
    assert decision.verdict is Decided.HOLDS
    # In nats against log2 V it is weaker; against log V in bits it would be false.
    (wrong,) = decide(
        load(tmp_path, text.replace("(max_step_size - 1) * log2(V)", "log(V) * total_correlation*0"))
    ).decisions
    assert wrong.verdict is not Decided.HOLDS


def test_a_question_about_every_length_that_stays_open_is_told(tmp_path):
    text = 'claim = "dual_total_correlation <= (L - 1) * total_correlation"\nlengths = [4]\nevery_length = true'
    found = decide(load(tmp_path, text))
    assert found.label == "holds for every language"
    assert found.everywhere[0].verdict in (Decided.UNDECIDED, Decided.OUT_OF_REACH)
    assert found.sentence.endswith(f"at each length listed; for every length at once: {found.everywhere[0].verdict}.")


def test_labels(tmp_path):
    tried = 'languages = [{ kind = "parity" }]\npolicies = [{ kind = "bernoulli" }]\nlengths = [3, 4]\nsteps = [1, 2]\n'
    found = decide(load(tmp_path, f'claim = "tv <= kl + 1/2"\n{tried}'))
    assert (found.label, found.sentence) == ("not refuted", "It holds on all 4 instances that it was tried on.")
    found = decide(load(tmp_path, f'claim = "path_kl <= total_correlation"\n{tried}every_language = true'))
    assert found.label == "holds for every language"
    found = decide(load(tmp_path, f'claim = "path_kl <= total_correlation / 2"\n{tried}'))
    assert found.label == "false"
    assert decide(load(tmp_path, f'statement = "tv/pinsker"\n{tried}')).label == "proved"
    found = decide(load(tmp_path, f'claim = "kl <= path_kl"\nassumptions = ["two-steps"]\n{tried}'))
    assert found.sentence.startswith("It holds on all 2 instances")
    assert "2 more do not satisfy its assumptions" in found.sentence


def test_what_is_open_on_all_instances_is_said(tmp_path):
    found = decide(load(tmp_path, 'claim = "exp(log_ter) == ter"\ninstances = ["hmm-tilt"]'))
    assert found.label == "open"
    assert found.sentence == "Its sides are equal to within rounding on the one instance that it was tried on."
    assert "0 of" not in found.sentence


def test_the_paper_in_full(tmp_path):
    text = """
    claim = "kl <= path_kl"
    instances = "parity-uniform"
    [paper]
    authors = "Te Sun Han and Kingo Kobayashi"
    title = "T"
    year = 1978
    journal = "J. 36"
    doi = "10.1/x"
    """
    found = load(tmp_path, text).published.paper
    assert found.key == "han1978"
    assert "doi = {10.1/x}" in found.bibtex()
    assert "J. 36" in found.bibtex()
    assert "doi 10.1/x" in str(found)


def test_reasons_are_plain():
    for text in ("path_kl <= total_correlation/L + dual_total_correlation/N**2", "kl**2 <= path_kl"):
        from maskbound.numerics.policies import Bernoulli

        for found in (prove_everywhere(text, Bernoulli(steps=2)), prove(text, Bernoulli(steps=2), 4)):
            assert "kernel" not in found.reason


def test_a_page_about_languages_alone_names_no_policy(tmp_path):
    text = f"""claim = "total_correlation <= (L - 1) * dual_total_correlation"
    languages = [{{ kind = "parity" }}, {MARKOV}]
    lengths = [3, 4]
    every_length = true
    """
    told = _said(claim_page(decide(load(tmp_path, text))))
    for word in ("ernoulli", "policy", "denoiser", "number of steps", "N = 1"):
        assert word not in told
    assert "L = 3, 4" in told
    other = text.replace("claim = ", POLICIES).replace("(L - 1)", "(L - 1) * N")
    assert "one Bernoulli step" in _said(claim_page(decide(load(tmp_path, other))))


def _said(page: Report) -> str:
    """The sentences and tables on verdicts and on what was tried."""
    named = [section for section in page.sections if section.title in ("For every language", "What was tried")]
    assert len(named) == 2
    return " ".join(f"{section.paragraphs} {section.parts}" for section in named)
