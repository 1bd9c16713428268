"""What pages say in the first days of a community: what is still to come and from when, instead of blank axes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelines.report.pages import activation, brief, churn, interactions, members, risk
from pipelines.report.parts.blocks import Chart, Note, Page, Tiles
from pipelines.report.parts.text import Text
from tests.support.report_pages import Fill, block_of, page_of

_UNLEARNT = """
    insert into marts.churn_predictions by name
    select
        unnest(['ana', 'ben']) as member_id, date '2026-11-19' as day, 'inactivity' as definition, 0.5 as probability,
        'v1' as model_version, 'rule' as learner, 'medium' as risk_band, true as is_current;
    insert into marts.churn_trainings by name
    select
        'v1' as model_version, 'inactivity' as definition, 'rule' as learner, 'rule: 0 labelled cut-offs' as reason,
        '{"card": {"data": {"rows": 0}}}' as card, date '2026-11-19' as trained_through_day,
        timestamptz '2026-11-20 04:00+00' as trained_at;
"""


def _days(n: int) -> str:
    return f"""
        insert into marts.community_days by name
        select
            day::date as day, 2 as dau, 2 as wau, 2 as mau, 1.0 as stickiness, 2 as new_members,
            0 as resurrected_members, 0 as lost_members, 1 as n_contents, 1 as n_interactions,
        from generate_series(date '2026-11-19' - {n - 1}, date '2026-11-19', interval 1 day) as d (day);
    """


def test_where_nothing_is_learnt_from_no_risk_is_shown_and_the_day_is_named_from_which_it_is(fill: Fill) -> None:
    marts = fill(_UNLEARNT + _days(1))
    said = (
        "Nobody's risk is known yet: it takes what became of members 30 days later, with the data of 18 Jan 2027 at "
        "the earliest."
    )
    page = page_of(risk.page, marts)
    assert page.answer.en == said
    assert page.answer.zh == "尚不知道谁有流失风险：需要先看到成员 30 天后的去留，最早为 2027年1月18日的数据。"
    (block,) = page.blocks
    assert isinstance(block, Note)
    assert "(2 now)" in block.body.en
    assert page_of(churn.page, marts).answer.en == said
    things = block_of(page_of(brief.page, marts), "Today: three things")
    assert things.things[0].body.en == f"Nobody is listed yet. {said}"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("n_days", "shown"),
    [
        (1, {"Active that day": None, "Active in 7 days": "counts 1 of 7 days", "Stickiness": "counts 1 of 30 days"}),
        (7, {"Active in 7 days": None, "Active in 30 days": "counts 7 of 30 days"}),
        (30, {"Active in 30 days": None, "Stickiness": None}),
    ],
)
def test_a_window_that_begins_before_the_community_says_how_much_of_it_counts(
    fill: Fill, n_days: int, shown: dict[str, str | None]
) -> None:
    tiles = block_of(page_of(brief.page, fill(_days(n_days))), "The day in numbers")
    assert isinstance(tiles, Tiles)
    notes = {tile.label.en.split(" · ")[0]: tile.note.en if tile.note else None for tile in tiles.tiles}
    assert {name: notes[name] for name in shown} == shown


@pytest.mark.parametrize(("n_days", "is_drawn"), [(1, False), (2, True)])
def test_a_single_day_is_no_chart(fill: Fill, n_days: int, is_drawn: bool) -> None:
    page = page_of(brief.page, fill(_days(n_days)))
    charts = [block for block in page.blocks if isinstance(block, Chart)]
    assert [chart.is_drawn for chart in charts] == [is_drawn, is_drawn]
    assert page.has_charts == is_drawn


@pytest.mark.parametrize(
    ("x", "y", "is_drawn"),
    [
        (["2026-11"], [3], False),
        (["2026-10", "2026-11"], [3, 4], True),
        (["2026-10", "2026-11"], [None, 4], False),
        (["0"], [3], True),
        ([Text("2026-11 (so far, 29 days)", "2026-11（至今 29 天）")], [3], False),
        ([Text("Sun", "周日")], [3], True),
        ([], [], True),
    ],
    ids=["a month", "two months", "one known", "no time", "a month so far", "a name", "nothing"],
)
def test_a_single_moment_is_no_chart_but_a_single_name_is(x: list[object], y: list[object], is_drawn: bool) -> None:
    chart = Chart(title=Text("", ""), figure={"series": [{"x": x, "y": y}]})
    assert chart.is_drawn == is_drawn


@pytest.mark.parametrize(("n_days", "is_there"), [(1, False), (13, False), (14, True)])
def test_weekdays_are_compared_once_each_has_come_twice(fill: Fill, n_days: int, is_there: bool) -> None:
    sql = "insert into marts.fct_member_days by name select 'm1' as member_id, date '2026-11-19' as day;"
    sql += "insert into marts.activity_hours by name select date '2026-11-19' as day, 9 as hour;"
    page = page_of(interactions.page, fill(_days(n_days) + sql))
    for title in ("On which days do they come?", "At which hours do they act?"):
        block = block_of(page, title)
        assert isinstance(block, Note) != is_there
    if n_days == 13:
        assert block.body == Text(  # type: ignore[attr-defined]
            "Still to come: this needs 14 days of data, and 13 days are there. It begins with that of 20 Nov 2026.",
            "尚待积累：需要 14 天数据，目前有 13 天，自 2026年11月20日的数据起显示。",
        )


def test_cohorts_wait_for_a_month_that_has_ended(fill: Fill) -> None:
    sql = "insert into marts.cohort_retention by name select date '2026-11-01' as cohort_month, false as is_complete;"
    block = block_of(page_of(members.page, fill(_days(1) + sql)), "Who is still active, by month of joining")
    assert isinstance(block, Note)
    assert block.body.en == "Still to come: no month has ended yet."


@pytest.mark.parametrize(("logs", "is_said"), [(("members",), True), (("members", "content"), False)])
@pytest.mark.parametrize("build", [activation.page, risk.page, members.page], ids=lambda build: build.__module__)
def test_where_no_log_makes_anybody_active_a_page_names_those_that_would(
    fill: Fill, build: Callable[..., Page], logs: tuple[str, ...], is_said: bool
) -> None:
    (block,) = page_of(build, fill(_coverage(*logs))).blocks
    assert isinstance(block, Note)
    assert (block.title.en == "Nobody can be active") == is_said


def _coverage(*logs: str) -> str:
    return f"insert into marts.log_coverage by name select unnest({list(logs)}) as log, true as is_collected;"


def test_a_change_that_rounds_to_nothing_is_none(fill: Fill) -> None:
    sql = _days(60) + "update marts.community_days set stickiness = 0.156 where day = date '2026-11-19';"
    sql += "update marts.community_days set stickiness = 0.158 where day = date '2026-11-12';"
    tiles = block_of(page_of(brief.page, fill(sql)), "The day in numbers")
    assert isinstance(tiles, Tiles)
    changes = {tile.label.en.split(" · ")[0]: tile.change for tile in tiles.tiles}
    assert changes["Stickiness"] == Text("no change", "持平")
