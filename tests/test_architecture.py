"""The layers of the design, checked on the imports themselves."""

from __future__ import annotations

import ast
import importlib.util
import re
import tomllib
from collections.abc import Iterable
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from maskbound.theory import STATUSES, statements

ROOT = Path(__file__).parent.parent
LAYERS = (
    ("errors",),
    ("numbers", "traits", "display", "latex", "tightness", "universal_verdicts"),
    ("_kernels", "spec"),
    ("languages", "formats"),
    ("networks",),
    ("denoisers",),
    ("policies",),
    ("instances",),
    ("sampling",),
    ("engines",),
    ("evaluation",),
    ("metrics",),
    ("judging",),
    ("certificates",),
    ("falsify",),
    ("conformance", "planning", "universal"),
    ("sweeps",),
    ("render",),
    ("study",),
    ("tables", "figures"),
    ("report",),
    ("claims",),
    ("testing",),
    ("repl", "cli", "__init__"),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
THEORY_ALLOWED = {"sympy", "lark", "maskbound"}
ONLY_IN = {
    "numba": ("numerics/_kernels/jit.py", "numerics/_kernels/compiling.py"),
    "matplotlib": ("numerics/render/", "numerics/report/"),
    "distributed": ("numerics/sweeps/workers.py",),
    "typst": ("numerics/report/",),
    "hypothesis": ("numerics/testing/",),
    "pytest": ("numerics/testing/",),
    "torch": ("numerics/conformance/adapters", "numerics/networks/"),
    "diffusers": ("numerics/conformance/adapters",),
    "jax": ("numerics/conformance/adapters",),
}
PRINTS = ("numerics/cli/", "numerics/certificates/kernel.py", "numerics/universal/checker.py")
LONGEST_FILE = 600
KERNELS, LONGEST_KERNEL = ("kernel.py", "checker.py"), 1530
"""Of the certificate kernels, each of which is one file because it is read and run alone."""


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


SOURCES = sources("theory", "numerics")


def nodes(path: Path, *words: str) -> Iterable[ast.AST]:
    """The syntax of a file that has one of these words; nothing of another."""
    text = path.read_text()
    return ast.walk(ast.parse(text)) if any(word in text for word in words) else ()


@cache
def imports(path: Path, text: str | None = None) -> frozenset[str]:
    """Absolute names of everything that a file of the packages imports."""
    name = path.relative_to(ROOT).with_suffix("").parts
    package = ("maskbound", *name[:-1])
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text() if text is None else text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            stem = ".".join([*base, node.module] if node.module else base)
            found |= {stem, *(f"{stem}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def layer_faults(path: Path, text: str | None = None) -> list[str]:
    """Imports from a layer above, or of ``theory`` below ``evaluation``."""
    parts = path.relative_to(ROOT / "numerics").with_suffix("").parts
    own = RANK[parts[0]]
    faults = []
    for name in imports(path, text):
        split = name.split(".")
        if split[:2] == ["maskbound", "numerics"] and len(split) > 2 and split[2] in RANK and RANK[split[2]] > own:
            faults.append(f"{path.name} imports {name} from a layer above")
        if split[:2] == ["maskbound", "theory"] and own < RANK["evaluation"]:
            faults.append(f"{path.name} imports theory below evaluation")
    return faults


@pytest.mark.parametrize("path", sources("numerics"), ids=lambda path: str(path.relative_to(ROOT)))
def test_numerics_imports_only_from_below(path):
    assert not layer_faults(path)


def test_the_layer_check_can_fail():
    path = ROOT / "numerics" / "languages" / "base.py"
    assert layer_faults(path, "from ..metrics import measure")
    assert layer_faults(path, "from maskbound.theory import claim")
    assert not layer_faults(path, "from ..probabilities import number")


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Modules that need each other, the first one again at the end; none in a tree of imports."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as problem:
        return list(problem.args[1])
    return []


def modules() -> dict[str, set[str]]:
    """What each module imports of the project, at the top or within a function; typing only is left out.

    A package stands for its ``__init__``; that a module imports its own packages first is no need of it.
    """
    names = {".".join(("maskbound", *path.relative_to(ROOT).with_suffix("").parts)): path for path in SOURCES}
    paths = {name.removesuffix(".__init__"): path for name, path in names.items()}
    return {
        name: {
            found
            for found in imports(path, without_typing(path))
            if found in paths and not f"{name}.".startswith(f"{found}.")
        }
        for name, path in paths.items()
    }


def without_typing(path: Path) -> str | None:
    """The text of a file without what is for the type checker only; None where nothing is."""
    text, cut = re.subn(r"^if TYPE_CHECKING:\n(?:    .*\n|\n)+", "", path.read_text(), flags=re.MULTILINE)
    return text if cut else None


def test_no_circle_of_imports():
    assert not circle(modules())


def test_the_check_of_circles_can_fail():
    graph = modules()
    graph["maskbound.numerics.errors"] |= {"maskbound.numerics.instances.instance"}
    assert "maskbound.numerics.errors" in circle(graph)


@pytest.mark.parametrize("path", sources("theory"), ids=lambda path: str(path.relative_to(ROOT)))
def test_theory_needs_sympy_and_a_parser_only(path):
    import sys

    outside = {name.split(".")[0] for name in imports(path)} - set(sys.stdlib_module_names) - THEORY_ALLOWED
    assert not outside
    assert not [name for name in imports(path) if name.startswith("maskbound.numerics")]


@pytest.mark.parametrize(("module", "places"), ONLY_IN.items())
def test_heavy_imports_stay_in_their_place(module, places):
    elsewhere = [
        str(path.relative_to(ROOT))
        for path in sources("numerics", "theory")
        if any(name.split(".")[0] == module for name in imports(path))
        and not str(path.relative_to(ROOT)).startswith(places)
    ]
    assert not elsewhere


def test_only_the_command_prints():
    printing = [
        str(path.relative_to(ROOT))
        for path in sources("numerics", "theory")
        for node in nodes(path, "print")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not [place for place in printing if not place.startswith(PRINTS)]


def test_oracles_import_neither_package():
    guilty = [
        path.name
        for path in sorted((ROOT / "tests" / "oracles").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
        if name.split(".")[0] in ("maskbound", "numerics", "theory", "numpy")
    ]
    assert not guilty


@pytest.mark.parametrize("folder", ["theory", "numerics"])
def test_no_folder_is_importable_under_its_bare_name(folder):
    """Two copies of one module would be a bug that hides; the mirror of the folder in ``tests`` may be found."""
    spec = importlib.util.find_spec(folder)
    places = [] if spec is None else [Path(place).resolve() for place in spec.submodule_search_locations or []]
    assert (ROOT / folder).resolve() not in places


def test_every_subpackage_is_listed():
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    found = {
        ".".join(("maskbound", *path.parent.relative_to(ROOT).parts))
        for path in sources("numerics", "theory")
        if path.name == "__init__.py"
    }
    assert listed == found


def test_files_stay_short():
    assert not [
        str(path)
        for path in sources("numerics", "theory", "tests", "benchmarks")
        if len(path.read_text().splitlines()) > (LONGEST_KERNEL if path.name in KERNELS else LONGEST_FILE)
    ]


def test_no_fast_mathematics_but_contraction():
    for path in sources("numerics/_kernels"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "fastmath":
                assert ast.unparse(node.value) == "{'contract'}", path
            if isinstance(node, ast.Dict):
                settings = {ast.unparse(k): ast.unparse(v) for k, v in zip(node.keys, node.values, strict=True) if k}
                assert settings.get("'fastmath'", "{'contract'}") == "{'contract'}", path


def test_comparisons_are_not_dropped():
    """A bare ``allclose(...)`` asserts nothing."""
    comparisons = ("allclose", "isclose", "array_equal")
    dropped = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources("tests")
        for node in nodes(path, *comparisons)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and getattr(node.value.func, "attr", getattr(node.value.func, "id", "")) in comparisons
    ]
    assert not dropped


def test_every_dependency_is_imported():
    """By the packages, and every lock file names it; a plug-in of a tool would have to be listed here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    modules: dict[str, set[str]] = {}
    for module, names in packages_distributions().items():
        for name in names:
            modules.setdefault(name.lower(), set()).add(module)
    used = {name.split(".")[0] for path in sources("theory", "numerics") for name in imports(path)}
    for requirement in project["dependencies"]:
        name = re.split(r"[<>=~!\[; ]", requirement)[0].lower()
        assert modules[name] & used, f"{name} is required and never imported"
        for lock in ("requirements.txt", "requirements-test.txt", "requirements-samplers.txt"):
            assert re.search(rf"^{name}==", (ROOT / lock).read_text(), re.MULTILINE), f"{lock} lacks {name}"


def test_every_status_is_that_of_a_statement():
    assert {statement.status for statement in statements.values()} | {"claim"} == set(STATUSES)


KINDS = ("policies", "languages", "denoisers")
MOST_TESTS_OF_KINDS = 8
"""It only falls: a capability is asked for in the place of a class."""


def kinds_asked() -> list[str]:
    """Places outside the kinds' own packages that ask for a class of policy, language or denoiser."""
    classes = {
        node.name
        for path in sources(*(f"numerics/{kind}" for kind in KINDS))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef)
    }
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources("numerics")
        if path.relative_to(ROOT / "numerics").parts[0] not in KINDS
        for node in nodes(path, "isinstance")
        if asks(node, classes)
    ]


def asks(node: ast.AST, classes: set[str]) -> bool:
    """Whether it is an ``isinstance`` test for one of the classes."""
    called = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance"
    return called and any(getattr(part, "id", getattr(part, "attr", "")) in classes for part in ast.walk(node.args[1]))


def test_kinds_are_asked_by_traits():
    """A class that no other package has heard of gets what its capabilities entitle it to."""
    found = kinds_asked()
    assert 0 < len(found) <= MOST_TESTS_OF_KINDS, found


def test_the_count_of_kinds_can_fail():
    text = "isinstance(policy, policies.Adaptive | FixedSize)"
    assert asks(ast.parse(text).body[0].value, {"Adaptive"})
    assert not asks(ast.parse("isinstance(number, int)").body[0].value, {"Adaptive"})
