"""Which days a run without dates takes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipelines import clock
from pipelines.cli import due
from pipelines.cli import run as running
from pipelines.contract import LOGS
from pipelines.faults import UserError
from pipelines.gates import deliveries
from pipelines.home import Home
from pipelines.ingest import ingest_days
from pipelines.settings import Settings
from tests.pipelines.cli.test_cli_commands import invoke

TODAY = date(2025, 3, 10)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


def deliver(home: Home, *days_ago: int, name: str = "a.csv") -> None:
    for n in days_ago:
        day = TODAY - timedelta(days=n)
        folder = home.landing_day("interactions", day)
        folder.mkdir(parents=True, exist_ok=True)
        row = f"{name}{n},{day}T10:00:00Z,ask,ana"
        (folder / name).write_text(f"interaction_id,occurred_at,kind,member_id\n{row}\n", encoding="utf-8")


def take(home: Home, *days_ago: int, is_judged: bool = True) -> None:
    """Read days as a run does, up to gate 1."""
    settings = Settings(home=home.root)
    days = [TODAY - timedelta(days=n) for n in days_ago]
    ingest_days(home, settings, LOGS["interactions"], days, run_id="r")
    if is_judged:
        deliveries.judge(home, settings, "interactions", days, "r")


def days_ago(home: Home) -> tuple[int, int]:
    first, last = due.due_days(home, Settings(home=home.root), TODAY)
    return (TODAY - first).days, (TODAY - last).days


def test_a_first_run_takes_all_that_came_up_to_yesterday(home):
    deliver(home, 9, 3, 1, 0, -1)
    assert days_ago(home) == (9, 1)


def test_the_next_one_begins_after_what_was_run(home):
    deliver(home, 4, 3)
    take(home, 4, 3)
    deliver(home, 2, 1)
    assert days_ago(home) == (2, 1)


def test_a_day_whose_files_changed_is_run_again(home):
    deliver(home, 5, 4, 3, 2, 1)
    take(home, 5, 4, 3, 2, 1)
    deliver(home, 4, name="late.csv")
    assert days_ago(home) == (4, 1)


def test_a_day_that_a_killed_run_read_and_nobody_judged_is_run_again(home):
    deliver(home, 5, 4, 1)
    take(home, 5, 1)
    take(home, 4, is_judged=False)
    assert days_ago(home) == (4, 1)


def test_yesterday_is_waited_for_where_logs_come_each_day(home):
    deliver(home, *range(2, 16))
    take(home, *range(2, 16))
    assert days_ago(home) == (1, 1)


def test_where_nothing_is_new_the_last_day_is_looked_at_again(home):
    deliver(home, 3, 2, 1)
    take(home, 3, 2, 1)
    assert days_ago(home) == (1, 1)


@pytest.mark.parametrize(("last", "until"), [(29, 1), (30, 30)])
def test_an_export_that_ended_long_ago_is_run_to_its_end(home, last, until):
    deliver(home, last + 5, last)
    assert days_ago(home) == (last + 5, until)


def test_an_old_export_that_was_run_is_not_missed_every_day(home):
    deliver(home, 45, 40)
    take(home, 45, 40)
    assert days_ago(home) == (40, 40)


@pytest.mark.parametrize(
    ("landed", "said"), [((), "nothing was delivered yet"), ((0,), "before today; 2025-03-10 is not over")]
)
def test_without_a_day_that_is_over_it_says_what_to_do(home, landed, said):
    deliver(home, *landed)
    with pytest.raises(UserError, match=said):
        days_ago(home)


def test_the_command_says_the_days_and_runs_them_in_the_communitys_time_zone(home, monkeypatch):
    deliver(home, 3, 2, 1)
    asked = []
    monkeypatch.setattr(clock, "today", lambda zone: TODAY if zone == "Asia/Tokyo" else None)
    monkeypatch.setenv("GUILDBOOK_TIMEZONE", "Asia/Tokyo")
    outcome = running.RunOutcome(succeeded=True, run_id="r")
    monkeypatch.setattr(running, "execute", lambda _, first, last, **__: asked.append((first, last)) or outcome)

    result = invoke("run")

    assert (result.exit_code, asked) == (0, [(date(2025, 3, 7), date(2025, 3, 9))])
    assert "days      2025-03-07 to 2025-03-09" in result.stderr.splitlines()


def test_nothing_delivered_is_one_line(home):
    result = invoke("run")
    assert result.exit_code == 1
    assert result.output.splitlines()[0].startswith(f"nothing was delivered yet: put logs under {home.landing}/")
