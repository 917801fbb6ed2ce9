"""`prove`: a claim decided for every language."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import BadInput
from .application import BAD_INPUT, INCONCLUSIVE, VIOLATION, app, say
from .options import AsJson, Spec, needed
from .output import print_json

if TYPE_CHECKING:
    from maskbound.theory import Statement

    from ..policies import Policy
    from ..universal import Decision

MOST_NAMED = 4
UNNAMED = Path("refutation.json")
"""Where an instance that refutes a claim is written, unless told otherwise."""


@app.command(epilog='Example: maskbound prove parity-uniform --claim "path_kl <= total_correlation"')
def prove(
    spec: Spec,
    claim: Annotated[str, typer.Option("--claim", metavar="TEXT", help='Such as "path_kl <= total_correlation".')],
    needs: Annotated[
        list[str] | None,
        typer.Option(
            "--needs",
            "--assume",
            metavar="NAME,...",
            help="markov-language or independent-tokens: of such languages only.",
        ),
    ] = None,
    all_lengths: Annotated[
        bool, typer.Option("--all-lengths", help="For every length; of fixed sizes also for all sizes.")
    ] = False,
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a certificate of what holds, or fails, for `verify`.")
    ] = None,
    language: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where an instance that refutes the claim is written.",
            show_default="refutation.json, unless that holds something else",
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Decide a claim for every language of a length; of the instance, only its length and its policy count.

    In an instance file for this command the language may be of kind "any", with a length and nothing else. A claim
    about the language alone, such as one between entropies, needs no policy.
    """
    import maskbound.theory as theory

    from ..universal import Decided, prove_everywhere
    from ..universal import prove as decide
    from ..universal.question import load_question

    stated = theory.claim(claim, assumptions=needed(needs))
    question = load_question(spec)
    policies = question.policies or _one_step(stated, spec)

    def decided(about: Statement) -> Decision:
        if all_lengths:
            return prove_everywhere(about, policies, exact_denoiser=question.exact_denoiser)
        return decide(about, policies, question.length, exact_denoiser=question.exact_denoiser)

    found = decided(stated)
    written = _write_language(found, language)
    if certificate is not None:
        _write_certificate(found, certificate)
    if as_json:
        print_json(
            {
                "verdict": found.verdict.value,
                "constant": None if found.constant is None else str(found.constant),
                "scope": found.scope,
                "reason": found.reason,
                "language": written,
            }
        )
    else:
        _print(found, written)
        if found.verdict is Decided.FAILS and "kl" in stated.names():
            upper = theory.claim(re.sub(r"\bkl\b", "path_kl", claim), assumptions=needed(needs))
            _print_upper(decided(upper))
    statuses = {Decided.HOLDS: 0, Decided.FAILS: VIOLATION, Decided.OUT_OF_REACH: BAD_INPUT}
    return statuses.get(found.verdict, INCONCLUSIVE)


def _one_step(about: Statement, spec: str) -> tuple[Policy, ...]:
    """A policy for a claim about languages alone, whatever it is."""
    from ..policies import Bernoulli

    if not about.about_language:
        raise BadInput(f"{spec}: policy", "the key is missing; only a claim about languages alone needs none")
    return (Bernoulli(steps=1),)


def _write_language(found: Decision, path: Path | None) -> str | None:
    """Write the witness; a file that was not named is not overwritten."""
    import json

    from ..render.write import write_text

    if found.witness is None:
        return None
    text = json.dumps(found.witness, indent=1) + "\n"
    if path is None and UNNAMED.exists() and UNNAMED.read_text("utf-8", errors="replace") != text:
        say(f"{UNNAMED} holds something else and is left as it is; --language FILE says where to write")
        return None
    target = path or UNNAMED
    write_text(target, text)
    return str(target)


def _write_certificate(found: Decision, path: Path) -> None:
    from ..errors import BeyondReach
    from ..render.write import write_text
    from ..universal import certificate_text

    if found.verdict.value not in ("holds", "fails"):
        say(f"nothing is written to {path}: the claim {found.verdict.value}")
        return
    try:
        text = certificate_text(found)
    except BeyondReach as problem:
        say(f"nothing is written to {path}: {problem}")
        return
    write_text(path, text)
    say(f"the certificate is written to {path}")


def _print(found: Decision, written: str | None) -> None:
    print(f"{found.claim}: {found.verdict.value}")
    print(f"  for {found.scope}")
    print(f"  {found.reason}")
    if found.verdict.value == "out of reach":
        for line in _instead(found.claim):
            print(f"  {line}")
    if found.constant is not None:
        print(f"  sharp constant {_shown(found.constant)}: {found.sharp}")
    for line in found.words:
        print(f"  {line}")
    for line in found.proof:
        print(f"  {line}")
    if written is not None:
        print(f"  {written} violates it" + (" (judged by the engines)" if found.judged == "violated" else ""))


def _print_upper(found: Decision) -> None:
    """What is known of the claim about path_kl, the upper bound of kl, where that says more."""
    if found.constant is None:
        return
    certified = "; asked so, it has a certificate" if found.evidence is not None else ""
    print(f"  about path_kl in the place of kl: {found.claim}: {found.verdict.value}{certified}")
    print(f"    sharp constant {_shown(found.constant)}: {found.sharp}")


def _instead(claim: Statement) -> list[str]:
    """What else can be done about a claim that is out of reach, and what the ledger says of its rarer quantities."""
    from maskbound.theory import statements
    from maskbound.theory.assumptions import spelled_assumption

    from ..traits import parts
    from ..universal.reading import KNOWN

    needs = ",".join(spelled_assumption(each.name) for each in claim.assumptions)
    search = shlex.join(["maskbound", "falsify", str(claim), *(["--needs", needs] if needs else [])])
    rare = {name.removesuffix("@2") for name in claim.names()} - KNOWN - {"V", "L", "N"}
    near = [each.id for each in statements.values() if rare & each.names()]
    known = f"; known about {' and '.join(sorted(rare))}: {', '.join(near[:MOST_NAMED])}" if near else ""
    kinds = [each.name for each in claim.assumptions if "language" in parts([each.name])]
    wider = [f"without {' and '.join(kinds)} it is a claim about every language, which may be decided"] if kinds else []
    return [*wider, f"{search} searches for a counterexample{known}"]


def _shown(constant: Any) -> str:
    text = str(constant)
    return text if len(text) <= 40 else f"{float(constant):.12g} (a fraction of {len(text)} characters)"
