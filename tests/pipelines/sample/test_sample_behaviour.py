"""The community behaves: rhythm, references, leaving, unanswered questions, bills that add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pyarrow.parquet as pq
import pytest

from pipelines.sample.tables import TOLD_LOGS
from tests.support.sample_reading import Sample, Values, accepted, moment

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def logs(sample: Sample) -> dict[str, list[Values]]:
    return {log: [line.values for line in accepted(sample.landing, log) if line.values] for log in TOLD_LOGS}


def people(logs: dict[str, list[Values]]) -> set[object]:
    return {row["member_id"] for row in logs["members"] if row["role"] not in ("bot", "staff")}


def test_weekly_and_daily_rhythm(logs: dict[str, list[Values]]) -> None:
    humans = people(logs)
    at = [moment(row["occurred_at"]) for row in logs["interactions"] if row["member_id"] in humans]
    weekdays, hours = Counter(t.weekday() for t in at), Counter(t.hour for t in at)
    assert (weekdays[5] + weekdays[6]) / 2 < 0.85 * sum(weekdays[day] for day in range(5)) / 5
    assert hours[20] > 2 * hours[7] > 4 * hours[4] > 0


def test_activity_has_a_heavy_tail(logs: dict[str, list[Values]]) -> None:
    humans = people(logs)
    counts = sorted(Counter(r["member_id"] for r in logs["interactions"] if r["member_id"] in humans).values())
    assert sum(counts[-len(humans) // 10 :]) > 0.35 * sum(counts)


def test_bots_are_a_noticeable_share(logs: dict[str, list[Values]]) -> None:
    bots = {row["member_id"] for row in logs["members"] if row["role"] == "bot"}
    share = sum(row["member_id"] in bots for row in logs["interactions"]) / len(logs["interactions"])
    assert 0.03 < share < 0.25


def test_references_exist_and_come_first(logs: dict[str, list[Values]]) -> None:
    published = {row["content_id"]: moment(row["published_at"]) for row in logs["content"]}
    events = {row["event_id"] for row in logs["events"]}
    members = {row["member_id"] for row in logs["members"]}
    for row in logs["interactions"]:
        if row["content_id"]:
            assert published[row["content_id"]] <= moment(row["occurred_at"])
        assert row["event_id"] is None or row["event_id"] in events
        assert row["target_member_id"] is None or row["target_member_id"] in members
    for row in logs["content"]:
        assert row["author_id"] in members
        for name in ("parent_id", "root_id", "accepted_answer_id"):
            assert row.get(name) is None or row[name] in published
        if row.get("parent_id"):
            assert published[row["parent_id"]] <= moment(row["published_at"])
    assert {row["event_id"] for row in logs["event_participation"]} <= events
    for row in logs["feedback"]:
        assert row["about_kind"] == "community" or row["about_id"] in published.keys() | events


def test_nobody_acts_before_joining_or_after_leaving(sample: Sample, logs: dict[str, list[Values]]) -> None:
    joined = {row["member_id"]: moment(row["joined_at"]) for row in logs["members"]}
    left: dict[object, date | None] = {
        row["member_id"]: row["left_day"] for row in pq.read_table(sample.ground_truth / "left.parquet").to_pylist()
    }
    assert sum(day is not None for day in left.values()) > 50
    doings = {
        "interactions": "member_id",
        "content": "author_id",
        "feedback": "member_id",
        "event_participation": "member_id",
    }
    for log, who in doings.items():
        for row in logs[log]:
            by_others = row.get("state") in ("invited", "no_show")
            if row[who] is None or by_others:
                continue
            at, gone = moment(row["occurred_at"]), left.get(row[who])
            assert joined[row[who]] <= at, row
            assert gone is None or at.date() <= gone, row
    for row in logs["subscriptions"]:
        if row["step"] in ("trial", "start", "renew", "upgrade", "cancel_scheduled"):
            gone = left.get(row["member_id"])
            assert gone is None or moment(row["occurred_at"]).date() <= gone, row


def test_only_questions_that_find_an_answer_get_a_reply(logs: dict[str, list[Values]]) -> None:
    bots = {row["member_id"] for row in logs["members"] if row["role"] == "bot"}
    asker = {row["content_id"]: row["author_id"] for row in logs["content"] if row["kind"] == "question"}
    replies: dict[object, set[str]] = defaultdict(set)
    for row in logs["content"]:
        if row.get("root_id") in asker and row["author_id"] not in bots | {asker[row["root_id"]]}:
            replies[row["root_id"]].add(str(row["kind"]))
    assert 0.6 < len(replies) / len(asker) < 0.85
    accepted_answers = [row for row in logs["content"] if row.get("accepted_answer_id")]
    assert all(row["source_seq"] == 2 and "answer" in replies[row["content_id"]] for row in accepted_answers)
    assert 0.15 < len({row["content_id"] for row in accepted_answers}) / len(asker) < 0.6


def test_part_of_the_authored_acts_is_logged_twice_over(logs: dict[str, list[Values]]) -> None:
    for kind, interactions in (("question", {"ask"}), ("answer", {"answer"}), ("comment", {"comment", "reply"})):
        written = {row["content_id"] for row in logs["content"] if row["kind"] == kind}
        logged = {row["content_id"] for row in logs["interactions"] if row["kind"] in interactions}
        assert logged <= written
        assert 0.5 < len(logged) / len(written) < 0.7


def test_payments_match_the_terms_they_pay(logs: dict[str, list[Values]]) -> None:
    terms = {
        (row["subscription_id"], row["term_start"], row["step"]): int(str(row["price_minor"]))
        - int(str(row["discount_minor"]))
        for row in logs["subscriptions"]
        if row["step"] in ("start", "renew")
    }
    paid = {row["payment_id"]: row for row in logs["payments"]}.values()
    amounts = Counter((row["subscription_id"], row["amount_minor"]) for row in paid if row["kind"] == "subscription")
    billed = Counter((key[0], amount) for key, amount in terms.items())
    assert billed
    assert all(amounts[key] >= count for key, count in billed.items())
    upgrades = {
        (row["subscription_id"], row["term_start"]) for row in logs["subscriptions"] if row["step"] == "upgrade"
    }
    assert amounts.total() == billed.total() + len(upgrades)


def test_terms_follow_one_another(logs: dict[str, list[Values]]) -> None:
    terms: dict[object, set[tuple[str, str]]] = defaultdict(set)
    for row in logs["subscriptions"]:
        terms[row["subscription_id"]].add((str(row["term_start"]), str(row["term_end"])))
    for spans in terms.values():
        ordered = sorted(spans)
        assert all(end == start for (_, end), (start, _) in pairwise(ordered))


def test_attendance_follows_registration(logs: dict[str, list[Values]]) -> None:
    states: dict[tuple[object, object], set[str]] = defaultdict(set)
    for row in logs["event_participation"]:
        states[row["event_id"], row["member_id"]].add(str(row["state"]))
    outcomes = [reached & {"attended", "no_show"} for reached in states.values()]
    assert all(len(outcome) <= 1 for outcome in outcomes)
    for reached in states.values():
        if reached & {"attended", "no_show"}:
            assert "registered" in reached
            assert not reached & {"cancelled", "waitlisted"}
    attended, absent = (sum(state in outcome for outcome in outcomes) for state in ("attended", "no_show"))
    assert 0.3 < attended / (attended + absent) < 0.7


def test_arms_are_even_and_held_out_members_cost_nothing(logs: dict[str, list[Values]]) -> None:
    arms: dict[tuple[object, object], set[object]] = defaultdict(set)
    for row in logs["actions"]:
        if row["campaign_id"] not in (None, "monthly-thanks"):
            arms[row["campaign_id"], row["member_id"]].add(row["arm"])
    assert all(len(drawn) == 1 for drawn in arms.values())
    for campaign in ("renewal-coupon", "renewal-reminder", "personal-word", "win-back"):
        members = [drawn for (name, _), drawn in arms.items() if name == campaign]
        treated = sum(drawn == {"treated"} for drawn in members)
        assert abs(treated / len(members) - 0.5) < 4 * 0.5 / len(members) ** 0.5
    assert all(row["cost_minor"] == "0" for row in logs["actions"] if row["arm"] == "held_out")


def test_some_members_come_back_after_a_long_silence(logs: dict[str, list[Values]]) -> None:
    again = {str(row["subscription_id"]) for row in logs["subscriptions"] if str(row["subscription_id"]).endswith("-2")}
    assert again


def test_every_discount_was_handed_out_before_its_term(logs: dict[str, list[Values]]) -> None:
    handed_out = {
        (row["member_id"], moment(row["occurred_at"]).date() + timedelta(days=10))
        for row in logs["actions"]
        if row["kind"] == "coupon" and row["arm"] == "treated"
    }
    discounted = {
        (row["member_id"], date.fromisoformat(str(row["term_start"])))
        for row in logs["subscriptions"]
        if row["step"] == "renew" and row["discount_minor"] != "0"
    }
    assert discounted
    assert discounted <= handed_out
