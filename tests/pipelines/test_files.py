"""A file is copied whole, by the system where it can and by hand where it cannot, and never over another."""

from __future__ import annotations

import errno
import os

import pytest

from pipelines.files import copy_file

CONTENT = os.urandom(300_000)


def nothing(*_):
    raise OSError(errno.EXDEV, "Invalid cross-device link")


def begun(_, new, __):
    """A file system that gives up after some blocks."""
    if os.lseek(new, 0, os.SEEK_CUR):
        raise OSError(errno.EINVAL, "Invalid argument")
    return os.write(new, CONTENT[:100_000])


@pytest.mark.parametrize("by", [None, nothing, begun, "no such call"])
def test_a_copy_has_every_byte(tmp_path, monkeypatch, by):
    if by == "no such call":
        monkeypatch.delattr(os, "copy_file_range", raising=False)
    elif by:
        monkeypatch.setattr(os, "copy_file_range", by, raising=False)
    (tmp_path / "old").write_bytes(CONTENT)
    copy_file(tmp_path / "old", tmp_path / "new")
    assert (tmp_path / "new").read_bytes() == CONTENT
    with pytest.raises(FileExistsError):
        copy_file(tmp_path / "old", tmp_path / "new")
