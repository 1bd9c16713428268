"""Messages in Dagster: behind the publication and between runs; nothing that goes wrong with them fails anything."""

from __future__ import annotations

import dagster as dg
import pytest

from pipelines import clock
from pipelines.defs.resources import HomeResource
from pipelines.defs.sending import due_messages, sent_messages
from tests.support.mailroom import MORNING, ZONE, Mailroom, database_of

FOLDER = "kind: file\ncontent: [brief]\n"


@pytest.fixture
def room(tmp_path, monkeypatch):
    made = Mailroom.of(tmp_path / "home", database_of(tmp_path / "analytics.duckdb"))
    monkeypatch.setenv("GUILDBOOK_HOME", str(made.home.root))
    monkeypatch.setenv("GUILDBOOK_TIMEZONE", ZONE)
    monkeypatch.setenv("GUILDBOOK_SEND_ENABLED", "true")
    monkeypatch.setenv("GUILDBOOK_MIN_FREE_DISK_GB", "0")
    monkeypatch.setattr(clock, "now", lambda: MORNING)
    return made


def materialized():
    result = dg.materialize(
        [sent_messages], resources={"home": HomeResource()}, selection=[sent_messages], raise_on_error=False
    )
    assert result.success
    (event,) = result.get_asset_materialization_events()
    return {name: value.value for name, value in event.materialization.metadata.items()}


def ticked():
    with dg.build_sensor_context() as context:
        return due_messages(context).skip_message


def test_a_run_sends_what_is_due_and_counts_it(room):
    room.target("team", FOLDER)
    room.target("broken", "kind: none\n")

    assert materialized() == {"messages_sent": 1, "messages_failed": 1}
    assert list(room.files("team")) == ["brief-2026-11-19.txt"]


def test_a_fault_of_the_messages_fails_no_run(room, monkeypatch):
    room.target("team", FOLDER)
    monkeypatch.setattr("pipelines.defs.outbox.send_due", lambda *_, **__: 1 / 0)
    assert materialized() == {"messages_sent": 0, "messages_failed": 0}


def test_a_tick_sends_what_became_due_since(room, monkeypatch):
    room.target("team", FOLDER + "hour: 9\n")
    assert ticked() == "nothing is due"
    monkeypatch.setattr(clock, "now", lambda: MORNING.replace(hour=9))
    assert ticked().startswith("team: brief:2026-11-19 sent")
    assert ticked() == "nothing is due"


def test_a_tick_does_nothing_while_sending_is_off(room, monkeypatch):
    monkeypatch.setenv("GUILDBOOK_SEND_ENABLED", "false")
    room.target("team", FOLDER)
    assert "sending is not on" in ticked()
    assert room.files("team") == {}
