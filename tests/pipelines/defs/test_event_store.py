"""Dagster's databases stay open from one event to the next, and hold what Dagster's own storage would hold."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import dagster as dg
import pytest

from pipelines.cli.instance import prepare_instance
from pipelines.defs.event_store import MOST_OPEN, EventStore
from pipelines.home import Home
from pipelines.settings import Settings

RUN = "6f4b6a2e-6d0c-4a52-9f0e-1f6f0c8f5a11"


@pytest.fixture
def instance(tmp_path, monkeypatch):
    for name in ("DAGSTER_HOME", "DAGSTER_EVENT_BATCH_SIZE"):
        monkeypatch.setenv(name, "0")
    monkeypatch.delenv("DAGSTER_EVENT_BATCH_SIZE")
    prepare_instance(Home(tmp_path), Settings(home=tmp_path))
    with dg.DagsterInstance.get() as instance:
        yield instance


def waiting(instance) -> set[str]:
    """Databases whose write-ahead log waits to be folded in."""
    return {path.name.removesuffix("-wal") for path in (Path(instance.root_directory) / "history").rglob("*.db-wal")}


def tell(instance, run_id=RUN) -> None:
    instance.handle_new_event(
        dg.EventLogEntry(
            error_info=None, level=logging.INFO, user_message="told", run_id=run_id, timestamp=0.0, step_key=None
        )
    )


def test_events_wait_in_the_log_and_can_be_read_by_anyone(instance):
    tell(instance)
    tell(instance)
    assert waiting(instance) >= {f"{RUN}.db"}
    with sqlite3.connect(Path(instance.root_directory) / "history" / "runs" / f"{RUN}.db") as other:
        assert other.execute("select count(*) from event_logs").fetchone() == (2,)
    assert [entry.user_message for entry in instance.all_logs(RUN)] == ["told", "told"]


def test_the_end_of_the_process_folds_them_in(instance):
    tell(instance)
    instance.dispose()
    assert waiting(instance) == set()


def test_few_databases_are_open_at_once(instance):
    runs = [f"x{n}{RUN[1:]}" for n in range(MOST_OPEN)]
    for run_id in (RUN, *runs, RUN):
        tell(instance, run_id)
    assert len(waiting(instance)) <= MOST_OPEN
    assert [len(instance.all_logs(run_id)) for run_id in (RUN, *runs)] == [2, *[1] * MOST_OPEN]


def test_it_reads_what_dagsters_own_storage_wrote_and_the_other_way_round(tmp_path):
    """Homes of earlier versions have the files of Dagster's own class."""

    @dg.asset
    def one():
        return dg.MaterializeResult(metadata={"rows": 3})

    history = tmp_path / "history" / "runs"
    configured = f"""
event_log_storage:
  module: pipelines.defs.event_store
  class: EventStore
  config: {{base_dir: {history}}}
"""
    for n, config in enumerate(["", configured, ""], start=1):
        (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n" + config)
        with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
            assert isinstance(instance.event_log_storage, EventStore) is bool(config)
            assert dg.materialize([one], instance=instance).success
            assert len(instance.fetch_materializations(dg.AssetKey("one"), limit=9).records) == n
    assert waiting(instance) == set()


def test_events_that_come_together_are_stored_together(instance, monkeypatch):
    """All or none: one that cannot be stored takes the others back."""
    store = instance.event_log_storage
    good, bad = (
        dg.EventLogEntry(
            error_info=None, level=logging.INFO, user_message=said, run_id=RUN, timestamp=0.0, step_key=None
        )
        for said in ("good", "bad")
    )
    store.store_event_batch([good, good])
    stored = store.store_event
    monkeypatch.setattr(store, "store_event", lambda event: stored(event if event is good else None))
    with pytest.raises(Exception, match="EventLogEntry"):
        store.store_event_batch([good, bad])
    monkeypatch.undo()
    assert [entry.user_message for entry in instance.all_logs(RUN)] == ["good", "good"]


def test_two_processes_write_at_once(instance):
    """As the daemon and a run do: neither holds a lock between its events."""
    other = EventStore(str(Path(instance.root_directory) / "history" / "runs"))
    entry = dg.EventLogEntry(
        error_info=None, level=logging.INFO, user_message="other", run_id=RUN, timestamp=0.0, step_key=None
    )
    for _ in range(3):
        tell(instance)
        other.store_event(entry)
    other.dispose()
    assert [one.user_message for one in instance.all_logs(RUN)] == ["told", "other"] * 3
