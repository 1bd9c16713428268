"""The shape of a log day against its past: what is withheld, for how long, and what a run says of it."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from expectations.rule import CRITICAL, WARNING
from expectations.shape_rules import UNSURE, WITHHOLDING, shape_rules
from pipelines.contract import LOGS
from pipelines.gates.shapes.judge import AS_NEW_DAYS, RULES, judge_shapes, look
from pipelines.gates.shapes.shape import shape_of
from pipelines.gates.verdicts import waive
from pipelines.lake import ledger
from pipelines.reference.markdown import DOCS_DIR
from tests.support.house import House
from tests.support.steady_logs import LAST, changed, past_days, shapes_of, steady_past, steady_rows
from tests.support.tiny_logs import interaction

pytestmark = pytest.mark.slow

LOG = "payments"


@pytest.fixture(scope="module")
def past():
    return steady_past(LOG)


@pytest.fixture(scope="module")
def dearer():
    """Twelve days on which everything costs a hundred times as much."""
    days = [LAST + timedelta(days=n) for n in range(12)]
    rows = {day: [row | {"amount_minor": 100 * row["amount_minor"]} for row in steady_rows(LOG, day)] for day in days}
    return list(shapes_of(LOG, rows).values())


def certain(seen):
    return {name for name, one in seen.items() if one.is_certain}


def broken(seen):
    return {name for name, one in seen.items() if one.value}


def test_a_lasting_change_is_withheld_for_a_week_of_log_days_and_then_warns_until_it_is_usual(past, dearer):
    found = judge_shapes(LOG, dearer, past)
    days = [shape.day for shape in dearer]
    assert [day for day in days if certain(found[day])] == days[:AS_NEW_DAYS]
    assert found[days[AS_NEW_DAYS]]["numbers_moved"].said.endswith("; so were the 7 log days withheld before it")
    assert [bool(broken(found[day])) for day in days[AS_NEW_DAYS:]] == [True, True, True, False, False]


def test_one_waived_day_lets_the_days_like_it_flow_on(past, dearer):
    found = judge_shapes(LOG, dearer, past, waived=[dearer[2].day])
    held = [shape.day for shape in dearer if certain(found[shape.day])]
    assert held == [dearer[n].day for n in (0, 1, 2)]


def test_days_withheld_by_an_earlier_run_count_too(past, dearer):
    held, today = dearer[:AS_NEW_DAYS], dearer[AS_NEW_DAYS]
    assert certain(judge_shapes(LOG, [today], past)[today.day]) == {"numbers_moved"}
    assert certain(judge_shapes(LOG, [today], past, held)[today.day]) == set()
    assert certain(judge_shapes(LOG, [today], past, held[1:])[today.day]) == {"numbers_moved"}


def test_a_day_unlike_those_withheld_before_it_stays_withheld(past, dearer):
    dearest = changed(LOG, lambda rows: [row | {"amount_minor": 9 * 10**8} for row in rows], dearer[-1].day)
    found = judge_shapes(LOG, [dearest], past, dearer[:AS_NEW_DAYS])
    assert "numbers_moved" in certain(found[dearest.day])


@pytest.mark.parametrize(("unfit", "held"), [(False, {"numbers_moved"}), (True, set())])
def test_a_day_withheld_for_another_reason_is_no_past(past, dearer, unfit, held):
    """Twenty days accepted before and ten that wait make the 28 that a day is withheld from, if they are good."""
    waiting, today = past[-10:], dearer[0]
    found = judge_shapes(LOG, [*waiting, today], past[-30:-10], unfit=[one.day for one in waiting] if unfit else [])
    assert certain(found[today.day]) == held


@pytest.mark.parametrize(
    ("n_past", "seen", "held"),
    [(5, False, False), (13, False, False), (14, True, False), (27, True, False), (28, True, True)],
)
def test_a_young_log_is_not_judged_then_warned_of_then_withheld(past, dearer, n_past, seen, held):
    found = look(LOGS[LOG], dearer[0], past[-n_past:])
    assert (broken(found) == {"numbers_moved"}, certain(found) == {"numbers_moved"}) == (seen, held)


@pytest.mark.parametrize("factor", [2, 3])
def test_a_community_that_grows_is_never_withheld(factor):
    past = steady_past("interactions")
    days = [LAST + timedelta(days=n) for n in range(10)]
    grown = {
        day: steady_rows("interactions", day)
        + [
            row | {"interaction_id": f"x{row['interaction_id']}-{n}", "member_id": f"new-{n}{row['member_id']}"}
            for n in range(factor)
            for row in steady_rows("interactions", day + timedelta(days=400 + n))
        ]
        for day in days
    }
    shapes = shapes_of("interactions", {day: _dated(rows, day) for day, rows in grown.items()})
    found = judge_shapes("interactions", shapes.values(), past)
    assert [certain(found[day]) for day in days] == [set()] * len(days)


def test_ids_counted_from_one_each_day_warn_even_where_they_always_were():
    days = past_days(20)
    numbered = {day: [row | {"payment_id": f"p{n}"} for n, row in enumerate(steady_rows(LOG, day))] for day in days}
    found = judge_shapes(LOG, shapes_of(LOG, numbered).values(), [])
    assert [broken(found[day]) for day in days] == [set(), *[{"ids_again"}] * 19]
    assert not any(certain(seen) for seen in found.values())


@pytest.mark.parametrize("hour", [12, 15])
def test_a_day_that_ends_early_is_not_said_to_be_moved(hour):
    past = steady_past("interactions")
    day = changed("interactions", lambda rows: [row for row in rows if row["occurred_at"].hour < hour])
    assert broken(look(LOGS["interactions"], day, past)) >= {"hours_missing"}
    assert "hours_moved" not in broken(look(LOGS["interactions"], day, past))


def _dated(rows, day):
    return [
        row | {"occurred_at": row["occurred_at"].replace(year=day.year, month=day.month, day=day.day)} for row in rows
    ]


def test_a_delivery_from_before_shapes_were_measured_has_none():
    assert shape_of(LAST, {"profile": {"accepted": 5}}) is None
    assert judge_shapes(LOG, [], []) == {}


def test_every_rule_of_the_suite_is_looked_at_and_says_what_to_do():
    rules = shape_rules()
    assert {rule.column.removesuffix(UNSURE) for rule in rules} == set(RULES)
    assert len({rule.column for rule in rules}) == len(rules)
    for rule in rules:
        is_sure = not rule.column.endswith(UNSURE) and f"{rule.column}{UNSURE}" in {one.column for one in rules}
        assert rule.severity == (CRITICAL if is_sure else WARNING)
        assert len(rule.reason) > 40


FIRST_DAY = date(2025, 3, 1)


def acts_of(day, moved=0):
    """Interactions of a day in its morning and evening, by members who come and go."""
    rows = []
    for n in range(80):
        hour = (8 + n % 5 if n % 3 else 19 + n % 4) + moved
        at = f"{day + timedelta(days=hour // 24)}T{hour % 24:02}:{(n * 7 + day.day) % 60:02}:{n % 60:02}"
        rows.append(interaction(n, day, f"m{(n * (3 + day.day % 5)) % 41}", occurred_at=at))
    return rows


@pytest.fixture(scope="module")
def settled(tmp_path_factory):
    """A home with thirty accepted log days of interactions."""
    house = House(tmp_path_factory.mktemp("settled") / "home", timezone="UTC")
    days = [FIRST_DAY + timedelta(days=n) for n in range(30)]
    for day in days:
        house.deliver("interactions", day, acts_of(day))
    outcome = house.accept(days, logs=["interactions"])["interactions"]
    assert (outcome.withheld, outcome.warned) == ((), ())
    return house


def of_next_day(settled, root, rows):
    house = settled.copy_to(root / "home")
    house.settings = settled.settings.model_copy(update={"home": root / "home"})
    day = FIRST_DAY + timedelta(days=30)
    house.deliver("interactions", day, rows)
    outcome = house.accept([day], logs=["interactions"])["interactions"]
    failed = [row for row in ledger.read(house.home, "gate_results").to_pylist() if not row["is_passed"]]
    return house, day, outcome, failed


def test_a_day_like_its_past_flows_on_and_leaves_no_verdict_on_its_shape(settled, tmp_path):
    _, _, outcome, failed = of_next_day(settled, tmp_path, acts_of(FIRST_DAY + timedelta(days=30)))
    assert (outcome.withheld, outcome.warned, failed) == ((), (), [])


def test_the_day_before_delivered_again_is_withheld_with_its_name_and_can_be_waived(settled, tmp_path):
    yesterday = FIRST_DAY + timedelta(days=29)
    house, day, outcome, failed = of_next_day(settled, tmp_path, acts_of(yesterday))
    assert outcome.withheld == (day,)
    again = next(row for row in failed if row["expectation"] == "day_again at most 0")
    assert (again["severity"], again["observed"]) == (
        "critical",
        f"1 (100 % of 80 rows looked at are those of {yesterday})",
    )
    waive(house.home, "interactions", day, reason="a test", waived_by="ann")
    outcome = house.accept([day], logs=["interactions"])["interactions"]
    assert (outcome.withheld, outcome.warned) == ((), (day,))


@pytest.mark.parametrize(("only_warned", "held"), [(WITHHOLDING, 0), (("day_again",), 0), (("hours_moved",), 1)])
def test_a_setting_lets_rules_only_warn(settled, tmp_path, only_warned, held):
    house = settled.copy_to(tmp_path / "lenient")
    house.settings = settled.settings.model_copy(update={"shapes_only_warned": only_warned})
    _, _, outcome, failed = of_next_day(house, tmp_path, acts_of(FIRST_DAY + timedelta(days=29)))
    assert (len(outcome.withheld), len(outcome.warned)) == (held, 1 - held)
    assert ("day_again_unsure at most 0" in {row["expectation"] for row in failed}) is not bool(held)


def test_times_of_another_zone_are_withheld_and_come_in_when_they_are_mended(settled, tmp_path):
    next_day = FIRST_DAY + timedelta(days=30)
    house, day, outcome, failed = of_next_day(settled, tmp_path, acts_of(next_day, moved=6))
    assert outcome.withheld == (day,)
    assert [row["observed"] for row in failed if row["expectation"] == "hours_moved at most 0"] == [
        "6 (80 rows lie 6 h later than usual)"
    ]
    house.deliver("interactions", day, acts_of(next_day))
    assert house.accept([day], logs=["interactions"])["interactions"].withheld == ()


def test_deliveries_of_an_older_version_are_no_past_and_no_error(settled, tmp_path):
    house = settled.copy_to(tmp_path / "old")
    for part in house.home.lake.glob("raw/interactions/*/_delivery.json"):
        delivery = json.loads(part.read_text(encoding="utf-8"))
        del delivery["shape"], delivery["crc32"]
        part.write_text(json.dumps(delivery), encoding="utf-8")
    _, _, outcome, failed = of_next_day(house, tmp_path, acts_of(FIRST_DAY + timedelta(days=29)))
    assert (outcome.withheld, [row for row in failed if row["expectation"].startswith("day_again")]) == ((), [])


def test_the_days_of_a_steady_log_are_not_noticed():
    for log in ("interactions", "content", "event_participation"):
        shapes = shapes_of(log, {day: steady_rows(log, day) for day in past_days(90)})
        found = judge_shapes(log, shapes.values(), [])
        assert {day: broken(seen) for day, seen in found.items() if broken(seen)} == {}


def test_the_operator_guide_lists_every_rule():
    guide = (DOCS_DIR / "operator-guide.md").read_text(encoding="utf-8")
    assert [name for name in RULES if f"`{name}`" not in guide] == []
