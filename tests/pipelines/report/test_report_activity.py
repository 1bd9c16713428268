"""The morning brief and the members page, on communities whose every number is known."""

import pytest
from conftest import Fill, block_of, page_of

from pipelines.report import brief, members
from pipelines.report.blocks import Chart, Table, Tiles


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
            "42 members were active, 12 more than a week before",
            "+12",
            "good",
            "above the usual 20–30",
        ),
        (25, 30, "25 members were active, 5 fewer than a week before", "\u22125", "bad", "usual 20–30"),
        (30, 30, "30 members were active, as many as a week before", "no change", "neutral", "usual 20–30"),
        (1, 20, "1 member was active, 19 fewer than a week before", "\u221219", "bad", "below the usual 20"),
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


def test_days_after_the_last_one_are_not_read(fill: Fill) -> None:
    future = "insert into marts.community_days select '2026-11-20', 999, 999, 999, 1, 9, 9, 9, 9, 9, 9, 9, 9;"
    page = page_of(brief.page, fill(_days(42, 30, 20) + future))
    assert "42 members" in page.answer.en
    assert all("999" not in str(block.figure) for block in page.blocks if isinstance(block, Chart))


def test_questions_are_unanswered_for_14_days_at_most(fill: Fill) -> None:
    sql = """
        insert into marts.content_performance
        select id, kind, id, 'help', 'm1', date '2026-11-19' - age, 5, 1, n, n, 0
        from (values
            ('today', 'question', 0, 0), ('oldest', 'question', 13, 0), ('too_old', 'question', 14, 0),
            ('answered', 'question', 2, 1), ('article', 'article', 2, 0)) as v (id, kind, age, n);
    """
    table = block_of(page_of(brief.page, fill(sql)), "Questions nobody has reacted to")
    assert isinstance(table, Table)
    assert [row[0].shown for row in table.rows] == ["oldest", "today"]


def test_the_histogram_counts_members_by_active_days_of_28(fill: Fill) -> None:
    sql = """
        insert into marts.fct_member_days
        select id, date '2026-11-19' - back::int, 0, 1, 0, 0, 0, 0, 0, 0, is_active
        from (values
            ('often', 14, 0, true), ('once', 1, 27, true), ('gone', 1, 28, true), ('reader', 9, 0, false)
        ) as v (id, n, start, is_active), range(start, start + n) as days (back);
    """
    page = page_of(members.page, fill(sql))
    chart = block_of(page, "On how many of the last 28 days?")
    assert isinstance(chart, Chart)
    counts = dict(zip(chart.figure["data"][0]["x"], chart.figure["data"][0]["y"], strict=True))
    assert {age: n for age, n in counts.items() if n} == {1: 1, 14: 1}
    assert page.answer.en == ("2 members were active in the last 28 days: 1 on one day only, 1 on 14 days or more.")


def test_growth_accounting_sums_whole_weeks_that_end_on_the_last_day(fill: Fill) -> None:
    chart = block_of(page_of(members.page, fill(_days(20, 20, 20, lost=9))), "Growth accounting by week")
    assert isinstance(chart, Chart)
    new, back, lost = chart.figure["data"]
    assert new["x"][-2:] == ["2026-11-12", "2026-11-19"]
    assert (new["y"][-1], back["y"][-1], lost["y"][-1]) == (21, 7, -(6 * 2 + 9))


def test_the_cohort_grid_leaves_out_months_that_have_not_ended(fill: Fill) -> None:
    sql = """
        insert into marts.dim_members
        select id, joined, joined, null, role, 'active', null, null, role = 'bot'
        from (values ('a', date '2026-09-03', 'member'), ('b', date '2026-09-30', 'member'),
            ('c', date '2026-11-02', 'member'), ('x', date '2026-09-04', 'bot')) as v (id, joined, role);
        insert into marts.fct_member_days
        select id, day, 0, 1, 0, 0, 0, 0, 0, 0, true
        from (values ('a', date '2026-09-30'), ('a', date '2026-10-01'), ('a', date '2026-10-09'),
            ('b', date '2026-09-30'), ('a', date '2026-11-05'), ('c', date '2026-11-05')) as v (id, day);
    """
    grid = block_of(page_of(members.page, fill(sql)), "Who is still active, by month of joining")
    assert isinstance(grid, Table)
    assert [row[0].shown for row in grid.rows] == ["2026-09"]
    assert [cell.sort for cell in grid.rows[0][1:5]] == [2, 1.0, 0.5, -1]


def test_silent_members_are_counted_from_the_members(fill: Fill) -> None:
    sql = """
        insert into marts.dim_members
        select 'm' || i, '2026-01-01', '2026-01-01', null, 'member', 'active', null, null, i = 0
        from range(6) as r (i);
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
    assert [row[0].shown for row in table.rows] == ["m1", "m2"]
