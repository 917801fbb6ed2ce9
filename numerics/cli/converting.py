"""`convert`: an instance written with every parameter as numbers, or its language for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import BadInput
from .application import app
from .options import Spec

FORMATS = (".toml", ".json", ".arpa", ".npz")


@app.command(epilog="Example: maskbound convert markov-lopsided --to chain.arpa")
def convert(
    spec: Spec,
    to: Annotated[
        Path,
        typer.Option("--to", metavar="FILE", help="What to write: a .toml, .json, .arpa or .npz."),
    ],
) -> None:
    """Write an instance with every parameter as numbers, or its language as an ARPA file or arrays.

    Of an n-gram an ARPA file (.arpa) can be written, and of a hidden Markov model its arrays (.npz) under the names of
    hmmlearn, or with an end of pomegranate.
    """
    import io
    import json

    import numpy as np

    from ..instances import explicit_spec
    from ..judging.cases import open_instance
    from ..languages.export import arpa_text, hidden_arrays
    from ..render.write import write_bytes, write_text
    from ..spec.toml import toml

    suffix = to.suffix.lower()
    if suffix not in FORMATS:
        raise BadInput("--to", f"found the extension {to.suffix!r}; {', '.join(FORMATS)} are accepted")
    instance = open_instance(spec)
    if suffix == ".arpa":
        write_text(to, arpa_text(instance.language))
    elif suffix == ".npz":
        held = io.BytesIO()
        np.savez(held, allow_pickle=False, **hidden_arrays(instance.language))
        write_bytes(to, held.getvalue())
    else:
        explicit = explicit_spec(instance)
        write_text(to, toml(explicit) if suffix == ".toml" else json.dumps(explicit, indent=1) + "\n")
