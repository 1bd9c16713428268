"""A run rebuilds the days that a change touches, and no others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipelines.lake import ledger
from pipelines.warehouse.counts import StaleCounts, count_stale, record_build
from tests.support.house import House, differences
from tests.support.tiny_logs import FIRST, days_between, interaction, tiny_community

DELIVERED = tiny_community(2, members=40)
DAYS = days_between(FIRST, max(day for _, day in DELIVERED))
REACH = {"int_community__active_counts": 31, "fct_member_engagement": 30, "community_days": 59}
"""Days, the changed one included, that each model's rows of one day look back over."""


@pytest.fixture
def house(built_house, tmp_path):
    return built_house.copy_to(tmp_path / "home")


def poison(house):
    """Write nonsense into every day, so that it shows which days are built again."""
    house.change("update marts.fct_member_days set n_reads = -5")
    house.change("update intermediate.int_community__active_counts set dau = -5")
    house.change("update marts.fct_member_engagement set contents = -5")
    house.change("update marts.community_days set joined_members = -5")


def rebuilt_days(house):
    """Days of each model without nonsense in any row."""
    marks = {
        "marts.fct_member_days": "n_reads",
        "intermediate.int_community__active_counts": "dau",
        "marts.fct_member_engagement": "contents",
        "marts.community_days": "joined_members",
    }
    return {
        table.split(".")[1]: [
            row[0]
            for row in house.query(f"select day from {table} group by day having min({column}) >= 0 order by day")
        ]
        for table, column in marks.items()
    }


def calendar_days(plan):
    """Days of the calendar, which opens before the first delivery: a piece may be older than that."""
    return len(days_between(plan.first_day, plan.through_day))


def test_a_run_with_nothing_new_rebuilds_nothing(house):
    poison(house)
    made = house.run(DAYS)
    assert made.full_because == ""
    assert house.stale_days() == {}
    assert set(map(len, rebuilt_days(house).values())) == {0}
    assert count_stale(house.home) == StaleCounts(calendar_days(made), 0, {})


def test_a_row_forty_days_late_rebuilds_its_day_and_what_looks_back_on_it(house):
    day = FIRST + timedelta(days=10)
    member = house.query(
        f"select member_id from marts.fct_member_days where is_active and day < '{day - timedelta(days=5)}' "
        f"and member_id in (select member_id from marts.fct_member_days where day > '{day}') order by 1"
    )[0][0]
    house.deliver("interactions", day + timedelta(days=40), [interaction("late", day, member)], "late.jsonl")
    poison(house)
    made = house.run([day + timedelta(days=40)])

    assert house.stale_days() == {day: "interactions"}
    expected = {table: days_between(day, day + timedelta(days=reach - 1)) for table, reach in REACH.items()}
    assert rebuilt_days(house) == {"fct_member_days": [day]} | expected
    reaches = dict(sorted((len(days), len(days)) for days in expected.values()))
    assert reaches == {30: 30, 31: 31, 59: 59}
    assert record_build(house.home, made, "late") == StaleCounts(calendar_days(made), 1, reaches)
    (row,) = ledger.read(house.home, "builds").to_pylist()
    assert (row["n_days"], row["n_stale_days"], row["n_stale_as_of_days"]) == (calendar_days(made), 1, 59)
    assert (row["run_id"], row["full_because"], row["through_day"]) == ("late", "", DAYS[-1])


@pytest.mark.long
def test_a_withdrawn_delivery_takes_its_rows_along_and_a_correction_may_empty_a_day(house, tmp_path):
    withdrawn, emptied = DAYS[20], DAYS[30]
    taken_away = [(log, day) for log, day in DELIVERED if day == withdrawn and log != "events"]
    assert ("interactions", withdrawn) in taken_away
    for log, day in taken_away:
        house.withdraw(log, day)
    corrections = [
        row | {"op": "delete", "source_seq": 99}
        for (log, _), rows in DELIVERED.items()
        for row in rows
        if log == "interactions" and row["occurred_at"].startswith(str(emptied))
    ]
    house.deliver("interactions", DAYS[-1], corrections, "corrections.jsonl")
    house.run([withdrawn, DAYS[-1]])

    built = "intermediate.int_interactions__member_days"
    assert house.query(f"select count(*) from {built} where day = '{emptied}'") == [(0,)]
    assert house.query(f"select count(*) from lake.interactions where log_day = '{withdrawn}'") == [(0,)]

    anew = House(tmp_path / "anew")
    anew.deliver_all({key: rows for key, rows in DELIVERED.items() if key not in taken_away})
    anew.deliver("interactions", DAYS[-1], corrections, "corrections.jsonl")
    anew.run(DAYS)
    assert differences(house, anew) == {}


@pytest.mark.long
def test_a_joining_that_moves_changes_how_long_its_member_was_observed(house):
    """The member was a bot when it joined, so no count of joinings tells that its day has moved."""
    interaction_day = FIRST + timedelta(days=11)

    def states(joined, source_seq):
        bot = {"member_id": "former_bot", "occurred_at": f"{FIRST + timedelta(days=9)}T08:00:00", "role": "bot"}
        human = bot | {"occurred_at": f"{FIRST + timedelta(days=10)}T08:00:00", "role": "member"}
        return [row | {"joined_at": f"{joined}T08:00:00", "source_seq": source_seq} for row in (bot, human)]

    def observed_days():
        return house.query(
            "select observed_days from marts.fct_member_engagement "
            f"where member_id = 'former_bot' and day = '{interaction_day + timedelta(days=1)}'"
        )

    house.deliver("members", DAYS[-1], states(FIRST + timedelta(days=5), 1), "former_bot.jsonl")
    house.deliver("interactions", DAYS[-1], [interaction("bot", interaction_day, "former_bot")], "former_bot.jsonl")
    house.run([DAYS[-1]])
    assert observed_days() == [(8,)]

    house.deliver("members", DAYS[-1], states(FIRST + timedelta(days=9), 2), "corrections.jsonl")
    house.run([DAYS[-1]])
    assert observed_days() == [(4,)]
    assert house.stale_days() == {}
