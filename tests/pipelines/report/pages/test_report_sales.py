"""The page of sales: which month and currency it speaks of, what it shows of few, and the words for each verdict."""

import pytest

from pipelines.report.pages import sales
from pipelines.report.parts.text import MISSING
from tests.support.report_marts import FIXTURE
from tests.support.report_pages import Fill, block_of, page_of

FIXTURE_OF_SALES = (FIXTURE / "sales.sql").read_text(encoding="utf-8").replace("$hostile", "'Title'")


def cells_of(table, title):
    place = next(i for i, column in enumerate(table.columns) if column.label.en == title)
    return [row[place].shown for row in table.rows]


def test_the_sentence_is_of_the_last_month_that_is_over_and_of_the_main_currency(fill: Fill) -> None:
    page = page_of(sales.page, fill(FIXTURE_OF_SALES))

    # October: 30 pieces of 19.00 and 30 tickets of 49.00, one piece paid back; the terms are 30 of 99.00.
    assert page.answer.en == (
        "Pieces and tickets brought 2,021 CNY net in Oct 2026, 40% of all that came in; 30 members bought, "
        "0 of them for the first time."
    )
    assert page.answer.zh == (
        "2026年10月单篇内容与门票净收入为 2,021 CNY，占全部净收入的 40%；30 名成员购买，其中 0 名为首次购买。"
    )


def test_a_first_month_that_is_not_over_is_all_there_is_and_says_so(fill: Fill) -> None:
    page = page_of(sales.page, fill(f"{FIXTURE_OF_SALES}; delete from marts.payments where month < date '2026-11-01'"))

    assert "net in Nov 2026" in page.answer.en
    assert "30 of them for the first time" in page.answer.en
    assert block_of(page, "Nov 2026, not over")


def test_where_nobody_bought_a_piece_or_ticket_the_sentence_says_so(fill: Fill) -> None:
    page = page_of(sales.page, fill(f"{FIXTURE_OF_SALES}; delete from marts.payments where paid_for <> 'subscription'"))

    assert page.answer.en == "Pieces and tickets brought 0 CNY net in Oct 2026; nobody bought any."


@pytest.mark.parametrize("script", ["", "drop table marts.payments"])
def test_without_payments_the_page_says_what_it_needs_and_no_zero(fill: Fill, script: str) -> None:
    page = page_of(sales.page, fill(script))

    (note,) = page.blocks
    assert "payments" in note.body.en
    assert page.answer.en == "No payment is known, so there are no sales to report."


def test_shares_of_few_readers_and_means_of_few_scores_are_dashes(fill: Fill) -> None:
    table = block_of(page_of(sales.page, fill(FIXTURE_OF_SALES)), "Piece by piece")

    assert cells_of(table, "Readers who bought in 30 days")[0] == "20% (16–25%, n = 300)"
    assert set(cells_of(table, "Topic readers who bought in 30 days")) == {MISSING}, "10 readers"
    assert cells_of(table, "Score") == ["4.2 (n = 7)", "4.2 (n = 6)", "4.2 (n = 5)", MISSING]
    assert [getattr(one, "en", one) for one in cells_of(table, "Price")] == ["19.00 CNY"] * 3 + ["free now"]


def test_later_money_of_attendees_is_shown_with_its_interval_or_not_at_all(fill: Fill) -> None:
    table = block_of(page_of(sales.page, fill(FIXTURE_OF_SALES)), "Event by event")

    assert cells_of(table, "Later, per attendee") == [MISSING, *["−12 CNY (−41 – 17, n = 20, 12)"] * 3, MISSING]
    assert cells_of(table, "Event")[-1].en == "names no event"


def test_worth_needs_twenty_members_and_says_n(fill: Fill) -> None:
    table = block_of(page_of(sales.page, fill(FIXTURE_OF_SALES)), "What a member is worth, by source")

    sources = [getattr(one, "en", one) for one in cells_of(table, "Source")]
    assert sources == [
        "all members",
        "Title",
        "not known",
        "few",
    ]
    assert cells_of(table, "After 3 months") == [
        "270.00 (240.00–300.00, n = 400)", "270.00 (240.00–300.00, n = 200)", "270.00 (n = 60)", MISSING,
    ]  # fmt: skip
    assert set(cells_of(table, "After 12 months")) == {MISSING}


def test_a_coupon_is_beside_those_left_alone_or_says_that_nobody_was(fill: Fill) -> None:
    table = block_of(page_of(sales.page, fill(FIXTURE_OF_SALES)), "Coupons and points")
    bought, money = cells_of(table, "More buyers than left alone"), cells_of(table, "More money, per member")

    assert cells_of(table, "Incentive") == ["autumn", "Title", "2026-10-01"], "one of a year ago is left out"
    assert cells_of(table, "Used") == ["30 (25%)", "5 (50%)", "400"]
    assert [one.en for one in bought] == ["+15 (+4 – +25) points, works", "no control arm", "no control arm"]
    assert money[0].en == "−1.20 (−4.10 – 1.70, n = 118, 112), cannot tell yet"
    assert cells_of(table, "Cost") == ["0.00 CNY", "0.00 CNY", "12.00"]


def test_a_changed_price_is_before_and_after_and_no_verdict(fill: Fill) -> None:
    table = block_of(page_of(sales.page, fill(FIXTURE_OF_SALES)), "When a price changed")

    assert cells_of(table, "Bought a day, before → after") == ["1.00 → 1.33 (30 → 40)"] * 4
    assert [one.en for one in cells_of(table, "Price")] == ["29.00 CNY → 19.00 CNY"] * 4
    assert "no effect of the price" in table.note.en
