"""Actions: the renewal coupon, renewal reminders, the personal word, win-back messages, monthly points and badges.

The hazards know the first three: the coupon keeps members, the reminders drive them away, and a personal word brings
quiet ones back. The others change nothing that anybody does.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.sample import hazards
from pipelines.sample.billing import COUPON, COUPON_MINOR
from pipelines.sample.calendar import DAY_S, Flags, Ints
from pipelines.sample.content import Published
from pipelines.sample.context import SampleContext, numbered

MESSAGE_EVERY, MESSAGE_AFTER = 28, 14
"""Days between two rounds of win-back messages, and days of silence after which a member is in one."""
POINTS_TOP = 20
MESSAGE_MINOR, WORD_MINOR = 5, 1_500
"""Cost of a message, and of a quarter of an hour of somebody's time."""


def act_on_members(context: SampleContext, published: Published, subscriptions: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the actions log."""
    parts = [
        _coupons(context, subscriptions),
        _messages(context),
        _points(context),
        _badges(published, context),
        _reminders(context, subscriptions),
        _words(context),
    ]
    rows = pd.concat(parts, ignore_index=True).sort_values(["at", "member"], kind="stable", ignore_index=True)
    return rows.assign(action_id=numbered("x", len(rows)), currency="CNY")


def _rows(day: Ints, member: Ints, kind: str, campaign: object, treated: Flags, second: int) -> pd.DataFrame:
    arm = np.where(treated, "treated", "held_out").astype(object)
    columns = {
        "at": day * DAY_S + second,
        "member": member,
        "kind": kind,
        "campaign_id": campaign,
        "arm": arm,
    }
    return pd.DataFrame(columns)


def _coupons(context: SampleContext, subscriptions: pd.DataFrame) -> pd.DataFrame:
    """Ten days before each term's end, while the campaign runs: to everybody who has not cancelled."""
    day, member = _terms_ending(context, subscriptions, hazards.COUPON_LEAD, hazards.coupon_days(context.calendar.days))
    treated = context.people.treated[member]
    rows = _rows(day, member, "coupon", "renewal-coupon", treated, 36_000)
    rows["cost_minor"] = np.where(treated, COUPON_MINOR, 0)
    rows["expires"] = np.where(treated, (day + hazards.COUPON_LEAD + 1) * DAY_S - 1.0, np.nan)
    rows["coupon_id"] = COUPON
    return rows


def _reminders(context: SampleContext, subscriptions: pd.DataFrame) -> pd.DataFrame:
    """The treated get a message on each of the last fourteen days of a term, until they cancel."""
    day, member = _terms_ending(
        context, subscriptions, hazards.REMINDER_LEAD, hazards.reminder_days(context.calendar.days)
    )
    treated, parts = context.people.reminded[member], []
    for later in range(hazards.REMINDER_LEAD):
        gone = context.trajectories.announced[member] & (context.trajectories.left_day[member] < day + later)
        comes = (day + later < context.calendar.days) & ((treated & ~gone) if later else True)
        rows = _rows(day[comes] + later, member[comes], "message", "renewal-reminder", treated[comes], 32_400)
        parts.append(rows.assign(cost_minor=np.where(treated[comes], MESSAGE_MINOR, 0)))
    return pd.concat(parts, ignore_index=True)


def _terms_ending(context: SampleContext, subscriptions: pd.DataFrame, lead: int, running: range) -> tuple[Ints, Ints]:
    """Return the days ``lead`` days before a paid term's end, and the members, except those who have cancelled."""
    terms = subscriptions[subscriptions["step"].isin(["start", "renew"])]
    terms = terms.drop_duplicates(["subscription_id", "start"])
    day, member = (terms["end"] - lead).to_numpy(), terms["member"].to_numpy()
    cancelled = context.trajectories.announced[member] & (context.trajectories.left_day[member] < day)
    due = (
        (day >= running.start)
        & (day < running.stop)
        & (day < context.calendar.days)
        & (day > terms["day"].to_numpy())
        & ~cancelled
    )
    return day[due], member[due]


def _words(context: SampleContext) -> pd.DataFrame:
    """Every four weeks somebody calls those of the treated who have been quiet."""
    people, trajectories = context.people, context.trajectories
    days = np.arange(context.calendar.days)[:, None]
    last = np.maximum.accumulate(np.where(trajectories.active, days, -1), axis=0)
    nobody = np.zeros(0, dtype=np.int64)
    parts = [_rows(nobody, nobody, "call", "personal-word", nobody > 0, 0).assign(cost_minor=nobody)]
    for day in hazards.word_days(context.calendar.days):
        gone = trajectories.announced & (trajectories.left_day < day)
        who = np.flatnonzero(hazards.due_a_word(day - 1 - last[day - 1], people, day) & ~gone)
        treated = people.spoken_to[who]
        rows = _rows(np.full(len(who), day), who, "call", "personal-word", treated, 57_600)
        parts.append(rows.assign(cost_minor=np.where(treated, WORD_MINOR, 0)))
    return pd.concat(parts, ignore_index=True)


def _messages(context: SampleContext) -> pd.DataFrame:
    people, trajectories, parts = context.people, context.trajectories, []
    for day in range(MESSAGE_EVERY, context.calendar.days, MESSAGE_EVERY):
        quiet = ~trajectories.active[day - MESSAGE_AFTER : day].any(axis=0)
        seen = trajectories.active[max(day - 60, 0) : day].any(axis=0)
        gone = trajectories.announced & (trajectories.left_day < day)
        who = np.flatnonzero(people.human & quiet & seen & ~gone)
        treated = people.written_to[who]
        rows = _rows(np.full(len(who), day), who, "message", "win-back", treated, 37_800)
        parts.append(rows.assign(cost_minor=np.where(treated, MESSAGE_MINOR, 0)))
    return pd.concat(parts, ignore_index=True)


def _points(context: SampleContext) -> pd.DataFrame:
    """Every thirty days, points for those who were active most often."""
    people, parts = context.people, []
    for day in range(30, context.calendar.days, 30):
        often = context.trajectories.active[day - 30 : day].sum(axis=0) * people.human
        gone = context.trajectories.announced & (context.trajectories.left_day < day)
        top = np.argsort(-(often * ~gone), kind="stable")[: min(POINTS_TOP, people.size // 10)]
        top = top[often[top] > 0]
        rows = _rows(np.full(len(top), day), top, "points", "monthly-thanks", np.ones(len(top), dtype=bool), 34_200)
        parts.append(rows.assign(points=100.0, cost_minor=0))
    return pd.concat(parts, ignore_index=True)


def _badges(published: Published, context: SampleContext) -> pd.DataFrame:
    """A badge for each member's tenth answer, on its day."""
    answers = published.content[published.content["kind"] == "answer"]
    tenth = answers[answers.groupby("author").cumcount() == 9]
    tenth = tenth[context.people.human[tenth["author"].to_numpy(dtype=np.int64)]]
    member = tenth["author"].to_numpy(dtype=np.int64)
    rows = _rows(tenth["at"].to_numpy() // DAY_S, member, "badge", None, np.ones(len(tenth), dtype=bool), 0)
    at = np.minimum(tenth["at"].to_numpy() + 1, context.last_s)
    return rows.assign(at=at, arm=None, cost_minor=0)
