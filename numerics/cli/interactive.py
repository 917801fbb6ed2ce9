"""`repl`: IPython with the names loaded."""

from __future__ import annotations

import signal

from .application import app


@app.command(epilog="Example: maskbound repl")
def repl() -> None:
    """Start IPython with languages, policies, statements and symbols loaded."""
    from ..repl import start

    # In a session an interrupt ends a computation, never the session.
    signal.set_wakeup_fd(-1)
    start()
