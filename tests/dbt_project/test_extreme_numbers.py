"""No number that the contract takes stops a build: each numeric column at its bounds and just inside, in many rows.

Sums are compared with Python's own whole numbers.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date, timedelta

import pytest

from pipelines.contract import LOGS, MOST_COUNT, MOST_MINOR
from pipelines.warehouse import dbt
from pipelines.warehouse.results import raise_for_failures
from tests.support.house import House
from tests.support.tiny_logs import days_between, interaction

pytestmark = [pytest.mark.dbt, pytest.mark.long]

FIRST, LAST = date(2025, 3, 1), date(2025, 5, 10)
MEMBERS = [f"m{number}" for number in range(40)]
ALL_BUT_SCORES = ["-tag:after_scoring", "-resource_type:test"]
"""The features of the churn model too."""


def extremes(log, name):
    """Both bounds of a column, what lies just inside, and the smallest number above zero."""
    column = LOGS[log].column(name)
    if column.type == "integer":
        return [column.least, column.least + 1, column.most - 1, column.most]
    least, most = float(column.least), float(column.most)
    return [least, math.nextafter(least, math.inf), 5e-324, math.nextafter(most, -math.inf), most]


def community():
    """Rows of every log with a number, by log and log day."""
    delivered = defaultdict(list)

    def tell(log, day, **row):
        delivered[log, day].append({"occurred_at": f"{day}T09:00:00"} | row)

    n_chars, piece_prices = extremes("content", "n_chars"), extremes("content", "price_minor")
    prices, discounts = extremes("subscriptions", "price_minor"), extremes("subscriptions", "discount_minor")
    intervals = extremes("subscriptions", "interval_months")
    amounts, fees = extremes("payments", "amount_minor"), extremes("payments", "fee_minor")
    costs, points = extremes("actions", "cost_minor"), extremes("actions", "points")
    durations, values = extremes("interactions", "duration_s"), extremes("interactions", "value")
    minutes, n_interactions = (
        extremes("event_participation", "minutes"),
        extremes("event_participation", "n_interactions"),
    )
    for number, member in enumerate(MEMBERS):
        tell("members", FIRST, member_id=member, joined_at=f"{FIRST}T08:00:00", role="member", status="active")
        for month, day in enumerate((date(2025, 3, 1), date(2025, 4, 1), date(2025, 5, 1))):
            price = prices[(number + month) % 4]
            discount = min(price, discounts[(number // 4) % 4])
            term = {"subscription_id": f"s{number}", "member_id": member, "currency": "CNY", "plan": "pro"}
            term |= {"term_start": f"{day}", "term_end": f"{day + timedelta(days=31)}", "price_minor": price}
            term |= {"discount_minor": discount, "interval_months": intervals[number % 4 if number < 8 else 0]}
            tell("subscriptions", day, step="renew" if month else "start", **term)
            for n, amount in enumerate(amounts):
                fee = fees[number % 4] if amount <= 0 else abs(fees[number % 4])
                money = {"payment_id": f"p{number}-{day}-{n}", "member_id": member, "amount_minor": amount}
                tell("payments", day, currency="CNY", fee_minor=fee, **money)
        for n, (cost, given) in enumerate(zip(costs, points, strict=True)):
            day = FIRST + timedelta(days=10 + n)
            action = {"action_id": f"a{number}-{n}", "member_id": member, "campaign_id": "c1", "currency": "CNY"}
            tell("actions", day, kind="points", cost_minor=cost, points=given, arm="treated", **action)
        for day in days_between(FIRST, LAST)[:: 1 + number % 5]:
            n = number + day.toordinal()
            row = interaction(f"{member}-{day}", day, member, content_id=f"c{n % 16}", event_id="e1")
            row |= {"duration_s": durations[n % 5], "value": values[n % 5]}
            delivered["interactions", day].append(row)
        state = {"event_id": f"e{number % 4}", "member_id": member, "state": "attended"}
        state |= {"minutes": minutes[number % 5], "n_interactions": n_interactions[number % 4]}
        tell("event_participation", date(2025, 4, 3), **state)
    for n in range(16):
        piece = {"content_id": f"c{n}", "kind": "article", "author_id": MEMBERS[n], "published_at": f"{FIRST}T08:00:00"}
        tell("content", FIRST, n_chars=n_chars[n % 4], price_minor=piece_prices[n // 4], access="paid", **piece)
    for n, (capacity, cost) in enumerate(zip(extremes("events", "capacity"), costs, strict=True)):
        event = {"event_id": f"e{n}", "kind": "talk", "starts_at": "2025-04-03T19:00:00", "currency": "CNY"}
        tell("events", FIRST, capacity=capacity, cost_minor=cost, **event)
    return delivered


BEFORE_STAGING = {"interactions": "base.changed_interactions", "identity_links": "base.identity_links"}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("extreme") / "home")
    house.deliver_all(community())
    house.run(days_between(FIRST, LAST), completes=False)
    raise_for_failures(dbt.build(house.settings, ALL_BUT_SCORES, full_refresh=True, completes_run=False))
    return house


def test_every_row_at_a_bound_is_accepted(house):
    delivered = community()
    for log in {log for log, _ in delivered}:
        n_rows = sum(len(rows) for (name, _), rows in delivered.items() if name == log)
        versions = BEFORE_STAGING.get(log, f"staging.stg_lake__{log}")
        assert house.query(f"select count(*) from {versions}") == [(n_rows,)], log


def test_money_is_added_up_exactly(house):
    rows = [row for (log, _), rows in community().items() if log == "payments" for row in rows]
    paid = defaultdict(int)
    for row in rows:
        paid[row["occurred_at"][:7]] += max(row["amount_minor"], 0)
    found = house.query("select strftime(month, '%Y-%m'), payments_in_minor from marts.revenue_months")
    assert dict(found) == paid
    assert max(paid.values()) > 40 * MOST_MINOR


def test_points_are_added_up_exactly(house):
    given = sum(extremes("actions", "points"))
    balances = house.query("select last(balance order by occurred_at) from marts.points_ledger group by member_id")
    assert balances == [(given,)] * len(MEMBERS)
    assert house.query("select max(points) from marts.points_ledger") == [(MOST_COUNT,)]


def test_no_number_of_a_mart_is_infinite(house):
    columns = house.query(
        "select schema_name, table_name, column_name from duckdb_columns() "
        "where data_type = 'DOUBLE' and schema_name in ('marts', 'intermediate', 'churn', 'retention')"
    )
    assert len(columns) > 50
    for schema, table, column in columns:
        assert house.query(f'select count(*) from {schema}.{table} where not isfinite("{column}")') == [(0,)], (
            f"{table}.{column}"
        )
