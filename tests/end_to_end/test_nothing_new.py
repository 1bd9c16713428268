"""A run in which nothing changed publishes nothing, and a run for a day that never came is not green."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from pipelines import clock
from pipelines.settings import get_settings
from tests.support.running import AFTER_GATE_2, GOOD_DAYS, NEXT_DAYS

LAST, NEXT = GOOD_DAYS[-1], NEXT_DAYS[0]


@pytest.mark.long
def test_a_run_again_says_that_nothing_changed_and_a_day_that_never_came_stops_it(running):
    again = running.execute(LAST, LAST)

    assert (again.succeeded, again.unchanged_since, running.version) == (True, 1, 1)
    assert running.steps(again.run_id) & {"warehouse", *AFTER_GATE_2} == set()
    assert running.banner()["runSucceeded"] is True

    missing = running.execute(NEXT, NEXT)

    assert (missing.succeeded, missing.failed_gate, running.version) == (False, "", 1)
    assert missing.reason.startswith(f"no log came for {NEXT}; expected by their past: ")
    assert running.banner()["reason"] == missing.reason
    assert [alert["reason"] for alert in running.alerts()] == [missing.reason]
    assert missing.reason in (running.home.last_run / "index.html").read_text(encoding="utf-8").replace(
        "&lt;", "<"
    ).replace("&gt;", ">")

    a_range = running.execute(LAST, NEXT)

    assert (a_range.succeeded, a_range.unchanged_since) == (True, 1)
    assert running.banner()["runSucceeded"] is True
    assert not running.home.last_run.exists()
    assert not (running.home.published / "site" / "last_run.html").exists()


def test_what_a_dead_run_did_not_send_goes_out_with_the_next_though_nothing_changed(running, monkeypatch):
    folder = running.home.messages / "folder"
    running.home.targets.mkdir()
    (running.home.targets / "folder.yaml").write_text("kind: file\ncontent: [brief]\n")
    monkeypatch.setenv("GUILDBOOK_SEND_ENABLED", "true")
    get_settings.cache_clear()
    running.settings = get_settings()
    monkeypatch.setattr(clock, "now", lambda: datetime.combine(LAST, time(22), UTC))

    again = running.execute(LAST, LAST)

    assert (again.succeeded, again.unchanged_since) == (True, 1)
    assert [path.name for path in folder.iterdir()] == [f"brief-{LAST}.txt"]
