"""Plain texts skip rules that they cannot break, and times of steady days are read as the time zone has them."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from pipelines.contract import LOGS
from pipelines.contract.rules import EMPTY_SPELLINGS
from pipelines.ingest.plain import instant, local_time, plain, steady_days
from pipelines.ingest.row_rules import _EXPONENT, _UNSEEN_ANYWHERE
from pipelines.sql import is_one_of, literal

COLUMNS = {column.name: column for column in LOGS["interactions"].columns}
ZONES = (
    "Asia/Shanghai",
    "UTC",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Gaza",
)


def _one(query, *values):
    return duckdb.execute(query, values).fetchall()[0][0]


@pytest.mark.parametrize("text", ["m17", "4711", "user_7", "a.b-c:9", "https://x.org/u/5?a=b&c=%20", "n/a1"])
def test_an_ordinary_id_is_plain(text):
    assert _one(f"select {plain(COLUMNS['member_id'])} from (select ? as member_id)", text)


@pytest.mark.parametrize(
    "text",
    [
        *EMPTY_SPELLINGS,
        "",
        " m1",
        "m1 ",
        "m 1",
        "m\u200b1",
        "m1\n",
        "[1]",
        '{"a":1}',
        "1.5E+17",
        "x/2E+10",
        "é1",
        "张3",
        "-1",
    ],
)
def test_an_id_that_a_rule_may_refuse_or_trim_is_not_plain(text):
    assert not _one(f"select {plain(COLUMNS['member_id'])} from (select ? as member_id)", text)


def test_no_plain_id_is_unseen_or_shortened_or_json_or_has_spaces():
    signs = [chr(code) for code in [*range(1, 400), 0x200B, 0x200C, 0x3000, 0xFEFF, 0xE000]]
    texts = [made for sign in signs for made in (sign, f"{sign}1", f"1{sign}", f"a{sign}9", f"9E{sign}12")]
    broken = f"""
        regexp_matches(member_id, {literal(f"[{_UNSEEN_ANYWHERE}]")})
        or regexp_full_match(member_id, {literal(_EXPONENT)})
        or trim(member_id) <> member_id or member_id[1] in ('{{', '[') or {is_one_of("member_id", EMPTY_SPELLINGS)}
    """
    is_plain = plain(COLUMNS["member_id"])
    found = f"select list(member_id) from (select unnest(?) as member_id) where {is_plain}"
    assert _one(found, texts)
    assert _one(f"{found} and ({broken})", texts) is None


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("year", [1972, 1991, 2011, 2024])
def test_times_and_days_are_those_of_the_zone_through_every_change_of_its_clock(zone, year):
    with duckdb.connect() as con:
        con.execute("set timezone = ?", [zone])
        log_days = [date(year, 1, 1) + timedelta(days=n) for n in range(0, 366, 7)]
        steady = steady_days(con, log_days)
        found = con.execute(
            f"""
            with texts as (
                select strftime(unnest(generate_series(timestamp '{year - 1}-11-20', timestamp '{year + 1}-01-20',
                    interval 13 minute)), '%Y-%m-%dT%H:%M:%S') as occurred_at
            ),
            looked as (select *, {plain(COLUMNS["occurred_at"])} as occurred_at__plain from texts),
            local as (select *, {local_time("occurred_at", steady)} as occurred_at__local from looked),
            read as (
                select
                    *, occurred_at::timestamptz as expected,
                    {instant("occurred_at", steady, "occurred_at::timestamptz")} as instant
                from local
            )
            select
                count(*) filter (where instant <> expected or instant is null),
                count(*) filter (where occurred_at__local::date <> expected::date),
                count(*) filter (where occurred_at__local is not null) / count(*)
            from read
            """
        ).fetchall()[0]
    assert found[:2] == (0, 0)
    assert found[2] > 0.9


@pytest.mark.parametrize(
    "text", ["2024-02-30T10:00:00", "2024-01-01T25:00:00", "2024-01-01T10:00Z", "2024-1-1T10:00:00"]
)
def test_a_time_that_is_none_or_not_plain_is_left_to_the_rules(text):
    with duckdb.connect() as con:
        steady = steady_days(con, [date(2024, 1, 1), date(2024, 2, 20)])
        looked = f"from (select ? as occurred_at) select *, {plain(COLUMNS['occurred_at'])} as occurred_at__plain"
        query = f"select {local_time('occurred_at', steady)} from ({looked})"
        assert con.execute(query, [text]).fetchall() == [(None,)]
        assert con.execute(query, ["2024-01-01T10:00:00"]).fetchall() != [(None,)]


def test_one_of_many_is_what_in_says():
    values = ("a", "a|b", "[NULL]", "\\N", "#N/A", "it's", "-")
    asked = [*values, "b", "A", "x", "", "NULL"]
    query = f"select list(one) from (select unnest(?) as one) where {is_one_of('one', values)}"
    assert sorted(_one(query, asked)) == sorted(values)
    assert _one(f"select {is_one_of('null', values)}") is None
