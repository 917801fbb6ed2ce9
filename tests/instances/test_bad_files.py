"""Files that are no instances: each is refused in one sentence that begins with the file's name."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from maskbound.numerics.instances import load, load_any, parse

Refusal = Callable[..., str]

CHAIN = {"kind": "iid", "length": 4, "probabilities": ["1/2", "1/2"]}


def brought(length: int = 4) -> dict[str, Any]:
    """An instance whose denoiser is in a file beside it."""
    return {
        "language": {**CHAIN, "length": length},
        "policy": {"kind": "bernoulli", "steps": 2},
        "denoiser": {"kind": "table", "path": "network.npz"},
    }


# name of the file: (bytes, what the sentence says)
BROKEN: dict[str, tuple[bytes, str]] = {
    "empty.toml": (b"", "the file is empty"),
    "empty.json": (b" \n", "the file is empty"),
    "unclosed.toml": (b"[language", "found invalid TOML"),
    "unclosed.json": (b'{"language": ', "found invalid JSON"),
    "twice.toml": (b"a = 1\na = 2", "found invalid TOML"),
    "twice.json": (b'{"policy": {"steps": 1, "steps": 2}}', "the key 'steps' is repeated"),
    "list.json": (b"[1, 2]", "found a list of 2 entries"),
    "number.json": (b"3", "found 3"),
    "null.json": (b"null", "found null"),
    "bytes.toml": (b"name = '\xff'", "found a byte at 8 that is not UTF-8"),
    "bytes.json": (b"\xfe\xff{}", "not UTF-8"),
    "zeros.toml": (b"\x00" * 10, "found invalid TOML"),
    "deep.json": (b'{"language": ' + b"[" * 100_000, "nested too deeply"),
    "deep.toml": (b"language = " + b"[" * 100_000, "nested too deeply"),
    "dotted.toml": (b"language" + b".a" * 50_000 + b" = 1", "nested too deeply"),
    "digits.json": (b'{"language": ' + b"9" * 5000 + b"}", "found invalid JSON"),
    "digits.toml": (b"language = " + b"9" * 5000, "found invalid TOML"),
    "hexadecimal.toml": (b"policy = 1\nlanguage = 0x" + b"f" * 50_000, "language: found about 10^60205"),
    "nan.json": (b'{"language": NaN, "policy": {}}', "language: found nan"),
    "infinity.json": (
        b'{"language": {"kind": "iid", "length": 1, "probabilities": [Infinity]}, "policy": {}}',
        "[0]: found inf",
    ),
    "overflow.json": (
        b'{"language": {"kind": "iid", "length": 1, "probabilities": [1e999]}, "policy": {}}',
        "[0]: found inf",
    ),
    "underflow.toml": (b"language = 1e-400", "found '1e-400', which float64 turns into zero"),
    "date.toml": (b"name = 2020-01-01", "name: found datetime.date"),
    "instance.yaml": (b"language: 1", "found the extension '.yaml'"),
    "lines.txt": (b"abc", '.toml and .json are accepted, with language = {kind = "text", path = "lines.txt"'),
    "instance": (b"", "found the extension ''"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_answered_by_its_name(tmp_path: Path, name: str, refusal: Refusal) -> None:
    content, found = BROKEN[name]
    path = tmp_path / name
    path.write_bytes(content)
    for read in (load, load_any):
        sentence = refusal(lambda read=read: read(path))
        assert sentence.startswith(f"{path}: ")
        assert found in sentence


def test_what_is_no_file(tmp_path: Path, refusal: Refusal) -> None:
    (tmp_path / "folder.toml").mkdir()
    os.mkfifo(tmp_path / "pipe.toml")
    assert "found a directory" in refusal(lambda: load(tmp_path / "folder.toml"))
    assert "there is no such file" in refusal(lambda: load(tmp_path / "missing.toml"))
    assert "found a device or a pipe" in refusal(lambda: load(tmp_path / "pipe.toml"))
    assert "no such file" in refusal(lambda: load("nul\0.toml"))
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    assert "no such file" in refusal(lambda: load(tmp_path / "loop.toml"))


def archive(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as written:
        for name, content in members.items():
            written.writestr(f"{name}.npy", content)
    return stream.getvalue()


def array(values: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values)
    return stream.getvalue()


SOUND = array(np.full((81, 4, 2), 0.5))
HUGE = SOUND.replace(b"(81, 4, 2)", b"(9" + b"0" * 8 + b",)")
ARCHIVES: dict[str, tuple[bytes, str]] = {
    "no archive": (b"no archive", "cannot be read as an .npz"),
    "bare array": (SOUND, "cannot be read as an .npz"),
    "cut off": (archive(conditionals=SOUND)[:-30], "cannot be read as an .npz"),
    "damaged": (archive(conditionals=SOUND).replace(b"NUMPY", b"NUMPX"), "cannot be read as an .npz"),
    "pickled": (archive(conditionals=array(np.array([{}], dtype=object))), "cannot be read as an .npz"),
    "larger than it is": (archive(conditionals=HUGE), "cannot be read as an .npz"),
    "other names": (archive(other=SOUND), "exactly one of the arrays"),
    "both": (archive(conditionals=SOUND, neighbours=SOUND), "exactly one of the arrays"),
    "strings": (archive(conditionals=array(np.array(["a"]))), "real numbers are accepted"),
    "wrong shape": (archive(conditionals=array(np.ones((3, 2)))), "path.conditionals: found an array of shape (3, 2)"),
    "rows that miss 1": (archive(conditionals=array(np.full((81, 4, 2), 0.4))), "the row sums to 0.8"),
    "NaN": (archive(conditionals=array(np.full((81, 4, 2), np.nan))), "NaN"),
    "negative": (archive(neighbours=array(np.full((2, 2, 3, 3, 2), -0.5))), "negative number"),
    "scalar": (archive(neighbours=array(np.float64(1.0))), "found an array of shape ()"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_wrong_table_of_conditionals(tmp_path: Path, name: str, refusal: Refusal) -> None:
    content, found = ARCHIVES[name]
    (tmp_path / "network.npz").write_bytes(content)
    path = tmp_path / "brought.json"
    path.write_text(json.dumps(brought()))
    sentence = refusal(lambda: load(path))
    assert sentence.startswith(f"{path}: denoiser.path")
    assert found in sentence


def test_a_table_of_conditionals_for_a_long_language(tmp_path: Path, refusal: Refusal) -> None:
    (tmp_path / "network.npz").write_bytes(archive(conditionals=SOUND))
    sentence = refusal(lambda: parse(brought(10**8), tmp_path))
    assert "the shape (about 10^300, 100000000, 2) is accepted" in sentence
