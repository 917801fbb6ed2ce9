"""The figures of the paper's study."""

from __future__ import annotations

from dataclasses import replace

from ..render import Table
from .figure import Figure, Panel, Series

__all__ = ["hmm_ser", "ngram_ter", "pareto"]

DRAWN = ("random sizes", "confidence", "entropy", "confidence in blocks", "entropy bound", "proposals", "remasking")
"""Policies of the Pareto figure."""


def _languages(table: Table) -> list[str]:
    place = table.columns.index("language")
    return list(dict.fromkeys(row[place] for row in table.rows))


def ngram_ter(table: Table) -> Figure:
    """TER gaps against N, a panel for each n-gram, and the perplexities themselves."""
    gap = (
        Series("bound: log V / N", bound=True),
        Series("bound: (TC+DTC)/(NL)", "bound: (TC + DTC)/(N L)", bound=True),
        Series("PATH_KL/L", "PATH_KL/L", bound=True),
        Series("TER gap"),
    )
    perplexity = (Series("TER"), Series("TER autoregressive", "autoregressive", bound=True))
    panels = [Panel("TER gap (nats a token)", gap, "log", name) for name in _languages(table)]
    return Figure(
        table,
        "N",
        (*panels, Panel("TER (perplexity)", perplexity)),
        "Token error rates of random sparse n-grams. The gap to the language's own falls as 1/N whatever n is; it lies "
        "in the band, whose upper edge is PATH_KL/L, half the bound. Right: as perplexities, beside "
        "what one token at a time reaches.",
        x_label="steps N",
        x_scale="log2",
        by="language",
    )


def hmm_ser(table: Table) -> Figure:
    """SER against N, a panel for each language."""
    series = (
        Series("bound: 1 - exp(-(TC+DTC)/N)", "bound: 1 - exp(-(TC + DTC)/N)", bound=True),
        Series("1 - exp(-PATH_KL)", bound=True),
        Series("SER", "SER, drawn"),
        Series("least SER, eps = 0", bound=True),
        Series("least SER, eps = 1/128", bound=True),
        Series("SER autoregressive", "autoregressive", bound=True),
    )
    panels = tuple(Panel("SER", series, group=name) for name in _languages(table))
    return Figure(
        table,
        "N",
        panels,
        "Sequence error rates of hidden Markov languages: what is drawn, with its confidence band, below the "
        "bound; on ShiftedPair it meets the least SER, below which no denoiser can come.",
        x_label="steps N",
        x_scale="log2",
        by="language",
    )


def pareto(table: Table) -> Figure:
    """KL against the expected number of steps, a panel for each language and a line for each policy."""
    place = {name: c for c, name in enumerate(table.columns)}
    rows = []
    for row in table.rows:
        if row[place["policy"]] in DRAWN and row[place["KL"]] is not None:
            cells = [row[place["KL"]] if name == row[place["policy"]] else None for name in DRAWN]
            rows.append((row[place["language"]], row[place["E[steps]"]], *cells))
    spread = replace(table, columns=("language", "E[steps]", *DRAWN), rows=tuple(rows))
    with_lines = [
        (language, tuple(Series(name) for name in DRAWN if _has(spread, language, name)))
        for language in _languages(table)
    ]
    panels = tuple(Panel("KL (nats)", series, group=language) for language, series in with_lines if series)
    return Figure(
        spread,
        "E[steps]",
        panels,
        "What a step buys: KL against the expected number of steps. Choosing by confidence or entropy costs more than "
        "random sizes where sure positions depend on each other; proposals do not sample the language at any number "
        "of steps.",
        x_label="E[steps]",
        x_scale="log2",
        by="language",
    )


def _has(table: Table, language: str, policy: str) -> bool:
    place = table.columns.index(policy)
    return any(row[0] == language and row[place] is not None for row in table.rows)
