"""Compile the Coq development from scratch and check what its theorems assume.

    python3 proofs_notes/coq/check.py [FOLDER] [--build FOLDER]

Every file is copied to the build folder and compiled there. Coq's separate checker `coqchk` reads the compiled files
again and lists every axiom in them, used or not: a proof that is left out is such an axiom, and one is too many. Coq
then prints the assumptions of each theorem, which may be the standard axioms of the reals, classical logic and
functional extensionality, and no others. Needs the Debian packages coq and libcoq-mathcomp-ssreflect; of python, the
standard library.
"""

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGES = "coq and libcoq-mathcomp-ssreflect"
ALLOWED = {
    "ClassicalDedekindReals.sig_forall_dec": "reals",
    "ClassicalDedekindReals.sig_not_dec": "reals",
    "Classical_Prop.classic": "classical logic",
    "FunctionalExtensionality.functional_extensionality_dep": "functional extensionality",
}
STAMP = "compiled.txt"
THEOREM = re.compile(r"\b(?:Theorem|Corollary)\s+([\w']+)")
COMMENT = re.compile(r"\(\*.*?\*\)", re.DOTALL)
# What `coqchk -o` says of a library whose every constant is checked by the plain theory.
SOUND = ("type-in-type", "unsafe (co)fixpoints", "positivity is assumed")


class Refused(Exception):
    """The development does not prove what it says, and why."""


def theorems(files: Iterable[Path]) -> list[str]:
    """Names of the theorems and corollaries, in the order of the files."""
    return [name for file in files for name in THEOREM.findall(COMMENT.sub("", file.read_text()))]


def compile_all(source: Path, build: Path) -> list[str]:
    """Compile every file of `source` in `build`; the modules' names, each after what it needs."""
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir(parents=True)
    for file in source.glob("*.v"):
        shutil.copy(file, build)
    modules = [
        Path(name).stem for name in run(build, "coqdep", "-sort", *sorted(p.name for p in build.glob("*.v"))).split()
    ]
    for module in modules:
        run(build, "coqc", "-q", "-w", "none", f"{module}.v")
    (build / STAMP).write_text("\n".join([origin(source), *modules]))
    return modules


def origin(source: Path) -> str:
    """Stands for the files of `source` and the version of Coq, of which what is compiled is a function."""
    digest = hashlib.sha256(run(source, "coqc", "--version").encode())
    for file in sorted(source.glob("*.v")):
        digest.update(f"{file.name}\0{file.read_text()}\0".encode())
    return digest.hexdigest()


def compile_once(source: Path, build: Path) -> list[str]:
    """As `compile_all`, and nothing is compiled where `build` holds what comes of the same files by the same Coq."""
    stamp = build / STAMP
    made_of, *modules = stamp.read_text().split("\n") if stamp.exists() else [""]
    return modules if made_of == origin(source) else compile_all(source, build)


def assumptions(build: Path, modules: Sequence[str], names: Sequence[str]) -> dict[str, list[str]]:
    """The axioms behind each theorem, by Coq's own `Print Assumptions`, asked once about what lies compiled."""
    lines = [f"From Maskbound Require {module}." for module in modules]
    for name in names:
        module = next(m for m in modules if name in theorems([build / f"{m}.v"]))
        lines.append(f'Goal True. idtac "theorem" "{name}". Abort.\nPrint Assumptions {module}.{name}.')
    question, answer, text = build / "Assumptions.v", build / "Assumptions.txt", "\n".join(lines) + "\n"
    if not answer.exists() or question.read_text() != text:
        question.write_text(text)
        answer.write_text(run(build, "coqc", "-q", "-w", "none", question.name))
    found: dict[str, list[str]] = {}
    for line in answer.read_text().splitlines():
        if line.startswith("theorem "):
            current = found.setdefault(line.split()[1], [])
        elif (axiom := re.match(r"([\w.']+)\s*(?::|$)", line)) and line not in ("Axioms:", "Section Variables:"):
            current.append(axiom[1])
    return found


def own_axioms(build: Path, modules: Sequence[str]) -> list[str]:
    """Every axiom stated in the compiled files, used or not, by the separate checker.

    Raises
    ------
    Refused
        When a constant is accepted without the checks of the plain theory.
    """
    asked = [word for module in modules for word in ("-norec", f"Maskbound.{module}")]
    summary = run(build, "coqchk", "-silent", "-o", *asked)
    for kind in SOUND:
        if not re.search(rf"{re.escape(kind)}: <none>", summary):
            raise Refused(f"coqchk does not exclude {kind}")
    return re.findall(r"^\s+(Maskbound\.\S+)$", summary, re.MULTILINE)


def check(source: Path, build: Path) -> list[str]:
    """One line a theorem: its name and what it assumes.

    Raises
    ------
    Refused
        When a file does not compile, or an axiom is not an allowed one.
    """
    modules = compile_all(source, build)
    names = theorems(build / f"{module}.v" for module in modules)
    if not names:
        raise Refused(f"there is no theorem in {source}")
    if own := own_axioms(build, modules):
        raise Refused(f"stated without a proof: {', '.join(own)}")
    lines = []
    for name, axioms in assumptions(build, modules, names).items():
        if foreign := [axiom for axiom in axioms if axiom not in ALLOWED]:
            raise Refused(f"{name} assumes {', '.join(foreign)}")
        lines.append(f"{name}: {', '.join(sorted({ALLOWED[axiom] for axiom in axioms})) or 'no axiom'}")
    if len(lines) != len(names):
        raise Refused(f"Coq printed the assumptions of {len(lines)} theorems out of {len(names)}")
    return lines


def run(folder: Path, program: str, *arguments: str) -> str:
    """What a program of Coq prints, on either stream; its complaint is raised."""
    command = [program, "-Q", ".", "Maskbound", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"{program} {' '.join(arguments)}:\n{(done.stderr or done.stdout).strip()}")
    return done.stdout + done.stderr


def main() -> int:
    """The exit status: 0 when all is proved, 1 when not, 2 without Coq."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", type=Path, default=HERE, help="folder of the .v files")
    parser.add_argument("--build", type=Path, default=HERE.parents[1] / "build" / "coq", help="folder to compile in")
    asked = parser.parse_args()
    if any(shutil.which(program) is None for program in ("coqc", "coqdep", "coqchk")):
        print(f"Coq is not installed: it needs the Debian packages {PACKAGES}.", file=sys.stderr)
        return 2
    try:
        lines = check(asked.source, asked.build)
    except Refused as fault:
        print(f"Refused: {fault}", file=sys.stderr)
        return 1
    print("\n".join(lines))
    print(f"{len(lines)} theorems proved")
    return 0


if __name__ == "__main__":
    sys.exit(main())
