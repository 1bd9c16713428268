"""Coverage of each log: from which day to which it came, how late it is, and which of its days lack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.contract import LOGS
from pipelines.report.context import SiteContext
from pipelines.report.parts import words
from pipelines.report.parts.database import Marts, Result
from pipelines.report.parts.text import Text, days


@dataclass(frozen=True)
class Source:
    """Coverage of one log.

    ``lag`` is how many days it ends before the data's last day, ``is_late`` whether it was hardly ever silent for so
    long; ``n_withheld`` and ``n_missing`` are days that are withheld, and of the last 30 those of an outage.
    """

    log: str
    is_collected: bool
    first_day: date | None = None
    last_day: date | None = None
    n_log_days: int = 0
    n_rows: int = 0
    lag: int = 0
    is_late: bool = False
    n_withheld: int = 0
    n_missing: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether nothing of it that should be there is missing."""
        return self.is_collected and not (self.is_late or self.n_withheld or self.n_missing)

    @property
    def name(self) -> Text:
        """The log's name for people."""
        return words.log(self.log)

    @property
    def state(self) -> Text:
        """Its freshness in a word."""
        if self.n_withheld:
            return days(self.n_withheld) + Text(" withheld", "被扣留")
        if not self.is_collected:
            return Text("not collected", "未收集")
        if self.is_late:
            return Text("no log for ", "已 ") + days(self.lag) + Text("", "没有日志")
        if self.n_missing:
            return days(self.n_missing) + Text(" of 30 missing", "（30 天中）缺失")
        if self.lag > 0:
            return Text("complete, last came ", "完整，最近一次在 ") + days(self.lag) + Text(" ago", "前")
        return Text("complete", "完整")


def read_coverage(marts: Marts, context: SiteContext) -> tuple[list[Source], list[Result]]:
    """Read the coverage of every log of the contract, and the query that gave it; days that lack are not counted."""
    if not marts.has("log_coverage"):
        return [Source(log, is_collected=False) for log in LOGS], []
    coverage = marts.run(
        "log_coverage",
        f"""
        select
            log,
            is_collected,
            first_log_day,
            last_log_day,
            n_log_days,
            n_rows,
            {context.through} - last_log_day as lag_days,
            is_late,
        from marts.log_coverage
        order by log
        """,
    )
    found = {
        row["log"]: Source(
            row["log"],
            bool(row["is_collected"]),
            row["first_log_day"],
            row["last_log_day"],
            row["n_log_days"] or 0,
            row["n_rows"] or 0,
            row["lag_days"] or 0,
            bool(row["is_late"]),
        )
        for row in coverage.rows
    }
    return [found.get(log, Source(log, is_collected=False)) for log in LOGS], [coverage]
