"""What `python -m build` makes: the packages and nothing else, and somebody else's tests run on it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
KEPT = (".py", ".typed", ".toml", ".tsv", ".json", ".typ", ".css")
PAIR = """
claims = [{claims}]
language = {{kind = "pair", vocab = 2, length = 2}}
policy = {{kind = "bernoulli", steps = 2}}
"""
THEIR_TEST = """
import pytest
from hypothesis import given, settings
from maskbound.numerics import Instance, languages, policies
from maskbound.numerics.testing import assert_holds, strategies

PAIR = Instance(languages.pair(2, 2), policies.Bernoulli(steps=2))


def test_a_bound_that_holds():
    assert_holds("ser <= 0.26", PAIR)


def test_a_bound_that_does_not():
    assert_holds("ser <= 0.24", PAIR)


@settings(max_examples=5, deadline=None)
@given(strategies.instances())
def test_a_property(instance):
    assert_holds("kl-path-kl/given-times", instance, allow_undecided=True)
"""


def done(*call: str | Path, cwd: Path, status: int = 0) -> str:
    """What a process printed, which must end with ``status``."""
    found = subprocess.run([str(word) for word in call], cwd=cwd, capture_output=True, text=True)
    assert found.returncode == status, found.stdout + found.stderr
    return found.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The one that `make dist` has built; else from the source archive, as it does, out of a copy of what is needed."""
    if "WHEEL" in os.environ:
        return Path(os.environ["WHEEL"]).resolve()
    copy = tmp_path_factory.mktemp("source")
    for folder in ("theory", "numerics", "tests"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    done(sys.executable, "-m", "build", "--no-isolation", "--outdir", copy / "dist", cwd=copy)
    assert len(list((copy / "dist").glob("*.tar.gz"))) == 1
    (built,) = (copy / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def clean(wheel, tmp_path_factory):
    """An environment with the wheel alone, which sees the libraries of this one but not its editable install."""
    place = tmp_path_factory.mktemp("clean") / "venv"
    done(sys.executable, "-m", "venv", "--without-pip", place, cwd=place.parent)
    python = place / "bin" / "python"
    done(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", wheel, cwd=place.parent)
    (folder,) = (place / "lib").glob("python*/site-packages")
    (folder / "libraries.pth").write_text(f"{sysconfig.get_paths()['purelib']}\n")
    return python


def test_the_wheel_holds_the_packages_and_nothing_else(wheel):
    names = {name for name in zipfile.ZipFile(wheel).namelist() if not re.match(r"maskbound-[\d.]+\.dist-info/", name)}
    tracked = {
        f"maskbound/{path.relative_to(ROOT)}"
        for folder in ("theory", "numerics")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {Path(name).suffix for name in tracked} == set(KEPT)
    assert names == tracked
    assert not [name for name in names if Path(name).name.startswith(("test_", "conftest"))]


def test_the_metadata_name_the_command_the_plugin_and_the_licence(wheel):
    archive = zipfile.ZipFile(wheel)
    texts = {Path(name).name: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name}
    assert "maskbound = maskbound.numerics.cli:main" in texts["entry_points.txt"]
    assert "maskbound = maskbound.numerics.testing.plugin" in texts["entry_points.txt"]
    assert "MIT License" in texts["LICENSE"]
    assert "Requires-Dist: numpy" in texts["METADATA"]


def test_it_installs_and_runs_in_a_clean_environment(clean, tmp_path):
    where = done(clean, "-c", "import maskbound.numerics as m; print(m.__file__)", cwd=tmp_path)
    assert where.startswith(str(clean.parent.parent))
    assert done(clean.with_name("maskbound"), "--version", cwd=tmp_path).startswith("maskbound ")
    assert "0 violated" in done(clean.with_name("maskbound"), "check", "pair-bernoulli", cwd=tmp_path)


def test_a_repository_of_theirs_runs_its_bound_checks(clean, tmp_path):
    """Nothing but the dependency and the files: passing, and failing."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "good.maskbound.toml").write_text(PAIR.format(claims='"ser <= 0.26", "ser == 1/4"'))
    assert "3 passed" in done(clean, "-m", "pytest", "-p", "no:cacheprovider", "tests", cwd=tmp_path)
    (tmp_path / "tests" / "bad.maskbound.toml").write_text(PAIR.format(claims='"ser <= 0.24"'))
    (tmp_path / "tests" / "test_theirs.py").write_text(THEIR_TEST)
    report = done(clean, "-m", "pytest", "-rA", "-p", "no:cacheprovider", "tests", cwd=tmp_path, status=1)
    assert "2 failed, 6 passed" in report
    assert "FAILED tests/bad.maskbound.toml::ser <= 0.24" in report
    assert "FAILED tests/test_theirs.py::test_a_bound_that_does_not" in report
    assert "margin -0.01" in report
