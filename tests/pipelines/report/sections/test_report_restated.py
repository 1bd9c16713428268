"""Restatements on the health page: which are shown, and what is said of their cause."""

import pytest

from pipelines.report.parts import words
from pipelines.report.parts.blocks import Note, Table
from pipelines.report.sections import restated
from pipelines.restating.figures import watched
from tests.support.report_marts import CONTEXT
from tests.support.report_pages import Fill


def _restatement(through_day: str = "2026-11-19", cause: str = "delivery", deliveries: str = "[]", **more: str) -> str:
    values = {"mart": "'community_days'", "metric": "dau", "dimension": "null", "old": "5", "new": "7"} | more
    return f"""insert into marts.restatements values
        ({values["mart"]}, '{values["metric"]}', {values["dimension"]}, '2026-10-01', {values["old"]}, {values["new"]},
            '{cause}', {deliveries}, 6, 7, '{through_day}', 'run', '2026-11-20 06:00+08');"""


@pytest.mark.parametrize("rows", ["", _restatement("2026-11-12")], ids=["none", "a week ago"])
def test_without_any_of_the_last_7_days_it_says_so(fill: Fill, rows: str) -> None:
    block = restated.block(fill(rows), CONTEXT)
    assert isinstance(block, Note)
    assert block.body.en == "No published figure of the past has changed."


def _cells(fill: Fill, rows: str) -> list[object]:
    block = restated.block(fill(rows), CONTEXT)
    assert isinstance(block, Table)
    (row,) = block.rows
    return [getattr(cell.shown, "en", cell.shown) for cell in row]


@pytest.mark.parametrize("through_day", ["2026-11-13", "2026-11-19"])
def test_both_values_and_the_delivery_are_shown(fill: Fill, through_day: str) -> None:
    rows = _restatement(through_day, deliveries="['interactions/2026-11-18/f1']")
    assert _cells(fill, rows) == [
        "1 Oct 2026",
        "Active that day · DAU",
        "5",
        "7",
        "delivery: interactions 2026-11-18",
        "6 → 7",
    ]


def test_a_month_of_a_currency_and_a_figure_that_was_not_there(fill: Fill) -> None:
    rows = _restatement(mart="'revenue_months'", dimension="'EUR'", old="null", new="1.25")
    assert _cells(fill, rows)[:4] == ["Oct 2026", "Active that day · DAU · EUR", "–", "1.250"]


@pytest.mark.parametrize(
    ("cause", "deliveries", "said"),
    [
        ("time", "[]", "a grace period has ended"),
        ("definition", "[]", "a definition or setting changed"),
        ("definition", "['content/2026-11-18/f']", "a definition or setting changed: content 2026-11-18"),
        (
            "delivery",
            "['content/2026-11-14/f', 'content/2026-11-15/f', 'members/2026-11-16/f', 'members/2026-11-17/f']",
            "delivery: content 2026-11-14, content 2026-11-15, members 2026-11-16 and 1 more",
        ),
    ],
)
def test_the_cause_is_said_in_words(fill: Fill, cause: str, deliveries: str, said: str) -> None:
    assert _cells(fill, _restatement(cause=cause, deliveries=deliveries))[4] == said


def test_every_watched_figure_has_a_name() -> None:
    metrics = {metric for figures in watched(grace_days=7) for metric in figures.metrics}
    assert {metric for metric in metrics if words.figure(metric).en != metric} == metrics


@pytest.mark.parametrize(
    ("currency", "old", "shown"), [("CNY", "1234567", "12,345.67 CNY"), ("JPY", "500", "500 JPY"), ("KWD", "null", "–")]
)
def test_restated_money_has_its_currency(fill: Fill, currency: str, old: str, shown: str) -> None:
    rows = _restatement(mart="'revenue_months'", metric="mrr_end_minor", dimension=f"'{currency}'", old=old)
    assert _cells(fill, rows)[2] == shown
