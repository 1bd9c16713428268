"""A disk after a loss of power has what was forced to it, and of everything else what its way leaves."""

from __future__ import annotations

from random import Random

import pytest

from tests.torture.disk import Change, What
from tests.torture.lost_power import Disk

ROOT = b"/home"


def change(what, path=b"", other=b"", inode=1, at=0):
    return Change(what, inode, at, ROOT + b"/" + path if path else b"", memoryview(other))


def moved_in(*syncs):
    """A file that is written beside its place in a new folder and renamed, with what is forced to the disk."""
    return [
        change(What.MKDIR, b"day"),
        change(What.CREATE, b"day/.part"),
        change(What.WRITE, other=b"whole" * 1000),
        *(change(What.SYNC) for one in syncs if one == "file"),
        change(What.RENAME, b"day/.part", ROOT + b"/day/part"),
        *(Change(What.SYNC_FOLDER, 0, 0, ROOT + b"/day", memoryview(b"")) for one in syncs if one == "folder"),
        *(Change(What.SYNC_FOLDER, 0, 0, ROOT, memoryview(b"")) for one in syncs if one == "above"),
        *(change(What.SYNC_ALL) for one in syncs if one == "all"),
    ]


def left(tmp_path, changes, way, seed=0):
    (tmp_path / "before").mkdir(exist_ok=True)
    disk = Disk(tmp_path / "before", ROOT.decode())
    for one in changes:
        disk.change(one)
    rng = Random(seed)
    disk.lose(way, rng)
    out = tmp_path / f"{way} {seed} {len(changes)}"
    disk.write(out, way, rng)
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("syncs", "is_there"),
    [
        ((), False),
        (("file",), False),
        (("file", "folder"), False),
        (("file", "above"), False),
        (("file", "folder", "above"), True),
        (("all",), True),
    ],
)
def test_a_file_is_there_when_it_and_every_name_on_the_way_to_it_were_forced(tmp_path, syncs, is_there):
    found = left(tmp_path, moved_in(*syncs), "nothing unsynced is kept")
    assert found == ({"day/part": b"whole" * 1000} if is_there else {})


@pytest.mark.parametrize("synced", [True, False])
def test_a_time_that_a_file_was_given_is_kept_where_it_was_forced_to_the_disk(tmp_path, synced):
    given = change(What.TIMES, b"day/.part", at=5_000_000_007)
    changes = moved_in("file", "folder", "above")
    changes.insert(3 if synced else 4, given)
    left(tmp_path, changes, "nothing unsynced is kept")
    found = next(tmp_path.rglob("part")).stat().st_mtime_ns
    assert (found == 5_000_000_007) == synced


def test_names_may_be_kept_without_the_bytes_behind_them(tmp_path):
    found = {left(tmp_path, moved_in(), "names are kept, bytes are not", seed)["day/part"] for seed in range(9)}
    assert found == {b"", bytes(5000)}
    assert left(tmp_path, moved_in("file"), "names are kept, bytes are not") == {"day/part": b"whole" * 1000}


@pytest.mark.parametrize("way", ["names up to a moment", "names by folder"])
def test_a_rename_is_whole_or_not_done_and_pages_are_lost_one_by_one(tmp_path, way):
    found = [left(tmp_path, moved_in(), way, seed) for seed in range(60)]
    assert {tuple(files) for files in found} == {(), ("day/.part",), ("day/part",)}
    sizes = {len(content.rstrip(b"\0")) for files in found for content in files.values()}
    assert sizes <= {0, 4096, 5000}
    assert len(sizes) == 3
