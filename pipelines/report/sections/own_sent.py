"""What a member was sent or given, on their time line: one row for each month and kind, however many there were."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pipelines.report.parts.blocks import Tone
from pipelines.report.parts.database import Row
from pipelines.report.parts.text import Text, day, integer, plural

KINDS: dict[str, tuple[Text, str]] = {
    "message": (Text("message", "消息"), "c1"),
    "call": (Text("call", "电话"), "c2"),
    "coupon": (Text("coupon", "优惠券"), "good"),
    "invitation": (Text("invitation", "邀请"), "c3"),
    "badge": (Text("badge", "徽章"), "muted"),
}
"""Kinds of the actions log with the colour of their bars; points are movements of their ledger."""

_DONE = {
    "message": Text("Message sent", "发出消息"),
    "call": Text("Called", "电话联系"),
    "coupon": Text("Coupon given", "发放优惠券"),
    "invitation": Text("Invitation sent", "发出邀请"),
    "badge": Text("Badge given", "授予徽章"),
}
_NAMED = 3


def folded(rows: Iterable[Row]) -> list[Row]:
    """Rows of the time line, newest first, in which what was sent is one row for each month and kind.

    Such a row stands at the last day of its kind in the month. It has ``n``, the ``first`` day, and in ``names`` the
    campaigns and coupons.
    """
    told: list[Row] = []
    months: dict[tuple[date, str], Row] = {}
    for row in rows:
        key = (row["day"].replace(day=1), row["how"])
        if row["what"] != "sent":
            told.append(row)
            continue
        if key not in months:
            months[key] = row | {"n": 0, "names": []}
            told.append(months[key])
        month = months[key]
        month |= {"n": month["n"] + 1, "first": row["day"]}
        if row["title"] and row["title"] not in month["names"]:
            month["names"].append(row["title"])
    return told


def said(row: Row) -> tuple[Text, Tone, tuple[object, ...]]:
    """A folded row in words: what was done, how often in the month, for which campaigns."""
    parts = [part for part in (_times(row), _names(row["names"])) if part]
    about = Text(" · ".join(part.en for part in parts), " · ".join(part.zh for part in parts))
    return _DONE[row["how"]], "neutral", (about,)


def _times(row: Row) -> Text | None:
    n, first = row["n"], day(row["first"])
    if n == 1:
        return None
    times = plural(n, "time", "times")
    if row["first"] == row["day"]:
        return Text(f"{times} on that day", f"当日 {integer(n)} 次")
    return Text(f"{times} in the month, first on {first.en}", f"当月 {integer(n)} 次，首次在{first.zh}")


def _names(names: list[str]) -> Text | None:
    if not names:
        return None
    shown, more = names[:_NAMED], len(names) - _NAMED
    en, zh = ", ".join(shown), "、".join(shown)
    return Text(f"{en} and {integer(more)} more", f"{zh}等 {integer(len(names))} 项") if more > 0 else Text(en, zh)
