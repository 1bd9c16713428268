"""Gate 1 on a day that is not over: the same verdicts as at night, without what can only be said of a whole day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipelines.gates.deliveries import judge_part_of_day
from pipelines.lake import ledger, manifest
from tests.support.house import House
from tests.support.steady_logs import LAST, N_PAST, steady_rows
from tests.support.tiny_logs import days_between

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A home whose log has a past; what is delivered for the last day is judged."""
    house = House(tmp_path_factory.mktemp("part") / "home", timezone="UTC")
    days = days_between(LAST - timedelta(days=N_PAST), LAST - timedelta(days=1))
    for day in days:
        house.deliver("interactions", day, texts(steady_rows("interactions", day)))
    house.accept(days, logs=["interactions"])
    return house


def texts(rows):
    return [{name: str(value) for name, value in row.items() if value is not None} for row in rows]


def until(hour):
    return [row for row in texts(steady_rows("interactions", LAST)) if int(row["occurred_at"][11:13]) < hour]


def judged(house, rows):
    from pipelines.contract import INTERACTIONS  # noqa: PLC0415
    from pipelines.ingest import ingest_days  # noqa: PLC0415

    house.deliver("interactions", LAST, rows)
    ingest_days(house.home, house.settings, INTERACTIONS, [LAST], run_id="part")
    before = {name: ledger.read(house.home, name).num_rows for name in ("gate_results", "manifest")}
    waiting = manifest.candidates(house.home, "interactions", [LAST])
    outcome = judge_part_of_day(house.home, house.settings, waiting)
    assert {name: ledger.read(house.home, name).num_rows for name in before} == before
    assert waiting[0].folder.is_dir()
    return outcome


@pytest.mark.parametrize("hour", [1, 9, 15, 23])
def test_an_honest_part_of_a_day_passes_without_a_warning(house, hour):
    outcome = judged(house, until(hour))

    assert (outcome.withheld, outcome.reasons, outcome.warnings) == ((), (), ())


def without_times(rows):
    return [row | {"occurred_at": "yesterday"} if n % 2 else row for n, row in enumerate(rows)]


def of_the_day_before(rows):
    """The rows of another day under the ids and the date of this one."""
    before = texts(steady_rows("interactions", LAST - timedelta(days=1)))
    return [
        old | {"interaction_id": new["interaction_id"], "occurred_at": f"{LAST}{old['occurred_at'][10:]}"}
        for old, new in zip(before, rows, strict=False)
    ]


BROKEN = [(without_times, "quarantine_share"), (of_the_day_before, "day_again")]


@pytest.mark.parametrize(("broken", "rule"), BROKEN)
def test_a_broken_part_is_withheld_as_at_night(house, broken, rule):
    outcome = judged(house, broken(until(15)))

    assert outcome.withheld == (LAST,)
    assert rule in outcome.reasons[0]
