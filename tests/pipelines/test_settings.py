"""Settings: what each variable accepts, what it refuses and how it says so."""

import re
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from pipelines.settings import (
    HOME_FILE,
    PROJECT_DIR,
    SECRETS,
    SETTINGS_FILE,
    Settings,
    SettingsError,
    get_settings,
    keep_setting,
)
from pipelines.warehouse.project import DBT_PROJECT_DIR, dbt_environment, project_files

JULY = [date(2026, 7, 15), date(2026, 7, 1)]
ACCEPTED = [
    ("GUILDBOOK_TIMEZONE", "UTC", "UTC"),
    ("GUILDBOOK_TIMEZONE", "America/Sao_Paulo", "America/Sao_Paulo"),
    ("GUILDBOOK_COMMUNITY", "程序员俱乐部", "程序员俱乐部"),
    ("GUILDBOOK_FIRST_LOG_DAY", "2008-07-31", date(2008, 7, 31)),
    ("GUILDBOOK_ENGAGEMENT_WINDOWS", "90", (90,)),
    ("GUILDBOOK_ENGAGEMENT_WINDOWS", "90, 7,30,7", (7, 30, 90)),
    ("GUILDBOOK_ENGAGEMENT_HIGH", "1.5", 1.5),
    ("GUILDBOOK_ACTIVE_BY_EVENTS", "true", True),
    ("GUILDBOOK_CHURN_HORIZON_DAYS", "7", 7),
    ("GUILDBOOK_MAX_QUARANTINE_SHARE", "1", 1.0),
    ("GUILDBOOK_TREATED_SHARES", "june=0.7, a=b=0.9,", {"june": 0.7, "a=b": 0.9}),
    ("GUILDBOOK_TREATED_SHARES", "", {}),
    (
        "GUILDBOOK_JUDGEMENT_DAYS",
        "june=2026-07-15, a=b=2026-08-01",
        {"june": date(2026, 7, 15), "a=b": date(2026, 8, 1)},
    ),
    ("GUILDBOOK_JUDGEMENT_DAYS", "", {}),
    ("GUILDBOOK_PUBLICATIONS_KEPT", "1", 1),
    ("GUILDBOOK_DAILY_HOUR", "0", 0),
    ("GUILDBOOK_DAILY_HOUR", "23", 23),
    ("GUILDBOOK_DAGSTER_HOME", str(PROJECT_DIR / "deploy"), PROJECT_DIR / "deploy"),
    ("GUILDBOOK_ALERT_COMMAND", "mail -s Guildbook ops", SecretStr("mail -s Guildbook ops")),
]

REFUSED = [
    ("GUILDBOOK_TIMEZONE", "Mars/Olympus", "is no IANA time zone"),
    ("GUILDBOOK_TIMEZONE", "", "is no IANA time zone"),
    ("GUILDBOOK_TIMEZONE", "../etc/passwd", "is no IANA time zone"),
    ("GUILDBOOK_FIRST_LOG_DAY", "31.07.2008", "valid date"),
    ("GUILDBOOK_DAGSTER_HOME", str(PROJECT_DIR / "docs"), "there is no dagster.yaml in"),
    ("GUILDBOOK_ENGAGEMENT_WINDOWS", "1", "2 to 366 days"),
    ("GUILDBOOK_ENGAGEMENT_WINDOWS", "30,367", "2 to 366 days"),
    ("GUILDBOOK_ENGAGEMENT_WINDOWS", "", "valid integer"),
    ("GUILDBOOK_ENGAGEMENT_WINDOWS", "a month", "valid integer"),
    ("GUILDBOOK_ENGAGEMENT_HIGH", "-0.1", "greater than or equal to 0"),
    ("GUILDBOOK_CHURN_HORIZON_DAYS", "6", "greater than or equal to 7"),
    ("GUILDBOOK_CHURN_HORIZON_DAYS", "30.5", "valid integer"),
    ("GUILDBOOK_MAX_QUARANTINE_SHARE", "1.01", "less than or equal to 1"),
    ("GUILDBOOK_MAX_CALIBRATION_ERROR", "0", "greater than 0"),
    ("GUILDBOOK_TREATED_SHARES", "june=1", "between 0 and 1, as june=0.7"),
    ("GUILDBOOK_TREATED_SHARES", "0.7", "name a campaign"),
    ("GUILDBOOK_TREATED_SHARES", "june", "valid number"),
    ("GUILDBOOK_JUDGEMENT_DAYS", "2026-07-15", "name a campaign"),
    ("GUILDBOOK_JUDGEMENT_DAYS", "june=15.07.2026", "valid date"),
    ("GUILDBOOK_PUBLICATIONS_KEPT", "0", "greater than or equal to 1"),
    ("GUILDBOOK_DAILY_HOUR", "24", "less than or equal to 23"),
    ("GUILDBOOK_THREADS", "0", "greater than or equal to 1"),
]


@pytest.fixture(autouse=True)
def _only_our_variables(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"GUILDBOOK_{name.upper()}", raising=False)


@pytest.mark.parametrize(("variable", "text", "value"), ACCEPTED)
def test_a_variable_is_understood(monkeypatch, variable, text, value):
    monkeypatch.setenv(variable, text)

    assert getattr(Settings(), variable.removeprefix("GUILDBOOK_").lower()) == value


@pytest.mark.parametrize(("variable", "text", "message"), REFUSED)
def test_a_wrong_value_is_refused_by_name(monkeypatch, variable, text, message):
    monkeypatch.setenv(variable, text)

    with pytest.raises(ValidationError, match=message) as refusal:
        Settings()

    assert [f"GUILDBOOK_{str(problem['loc'][0]).upper()}" for problem in refusal.value.errors()] == [variable]


def test_the_home_is_absolute_whatever_is_given(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert Settings().home == tmp_path.resolve() / "data"

    monkeypatch.setenv("GUILDBOOK_HOME", "~/community")
    assert Settings().home == Path.home().resolve() / "community"


def test_variables_of_others_are_no_settings(monkeypatch):
    monkeypatch.setenv("TIMEZONE", "Mars/Olympus")
    monkeypatch.setenv("GUILDBOOK_COMPLETES_RUN", "yes")

    assert Settings() == Settings(timezone="Asia/Shanghai")


def test_settings_do_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        Settings().timezone = "UTC"


def test_settings_are_read_once(monkeypatch):
    first = get_settings()
    monkeypatch.setenv("GUILDBOOK_COMMUNITY", "another")

    assert get_settings() is first


@pytest.mark.parametrize(("name", "field"), Settings.model_fields.items(), ids=Settings.model_fields)
def test_every_setting_says_what_it_decides(name, field):
    assert field.description is not None
    assert re.fullmatch(r"[A-Z].{20,}\.", field.description), name
    assert not field.is_required(), f"{name} has no default"


def test_what_may_hold_a_secret_is_one(monkeypatch):
    named = {name for name in Settings.model_fields if re.search("_key$|command|token|password|url", name)}
    assert named - {"site_url"} == SECRETS  # the address that the report is read at is in every message
    for name in SECRETS:
        monkeypatch.setenv(f"GUILDBOOK_{name.upper()}", "s3cret")
    settings = Settings()
    assert {getattr(settings, name).get_secret_value() for name in SECRETS} == {"s3cret"}
    for shown in (repr(settings), str(settings), settings.model_dump_json(), repr(dbt_environment(settings))):
        assert "s3cret" not in shown


def test_a_wrong_value_is_not_repeated_by_a_traceback(monkeypatch):
    monkeypatch.setenv("GUILDBOOK_THREADS", "s3cret")
    with pytest.raises(ValidationError) as refusal:
        Settings()
    assert "s3cret" not in str(refusal.value)


def test_nothing_else_reads_the_environment():
    reading = re.compile(r"os\.(environ(\.get|\[[^]]*\](?! =))|getenv)")
    allowed = {Path("pipelines/warehouse/project.py")}  # hands settings on to dbt and puts the environment back
    settings = Path("pipelines/settings")
    found = {
        path.relative_to(PROJECT_DIR)
        for package in ("pipelines", "models", "expectations")
        for path in (PROJECT_DIR / package).rglob("*.py")
        if reading.search(path.read_text(encoding="utf-8"))
    }

    assert {path for path in found if settings not in path.parents} <= allowed


def test_dbt_reads_the_environment_in_one_file_of_macros_and_in_its_profile():
    files = [path for path in project_files() if "env_var(" in path.read_text(encoding="utf-8")]
    assert [path.relative_to(DBT_PROJECT_DIR) for path in files] == [Path("macros/settings.sql"), Path("profiles.yml")]


def test_the_homes_file_says_what_the_environment_does_not(monkeypatch, tmp_path):
    (tmp_path / SETTINGS_FILE).write_text(
        "GUILDBOOK_ACTIVE_BY_EVENTS=true\nGUILDBOOK_TIMEZONE=UTC\nGUILDBOOK_HOME=elsewhere\n", encoding="utf-8"
    )
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path))
    monkeypatch.setenv("GUILDBOOK_TIMEZONE", "Europe/Berlin")

    settings = get_settings()

    assert (settings.home, settings.active_by_events, settings.timezone) == (tmp_path, True, "Europe/Berlin")


def test_a_setting_is_kept_for_the_home_unless_it_was_given(monkeypatch, tmp_path):
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path / "home"))

    assert keep_setting(get_settings(), "active_by_events", True)
    get_settings.cache_clear()
    assert get_settings().active_by_events
    assert not keep_setting(get_settings(), "active_by_events", True)
    monkeypatch.setenv("GUILDBOOK_ACTIVE_BY_EVENTS", "false")
    get_settings.cache_clear()
    assert not keep_setting(get_settings(), "active_by_events", True)

    assert (tmp_path / "home" / HOME_FILE).read_text(encoding="utf-8") == "active_by_events = true\n"
    assert not (tmp_path / "home" / SETTINGS_FILE).exists()
    assert not get_settings().active_by_events


def test_rules_about_the_shape_of_a_day_that_only_warn_are_named(monkeypatch):
    monkeypatch.setenv("GUILDBOOK_SHAPES_ONLY_WARNED", "kinds_gone, strangers")
    assert get_settings().shapes_only_warned == ("kinds_gone", "strangers")
    get_settings.cache_clear()
    monkeypatch.setenv("GUILDBOOK_SHAPES_ONLY_WARNED", "all")
    assert len(get_settings().shapes_only_warned) == 16
    get_settings.cache_clear()
    monkeypatch.setenv("GUILDBOOK_SHAPES_ONLY_WARNED", "rows_many")
    with pytest.raises(SettingsError, match="called rows_many; columns_alike, columns_emptied, "):
        get_settings()
