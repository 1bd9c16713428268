"""What deploy/README.md says to back up, restore and upgrade, done word for word with a real PostgreSQL."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import psycopg
import pytest

from pipelines.lake import versions
from tests.support.deployment import DEPLOY, Deployment
from tests.support.postgres import MISSING, PASSWORD, postgres
from tests.support.running import NEXT_DAYS

pytestmark = [
    pytest.mark.job,
    pytest.mark.long,
    pytest.mark.skipif(MISSING is not None or shutil.which("pg_dump") is None, reason=MISSING or "no pg_dump here"),
]

OWN = "guildbook"
"""User and database of the compose file's PostgreSQL."""

ROWS = dict(
    re.findall(r"^\| ([a-zA-Z ]+) \| (.+) \|$", (DEPLOY / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
)
COMMAND = re.compile(r"`docker compose (?:exec|run)(?: -\S+)* (code|postgres) ([^`]+)`")

BEFORE = "6b7fb194ff9c"
"""Dagster's schema before it added the column that this takes away."""
UNDONE = f"""
alter table concurrency_limits drop column using_default_limit;
update alembic_version set version_num = '{BEFORE}'
"""


@contextmanager
def database():
    """Give the port of a PostgreSQL as the compose file has it on a new volume: the user, and an empty database."""
    folder = Path(tempfile.mkdtemp())
    with postgres(folder) as url:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"create role {OWN} login password '{PASSWORD}'")
            connection.execute(f"create database {OWN} owner {OWN}")
        yield int(url.rsplit(":", 1)[1].partition("/")[0])
    shutil.rmtree(folder, ignore_errors=True)


class Volumes(Deployment):
    """A deployment on a home and a database; commands of the page run where its containers would run them."""

    def __init__(self, folder, home, port):
        super().__init__(folder, home, port)
        self.backup = folder.parent
        self.environment |= {"DAGSTER_POSTGRES_USER": OWN, "DAGSTER_POSTGRES_DB": OWN}
        self.of_database = {"PGHOST": "127.0.0.1", "PGPORT": str(port), "PGPASSWORD": PASSWORD}

    def do(self, to):
        """Do what the page says; return how each command ended."""
        found = COMMAND.findall(ROWS[to])
        assert found, to
        return [self._shell(words.replace("/srv/guildbook/data", str(self.home))) for _, words in found]

    def _shell(self, words):
        words = re.sub(r"^dagster", lambda _: self.command(["dagster"])[0], words)
        environment = self.environment | self.of_database
        return subprocess.run(
            words, shell=True, cwd=self.backup, env=environment, capture_output=True, text=True, check=False
        )

    def guildbook_run(self, day):
        ran = self.run(["guildbook", "run", "--from", str(day), "--to", str(day)])
        assert ran.returncode == 0, ran.stderr

    def sql(self, query):
        with psycopg.connect(
            f"postgresql://{OWN}:{PASSWORD}@127.0.0.1:{self.of_database['PGPORT']}/{OWN}"
        ) as connection:
            done = connection.execute(query)
            return done.fetchall() if done.description else []

    def runs(self, monkeypatch):
        """Runs that Dagster knows, the oldest first."""
        for name, value in self.environment.items():
            if name.startswith("DAGSTER_"):
                monkeypatch.setenv(name, value)
        with dg.DagsterInstance.from_config(str(self.dagster_home)) as instance:
            return [(run.run_id, run.status.value) for run in instance.get_runs()[::-1]]


def test_a_backup_is_restored_and_an_older_history_migrated_and_both_go_on(good_home, tmp_path, monkeypatch):
    running = good_home.run_copy(tmp_path / "home", monkeypatch)
    running.deliver_days(NEXT_DAYS[:2])
    with database() as port:
        first = Volumes(tmp_path / "first", running.home.root, port)
        first.guildbook_run(NEXT_DAYS[0])
        before = first.runs(monkeypatch)
        assert [status for _, status in before] == ["SUCCESS"]
        assert [done.stderr for done in first.do("back up")] == ["", ""]
    marts = (running.home.published / "analytics.duckdb").read_bytes()
    shutil.rmtree(running.home.root)

    running.home.root.mkdir(mode=0o700)
    with database() as port:
        second = Volumes(tmp_path / "second", running.home.root, port)
        assert [done.returncode for done in second.do("restore")] == [0, 0]
        assert second.do("restore")[0].returncode != 0, "over a history that is there nothing is restored"
        assert second.runs(monkeypatch) == before
        assert (running.home.published / "analytics.duckdb").read_bytes() == marts

        second.sql(UNDONE)
        (migrated,) = second.do("upgrade Guildbook")
        assert migrated.returncode == 0, migrated.stderr
        assert second.sql("select version_num from alembic_version") != [(BEFORE,)]
        assert second.sql("select count(using_default_limit) from concurrency_limits") == [(0,)]

        second.guildbook_run(NEXT_DAYS[1])
        after = second.runs(monkeypatch)
        assert (after[:1], [status for _, status in after]) == (before, ["SUCCESS", "SUCCESS"])
    assert versions.current(running.home) == 3
