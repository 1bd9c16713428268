"""Rows that name nobody: a first delivery by its share, a later one against the log's own past."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipelines.gates import deliveries
from pipelines.gates.nobody import Absent, Judged, judge_absent
from pipelines.lake import ledger
from tests.support.house import House
from tests.support.tiny_logs import FIRST, days_between, interaction

pytestmark = pytest.mark.slow

LIMITS = {"max_share": 0.99, "max_rise": 0.25}


def spelt(day: date, count: int, name: str = "member_id"):
    rows = []
    for n in range(count):
        row = interaction(n, day, f"m{n}")
        row[name] = row.pop("member_id")
        rows.append(row)
    return rows


def past(*absent: int, of: int = 20) -> dict[date, Absent]:
    return {FIRST - timedelta(days=len(absent) - n): Absent(of, each) for n, each in enumerate(absent)}


@pytest.mark.parametrize(
    ("before", "waiting", "judged"),
    [
        ({}, Absent(2, 2), Judged(share=1.0)),
        ({}, Absent(2, 0), Judged(share=0.0)),
        (past(0), Absent(4, 4), Judged()),
        (past(0), Absent(5, 5), Judged(share=1.0)),
        (past(*[0] * 6), Absent(20, 20), Judged(share=1.0)),
        (past(*[0] * 7), Absent(20, 20), Judged(rise=1.0)),
        (past(*[0] * 7), Absent(4, 4), Judged()),
        (past(*[20] * 7), Absent(20, 20), Judged(rise=0.0)),
        (past(*[10] * 7), Absent(20, 16), Judged(rise=0.8 - 0.5)),
        (past(8, 10, 12, 8, 10, 12, 10), Absent(20, 20), Judged(rise=1 - (0.5 + 3 * 1.4826 * 0.1))),
        (past(*[20] * 28, *[0] * 28), Absent(20, 10), Judged(rise=0.5)),
        (past(*[10] * 15, *[8] * 14), Absent(20, 20), Judged(rise=1 - (0.45 + 3 * 1.4826 * 0.05))),
        (past(*[0] * 7), Absent(20, 5), Judged(rise=0.25)),
    ],
    ids=[
        "first, nobody", "first, all named", "second, too few to tell", "second, nobody", "six days are no past",
        "seven days are", "too few rows to tell", "as ever", "above a steady past", "above a past that varies",
        "the last four weeks count", "no day more or less", "just enough rows to tell",
    ],
)  # fmt: skip
def test_a_day_is_judged_by_what_is_known_of_its_log(before, waiting, judged):
    found = judge_absent({FIRST: waiting}, before, **LIMITS)[FIRST]
    assert (found.share, found.rise) == (judged.share, pytest.approx(judged.rise))


def test_a_day_with_a_past_is_no_part_of_the_share_of_those_without():
    early = FIRST - timedelta(days=30)
    found = judge_absent({early: Absent(100, 60), FIRST: Absent(1000, 0)}, past(*[0] * 7), **LIMITS)
    assert found == {early: Judged(share=0.6), FIRST: Judged()}


def test_the_days_of_a_first_delivery_are_judged_together():
    waiting = {FIRST + timedelta(days=n): Absent(10, 10 if n == 0 else 2) for n in range(5)}
    assert {one.share for one in judge_absent(waiting, {}, **LIMITS).values()} == {18 / 50}
    waiting = {FIRST + timedelta(days=n): Absent(10, 10) for n in range(40)}
    assert {one.share for one in judge_absent(waiting, {}, **LIMITS).values()} == {1.0}


def test_days_on_the_limit_are_a_past_of_the_later_ones():
    waiting = {FIRST + timedelta(days=n): Absent(100, 99) for n in range(10)}
    assert [one.rise for one in judge_absent(waiting, {}, **LIMITS).values()] == [None] * 7 + [0.0] * 3
    waiting = {FIRST + timedelta(days=n): Absent(20, 5) for n in range(10)}
    assert [one.rise for one in judge_absent(waiting, past(*[0] * 7), **LIMITS).values()] == [0.25] * 7 + [
        pytest.approx(max(0.0, 0.25 - (0.125 + 3 * 1.4826 * 0.125))),
        0.0,
        0.0,
    ]


def test_days_withheld_are_no_past_of_the_later_ones():
    waiting = {FIRST + timedelta(days=n): Absent(10, 10) for n in range(60)}
    judged = judge_absent(waiting, past(*[0] * 10), **LIMITS)
    assert {one.rise for one in judged.values()} == {1.0}


@pytest.mark.parametrize(
    ("log", "ours", "theirs"), [("interactions", "member_id", "member"), ("content", "author_id", "author")]
)
def test_a_first_delivery_without_the_column_is_withheld_and_names_it(tmp_path, log, ours, theirs):
    house = House(tmp_path / "home")
    for day in days_between(FIRST, FIRST + timedelta(days=1)):
        rows = [
            {
                "content_id": f"c{n}-{day}",
                "occurred_at": f"{day}T12:00",
                "published_at": f"{day}T12:00",
                "kind": "article",
                theirs: f"m{n}",
            }
            for n in range(2)
        ]
        house.deliver(log, day, rows if log == "content" else spelt(day, 2, theirs))
    days = days_between(FIRST, FIRST + timedelta(days=1))
    outcome = house.accept(days)[log]
    assert outcome.withheld == tuple(days)
    assert outcome.reasons[0].startswith(
        f"null_member_share at most 0.99, found 1 (column `{theirs}` is not in the contract: did you mean {ours}? "
    )
    assert deliveries.is_all_withheld(house.home, house.accept(days)[log])


def test_a_column_renamed_later_is_withheld_until_it_is_mended(tmp_path):
    house = House(tmp_path / "home")
    days = days_between(FIRST, FIRST + timedelta(days=9))
    for n, day in enumerate(days):
        house.deliver("interactions", day, spelt(day, 10, "member_id" if n < 8 else "member"))
    assert house.accept(days)["interactions"].withheld == tuple(days[8:])
    house.deliver("interactions", days[8], spelt(days[8], 10))
    assert house.accept(days)["interactions"].withheld == (days[9],)


@pytest.mark.parametrize(("erased", "withheld", "warned"), [(8, 0, 1), (10, 1, 0)], ids=["some", "all"])
def test_pieces_of_erased_members_come_anew_without_an_author_and_withhold_no_day(tmp_path, erased, withheld, warned):
    """Some without an author may be erasures; none with one is a column that was lost."""
    house = House(tmp_path / "home")
    days = days_between(FIRST, FIRST + timedelta(days=9))
    for day in days:
        rows = [
            {
                "content_id": f"c{n}-{day}",
                "occurred_at": f"{day}T12:00",
                "published_at": f"{day}T12:00",
                "kind": "article",
            }
            | {"author_id": None if day == days[-1] and n < erased else f"m{n}"}
            for n in range(10)
        ]
        house.deliver("content", day, rows)
    outcome = house.accept(days)["content"]
    assert (len(outcome.withheld), len(outcome.warned)) == (withheld, warned)


@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice"])
def test_rows_that_come_twice_are_no_more_to_tell_from(tmp_path, times):
    house = House(tmp_path / "home")
    days = days_between(FIRST, FIRST + timedelta(days=8))
    for day in days:
        few = [interaction(f"{day}-{n}", day, None if day == days[-1] and n < 3 else f"m{n}") for n in range(4)]
        house.deliver("interactions", day, few * times if day == days[-1] else few)
    assert house.accept(days)["interactions"].withheld == ()


def test_a_setting_lets_a_community_of_guests_in(tmp_path):
    house = House(tmp_path / "home", max_null_member_share=1, max_null_member_rise=1)
    house.deliver("interactions", FIRST, [interaction(n, FIRST, None) for n in range(20)])
    assert house.accept([FIRST])["interactions"].withheld == ()


def test_a_misspelt_column_warns_whatever_it_is(tmp_path):
    house = House(tmp_path / "home")
    house.deliver("interactions", FIRST, [row | {"contentid": "c1"} for row in spelt(FIRST, 5)])
    assert house.accept([FIRST])["interactions"].warned == (FIRST,)
    (warned,) = [row for row in ledger.read(house.home, "gate_results").to_pylist() if not row["is_passed"]]
    assert warned["observed"] == (
        "1 (column `contentid` is not in the contract: did you mean content_id? It is empty in 5 rows)"
    )
