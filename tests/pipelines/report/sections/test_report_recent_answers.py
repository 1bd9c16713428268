"""Questions of the last 90 days beside those of the 90 before: the marts' own estimates, compared where fair."""

from __future__ import annotations

import pytest

from pipelines.report.parts.header import read_header
from pipelines.report.parts.text import Text, hours
from pipelines.report.sections import recent_answers
from tests.support.report_marts import CONTEXT, DAY
from tests.support.report_pages import Fill


def questions(first: int, last: int, answered: int, waits: float) -> str:
    """One a day, so many days ago; the first of them answered after so many hours, the others not."""
    return f"""
        insert into marts.answer_times by name
        select
            'q' || i as question_id, 'm1' as asker_id, date '{DAY}' - i::int as asked_day,
            i >= {first + answered} as is_censored, i >= 7 as is_judged,
            i < {first + answered} and i >= 7 as is_answered_within_7_days,
            if(i < {first + answered}, {waits}, 24.0 * i + 12) as observed_hours,
        from range({first}, {last + 1}) as days (i);"""


def since(days_ago: int) -> str:
    return f"""
        insert into marts.log_coverage by name
        select 'content' as log, true as is_collected, date '{DAY}' - {days_ago} as first_log_day;"""


def tiles(fill: Fill, sql: str):
    marts = fill(sql)
    return recent_answers.tiles(marts, CONTEXT, read_header(marts, CONTEXT))


def test_each_number_is_beside_that_of_the_days_before(fill: Fill) -> None:
    found = tiles(
        fill, since(200) + questions(0, 79, 47, 2.5) + questions(90, 179, 72, 4.0) + questions(180, 199, 20, 1)
    )
    assert found.title == Text("Asked in the last 90 days", "最近 90 天的提问")
    assert [(one.value, one.change and one.change.en, one.tone) for one in found.tiles] == [
        ("80", "\N{MINUS SIGN}10", "bad"),
        ("55%", "\N{MINUS SIGN}25.2 points", "bad"),
        (hours(2.5), "\N{MINUS SIGN}1.5 hours", "good"),
    ]
    assert [one.note.en for one in found.tiles] == ["", "n = 73", "n = 80"]


@pytest.mark.parametrize(
    ("sql", "changes"),
    [
        (since(179) + questions(0, 40, 30, 2) + questions(100, 119, 15, 2), 3),
        (since(179) + questions(0, 40, 30, 2) + questions(100, 118, 15, 2), 0),
        (since(179) + questions(0, 24, 19, 2) + questions(100, 179, 60, 2), 2),
        (since(179) + questions(0, 40, 30, 2), 0),
        (since(178) + questions(0, 40, 30, 2) + questions(100, 119, 15, 2), 0),
    ],
)
def test_twenty_questions_in_each_window_are_compared_and_whole_windows_alone(
    fill: Fill, sql: str, changes: int
) -> None:
    assert sum(one.change is not None for one in tiles(fill, sql).tiles) == changes


def test_half_are_answered_within_hours_that_count_the_waiting(fill: Fill) -> None:
    found = tiles(fill, since(100) + questions(0, 39, 19, 2))
    assert found.tiles[2].value == hours(None)
    assert found.tiles[2].note.en == "fewer than half had a response, n = 40"


@pytest.mark.parametrize("sql", [since(88) + questions(0, 40, 30, 2), since(200) + questions(100, 140, 30, 2)])
def test_a_log_of_fewer_days_and_days_without_questions_have_no_tiles(fill: Fill, sql: str) -> None:
    assert tiles(fill, sql) is None
