"""Settings in the files of the home: found from inside it, read strictly, named with their line where wrong."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.faults import UserError
from pipelines.settings import HOME_FILE, SETTINGS_FILE, SettingsError, get_settings, keep_setting

ALL_KINDS = """\
# ours
name = "程序员 & Co" # shown
timezone = "Europe/Berlin"
first_log_day = 2024-01-01
engagement_windows = [90, 30]
active_by_events = true
backups = ["/srv/copies"]

[churn]
horizon_days = 45

[max]
quarantine_share = 0.1
null.member_share = 1

[treated_shares]
june = 0.7
"a.b" = 0.9
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A home that the working folder is, with its file still to be written."""
    (tmp_path / HOME_FILE).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def problems() -> list[str]:
    get_settings.cache_clear()
    with pytest.raises(SettingsError) as wrong:
        get_settings()
    return wrong.value.problems


def test_every_kind_of_value_is_read_and_tables_are_only_groups(folder):
    (folder / HOME_FILE).write_text(ALL_KINDS, encoding="utf-8")

    settings = get_settings()

    assert (settings.home, settings.title, settings.timezone) == (folder, "程序员 & Co", "Europe/Berlin")
    assert (settings.first_log_day, settings.engagement_windows) == (date(2024, 1, 1), (30, 90))
    assert (settings.active_by_events, settings.backups) == (True, (Path("/srv/copies"),))
    assert (settings.churn_horizon_days, settings.max_quarantine_share) == (45, 0.1)
    assert settings.max_null_member_share == 1
    assert settings.treated_shares == {"june": 0.7, "a.b": 0.9}


def test_the_environment_goes_before_settings_env_which_goes_before_the_toml(folder, monkeypatch):
    (folder / HOME_FILE).write_text('name = "c"\ntimezone = "UTC"\nlanguage = "zh"\n', encoding="utf-8")
    (folder / SETTINGS_FILE).write_text("GUILDBOOK_NAME=b\nguildbook_timezone=Asia/Tokyo\n", encoding="utf-8")
    monkeypatch.setenv("GUILDBOOK_NAME", "a")

    settings = get_settings()

    assert (settings.name, settings.timezone, settings.language) == ("a", "Asia/Tokyo", "zh")


@pytest.mark.parametrize("below", [".", "landing", "landing/posts/2026-01-01"])
def test_the_home_is_found_from_inside(folder, below, monkeypatch):
    (folder / below).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(folder / below)
    assert get_settings().home == folder


def test_the_nearest_home_is_taken_and_a_variable_goes_first(folder, monkeypatch, tmp_path_factory):
    (folder / "inner").mkdir()
    (folder / "inner" / HOME_FILE).write_text('name = "inner"\n', encoding="utf-8")
    monkeypatch.chdir(folder / "inner")
    assert get_settings().name == "inner"

    get_settings.cache_clear()
    monkeypatch.setenv("GUILDBOOK_HOME", str(folder))
    assert (get_settings().home, get_settings().name) == (folder, "")

    get_settings.cache_clear()
    monkeypatch.setenv("GUILDBOOK_HOME", "")
    assert get_settings().home == folder / "inner"

    get_settings.cache_clear()
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert get_settings().home == Path.cwd() / "data"


def test_the_file_of_the_default_home_counts_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / HOME_FILE).write_text('name = "ours"\n', encoding="utf-8")
    assert (get_settings().home, get_settings().name) == (tmp_path / "data", "ours")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "a"\n\ntimezon = "UTC"\n', ":3 timezon is no setting; did you mean timezone?"),
        ("[churn]\n\n  horizon_day = 30\n", ":3 churn.horizon_day is no setting; did you mean churn_horizon_days?"),
        ("[xyz.qq]\nbb = 1\n", ":2 xyz.qq.bb is no setting"),
        ("churn.horizon_days = 30\nchurn_horizon_days = 31\n", ":2 churn_horizon_days is given before, at {}:1 churn."),
        ('home = "/srv"\n', ":1 home: the home is the folder of this file"),
        ('[arm]\nkey = "s3cret"\n', ":2 arm.key is a secret: write it as GUILDBOOK_ARM_KEY=… into settings.env"),
        ("daily_hour = 24\n", ":1 daily_hour: Input should be less than or equal to 23"),
        ('language = "fr"\n', ":1 language: Input should be '', 'en' or 'zh'"),
        ('# a\ntimezone = "Mars/Olympus"\n', ":2 timezone: 'Mars/Olympus' is no IANA time zone"),
        ("[churn]\nhorizon_days = 6\n", ":2 churn.horizon_days: Input should be greater than or equal to 7"),
        ("[treated_shares]\njune = 1\n", ":1 treated_shares: june: name a campaign and a share between 0 and 1"),
        ("timezone = 8\n", ":1 timezone: Input should be a valid string"),
    ],
)
def test_what_is_wrong_in_the_toml_is_named_with_file_line_and_key(folder, text, said):
    path = folder / HOME_FILE
    path.write_text(text, encoding="utf-8")

    (problem,) = problems()

    assert problem.startswith(f"{path}{said.format(path)}")
    assert "s3cret" not in problem


def test_all_that_is_wrong_is_named_wherever_it_is_given(folder, monkeypatch):
    (folder / HOME_FILE).write_text("seed = -1\ndaily_hour = 24\n", encoding="utf-8")
    (folder / SETTINGS_FILE).write_text("TOKEN=x\n\n\nexport GUILDBOOK_DAILY_HOUR=25\n", encoding="utf-8")
    monkeypatch.setenv("GUILDBOOK_THREADS", "0")

    assert sorted(problems()) == [
        f"{folder}/guildbook.toml:1 seed: Input should be greater than or equal to 0",
        f"{folder}/settings.env:4 GUILDBOOK_DAILY_HOUR: Input should be less than or equal to 23",
        "GUILDBOOK_THREADS: Input should be greater than or equal to 1",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"name = ours\n", "guildbook.toml is no valid TOML: "),
        (b'name = "a"\nname = "b"\n', "guildbook.toml is no valid TOML: Cannot overwrite a value (at line 2"),
        (b"name = '\xff'\n", "guildbook.toml cannot be read ("),
        (b"a = " + b"[" * 100_000, "guildbook.toml is no valid TOML: "),
    ],
)
def test_a_file_that_is_no_toml_is_one_line(folder, text, said):
    (folder / HOME_FILE).write_bytes(text)
    with pytest.raises(UserError) as wrong:
        get_settings()
    assert str(wrong.value).startswith(f"{folder}/{said}")
    assert "\n" not in str(wrong.value)


def test_an_unknown_variable_in_settings_env_stops_and_other_names_are_left_alone(folder):
    (folder / SETTINGS_FILE).write_text("TEAM_URL=a\n# b\nGUILDBOOK_TIMEZON=UTC\n", encoding="utf-8")
    (problem,) = problems()
    assert problem == (
        f"{folder}/settings.env:3 GUILDBOOK_TIMEZON is no setting; did you mean GUILDBOOK_TIMEZONE?; "
        "secrets that a source or target names begin otherwise"
    )


def test_an_unknown_variable_of_the_shell_is_a_warning_said_once(folder, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_TIMEZON", "UTC")
    monkeypatch.setenv("GUILDBOOK_COMPLETES_RUN", "yes")
    before = os.umask(0o022)
    result = CliRunner().invoke(app, ["status"])
    os.umask(before)
    assert result.exit_code == 0
    assert result.stderr == "warning   GUILDBOOK_TIMEZON is no setting; did you mean GUILDBOOK_TIMEZONE?\n"


def test_a_setting_is_kept_beside_what_the_file_says_and_its_comments(folder):
    text = '# ours\nname = "a" # shown\n\n[churn]\n# days\nhorizon_days = 45\n'
    (folder / HOME_FILE).write_text(text, encoding="utf-8")

    assert keep_setting(get_settings(), "active_by_events", True)

    get_settings.cache_clear()
    assert (get_settings().active_by_events, get_settings().churn_horizon_days) == (True, 45)
    kept = (folder / HOME_FILE).read_text(encoding="utf-8")
    assert [line for line in kept.splitlines() if line not in text.splitlines()] == ["active_by_events = true"]
    assert not keep_setting(get_settings(), "active_by_events", False)


def test_a_home_with_settings_env_alone_is_as_it_was(tmp_path, monkeypatch):
    (tmp_path / SETTINGS_FILE).write_text("GUILDBOOK_TIMEZONE=UTC\n", encoding="utf-8")
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path))
    assert (get_settings().timezone, get_settings().title) == ("UTC", "community")
    assert [path.name for path in tmp_path.iterdir()] == [SETTINGS_FILE]
