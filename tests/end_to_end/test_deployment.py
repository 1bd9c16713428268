"""The pieces of deploy/ for real: PostgreSQL, code location, daemon and webserver, and a backfill through them."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.error import HTTPError

import psycopg
import pytest

from pipelines import lock
from pipelines.files import write_text
from pipelines.settings import HOME_FILE
from pipelines.watch.dead import KILLED
from tests.support.deployment import Deployment, until
from tests.support.house import differences
from tests.support.postgres import MISSING, PASSWORD, postgres, restart
from tests.support.running import NEXT_DAYS

pytestmark = [
    pytest.mark.job,
    pytest.mark.long,
    pytest.mark.skipif(MISSING is not None, reason=MISSING or ""),
]

_BACKFILL = """
mutation ($days: [String!]!) {
  launchPartitionBackfill(backfillParams: {
    selector: {
      repositorySelector: {repositoryLocationName: "guildbook", repositoryName: "__repository__"},
      partitionSetName: "main_partition_set"
    },
    partitionNames: $days
  }) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
  }
}
"""
_RUNS = """
{
  runsOrError { ... on Runs { results { runId status startTime endTime } } }
}
"""
_PLACES = """
{
  workspaceOrError { ... on Workspace { locationEntries {
    name locationOrLoadError { __typename ... on PythonError { message } }
  } } }
}
"""
_CANCEL = "mutation ($id: String!) { terminateRun(runId: $id) { __typename ... on PythonError { message } } }"
_RELOAD = 'mutation { reloadRepositoryLocation(repositoryLocationName: "guildbook") { __typename } }'
_SCHEDULE = """
{
  scheduleOrError(scheduleSelector: {
    repositoryLocationName: "guildbook", repositoryName: "__repository__", scheduleName: "daily"
  }) { ... on Schedule { cronSchedule } }
}
"""
_STATE = """
query ($id: String!) { partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill { status } } }
"""
_AT_WORK = {"STARTING", "STARTED", "CANCELING"}


class Deployed(Deployment):
    """A deployment that is asked as its operator asks it; no run is ever beside another one."""

    def backfill(self, days):
        answer = self.ask(_BACKFILL, days=[day.isoformat() for day in days])["launchPartitionBackfill"]
        assert answer["__typename"] == "LaunchBackfillSuccess", answer
        return answer["backfillId"]

    def runs(self):
        """Status of each run, the oldest first."""
        runs = self.ask(_RUNS)["runsOrError"]["results"][::-1]
        assert sum(run["status"] in _AT_WORK for run in runs) <= 1, runs
        return runs

    def statuses(self):
        return [run["status"] for run in self.runs()]

    def state(self, backfill):
        return self.ask(_STATE, id=backfill)["partitionBackfillOrError"]["status"]

    def code(self):
        """What the pages have of the code location: its type, or why it cannot be loaded."""
        (place,) = self.ask(_PLACES)["workspaceOrError"]["locationEntries"]
        assert place["name"] == "guildbook"
        return place["locationOrLoadError"] or {}

    def is_at_work(self):
        return lock.holder(self.running.home) is not None

    def cancel(self):
        """Cancel the run at work."""
        (run,) = [run["runId"] for run in self.runs() if run["status"] == "STARTED"]
        answer = self.ask(_CANCEL, id=run)["terminateRun"]
        assert answer["__typename"] == "TerminateRunSuccess", answer

    def answers(self):
        """Whether the pages answer: a question at the moment of a restart may fail."""
        with suppress(HTTPError):
            return bool(self.runs())
        return False

    def rows(self, query):
        with psycopg.connect(self.database) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def deployed(good_home, tmp_path, monkeypatch):
    """The deployment on a home that has had its first publication."""
    running = good_home.run_copy(tmp_path / "home", monkeypatch)
    folder = Path(tempfile.mkdtemp())
    with postgres(folder) as url:
        made = Deployed(tmp_path / "deployment", running.home.root, int(url.rsplit(":", 1)[1].partition("/")[0]))
        made.running, made.database_folder, made.database = running, folder, url.replace("+psycopg", "")
        try:
            yield made
        finally:
            made.end()
    shutil.rmtree(folder, ignore_errors=True)


def files_below(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_backfill_through_the_deployment_ends_as_guildbook_run_does(deployed, good_home, tmp_path, monkeypatch):
    deployed.start("code")
    deployed.wait_for("code")
    for service in ("daemon", "webserver"):
        deployed.start(service)
    for service in ("webserver", "daemon"):
        deployed.wait_for(service)
    until("the sensor has looked at what is there", lambda: "changed_files skipped" in deployed.said("daemon"))
    history = files_below(deployed.running.home.dagster / "history")

    deployed.running.deliver_days(NEXT_DAYS)
    backfills = [deployed.backfill(NEXT_DAYS[:2]), deployed.backfill(NEXT_DAYS[2:])]
    until("one runs and the other waits", lambda: deployed.statuses() == ["STARTED", "QUEUED"])
    deployed.kill("daemon")
    until("the run at work ends without the daemon", lambda: deployed.statuses()[0] == "SUCCESS")
    assert deployed.statuses() == ["SUCCESS", "QUEUED"], "nobody starts the next one"
    deployed.start("daemon")
    until("both backfills are done", lambda: [deployed.state(one) for one in backfills] == ["COMPLETED_SUCCESS"] * 2)

    first, second = deployed.runs()
    assert (first["status"], second["status"]) == ("SUCCESS", "SUCCESS")
    assert first["endTime"] <= second["startTime"]
    assert deployed.running.version == 3, "each run has published"

    ran = deployed.run(["guildbook", "run", "--from", str(NEXT_DAYS[-1]), "--to", str(NEXT_DAYS[-1])])
    assert ran.returncode == 0, ran.stderr
    assert deployed.statuses() == ["SUCCESS"] * 3, "a run by hand stands in the same history"
    assert files_below(deployed.running.home.dagster / "history") == history, "and in no other"

    ((n_events, n_runs, n_waited),) = deployed.rows(
        "select count(*), count(distinct run_id), count(*) filter (where event like '%waiting for it to end%') "
        "from event_logs join runs using (run_id)"
    )
    assert (n_events > 1000, n_runs, n_waited) == (True, 3, 0)
    assert files_below(deployed.dagster_home) == {"dagster.yaml", "workspace.yaml"}
    logs = "".join(deployed.said(service) for service in deployed.processes)
    assert PASSWORD not in logs
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [one for one in commands if PASSWORD.encode() in one]

    beside = good_home.run_copy(tmp_path / "beside", monkeypatch)
    beside.deliver_days(NEXT_DAYS)
    assert beside.execute(NEXT_DAYS[0], NEXT_DAYS[-1]).succeeded
    assert differences(deployed.running, beside) == {}


def test_the_queue_goes_on_after_a_cancelled_run_a_dead_one_and_a_restart_of_the_database(deployed):
    for service in ("daemon", "webserver"):
        deployed.start(service)
    deployed.wait_for("webserver")
    assert deployed.code()["__typename"] == "PythonError", "nobody is at the address that the workspace gives"
    assert "Could not reach user code server" in deployed.code()["message"]
    deployed.start("code")
    deployed.wait_for("code")
    until("the pages find the code by themselves", lambda: deployed.code().get("__typename") == "RepositoryLocation")
    write_text(deployed.running.home.root / HOME_FILE, "daily_hour = 7\n")
    deployed.ask(_RELOAD)
    assert deployed.ask(_SCHEDULE)["scheduleOrError"]["cronSchedule"] == "0 7 * * *", "settings are read anew"
    until("the daemon finds it too", lambda: "changed_files skipped" in deployed.said("daemon"))

    deployed.running.deliver_days(NEXT_DAYS)
    for days in (NEXT_DAYS[:1], NEXT_DAYS[1:2], NEXT_DAYS[2:]):
        deployed.backfill(days)
    until(
        "a run has the home", lambda: deployed.is_at_work() and deployed.statuses() == ["STARTED", "QUEUED", "QUEUED"]
    )
    deployed.cancel()
    until("the next one has it", lambda: deployed.is_at_work() and deployed.statuses()[:2] == ["CANCELED", "STARTED"])
    deployed.kill("code")
    deployed.start("code")
    until("the dead run is found", lambda: deployed.statuses() == ["CANCELED", "FAILURE", "STARTED"])
    until("the last one has it", deployed.is_at_work)
    restart(deployed.database_folder)
    until("the pages answer again", deployed.answers)
    until("the last one ends", lambda: deployed.statuses() == ["CANCELED", "FAILURE", "SUCCESS"])

    assert deployed.running.version == 2
    assert [alert["reason"] for alert in deployed.running.alerts()].count(KILLED) == 1, "said once"
