"""A late row restates published figures: listed once, with its delivery, after a failed run and a full rebuild too."""

from __future__ import annotations

from datetime import timedelta

import duckdb
import pytest

from models.score import score
from pipelines.lake import ledger
from tests.support.running import GOOD_DAYS, NEXT_DAYS
from tests.support.tiny_logs import interaction

pytestmark = [pytest.mark.job, pytest.mark.long]

NEXT = NEXT_DAYS[0]
LATE = GOOD_DAYS[-1] - timedelta(days=10)


def published(running, sql):
    with duckdb.connect(str(running.home.published / "analytics.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_a_late_row_is_listed_with_what_it_changed(running, monkeypatch):
    assert published(running, "select count(*) from marts.restatements") == [(0,)]
    ((before,),) = published(running, f"select n_interactions from marts.community_days where day = '{LATE}'")
    running.deliver_days([NEXT])
    running.deliver("interactions", NEXT, [interaction("late", LATE, "m1")], "late.jsonl")
    with monkeypatch.context() as patch:
        patch.setattr("models.score.score", lambda model, features: score(model, features).iloc[1:])
        assert not running.execute(NEXT, NEXT).succeeded
    assert ledger.read(running.home, "restatements").num_rows == 0

    outcome = running.execute(NEXT, NEXT)

    assert outcome.succeeded, outcome
    rows = published(
        running,
        f"""
        select old_value, new_value, cause, since_version, version, through_day, run_id
        from marts.restatements where metric = 'n_interactions' and day = '{LATE}'
        """,
    )
    assert rows == [(before, before + 1, "delivery", 1, 2, NEXT, outcome.run_id)]
    assert published(running, "select distinct version, run_id from marts.restatements") == [(2, outcome.run_id)]
    named = published(
        running,
        f"""
        select distinct deliveries.log, deliveries.log_day
        from (
            select unnest(delivery_ids) as delivery_id from marts.restatements
            where metric = 'n_interactions' and day = '{LATE}'
        )
        inner join marts.deliveries using (delivery_id)
        """,
    )
    assert ("interactions", NEXT) in named
    last_build = ledger.read(running.home, "builds").to_pylist()[-1]
    assert last_build["run_id"] == outcome.run_id
    assert last_build["n_days"] == (NEXT - last_build["first_day"]).days + 1 > len(GOOD_DAYS)
    assert 2 <= last_build["n_stale_days"] < last_build["n_days"]

    n_rows = ledger.read(running.home, "restatements").num_rows
    assert running.execute(NEXT, NEXT, full=True).succeeded
    assert ledger.read(running.home, "restatements").num_rows == n_rows
    assert published(running, "select count(*) from marts.restatements") == [(n_rows,)]
