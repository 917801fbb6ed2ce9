"""The application: how a command is run, and how every error is answered by one sentence and a status."""

from __future__ import annotations

import gc
import os
import sys
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from .._kernels.compiling import tell
from ..errors import BadInput, MaskboundError, RowsRescaled
from .interrupts import answered, was_heard

__all__ = ["BAD_INPUT", "INCONCLUSIVE", "VIOLATION", "app", "main", "require", "say"]

NOTHING = "nothing is kept but what was written before"
MOST_OBJECTS = 200_000
VIOLATION, BAD_INPUT, INCONCLUSIVE, INTERNAL, INTERRUPTED = 1, 2, 3, 70, 130


class _Command(TyperGroup):
    """The command, answering every error by one sentence and a status."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        words = given[: given.index("--")] if "--" in given else given
        debug = "--debug" in words
        words = [word for word in words if word != "--debug"] + given[len(words) :]
        # Python has no stream object for a descriptor that was closed before it started.
        sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115
        try:
            tell(lambda: say("compiling, once for all: what is compiled is kept on disk, and later runs start at once"))
            with _warnings_as_lines():
                status = (
                    super().main(words, prog_name or "maskbound", complete_var, False, windows_expand_args, **extra)
                    or 0
                )
            sys.stdout.flush()
        except Exception as problem:
            status, sentence = _answer(problem)
            if debug:
                traceback.print_exc()
            say(sentence)
        if standalone_mode:
            sys.exit(status)
        return status

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            raise typer.Abort(*stop.args) from None
        except BrokenPipeError:
            # Left alone, typer would end the process here with a status of its own.
            raise _OutputClosed from None
        except Exception as problem:
            if was_heard():
                raise typer.Abort from problem
            raise


@contextmanager
def _warnings_as_lines() -> Iterator[None]:
    """Say once what was changed in reading a file."""

    def show(message: Warning | str, *place: Any, **more: Any) -> None:
        say(str(message))

    with warnings.catch_warnings():
        warnings.simplefilter("default", RowsRescaled)
        warnings.showwarning = show
        yield


class _OutputClosed(Exception):
    """Whoever reads the output has gone."""


def _answer(problem: Exception) -> tuple[int, str]:
    """The exit status and the sentence for an exception."""
    if isinstance(problem, typer.Abort):
        return INTERRUPTED, ": ".join(["interrupted", *map(str, problem.args or (NOTHING,))])
    if isinstance(problem, typer.TyperException):
        return BAD_INPUT, problem.format_message()
    if isinstance(problem, _OutputClosed | BrokenPipeError):
        # What is still buffered has nowhere to go, and must not fail again when Python exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BAD_INPUT, "the output was closed before everything was written"
    if isinstance(problem, OSError):
        where = f"{problem.filename}: " if problem.filename else ""
        return BAD_INPUT, f"{where}{problem.strerror or problem}"
    if isinstance(problem, MaskboundError) or _is_claim_error(problem):
        return BAD_INPUT, str(problem)
    kind = type(problem).__name__
    return INTERNAL, f"internal error ({kind}: {str(problem)[:200]}); with --debug the traceback is printed"


def _is_claim_error(problem: Exception) -> bool:
    theory = sys.modules.get("maskbound.theory")
    return theory is not None and isinstance(problem, theory.ClaimError)


def say(sentence: str) -> None:
    """One line on stderr, whatever a message quotes."""
    line = " ".join(sentence.split("\n"))
    print("maskbound: " + "".join(c if c.isprintable() else repr(c)[1:-1] for c in line), file=sys.stderr)


def require(option: str, value: Any, fine: bool, accepted: str) -> None:
    if not fine:
        raise BadInput(option, f"found {value}; {accepted} is accepted")


app = typer.Typer(cls=_Command, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")


@app.callback(invoke_without_command=True)
def _top(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Print the traceback of an error.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Exact numerics for masked diffusion samplers, held against what theorems claim."""
    if version:
        from importlib.metadata import version as installed

        print(f"maskbound {installed('maskbound')}")
    elif context.invoked_subcommand is None:
        print(context.get_help())


def main() -> None:
    """The console entry."""
    # What is imported stays; to look through it for garbage at every 700 new objects, and once more at the end, takes a
    # sixth of a short command.
    gc.set_threshold(MOST_OBJECTS)
    try:
        with answered():
            app()
    finally:
        gc.freeze()
