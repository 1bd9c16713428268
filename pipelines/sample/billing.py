"""Subscriptions and payments, told from the members' trajectories: prices, discounts, upgrades, refunds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.sample import hazards
from pipelines.sample.calendar import DAY_S, Flags, Floats, Ints, only
from pipelines.sample.context import NOBODY, SampleContext, numbered
from pipelines.sample.population import TRIAL_DAYS

PRICES = {
    ("basic", 1): 9_900,
    ("basic", 3): 26_800,
    ("basic", 12): 89_900,
    ("pro", 1): 19_900,
    ("pro", 3): 53_800,
    ("pro", 12): 179_900,
}
"""Price of a term in fen, by plan and months."""
COUPON, COUPON_MINOR = "renewal-coupon", 2_000
P_UPGRADES, P_REFUNDED = 0.15, 0.5
"""Share of basic members who upgrade once, and of those cancelling within ten days who are paid back."""
_STEPS = {"unpaid": "expired"}
_REASONS = {"expired": "not_renewed", "cancelled": "cancelled_by_member", "unpaid": "payment_failed"}


@dataclass(frozen=True)
class Bills:
    """Frames of the logs subscriptions, payments, and who moved to the pro plan when."""

    subscriptions: pd.DataFrame
    payments: pd.DataFrame
    upgrades: pd.DataFrame
    """member, at."""


def bill(rng: np.random.Generator, context: SampleContext, content: pd.DataFrame) -> Bills:
    """Write every step of every subscription and the money that moved."""
    upgrade_day = _upgrade_days(rng, context)
    steps = _terms(context, context.trajectories.steps)
    refunded = _refunds(rng, context, steps)
    # A refund ends the subscription there and then, so nothing is cancelled or expires at the term's end.
    key = ["member", "number", "term"]
    ended = steps["step"].isin(["cancelled", "expired"])
    done = pd.MultiIndex.from_frame(steps[key]).isin(pd.MultiIndex.from_frame(refunded[key]))
    steps = steps[~(ended & done)]
    steps = pd.concat([steps, _upgrades(context, steps, upgrade_day), refunded], ignore_index=True)
    steps = _priced(rng, context, steps, upgrade_day)
    steps = steps.sort_values(["at", "member"], kind="stable", ignore_index=True)
    upgrades = steps.loc[steps["step"] == "upgrade", ["member", "at"]].drop_duplicates("member")
    return Bills(steps, _payments(rng, context, steps, content), upgrades)


def _terms(context: SampleContext, steps: pd.DataFrame) -> pd.DataFrame:
    """Add the first day of each step's term and the first day after it."""
    calendar, interval = context.calendar, context.people.interval[steps["member"]]
    # What is closed for an open payment is the last term that was paid.
    term = (steps["term"] - (steps["step"] == "unpaid")).to_numpy()
    anchor = steps["anchor"].to_numpy()
    start = np.where(term == 0, anchor - TRIAL_DAYS, calendar.add_months(anchor, (term - 1) * interval))
    steps = steps.assign(term=term, start=start, end=calendar.add_months(anchor, term * interval))
    # Terms that were running on the first day began before it, when their members joined or renewed.
    opened = (steps["day"] == 0) & (steps["start"] < 0) & steps["step"].isin(["start", "renew"])
    return steps.assign(day=np.where(opened, steps["start"], steps["day"]))


def _upgrade_days(rng: np.random.Generator, context: SampleContext) -> Ints:
    """Day on which each member upgrades, on one of their visits; past the end where never."""
    people, days = context.people, context.calendar.days
    wants = (people.plan == "basic") & people.human & ~people.comped & (rng.random(people.size) < P_UPGRADES)
    day = rng.integers(0, days, people.size)
    came = context.next_came[day, np.arange(people.size)]
    return np.where(wants, came, days)


def _upgrades(context: SampleContext, steps: pd.DataFrame, upgrade_day: Ints) -> pd.DataFrame:
    paid = steps[steps["step"].isin(["start", "renew"])]
    day = upgrade_day[paid["member"]]
    running = (day > paid["day"]) & (day < paid["end"]) & (day < context.calendar.days)
    return paid[running].assign(step="upgrade", day=day[running])


def _refunds(rng: np.random.Generator, context: SampleContext, steps: pd.DataFrame) -> pd.DataFrame:
    cancels = steps[(steps["step"] == "cancel_scheduled") & (steps["term"] > 0)]
    soon = (cancels["day"] - cancels["start"] <= 10) & (rng.random(len(cancels)) < P_REFUNDED)
    return cancels[soon].assign(step="refunded")


def _priced(rng: np.random.Generator, context: SampleContext, steps: pd.DataFrame, upgrade_day: Ints) -> pd.DataFrame:
    people, member = context.people, steps["member"].to_numpy()
    upgraded = (upgrade_day[member] <= steps["day"].to_numpy()) & (upgrade_day[member] < context.calendar.days)
    held = _really_upgraded(steps)[member] if len(steps) else upgraded
    plan = np.where(upgraded & held, "pro", people.plan[member]).astype(object)
    prices = pd.Series(PRICES)
    price = prices.loc[pd.MultiIndex.from_arrays([plan, people.interval[member]])].to_numpy()
    trial = steps["term"].to_numpy() == 0
    # The coupon lowers the price of the term that follows the one in which it was handed out.
    paid = steps["step"].isin(["renew", "payment_failed", "refunded"]).to_numpy() & ~trial
    handed_out = steps["start"].to_numpy() - hazards.COUPON_LEAD
    running = hazards.coupon_days(context.calendar.days)
    first = steps["start"].to_numpy() == steps["anchor"].to_numpy()
    coupon = paid & ~first & people.treated[member] & (handed_out >= running.start) & (handed_out < running.stop)
    second = np.where(steps["day"] < 0, 9 * 3600, rng.integers(8 * 3600, 22 * 3600, len(steps)))
    by_member = steps["step"].isin(["upgrade", "cancel_scheduled", "refunded"]).to_numpy()
    inside = np.clip(steps["day"].to_numpy(), 0, context.calendar.days - 1)
    late = np.where(steps["step"] == "refunded", 5400, 3600)
    second = np.where(by_member, np.minimum(context.session[inside, member] + late, DAY_S - 1), second)
    joining = (steps["day"].to_numpy() == people.join_day[member]) & steps["step"].isin(["trial", "start"]).to_numpy()
    at = np.where(joining, context.joined_s[member], steps["day"].to_numpy() * DAY_S + second)
    return steps.assign(
        at=at,
        subscription_id=people.ids[member] + "-" + steps["number"].astype(str).to_numpy(dtype=object),
        plan=plan,
        interval_months=people.interval[member],
        price_minor=np.where(trial, 0, price),
        currency="CNY",
        discount_minor=np.where(coupon, COUPON_MINOR, 0),
        coupon_id=only(coupon, np.full(len(steps), COUPON, dtype=object)),
        end_reason=steps["step"].map(_REASONS | {"refunded": "refunded"}),
        step=steps["step"].replace(_STEPS),
    )


def _really_upgraded(steps: pd.DataFrame) -> Flags:
    flags = np.zeros(int(steps["member"].max()) + 1, dtype=bool)
    flags[steps.loc[steps["step"] == "upgrade", "member"]] = True
    return flags


def _payments(
    rng: np.random.Generator, context: SampleContext, steps: pd.DataFrame, content: pd.DataFrame
) -> pd.DataFrame:
    """One payment per paid term, the difference per upgrade, refunds, and single sales of paid pieces."""
    paying = steps[steps["step"].isin(["start", "renew", "upgrade", "refunded"])]
    net = (paying["price_minor"] - paying["discount_minor"]).to_numpy(dtype=np.float64)
    step = paying["step"].to_numpy(dtype=object)
    amount = np.select([step == "refunded", step == "upgrade"], [-net, _difference(paying)], net)
    subscriptions = pd.DataFrame(
        {
            "at": np.minimum(paying["at"] + 5, context.last_s),
            "member": paying["member"],
            "amount_minor": amount.astype(np.int64),
            "subscription_id": paying["subscription_id"],
            "kind": np.where(step == "refunded", "refund", "subscription").astype(object),
            "coupon_id": only(step == "renew", paying["coupon_id"].to_numpy(dtype=object)),
            "discount_minor": np.where(step == "renew", paying["discount_minor"], 0),
        }
    )
    paid = content[(content["access"] == "paid") & (content["source_seq"] == 1)]
    bought = paid.loc[paid.index.repeat(rng.poisson(1.2, len(paid)))]
    day = np.maximum(bought["published"].to_numpy(), 0) // DAY_S + rng.geometric(0.05, len(bought))
    bought, day = bought[day < context.calendar.days], day[day < context.calendar.days]
    buyer = context.draw_active(rng, day, np.where(context.people.human, 1.0, 0.0))
    known = buyer != NOBODY
    bought, day, buyer = bought[known], day[known], buyer[known]
    sales = pd.DataFrame(
        {
            "at": context.within_day(day, buyer, rng.integers(60, 2400, len(day))),
            "member": buyer,
            "amount_minor": bought["price_minor"].to_numpy(dtype=np.int64),
            "content_id": bought["content_id"].to_numpy(),
            "kind": "content",
        }
    )
    payments = pd.concat([subscriptions, sales], ignore_index=True).sort_values("at", kind="stable", ignore_index=True)
    return payments.assign(payment_id=numbered("p", len(payments)), currency="CNY")


def _difference(paying: pd.DataFrame) -> Floats:
    """What an upgrade costs: the plans' difference over the days that are left of the term."""
    basic = pd.Series(PRICES).loc[pd.MultiIndex.from_product([["basic"], [1, 3, 12]])].droplevel(0)
    full = paying["price_minor"] - paying["interval_months"].map(basic)
    left = (paying["end"] - paying["day"]) / (paying["end"] - paying["start"])
    return np.asarray(np.round(full * left), dtype=np.float64)
