"""Files are whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from maskbound.numerics.errors import BadInput
from maskbound.numerics.render.write import write_text


def test_a_file_is_written_and_replaced(tmp_path):
    target = tmp_path / "table.md"
    write_text(target, "first\n")
    write_text(target, "second ±\n")
    assert target.read_bytes() == "second ±\n".encode()
    assert os.listdir(tmp_path) == ["table.md"]


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    target = tmp_path / "table.md"
    write_text(target, "old\n")

    def broken(self, other):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(KeyboardInterrupt):
        write_text(target, "new\n")
    assert target.read_text() == "old\n"
    assert os.listdir(tmp_path) == ["table.md"]


def test_a_new_file_has_ordinary_permissions(tmp_path):
    (tmp_path / "plain").touch()
    write_text(tmp_path / "table.md", "x")
    assert (tmp_path / "table.md").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_link_is_followed(tmp_path):
    (tmp_path / "real.md").write_text("old")
    (tmp_path / "link.md").symlink_to("real.md")
    write_text(tmp_path / "link.md", "new")
    assert (tmp_path / "link.md").is_symlink()
    assert (tmp_path / "real.md").read_text() == "new"


def test_a_device_stays_a_device():
    write_text(os.devnull, "x")
    assert Path(os.devnull).is_char_device()


@pytest.mark.parametrize("name", ["missing/table.md", ".", "a\0b", "x" * 300])
def test_what_cannot_be_written_is_said(tmp_path, name):
    with pytest.raises(BadInput, match=r"cannot be written|found a directory"):
        write_text(tmp_path / name, "x")
    assert os.listdir(tmp_path) == []
