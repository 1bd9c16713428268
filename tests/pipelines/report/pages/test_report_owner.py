"""The owner's month, on a community whose every figure is known: the last whole month, the one before, targets."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date

import duckdb
import pytest
from markupsafe import Markup, escape

from pipelines.metrics.targets import read_targets
from pipelines.report.annotations import Annotation, Annotations
from pipelines.report.pages import owner
from pipelines.report.parts.blocks import Note, Page, Table
from pipelines.report.parts.database import Marts
from pipelines.report.parts.header import read_header
from pipelines.report.parts.months import last_month
from pipelines.settings import Settings
from tests.support.report_marts import CONTEXT, completing
from tests.support.report_pages import Fill, block_of

MONTHS = """
    insert into marts.publication values (7, date '2026-11-19');
    insert into marts.log_coverage by name
    select unnest(['interactions', 'content', 'subscriptions', 'members', 'payments']) as log, true as is_collected,
        date '2026-01-01' as first_log_day;
    insert into marts.community_days by name
    select day::date as day, if(month(day) = 9, 400, 380) as mau, 100 as dau, 0.25 as stickiness, 2 as new_members,
        0 as mau_days_missing
    from range(date '2026-09-01', date '2026-11-20', interval 1 day) as days (day);
    insert into marts.revenue_months by name
    select month, 'CNY' as currency, mrr as mrr_end_minor, payers as n_payers_end, 200 as n_payers_start,
        churned as n_churned, 0 as mrr_start_minor, month < date '2026-11-01' as is_complete
    from (values (date '2026-09-01', 1000000, 200, 10), (date '2026-10-01', 1100000, 190, 24),
        (date '2026-11-01', 10, 3, 180)) as v (month, mrr, payers, churned);
"""
EFFECTS = """
    insert into marts.action_effects by name
    select id as campaign_id, 'active' as outcome, true as is_primary, verdict, 40 as n_treated, 38 as n_held_out,
        0.12 as effect, 0.02 as effect_low, 0.22 as effect_high, 1250 as cost_minor, 'CNY' as currency, day as last_day
    from (values ('old', 'works', date '2026-09-30'), ('call', 'works', date '2026-10-09'),
        ('mail', 'no_effect', date '2026-11-02')) as v (id, verdict, day);
"""


def page(fill: Fill, sql: str, **context: object) -> Page:
    made = replace(CONTEXT, **context)
    marts = fill(completing() + sql)
    return owner.page(marts, made, read_header(marts, made))


def rows(page: Page, title: str) -> dict[str, list[str]]:
    """Name of each figure -> what stands in its row."""
    table = block_of(page, title)
    assert isinstance(table, Table)
    return {getattr(cells[0].shown, "key", ""): [words(cell.shown) for cell in cells[1:]] for cells in table.rows}


def words(shown: object) -> str:
    """What a reader of English sees."""
    html = re.sub('<span lang="zh-Hans">.*?</span>', "", str(escape(shown)))
    return Markup(re.sub("<[^>]+>", "", html)).unescape()


@pytest.mark.parametrize(
    ("through", "month"),
    [
        ("2026-10-30", "2026-09-01"),
        ("2026-10-31", "2026-10-01"),
        ("2026-11-01", "2026-10-01"),
        ("2027-01-15", "2026-12-01"),
    ],
)
def test_the_month_is_the_last_that_is_over(through, month):
    assert last_month(date.fromisoformat(through)) == date.fromisoformat(month)


def test_each_figure_stands_beside_the_month_before_and_its_target(fill: Fill):
    targets = {"mrr": "12000 CNY", "payer_churn_rate": "10 %", "mau": 380, "new_members": "100 a month", "wau": 5}
    made = page(fill, MONTHS, targets=read_targets(Settings(targets=targets)))
    money, members = rows(made, "Money"), rows(made, "Members and retention")
    assert money["mrr"] == ["11,000 CNY", "10,000 CNY", "+1,000", "12,000 CNY: 1,000 CNY short"]
    assert money["payers"] == ["190", "200", "\N{MINUS SIGN}10", ""]
    assert money["payer_churn_rate"] == ["12%", "5%", "+7.0 points", "10% at most: 2 points over"]
    assert members["mau"] == ["380", "400", "\N{MINUS SIGN}20", "380: reached"]
    assert members["new_members"] == ["62", "60", "+2", "100 a month: 38 short"]
    assert made.answer.en == (
        "Oct 2026: recurring revenue ended at 11,000 CNY, 10.0% more than the month before, from 190 paying members; "
        "380 members were active in its last 30 days, 5.0% fewer than the month before; 1 of 4 targets reached."
    )
    assert "1 个" in made.answer.zh


def test_a_target_of_a_day_is_not_held_against_a_month(fill: Fill):
    made = page(fill, MONTHS, targets=read_targets(Settings(targets={"new_members": 3})))
    assert rows(made, "Members and retention")["new_members"] == ["62", "60", "+2", ""]
    assert "targets" not in made.answer.en


def test_a_month_with_days_missing_is_shown_and_not_compared(fill: Fill):
    gap = """insert into marts.data_completeness by name
        select 'interactions' as log, date '2026-10-09' as day, true as is_outage, false as is_held_out;"""
    made = page(fill, MONTHS + gap, targets=read_targets(Settings(targets={"new_members": "60 a month"})))
    assert rows(made, "Members and retention")["new_members"] == ["62 *", "60", "–", "60 a month"]
    note = block_of(made, "Members and retention").note
    assert note is not None
    assert note.en.startswith("* not all is known of the month yet")


def test_what_was_done_since_the_month_began_comes_with_its_effect(fill: Fill):
    table = block_of(page(fill, MONTHS + EFFECTS), "What we did, and whether it worked")
    assert isinstance(table, Table)
    assert [[str(cell.shown) for cell in (cells[0], *cells[2:])] for cells in table.rows] == [
        ["call", "40", "38", "+12.0 (+2.0 … +22.0)", "12.50 CNY"],
        ["mail", "40", "38", "+12.0 (+2.0 … +22.0)", "12.50 CNY"],
    ]


def test_notes_of_the_month_are_on_the_sheet(fill: Fill):
    said = tuple(Annotation(date(2026, month, 9), str(month), "月") for month in (9, 10, 11))
    note = block_of(page(fill, MONTHS, annotations=Annotations(said)), "What happened")
    assert isinstance(note, Note)
    assert [text.en for _, text in note.entries] == ["10"]  # type: ignore[attr-defined]


def test_before_a_month_is_over_the_page_says_when_it_fills(fill: Fill):
    made = page(fill, "")
    assert [type(block) for block in made.blocks] == [Note]
    assert made.answer.en == "Nothing is known of Oct 2026."


def test_money_of_few_payers_is_not_told(tmp_path, empty_marts):
    path = shutil.copyfile(empty_marts, tmp_path / "a.duckdb")
    with duckdb.connect(path) as con:
        con.execute(completing() + MONTHS.replace("1100000, 190", "1100000, 3"))
    made = replace(CONTEXT, least_shown=5)
    with Marts(path, tmp_path, timezone="UTC", least_shown=5) as marts:
        money = rows(owner.page(marts, made, read_header(marts, made)), "Money")
    assert money["mrr"] == ["– CNY", "10,000 CNY", "–"]
    assert money["payers"] == ["<5", "200", "\N{MINUS SIGN}195"]
    assert "3" not in (tmp_path / "data" / "owner_money.csv").read_text(encoding="utf-8-sig").split("payers,")[1][:60]


def test_the_best_received_pieces_and_the_fullest_events_of_the_month_are_named(fill: Fill) -> None:
    lists = """
        insert into marts.content_performance by name
        select * from (values ('a', 'article', 'few', date '2026-10-01', 3, 9),
            ('b', 'live', 'many', date '2026-10-31', 30, 1),
            ('c', 'answer', null, date '2026-10-09', 90, 90), ('d', 'article', 'before', date '2026-09-30', 90, 90),
            ('e', 'article', 'after', date '2026-11-01', 90, 90))
            as v (content_id, kind, title, published_day, n_unique_readers, n_interactions);
        insert into marts.event_performance by name
        select * from (values ('x', 'small', date '2026-10-31', 9, 4), ('y', 'large', date '2026-10-01', 40, 30),
            ('z', 'after', date '2026-11-01', 90, 90)) as v (event_id, title, starts_day, n_registered, n_attended);
    """
    made = page(fill, MONTHS + lists)
    for title, rows_ in (
        ("Best received of Oct 2026", [["many", "30", "1"], ["few", "3", "9"]]),
        ("Events of Oct 2026", [["large", "40", "30"], ["small", "9", "4"]]),
    ):
        table = block_of(made, title)
        assert isinstance(table, Table)
        assert [[str(cell.shown) for cell in cells] for cells in table.rows] == rows_
