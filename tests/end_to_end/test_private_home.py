"""After a real run, Dagster's own files included, nobody but the user who ran it can read anything of the home."""

from __future__ import annotations

import stat

import pytest

pytestmark = pytest.mark.xdist_group("job")


def test_everything_a_run_leaves_is_private(good_home):
    root = good_home.home.root
    paths = [path for path in (root, *root.rglob("*")) if not path.is_symlink()]

    assert {"history", "site", "control", ".lock", ".arm_key"} <= {path.name for path in paths}
    assert [path for path in paths if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
