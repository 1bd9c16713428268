"""Gate 2 on tables put there by hand: whose days it judges, on what counts, and what one outcome says of many logs."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from pipelines.gates import facts, relations, verdicts
from pipelines.home import Home
from pipelines.lake import ledger
from pipelines.report.parts.words import BETWEEN_LOGS
from pipelines.settings import Settings

DAY = date(2025, 3, 31)
BEFORE = DAY - timedelta(days=1)
N_PAST = 50


@pytest.fixture
def home(tmp_path):
    """A home with both database files and nothing in them."""
    home = Home(tmp_path)
    for path in (home.warehouse, home.marts):
        path.parent.mkdir(parents=True, exist_ok=True)
        duckdb.connect(str(path)).close()
    return home


def put(home, table, columns, rows):
    with duckdb.connect(str(home.warehouse)) as con:
        con.execute("create schema if not exists gates")
        con.execute(f"create table gates.{table} ({columns})")
        for row in rows:
            con.execute(f"insert into gates.{table} values ({', '.join('?' * len(row))})", row)


def put_profile(home, *rows):
    counts = ", ".join(f"{rule.column} bigint" for rule in facts.SUITES["fct_member_days"][1])
    put(home, "gate_member_days", f"day timestamp, {counts}", rows)


def results(home, run_id="run"):
    return list(ledger.rows(home, "gate_results", run_id=run_id))


def test_days_of_facts_are_judged_in_order_and_a_waived_one_only_warns(home):
    put_profile(home, (DAY, 0, 2, 0, 0), (BEFORE, 1, 0, 0, 0))

    outcome = facts.judge(home, "fct_member_days", "run")

    assert (outcome.gate, outcome.table_name, outcome.n_days) == ("facts", "fct_member_days", 2)
    assert (outcome.withheld, outcome.warned) == ((BEFORE, DAY), ())
    found = [(one["expectation"].split()[0], one["day"]) for one in results(home) if not one["is_passed"]]
    assert found == [("n_rows_without_key", BEFORE), ("n_duplicate_keys", DAY)]
    assert {one["gate"] for one in results(home)} == {"facts"}

    verdicts.waive(home, "community_days", DAY, reason="another table's", waived_by="me")
    verdicts.waive(home, "fct_member_days", BEFORE, reason="known", waived_by="me")
    outcome = facts.judge(home, "fct_member_days", "again")
    assert (outcome.withheld, outcome.warned) == ((DAY,), (BEFORE,))


def test_a_mart_of_which_no_day_was_rebuilt_passes_with_a_verdict_that_would_block(home):
    put_profile(home)

    outcome = facts.judge(home, "fct_member_days", "run")

    assert (outcome.withheld, outcome.warned, outcome.n_days) == ((), (), 1)
    (verdict,) = results(home)
    assert (verdict["table_name"], verdict["day"], verdict["severity"]) == ("fct_member_days", None, "critical")
    assert (verdict["is_passed"], verdict["observed"]) == (True, "no day was rebuilt")


def put_relations(home, *rows):
    """Each row: rule, log, day, rows, broken ones, keys, and of the log's past the rows and the broken ones."""
    columns = (
        "rule varchar, log varchar, day date, n_rows bigint, n_broken bigint, examples varchar, "
        "n_past_rows bigint, n_past_broken bigint"
    )
    put(home, "gate_relations", columns, rows)


def test_logs_are_judged_by_themselves_and_told_together(home):
    put_relations(
        home,
        ("payer_differs", "payments", DAY, 20, 20, "p1", N_PAST, 0),
        ("member_unknown", "interactions", BEFORE, 40, 3, None, N_PAST, 0),
        ("payer_differs", "payments", BEFORE, 20, 20, "p2", N_PAST, 0),
    )

    outcome = relations.judge(home, Settings(), "run")

    assert (outcome.gate, outcome.table_name, outcome.n_days) == ("facts", BETWEEN_LOGS, 2)
    assert (outcome.withheld, outcome.warned) == ((BEFORE, DAY), (BEFORE,))
    assert [one.partition(", found")[0] for one in outcome.reasons] == ["payments: payer_differs share at most 0.2"] * 2
    assert "(20 of 20 rows: p2 and 17 more)" in outcome.reasons[0]
    warned = [one for one in results(home) if one["severity"] == "warning" and not one["is_passed"]]
    assert [(one["table_name"], one["observed"]) for one in warned] == [("interactions", "3 of 40 rows")]

    for day in (BEFORE, DAY):
        verdicts.waive(home, "payments", day, reason="a gift", waived_by="me")
    verdicts.waive(home, "interactions", DAY, reason="another day", waived_by="me")
    outcome = relations.judge(home, Settings(), "again")
    assert (outcome.withheld, outcome.warned) == ((), (BEFORE, DAY))


def test_days_that_several_logs_withhold_or_warn_of_are_told_in_order(home):
    days = [DAY - timedelta(days=back) for back in range(7)]
    put_relations(
        home,
        *(("payer_differs", "payments", day, 20, 20, "p", N_PAST, 0) for day in days),
        *(("member_unknown", "interactions", day, 20, 2, "m", N_PAST, 0) for day in days),
    )

    outcome = relations.judge(home, Settings(), "run")

    assert outcome.withheld == outcome.warned == tuple(reversed(days))


@pytest.mark.parametrize(
    ("n_past", "n_past_broken", "is_withheld"),
    [(9, 0, False), (10, 0, True), (50, 20, False), (50, 19, True)],
    ids=["too little of a past", "just enough of one", "the past is as bad", "the past is nearly as bad"],
)
def test_the_past_is_told_from_enough_of_its_rows(home, n_past, n_past_broken, is_withheld):
    settings = Settings(relation_least_rows=10)
    put_relations(home, ("amount_differs", "payments", DAY, 100, 59, "p1", n_past, n_past_broken))

    assert relations.judge(home, settings, "run").withheld == ((DAY,) if is_withheld else ())


def test_where_nothing_came_a_verdict_is_left_too(home):
    put_relations(home)

    outcome = relations.judge(home, Settings(), "run")

    assert (outcome.withheld, outcome.warned, outcome.reasons, outcome.n_days) == ((), (), (), 1)
    (verdict,) = results(home)
    assert (verdict["table_name"], verdict["is_passed"]) == ("relation_checks", True)
