"""Networks need torch and say so; nothing else does."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from maskbound.numerics import cli, networks
from maskbound.numerics.denoisers import Network
from maskbound.numerics.errors import BadInput
from maskbound.numerics.instances import parse


@pytest.fixture
def without_torch(monkeypatch):
    monkeypatch.setattr(networks, "find_spec", lambda name: None)


@pytest.mark.usefixtures("without_torch")
def test_a_network_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(BadInput, match=r"kind: it needs torch.*pip install 'maskbound\[torch\]'"):
        Network(lambda y: y)
    spec = {
        "language": {"kind": "parity", "length": 2},
        "policy": {"kind": "bernoulli", "steps": 1},
        "denoiser": {"kind": "torch", "path": "net.pt"},
    }
    with pytest.raises(BadInput, match=r"denoiser.kind: it needs torch"):
        parse(spec)
    out = str(tmp_path / "net.pt")
    result = CliRunner().invoke(cli.app, ["train", "pair-bernoulli", "--out", out])
    assert (result.exit_code, "it needs torch" in result.output) == (2, True)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("without_torch")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["trained"], "table: it needs torch"),
        (["trained-at-length", "--length", "128"], "table: it needs torch"),
        (["trained-at-length", "--length", "1"], "--length: found 1; a whole number from 2 to 1024 is accepted"),
        (["trained", "--length", "9"], "--length: it is for trained-at-length; found 'trained'"),
    ],
)
def test_the_study_of_networks_is_refused_in_a_sentence(tmp_path, words, said):
    result = CliRunner().invoke(cli.app, ["figure", *words, "--out", str(tmp_path / "x.svg")])
    assert (result.exit_code, said in " ".join(result.output.split())) == (2, True)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_everything_is_imported_without_torch():
    program = (
        "import sys; sys.modules['torch'] = None\n"
        "import maskbound.numerics.cli, maskbound.numerics.tables.registry, maskbound.numerics.figures.registry\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
