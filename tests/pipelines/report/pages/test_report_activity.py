"""The morning brief and the members page, on communities whose every number is known."""

from dataclasses import replace

import pytest

from pipelines.report.pages import brief, members
from pipelines.report.parts import marks
from pipelines.report.parts.blocks import Chart, Note, Table, Tiles
from pipelines.report.parts.header import read_header
from tests.support.report_marts import CONTEXT
from tests.support.report_pages import Fill, block_of, page_of


def _days(dau: int, week_before: int, others: int, lost: int = 4) -> str:
    """Nine weeks: yesterday, the same weekday a week before, and any other day."""
    return f"""
        insert into marts.community_days
        select
            day,
            case day
                when date '2026-11-19' then {dau} when date '2026-11-12' then {week_before} else {others}
            end,
            90, 200, 0.2, 3, 1, case day when date '2026-11-19' then {lost} else 2 end, 5, 2, 40, 7, 0
        from (select unnest(range(date '2026-09-24', date '2026-11-20', interval 1 day))::date as day);
    """


@pytest.mark.parametrize(
    ("dau", "week_before", "sentence", "change", "tone", "note"),
    [
        (
            42,
            30,
            "Unusually many members were active on Thursday, 19 Nov 2026: 42, usually 20–30, 12 more than",
            "+12",
            "good",
            "above the usual 20–30",
        ),
        (25, 30, "25 members were active, 5 fewer than a week before", "\u22125", "bad", "usual 20–30"),
        (30, 30, "30 members were active, as many as a week before", "no change", "neutral", "usual 20–30"),
        (
            1,
            20,
            "Unusually few members were active on Thursday, 19 Nov 2026: 1, usually 20, 19 fewer than a week before",
            "\u221219",
            "bad",
            "below the usual 20",
        ),
    ],
)
def test_the_brief_compares_with_the_same_weekday(
    fill: Fill, dau: int, week_before: int, sentence: str, change: str, tone: str, note: str
) -> None:
    page = page_of(brief.page, fill(_days(dau, week_before, others=20)))
    tiles = block_of(page, "The day in numbers")
    assert isinstance(tiles, Tiles)
    tile = tiles.tiles[0]
    assert "DAU" in tile.label.en
    assert sentence in page.answer.en
    assert page.answer.en.endswith("3 came for the first time, 1 came back, 4 left the monthly count.")
    assert (tile.value, tile.change.en, tile.tone, tile.note.en) == (str(dau), change, tone, note)


@pytest.mark.parametrize(
    ("lost", "change", "tone"), [(9, "+7", "bad"), (0, "\u22122", "good"), (2, "no change", "neutral")]
)
def test_more_lost_members_are_bad_news_and_fewer_good(fill: Fill, lost: int, change: str, tone: str) -> None:
    tiles = block_of(page_of(brief.page, fill(_days(20, 20, 20, lost=lost))), "The day in numbers")
    assert isinstance(tiles, Tiles)
    tile = next(tile for tile in tiles.tiles if tile.label.en == "Left the monthly count")
    assert tile.change is not None
    assert (tile.change.en, tile.tone) == (change, tone)


@pytest.mark.parametrize(
    ("collected", "by_events", "says"),
    [
        (("members",), False, None),
        (("members", "event_participation"), False, "GUILDBOOK_ACTIVE_BY_EVENTS=true"),
        (("members", "event_participation"), True, "active"),
        (("members", "content"), False, "active"),
    ],
)
def test_where_nobody_can_be_active_the_pages_say_so_and_how_to_change_it(
    fill: Fill, collected: tuple[str, ...], by_events: bool, says: str | None
) -> None:
    logs = ", ".join(f"('{log}', true)" for log in collected)
    marts = fill(
        _days(0, 0, 0)
        + f"insert into marts.log_coverage by name select * from (values {logs}) as v (log, is_collected);"
    )
    context = replace(CONTEXT, active_by_events=by_events)
    header = read_header(marts, context)
    front = brief.page(marts, context, header)
    titles = [block.title.en for block in front.blocks]
    if says == "active":
        assert "0 members were active" in front.answer.en
        assert "Nobody can be active" not in titles
        assert "The day in numbers" in titles
        return
    assert front.answer.en == "Nobody can be active: no log says who was."
    assert "The day in numbers" not in titles
    note = block_of(front, "Nobody can be active")
    assert isinstance(note, Note)
    assert "neither log is collected" in note.body.en
    assert ("GUILDBOOK_ACTIVE_BY_EVENTS=true" in note.body.en) == (says is not None)
    assert members.page(marts, context, header).blocks == [note]


def test_days_after_the_last_one_are_not_read(fill: Fill) -> None:
    future = "insert into marts.community_days select '2026-11-20', 999, 999, 999, 1, 9, 9, 9, 9, 9, 9, 9, 9;"
    page = page_of(brief.page, fill(_days(42, 30, 20) + future))
    assert "were active on Thursday, 19 Nov 2026: 42" in page.answer.en
    assert all("999" not in str(block.figure) for block in page.blocks if isinstance(block, Chart))


def test_the_histogram_counts_members_by_active_days_of_28(fill: Fill) -> None:
    sql = """
        insert into marts.activity_histogram by name
        select day, n as n_active_days, (n in (1, 14))::int as n_members
        from range(1, 29) as grid (n) cross join (values (date '2026-11-19')) as days (day)
        union all
        select date '2026-10-31', n, 9 from range(1, 29) as grid (n);
    """
    page = page_of(members.page, fill(sql))
    chart = block_of(page, "On how many of the last 28 days?")
    assert isinstance(chart, Chart)
    counts = dict(zip(chart.figure["series"][0]["x"], chart.figure["series"][0]["y"], strict=True))
    assert {age: n for age, n in counts.items() if n} == {1: 1, 14: 1}
    assert page.answer.en == ("2 members were active in the last 28 days: 1 on one day only, 1 on 14 days or more.")


def test_growth_accounting_sums_whole_weeks_that_end_on_the_last_day(fill: Fill) -> None:
    chart = block_of(page_of(members.page, fill(_days(20, 20, 20, lost=9))), "Growth accounting by week")
    assert isinstance(chart, Chart)
    new, back, lost = chart.figure["series"]
    assert new["x"][-2:] == ["2026-11-12", "2026-11-19"]
    assert (new["y"][-1], back["y"][-1], lost["y"][-1]) == (21, 7, -(6 * 2 + 9))


def test_the_cohort_grid_leaves_out_months_that_have_not_ended(fill: Fill) -> None:
    sql = """
        insert into marts.cohort_retention by name
        select cohort_month, active_month, age_months, 2 as cohort_size, n_active, n_active / 2 as share_active,
            is_complete
        from (values
            (date '2026-09-01', date '2026-09-01', 0, 2, true), (date '2026-09-01', date '2026-10-01', 1, 1, true),
            (date '2026-09-01', date '2026-11-01', 2, 1, false), (date '2026-11-01', date '2026-11-01', 0, 1, false),
            (date '2025-10-01', date '2026-10-01', 12, 1, true)
        ) as v (cohort_month, active_month, age_months, n_active, is_complete);
    """
    grid = block_of(page_of(members.page, fill(sql)), "Who is still active, by month of joining")
    assert isinstance(grid, Table)
    assert [row[0].shown for row in grid.rows] == [marks.unbroken("2026-09")]
    assert [cell.sort for cell in grid.rows[0][1:5]] == [2, 1.0, 0.5, -1]


def test_silent_members_are_counted_from_the_members(fill: Fill) -> None:
    sql = """
        insert into marts.member_segments by name
        select 'm' || i as member_id, day,
            case i when 1 then 'high' when 2 then 'low' else 'silent' end as activity_level
        from range(1, 6) as r (i) cross join (values (date '2026-10-31'), (date '2026-11-19')) as days (day)
        union all
        select 'left', date '2026-11-19', null;
        insert into marts.fct_member_engagement values
            ('m1', '2026-11-19', 30, 9, 9, 9, 30, 0.9, 'high'),
            ('m2', '2026-11-19', 30, 1, 1, 1, 30, 0.1, 'low'),
            ('m3', '2026-11-19', 90, 9, 9, 9, 90, 0.3, 'medium');
    """
    page = page_of(members.page, fill(sql))
    note = block_of(page, "Activity levels").note
    table = block_of(page, "Engagement R with its parts")
    assert note is not None
    assert "3 of 5 members are silent" in note.en
    assert isinstance(table, Table)
    assert [str(row[0].shown) for row in table.rows] == ["m1", "m2"]


def test_moves_are_a_matrix_of_the_last_period_whose_rows_add_up(fill: Fill) -> None:
    sql = """
        insert into marts.segment_moves by name
        select 'lifecycle' as dimension, was as previous_value, now as current_value, n as n_members,
            n / 10 as share_of_previous, day
        from (values ('active', 'at_risk', 2, date '2026-11-19'), ('outside', 'new', 5, date '2026-11-19'),
            ('active', 'active', 8, date '2026-11-19'), ('active', 'lost', 7, date '2026-10-31')
        ) as v (was, now, n, day);
    """
    table = block_of(page_of(members.page, fill(sql)), "Where did members move?")
    assert isinstance(table, Table)
    assert [column.label.en for column in table.columns[1:]] == ["new", "active", "going quiet", "Members"]
    assert [(row[0].shown.en, *(cell.sort for cell in row[1:])) for row in table.rows] == [  # type: ignore[attr-defined]
        ("active", 0, 8, 2, 10),
        ("not a member", 5, 0, 0, 5),
    ]
    assert ["20%" in str(cell.shown) for cell in table.rows[0]] == [False, False, False, True, False]
    assert table.rows[1][1].shown == "5", "no share of those who were no members"
