"""Restatements are kept once, and only those of runs that published. A tiny warehouse; no dbt."""

from __future__ import annotations

from datetime import UTC, date, datetime

import duckdb
import pytest

from pipelines import run_start
from pipelines.home import Home
from pipelines.lake import ledger, pending, versions
from pipelines.lake.duck import open_warehouse
from pipelines.restating import restatements
from pipelines.settings import Settings
from pipelines.warehouse.plan import CODE_CHANGED, BuildPlan

FIRST, LAST = date(2025, 3, 1), date(2025, 3, 3)


class Publisher:
    """A home in which runs change figures and publish, or fail before."""

    def __init__(self, root):
        self.home, self.settings = Home(root), Settings(home=root)
        self.n_runs = 0
        with open_warehouse(self.home, read_only=False) as con:
            con.execute(
                """
                create schema built.marts; create schema rebuild; create schema control;
                create table built.marts.community_days as
                    select date '2025-03-01' + n::int as day, 5::bigint as dau from range(3) r (n);
                create table rebuild.stale_days (day date, parts varchar);
                create table rebuild.as_of_states (part varchar, day date, checksum decimal(38, 0));
                create table control.completed_day_states (part varchar, day date, checksum decimal(38, 0));
                """
            )

    def run(self, dau=None, *, publishes=True, fingerprint="code", full_because=""):
        """Set the first day's figure, restate, and perhaps publish; return what was found."""
        self.n_runs += 1
        run_id = f"run-{self.n_runs}"
        with open_warehouse(self.home, read_only=False) as con:
            if dau is not None:
                con.execute("update marts.community_days set dau = ? where day = ?", [dau, FIRST])
        ledger.append(self.home, "builds", [{"run_id": run_id}])
        plan = BuildPlan(fingerprint, FIRST, LAST, full_because, ())
        found = restatements.restate(self.home, self.settings, plan, run_id)
        if publishes:
            self.publish(run_id, fingerprint)
        return found

    def publish(self, run_id, fingerprint):
        number = versions.next_number(self.home)
        database = versions.draft_folder(self.home, number) / "analytics.duckdb"
        with duckdb.connect(str(database)) as con:
            con.execute(f"attach '{self.home.marts}' as built (read_only); create schema marts")
            con.execute("create table marts.community_days as from built.marts.community_days")
            con.execute(f"create table marts.publication as select {number} as version, date '{LAST}' as through_day")
        versions.publish(self.home, number, kept=3)
        pending.commit(self.home, "restatements")
        row = {"version": number, "run_id": run_id, "fingerprint": fingerprint, "published_at": datetime.now(UTC)}
        ledger.append(self.home, "publications", [row])

    def accept(self, event_day, checksum):
        """Record a passed delivery of interactions with rows of a day."""
        row = {"log": "interactions", "log_day": LAST, "event_day": event_day, "n_rows": 1, "checksum": checksum}
        row |= {"fingerprint": f"f{checksum}", "verdict": "passed", "recorded_at": datetime.now(UTC)}
        ledger.append(self.home, "manifest", [row])

    def kept(self):
        return [
            (row["metric"], row["old_value"], row["new_value"], row["since_version"], row["version"], row["run_id"])
            for row in ledger.read(self.home, "restatements").to_pylist()
        ]


@pytest.fixture
def publisher(tmp_path):
    return Publisher(tmp_path)


def test_the_first_publication_restates_nothing(publisher):
    assert publisher.run(7) == restatements.Restated(None, 0, 0)
    assert publisher.kept() == []


def test_a_changed_figure_is_kept_with_its_delivery_run_and_versions(publisher):
    publisher.accept(LAST, "1")
    publisher.run()
    publisher.accept(FIRST, "2")
    assert publisher.run(7) == restatements.Restated(1, 1, 1)
    (row,) = ledger.read(publisher.home, "restatements").to_pylist()
    assert row["mart"] == "community_days"
    assert (row["day"], row["dimension"], row["through_day"]) == (FIRST, None, LAST)
    assert (row["cause"], row["delivery_ids"]) == ("delivery", [f"interactions/{LAST}/f2"])
    assert publisher.kept() == [("dau", 5, 7, 1, 2, "run-2")]


def test_a_run_that_changes_nothing_adds_nothing(publisher):
    publisher.run()
    publisher.run(7)
    publisher.run()
    assert publisher.kept() == [("dau", 5, 7, 1, 2, "run-2")]


def test_a_run_that_fails_before_publishing_leaves_nothing_and_the_next_compares_with_what_is_up(publisher):
    publisher.run()
    assert publisher.run(7, publishes=False).n_figures == 1
    assert publisher.kept() == []
    publisher.run(8, publishes=False)
    publisher.run()
    assert publisher.kept() == [("dau", 5, 8, 1, 2, "run-4")]


def test_a_run_killed_after_its_publication_is_up_is_made_up_for(publisher, monkeypatch):
    publisher.run()
    with monkeypatch.context() as patch:
        patch.setattr(pending, "commit", lambda *_: None)
        publisher.run(7)
    assert publisher.kept() == []
    publisher.run()
    publisher.run()
    assert publisher.kept() == [("dau", 5, 7, 1, 2, "run-2")]


def test_what_a_run_restated_is_kept_as_the_next_begins_though_that_one_has_nothing_to_publish(publisher, monkeypatch):
    publisher.run()
    with monkeypatch.context() as patch:
        patch.setattr(pending, "commit", lambda *_: None)
        publisher.run(7)
    assert publisher.kept() == []

    run_start.prepare(publisher.home, publisher.settings.model_copy(update={"min_free_disk_gb": 0}))

    assert publisher.kept() == [("dau", 5.0, 7.0, 1, 2, "run-2")]


def test_after_a_rollback_the_comparison_is_with_what_is_up(publisher):
    publisher.run()
    publisher.run(7)
    versions.rollback(publisher.home)
    publisher.run()
    assert publisher.kept() == [("dau", 5, 7, 1, 2, "run-2"), ("dau", 5, 7, 1, 3, "run-3")]


@pytest.mark.parametrize(
    ("before", "after", "full_because", "cause"),
    [
        ("old code", "new code", CODE_CHANGED, "definition"),
        ("old code", "new code", "", "definition"),
        ("code", "code", "asked for", "time"),
        (None, "new code", CODE_CHANGED, "definition"),
        (None, "code", "", "time"),
    ],
    ids=["redefined", "redefined by a run that failed since", "the same", "unknown and redefined", "unknown"],
)
def test_a_new_definition_is_told_by_the_fingerprint_of_what_is_up(publisher, before, after, full_because, cause):
    publisher.run(fingerprint=before)
    publisher.run(7, fingerprint=after, full_because=full_because)
    assert [row["cause"] for row in ledger.read(publisher.home, "restatements").to_pylist()] == [cause]
