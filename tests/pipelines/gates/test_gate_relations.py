"""Gate 2 between logs: a few rows warn, a large share blocks, and what the log's past has too does neither."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from expectations.relations import RELATIONS
from pipelines.gates import relations, verdicts
from pipelines.gates.relations import Counted, excess, is_known, judge_counts
from pipelines.lake import ledger
from pipelines.publishing.publish import UnpassedGateError, check_verdicts
from pipelines.settings import Settings
from tests.damage.relation_rows import FIRST_DAY, LAST_DAY, good_rows, pay
from tests.support.house import House

DAY = date(2025, 3, 31)
JUDGED = ("gate_relations", "relation_checks")
SETTINGS = Settings()


def counted(n_rows, n_broken, *, rule="payer_differs", usual=0.0, day=DAY, **more):
    return Counted(rule=rule, log="payments", day=day, n_rows=n_rows, n_broken=n_broken, usual=usual, **more)


def failed(days, **settings):
    found = judge_counts(days, SETTINGS.model_copy(update=settings))
    return [(one.expectation, one.day, one.severity) for one in found if not one.is_passed]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (counted(40, 10), 0.25),
        (counted(40, 9), None),
        (counted(40, 40, usual=None), 1.0),
        (counted(40, 10, usual=0.3), 0.0),
        (counted(40, 20, usual=0.25), 0.25),
        (counted(40, 40, rule="subscription_unknown"), None),
        (counted(40, 40, rule="amount_differs", usual=None), None),
        (counted(40, 40, rule="amount_differs", usual=0.5), 0.5),
    ],
    ids=[
        "share", "too few", "no past", "usual", "above the usual", "only warns", "amounts without a past",
        "amounts against their past",
    ],
)  # fmt: skip
def test_the_share_above_the_usual_one_is_judged(one, expected):
    assert excess(one, SETTINGS) == expected


def test_a_few_rows_warn_and_a_large_share_blocks_but_does_not_warn_too():
    assert failed([counted(100, 3)]) == [("payer_differs at most 0", DAY, "warning")]
    assert failed([counted(100, 20)]) == [("payer_differs at most 0", DAY, "warning")]
    assert failed([counted(100, 21)]) == [("payer_differs share at most 0.2", DAY, "critical")]
    assert failed([counted(100, 0)]) == []


@pytest.mark.parametrize(
    ("usual", "n_broken", "is_said"),
    [(None, 30, True), (0.04, 4, True), (0.05, 5, False), (0.3, 50, False), (0.3, 51, True)],
    ids=["no past", "rare", "known", "known, at the limit", "more than usual"],
)
def test_what_a_twentieth_of_the_past_does_too_is_no_news(usual, n_broken, is_said):
    found = failed([counted(100, n_broken, rule="member_unknown", usual=usual)])
    assert found == ([("member_unknown at most 0", DAY, "warning")] if is_said else [])


def test_the_limits_are_settings_and_a_named_rule_only_warns():
    warning = [("payer_differs at most 0", DAY, "warning")]
    assert failed([counted(100, 21)], max_relation_share=0.3) == warning
    assert failed([counted(100, 21)], relation_least_rows=22) == warning
    assert failed([counted(100, 21)], relations_only_warned=("payer_differs",)) == warning


def test_days_with_few_rows_each_are_judged_together_on_the_last_one():
    days = [counted(6, 3, day=DAY - timedelta(days=back)) for back in (40, 30, 1, 0)]
    named = failed(days)
    assert ("payer_differs share of all days at most 0.2", DAY, "critical") in named
    assert failed(days[2:]) == [
        ("payer_differs at most 0", DAY - timedelta(days=1), "warning"),
        ("payer_differs at most 0", DAY, "warning"),
    ]


def test_of_a_long_range_the_last_week_is_judged_by_day_and_the_rest_together():
    days = [counted(5, back % 2, day=DAY - timedelta(days=back)) for back in range(40, -1, -1)]
    found = [one for one in judge_counts(days, SETTINGS) if one.expectation == "payer_differs at most 0"]
    assert [one.day for one in found] == [DAY - timedelta(days=back) for back in range(7, -1, -1)]
    assert found[0].observed == "17 of 170 rows on 34 log days and 14 more"


def test_a_verdict_is_given_by_day_on_what_the_rule_judges_and_on_all_days_where_there_are_several():
    def given(days):
        return sorted(one.expectation for one in judge_counts(days, SETTINGS))

    by_day = ["payer_differs at most 0", "payer_differs share at most 0.2"]
    two_days = [DAY - timedelta(days=1), DAY]
    assert given([counted(100, 0)]) == by_day
    assert given([counted(100, 0, day=day) for day in two_days]) == sorted(
        [*by_day * 2, "payer_differs share of all days at most 0.2"]
    )
    assert (
        given([counted(100, 0, rule="member_unknown", day=day) for day in two_days]) == ["member_unknown at most 0"] * 2
    )


@pytest.mark.parametrize(("n_broken", "more"), [(3, ""), (4, " and 1 more")])
def test_three_keys_are_named_and_the_others_counted(n_broken, more):
    assert counted(40, n_broken, examples="a, b, c").said == f"{n_broken} of 40 rows: a, b, c{more}"


def test_nothing_that_came_is_nothing_judged_and_what_has_no_past_is_not_known():
    assert judge_counts([], SETTINGS) == []
    assert is_known(counted(100, 5, usual=None), SETTINGS) is False


def test_of_several_days_the_keys_of_the_worst_are_named():
    days = [
        counted(50, 3, day=DAY - timedelta(days=20), examples="many"),
        counted(50, 1, day=DAY - timedelta(days=19), examples="one"),
        counted(9, 0),
    ]
    assert "4 of 100 rows on 2 log days: many and 1 more" in [one.observed for one in judge_counts(days, SETTINGS)]


def test_a_day_at_the_limit_is_judged_together_with_the_others_before_the_last_week():
    days = [
        counted(100, 20, day=DAY - timedelta(days=20)),
        counted(100, 0, day=DAY - timedelta(days=19)),
        counted(9, 0),
    ]
    found = [one for one in judge_counts(days, SETTINGS) if one.expectation == "payer_differs at most 0"]
    assert [one.observed for one in found] == ["20 of 200 rows on 2 log days and 17 more", "0 of 9 rows"]
    assert days[0].n_days == 1


def test_a_day_that_blocks_alone_is_not_held_against_the_others():
    days = [counted(20, 20, day=DAY - timedelta(days=1)), counted(100, 0)]
    assert failed(days) == [("payer_differs share at most 0.2", DAY - timedelta(days=1), "critical")]


def test_a_verdict_names_keys_and_says_what_to_do():
    (verdict,) = (one for one in judge_counts([counted(40, 30, examples="p1, p2, p3")], SETTINGS) if one.blocks)
    assert verdict.observed == "0.75 (30 of 40 rows: p1, p2, p3 and 27 more)"
    assert verdict.reason == (
        "the row names another member than its subscription; compare the two systems by the keys named, and deliver "
        "the wrong row again under its own key, or if it is right let it only warn: "
        "GUILDBOOK_RELATIONS_ONLY_WARNED=payer_differs"
    )


def test_only_rules_that_block_can_be_told_to_warn():
    assert Settings(relations_only_warned="payer_differs, amount_differs").relations_only_warned == (
        "payer_differs",
        "amount_differs",
    )
    with pytest.raises(ValueError, match="no rule between logs that blocks is called member_unknown"):
        Settings(relations_only_warned="member_unknown")
    assert all(relation.said and relation.cure for relation in RELATIONS.values())


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Twenty payments by one member of everybody's subscriptions, beside logs that agree and a completed run."""
    house = House(tmp_path_factory.mktemp("gate_relations"))
    for log, rows in good_rows().items():
        house.deliver(log, FIRST_DAY, rows)
    house.run([FIRST_DAY], only=JUDGED)
    house.deliver("payments", LAST_DAY, [pay(f"stray-{n}", "m50", subscription_id=f"s-{n}") for n in range(20)])
    house.run([LAST_DAY], completes=False, only=JUDGED)
    return house


@pytest.mark.dbt
def test_only_what_came_since_the_last_completed_run_is_judged(house):
    assert house.query("select distinct log, day from gates.gate_relations") == [("payments", LAST_DAY)]


@pytest.mark.dbt
def test_a_large_share_stops_publishing_until_it_is_waived(house):
    outcome = relations.judge(house.home, house.settings, "run")
    ledger.append(house.home, "gate_results", [_passed("predictions", "run"), _passed("predictions", "again")])

    assert outcome.withheld == (LAST_DAY,)
    assert "payments: payer_differs share at most 0.2, found 1 (20 of 20 rows: stray-0" in outcome.summary
    with pytest.raises(UnpassedGateError, match=rf"payments {LAST_DAY}: \w+ share at most 0.2"):
        check_verdicts(house.home, "run")

    verdicts.waive(house.home, "payments", LAST_DAY, reason="a gift", waived_by="me")
    outcome = relations.judge(house.home, house.settings, "again")
    assert (outcome.withheld, outcome.warned) == ((), (LAST_DAY,))
    check_verdicts(house.home, "again")


@pytest.mark.dbt
def test_a_day_that_was_completed_is_not_judged_again_but_stays_in_the_mart(house, tmp_path):
    copy = house.copy_to(tmp_path / "home")
    copy.run([LAST_DAY], only=JUDGED)
    copy.run([LAST_DAY], only=JUDGED)

    outcome = relations.judge(copy.home, copy.settings, "idle")

    assert (outcome.withheld, outcome.warned) == ((), ())
    (row,) = [one for one in ledger.read(copy.home, "gate_results").to_pylist() if one["run_id"] == "idle"]
    assert row["observed"] == "no day was rebuilt"
    assert copy.query("select n_broken from marts.relation_checks where rule = 'payer_differs' and n_broken > 0") == [
        (20,)
    ]


def _passed(gate, run_id):
    row = {"gate": gate, "table_name": "churn_predictions", "day": LAST_DAY, "expectation": "any", "run_id": run_id}
    return row | {"severity": "critical", "is_passed": True, "checked_at": verdicts.clock.now()}
