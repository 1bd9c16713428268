"""Pieces and tickets are sold as a community would sell them, and what is sold changes nobody's activity."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

import pytest

from tests.support.sample_reading import Sample, Values, accepted, moment

pytestmark = pytest.mark.slow


def rows(sample: Sample, log: str) -> list[Values]:
    """Every clean row of a log once."""
    lines = [line.values for line in accepted(sample.landing, log) if line.values]
    return list({tuple(values.items()): values for values in lines}.values())


@pytest.fixture(scope="module")
def payments(sample: Sample) -> list[Values]:
    return rows(sample, "payments")


@pytest.fixture(scope="module")
def versions(sample: Sample) -> dict[object, list[Values]]:
    """The versions of each piece, the first one first."""
    found = defaultdict(list)
    for row in sorted(rows(sample, "content"), key=lambda row: int(str(row["source_seq"]))):
        found[row["content_id"]].append(row)
    return found


def amount(row: Values) -> int:
    return int(str(row["amount_minor"]))


def price_at(versions: list[Values], at: datetime) -> object:
    first, *later = versions
    return [first, *(one for one in later if moment(one["occurred_at"]) <= at)][-1].get("price_minor")


def test_a_purchase_costs_what_the_piece_costs_on_its_day(
    payments: list[Values], versions: dict[object, list[Values]]
) -> None:
    bought = [row for row in payments if row["kind"] == "content"]
    changed = 0
    for row in bought:
        of_piece, at = versions[row["content_id"]], moment(row["occurred_at"])
        discount = int(str(row["discount_minor"] or 0))
        assert amount(row) + discount == price_at(of_piece, at), row
        assert (discount > 0) == (row["coupon_id"] is not None)
        changed += price_at(of_piece, at) != of_piece[0].get("price_minor")
    assert changed, "nobody bought at a price that was not the first"


def test_pieces_get_another_price_and_free_ones_become_paid(versions: dict[object, list[Values]]) -> None:
    prices = [[one.get("price_minor") for one in found] for found in versions.values() if len(found) > 1]
    assert any(None not in found and len(set(found)) == 2 for found in prices)
    assert any(found[0] is None and found[-1] is not None for found in prices)


def test_buyers_looked_at_the_piece_before_and_some_finish_it_and_ask(
    sample: Sample, payments: list[Values], versions: dict[object, list[Values]]
) -> None:
    looked, finished = defaultdict(list), set()
    for row in rows(sample, "interactions"):
        if row["kind"] in ("view", "read"):
            looked[row["member_id"], row["content_id"]].append(moment(row["occurred_at"]))
        elif row["kind"] == "complete":
            finished.add((row["member_id"], row["content_id"]))
    first = {}
    for row in sorted(payments, key=lambda row: moment(row["occurred_at"])):
        if row["kind"] == "content":
            first.setdefault((row["member_id"], row["content_id"]), moment(row["occurred_at"]))
    assert all(min(looked[pair]) < at for pair, at in first.items())
    assert 0.2 < len(first.keys() & finished) / len(first) < 0.7
    about = {
        (row[-1]["author_id"], row[0].get("parent_id")) for row in versions.values() if row[0]["kind"] == "question"
    }
    assert about & first.keys()


def test_a_refund_comes_after_what_it_pays_back_and_is_no_larger(payments: list[Values]) -> None:
    paid = {}
    for row in payments:
        if row["kind"] in ("content", "event"):
            thing = row["member_id"], row["content_id"], row["event_id"]
            paid[thing] = (moment(row["occurred_at"]), amount(row))
    refunds = [row for row in payments if row["kind"] == "refund" and row["subscription_id"] is None]
    assert any(row["content_id"] for row in refunds)
    assert any(row["event_id"] for row in refunds)
    for row in refunds:
        at, most = paid[row["member_id"], row["content_id"], row["event_id"]]
        assert at < moment(row["occurred_at"])
        assert 0 < -amount(row) <= most


def test_whoever_registers_for_an_event_with_tickets_has_paid(sample: Sample, payments: list[Values]) -> None:
    states = defaultdict(set)
    for row in rows(sample, "event_participation"):
        states[row["event_id"], row["state"]].add(row["member_id"])
    sold = {row["event_id"] for row in payments if row["kind"] == "event"}
    every = {row["event_id"] for row in rows(sample, "events")}
    assert sold
    assert every - sold
    for event in sold:
        buyers = {row["member_id"] for row in payments if row["kind"] == "event" and row["event_id"] == event}
        back = {row["member_id"] for row in payments if row["kind"] == "refund" and row["event_id"] == event}
        assert buyers == states[event, "registered"]
        assert back == states[event, "cancelled"]


def test_a_coupon_is_used_by_whom_it_was_given_to_and_before_it_ends(sample: Sample, payments: list[Values]) -> None:
    given = {
        (row["member_id"], row["coupon_id"]): (moment(row["occurred_at"]), moment(row["expires_at"]))
        for row in rows(sample, "actions")
        if row["coupon_id"] and row["arm"] == "treated" and row["campaign_id"] == "piece-coupon"
    }
    used = [row for row in payments if row["coupon_id"] and row["kind"] == "content"]
    assert used
    for row in used:
        begins, ends = given[row["member_id"], row["coupon_id"]]
        assert begins < moment(row["occurred_at"]) <= ends
    renewals = {row["coupon_id"] for row in payments if row["kind"] == "subscription"} - {None}
    assert renewals == {"renewal-coupon"}
    assert timedelta(0) < max(ends - begins for begins, ends in given.values()) <= timedelta(days=14)
