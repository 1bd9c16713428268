"""Dagster's history in a real PostgreSQL: few connections, which may break, and clear words where there is none."""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
from pathlib import Path

import dagster as dg
import psycopg
import pytest

from pipelines.faults import UserError
from tests.pipelines.cli.test_cli_commands import invoke
from tests.support.deployment import Deployment
from tests.support.postgres import MISSING, PASSWORD, free_port, postgres

needs_postgres = pytest.mark.skipif(MISSING is not None, reason=MISSING or "")

RUN = "6f4b6a2e-6d0c-4a52-9f0e-1f6f0c8f5a11"


@pytest.fixture(scope="module")
def server():
    """The address of a PostgreSQL server."""
    folder = Path(tempfile.mkdtemp())
    with postgres(folder) as url:
        yield url.replace("+psycopg", "")
    shutil.rmtree(folder, ignore_errors=True)


def at(port, tmp_path, monkeypatch, **changed):
    """Point this process at a copy of the deployment's Dagster home."""
    made = Deployment(tmp_path / "deployment", tmp_path / "home", port)
    for name, value in (made.environment | changed).items():
        monkeypatch.setenv(name, value)
    return made


@pytest.fixture
def instance(server, tmp_path, monkeypatch):
    at(int(server.rsplit(":", 1)[1].partition("/")[0]), tmp_path, monkeypatch)
    with dg.DagsterInstance.get() as instance:
        yield instance


def tell(instance, times):
    for _ in range(times):
        instance.handle_new_event(
            dg.EventLogEntry(
                error_info=None, level=logging.INFO, user_message="told", run_id=RUN, timestamp=0.0, step_key=None
            )
        )


def ask(server, query):
    with psycopg.connect(server, autocommit=True) as connection:
        return connection.execute(query).fetchall()


@needs_postgres
def test_a_connection_stays_open_from_one_event_to_the_next(instance, server):
    opened = "select count(distinct (pid, backend_start)) from pg_stat_activity where usename = 'guild'"
    tell(instance, 1)
    ((before,),) = ask(server, "select sessions from pg_stat_database where datname = 'postgres'")
    tell(instance, 100)
    ((n_open,),) = ask(server, opened)
    ask(server, "select pg_stat_clear_snapshot()")
    ((after,),) = ask(server, "select sessions from pg_stat_database where datname = 'postgres'")
    assert n_open <= 5
    assert after - before < 20, "not one for every event"


@needs_postgres
def test_connections_that_the_server_ended_are_replaced(instance, server):
    tell(instance, 2)
    n_before = len(instance.all_logs(RUN))
    ask(
        server,
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'guild' and pid <> pg_backend_pid()",
    )
    tell(instance, 2)
    assert len(instance.all_logs(RUN)) == n_before + 2


def test_where_nobody_answers_it_says_where_and_what_to_look_at(tmp_path, monkeypatch):
    port = free_port()
    made = at(port, tmp_path, monkeypatch)
    (made.home / "dagster").mkdir(parents=True)  # a run was started there
    monkeypatch.setattr("dagster_postgres.utils.time.sleep", lambda _: None)  # between its six attempts
    ran = invoke("unlock")
    assert ran.exit_code == 1
    assert re.search(rf"port {port} failed: Connection refused.*DAGSTER_POSTGRES_\*", ran.stderr)
    assert {path.name for path in made.dagster_home.iterdir()} == {"dagster.yaml", "workspace.yaml"}


@needs_postgres
def test_a_wrong_password_is_said_and_none_is_shown(server, tmp_path, monkeypatch):
    port = int(server.rsplit(":", 1)[1].partition("/")[0])
    at(port, tmp_path, monkeypatch, DAGSTER_POSTGRES_PASSWORD="wrong-word")
    monkeypatch.setattr("dagster_postgres.utils.time.sleep", lambda _: None)  # between its six attempts
    with pytest.raises(UserError, match='password authentication failed for user "guild"') as refused:
        dg.DagsterInstance.get()
    assert not {"wrong-word", PASSWORD} & set(str(refused.value).split())


def test_a_missing_variable_is_named(tmp_path, monkeypatch):
    at(free_port(), tmp_path, monkeypatch)
    monkeypatch.delenv("DAGSTER_POSTGRES_PASSWORD")
    with pytest.raises(dg.DagsterInvalidConfigError, match='"DAGSTER_POSTGRES_PASSWORD" which is not set'):
        dg.DagsterInstance.get()
