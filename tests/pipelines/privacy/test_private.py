"""Nobody but Guildbook's own user reads a home; of what is published a group does, where a setting names one."""

from __future__ import annotations

import grp
import os
import pwd
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.files import write_text
from pipelines.home import Home
from pipelines.privacy import readers
from pipelines.settings import Settings

pytestmark = pytest.mark.slow

OWN_GROUP = grp.getgrgid(os.getgid()).gr_name
IS_ROOT = os.geteuid() == 0


@pytest.fixture(autouse=True)
def _open_umask():
    """What most systems start with."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_home(root: Path) -> Home:
    """A home as it was before: open to everybody, with one publication."""
    home = Home(root)
    for path in (
        "fetched/forum/posts/00000001.jsonl.gz", "landing/interactions/2025-01-01/a.csv", "lake/raw/part.parquet",
        ".arm_key", "versions/1/analytics.duckdb", "versions/1/marts/fct_member_days.parquet",
        "versions/1/site/index.html", "versions/1/site/data/members.csv", "dagster/history/runs.db", "warehouse.duckdb",
        "built.duckdb",
    ):  # fmt: skip
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)
    home.published.symlink_to("versions/1")
    return home


def modes(home: Home) -> dict[str, int]:
    """Modes of a home's own folder and of everything in it that is no link."""
    paths = [home.root, *home.root.rglob("*")]
    return {
        str(path.relative_to(home.root)): stat.S_IMODE(path.stat().st_mode) for path in paths if not path.is_symlink()
    }


def test_a_home_that_only_fetched_is_closed_too(tmp_path):
    kept = tmp_path / "fetched" / "forum" / "posts" / "00000001.jsonl.gz"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"x")
    tmp_path.chmod(0o755)
    readers.protect(Home(tmp_path), Settings(home=tmp_path))
    assert set(modes(Home(tmp_path)).values()) == {0o700, 0o600}


def settings_of(home: Home, **more: str) -> Settings:
    return Settings(home=home.root, **more)


def test_an_open_home_is_closed_and_it_is_said_once(tmp_path):
    home = open_home(tmp_path / "home")
    n_paths = len(modes(home))

    (sentence,) = readers.protect(home, settings_of(home))

    assert sentence.startswith(f"{home.root} was open to others: {n_paths - 1} files and folders are private now.")
    assert {mode & 0o077 for mode in modes(home).values()} == {0}
    assert modes(home)["."] == 0o700
    assert modes(home)["warehouse.duckdb"] == 0o600
    assert readers.protect(home, settings_of(home)) == []


def test_links_that_lead_out_of_the_home_are_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("another's")
    home = open_home(tmp_path / "home")
    (home.landing / "content").symlink_to(outside)

    readers.protect(home, settings_of(home))

    assert {stat.S_IMODE(path.stat().st_mode) for path in (outside, outside / "file")} == {0o755, 0o644}


def test_a_folder_that_is_no_home_is_left_alone(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "thesis.txt").write_text("mine")

    assert readers.protect(Home(tmp_path / "data"), Settings(home=tmp_path / "data")) == []
    assert stat.S_IMODE((tmp_path / "data" / "thesis.txt").stat().st_mode) == 0o644


def test_a_command_closes_the_home_and_writes_private_files(tmp_path, monkeypatch):
    home = open_home(tmp_path / "home")
    monkeypatch.setenv("GUILDBOOK_HOME", str(home.root))

    first = CliRunner().invoke(app, ["identity", "link", "m1", "m2", "--day", "2025-01-01"])
    again = CliRunner().invoke(app, ["identity", "link", "m1", "m3", "--day", "2025-01-01"])

    assert "are private now" in first.stderr
    assert "private" not in again.stderr
    assert len(list(home.landing.glob("identity_links/2025-01-01/*"))) == 2
    assert {mode & 0o077 for mode in modes(home).values()} == {0}


def test_a_file_is_checked_without_touching_the_home(tmp_path, monkeypatch):
    home = open_home(tmp_path / "home")
    monkeypatch.setenv("GUILDBOOK_HOME", str(home.root))

    CliRunner().invoke(app, ["check", str(home.landing / "interactions" / "2025-01-01" / "a.csv")])

    assert modes(home)["."] == 0o755


def test_the_code_that_dagster_loads_makes_what_it_writes_private(tmp_path):
    code = "import os; import pipelines.definitions; print(oct(os.umask(0o022)))"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, umask=0o022)
    assert made.stdout.split()[-1] == "0o77"


def test_readers_get_what_is_published_and_nothing_else(tmp_path):
    home = open_home(tmp_path / "home")
    settings = settings_of(home, readers_group=OWN_GROUP)

    readers.protect(home, settings)

    found = modes(home)
    assert {path: mode for path, mode in found.items() if mode & 0o070} == {
        ".": 0o710, "versions": 0o710, "versions/1": 0o710, "versions/1/analytics.duckdb": 0o440,
        "versions/1/marts": 0o2750, "versions/1/marts/fct_member_days.parquet": 0o440,
        "versions/1/site": 0o2750, "versions/1/site/index.html": 0o440, "versions/1/site/data": 0o2750,
        "versions/1/site/data/members.csv": 0o440,
        "landing": 0o750, "landing/interactions": 0o750, "landing/interactions/2025-01-01": 0o750,
        "landing/interactions/2025-01-01/a.csv": 0o640,
    }  # fmt: skip
    assert not any(mode & 0o007 for mode in found.values())
    assert readers.protect(home, settings) == []


def test_what_is_written_into_a_site_later_is_the_readers_too(tmp_path):
    home = open_home(tmp_path / "home")
    readers.protect(home, settings_of(home, readers_group=OWN_GROUP))
    readers.close_umask()

    write_text(home.published / "site" / "status.js", "new")
    write_text(home.lake / "note.json", "own")

    assert modes(home)["versions/1/site/status.js"] == 0o640
    assert modes(home)["lake/note.json"] == 0o600


def test_without_the_setting_again_the_publication_is_closed(tmp_path):
    home = open_home(tmp_path / "home")
    readers.protect(home, settings_of(home, readers_group=OWN_GROUP))

    readers.protect(home, settings_of(home))

    assert {mode & 0o077 for mode in modes(home).values()} == {0}


def test_a_group_that_this_user_is_not_in_is_named_and_nothing_stays_open(tmp_path, monkeypatch):
    home = open_home(tmp_path / "home")
    refuse = PermissionError("no member")

    def chown(*_: object) -> None:
        raise refuse

    monkeypatch.setattr(os, "chown", chown)

    *_, sentence = readers.protect(home, settings_of(home, readers_group=OWN_GROUP))

    assert f"usermod -aG {OWN_GROUP} USER" in sentence
    assert modes(home)["."] == 0o700


@pytest.mark.skipif(not IS_ROOT, reason="only root can try what other users can read")
def test_another_user_reads_the_site_as_a_reader_and_nothing_otherwise():
    group = next(one for one in grp.getgrall() if one.gr_gid not in {0, pwd.getpwnam("nobody").pw_gid})
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        home = open_home(Path(folder) / "home")

        def can_read(path: str, *groups: int) -> bool:
            command = ["cat", str(home.root / path)]
            return subprocess.run(
                command, user="nobody", group="nogroup", extra_groups=groups, capture_output=True, check=False
            ).returncode == 0  # fmt: skip

        assert can_read("warehouse.duckdb")
        readers.protect(home, settings_of(home, readers_group=group.gr_name))
        for path in ("published/site/index.html", "published/analytics.duckdb", "published/site/data/members.csv"):
            assert can_read(path, group.gr_gid), path
            assert not can_read(path), path
        databases = ("warehouse.duckdb", "built.duckdb", "dagster/history/runs.db")
        for path in (*databases, "lake/raw/part.parquet", ".arm_key"):
            assert not can_read(path, group.gr_gid), path
