"""`repl`: IPython with the names loaded."""

from __future__ import annotations

from .application import app


@app.command(epilog="Example: maskbound repl")
def repl() -> None:
    """Start IPython with languages, policies, statements and symbols loaded."""
    from ..repl import start

    start()
