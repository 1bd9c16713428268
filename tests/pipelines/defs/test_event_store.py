"""While Dagster's databases are held open, an event does not fold the write-ahead log into the database."""

from __future__ import annotations

import logging
from pathlib import Path

import dagster as dg
import pytest

from pipelines.defs.event_store import held_open

RUN = "6f4b6a2e-6d0c-4a52-9f0e-1f6f0c8f5a11"


@pytest.fixture
def instance(tmp_path):
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


def waiting(instance) -> set[str]:
    """Databases whose write-ahead log waits to be folded in."""
    return {path.name.removesuffix("-wal") for path in (Path(instance.root_directory) / "history").rglob("*.db-wal")}


def tell(instance) -> None:
    instance.handle_new_event(
        dg.EventLogEntry(
            error_info=None, level=logging.INFO, user_message="told", run_id=RUN, timestamp=0.0, step_key=None
        )
    )


def test_the_logs_of_a_run_wait_until_its_end(instance):
    tell(instance)
    assert waiting(instance) == set()

    with held_open(instance, RUN):
        tell(instance)
        assert waiting(instance) >= {f"{RUN}.db", "index.db"}

    assert waiting(instance) == set()
    assert [entry.user_message for entry in instance.all_logs(RUN)] == ["told", "told"]


def test_a_history_that_is_no_file_is_left_alone():
    with dg.DagsterInstance.ephemeral() as instance, held_open(instance, RUN):
        assert instance.all_logs(RUN) == []
