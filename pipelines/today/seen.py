"""What one look at the running day found: the rows of each question, as the page and messages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pipelines.report.context import SiteContext
from pipelines.report.parts.database import Result, Row
from pipelines.report.parts.text import Text, integer
from pipelines.today.delivered import Came
from pipelines.today.rows import Moment

WEEKS_NEEDED = 4
"""Usual days from which a range is worth showing, as on the morning brief."""

BRIEF = ("index.html", Text("Morning brief", "晨报"))
"""The page that leads back to the report."""

LABELS: dict[str, Text] = {
    "n_interactions": Text("Interactions by members", "成员互动"),
    "dau": Text("Active members", "活跃成员"),
    "n_asks": Text("Questions asked", "新提问"),
    "n_contents": Text("Contents by members", "成员发布的内容"),
    "n_reads": Text("Views and reads", "浏览与阅读"),
    "joined_members": Text("Joined", "新加入"),
    "n_payments": Text("Payments", "付款笔数"),
}
"""Figures in words, in the order of the page."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One look.

    Attributes:
        context: the community and what is published.
        moment: the running day and how far it is.
        came: what came of each log.
        collected: logs of which anything is published.
        lacks: per figure the logs without which it cannot be told.
        logs: rows of each log so far.
        figures: figures so far with their usual range.
        hours: figures by the hour.
        usual_days: whether the hours of the usual days come to what is published.
        alarms: what rings.
        questions: questions that wait.
        events: events of today.
        money: payments by currency.
        remarks: what else has to be known, such as a source that could not be pulled.
    """

    context: SiteContext
    moment: Moment
    came: Mapping[str, Came]
    collected: frozenset[str]
    lacks: Mapping[str, tuple[str, ...]]
    logs: Result
    figures: Result
    hours: Result
    usual_days: Result
    alarms: Result
    questions: Result
    events: Result
    money: Result
    remarks: tuple[Text, ...]

    @property
    def through_day(self) -> date:
        """Last day that is published."""
        return self.context.through_day

    @property
    def withheld(self) -> list[Came]:
        """Logs that the gate keeps from the page."""
        return [one for one in self.came.values() if one.part is None]

    @property
    def has_come(self) -> bool:
        """Whether any row of the running day has come."""
        return any(row["n_rows"] for row in self.logs.rows)

    @property
    def clock(self) -> str:
        """The time of day that the figures are of."""
        return f"{self.moment.as_of:%H:%M}"


def has_range(row: Row) -> bool:
    """Whether enough usual days are known to say what is usual."""
    return row["amount"] is not None and row["n_weeks"] >= WEEKS_NEEDED


def side(row: Row) -> str:
    """On which side of its usual range a figure lies; empty within, and where there is none."""
    if not has_range(row):
        return ""
    return "above" if row["amount"] > row["highest"] else "below" if row["amount"] < row["lowest"] else ""


def between(low: int, high: int) -> str:
    """A range of whole numbers."""
    return integer(low) if integer(low) == integer(high) else f"{integer(low)}–{integer(high)}"


def usual(row: Row) -> Text | None:
    """Where a figure lies against the same hour of its usual days."""
    if not has_range(row):
        return None
    shown = between(row["lowest"], row["highest"])
    match side(row):
        case "above":
            return Text(f"above the usual {shown}", f"高于常见的 {shown}")
        case "below":
            return Text(f"below the usual {shown}", f"低于常见的 {shown}")
    return Text(f"usual {shown}", f"常见 {shown}")
