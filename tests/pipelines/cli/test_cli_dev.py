"""How Dagster's pages are started: nobody but this machine reaches them, and those for others change nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.cli import dev
from pipelines.settings import HOME_FILE
from tests.pipelines.cli.test_cli_commands import invoke


@pytest.fixture
def started(tmp_path, monkeypatch):
    """Words of the program that this process would become."""
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setattr(dev, "ensure_manifest", lambda: None)
    monkeypatch.setattr(os, "chdir", lambda _: None)
    found = []
    monkeypatch.setattr(os, "execv", lambda _, words: found.extend(words))
    before = os.umask(0o022)
    yield found
    os.umask(before)


@pytest.mark.parametrize(("words", "program"), [([], "dagster"), (["pages"], "dagster-webserver")])
def test_dagster_listens_on_loopback_alone(started, words, program, tmp_path):
    invoke("dev", *words)

    assert Path(started[0]).name == program
    assert started[started.index("--host") + 1] == "127.0.0.1"
    assert ("--read-only" in started) == (words == ["pages"])
    assert os.umask(0o022) == 0o077
    assert (tmp_path / "home" / "dagster" / "dagster.yaml").stat().st_mode & 0o077 == 0


def test_further_words_are_passed_on(started):
    invoke("dev", "pages", "--port", "4000")
    assert started[-2:] == ["--port", "4000"]


def test_a_wrong_setting_is_named(started, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_THREADS", "0")
    result = invoke("dev")
    assert (result.exit_code, "GUILDBOOK_THREADS" in result.stderr) == (2, True)
    assert started == []


def test_dagsters_processes_get_the_home_that_the_folder_is(started, monkeypatch, tmp_path):
    (tmp_path / "club").mkdir()
    (tmp_path / "club" / HOME_FILE).touch()
    monkeypatch.delenv("GUILDBOOK_HOME")
    monkeypatch.setattr(Path, "cwd", lambda: tmp_path / "club")

    invoke("dev")

    assert started
    assert (os.environ["GUILDBOOK_HOME"], os.environ["DAGSTER_HOME"]) == (
        str(tmp_path / "club"),
        str(tmp_path / "club" / "dagster"),
    )
