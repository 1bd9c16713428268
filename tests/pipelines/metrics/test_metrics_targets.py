"""Targets in the settings: read in the unit that people write, and refused with file, line and what was meant."""

from __future__ import annotations

import os

import pytest
from typer.testing import CliRunner

from pipelines import run_start
from pipelines.cli import app
from pipelines.home import Home
from pipelines.metrics.metric import Grain
from pipelines.metrics.targets import read_targets
from pipelines.settings import HOME_FILE, Settings, SettingsError, get_settings


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A home that the working folder is."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def targets(folder, text):
    (folder / HOME_FILE).write_text(text, encoding="utf-8")
    get_settings.cache_clear()
    return read_targets(get_settings())


@pytest.mark.parametrize(
    ("given", "value", "span", "currency"),
    [
        ("mau = 500", 500, Grain.DAY, ""),
        ('mau = "500"', 500, Grain.DAY, ""),
        ("stickiness = 0.2", 0.2, Grain.DAY, ""),
        ('show_up_rate = "62.5 %"', 0.625, Grain.DAY, ""),
        ("event_nps = -10", -10, Grain.DAY, ""),
        ('mrr = "120,000 cny"', 120_000, Grain.MONTH, "CNY"),
        ('income_net_minor = "60000.50 EUR a month"', 60_000.5, Grain.MONTH, "EUR"),
        ('new_members = "30 每周"', 30, Grain.WEEK, ""),
        ("median_response_hours = 6", 6, Grain.MONTH, ""),
    ],
)
def test_a_target_is_read_as_people_write_it(folder, given, value, span, currency):
    (target,) = targets(folder, f"[targets]\n{given}\n").values()
    assert (target.value, target.span, target.currency) == (value, span, currency)


def test_targets_may_stand_in_a_variable(folder, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_TARGETS", "mau=500, show_up_rate=60 %,mrr=120000 CNY")
    assert {key: one.value for key, one in targets(folder, "").items()} == {
        "mau": 500, "show_up_rate": 0.6, "mrr": 120_000,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("retension_rate = 1", "there is no metric retension_rate; did you mean "),
        ("stickiness = 20", 'a share lies between 0 and 1: write 0.6 or "60 %", not 20.0'),
        ("mrr = 120000", 'mrr is money: write an amount with its currency, such as "120000 CNY", not 120000.0'),
        ("mau = -1", "-1 lies below 0, where mau never is"),
        ("mau = inf", "inf is no number"),
        ('mau = "many"', "'many' is no number"),
        ("high_risk_members = 3", "high_risk_members is a figure for each definition, so one target does not fit it"),
        ('mrr = "5 CNY a day"', "mrr is never counted by day: it is by month, quarter, year, all"),
    ],
)
def test_what_is_no_target_is_named_with_file_line_and_what_was_meant(folder, given, said):
    with pytest.raises(SettingsError) as wrong:
        targets(folder, f'name = "ours"\n\n[targets]\nwau = 3\n{given}\n')
    (problem,) = wrong.value.problems
    assert problem.startswith(f"{folder}/guildbook.toml:5 targets.{given.split()[0]}: {said}")


def test_a_value_that_is_neither_number_nor_text_is_refused(folder):
    with pytest.raises(SettingsError) as wrong:
        targets(folder, "[targets]\nmau = true\n")
    assert wrong.value.problems[0].startswith(f"{folder}/guildbook.toml:1 targets: ")


def test_no_command_and_no_run_begins_with_a_wrong_target(folder):
    (folder / HOME_FILE).write_text("[targets]\nmou = 3\n", encoding="utf-8")
    get_settings.cache_clear()
    before = os.umask(0o022)
    result = CliRunner().invoke(app, ["status"])
    os.umask(before)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"{folder}/guildbook.toml:2 targets.mou: there is no metric mou; did you mean ")
    settings = Settings(home=folder / "home", targets={"mou": 3}, min_free_disk_gb=0)
    with pytest.raises(SettingsError, match="there is no metric mou"):
        run_start.prepare(Home(settings.home), settings)
    assert list((folder / "home").iterdir()) == []


def test_a_sum_of_a_month_is_not_held_against_a_target_of_a_day(folder):
    found = targets(folder, "[targets]\nnew_members = 5\nmau = 500\n")
    assert not found["new_members"].is_of(Grain.MONTH)
    assert found["new_members"].is_of(Grain.DAY)
    assert found["mau"].is_of(Grain.MONTH)
