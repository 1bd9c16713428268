"""Log days as partitions, and how a run's tags name them."""

from datetime import UTC, date, datetime

import pytest

from pipelines.defs.launch import delivered_logs, run_tags
from pipelines.defs.partitions import FULL_TAG, log_day_partitions, range_tags, stretches, tagged_days
from pipelines.settings import Settings


def day(number):
    return date(2025, 3, number)


TAGGED = [
    ({"dagster/partition": "2025-03-04"}, [day(4)]),
    (
        {"dagster/asset_partition_range_start": "2025-03-04", "dagster/asset_partition_range_end": "2025-03-06"},
        [day(4), day(5), day(6)],
    ),
    (range_tags(day(4), day(5)), [day(4), day(5)]),
    (range_tags(day(4), day(4)), [day(4)]),
    (range_tags(day(4), day(5)) | {"dagster/partition": "2025-01-01"}, [day(4), day(5)]),
    (range_tags(date(2024, 2, 28), date(2024, 3, 1)), [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)]),
]


@pytest.mark.parametrize(("tags", "days"), TAGGED)
def test_tags_name_log_days(tags, days):
    assert tagged_days(tags) == days


@pytest.mark.parametrize("tags", [{}, {"dagster/asset_partition_range_start": "2025-03-04"}, {FULL_TAG: "yes"}])
def test_a_run_without_log_days_is_refused(tags):
    with pytest.raises(ValueError, match="names no log day: launch it for a partition"):
        tagged_days(tags)


STRETCHES = [
    ([], []),
    ([5], [(5, 5)]),
    ([5, 6, 7], [(5, 7)]),
    ([7, 5, 6, 5], [(5, 7)]),
    ([1, 2, 4, 6, 7], [(1, 2), (4, 4), (6, 7)]),
]


@pytest.mark.parametrize(("days", "merged"), STRETCHES)
def test_days_merge_into_stretches(days, merged):
    assert stretches([day(number) for number in days]) == [(day(first), day(last)) for first, last in merged]


LAST_PARTITIONS = [
    ("Asia/Shanghai", datetime(2025, 3, 9, 15, 59, tzinfo=UTC), "2025-03-08"),
    ("Asia/Shanghai", datetime(2025, 3, 9, 16, 0, tzinfo=UTC), "2025-03-09"),
    ("America/Sao_Paulo", datetime(2025, 3, 10, 2, 59, tzinfo=UTC), "2025-03-08"),
    ("America/Sao_Paulo", datetime(2025, 3, 10, 3, 0, tzinfo=UTC), "2025-03-09"),
]


@pytest.mark.parametrize(("timezone", "now", "last"), LAST_PARTITIONS)
def test_partitions_end_with_the_communitys_yesterday(timezone, now, last):
    partitions = log_day_partitions(Settings(timezone=timezone, first_log_day=day(1)))

    keys = partitions.get_partition_keys(current_time=now)

    assert (keys[0], keys[-1]) == ("2025-03-01", last)


def test_a_runs_tags_say_whether_it_is_full():
    assert run_tags(day(1), day(2)) == range_tags(day(1), day(2))
    assert run_tags(day(1), day(2), full=True) == range_tags(day(1), day(2)) | {FULL_TAG: "yes"}


def test_only_logs_with_something_to_do_are_run(watched):
    row = {"interaction_id": "i1", "occurred_at": "2025-03-04T12:00:00", "kind": "like", "member_id": "m1"}
    watched.deliver("interactions", day(4), [row])
    asked = {"days": [day(3), day(4)], "home": watched.home, "settings": watched.settings}

    found = delivered_logs(**asked)
    assert {log: list(days) for log, days in found.items()} == {"interactions": [day(4)]}
    assert delivered_logs(watched.home, watched.settings, [day(3)]) == {}

    watched.accept([day(4)])
    assert delivered_logs(**asked) == {}
    assert delivered_logs(**asked, full=True) == {"interactions": {day(4): "everything is asked for"}}


def test_a_day_that_was_withheld_is_run_again_when_asked_for(watched):
    rows = [{"interaction_id": f"i{n}", "occurred_at": "never", "kind": "like", "member_id": "m1"} for n in range(9)]
    watched.deliver("interactions", day(4), rows)
    assert watched.accept([day(4)])["interactions"].withheld == (day(4),)

    assert delivered_logs(watched.home, watched.settings, [day(4)]) == {
        "interactions": {day(4): "was withheld by gate 1"}
    }
