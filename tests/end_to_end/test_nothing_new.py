"""A run in which nothing changed publishes nothing, and a run for a day that never came is not green."""

from __future__ import annotations

import pytest

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
