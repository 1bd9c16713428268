"""The pages Interactions and Alerts, and the trend of what is published, on communities whose every number is known."""

from __future__ import annotations

import pytest

from pipelines.report.pages import alerts, content, interactions
from pipelines.report.parts import charts
from pipelines.report.parts.blocks import Chart, Note, Table
from pipelines.report.parts.text import Text
from tests.support.report_pages import Fill, block_of, page_of

_HISTOGRAM = """
    insert into marts.interaction_histogram by name
    select
        30 as window_days, least as least_interactions, most as most_interactions, n as n_members, k as n_interactions,
        date '2026-11-19' - age as day
    from (values (0, 0, 2, 0, 0), (1, 1, 5, 5, 0), (2, 10, 3, 20, 0), (51, 100, 1, 75, 0), (101, null, 0, 0, 0),
        (1, 1, 99, 99, 30)) as v (least, most, n, k, age);
"""


def _titles(figure: charts.Figure) -> list[str]:
    return [panel["title"].en for panel in figure["panels"]]


def test_the_sentence_says_how_many_interacted_and_how_few_make_most(fill: Fill) -> None:
    page = page_of(interactions.page, fill(_HISTOGRAM))
    assert page.answer.en == (
        "9 members made 100 interactions in the last 30 days; 5 made a single one, "
        "and the 1 with more than 50 made 75% of all."
    )
    chart = block_of(page, "How many interactions per member?")
    assert isinstance(chart, Chart)
    members, made = chart.figure["series"]
    assert members["x"] == ["0", "1", "2–10", "51–100", "101+"]
    assert (members["y"], made["y"]) == ([2, 5, 3, 1, 0], [0, 5, 20, 75, 0])


def test_who_only_published_is_no_interaction(fill: Fill) -> None:
    sql = "insert into marts.interaction_histogram values ('2026-11-19', 30, 0, 0, 4, 0, 4, 1, null);"
    assert page_of(interactions.page, fill(sql)).answer.en == "Nobody interacted in the window."


def _community(day: str, n: str) -> str:
    return f"insert into marts.community_days by name select date '{day}' as day, {n} as n_interactions, 2 as dau;"


def test_kinds_have_a_line_each_with_a_gap_where_the_day_is_not_known(fill: Fill) -> None:
    sql = _community("2026-11-17", "3") + _community("2026-11-18", "null") + _community("2026-11-19", "0")
    sql += """
        insert into marts.fct_member_days by name
        select 'm1' as member_id, 1 as n_asks, 0 as n_answers, 2 as n_comments, 0 as n_reactions, 0 as n_live_acts,
            6000 as n_reads, date '2026-11-17' as day;
    """
    chart = block_of(page_of(interactions.page, fill(sql)), "By day and kind")
    assert isinstance(chart, Chart)
    assert [trace["y"] for trace in chart.figure["series"]] == [[1, None, 0], [2, None, 0], [6000, None, 0]]
    assert {panel["sum"] for panel in chart.figure["panels"]} == {True}
    assert chart.note is not None
    assert "None in these days: answered, reacted" in chart.note.en


def test_the_latest_interactions_are_told_in_the_communitys_time(fill: Fill) -> None:
    sql = """
        insert into marts.dim_content by name
        select 'q1' as content_id, 'How?' as title, null as root_id union all select 'a1', null, 'q1';
        insert into marts.latest_interactions values
            (1, 'ana', '2026-11-19 15:30', 'answer', 'a1', null, null, 'help', '2026-11-19'),
            (2, 'bo', '2026-11-19 15:00', 'like', 'unknown', null, 'ana', null, '2026-11-19'),
            (3, 'bo', '2026-11-19 14:00', 'join_live', null, 'e1', null, null, '2026-11-19');
    """
    table = block_of(page_of(interactions.page, fill(sql)), "The latest interactions")
    assert isinstance(table, Table)
    shown = [[one if isinstance(one := cell.shown, Text) else str(one) for cell in row] for row in table.rows]
    at = '<span class="unbroken">2026-11-19 {}</span>'.format
    assert shown == [
        [at("23:30"), "ana", Text("answered", "回答"), "How?", "–", "help"],
        [at("23:00"), "bo", Text("liked", "点赞"), "unknown", "ana", "–"],
        [at("22:00"), "bo", Text("joined a live", "进入直播"), "e1", "–", "–"],
    ]


def test_few_articles_are_seen_beside_thousands_of_comments(fill: Fill) -> None:
    sql = """
        insert into marts.content_performance by name select 'p' as content_id, 'article' as kind;
        insert into marts.content_days by name
        select 'article' as kind, 1 as n_published, date '2026-11-17' as day
        union all
        select 'comment', 6000, date '2026-11-19'
        union all
        select 'question', 0, date '2026-11-18';
    """
    chart = block_of(page_of(content.page, fill(sql)), "Published by day and kind")
    assert isinstance(chart, Chart)
    assert _titles(chart.figure) == ["articles", "comments"]
    article, comment = chart.figure["series"]
    assert (article["y"], comment["y"]) == ([1, 0, 0], [0, 0, 6000])
    assert article["panel"] != comment["panel"]


def _rule(series: str, fired: int, right: int, still_open: int, judged: int = 300) -> str:
    precision = "null" if fired == still_open else str(right / (fired - still_open))
    return (
        f"insert into marts.alert_rules values ('community', '{series}', 3.5, 0.3, 10, {judged}, {fired}, 0.1, 90, "
        f"{fired}, 0.2, {right}, {still_open}, {precision}, null);"
    )


def _alarm(series: str, day: str, outcome: str, direction: str = "above") -> str:
    return (
        f"insert into marts.alerts values ('community', '{series}', '{day}', '{direction}', 90, 50, 30, 70, 5, 0.8, "
        f"7, 3, '{outcome}');"
    )


@pytest.mark.parametrize(
    ("sql", "answer"),
    [
        (_rule("dau", 0, 0, 0, judged=0), "Nothing can be compared yet: that takes the same weekdays of eight weeks."),
        (
            _rule("dau", 0, 0, 0),
            "On 19 Nov 2026 every watched series is within its band. No alarm in the last 90 days.",
        ),
        (
            _rule("dau", 1, 0, 1) + _alarm("dau", "2026-11-19", "open", "below"),
            "On 19 Nov 2026 1 series is outside its band: Active that day · DAU (below). 1 alarm in the last 90 days; "
            "it is too early to say whether they were right.",
        ),
        (
            _rule("dau", 3, 1, 1) + _rule("mau", 1, 0, 0) + _alarm("dau", "2026-10-19", "lasting"),
            "On 19 Nov 2026 every watched series is within its band. 4 alarms in the last 90 days: 1 of the 3 that can "
            "be told was right.",
        ),
        (
            _rule("dau", 2, 0, 0),
            "On 19 Nov 2026 every watched series is within its band. 2 alarms in the last 90 days: none of the 2 that "
            "can be told were right.",
        ),
    ],
)
def test_the_sentence_says_what_is_unusual_and_how_often_alarms_were_right(fill: Fill, sql: str, answer: str) -> None:
    assert page_of(alerts.page, fill(sql)).answer.en == answer


def test_an_alarm_is_shown_against_its_band_with_what_came_of_it(fill: Fill) -> None:
    page = page_of(alerts.page, fill(_rule("dau", 1, 1, 0) + _alarm("dau", "2026-10-19", "lasting")))
    table = block_of(page, "Alarms of the last 90 days, the latest first")
    assert isinstance(table, Table)
    (row,) = table.rows
    assert [cell.shown for cell in row[2:6]] == ["90", "30–70", "50", "+80%"]
    assert "yes, it lasted" in str(row[6].shown)
    rules = block_of(page, "The rules, tried on the past")
    assert isinstance(rules, Table)
    assert rules.rows[0][-1].shown == "1 / 1"


def test_series_that_fired_are_drawn_in_their_band_the_latest_first(fill: Fill) -> None:
    sql = (
        _rule("dau", 1, 0, 1)
        + """
        insert into marts.alert_days
        select 'community', series, day, value, 50, 30, 70, true, value > 70
        from (values ('dau', 90, date '2026-11-01'), ('dau', null, date '2026-11-02'), ('mau', 50, date '2026-11-01'),
            ('n_reads', 95, date '2026-11-03')) as v (series, value, day);
    """
    )
    chart = block_of(page_of(alerts.page, fill(sql)), "Each series in its band")
    assert isinstance(chart, Chart)
    assert _titles(chart.figure) == ["Views and reads by members", "Active that day · DAU"]
    band, value, alarm = chart.figure["series"][3:]
    assert (band["low"], band["y"], value["y"]) == ([30, 30], [70, 70], [90, None])
    assert (alarm["kind"], alarm["x"], alarm["y"]) == ("points", ["2026-11-01"], [90])


def test_where_nothing_fired_it_says_so(fill: Fill) -> None:
    page = page_of(alerts.page, fill(_rule("dau", 0, 0, 0)))
    assert [type(block) for block in page.blocks] == [Note, Table]


_HOURS = """
    insert into marts.community_days by name
    select date '2026-11-19' - n::int as day, 0 as n_contents, 3 as n_interactions, 2 as dau from range(14) as r (n);
    insert into marts.activity_hours by name
    select day, hour, n_contents, n_interactions, n_reads, 0 as n_anonymous_acts, n_anonymous_reads
    from (values (date '2026-11-19', 20, 1, 5, 8, 2), (date '2026-11-12', 20, 0, 2, 0, 0),
        (date '2026-11-18', 9, 0, 4, 0, 1)) as v (day, hour, n_contents, n_interactions, n_reads, n_anonymous_reads);
"""


def test_acts_are_shown_by_weekday_and_hour_as_means_of_whole_weeks(fill: Fill) -> None:
    table = block_of(page_of(interactions.page, fill(_HOURS)), "At which hours do they act?")
    assert isinstance(table, Table)
    assert [row[0].shown.en for row in table.rows] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert {len(row) for row in table.rows} == {25}
    found = {(row[0].sort, hour): cell.sort for row in table.rows for hour, cell in enumerate(row[1:]) if cell.sort}
    assert found == {(4, 20): (1 + 5 + 2) / 2, (3, 9): 4 / 2}
    assert table.note.en.endswith("mean of 2 weeks. 30 more have a day and no hour.")


def test_where_each_act_has_an_hour_none_is_said_to_lack_it(fill: Fill) -> None:
    sql = """
        insert into marts.community_days by name
        select date '2026-11-19' - n::int as day, 0 as n_contents, 3 as n_interactions, 2 as dau from range(14) r (n);
        insert into marts.activity_hours by name
        select day, 9 as hour, 0 as n_contents, 3 as n_interactions, 0 as n_reads, 0 as n_anonymous_acts,
            0 as n_anonymous_reads from marts.community_days;
    """
    table = block_of(page_of(interactions.page, fill(sql)), "At which hours do they act?")
    assert isinstance(table, Table)
    assert table.note.en.endswith("the mean of 2 weeks.")


def test_reads_are_shown_by_hour_with_those_of_visitors(fill: Fill) -> None:
    piece = "insert into marts.content_performance by name select 'p' as content_id, 'a' as kind, 0 as n_interactions;"
    table = block_of(page_of(content.page, fill(_HOURS + piece)), "At which hours are pieces read?")
    assert isinstance(table, Table)
    assert {cell.sort for row in table.rows for cell in row[1:]} == {0, (8 + 2) / 2, 1 / 2}


def test_topics_lead_with_what_nobody_answers(fill: Fill) -> None:
    sql = """
        insert into marts.content_performance by name
        select *, 0 as n_interactions
        from (values ('q1', 'question', 10, date '2026-11-10'), ('q2', 'question', 5, date '2026-11-11'),
            ('a', 'article', 90, date '2026-11-01'), ('old', 'question', 1, date '2026-01-01'))
            as v (content_id, kind, n_reads, published_day);
        insert into marts.content_tags values ('q1', 'rust'), ('q2', 'go'), ('a', 'go'), ('old', 'rust'), ('q1', 'web');
        insert into marts.answer_times by name
        select 'q1' as question_id, true as is_waiting, date '2026-11-10' as asked_day
        union all select 'q2', false, date '2026-11-11' union all select 'old', true, date '2026-01-01';
    """
    table = block_of(page_of(content.page, fill(sql)), "Topics: what is asked, and what nobody answers")
    assert isinstance(table, Table)
    assert [[cell.sort if cell.sort is not None else cell.shown for cell in row] for row in table.rows] == [
        ["rust", 1, 1, 0, "", 10],
        ["web", 1, 1, 0, "", 10],
        ["go", 1, 0, 1, "2026-11-01", 95],
    ]


def test_topics_leave_out_columns_of_which_nothing_came(fill: Fill) -> None:
    sql = """
        insert into marts.content_performance by name
        select 'q1' as content_id, 'question' as kind, 0 as n_interactions, date '2026-11-10' as published_day;
        insert into marts.content_tags values ('q1', 'rust');
    """
    table = block_of(page_of(content.page, fill(sql)), "Topics: what is asked, and what nobody answers")
    assert isinstance(table, Table)
    assert [column.label.en for column in table.columns] == ["Tag", "Questions", "Waiting"]
    assert [cell.sort for cell in table.rows[0][1:]] == [1, 0]
