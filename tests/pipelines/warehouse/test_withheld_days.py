"""A log day that gate 1 withholds is a gap in the marts, never a zero, until it is delivered well or waived."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipelines.cli.status import status_lines
from pipelines.gates import verdicts
from pipelines.lake import manifest
from pipelines.warehouse.verify import NotComparableError, verify
from tests.support.house import House, differences
from tests.support.tiny_logs import FIRST, days_between, interaction

pytestmark = pytest.mark.dbt

DAYS = days_between(FIRST, FIRST + timedelta(days=34))
BAD = FIRST + timedelta(days=20)
MEMBERS = ("ana", "bo", "cy")


def interactions(day):
    return [interaction(f"{day}{member}", day, member) for member in MEMBERS]


def broken(day):
    """Five of eight rows cannot be read, so the day is withheld."""
    return [*interactions(day), *(interaction(f"{day}{n}", day, "ana") | {"kind": "teleport"} for n in range(5))]


def delivered(root, bad=BAD):
    house = House(root)
    for day in DAYS:
        house.deliver("interactions", day, broken(day) if day == bad else interactions(day))
    return house


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    house = delivered(tmp_path_factory.mktemp("good") / "home", bad=None)
    house.run(DAYS)
    return house


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """A community of which one day is withheld; not to be changed."""
    house = delivered(tmp_path_factory.mktemp("held") / "home")
    house.run(DAYS)
    return house


def counts(house, day, columns="dau, n_interactions, mau_days_missing"):
    return house.query(f"select {columns} from marts.community_days where day = '{day}'")[0]


def test_a_withheld_day_is_a_gap(held):
    assert counts(held, BAD) == (None, None, 1)
    assert counts(held, BAD, "new_members, resurrected_members, lost_members, n_reads") == (None,) * 4
    assert counts(held, BAD - timedelta(days=1)) == (3, 3, 0)
    assert counts(held, DAYS[-1], "mau, wau_days_missing, mau_days_missing") == (3, 0, 1)
    assert counts(held, DAYS[-1], "round(stickiness, 6)") == (1.0,), "a day that is not known lowers no average"
    assert held.query("select log, n_waiting_rows, keeps_earlier, day from marts.held_out_days") == [
        ("interactions", 3, False, BAD)
    ]
    completeness = f"select n_rows, is_held_out, is_missing, is_outage from marts.data_completeness where day = '{BAD}'"
    assert held.query(completeness) == [(None, True, False, False)]


@pytest.mark.long
def test_a_withheld_day_that_is_mended_is_as_if_it_had_been_good(tmp_path, held, good):
    house = held.copy_to(tmp_path / "home")
    house.deliver("interactions", BAD, interactions(BAD))
    house.run([BAD])
    assert counts(house, BAD) == (3, 3, 0)
    assert differences(house, good) == {}


@pytest.mark.long
def test_a_day_that_comes_late_and_broken_makes_a_gap_where_a_zero_was_and_a_waiver_fills_it(tmp_path, good):
    house = delivered(tmp_path / "home")
    house.withdraw("interactions", BAD)
    house.run(DAYS)
    assert counts(house, BAD) == (0, 0, 0), "nothing came, and nobody says that something is missing"
    house.deliver("interactions", BAD, broken(BAD))
    house.run([BAD])
    assert counts(house, BAD) == (None, None, 1)
    assert counts(house, DAYS[-1]) == (3, 3, 1), "later windows say so too"
    verdicts.waive(house.home, "interactions", BAD, reason="known", waived_by="me")
    house.run([BAD])
    assert differences(house, good) == {}


@pytest.mark.long
def test_a_day_whose_earlier_delivery_is_kept_is_no_gap(tmp_path, good):
    house = good.copy_to(tmp_path / "home")
    house.deliver("interactions", BAD, broken(BAD))
    house.run([BAD])
    assert counts(house, BAD) == (3, 3, 0)
    assert house.query("select keeps_earlier from marts.held_out_days") == [(True,)]


def test_status_counts_what_the_warehouse_counts_however_old_it_is(held):
    (line,) = [line.en for line in status_lines(held.home) if line.en.startswith("withheld")]
    assert line == f"withheld    interactions {BAD} (1 log day)"
    assert len(manifest.withheld_days(held.home)) == held.query("select count(*) from marts.held_out_days")[0][0]


@pytest.mark.long
def test_verify_builds_the_same_gaps_and_asks_for_a_run_where_they_changed(tmp_path, held):
    house = held.copy_to(tmp_path / "home")
    (tmp_path / "scratch").mkdir()
    compared = verify(house.home, house.settings, tmp_path / "scratch", marts=["community_days", "held_out_days"])
    assert [(one.mart, one.is_equal) for one in compared] == [("community_days", True), ("held_out_days", True)]
    house.deliver("interactions", BAD + timedelta(days=1), broken(BAD + timedelta(days=1)))
    house.accept([BAD + timedelta(days=1)])
    (tmp_path / "again").mkdir()
    with pytest.raises(NotComparableError, match="no run has built yet"):
        verify(house.home, house.settings, tmp_path / "again", marts=["community_days"])
