"""Three things for today, the most urgent first, and the rows that they are taken from. No causes, no control arm."""

from __future__ import annotations

from datetime import timedelta

from pipelines.report.parts.database import Row
from pipelines.report.parts.text import Text, hours, integer, plural
from pipelines.report.sections import alarms, contacts, measures, questions, revenue
from pipelines.sending.message import one_line
from pipelines.sending.publication import Published
from pipelines.sql import literal

__all__ = ["Row", "question", "terms_near", "today"]

_SHOWN = 3
_STILL_RUNNING = timedelta(days=14)
"""How long after its last action a campaign may be meant to go on."""


def today(published: Published) -> tuple[Text, ...]:
    """Up to three things; none where nothing asks for anything."""
    urgent = [*_data(published), *_rang(published), *_contacts(published), *_money(published), *_asked(published)]
    return tuple([*urgent, *_harm(published), *_unusual(published)][:_SHOWN])


def terms_near(published: Published) -> list[Row]:
    """Terms due and terms that failed, by currency."""
    marts = published.marts
    return revenue.near(marts, published.context).rows if marts.has("subscription_terms") else []


def question(row: Row) -> Text:
    """One question that waits, in a line."""
    title, waits = one_line(row["title"]), hours(row["observed_hours"])
    channel = one_line(row["channel"] or "")
    where = Text(f" ({channel})", f"（{channel}）") if channel else Text("", "")
    return Text(f"“{title}”{where.en}, for {waits.en}", f"“{title}”{where.zh}，已等 {waits.zh}")


def _data(published: Published) -> list[Text]:
    header = published.header
    if header.n_failed:
        return [Text("Look at the data before the figures: ", "先看数据，再看数字：") + header.verdict]
    return [Text("Look at the data first: ", "先查看数据：") + phrase for phrase in header.reservations[:1]]


def _rang(published: Published) -> list[Text]:
    rows = alarms.ringing(published.marts, published.context)
    if not rows:
        return []
    more = len(rows) - 1
    rest = (
        Text(f", and {plural(more, 'other alarm', 'other alarms')}", f"，另有 {more} 项警报") if more else Text("", "")
    )
    return [Text("Find out why: ", "查明原因：") + alarms.line(rows[0]) + rest]


def _unusual(published: Published) -> list[Text]:
    """The first figure that is worse than usual; what is better asks for nothing."""
    result = published.marts.results.get("brief_measures")
    rows = {row["measure"]: row for row in result.rows} if result else {}
    worse = [
        label
        for name, label in measures.MEASURES.items()
        if name in rows and measures.side(rows[name]) == ("below" if label.rise == "good" else "above")
    ]
    return [Text("Find out why this is worse than usual: ", "查明这项为何不如平常：") + label for label in worse[:1]]


def _contacts(published: Published) -> list[Text]:
    rows = contacts.treated(published.marts, published.context)
    if not rows:
        return []
    soon = published.day + timedelta(days=revenue.NEAR_DAYS)
    ends = sum(row["term_end"] is not None and row["term_end"] <= soon for row in rows)
    text = Text(f"Contact the {plural(len(rows), 'member', 'members')} on the list", f"联系名单上的 {len(rows)} 名成员")
    if 0 < ends < len(rows):
        text += Text(
            f", first the {integer(ends)} whose term ends within {revenue.NEAR_DAYS} days",
            f"，其中 {integer(ends)} 人的订阅在 {revenue.NEAR_DAYS} 天内到期，请先联系",
        )
    return [text]


def _money(published: Published) -> list[Text]:
    failed = sum(row["n_terms_failed"] for row in terms_near(published))
    if not failed:
        return []
    return [
        Text(
            f"Ask for another payment: {plural(failed, 'term', 'terms')} ended in the last {revenue.NEAR_DAYS} days "
            "because one failed",
            f"联系补缴：过去 {revenue.NEAR_DAYS} 天有 {integer(failed)} 个订阅因支付失败终止",
        )
    ]


def _asked(published: Published) -> list[Text]:
    if not published.marts.has("answer_times"):
        return []
    waiting = questions.waiting_newest(published.marts, published.context)
    return [Text("Get an answer to ", "请人回答") + question(row) for row in waiting.rows[:1]]


def _harm(published: Published) -> list[Text]:
    """Campaigns that go on though they were measured to do harm."""
    if not published.marts.has("action_effects"):
        return []
    since = literal((published.day - _STILL_RUNNING).isoformat())
    result = published.marts.run(
        "harmful_campaigns",
        f"""
        select campaign_id
        from marts.action_effects
        where is_primary and verdict = 'harms' and last_day >= date {since}
        order by last_day desc, campaign_id
        """,
    )
    names = [one_line(row["campaign_id"]) for row in result.rows[:1]]
    return [Text(f"Stop the campaign {name}: it does harm", f"停止运营活动 {name}：效果为负") for name in names]
