"""What the command line says of refused rows: ``status`` after a run, ``quarantine`` at any time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.publishing.outcome import explain_failure
from tests.support.house import House
from tests.support.tiny_logs import FIRST, interaction

pytestmark = pytest.mark.slow

LATER = FIRST + timedelta(days=1)


@pytest.fixture
def house(tmp_path, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_HOME", str(tmp_path / "home"))
    return House(tmp_path / "home")


def say(*words):
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def deliver(house, day, *, bad):
    rows = [interaction(n, day, f"m{n}") for n in range(20)]
    house.deliver("interactions", day, [row | {"occurred_at": "04/02/2026 10:00"} for row in rows[:bad]] + rows[bad:])


def first_of(day):
    return f"landing/interactions/{day}/rows.jsonl:1 occurred_at '04/02/2026 10:00' is no ISO 8601 time"


def test_quarantine_lists_days_newest_first_and_each_alike_once(house):
    assert say("quarantine") == ["nothing was refused"]
    deliver(house, FIRST, bad=3)
    deliver(house, LATER, bad=1)
    house.accept([FIRST, LATER])

    later, one, first, three = say("quarantine")
    assert (later, first) == (f"interactions {LATER}  1 row refused", f"interactions {FIRST}  3 rows refused")
    assert one.strip().startswith(first_of(LATER))
    assert three.strip().startswith(first_of(FIRST))
    assert three.endswith("3 lines like this")
    assert say("quarantine", "interactions", str(FIRST)) == [first, three]
    assert say("quarantine", "content") == ["nothing was refused"]


def test_what_a_terminal_would_obey_is_spelled_out(house):
    evil = "\x1b]0;owned\x07\x9b2J\u202e"
    house.deliver("interactions", FIRST, [interaction(1, FIRST, "m1") | {"kind": evil}])
    house.accept([FIRST])

    for words in (["quarantine"], ["status"]):
        said = "\n".join(say(*words))
        assert not set(evil) - set("]0;owned2J") & set(said)
        assert r"\x1b]0;owned\x07\x9b2J\u202e" in said


def test_status_names_what_the_last_run_refused_and_what_is_withheld(house):
    deliver(house, FIRST, bad=10)
    house.accept([FIRST], "run-1")
    deliver(house, LATER, bad=0)
    house.accept([LATER], "run-2")

    (line,) = (line for line in say("status") if line.startswith("refused"))

    assert line.split(maxsplit=1)[1].startswith(first_of(FIRST))
    assert line.endswith("10 lines like this")


def test_a_gate_that_stops_a_run_names_the_first_line(house):
    deliver(house, FIRST, bad=10)
    house.accept([FIRST], "run-1")

    gate, reason = explain_failure(house.home, "run-1", "message", last_day=FIRST)

    assert gate == f"gate deliveries: interactions {FIRST}"
    assert reason.startswith("quarantine_share at most 0.05, found 0.5: ")
    assert first_of(FIRST) in reason


def test_a_day_that_nothing_was_refused_of_says_nothing(house):
    deliver(house, FIRST, bad=0)
    house.accept([FIRST])
    assert not [line for line in say("status") if line.startswith("refused")]
    assert say("quarantine", "interactions", str(date(2020, 1, 1))) == ["nothing was refused"]
