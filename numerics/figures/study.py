"""The figures of the paper's study."""

from __future__ import annotations

from dataclasses import replace

from ..render.figure import Figure, Panel, Series
from ..render.table import Table
from ..study.steps_to_target import GAP, WRONG

__all__ = ["hmm_ser", "minimax", "ngram_ter", "pareto", "schedules", "steps_to_target"]

DRAWN = ("random sizes", "confidence", "entropy", "confidence in blocks", "entropy bound", "proposals", "remasking")
"""Policies of the Pareto figure."""


def _names(table: Table, column: str) -> list[str]:
    place = table.columns.index(column)
    return list(dict.fromkeys(row[place] for row in table.rows))


def _languages(table: Table) -> list[str]:
    return _names(table, "language")


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
        (*panels, Panel("TER", perplexity, title="perplexities")),
        f"{table.title}. The gap to the language's own lies in the band, whose upper edge is PATH_KL/L (a band around "
        "a line is the interval of its numbers), below the bounds, which fall as 1/N. Last: as perplexities, beside "
        "what one token at a time reaches.",
        x_label="steps N",
        x_scale="log2",
        by="language",
    )


def hmm_ser(table: Table) -> Figure:
    """SER against N, a panel for each language."""
    drawn, least = "statistical" in _names(table, "SER is"), _names(table, "least SER, eps = 0") != [None]
    told = [f"{table.title}: it lies below the bounds, by 1 - exp(-PATH_KL) and by the information in the language."]
    told += ["What is drawn has its confidence band."] if drawn else []
    told += ["On ShiftedPair it meets the least SER, below which no denoiser can come."] if least else []
    series = (
        Series("bound: 1 - exp(-(TC+DTC)/N)", "bound: 1 - exp(-(TC + DTC)/N)", bound=True),
        Series("1 - exp(-PATH_KL)", bound=True),
        Series("SER", "SER, drawn" if drawn else "SER"),
        Series("least SER, eps = 0", bound=True),
        Series("least SER, eps = 1/128", bound=True),
        Series("SER autoregressive", "autoregressive", bound=True),
    )
    panels = tuple(Panel("SER", series, group=name) for name in _languages(table))
    return Figure(
        table,
        "N",
        panels,
        " ".join(told),
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
    panels = tuple(Panel("KL (nats)", series, "log", language) for language, series in with_lines if series)
    return Figure(
        spread,
        "E[steps]",
        panels,
        "What a step buys: KL against the expected number of steps. Choosing by confidence or entropy costs more than "
        "random sizes where sure positions depend on each other; proposals do not sample the language at any number "
        "of steps.",
        x_label="expected steps",
        x_scale="log2",
        by="language",
    )


def _has(table: Table, group: str, column: str) -> bool:
    place = table.columns.index(column)
    return any(row[0] == group and row[place] is not None for row in table.rows)


def steps_to_target(table: Table) -> Figure:
    """Steps that are enough against the length, a panel for each error and a line for each language."""
    place = {name: c for c, name in enumerate(table.columns)}
    languages = _languages(table)
    rows = tuple(
        (
            row[place["error"]],
            row[place["L"]],
            *(row[place["N enough"]] if name == row[place["language"]] else None for name in languages),
        )
        for row in table.rows
        if isinstance(row[place["L"]], int)
    )
    spread = replace(table, columns=("error", "L", *languages), rows=rows)
    titles = {"TER gap": f"TER gap of at most {GAP} nats a token", "SER": f"SER of at most {WRONG}"}
    panels = tuple(
        Panel(
            "steps N",
            tuple(Series(name) for name in languages if _has(spread, error, name)),
            "log2",
            error,
            titles[error],
        )
        for error in _names(table, "error")
    )
    return Figure(
        spread,
        "L",
        panels,
        "Steps that are enough for an error, against the length. In a random order a token error rate needs a number "
        "that does not grow with the length, a sequence error rate one that grows in proportion to it; a chain in the "
        "right order is written without error in log2 L steps.",
        x_label="length L",
        x_scale="log2",
        by="error",
        same_y=True,
    )


def schedules(table: Table) -> Figure:
    """PATH_KL of fixed sizes against N by the uniform, the cosine and the best schedule, a panel for each language."""
    kind = table.columns.index("steps")
    series = (Series("uniform"), Series("cosine"), Series("best"))
    panels = tuple(Panel("PATH_KL (nats)", series, "log", name) for name in _languages(table))
    return Figure(
        replace(table, rows=tuple(row for row in table.rows if row[kind] == "fixed-size")),
        "N",
        panels,
        "What the schedule is worth: PATH_KL of steps of fixed sizes, shared evenly, by the cosine, and as well as can "
        "be. On English letters even sizes are next to the best; a code is written without error by the right ones.",
        x_label="steps N",
        x_scale="log2",
        by="language",
    )


def minimax(table: Table) -> Figure:
    """Fixed against random sizes, N along the axis: PATH_KL per TC + DTC, SER and KL on the worst code."""
    of_information = (
        Series("fixed: PATH_KL/(TC+DTC)", "fixed sizes"),
        Series("random: PATH_KL/(TC+DTC)", "random sizes"),
        Series("random: 1/(2N - 4/3)", "1/(2 N - 4/3)", bound=True),
    )
    of_one = (
        Series("fixed: PATH_KL/TC", "fixed, TC"),
        Series("random: PATH_KL/TC", "random, TC"),
        Series("fixed: PATH_KL/DTC", "fixed, DTC"),
        Series("random: PATH_KL/DTC", "random, DTC"),
    )
    of_wrong = (Series("fixed: SER", "fixed sizes"), Series("random: SER", "random sizes, at least"))
    return Figure(
        table,
        "N",
        (
            Panel("PATH_KL/(TC + DTC)", of_information, "log", title="worst language for TC + DTC"),
            Panel("PATH_KL/TC, PATH_KL/DTC", of_one, "log", title="worst languages for TC and for DTC"),
            Panel("SER", of_wrong, title="worst code"),
            Panel("KL (nats)", (Series("random: KL", "random sizes"),), title="the same code"),
        ),
        "What drawing the sizes at random gains against the worst of all languages of 1024 tokens. PATH_KL is about "
        "halved, and with few steps much more is gained where TC or DTC alone counts. SER gains next to nothing, "
        "while KL, which for fixed sizes has no bound on these codes, is a few nats: KL flatters mixtures.",
        x_label="steps N",
        x_scale="log2",
    )
