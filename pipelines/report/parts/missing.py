"""Days that the figures shown can't be read across: withheld, missing, or with other member ids than before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from pipelines.contract import ACTIVITY_LOGS
from pipelines.report.context import SiteContext
from pipelines.report.parts import words
from pipelines.report.parts.database import Marts, Result, Row
from pipelines.report.parts.text import Text, day

_SHOWN_SPANS = 5


@dataclass(frozen=True)
class Gaps:
    """What is missing.

    Attributes:
        through_day: last day of the data.
        withheld: log and log day of every delivery that waits, the newest first, however old it is.
        kept: those of them for which an earlier delivery is shown.
        outages: log and day, of the last 30 days.
        identity_breaks: days of the last 30 on which ids seem to have changed.
        activity_logs: logs that make members active.
        results: the queries behind it.
    """

    through_day: date
    withheld: list[tuple[str, date]] = field(default_factory=list)
    kept: set[tuple[str, date]] = field(default_factory=set)
    outages: list[tuple[str, date]] = field(default_factory=list)
    identity_breaks: list[date] = field(default_factory=list)
    activity_logs: Sequence[str] = ACTIVITY_LOGS
    results: list[Result] = field(default_factory=list)

    def of(self, log: str) -> tuple[int, int]:
        """How many days of a log are withheld, and how many of its last 30 an outage has taken."""
        return sum(one == log for one, _ in self.withheld), sum(one == log for one, _ in self.outages)

    def missing_days(self, n_days: int) -> set[date]:
        """The last days of which it is not known who was active."""
        first = self.through_day - timedelta(days=n_days - 1)
        unknown = [one for one in self.withheld if one not in self.kept] + self.outages
        return {each for log, each in unknown if log in self.activity_logs and first <= each <= self.through_day}

    @property
    def phrases(self) -> list[Text]:
        """What has to be said wherever the pages are called true."""
        said = []
        logs = [
            _phrase(log, [each for one, each in days if one == log], what)
            for days, what in (
                ([one for one in self.withheld if one not in self.kept], Text("withheld on", "被扣留：")),
                (
                    [one for one in self.withheld if one in self.kept],
                    Text("withheld, an earlier delivery shown, on", "被扣留（显示先前的送达）："),
                ),
                (self.outages, Text("missing on", "缺失：")),
            )
            for log in dict.fromkeys(log for log, _ in sorted(days))
        ]
        month, week = len(self.missing_days(30)), len(self.missing_days(7))
        if month:
            of_week = Text(f" and WAU {7 - week} of 7", f"，WAU 只含 7 天中的 {7 - week} 天") if week else Text("", "")
            counted = Text(f"MAU counts {30 - month} of 30 days", f"MAU 只含 30 天中的 {30 - month} 天") + of_week
            said.append(counted)
        said += logs
        if self.identity_breaks:
            said.append(
                Text("member ids seem to have changed on ", "成员 ID 似乎已更换（")
                + spans(self.identity_breaks)
                + Text(", so too many count as new and as lost", "），新增与流失人数因此偏高")
            )
        return said


def _phrase(log: str, days: list[date], what: Text) -> Text:
    return words.log(log) + Text(f" {what.en} ", what.zh) + spans(days)


def spans(days: Iterable[date]) -> Text:
    """Days as spans in their order, such as 3 Nov 2026 to 9 Nov 2026, 12 Nov 2026; many are counted."""
    found: list[tuple[date, date]] = []
    ordered = sorted(set(days))
    for each in ordered:
        if found and each - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], each)
        else:
            found.append((each, each))
    shown = found[-_SHOWN_SPANS:]
    more = sum((last - first).days + 1 for first, last in found[:-_SHOWN_SPANS])
    listed = _listed(
        [day(first) if first == last else day(first) + Text(" to ", "至") + day(last) for first, last in shown]
    )
    return listed + Text(f" and {more:,} days before", f"，以及此前 {more:,} 天") if more else listed


def _listed(items: Sequence[Text]) -> Text:
    return Text(", ".join(item.en for item in items), "、".join(item.zh for item in items))


def read_gaps(marts: Marts, context: SiteContext) -> Gaps:
    """Read withheld days, all of them, and outages and breaks of identities of the last 30 days."""
    results, held, flagged = [], list[Row](), list[Row]()
    if marts.has("held_out_days"):
        waiting = marts.run(
            "held_out_days",
            """
            select log, day, n_waiting_rows, keeps_earlier
            from marts.held_out_days
            order by day desc, log
            """,
            limit=10_000,
        )
        results.append(waiting)
        held = waiting.rows
    if marts.has("data_completeness"):
        distrusted = marts.run(
            "gaps_of_30_days",
            f"""
            select log, day, is_outage, coalesce(is_identity_break, false) as is_identity_break
            from marts.data_completeness
            where day between {context.through} - 29 and {context.through} and (is_outage or is_identity_break)
            order by day, log
            """,
        )
        results.append(distrusted)
        flagged = distrusted.rows
    return Gaps(
        context.through_day,
        withheld=[(row["log"], row["day"]) for row in held],
        kept={(row["log"], row["day"]) for row in held if row["keeps_earlier"]},
        outages=[(row["log"], row["day"]) for row in flagged if row["is_outage"]],
        identity_breaks=[row["day"] for row in flagged if row["is_identity_break"]],
        activity_logs=context.activity_logs,
        results=results,
    )
