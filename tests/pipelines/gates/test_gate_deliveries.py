"""Gate 1: which deliveries are withheld, which flow on with a warning."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipelines.lake import ledger
from tests.support.house import House
from tests.support.tiny_logs import FIRST, days_between, interaction

pytestmark = pytest.mark.slow


@pytest.fixture
def house(tmp_path):
    return House(tmp_path / "home")


def rows(count, **more):
    return [interaction(n, FIRST, f"m{n}", **more) for n in range(count)]


def broken(count):
    return [row | {"kind": "teleport"} for row in rows(count)]


def judged(house, days=(FIRST,)):
    outcome = house.accept(list(days))["interactions"]
    return outcome.withheld, outcome.warned


@pytest.mark.parametrize(
    ("delivered", "withheld", "warned"),
    [
        (rows(20), False, False),
        ([*rows(19), *broken(1)], False, False),
        ([*rows(94), *broken(5)], True, False),
        ([*rows(76), *broken(4)], False, False),
        ([*rows(75), *broken(4)], False, True),
        ([*rows(2), *broken(1)], False, True),
        ([*rows(1), *broken(1)], False, True),
        ([*rows(1), *broken(2)], True, False),
        (broken(1), True, False),
        (broken(5), True, False),
        ([], True, False),
        (rows(6) * 2, False, True),
        (rows(20, member_id=None), True, False),
        ([*rows(1), *(interaction(n, FIRST, None) for n in range(1, 20))], False, False),
        ([interaction(1, FIRST - timedelta(days=181), "m1")], False, True),
        ([interaction(1, FIRST - timedelta(days=180), "m1")], False, False),
    ],
    ids=[
        "good", "a twentieth broken", "five broken, over a twentieth", "four broken of 80", "four broken of 79",
        "one of three broken", "one of two broken", "most of three broken", "the only row broken", "all broken",
        "empty file", "half repeated",
        "nobody's interactions", "nearly all nobody's interactions", "half a year late", "just not half a year late",
    ],
)  # fmt: skip
def test_a_delivery_is_judged(house, delivered, withheld, warned):
    house.deliver("interactions", FIRST, delivered)
    assert judged(house) == ((FIRST,) if withheld else (), (FIRST,) if warned else ())


def test_the_share_that_may_be_broken_is_a_setting(tmp_path):
    house = House(tmp_path / "home", max_quarantine_share=0.5)
    house.deliver("interactions", FIRST, [*rows(5), *broken(5)])
    assert judged(house) == ((), ())


def test_rows_of_different_members_that_share_a_key_warn_and_are_named(house):
    house.deliver("interactions", FIRST, [*rows(40), *(interaction("-1", FIRST, f"m{n}") for n in range(12))])
    assert judged(house) == ((), (FIRST,))
    (warned,) = [row for row in ledger.read(house.home, "gate_results").to_pylist() if not row["is_passed"]]
    assert (warned["expectation"], warned["severity"]) == ("shared_key_rows at most 0", "warning")
    assert warned["observed"] == "12 (interaction_id i-1: 12 rows with 12 different member_id, of which one counts)"


def test_a_file_that_cannot_be_read_warns_and_holds_the_day_out_where_nothing_else_came(house):
    for day in (FIRST, FIRST + timedelta(days=1)):
        house.deliver("interactions", day, [], "picture.png").write_bytes(b"\x89PNG")
    house.deliver("interactions", FIRST, rows(5))
    withheld, warned = judged(house, days_between(FIRST, FIRST + timedelta(days=1)))
    assert (withheld, warned) == ((FIRST + timedelta(days=1),), (FIRST,))


def test_a_day_far_from_the_four_weeks_before_it_warns(house):
    days = days_between(FIRST, FIRST + timedelta(days=8))
    for day, count in zip(days, [20] * 7 + [1, 201], strict=True):
        house.deliver("interactions", day, [interaction(n, day, "m1") for n in range(count)])
    assert judged(house, days) == ((), tuple(days[-2:]))


def test_the_usual_volume_is_known_only_after_a_week(house):
    days = days_between(FIRST, FIRST + timedelta(days=6))
    for day, count in zip(days, [20] * 6 + [1], strict=True):
        house.deliver("interactions", day, [interaction(n, day, "m1") for n in range(count)])
    assert judged(house, days) == ((), ())


def test_a_bad_day_does_not_touch_the_days_beside_it(house):
    days = days_between(FIRST, FIRST + timedelta(days=2))
    for day in days:
        house.deliver("interactions", day, broken(3) if day == days[1] else rows(3))
    assert judged(house, days) == ((days[1],), ())
    assert [house.home.raw_part("interactions", day).exists() for day in days] == [True, False, True]


def test_verdicts_are_kept_with_reason_and_run(house):
    house.deliver("interactions", FIRST, broken(3))
    house.accept([FIRST], run_id="this-run")
    results = ledger.read(house.home, "gate_results").to_pylist()
    (failed,) = [row for row in results if row["expectation"].startswith("quarantine_share at")]
    assert (failed["table_name"], failed["day"], failed["severity"]) == ("interactions", FIRST, "critical")
    assert (failed["is_passed"], failed["observed"], failed["expected"]) == (False, "1", "at most 0.05")
    assert {row["run_id"] for row in results} == {"this-run"}
    assert all(row["reason"] for row in results)


def test_a_log_without_a_delivery_has_nothing_to_judge(house):
    house.deliver("interactions", FIRST, rows(3))
    outcome = house.accept([FIRST])["content"]
    assert (outcome.n_days, outcome.withheld) == (0, ())
