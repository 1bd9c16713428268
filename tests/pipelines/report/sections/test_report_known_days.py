"""Days that the marts know, in charts beside the operator's notes: which ones, how many, and in whose words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipelines.report.parts.text import day
from pipelines.report.sections import known_days
from tests.support.report_marts import CONTEXT, DAY
from tests.support.report_pages import Fill


def campaign(name: str, days_ago: int, is_primary: bool = True) -> str:
    return f"""
        insert into marts.action_effects by name
        select '{name}' as campaign_id, {is_primary} as is_primary, date '{DAY}' - {days_ago} as first_day;"""


def price(
    name: str, days_ago: int, before: int | str, after: int | str, direction: str = "raised", old: int | str = 900
) -> str:
    return f"""
        insert into marts.paid_content by name select '{name}' as content_id, 'Title of {name}' as title;
        insert into marts.price_changes by name
        select
            '{name}' as content_id, date '{DAY}' - {days_ago} as change_day, '{direction}' as direction,
            {old} as old_price_minor, 1400 as new_price_minor, 'CNY' as currency, {before} as n_purchases_before,
            {after} as n_purchases_after;"""


def said(marts, context=CONTEXT) -> list[tuple[int, str]]:
    return [((DAY - one.day).days, one.text) for one in known_days.drawn(marts, context)]


def test_of_campaigns_the_six_that_began_last_are_drawn_once_each(fill: Fill) -> None:
    rows = [campaign(f"c{n}", n) for n in range(-1, 8)] + [campaign("c1", 1, is_primary=False)]
    assert said(fill("".join(rows))) == [(n, f"campaign c{n} begins") for n in range(5, -1, -1)]


@pytest.mark.parametrize(
    ("row", "is_drawn"),
    [
        (price("p", 10, 2, 3), True),
        (price("p", 10, 2, 2), False),
        (price("p", 10, 9, "null"), False),
        (price("p", 364, 5, 5), True),
        (price("p", 365, 5, 5), False),
        (price("p", -1, 5, 5), False),
    ],
)
def test_a_price_is_drawn_if_it_changed_within_a_year_and_the_piece_was_bought_five_times(
    fill: Fill, row: str, is_drawn: bool
) -> None:
    assert bool(said(fill(row))) is is_drawn


def test_of_prices_the_six_with_most_purchases_are_drawn_by_day(fill: Fill) -> None:
    found = said(fill("".join(price(f"p{n}", 20 - n, n, 5) for n in range(9))))
    assert [days_ago for days_ago, _ in found] == [17, 16, 15, 14, 13, 12]


def test_where_small_counts_are_hidden_a_piece_bought_less_often_is_not_drawn(fill: Fill) -> None:
    marts = fill(price("p", 10, 9, 5))
    assert said(marts, replace(CONTEXT, least_shown=15)) == []
    assert said(marts, replace(CONTEXT, least_shown=14)) == said(marts)
    note = known_days.block(marts, replace(CONTEXT, least_shown=14))
    assert note is not None
    assert "14 at least" in note.body.en
    assert "至少购买 14 次" in note.body.zh


@pytest.mark.parametrize(
    ("row", "en", "zh"),
    [
        (price("p", 1, 5, 5), "price of “Title of p”: 9.00 CNY → 14.00 CNY", "“Title of p”调价：9.00 CNY → 14.00 CNY"),
        (
            price("p", 1, 5, 5, "became_paid", "null"),
            "price of “Title of p”: free → 14.00 CNY",
            "“Title of p”调价：免费 → 14.00 CNY",
        ),
        (
            price("p" * 60, 1, 5, 5, "became_free"),
            f"price of “Title of {'p' * 30}…”: 9.00 CNY → free",
            f"“Title of {'p' * 30}…”调价：9.00 CNY → 免费",
        ),
        (campaign("win\u2028 back", 1), "campaign win back begins", "运营活动 win back 开始"),
    ],
)
def test_each_is_said_in_both_languages(fill: Fill, row: str, en: str, zh: str) -> None:
    (one,) = known_days.drawn(fill(row), CONTEXT)
    assert (one.text, one.text_zh) == (en, zh)


def test_data_health_shows_them_the_latest_first_with_their_query(fill: Fill) -> None:
    marts = fill(campaign("a", 3) + price("p", 2, 5, 5))
    note = known_days.block(marts, CONTEXT)
    assert note is not None
    assert [one.en for one, _ in note.entries] == [day(DAY - timedelta(days=n)).en for n in (2, 3)]
    assert note.result is marts.results["known_days"]


@pytest.mark.parametrize("script", ["", "drop table marts.action_effects; drop table marts.price_changes"])
def test_without_any_nothing_is_said(fill: Fill, script: str) -> None:
    marts = fill(script)
    assert (said(marts), known_days.block(marts, CONTEXT)) == ([], None)
