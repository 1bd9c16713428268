"""Questions asked through the Model Context Protocol are answered with the very numbers that the pages show."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.agents.server import build
from pipelines.home import Home
from tests.support.asking import answers

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.running import Running

pytestmark = pytest.mark.xdist_group("job")


class Pages:
    """What the pages of a home show: the rows behind a block, as its CSV holds them, and the value of a tile."""

    def __init__(self, home: Home) -> None:
        self.site = home.published / "site"
        self.through = date.fromisoformat(self.rows("brief_trend")[-1]["day"])

    def rows(self, block: str) -> list[dict[str, str]]:
        with (self.site / "data" / f"{block}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def back(self, days: int) -> str:
        return (self.through - timedelta(days=days)).isoformat()

    @property
    def a_year(self) -> str:
        """First month of the last twelve."""
        month = self.through.replace(day=1)
        return month.replace(year=month.year - (month.month != 12), month=month.month % 12 + 1).isoformat()


Value = float | int | str | None


def measure(name: str) -> Callable[[Pages], Value]:
    return lambda pages: next((row["amount"] for row in pages.rows("brief_measures") if row["measure"] == name), None)


def last(block: str, column: str) -> Callable[[Pages], Value]:
    return lambda pages: pages.rows(block)[-1][column]


def total(block: str, column: str, keep: Callable[[dict[str, str]], bool] = lambda _: True) -> Callable[[Pages], Value]:
    return lambda pages: sum(int(row[column] or 0) for row in pages.rows(block) if keep(row))


def by(block: str, key: str, column: str) -> Callable[[Pages], dict[str, Value]]:
    return lambda pages: {row[key]: row[column] for row in pages.rows(block)}


def of_90_days(pages: Pages) -> dict[str, str]:
    return {"first_day": pages.back(89), "last_day": pages.back(0), "period": "all"}


def of_a_year(pages: Pages) -> dict[str, str]:
    return {"first_day": pages.a_year, "period": "all"}


def all_time(_: Pages) -> dict[str, str]:
    return {"period": "all"}


QUESTIONS: dict[str, tuple[str, Callable[[Pages], dict[str, Any]] | dict[str, Any], Any]] = {
    "How many members were active yesterday?": ("dau", {}, measure("dau")),
    "And in the last 7 days?": ("wau", {}, measure("wau")),
    "And in the last 30?": ("mau", {}, measure("mau")),
    "How sticky is the community?": ("stickiness", {}, measure("stickiness")),
    "How many came for the first time?": ("new_members", {}, measure("new_members")),
    "How many came back?": ("resurrected_members", {}, measure("resurrected_members")),
    "How many left the monthly count?": ("lost_members", {}, measure("lost_members")),
    "How many joined?": ("joined_members", {}, measure("joined_members")),
    "How much was published by members?": ("n_contents", {}, measure("n_contents")),
    "How many interactions were there?": ("n_interactions", {}, measure("n_interactions")),
    "How many members are there?": ("members", {}, last("members", "n_members")),
    "How many were active on any of 28 days?": ("active_in_28_days", {}, total("active_day_histogram", "n_members")),
    "How many on one of them?": (
        "active_on_one_day",
        {},
        total("active_day_histogram", "n_members", lambda row: row["n_active_days"] == "1"),
    ),
    "How many on 14 or more?": (
        "active_on_half_the_days",
        {},
        total("active_day_histogram", "n_members", lambda row: int(row["n_active_days"]) >= 14),
    ),
    "How many came for the first time in the last week?": (
        "new_members",
        lambda pages: {"first_day": pages.back(6), "period": "all"},
        last("growth_accounting", "new_members"),
    ),
    "How many members are silent?": ("silent_members", {}, last("activity_levels", "n_silent")),
    "How many are highly active?": ("highly_active_members", {}, last("activity_levels", "n_high")),
    "How many members are there by level?": ("members_by_segment", {}, last("activity_levels", "n_members")),
    "How many contributed this month?": ("contributors", {}, last("dependence_on_few", "n_contributors")),
    "How many make half of it?": ("members_for_half", {}, last("dependence_on_few", "n_members_for_half")),
    "What share do the ten busiest make?": ("top_10_share", {}, last("dependence_on_few", "top_10_share")),
    "How many interactions are there in the window?": (
        "window_interactions",
        lambda pages: {"only": {"window_days": [pages.rows("interaction_histogram")[0]["window_days"]]}},
        total("interaction_histogram", "n_interactions"),
    ),
    "How many questions wait?": ("questions_waiting", {}, lambda pages: len(pages.rows("waiting_questions"))),
    "How many were ever asked?": ("questions", all_time, last("answer_months", "n_questions")),
    "How many are answered within 7 days?": ("answered_rate", all_time, last("answer_months", "answered_rate")),
    "How many get an accepted answer?": ("resolved_rate", all_time, last("answer_months", "resolved_rate")),
    "How long does half of them wait?": ("median_response_hours", all_time, last("answer_months", "median_hours")),
    "How long do nine of ten?": ("p90_response_hours", all_time, last("answer_months", "p90_hours")),
    "What is the recurring revenue?": ("mrr", {}, last("revenue_months", "mrr_end_minor")),
    "How many members pay?": ("payers", {}, last("revenue_months", "n_payers_end")),
    "What does each of them pay?": ("arpu", {}, last("revenue_months", "arpu_minor")),
    "What is gained against what is lost?": ("quick_ratio", {}, last("revenue_months", "quick_ratio")),
    "What share of payers stopped?": ("payer_churn_rate", {}, last("revenue_months", "payer_churn_rate")),
    "How much money came in?": ("payments_in_minor", {}, last("revenue_months", "payments_in_minor")),
    "How many terms end in the next week?": ("terms_due", {}, total("terms_near", "n_terms_due")),
    "How many renewals are due in 30 days?": ("terms_due_30", {}, total("brief_money", "n_terms_due")),
    "What do these bring in a month?": ("mrr_due_30", {}, total("brief_money", "due_mrr_minor")),
    "How many of them are renewed, by plan?": (
        "renewal_rate",
        lambda pages: of_a_year(pages) | {"dimensions": ["plan"]},
        by("renewals_by_plan", "plan", "renewal_rate"),
    ),
    "How many ended, by plan?": (
        "renewals_due",
        lambda pages: of_a_year(pages) | {"dimensions": ["plan"]},
        by("renewals_by_plan", "plan", "n_due"),
    ),
    "How many members are at high risk?": ("high_risk_members", {}, by("risk_summary", "definition", "n_high")),
    "How many at medium risk?": ("medium_risk_members", {}, by("risk_summary", "definition", "n_medium")),
    "How many were scored?": ("scored_members", {}, by("risk_summary", "definition", "n_scored")),
    "How are pieces taken up, by kind?": (
        "interactions_per_piece",
        lambda pages: of_90_days(pages) | {"dimensions": ["kind"]},
        by("content_kinds", "kind", "interactions_per_piece"),
    ),
    "How many interactions does a reader bring, by kind?": (
        "interaction_rate",
        lambda pages: of_90_days(pages) | {"dimensions": ["kind"]},
        by("content_kinds", "kind", "interaction_rate"),
    ),
    "How many events were there in 90 days?": ("events_held", of_90_days, last("recent_events", "n_events")),
    "How many came to them?": ("attendances", of_90_days, last("recent_events", "n_attended")),
    "How many had registered?": ("registrations", of_90_days, last("recent_events", "n_registered")),
}
"""Question -> metric, what else is asked, and what the page of it shows."""


@pytest.fixture(scope="module")
def asked(good_home: Running) -> tuple[Pages, dict[str, Any]]:
    pages = Pages(good_home.home)
    calls = [
        ("query_metric", {"metric": metric} | (more(pages) if callable(more) else more))
        for metric, more, _ in QUESTIONS.values()
    ]
    found = answers(build(good_home.home, good_home.settings), calls)
    return pages, dict(zip(QUESTIONS, found, strict=True))


def same(value: object, shown: object) -> bool:
    """Whether a value is what a CSV holds of it: the same number to its last digit."""
    if shown in ("", None) or value is None:
        return (shown or None) is None and value is None
    return float(value) == float(shown)  # type: ignore[arg-type]


def test_there_are_more_than_thirty_questions() -> None:
    assert len(QUESTIONS) > 30


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_is_the_number_of_the_page(asked: tuple[Pages, dict[str, Any]], question: str) -> None:
    pages, found = asked
    metric, _, shown = QUESTIONS[question]
    said, expected = found[question], shown(pages)

    assert (said["metric"], said["day"]) == (metric, pages.through.isoformat())
    if said["status"] == "not collected":
        assert (said["rows"], expected) == ([], "")
        return
    if not isinstance(expected, dict):
        of_page = (None, pages.rows("revenue_months")[-1]["currency"])
        (row,) = [row for row in said["rows"] if row.get("currency") in of_page]
        assert same(row["value"], expected), (row, expected)
        return
    (column,) = {*said["rows"][0]} & {"plan", "definition", "kind"}
    values = {row[column] or "": row["value"] for row in said["rows"]}
    assert values.keys() == expected.keys()
    assert {key for key, value in values.items() if not same(value, expected[key])} == set()


def test_what_is_not_collected_is_not_on_the_pages_either(asked: tuple[Pages, dict[str, Any]]) -> None:
    pages, found = asked
    lacking = {said["metric"] for said in found.values() if said["status"] == "not collected"}

    assert lacking == {"resolved_rate"}
    assert "not collected" in text_of(pages, "answers").partition("With an accepted answer")[2][:40]


def text_of(pages: Pages, page: str) -> str:
    html = re.sub(r'<span lang="zh-Hans">.*?</span>', "", (pages.site / f"{page}.html").read_text(encoding="utf-8"))
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_most_of_the_numbers_are_more_than_nothing(asked: tuple[Pages, dict[str, Any]]) -> None:
    _, found = asked
    assert sum(any(row["value"] for row in said["rows"]) for said in found.values()) > 30


def test_the_tiles_of_the_brief_show_these_numbers(asked: tuple[Pages, dict[str, Any]]) -> None:
    pages, found = asked
    text = text_of(pages, "index")
    for question in list(QUESTIONS)[:10]:
        said = found[question]
        value = said["rows"][0]["value"]
        shown = f"{value:.0%}" if said["unit"] == "share" else f"{value:,.0f}"
        assert f"{said['name']['en']} {shown}" in text, question
