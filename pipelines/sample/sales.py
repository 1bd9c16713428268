"""Sales of single pieces and tickets, told after everything else: who reads, buys, finishes, asks and is paid back.

It adds to what the other modules told and moves none of it but the price of a purchase. Nobody acts on a day on which
they did not act before, so the ground truth stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.sample.calendar import DAY_S, Floats, Ints, only
from pipelines.sample.context import SampleContext, interactions_frame, numbered
from pipelines.sample.events import Events

FEE_SHARE = 0.006
"""What the payment provider keeps of what comes in."""
P_BUYS, P_REFUNDED, P_PARTLY = 0.06, 0.06, 0.2
"""Chance that a reader of a paid piece buys it, that a purchase is paid back, and that it is only half of it."""
P_COMPLETES, P_ASKS = 0.5, 0.3
"""Chance that a buyer finishes a piece, and that a question of the month after a purchase is about the piece."""
P_REPRICED, P_BECOMES_PAID = 0.15, 0.03
"""Share of paid pieces that get another price, and of free articles that become paid."""
P_PAID_ONLINE, TICKETS = 0.25, (2_900, 4_900, 9_900)
"""Share of online workshops with tickets, and their prices in fen; events at a place always have them."""
CAMPAIGN, OFFER_EVERY, OFFER_DAYS, OFFER_SHARE = "piece-coupon", 90, 14, 0.2
"""The coupon for pieces: days between two rounds, days for which it holds, and how much it takes off."""
P_BUYS_OFFERED, P_BUYS_HELD_OUT = 0.12, 0.04
"""Chance that who was offered a coupon buys the piece that they read last, and that who was not does."""


@dataclass(frozen=True)
class Told:
    """What the other modules told, or that and the sales: rows of the four logs."""

    content: pd.DataFrame
    interactions: pd.DataFrame
    payments: pd.DataFrame
    actions: pd.DataFrame


@dataclass(frozen=True)
class _Prices:
    """What each piece costs, when; NaN while it is free."""

    first: pd.Series
    changed_at: pd.Series
    changed_to: pd.Series

    def at(self, content_id: pd.Series, at: pd.Series) -> Floats:
        changed = at.to_numpy() >= content_id.map(self.changed_at).to_numpy(dtype=np.float64)
        return np.where(changed, content_id.map(self.changed_to), content_id.map(self.first)).astype(np.float64)


def sell(rng: np.random.Generator, context: SampleContext, told: Told, events: Events) -> Told:
    """Return what was told with the sales."""
    versions, prices = _reprice(rng, context, told.content)
    payments = told.payments.copy()
    is_sale = payments["kind"] == "content"
    payments.loc[is_sale, "amount_minor"] = prices.at(payments["content_id"], payments["at"])[is_sale].astype(np.int64)
    payments["fee_minor"] = _fee(payments)

    reads = _reads_of_paid(context, told, prices)
    bought = pd.concat([payments[is_sale], _bought_by_readers(rng, context, reads)], ignore_index=True)
    offers, taken = _offers(rng, context, reads)
    bought = pd.concat([bought, taken], ignore_index=True).drop_duplicates(["member", "content_id"], ignore_index=True)
    bought["amount_minor"] = prices.at(bought["content_id"], bought["at"])
    is_taken = bought["coupon_id"].notna()
    bought["discount_minor"] = np.where(is_taken, np.round(bought["amount_minor"] * OFFER_SHARE), 0.0)
    bought["amount_minor"] -= bought["discount_minor"]

    new = pd.concat(
        [bought[bought["payment_id"].isna()], _paid_back(rng, context, bought), _tickets(rng, context, events)],
        ignore_index=True,
    ).sort_values("at", kind="stable", ignore_index=True)
    new["amount_minor"] = new["amount_minor"].astype(np.int64)
    new = new.assign(payment_id=numbered("o", len(new)), currency="CNY", fee_minor=_fee(new))

    acts = pd.concat([_looks(bought), _finished(rng, context, bought)], ignore_index=True)
    acts = acts.sort_values("at", kind="stable", ignore_index=True)
    acts = acts.assign(interaction_id=numbered("b", len(acts)), channel="web")
    return Told(
        pd.concat([_asked_about(rng, told.content, bought), versions], ignore_index=True),
        pd.concat([told.interactions, acts], ignore_index=True),
        pd.concat([payments, new], ignore_index=True),
        pd.concat([told.actions, offers], ignore_index=True),
    )


def _fee(payments: pd.DataFrame) -> Ints:
    return np.asarray(np.round(payments["amount_minor"].clip(lower=0) * FEE_SHARE), dtype=np.int64)


def _reprice(rng: np.random.Generator, context: SampleContext, content: pd.DataFrame) -> tuple[pd.DataFrame, _Prices]:
    """Return the versions of pieces with another price, one at most of each, and all prices."""
    pieces = content[content["source_seq"] == 1].set_index("content_id", drop=False)
    edited = pieces.index.isin(content.loc[content["source_seq"] > 1, "content_id"])
    paid, is_article = (pieces["access"] == "paid").to_numpy(), (pieces["kind"] == "article").to_numpy()
    # Hardly anybody reads a free piece that is older.
    age = np.where(paid, rng.integers(6, 30, len(pieces)), rng.integers(1, 4, len(pieces)))
    day = np.maximum(pieces["published"].to_numpy(), 0) // DAY_S + age
    chance = np.select([paid, is_article], [P_REPRICED, P_BECOMES_PAID], 0.0)
    factor, fresh = rng.choice([0.7, 1.5], size=len(pieces)), rng.choice([900, 1_900], size=len(pieces))
    changes = (rng.random(len(pieces)) < chance) & (day < context.calendar.days) & ~edited
    price = np.where(paid, np.round(pieces["price_minor"] * factor, -2), fresh)
    versions = pieces[changes].assign(
        at=day[changes] * DAY_S + 10 * 3600, access="paid", price_minor=price[changes], source_seq=2
    )
    prices = _Prices(pieces["price_minor"].where(paid), versions["at"], versions["price_minor"])
    return versions.reset_index(drop=True), prices


def _reads_of_paid(context: SampleContext, told: Told, prices: _Prices) -> pd.DataFrame:
    """Views and reads of pieces that cost something at that moment, by others than their authors, in order of time."""
    reads = told.interactions
    reads = reads[reads["kind"].isin(["view", "read"]) & (reads["member"] >= 0)]
    reads = reads[context.people.human[reads["member"]]]
    author = told.content.drop_duplicates("content_id").set_index("content_id")["author"]
    costs = ~np.isnan(prices.at(reads["content_id"], reads["at"]))
    reads = reads[costs & (reads["content_id"].map(author) != reads["member"])]
    return reads[["at", "member", "content_id"]].sort_values("at", kind="stable")


def _purchases(
    rng: np.random.Generator, context: SampleContext, rows: pd.DataFrame, day: Ints, last: Ints
) -> pd.DataFrame:
    """Purchases of the rows' pieces on the first visit of each member from a day on, not after the day ``last``."""
    member = rows["member"].to_numpy()
    last = np.minimum(last, context.calendar.days - 1)
    came = context.next_came[np.minimum(day, context.calendar.days - 1), member]
    comes = (day < context.calendar.days) & (came <= last)
    rows, came, member = rows[comes], came[comes], member[comes]
    at = np.maximum(context.within_day(came, member, rng.integers(60, 2400, len(rows))), rows["at"].to_numpy() + 90)
    return rows.assign(at=np.minimum(at, (came + 1) * DAY_S - 1), kind="content")


def _bought_by_readers(rng: np.random.Generator, context: SampleContext, reads: pd.DataFrame) -> pd.DataFrame:
    first = reads.drop_duplicates(["member", "content_id"])
    first = first[rng.random(len(first)) < P_BUYS]
    day = first["at"].to_numpy() // DAY_S + rng.geometric(0.35, len(first)) - 1
    return _purchases(rng, context, first.assign(coupon_id=None), day, day + 60)


def _offers(rng: np.random.Generator, context: SampleContext, reads: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each round a coupon for half of those who read a paid piece in the month before, and what they buy."""
    treated = rng.random(context.people.size) < 0.5
    actions: list[pd.DataFrame] = []
    bought = [reads[:0]]
    gone = context.trajectories.announced[None] & (
        context.trajectories.left_day[None] < np.arange(context.calendar.days)[:, None]
    )
    for day in range(60, context.calendar.days, OFFER_EVERY):
        last = reads[(reads["at"] < day * DAY_S) & (reads["at"] >= (day - 30) * DAY_S)]
        last = last.drop_duplicates("member", keep="last").sort_values("member")
        last = last[~gone[day][last["member"]]]
        member, coupon = last["member"].to_numpy(), f"{CAMPAIGN}-{len(actions) + 1}"
        given = treated[member]
        actions.append(
            pd.DataFrame(
                {
                    "at": day * DAY_S + 35_000,
                    "member": member,
                    "kind": "coupon",
                    "campaign_id": CAMPAIGN,
                    "coupon_id": coupon,
                    "arm": np.where(given, "treated", "held_out").astype(object),
                    "cost_minor": 0,
                    "expires": np.where(given, (day + OFFER_DAYS) * DAY_S - 1.0, np.nan),
                }
            )
        )
        buys = rng.random(len(last)) < np.where(given, P_BUYS_OFFERED, P_BUYS_HELD_OUT)
        start = day + rng.integers(1, 8, int(buys.sum()))
        used = only(given[buys], np.full(int(buys.sum()), coupon, dtype=object))
        last = last[buys].assign(coupon_id=used)
        bought.append(_purchases(rng, context, last, start, np.full(len(start), day + OFFER_DAYS - 1)))
    every = pd.concat([pd.DataFrame({"at": [], "member": []}, dtype=np.int64), *actions], ignore_index=True)
    every = every.assign(action_id=numbered("y", len(every)), currency="CNY")
    return every, pd.concat(bought, ignore_index=True)


def _paid_back(rng: np.random.Generator, context: SampleContext, bought: pd.DataFrame) -> pd.DataFrame:
    """Some days after a purchase all of it, or half."""
    back = bought[rng.random(len(bought)) < P_REFUNDED]
    at = back["at"].to_numpy() + rng.integers(DAY_S, 7 * DAY_S, len(back))
    share = np.where(rng.random(len(back)) < P_PARTLY, 0.5, 1.0)
    back = back.assign(at=at, kind="refund", amount_minor=-np.round(back["amount_minor"] * share))
    back = back[at <= context.last_s]
    return back[["at", "member", "content_id", "kind", "amount_minor"]]


def _tickets(rng: np.random.Generator, context: SampleContext, events: Events) -> pd.DataFrame:
    """Who registers for an event with tickets pays at once; who cancels is paid back."""
    planned = events.events
    chance = np.select([planned["mode"] == "offline", planned["kind"] == "workshop"], [1.0, P_PAID_ONLINE], 0.0)
    price = pd.Series(rng.choice(TICKETS, size=len(planned)), index=planned["event_id"])
    price = price[rng.random(len(planned)) < chance]
    rows = events.participation[events.participation["event_id"].isin(price.index)]
    rows = rows[rows["state"].isin(["registered", "cancelled"])]
    cancelled = (rows["state"] == "cancelled").to_numpy()
    paid = rows["event_id"].map(price).to_numpy(dtype=np.int64)
    at = rows["at"].to_numpy() + np.where(cancelled, 2 * 3600, 90)
    columns = {
        "at": np.minimum(at, context.last_s),
        "member": rows["member"].to_numpy(),
        "event_id": rows["event_id"].to_numpy(dtype=object),
        "kind": np.where(cancelled, "refund", "event").astype(object),
        "amount_minor": np.where(cancelled, -paid, paid),
    }
    return pd.DataFrame(columns)


def _looks(bought: pd.DataFrame) -> pd.DataFrame:
    """Whoever buys looks at the piece just before, in the same session."""
    at, member = bought["at"].to_numpy() - 40, bought["member"].to_numpy()
    return interactions_frame("view", at, member, content_id=bought["content_id"].to_numpy(), duration_s=30.0)


def _finished(rng: np.random.Generator, context: SampleContext, bought: pd.DataFrame) -> pd.DataFrame:
    """Buyers finish a piece on an active day of the weeks after."""
    done = bought[rng.random(len(bought)) < P_COMPLETES]
    member, day = done["member"].to_numpy(), done["at"].to_numpy() // DAY_S + rng.geometric(0.15, len(done))
    active = context.next_active[np.minimum(day, context.calendar.days - 1), member]
    comes = (day < context.calendar.days) & (active < context.calendar.days)
    done, member, active = done[comes], member[comes], active[comes]
    at = context.within_day(active, member, rng.integers(600, 3600, len(done)))
    return interactions_frame("complete", at, member, content_id=done["content_id"].to_numpy())


def _asked_about(rng: np.random.Generator, content: pd.DataFrame, bought: pd.DataFrame) -> pd.DataFrame:
    """Name the piece in some of the questions that its buyers ask in the month after."""
    questions = content[(content["kind"] == "question") & (content["source_seq"] == 1)].sort_values("at", kind="stable")
    questions = questions[rng.random(len(questions)) < P_ASKS]
    pieces = bought[["at", "member", "content_id"]].sort_values("at", kind="stable")
    pieces = pieces.rename(columns={"member": "author", "content_id": "piece"})
    found = pd.merge_asof(
        questions[["at", "author", "content_id"]].astype({"at": np.int64, "author": np.int64}),
        pieces.astype({"at": np.int64, "author": np.int64}),
        on="at",
        by="author",
        tolerance=30 * DAY_S,
    ).set_index("content_id")["piece"]
    about = content["content_id"].map(found)
    return content.assign(parent_id=content["parent_id"].where(about.isna(), about))
