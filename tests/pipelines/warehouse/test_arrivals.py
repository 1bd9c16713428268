"""A day for which no log came is awaited or not by the log's own past."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipelines.warehouse.arrivals import awaited, is_silent, missing_days
from tests.support.house import House
from tests.support.tiny_logs import interaction

FRIDAY = date(2026, 2, 6)


def days(last, count, *, weekdays=range(7)):
    """The days up to ``last`` that fall on ``weekdays``."""
    past = (last - timedelta(days=n) for n in range(count))
    return [day for day in past if day.weekday() in weekdays]


@pytest.mark.parametrize(
    ("came", "day", "logs"),
    [
        ({"interactions": days(FRIDAY, 60), "content": days(FRIDAY, 60)}, 1, ["interactions", "content"]),
        ({"interactions": days(FRIDAY, 60)}, 0, []),
        ({"interactions": days(FRIDAY, 60, weekdays=range(5))}, 1, []),
        ({"interactions": days(FRIDAY, 60, weekdays=range(5))}, 3, ["interactions"]),
        ({"interactions": days(FRIDAY, 60), "events": days(FRIDAY, 60, weekdays=[2])}, 1, ["interactions"]),
        ({"events": days(FRIDAY, 60, weekdays=[2])}, 1, []),
        ({"events": days(FRIDAY, 60, weekdays=[2])}, 5, ["events"]),
        ({"interactions": days(FRIDAY, 60)}, 40, ["interactions"]),
        ({"interactions": days(FRIDAY, 2)}, 1, ["interactions"]),
        ({"interactions": [], "content": []}, 1, []),
        ({"interactions": [FRIDAY + timedelta(days=9)]}, 1, []),
    ],
    ids=[
        "daily", "it came", "closed at weekends", "a Monday after a weekend", "a log of Wednesdays is not named",
        "only Wednesdays", "a Wednesday is missing", "a long outage stays one", "the third day", "nothing yet",
        "before anything",
    ],
)  # fmt: skip
def test_a_day_is_awaited_by_the_same_weekdays_before_it(came, day, logs):
    assert awaited(came, FRIDAY + timedelta(days=day)) == logs


@pytest.mark.parametrize(
    ("came", "day", "silent"),
    [
        ({"interactions": days(FRIDAY, 60)}, 1, False),
        ({"interactions": days(FRIDAY, 60, weekdays=range(5))}, 1, True),
        ({"interactions": days(FRIDAY, 60, weekdays=range(5))}, 0, False),
        ({"interactions": []}, 1, False),
    ],
    ids=["daily", "closed at weekends", "it came", "no past says nothing"],
)
def test_a_day_is_silent_only_by_a_past_that_says_so(came, day, silent):
    assert is_silent(came, FRIDAY + timedelta(days=day)) == silent


def test_a_day_that_came_empty_or_was_withdrawn_did_come(tmp_path):
    house = House(tmp_path / "home")
    past = days(FRIDAY, 8)
    for day in past:
        house.deliver("interactions", day, [interaction(1, day, "m1")])
    house.accept(past)
    came, never = FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=2)
    house.deliver("interactions", came, [])
    house.withdraw("interactions", FRIDAY)

    (missing,) = missing_days(house.home, [FRIDAY, came, never]).items()

    assert missing == (
        never,
        f"no log came for {never}; expected by their past: interactions. Put the files into landing/<log>/{never}/ and "
        "run the day again",
    )

    house.home.sources.mkdir()
    for name in ("forum.yaml", "chat.yaml", "_draft.yaml", "notes.txt"):
        (house.home.sources / name).write_text("kind: slack\n")

    assert missing_days(house.home, [never])[never].endswith(
        f"interactions. Pull chat, forum again, or put files into landing/<log>/{never}/, and run the day again"
    )
