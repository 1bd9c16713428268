"""Actions: the renewal coupon, renewal reminders, the personal word, win-back messages, monthly points and badges.

The law knows the first three: the coupon keeps members, the reminders drive them away, and a personal word brings quiet
ones back. The others change nothing that anybody does.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.sample import law
from pipelines.sample.billing import COUPON_MINOR
from pipelines.sample.clock import DAY_S, Flags, Ints
from pipelines.sample.content import Published
from pipelines.sample.world import World, numbered

MESSAGE_EVERY, MESSAGE_AFTER = 28, 14
"""Days between two rounds of win-back messages, and days without an act after which a member is in one."""
POINTS_TOP = 20
MESSAGE_MINOR, WORD_MINOR = 5, 1_500
"""Cost of a message, and of a quarter of an hour of somebody's time."""


def act_on_members(world: World, published: Published, subscriptions: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the actions log."""
    parts = [
        _coupons(world, subscriptions),
        _messages(world),
        _points(world),
        _badges(published, world),
        _reminders(world, subscriptions),
        _words(world),
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


def _coupons(world: World, subscriptions: pd.DataFrame) -> pd.DataFrame:
    """Ten days before each term's end, while the campaign runs: to everybody who has not cancelled."""
    day, member = _terms_ending(world, subscriptions, law.COUPON_LEAD, law.coupon_days(world.clock.days))
    treated = world.people.treated[member]
    rows = _rows(day, member, "coupon", "renewal-coupon", treated, 36_000)
    rows["cost_minor"] = np.where(treated, COUPON_MINOR, 0)
    rows["expires"] = np.where(treated, (day + law.COUPON_LEAD + 1) * DAY_S - 1.0, np.nan)
    return rows


def _reminders(world: World, subscriptions: pd.DataFrame) -> pd.DataFrame:
    """The treated get a message on each of the last fourteen days of a term, until they cancel."""
    day, member = _terms_ending(world, subscriptions, law.REMINDER_LEAD, law.reminder_days(world.clock.days))
    treated, parts = world.people.reminded[member], []
    for later in range(law.REMINDER_LEAD):
        gone = world.lives.announced[member] & (world.lives.left_day[member] < day + later)
        comes = (day + later < world.clock.days) & ((treated & ~gone) if later else True)
        rows = _rows(day[comes] + later, member[comes], "message", "renewal-reminder", treated[comes], 32_400)
        parts.append(rows.assign(cost_minor=np.where(treated[comes], MESSAGE_MINOR, 0)))
    return pd.concat(parts, ignore_index=True)


def _terms_ending(world: World, subscriptions: pd.DataFrame, lead: int, running: range) -> tuple[Ints, Ints]:
    """Return the days ``lead`` days before a paid term's end, and the members, except those who have cancelled."""
    terms = subscriptions[subscriptions["step"].isin(["start", "renew"])]
    terms = terms.drop_duplicates(["subscription_id", "start"])
    day, member = (terms["end"] - lead).to_numpy(), terms["member"].to_numpy()
    cancelled = world.lives.announced[member] & (world.lives.left_day[member] < day)
    due = (
        (day >= running.start)
        & (day < running.stop)
        & (day < world.clock.days)
        & (day > terms["day"].to_numpy())
        & ~cancelled
    )
    return day[due], member[due]


def _words(world: World) -> pd.DataFrame:
    """Every four weeks somebody calls those of the treated who have been quiet."""
    people, lives = world.people, world.lives
    days = np.arange(world.clock.days)[:, None]
    last = np.maximum.accumulate(np.where(lives.active, days, -1), axis=0)
    nobody = np.zeros(0, dtype=np.int64)
    parts = [_rows(nobody, nobody, "call", "personal-word", nobody > 0, 0).assign(cost_minor=nobody)]
    for day in law.word_days(world.clock.days):
        gone = lives.announced & (lives.left_day < day)
        who = np.flatnonzero(law.due_a_word(day - 1 - last[day - 1], people, day) & ~gone)
        treated = people.spoken_to[who]
        rows = _rows(np.full(len(who), day), who, "call", "personal-word", treated, 57_600)
        parts.append(rows.assign(cost_minor=np.where(treated, WORD_MINOR, 0)))
    return pd.concat(parts, ignore_index=True)


def _messages(world: World) -> pd.DataFrame:
    people, lives, parts = world.people, world.lives, []
    for day in range(MESSAGE_EVERY, world.clock.days, MESSAGE_EVERY):
        quiet = ~lives.active[day - MESSAGE_AFTER : day].any(axis=0)
        seen = lives.active[max(day - 60, 0) : day].any(axis=0)
        gone = lives.announced & (lives.left_day < day)
        who = np.flatnonzero(people.human & quiet & seen & ~gone)
        treated = people.written_to[who]
        rows = _rows(np.full(len(who), day), who, "message", "win-back", treated, 37_800)
        parts.append(rows.assign(cost_minor=np.where(treated, MESSAGE_MINOR, 0)))
    return pd.concat(parts, ignore_index=True)


def _points(world: World) -> pd.DataFrame:
    """Every thirty days, points for those who were active most often."""
    people, parts = world.people, []
    for day in range(30, world.clock.days, 30):
        often = world.lives.active[day - 30 : day].sum(axis=0) * people.human
        gone = world.lives.announced & (world.lives.left_day < day)
        top = np.argsort(-(often * ~gone), kind="stable")[: min(POINTS_TOP, people.size // 10)]
        top = top[often[top] > 0]
        rows = _rows(np.full(len(top), day), top, "points", "monthly-thanks", np.ones(len(top), dtype=bool), 34_200)
        parts.append(rows.assign(points=100.0, cost_minor=0))
    return pd.concat(parts, ignore_index=True)


def _badges(published: Published, world: World) -> pd.DataFrame:
    """A badge for each member's tenth answer, on its day."""
    answers = published.pieces[published.pieces["kind"] == "answer"]
    tenth = answers[answers.groupby("author").cumcount() == 9]
    tenth = tenth[world.people.human[tenth["author"].to_numpy(dtype=np.int64)]]
    member = tenth["author"].to_numpy(dtype=np.int64)
    rows = _rows(tenth["at"].to_numpy() // DAY_S, member, "badge", None, np.ones(len(tenth), dtype=bool), 0)
    at = np.minimum(tenth["at"].to_numpy() + 1, world.last_s)
    return rows.assign(at=at, arm=None, cost_minor=0)
