"""``guildbook send`` as it is typed: what it shows, what it says where nothing can be sent, its exit codes."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from tests.support.mailroom import ZONE, Mailroom, database_of

pytestmark = pytest.mark.slow

FOLDER = "kind: file\ncontent: [brief]\n"


@pytest.fixture
def room(tmp_path, monkeypatch):
    made = Mailroom.of(tmp_path / "home", database_of(tmp_path / "analytics.duckdb"))
    monkeypatch.setenv("GUILDBOOK_HOME", str(made.home.root))
    monkeypatch.setenv("GUILDBOOK_TIMEZONE", ZONE)
    return made


def run(*words):
    return CliRunner().invoke(app, ["send", *words])


def test_until_sending_is_on_it_shows_the_whole_message_and_how_to_turn_it_on(room):
    room.target("team", FOLDER)

    result = run("--old")

    assert result.exit_code == 0
    assert "team: brief:2026-11-19 would be sent" in result.output
    assert "    - Recurring revenue is 11,050 CNY a month" in result.output
    assert "write enabled = true under [send] into guildbook.toml" in result.stderr
    assert room.files("team") == {}


def test_once_it_is_on_it_sends_and_says_so_once(room):
    (room.home.root / "guildbook.toml").write_text("[send]\nenabled = true\n")
    room.target("team", FOLDER)

    assert "team: brief:2026-11-19 sent, " in run("--old").output
    assert "nothing is due" in run("--old").output
    assert "brief:2026-11-19            sent" in run("log").output


def test_a_dry_run_sends_nothing_though_sending_is_on(room):
    (room.home.root / "guildbook.toml").write_text("[send]\nenabled = true\n")
    room.target("team", FOLDER)

    assert "would be sent" in run("--old", "--dry-run").output
    assert room.files("team") == {}


def test_old_days_are_named_and_how_to_send_them(room):
    room.target("team", FOLDER)
    assert "brief:2026-11-19 old, it is of 2026-11-19; --old sends it all the same" in run().output


def test_without_targets_it_says_how_to_make_one(room):
    result = run()
    assert result.exit_code == 1
    assert str(room.home.targets / "team.yaml") in result.stderr.replace("\n", "")


def test_a_test_reaches_a_target_though_sending_is_off(room):
    room.target("team", FOLDER)

    result = run("test", "team")

    assert result.exit_code == 0
    (text,) = room.files("team").values()
    assert "gets what Guildbook sends to this place" in text


def test_a_target_that_is_not_there_is_told_with_those_that_are(room):
    room.target("team", FOLDER)
    result = run("test", "taem")
    assert result.exit_code == 1
    assert "there is no target taem" in result.stderr
    assert "team" in result.stderr


def test_a_failure_has_exit_code_1(room):
    room.target("team", "kind: file\ncontents: [brief]\n")
    result = run("--old")
    assert result.exit_code == 1
    assert "did you mean content?" in result.stderr


def test_the_status_says_what_could_not_be_sent(room):
    path = room.target("team", FOLDER + f"folder: {room.home.root / 'in-the-way'}\n")
    (room.home.root / "in-the-way").write_text("")
    room.send()

    said = CliRunner().invoke(app, ["status"]).output
    assert "not sent    team: brief:2026-11-19, try 1 at " in said

    path.write_text(FOLDER)
    room.send()
    assert "not sent" not in CliRunner().invoke(app, ["status"]).output
