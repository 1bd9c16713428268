"""What lies in the lake is what was last accepted, and the manifest says exactly that, wherever a run is killed."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import clock
from pipelines.cli.status import status_lines
from pipelines.contract import LOGS
from pipelines.defs.launch import delivered_logs
from pipelines.ingest import ingest_days
from pipelines.lake import ledger, manifest
from pipelines.lake.delivery import read_delivery, rename_former
from pipelines.lake.manifest import PASSED, WAIVED, WITHHELD
from tests.support.house import House
from tests.support.tiny_logs import interaction

pytestmark = pytest.mark.slow

LOG = "interactions"
DAY = date(2025, 3, 5)
BEFORE = DAY - timedelta(days=1)


class Killed(BaseException):
    """Stands for a kill: nothing in the project catches it."""


@pytest.fixture
def house(tmp_path):
    return House(tmp_path / "home")


def ingest(house, rows, day=DAY):
    """Deliver rows, or nothing any more, and make the candidate part."""
    if rows:
        house.deliver(LOG, day, rows)
    else:
        house.withdraw(LOG, day)
    ingest_days(house.home, house.settings, LOGS[LOG], [day], run_id="run")


def decide(house, verdict):
    waiting = manifest.candidates(house.home, LOG)
    manifest.decide(house.home, [(candidate, verdict) for candidate in waiting], "run")


def in_lake(house, day=DAY):
    """Rows of a log day's part per event day."""
    part = house.home.raw_part(LOG, day)
    if not part.exists():
        return {}
    with duckdb.connect() as con:
        return dict(con.execute(f"select event_day, count(*) from '{part}' group by 1").fetchall())


def in_manifest(house, day=DAY):
    rows = [row for row in manifest.current(house.home).to_pylist() if row["log_day"] == day]
    assert len({row["event_day"] for row in rows}) == len(rows)
    return {row["event_day"]: row["n_rows"] for row in rows if row["n_rows"]}


@pytest.mark.parametrize("verdict", [PASSED, WAIVED])
def test_an_accepted_candidate_is_moved_in_and_counted_by_event_day(house, verdict):
    ingest(house, [interaction(1, DAY, "a"), interaction(2, DAY, "b"), interaction(3, BEFORE, "a")])

    decide(house, verdict)

    assert in_lake(house) == in_manifest(house) == {DAY: 2, BEFORE: 1}
    assert manifest.candidates(house.home, LOG) == []
    assert not house.home.candidate_part(LOG, DAY).parent.exists()
    assert set(ledger.read(house.home, "manifest")["verdict"].to_pylist()) == {verdict}


def test_a_withheld_candidate_stays_beside_the_lake(house):
    ingest(house, [interaction(1, DAY, "a")])

    decide(house, WITHHELD)
    manifest.finish_moves(house.home, [LOG])

    assert in_lake(house) == in_manifest(house) == {}
    assert [candidate.log_day for candidate in manifest.candidates(house.home, LOG)] == [DAY]


def test_a_delivery_that_no_gate_has_judged_is_not_said_to_be_withheld(house):
    ingest(house, [interaction(1, DAY, "a")])
    decide(house, WITHHELD)
    assert [line.en for line in status_lines(house.home) if DAY.isoformat() in line.en] == [
        f"withheld    {LOG} {DAY} (1 log day)"
    ]

    ingest(house, [interaction(1, DAY, "a"), interaction(2, DAY, "a")])

    assert [one.is_judged for one in manifest.withheld_days(house.home)] == [False]
    told = [line.en for line in status_lines(house.home) if line.en.startswith(("withheld", "not judged"))]
    assert told[0] == "withheld    none"
    assert told[1].startswith(f"not judged  {LOG} {DAY} (1 log day): ")


def test_a_withheld_candidate_leaves_the_last_accepted_part(house):
    ingest(house, [interaction(1, DAY, "a"), interaction(2, BEFORE, "a")])
    decide(house, PASSED)

    ingest(house, [interaction(3, DAY, "a"), interaction(4, DAY, "a")])
    decide(house, WITHHELD)

    assert in_lake(house) == in_manifest(house) == {DAY: 1, BEFORE: 1}


def test_the_newest_accepted_record_counts_alone(house):
    ingest(house, [interaction(1, DAY, "a"), interaction(2, BEFORE, "a")])
    decide(house, PASSED)
    ingest(house, [interaction(3, DAY, "a")])
    decide(house, WITHHELD)
    ingest(house, [interaction(4, DAY, "a"), interaction(5, DAY, "a"), interaction(6, DAY, "a")])
    decide(house, WAIVED)

    assert in_lake(house) == in_manifest(house) == {DAY: 3}


def test_a_withdrawn_day_is_recorded_as_empty(house):
    ingest(house, [interaction(1, DAY, "a")])
    decide(house, PASSED)

    ingest(house, [])
    decide(house, PASSED)

    assert in_lake(house) == {}
    assert house.home.raw_part(LOG, DAY).exists()
    [row] = manifest.current(house.home).to_pylist()
    assert (row["event_day"], row["n_rows"], row["checksum"]) == (None, 0, "0")


def changed_since(house, instant):
    return [(one.event_day, one.delivery_id.split("/")[:2]) for one in manifest.changed_since(house.home, instant)]


def test_what_changed_since_an_instant_is_told_by_event_day(house):
    ingest(house, [interaction(1, DAY, "a"), interaction(2, BEFORE, "a")])
    decide(house, PASSED)
    published = clock.now()
    assert changed_since(house, published) == []

    ingest(house, [interaction(1, DAY, "a"), interaction(3, BEFORE - timedelta(days=1), "a")])
    decide(house, WITHHELD)
    assert changed_since(house, published) == []

    decide(house, PASSED)
    delivery = [LOG, str(DAY)]
    assert changed_since(house, published) == [(BEFORE - timedelta(days=1), delivery), (BEFORE, delivery)]
    (named,) = {one.delivery_id for one in manifest.changed_since(house.home, published)}
    assert named == ledger.read(house.home, "deliveries")["delivery_id"].to_pylist()[-1]


def test_a_withdrawn_delivery_has_changed_the_days_that_it_held(house):
    ingest(house, [interaction(1, DAY, "a"), interaction(2, BEFORE, "a")])
    decide(house, PASSED)
    published = clock.now()
    ingest(house, [])
    decide(house, PASSED)
    assert [day for day, _ in changed_since(house, published)] == [BEFORE, DAY]


def test_days_do_not_touch_one_another(house):
    ingest(house, [interaction(1, DAY, "a")])
    ingest(house, [interaction(2, BEFORE, "a")], BEFORE)
    decide(house, PASSED)
    ingest(house, [interaction(3, DAY, "a"), interaction(4, DAY, "b")])
    decide(house, PASSED)

    assert (in_manifest(house), in_manifest(house, BEFORE)) == ({DAY: 2}, {BEFORE: 1})


def test_candidates_are_asked_for_by_day_and_only_whole_ones_count(house):
    days = [DAY + timedelta(days=n) for n in range(3)]
    for n, day in enumerate(days):
        ingest(house, [interaction(n, day, "a")], day)
    (house.home.candidate_part(LOG, days[1]).parent / "_delivery.json").unlink()

    assert [one.log_day for one in manifest.candidates(house.home, LOG)] == [days[0], days[2]]
    assert [one.log_day for one in manifest.candidates(house.home, LOG, days[1:])] == [days[2]]
    assert manifest.candidates(house.home, "members") == []


def kill_at(monkeypatch, moment):
    """Make the next decision die: before it moves any file, after the first part, or before the descriptions."""
    move_all_in = manifest.move_all_in

    def die(*_):
        raise Killed

    def die_after_one(moves):
        move_all_in(moves[:1])
        raise Killed

    def die_at_delivery(moves):
        if any(staged.name == "_delivery.json" for staged, _ in moves):
            raise Killed
        move_all_in(moves)

    deaths = {"recorded": die, "one moved": die_after_one, "parts moved": die_at_delivery}
    if moment in deaths:
        monkeypatch.setattr(manifest, "move_all_in", deaths[moment])


@pytest.mark.parametrize("moment", ["recorded", "one moved", "parts moved"])
@pytest.mark.parametrize("verdict", [PASSED, WAIVED])
def test_a_kill_between_recording_and_moving_is_healed(house, monkeypatch, moment, verdict):
    ingest(house, [interaction(1, DAY, "a")])
    decide(house, PASSED)
    ingest(house, [interaction(2, DAY, "a"), interaction(3, DAY, "b")])
    with monkeypatch.context() as patch:
        kill_at(patch, moment)
        with pytest.raises(Killed):
            decide(house, verdict)
    assert in_manifest(house) == {DAY: 2}
    assert in_lake(house) == {DAY: 1 if moment == "recorded" else 2}

    manifest.finish_moves(house.home, [LOG])

    assert in_lake(house) == in_manifest(house) == {DAY: 2}
    assert manifest.candidates(house.home, LOG) == []
    assert (house.home.raw_part(LOG, DAY).parent / "_delivery.json").exists()


def test_an_empty_folder_of_a_candidate_that_is_back_after_a_loss_of_power_asks_for_nothing(house):
    ingest(house, [interaction(1, DAY, "a")])
    decide(house, PASSED)
    house.home.candidate_part(LOG, DAY).parent.mkdir()

    manifest.finish_moves(house.home, [LOG])

    assert delivered_logs(house.home, house.settings, [DAY]) == {}


def test_a_delivery_under_its_name_of_before_counts_until_the_part_comes_again(house):
    ingest(house, [interaction(1, DAY, "a")])
    candidate = house.home.candidate_part(LOG, DAY)
    candidate.with_name("_delivery.json").rename(candidate.with_name("delivery.json"))
    decide(house, PASSED)
    part = house.home.raw_part(LOG, DAY)
    assert [path.name for path in sorted(part.parent.iterdir())] == ["_delivery.json", "part-0.parquet"]
    part.with_name("_delivery.json").rename(part.with_name("delivery.json"))
    assert read_delivery(part)["log_day"] == str(DAY)
    ingest(house, [interaction(2, DAY, "a"), interaction(3, DAY, "b")])
    decide(house, PASSED)
    assert [path.name for path in sorted(part.parent.iterdir())] == ["_delivery.json", "part-0.parquet"]
    assert in_lake(house) == {DAY: 2}
    part.with_name("_delivery.json").rename(part.with_name("delivery.json"))
    rename_former(house.home)
    assert [path.name for path in sorted(part.parent.iterdir())] == ["_delivery.json", "part-0.parquet"]


def test_a_candidate_that_nobody_judged_is_not_moved_in(house):
    ingest(house, [interaction(1, DAY, "a")])
    decide(house, PASSED)
    ingest(house, [interaction(2, DAY, "a"), interaction(3, DAY, "a")])

    manifest.finish_moves(house.home, [LOG])

    assert in_lake(house) == in_manifest(house) == {DAY: 1}


def test_files_that_come_back_as_they_once_were_are_judged_again_before_they_count(house):
    """A copy that keeps its times has the fingerprint of a part that was accepted, and replaced, long ago."""
    rows = [interaction(1, DAY, "a")]
    os.utime(house.deliver(LOG, DAY, rows), ns=(1, 1))
    ingest_days(house.home, house.settings, LOGS[LOG], [DAY], run_id="run")
    decide(house, PASSED)
    ingest(house, [interaction(2, DAY, "a"), interaction(3, DAY, "a")])
    decide(house, PASSED)
    os.utime(house.deliver(LOG, DAY, rows), ns=(1, 1))
    ingest_days(house.home, house.settings, LOGS[LOG], [DAY], run_id="killed before its gate")

    manifest.finish_moves(house.home, [LOG])

    assert in_lake(house) == in_manifest(house) == {DAY: 2}
    decide(house, PASSED)
    assert in_lake(house) == in_manifest(house) == {DAY: 1}


STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from([PASSED, WAIVED, WITHHELD]),
        st.sampled_from(["", "", "before the gate", "recorded", "one moved", "parts moved"]),
    ),
    min_size=2,
    max_size=6,
)


@settings(max_examples=10, deadline=None)
@given(STEPS)
def test_lake_and_manifest_agree_after_any_deliveries_verdicts_and_kills(steps):
    """Deliveries of 0 to 2 rows, whose times of change repeat; the part is the last one that was accepted."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkeypatch:
        house = House(Path(folder) / "home")
        accepted: Counter[date] = Counter()
        for n_rows, verdict, moment in steps:
            rows = [interaction(n, DAY, "a") for n in range(n_rows)]
            shutil.rmtree(house.home.landing_day(LOG, DAY), ignore_errors=True)
            if rows:
                os.utime(house.deliver(LOG, DAY, rows), ns=(1, 1))
            ingest_days(house.home, house.settings, LOGS[LOG], [DAY], run_id="run")
            is_waiting = bool(manifest.candidates(house.home, LOG))
            if moment != "before the gate":
                with monkeypatch.context() as patch:
                    kill_at(patch, moment)
                    try:
                        decide(house, verdict)
                    except Killed:
                        assert moment
                if is_waiting and verdict != WITHHELD:
                    accepted = Counter({DAY: n_rows} if n_rows else {})
            manifest.finish_moves(house.home, [LOG])
            assert in_lake(house) == in_manifest(house) == accepted


@pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(hours=1), timedelta(days=1), timedelta(days=366)])
def test_what_was_accepted_last_counts_though_the_clock_was_set_back(house, monkeypatch, back):
    noon = clock.now()
    for number, now in enumerate((noon, noon - back, noon - back / 2), start=1):
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        ingest(house, [interaction(f"{number}-{n}", DAY, "m1") for n in range(number)])
        decide(house, PASSED)
        assert in_manifest(house) == in_lake(house) == {DAY: number}
