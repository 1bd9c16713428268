"""What is wrong with settings is said in Chinese, whatever the setting, the value and the place where it stands."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.faults import UserError
from pipelines.report.parts.reasons import chinese
from pipelines.settings import HOME_FILE, SETTINGS_FILE, Settings, get_settings
from tests.support.chinese import CHINESE, is_said

TEXTS = ("x", "", "-1", "inf", "=1", "a=2026-13-01", "x" * 101)
IN_TOML = ('"x"', "5", "1.5", "inf", "2026-01-01", "[1]", '{a = "x"}')


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"GUILDBOOK_{name.upper()}", raising=False)
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path))
    yield tmp_path
    get_settings.cache_clear()


def problems():
    get_settings.cache_clear()
    try:
        get_settings()
    except UserError as error:
        return str(error).splitlines()
    return []


@pytest.mark.parametrize("name", sorted(Settings.model_fields.keys() - {"home"}))
def test_whatever_is_wrong_with_a_setting_is_said_in_chinese(name, home, monkeypatch):
    said = []
    for text in TEXTS:
        with monkeypatch.context() as within:
            within.setenv(f"GUILDBOOK_{name.upper()}", text)
            said += problems()
    for value in IN_TOML:
        (home / HOME_FILE).write_text(f"{name} = {value}\n", encoding="utf-8")
        said += problems()

    assert said
    assert [one for one in sorted(set(said)) if not is_said(one)] == []
    assert [zh for one in sorted(set(said)) if " or " in (zh := chinese(one))] == []


@pytest.mark.parametrize(
    ("variables", "env", "toml"),
    [
        ({"GUILDBOOK_LANGUAGE": "zh", "GUILDBOOK_THREADS": "many"}, "", ""),
        ({"GUILDBOOK_THREADS": "many"}, "GUILDBOOK_LANGUAGE=zh\n", 'language = "en"\n'),
        ({}, "", 'language = "zh"\nthreads = "many"\n'),
        ({}, "", "# ours\nlanguage = 'zh' # spoken\nthreds = 2\n"),
        ({}, "", 'language = "zh"\nname = "club\n'),
        ({}, "export GUILDBOOK_LANGUAGE='zh'\nGUILDBOOK_THREDS=2\n", ""),
    ],
)
def test_wrong_settings_are_said_in_the_language_that_they_name(variables, env, toml, home, monkeypatch):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (home / SETTINGS_FILE).write_text(env, encoding="utf-8")
    (home / HOME_FILE).write_text(toml, encoding="utf-8")
    get_settings.cache_clear()

    result = CliRunner().invoke(app, ["status"])

    assert result.exit_code != 0
    assert CHINESE.search(result.stderr), result.stderr


@pytest.mark.parametrize("toml", ['language = "fr"\n', "threads = 0\n", 'language = "en"\nthreads = 0\n'])
def test_they_are_said_in_english_where_no_other_language_is_named(toml, home):
    (home / HOME_FILE).write_text(toml, encoding="utf-8")
    get_settings.cache_clear()

    result = CliRunner().invoke(app, ["status"])

    assert "Input should be" in result.stderr
