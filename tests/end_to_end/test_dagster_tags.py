"""A range launched from Dagster's own pages works as one launched by ``guildbook run``."""

from __future__ import annotations

import dagster as dg
import pytest

from tests.support.running import DELIVERED, GOOD_DAYS, NEXT_DAYS

pytestmark = [pytest.mark.job, pytest.mark.long]


def test_a_range_with_dagsters_own_tags_is_one_run_that_shows_each_day(running):
    running.deliver_days(NEXT_DAYS)
    tags = {
        "dagster/asset_partition_range_start": NEXT_DAYS[0].isoformat(),
        "dagster/asset_partition_range_end": NEXT_DAYS[-1].isoformat(),
    }

    result = running.execute_in_dagster(tags=tags)

    assert result.success
    assert running.version == 2
    assert running.query("select through_day from control.completed_builds") == [(NEXT_DAYS[-1],)]
    with dg.DagsterInstance.get() as instance:
        seen = instance.get_materialized_partitions(dg.AssetKey(["raw", "interactions"]))
    assert {day.isoformat() for day in NEXT_DAYS} <= seen
    of_the_command = {day.isoformat() for day in GOOD_DAYS if ("interactions", day) in DELIVERED}
    assert of_the_command <= seen, "days that the command ran are seen too"
