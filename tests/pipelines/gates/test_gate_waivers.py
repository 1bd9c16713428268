"""A day that gate 1 withheld keeps its last accepted part, until it is delivered better or somebody waives it."""

from __future__ import annotations

from datetime import timedelta

import pyarrow.parquet as pq
import pytest

from pipelines.gates.verdicts import waive
from pipelines.lake import ledger
from tests.support.house import House
from tests.support.tiny_logs import FIRST, interaction

pytestmark = pytest.mark.slow

LOG = "interactions"


@pytest.fixture
def house(tmp_path):
    """A home that accepted five rows on a day, and then got a broken delivery of two rows on it."""
    house = House(tmp_path / "home")
    house.deliver(LOG, FIRST, [interaction(n, FIRST, "m1") for n in range(5)])
    house.accept([FIRST])
    rows = [interaction(n, FIRST, "m1") for n in range(5)]
    house.deliver(LOG, FIRST, [*rows[:2], *(row | {"kind": "teleport"} for row in rows[2:])])
    assert house.accept([FIRST])[LOG].withheld == (FIRST,)
    return house


def n_rows(house):
    return pq.read_table(house.home.raw_part(LOG, FIRST), partitioning=None).num_rows


def told(house):
    return ledger.read(house.home, "manifest")["verdict"].to_pylist()


def test_a_withheld_day_keeps_its_last_accepted_part(house):
    assert (n_rows(house), told(house)) == (5, ["passed", "held_out"])


def test_it_is_judged_again_by_each_run_that_asks_for_it(house):
    assert house.accept([FIRST])[LOG].withheld == (FIRST,)
    assert house.accept([FIRST + timedelta(days=1)])[LOG].n_days == 0
    assert (n_rows(house), told(house)) == (5, ["passed", "held_out", "held_out"])


def test_a_waiver_lets_it_in_with_a_warning(house):
    waive(house.home, LOG, FIRST, reason="nothing better will come", waived_by="ann")
    outcome = house.accept([FIRST])[LOG]
    assert (outcome.withheld, outcome.warned) == ((), (FIRST,))
    assert (n_rows(house), told(house)[-1]) == (2, "waived")


@pytest.mark.parametrize(("table_name", "days"), [("content", 0), (LOG, 1)])
def test_a_waiver_of_another_log_or_day_does_not(house, table_name, days):
    waive(house.home, table_name, FIRST + timedelta(days=days), reason="known", waived_by="ann")
    assert house.accept([FIRST])[LOG].withheld == (FIRST,)
    assert n_rows(house) == 5


def test_a_better_delivery_passes_without_one(house):
    house.deliver(LOG, FIRST, [interaction(n, FIRST, "m1") for n in range(7)])
    outcome = house.accept([FIRST])[LOG]
    assert (outcome.withheld, outcome.warned) == ((), ())
    assert (n_rows(house), told(house)[-1]) == (7, "passed")
