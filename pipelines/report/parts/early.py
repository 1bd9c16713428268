"""What the first days of a community cannot tell yet: said with the day from which it can, instead of a blank axis."""

from __future__ import annotations

from datetime import date, timedelta

from pipelines.report.context import SiteContext
from pipelines.report.parts.blocks import Note
from pipelines.report.parts.database import Marts
from pipelines.report.parts.text import Text, day, days

TWO_WEEKS = 14
"""Days that a mean by weekday needs: each weekday twice."""


def note(marts: Marts, context: SiteContext, title: Text, n_days: int, *, half: bool = False) -> Note | None:
    """Say how much of the ``n_days`` that a block needs is there, and when it will be; None where all of it is."""
    first = first_day(marts)
    if first is None or (so_far := (context.through_day - first).days + 1) >= n_days:
        return None
    begins = day(first + timedelta(days=n_days - 1))
    body = Text(
        f"Still to come: this needs {days(n_days).en} of data, and {_are(so_far)} there. It begins with that of "
        f"{begins.en}.",
        f"尚待积累：需要 {n_days} 天数据，目前有 {so_far} 天，自 {begins.zh}的数据起显示。",
    )
    return Note(title=title, body=body, half=half)


def first_outcome(marts: Marts, context: SiteContext) -> Text:
    """From which day it is known what became of members: after a window to look back on, and one to look ahead."""
    first = first_day(marts)
    if first is None:
        return Text("", "")
    known = day(first + timedelta(days=2 * context.horizon_days))
    return Text(f", with the data of {known.en} at the earliest", f"，最早为 {known.zh}的数据")


def first_day(marts: Marts) -> date | None:
    """The first day that anything is counted on."""
    if not marts.has("community_days"):
        return None
    found = marts.results.get("first_day") or marts.run("first_day", "select min(day) as day from marts.community_days")
    first: date | None = found.first["day"]
    return first


def _are(n_days: int) -> str:
    return f"{days(n_days).en} {'is' if n_days == 1 else 'are'}"
