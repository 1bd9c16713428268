"""Files are copied and replaced whole, and what is said to be on the disk has its name there too."""

from __future__ import annotations

import errno
import os
import subprocess

import pytest

from pipelines.files import copy_file, make_folder, move_all_in, remove, sweep, sync, write_text

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


@pytest.fixture
def synced(monkeypatch):
    """What is forced to the disk, in order."""
    found = []
    monkeypatch.setattr("pipelines.files.sync", lambda path: (found.append(path), sync(path)))
    return found


def test_a_folder_is_on_the_disk_with_every_folder_above_it_that_is_new(tmp_path, synced):
    make_folder(tmp_path / "a" / "b")
    assert sorted(synced) == [tmp_path, tmp_path / "a"]
    make_folder(tmp_path / "a" / "b")
    assert len(synced) == 2, "what was there is left alone"


def test_files_moved_in_have_their_names_and_those_of_new_folders_on_the_disk(tmp_path, synced):
    moves = [(tmp_path / name, tmp_path / "log" / name / "part") for name in ("x", "y")]
    for staged, _ in moves:
        staged.write_text("whole")
    move_all_in(moves)
    assert sorted(synced[2:]) == [tmp_path, *(tmp_path / "log" / name for name in ("", "x", "y"))]
    write_text(tmp_path / "new" / "text", "whole")
    assert tmp_path in synced[6:], "the folder of a text is made as durably"


def test_a_file_that_is_removed_stays_so(tmp_path, synced):
    path = tmp_path / "day" / "part"
    write_text(path, "")
    synced.clear()
    remove(path)
    assert not path.parent.exists()
    assert synced == [tmp_path]
    remove(path)


def test_what_dead_processes_began_is_swept_and_nothing_else(tmp_path):
    ended = subprocess.Popen(["true"])
    ended.wait()
    names = {f".a.txt.{ended.pid}.tmp": False, f".a.txt.{os.getpid()}.tmp": True, ".a.tmp": True, "a.1.tmp": True}
    for name in names:
        (tmp_path / name).touch()
    sweep(tmp_path)
    assert {name: (tmp_path / name).exists() for name in names} == names
