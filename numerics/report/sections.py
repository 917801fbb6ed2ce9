"""The text of the report, section by section.

A section names tables and figures of the registries. Text between backquotes is code. ``{..}`` are filled in by
:mod:`.build`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

__all__ = ["ABSTRACT", "OWN_SECTIONS", "SECTIONS", "TITLE", "Part", "Section"]

TITLE = "What masked diffusion samplers lose by taking fewer steps"

ABSTRACT = """\
A masked diffusion model writes L tokens in N steps: at each step it reveals some positions and fills them
independently of each other, given what is already there. This report holds the theorems about what that costs
against exact computations on languages whose law is known. Every number in it is an interval that contains the
truth, printed with the digits on which the whole interval agrees. Entropies and divergences are in nats.
"""


@dataclass(frozen=True)
class Part:
    """A table or a figure of a registry.

    Parameters
    ----------
    kind : {"table", "figure"}
    name : str
        In the registry.
    caption : str
        What to see in it; empty for what the registry says itself.
    columns : tuple of str
        The columns of a table that are shown; all unless given.
    """

    kind: Literal["table", "figure"]
    name: str
    caption: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A heading, paragraphs that blank lines separate, and tables and figures below them.

    What is in an appendix is shown by the HTML alone.
    """

    title: str
    text: str
    parts: tuple[Part, ...] = ()
    appendix: bool = False


SYMBOLS = """\
`q` is the language and `p` the law of what is written; `V` the number of symbols, `L` of tokens, `N` of
steps. KL is `D(q || p)`, PATH_KL the divergence of the whole history of revealing. TER is the perplexity of a
text of `q` under `p`, its gap `log TER(p) - log TER(q)` equals KL/L; SER is the probability that `p` gives to
what `q` forbids. TC is the sum of the tokens' entropies less the joint entropy; DTC is the joint entropy less
what each token has that the others do not know. `eps` is the learning error of the denoiser, 0 for the exact
one. *Bernoulli* steps give each position a random step, with weights `w`; *fixed sizes* reveal a random set of
`s` positions at each step.
"""

LANGUAGES = """\
Pair(V) is blocks of two equal symbols; in ShiftedPair the second is off by a fair bit and by a hidden one that
seldom flips from block to block. Copy(2, 4) writes each bit four times; in MDS(7, 3) any three of seven symbols
give the others. n-grams and hidden chains are random and forbid some transitions, unless they are English.
"""
"""Of the study."""


SECTIONS = (
    Section(
        "What is found",
        """
        Fewer steps than tokens cost little of what a reader notices, and much of what a checker does. The token
        error rate of a random order falls as 1/N at every length (token-error/bernoulli): the number of steps
        that reach a given perplexity does not grow with the text. The sequence error rate needs steps in
        proportion to the length (pair/linear-steps, permutations/linear-steps), even with an exact denoiser.
        The order matters more: in the right one, tokens of one step that are independent given those before
        make no error at all (independent-steps/path-kl). The sizes of the steps matter less: for a language that is
        known, some fixed sizes are no worse than random ones (fixed-size/no-worse-path-kl); against the worst
        language, drawing the sizes about halves the divergence.
        """,
        (Part("figure", "steps-to-target"),),
    ),
    Section(
        "What was checked",
        """
        For n-gram languages, hidden Markov languages and languages with known answers, the law of what a sampler
        writes, and everything that the theorems speak of, can be computed without sampling. {statements} true
        statements were held against {instances} (an instance is a language, a denoiser and a policy). Of the verdicts
        {tally}. No statement is checked by a number that relies on it. {formal} of the statements have a proof that Coq
        has checked, the others one that people read; a verdict by intervals asks you to believe floating point and the
        analysis of its errors, and says nothing of other instances.
        """,
    ),
    Section("Symbols", f"{SYMBOLS}\n{LANGUAGES}"),
    Section(
        "Theorems",
        """
        A statement *holds* on an instance if it does so for certain. How far a bound is from the truth is the ratio of
        its sides: at 1 it is attained, at 0.1 it gives away a factor of ten. What is linear in entropies can be decided
        for every language at once, over every vocabulary, with the least constant that would do.
        """,
        (
            Part(
                "table",
                "headlines",
                """
                *Tightest* is the largest ratio that a seeded search over small instances met; *every language* the
                verdict over all languages of these lengths, with the sharp constant in the place of the stated one.
                """,
            ),
        ),
    ),
    Section(
        "English letters",
        """
        English as a Markov chain of letters, 1024 letters long, written in N uniform steps. Theory bounds the gap of
        the token error rate by `(TC + DTC)/(N L)`, and more crudely by `log V / N`. The first bound is about twice the
        truth at every N, as bernoulli/slope-limit predicts for many steps; the second is about six times the truth.
        At N = 128, one step for eight letters, the gap is below 0.005 nats per letter.
        """,
        (Part("figure", "english-curve"),),
    ),
    Section(
        "The published study",
        """
        The experiments that motivate the theorems, on languages where their outcome can be computed.
        """,
        (Part("figure", "ngram-ter"), Part("figure", "hmm-ser")),
    ),
    Section(
        "Schedules",
        """
        How the steps are spread over the text is free. For a given N the best schedule can be computed; for fixed sizes
        it is a shortest path over the information profile. On English letters there is next to nothing to gain over
        uniform steps, and the cosine schedule is worse than uniform. On Copy(2, 4) the best schedule saves a fifth to a
        quarter. The code MDS(7, 3) is written without error by two steps of the right sizes, which the uniform
        schedule misses.
        """,
        (Part("figure", "schedules"),),
    ),
    Section(
        "Random sizes",
        """
        Where the language is not known the best schedule is random: no sizes can be bad for every code at once.
        `maskbound minimax --length L --steps N` prints the law, and `kind = "mixture-of-sizes"` with `steps` and
        `minimax` is a policy that follows it, for `measure` as for drawing.
        """,
        (
            Part(
                "figure",
                "minimax",
                """
                What random sizes gain over the best fixed ones, against the language that is worst for them: in terms
                of TC + DTC a third at two steps, and half of all at many. KL of the mixture stays small, since one of
                its lists is always right; SER, a mean, does not.
                """,
            ),
        ),
    ),
    Section(
        "Policies",
        """
        Samplers in practice choose positions by the confidence of the denoiser. The figure is for languages that are
        small enough for the law of every policy to be computed; its numbers, and those at length, are
        `maskbound table policies`.
        """,
        (Part("figure", "policies"),),
    ),
    Section(
        "How to reproduce",
        """
        `make report` builds this report from a fresh clone; `maskbound report --out DIR` does so where the package
        is installed. Each table is also `maskbound table NAME` and each figure `maskbound figure NAME`; their
        numbers, in full, lie in the folders `tables` and `figures` beside this file, and `report.html` has the tables
        as an appendix. `maskbound check` prints every verdict, `maskbound check --certificate FILE` writes what is
        decided exactly as certificates, and `maskbound verify FILE` rechecks these with the standard library alone.

        {versions}.
        """,
    ),
    Section(
        "References",
        """
        The papers that statements come from, and how each is known here: *others' notes* were not read.
        """,
        (
            Part(
                "table",
                "references",
                "Papers, and the statements here that restate them or are to be compared with them.",
            ),
        ),
    ),
    Section(
        "Appendix: verdicts",
        """
        No violation may appear in this table.
        """,
        (
            Part(
                "table",
                "verdicts",
                """
                The columns to look at are *violated*, where anything but 0 would be a refuted theorem, and
                *tightest*: a 1 there says that no better constant is possible. Equalities that are decided exactly
                count as *holds*; those known to within rounding only are *equal*.
                """,
                columns=("statement", "formula", "holds", "violated", "equal", "open", "loosest", "tightest"),
            ),
        ),
        appendix=True,
    ),
    Section(
        "Appendix: numbers of the study",
        """
        Each number with the kind of its enclosure.
        """,
        (
            Part("table", "steps-to-target"),
            Part("table", "english-curve"),
            Part("table", "ngram-ter"),
            Part("table", "hmm-ser"),
            Part("table", "schedules"),
            Part("table", "minimax"),
            Part("table", "policies"),
        ),
        appendix=True,
    ),
    Section(
        "Appendix: break-even",
        """
        Fewer steps pay only if a denoiser call is cheap enough. With c the cost of one call in units of an
        autoregressive step, N steps for L tokens pay if N c < L.
        """,
        (
            Part(
                "table",
                "break-even",
                """
                The fewest steps that reach a target. A target for the token error rate is met by few steps for a
                long text; a target for whole sequences needs a number of steps of the order of L, unless the sets
                of positions are chosen for the language: bisection is exact on chains (independent-steps/path-kl) and
                needs about log2 L steps.
                """,
            ),
        ),
        appendix=True,
    ),
    Section(
        "Appendix: sampler code",
        """
        Schedulers of a released package, run on an oracle and tested against the policy that each names. The table is
        left out where that package is not installed.
        """,
        (Part("table", "conformance"),),
        appendix=True,
    ),
    Section(
        "Appendix: tightness",
        """
        A bound is as good as its worst case. A seeded search over small instances looked for the tightest ones.
        """,
        (
            Part(
                "table",
                "tightness",
                """
                The largest ratio of the two sides that was met. 1: the bound is attained and no constant in it can
                be improved; below 1, either the constant can be improved or the search did not find the worst case.
                *Every language* settles that where it can.
                """,
                columns=("statement", "formula", "ratio", "reached on", "every language"),
            ),
        ),
        appendix=True,
    ),
    Section(
        "Appendix: what is false",
        """
        These statements look like the true ones and are not. Each is broken by a stored instance, and the checks
        above would have said so: a toolkit that cannot refute cannot confirm either.
        """,
        (
            Part(
                "table",
                "refuted",
                """
                Both sides of each false statement on the instance that refutes it. Every verdict reads *violated*.
                """,
                columns=("what it says", "formula", "refuted by", "left", "relation", "right", "verdict"),
            ),
        ),
        appendix=True,
    ),
    Section(
        "Appendix: the instances",
        """
        The fingerprint is the beginning of a digest of the instance's canonical form.
        """,
        (Part("table", "instances", "The instances over which the verdicts were taken."),),
        appendix=True,
    ),
)

OWN_SECTIONS = (
    *(section for section in SECTIONS if section.title == "What was checked"),
    Section("Symbols", SYMBOLS),
    Section(
        "The languages",
        """
        Token error rates of these languages against the number of uniform Bernoulli steps, and their information
        curves.
        """,
        (
            Part("figure", "ngram-ter", "The gap of the token error rate against N, below its bounds."),
            Part("figure", "curve"),
            Part("table", "ngram-ter", "The numbers of the figure."),
        ),
    ),
    *(
        replace(section, appendix=False)
        for section in SECTIONS
        if section.title in ("How to reproduce", "Appendix: verdicts", "Appendix: the instances")
    ),
)
"""The report of one's own instances."""
