"""The papers that statements come from, how well each is known here, and how a statement stands to a theorem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["FORMS", "PAPERS", "READING", "Citation", "Paper"]

READING: Mapping[str, str] = {
    "read": "the paper was read",
    "abstract read": "only its abstract was read; its theorems as other people report them",
    "others' notes": "it was not read; its results as other people, or textbooks, report them",
    "not recorded": "whether anybody read it was not recorded",
}
"""Ways in which a paper is known."""

FORMS: Mapping[str, str] = {
    "as stated": "the theorem as the paper states it",
    "our form, constant made explicit": "the theorem's form, with a constant that we prove",
    "our instance": "the theorem asserts that something exists; the statement is an instance of ours, not the paper's",
    "as recalled": "what other people report of the theorem, proved here",
    "compare": "another theorem about the same thing",
}
"""Relations of a statement to the theorem that it cites."""


@dataclass(frozen=True)
class Paper:
    """One entry of the bibliography.

    Parameters
    ----------
    key : str
    authors : str
    title : str
        Empty where it was not at hand.
    year : int
    arxiv : str
        Identifier on arXiv, or empty.
    reading : str
        One of `READING`.
    venue : str
        Journal or book, or empty.
    doi : str
        Or empty.

    Raises
    ------
    ValueError
        When ``reading`` is not one of `READING`.
    """

    key: str
    authors: str
    title: str
    year: int
    arxiv: str
    reading: str
    venue: str = ""
    doi: str = ""

    def __post_init__(self) -> None:
        if self.reading not in READING:
            raise ValueError(f"paper {self.key}: reading={self.reading!r}; one of {', '.join(READING)} is accepted")

    def __str__(self) -> str:
        """The paper on one line, with how well it is known."""
        return f"{self.line} ({self.reading})"

    @property
    def line(self) -> str:
        """Authors, title, venue, year and identifiers, as far as they are known."""
        where = (self.arxiv and f"arXiv {self.arxiv}", self.doi and f"doi {self.doi}")
        return ", ".join(part for part in (self.authors, self.title, self.venue, str(self.year), *where) if part)

    def bibtex(self) -> str:
        """The entry of a BibTeX file.

        Examples
        --------
        >>> print(PAPERS["feng2025"].bibtex())
        @misc{feng2025,
          author = {Feng and Geng and Guan and Wu and Wang and He},
          title = {Theoretical Benefit and Limitation of Diffusion Language Model},
          year = {2025},
          eprint = {2502.09622},
          archivePrefix = {arXiv},
        }
        """
        authors = self.authors.replace(" et al.", ", others").replace(", ", " and ")
        fields = {"author": authors, "title": self.title, "year": str(self.year), "howpublished": self.venue}
        fields["doi"] = self.doi
        fields |= {"eprint": self.arxiv, "archivePrefix": "arXiv" if self.arxiv else ""}
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        return "\n".join([f"@misc{{{self.key},", *lines, "}"])


_PAPERS = (
    Paper(
        "feng2025",
        "Feng, Geng, Guan, Wu, Wang, He",
        "Theoretical Benefit and Limitation of Diffusion Language Model",
        2025,
        "2502.09622",
        "abstract read",
    ),
    Paper(
        "licai2025",
        "Li, Cai",
        "Breaking AR's Sampling Bottleneck: Provable Acceleration via Diffusion Language Models",
        2025,
        "2505.21400",
        "abstract read",
    ),
    Paper(
        "wu2025",
        "Wu et al.",
        "Fast-dLLM: Training-free Acceleration of Diffusion LLM by Enabling KV Cache and Parallel Decoding",
        2025,
        "2505.22618",
        "abstract read",
    ),
    Paper(
        "benhamu2025",
        "Ben-Hamu et al.",
        "Accelerated Sampling from Masked Diffusion Models via Entropy Bounded Unmasking",
        2025,
        "2505.24857",
        "others' notes",
    ),
    Paper(
        "lavenant2025",
        "Lavenant, Zanella",
        "Error Bounds and Optimal Schedules for Masked Diffusions with Factorized Approximations",
        2025,
        "2510.25544",
        "abstract read",
    ),
    Paper(
        "chen2025",
        "Chen, Cong, Li",
        "Optimal Inference Schedules for Masked Diffusion Models",
        2025,
        "2511.04647",
        "abstract read",
    ),
    Paper(
        "turok2026",
        "Turok, De Sa, Kuleshov",
        "DUEL: Exact Likelihood for Masked Diffusion via Deterministic Unmasking",
        2026,
        "2603.01367",
        "abstract read",
    ),
    Paper(
        "kasa2026",
        "Kasa, Dai, Negi, Li",
        "Fast-dLLM++: Frechet Profile Decoding for Faster Diffusion LLM Inference",
        2026,
        "2606.02955",
        "abstract read",
    ),
    Paper(
        "dmitriev2026",
        "Dmitriev, Huang, Wei",
        "Efficient Sampling with Discrete Diffusion Models: Sharp and Adaptive Guarantees",
        2026,
        "2602.15008",
        "abstract read",
    ),
    Paper("wainwright2026", "Wainwright", "", 2026, "2608.13520", "others' notes"),
    Paper("wen2026", "Wen, Liang, Lu", "", 2026, "2608.25505", "others' notes"),
    Paper(
        "ashikhmin2004",
        "Ashikhmin, Kramer, ten Brink",
        "Extrinsic information transfer functions: model and erasure channel properties",
        2004,
        "",
        "others' notes",
        "IEEE Trans. Inf. Theory 50",
    ),
    Paper(
        "han1978",
        "Han",
        "Nonnegative entropy measures of multivariate symmetric correlations",
        1978,
        "",
        "others' notes",
        "Information and Control 36",
    ),
    Paper(
        "csiszar1967",
        "Csiszar",
        "Information-type measures of difference of probability distributions",
        1967,
        "",
        "others' notes",
        "Studia Sci. Math. Hungar. 2",
    ),
    Paper(
        "bretagnolle1979",
        "Bretagnolle, Huber",
        "Estimation des densites: risque minimax",
        1979,
        "",
        "others' notes",
        "Z. Wahrsch. verw. Gebiete 47",
    ),
)

PAPERS: Mapping[str, Paper] = MappingProxyType({paper.key: paper for paper in _PAPERS})
"""The bibliography by key."""


@dataclass(frozen=True)
class Citation:
    """A theorem of a paper that a statement is about.

    Parameters
    ----------
    paper : str
        Key of the paper.
    place : str
        Such as "Theorem 4.2"; empty where the number was not at hand.
    form : str
        One of `FORMS`.

    Raises
    ------
    ValueError
        For an unknown paper or form, and for "as stated" of a paper that was not read.
    """

    paper: str
    place: str
    form: str

    def __post_init__(self) -> None:
        if self.paper not in PAPERS:
            raise ValueError(f"unknown paper {self.paper!r}")
        if self.form not in FORMS:
            raise ValueError(f"form={self.form!r}; one of {', '.join(FORMS)} is accepted")
        if self.form == "as stated" and PAPERS[self.paper].reading != "read":
            raise ValueError(f"'as stated' of {self.paper}, which is known as: {PAPERS[self.paper].reading}")

    def __str__(self) -> str:
        """The theorem, the paper and the form on one line."""
        paper = PAPERS[self.paper]
        name = f"{paper.authors} {paper.year}" + (f", arXiv {paper.arxiv}" if paper.arxiv else "")
        return f"{self.place + ' of ' if self.place else ''}{name} ({self.form}; {paper.reading})"
