"""Every data test of the dbt project is shown to fail: a wrong figure, or a row twice, is put into built marts."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.home import Home
from pipelines.lake.duck import open_warehouse
from pipelines.warehouse import dbt
from pipelines.warehouse.project import dbt_environment, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

ONE = "where rowid = (select min(rowid) from {table} {where})"
PLANTED = {
    "actions_match_points": [
        ("member_actions", "points = points + 1", "where arm = 'treated' and points <> 0"),
        ("member_actions", "arm = 'held_out'", "where arm = 'treated' and points <> 0"),
        ("points_ledger", "member_id = 'another'", "where movement = 'earned'"),
    ],
    "activation_steps_add_up": [
        ("activation_steps", "n_reached = n_reached + 1", "where dimension = 'referrer'"),
        ("activation_steps", "n_observed = n_observed + 1", "where dimension = 'channel'"),
        ("activation_steps", "n_members = n_members + 1", "where dimension = 'all'"),
    ],
    "answer_months_add_up": [
        ("answer_months", "n_questions = n_questions + 1", "where period = 'month'"),
        ("answer_months", "n_responded = n_questions + 1", ""),
    ],
    "churn_by_tenure_adds_up": [
        ("churn_by_tenure", "n_at_risk = n_at_risk + 1", "where definition = 'inactivity'"),
        ("churn_by_tenure", "n_churned = n_churned + 1", "where definition = 'lapse'"),
        ("churn_by_tenure", "definition = 'other'", ""),
    ],
    "churn_definitions_walk_adds_up": [
        ("churn_definitions_walk", "n_lapsed = n_lapsed + 1", ""),
        ("churn_definitions_walk", "n_neither = n_neither + 1", ""),
        ("churn_definitions_walk", "n_mrr_churned = n_mrr_churned + 1", ""),
    ],
    "completeness_matches_coverage": [
        ("data_completeness", "n_rows = n_rows + 1", "where day is not null"),
        ("data_completeness", "day = null", "where day is not null"),
    ],
    "content_sales_add_up": [
        ("content_sales", "gross_minor = gross_minor + 1", ""),
        ("content_sales", "refund_minor = refund_minor + 1", "where n_refunds > 0"),
        ("content_sales", "fee_minor = fee_minor + 1, net_minor = net_minor - 1", "where content_id is null"),
        ("content_sales", "n_first_purchases = n_first_purchases + 1", ""),
        ("content_sales", "discount_minor = discount_minor + 1", ""),
        ("paid_content", "net_minor = net_minor + 1", "where net_minor is not null"),
        ("paid_content", "n_purchases = n_purchases + 1", ""),
        ("paid_content", "n_in_other_currencies = n_in_other_currencies + 1", "where n_in_other_currencies > 0"),
        ("payments", "gross_minor = gross_minor + 1", "where paid_for = 'content'"),
    ],
    "contributions_match_community_days": [
        ("contributor_concentration", "n_contributions = n_contributions + 1", "where period = 'month'"),
        ("contributor_concentration", "n_contributions = n_contributions + 1", "where period = 'all'"),
        ("community_days", "n_contents = n_contents + 1", ""),
    ],
    "event_funnels_are_monotone": [
        ("event_performance", "funnel_attended = funnel_registered + 1", ""),
        ("event_performance", "n_no_show = n_registered + 1", ""),
    ],
    "growth_accounting_holds": [
        ("community_days", "mau = mau + 1", ""),
        ("community_days", "lost_members = lost_members + 1", ""),
    ],
    "held_out_days_are_gaps": [
        ("community_days", "dau = null", ""),
        ("community_days", "mau_days_missing = mau_days_missing + 1", ""),
    ],
    "histogram_counts_each_member_once": [("activity_histogram", "n_members = n_members + 1", "")],
    "hours_match_community_days": [
        ("activity_hours", "n_interactions = n_interactions + 1", ""),
        ("activity_hours", "n_reads = n_reads + 1", ""),
        ("activity_hours", "day = date '1999-01-01'", ""),
        ("community_days", "n_contents = n_contents + 1", ""),
        ("community_days", "n_anonymous_acts = n_anonymous_acts + 1", ""),
    ],
    "interactions_of_members_add_up": [
        ("interaction_histogram", "n_members = n_members + 1", ""),
        ("interaction_histogram", "n_interactions = n_interactions + 1", ""),
    ],
    "member_content_adds_up": [
        ("member_content", "n_reads = n_reads + 1", ""),
        ("member_content", "n_interactions = n_interactions + 1", ""),
        ("member_content", "last_read_day = first_read_day - 1", "where n_reads > 0"),
        ("content_performance", "n_unique_readers = n_unique_readers + 1", ""),
        ("content_performance", "n_interactors = n_interactors + 1", ""),
    ],
    "member_events_match_event_performance": [
        ("member_events", "is_registered = not is_registered", ""),
        ("member_events", "state = 'cancelled'", "where state = 'attended'"),
        ("event_performance", "n_no_show = n_no_show + 1", "where n_no_show > 0"),
    ],
    "mrr_of_plans_adds_up": [
        ("mrr_months", "mrr_end_minor = mrr_end_minor + 1", ""),
        ("mrr_months", "currency = 'USD'", ""),
        ("revenue_months", "mrr_end_minor = mrr_end_minor + 1", "where mrr_end_minor > 0"),
    ],
    "leaving_reasons_add_up": [
        ("leaving_reasons", "mrr_lost_minor = mrr_lost_minor + 1", "where reason <> 'stayed'"),
        ("leaving_reasons", "reason = 'voluntary'", "where reason = 'stayed'"),
        ("leaving_reasons", "n_members = n_members + 1", "where reason = 'stayed'"),
    ],
    "member_days_match_community_days": [
        ("community_days", "dau = dau + 1", ""),
        ("fct_member_days", "is_active = not is_active", ""),
    ],
    "payments_add_up": [
        ("payments", "gross_minor = gross_minor + 1", ""),
        ("payments", "fee_minor = fee_minor + 1, net_minor = net_minor - 1", "where fee_minor is not null"),
        ("payments", "net_minor = net_minor - 1", ""),
        ("payments", "month = month - interval 1 month", "where month = (select max(month) from marts.payments)"),
        ("revenue_months", "refunds_minor = refunds_minor + 1", ""),
    ],
    "points_never_expire_below_zero": [
        ("points_ledger", "points = points * 10", "where movement = 'expired' and points < 0"),
    ],
    "price_changes_lead_to_the_price": [
        ("price_changes", "new_price_minor = 1", "where direction in ('raised', 'lowered')"),
        ("price_changes", "direction = 'became_free'", "where direction in ('raised', 'lowered')"),
    ],
    "renewals_add_up": [("renewals", "n_renewed = n_renewed + 1", ""), ("renewals", "n_due = n_due + 1", "")],
    "replies_hold_first_responses": [
        ("replies", "is_first_response = not is_first_response", ""),
        ("replies", "replied_at = replied_at + interval 1 second", "where is_first_response"),
        ("replies", "replied_to_id = member_id", "where not is_first_response"),
        (
            "replies",
            "member_id = said.member_id, replied_to_id = said.replied_to_id, day = said.day "
            "from (from marts.replies where log = 'content' and member_id <> replied_to_id limit 1) as said",
            "where log = 'interactions'",
        ),
    ],
    "retention_curves_fall": [
        ("retention_curves", "n_lost = n_lost + 1", ""),
        ("retention_curves", "survival = 2", "where age_days = (select max(age_days) from marts.retention_curves)"),
    ],
    "revenue_bridge_holds": [
        ("revenue_months", "mrr_churn_minor = mrr_churn_minor + 1", ""),
        ("revenue_months", "n_payers_end = n_payers_end + 1", ""),
    ],
    "values_add_up": [
        ("event_sales", "refund_minor = refund_minor + 1", ""),
        ("event_sales", "net_minor = net_minor - 1", "where event_id is null"),
        ("member_value", "content_net_minor = content_net_minor + 1", ""),
        ("member_value", "net_minor = net_minor + 1", ""),
        ("payments", "paid_for = 'other'", "where paid_for = 'event' and net_minor > 0"),
        ("cohort_value", "n_members = n_members + 1", "where dimension = 'all'"),
        ("cohort_value", "net_minor = net_minor + 1", "where dimension = 'cohort_month'"),
    ],
    "segment_moves_add_up": [
        ("segment_moves", "n_members = n_members + 1", "where current_value <> 'outside'"),
        ("segment_moves", "share_of_previous = share_of_previous / 2", "where share_of_previous > 0"),
    ],
}
"""For each singular test the errors that it has to see: mart, what is set, and in one of which rows."""


class DataTests:
    """A copy of a built warehouse, and the project's data tests as SQL."""

    def __init__(self, con: duckdb.DuckDBPyConnection, singular: dict[str, str], keys: dict[str, str]) -> None:
        self.con, self.singular, self.keys = con, singular, keys

    def fails(self, sql: str, planted: str = "") -> bool:
        """Whether a test finds something after ``planted`` was done, which is then undone."""
        self.con.execute("begin transaction")
        try:
            if planted:
                ((n_rows,),) = self.con.execute(planted).fetchall()
                assert n_rows, f"nothing to plant in: {planted}"
            return bool(self.con.execute(sql).fetchall())
        finally:
            self.con.execute("rollback")


@pytest.fixture(scope="module")
def tested(built_house, tmp_path_factory) -> Iterator[DataTests]:
    copy = Home(tmp_path_factory.mktemp("planted"))
    shutil.copyfile(built_house.home.warehouse, copy.warehouse)
    shutil.copyfile(built_house.home.marts, copy.marts)
    with environment(dbt_environment(built_house.settings)):
        compiled = dbt._invoke(["compile", "--select", "test_type:data"], target=copy.root / "target")
    nodes = [result.node for result in compiled]
    singular = {node.name: node.compiled_code for node in nodes if not hasattr(node, "test_metadata")}
    keys = {
        node.attached_node.split(".")[2]: node.compiled_code
        for node in nodes
        if hasattr(node, "test_metadata") and node.test_metadata.name == "unique_together"
    }
    with open_warehouse(copy, read_only=False) as con:
        yield DataTests(con, singular, keys)


def test_every_singular_test_has_an_error_planted(tested):
    assert set(tested.singular) == set(PLANTED)


@pytest.mark.parametrize(
    ("test", "mart", "change", "where"),
    [(test, *error) for test, errors in PLANTED.items() for error in errors],
)
def test_a_wrong_figure_is_seen(tested, test, mart, change, where):
    sql, table = tested.singular[test], f"marts.{mart}"
    assert not tested.fails(sql)
    assert tested.fails(sql, f"update {table} set {change} {ONE.format(table=table, where=where)}")


def test_a_row_that_is_there_twice_is_seen_in_every_mart_with_rows(tested):
    """Marts of what was run and decided have no rows here."""
    seen = set()
    for mart, sql in tested.keys.items():
        (found,) = tested.con.execute(
            "select coalesce(any_value(schema_name), ''), coalesce(any_value(estimated_size), 0) "
            "from duckdb_tables() where table_name = ?",
            [mart],
        ).fetchall()
        schema, n_rows = found
        if n_rows:
            table = f"{schema}.{mart}"
            assert not tested.fails(sql)
            assert tested.fails(sql, f"insert into {table} from {table}"), mart
            seen.add(mart)
    assert len(seen) > 20
