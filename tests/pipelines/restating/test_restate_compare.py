"""Which published figures count as changed: small databases, no dbt."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from pipelines.restating.compare import compare
from pipelines.restating.figures import watched

WATCHED = watched(grace_days=7)
THROUGH = date(2025, 3, 3)


def database(path, *, days, months=(), through=None, columns="day date, dau bigint, mau bigint"):
    """Marts of a few days and months; with ``through``, a publication."""
    with duckdb.connect(str(path)) as con:
        con.execute(f"create schema marts; create table marts.community_days ({columns})")
        con.execute("create table marts.revenue_months (month date, currency varchar, n_new bigint, arpu_minor double)")
        for row in days:
            con.execute(f"insert into marts.community_days values ({', '.join('?' * len(row))})", row)
        for row in months:
            con.execute("insert into marts.revenue_months values (?, ?, ?, ?)", row)
        if through:
            con.execute("create table marts.publication as select 1 as version, ?::date as through_day", [through])
    return path


@pytest.fixture
def changes(tmp_path):
    def _changes(old, new, through=THROUGH):
        published = database(tmp_path / "published.duckdb", through=through, **old)
        marts = database(tmp_path / "built.duckdb", **new)
        with duckdb.connect() as con:
            through_day, found = compare(con, published, marts, WATCHED)
        assert through_day == through
        return [(one.metric, one.dimension, str(one.day), one.old_value, one.new_value) for one in found]

    return _changes


def days(*counts, first=1):
    return [(date(2025, 3, first + n), dau, 9) for n, dau in enumerate(counts)]


def test_a_figure_that_differs_is_found_with_both_values(changes):
    assert changes({"days": days(5, 6, 7)}, {"days": days(5, 8, 7)}) == [("dau", None, "2025-03-02", 6, 8)]


def test_days_before_and_after_the_published_ones_were_never_published(changes):
    assert changes({"days": days(6, 7, first=2)}, {"days": days(5, 6, 7, 8)}) == []


def test_a_day_that_is_gone_had_figures_before(changes):
    assert changes({"days": days(5, 6, 7)}, {"days": days(5, 6)}) == [
        ("dau", None, "2025-03-03", 7, None),
        ("mau", None, "2025-03-03", 9, None),
    ]


@pytest.mark.parametrize(
    ("columns", "row"),
    [("day date, dau bigint", (5,)), ("day date, dau bigint, mau bigint, n_reads bigint", (5, 9, 4))],
)
def test_a_column_that_one_side_lacks_is_no_restatement(changes, columns, row):
    new = {"days": [(date(2025, 3, 1), *row)], "columns": columns}
    assert changes({"days": days(5)}, new, through=date(2025, 3, 1)) == []


def test_only_months_that_were_over_count_and_each_currency_by_itself(changes):
    february, march = date(2025, 2, 1), date(2025, 3, 1)
    old = [(february, "CNY", 3, 10.5), (february, "EUR", 1, None), (march, "CNY", 1, 10.0)]
    new = [(february, "CNY", 4, 10.5), (february, "EUR", 1, 2.0), (march, "CNY", 5, 11.0)]
    assert changes({"days": days(5), "months": old}, {"days": days(5), "months": new}) == [
        ("n_new", "CNY", "2025-02-01", 3, 4),
        ("arpu_minor", "EUR", "2025-02-01", None, 2),
    ]


def test_a_month_is_over_on_its_last_day(changes):
    months = [[(date(2025, 2, 1), "CNY", n_new, 1.0)] for n_new in (1, 2)]
    one, other = ({"days": [(date(2025, 2, 27), 1, 1)], "months": rows} for rows in months)
    assert changes(one, other, through=date(2025, 2, 28)) == [("n_new", "CNY", "2025-02-01", 1, 2)]


def test_a_month_is_not_over_the_day_before(changes):
    months = [[(date(2025, 2, 1), "CNY", n_new, 1.0)] for n_new in (1, 2)]
    one, other = ({"days": [(date(2025, 2, 27), 1, 1)], "months": rows} for rows in months)
    assert changes(one, other, through=date(2025, 2, 27)) == []


def test_a_row_of_a_currency_that_is_new_counts_where_it_holds_something(changes):
    months = [(date(2025, 1, 1), "CNY", 1, 1.0), (date(2025, 2, 1), "CNY", 1, 1.0)]
    new = [*months, (date(2025, 1, 1), "EUR", 0, None), (date(2025, 2, 1), "EUR", 2, 5.0)]
    assert changes({"days": days(5), "months": months}, {"days": days(5), "months": new}) == [
        ("arpu_minor", "EUR", "2025-02-01", None, 5),
        ("n_new", "EUR", "2025-02-01", None, 2),
    ]


def test_a_mart_that_was_not_published_yet_restates_nothing(tmp_path):
    published = database(tmp_path / "published.duckdb", days=days(5), through=THROUGH)
    with duckdb.connect(str(published)) as con:
        con.execute("drop table marts.revenue_months")
    marts = database(tmp_path / "built.duckdb", days=days(5), months=[(date(2025, 1, 1), "CNY", 1, 1.0)])
    with duckdb.connect() as con:
        assert compare(con, published, marts, WATCHED)[1] == []
