"""The line that opens each page: through which day, which logs are complete, the gates' verdict, n.

Its queries run once for the whole site; the morning brief and the data health page read the same verdicts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from pipelines.contract import GONE_STATUSES
from pipelines.gates.verdicts import BLOCKING
from pipelines.report.context import SiteContext
from pipelines.report.parts.collected import missing_facts
from pipelines.report.parts.coverage import Source, read_coverage
from pipelines.report.parts.database import Marts, Result
from pipelines.report.parts.missing import Gaps, read_gaps
from pipelines.report.parts.text import Text, day, integer, joined, plural


@dataclass(frozen=True)
class Header:
    """What every page opens with; ``lacks`` says of facts such as reads whether none ever came."""

    through_day: date
    sources: list[Source]
    n_members: int | None
    n_gone: int = 0
    n_checks: int = 0
    n_failed: int = 0
    n_warned: int = 0
    n_waived: int = 0
    gaps: Gaps | None = None
    lacks: dict[str, bool] = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)

    @property
    def withheld(self) -> list[tuple[str, date]]:
        """Log days that wait to be mended, the newest first."""
        return self.gaps.withheld if self.gaps else []

    @property
    def n_collected(self) -> int:
        """Logs that are collected."""
        return sum(source.is_collected for source in self.sources)

    def reaches_back(self, log: str, n_days: int) -> bool:
        """Whether a log began so many days before the data ends, or earlier: else a window of them is not whole."""
        first = next((source.first_day for source in self.sources if source.log == log), None)
        return first is not None and (self.through_day - first).days >= n_days - 1

    @property
    def completeness(self) -> Text:
        """How many logs are collected and have no day missing, in a phrase."""
        complete = sum(source.is_complete for source in self.sources)
        missing = len(self.sources) - self.n_collected
        return Text(
            f"{complete} of {self.n_collected} complete, {missing} not collected",
            f"{self.n_collected} 个已收集日志中 {complete} 个完整，{missing} 个未收集",
        )

    @property
    def verdict(self) -> Text:
        """The gates' verdict in a phrase."""
        if self.n_checks == 0:
            return Text("no gate has run yet", "尚未运行质量门")
        if self.n_failed:
            return Text(
                f"{integer(self.n_failed)} of {integer(self.n_checks)} checks failed",
                f"{integer(self.n_checks)} 项检查中 {integer(self.n_failed)} 项未通过",
            )
        passed = Text(
            f"{plural(self.n_checks, 'check', 'checks')} passed, none failed",
            f"{integer(self.n_checks)} 项检查全部通过",
        )
        if self.n_warned or self.n_waived:
            shown = self.n_checks - self.n_warned - self.n_waived
            passed = Text(
                f"{integer(shown)} of {integer(self.n_checks)} checks passed",
                f"{integer(self.n_checks)} 项检查中 {integer(shown)} 项通过",
            )
        if self.n_warned:
            passed += Text(f", {integer(self.n_warned)} warned", f"，{integer(self.n_warned)} 项警告")
        if self.n_waived:
            passed += Text(f", {integer(self.n_waived)} waived", f"，{integer(self.n_waived)} 项放行")
        return passed

    @property
    def trust(self) -> Text:
        """Whether the pages can be trusted, in a sentence."""
        if not self.n_collected:
            nothing = "There is nothing to show yet: no log has been delivered."
            return Text(nothing, "尚无数据：还没有送达任何日志。")
        but = self.reservations
        if self.n_failed:
            return (
                Text("Not all of them: ", "并非全部：") + self.verdict + _joined([Text("", ""), *but]) + Text(".", "。")
            )
        if but:
            lead = Text(f"Yes for what came: {self.verdict.en}, but ", f"已到的数据可信：{self.verdict.zh}；但")
            return lead + _joined(but) + Text(".", "。")
        if not self.n_checks:
            complete = "Every collected log is complete; no gate has run yet."
            return Text(complete, "所有已收集日志完整；尚未运行质量门。")
        return Text(
            f"Yes: {self.verdict.en}, and every collected log is complete.",
            f"可信：{self.verdict.zh}，所有已收集日志完整。",
        )

    @property
    def reservations(self) -> list[Text]:
        """What keeps the data from being whole, a phrase each."""
        late = [source.name for source in self.sources if source.is_late]
        said = self.gaps.phrases if self.gaps else []
        if not late:
            return said
        names = Text(", ".join(name.en for name in late), "、".join(name.zh for name in late))
        ends = f" {'ends' if len(late) == 1 else 'end'} before {day(self.through_day).en}"
        return [*said, names + Text(ends, f"在 {day(self.through_day).zh} 之前中断")]


def _joined(phrases: list[Text]) -> Text:
    return joined(phrases)


def latest_verdicts(marts: Marts, context: SiteContext) -> str:
    """CTE ``verdicts``: the latest judgement of a gate, table and day, of 7 days, of withheld ones, and of no day.

    A rule that found nothing to judge, as few rows for a share, is no check that passed: it is left out.
    """
    waiting = (
        "or (table_name, day) in (select (log, day) from marts.held_out_days)" if marts.has("held_out_days") else ""
    )
    return f"""\
        verdicts as (
            select *, not is_passed and not is_waived as is_open, {BLOCKING} as is_blocking
            from marts.gate_results
            where day is null or day between {context.through} - 6 and {context.through} {waiting}
            qualify
                rank() over (partition by gate, table_name, day order by checked_at desc) = 1
                and (not is_passed or coalesce(observed, '') <> '')
        )"""


def read_header(marts: Marts, context: SiteContext) -> Header:
    """Read coverage, verdicts and the number of members; what is missing stays missing."""
    found, results = read_coverage(marts, context)
    members, gone = None, 0
    if marts.has("dim_members"):
        count = marts.run(
            "members",
            f"""
            select count(*) filter (where coalesce(status, '') not in {GONE_STATUSES}) as n_members,
                count(*) filter (where status in {GONE_STATUSES}) as n_gone
            from marts.dim_members where not is_excluded and first_day <= {context.through}
            """,
        )
        members, gone = count.first.values()
        results.append(count)
    verdicts = {"n_checks": 0, "n_failed": 0, "n_warned": 0, "n_waived": 0}
    if marts.has("gate_results"):
        gates = marts.run(
            "gate_verdicts",
            f"""
            with
            {latest_verdicts(marts, context).strip()}
            select
                count(*) as n_checks,
                count(*) filter (where is_blocking) as n_failed,
                count(*) filter (where is_open and not is_blocking) as n_warned,
                count(*) filter (where not is_passed and is_waived) as n_waived,
            from verdicts
            """,
        )
        results.append(gates)
        verdicts = gates.first
    gaps = read_gaps(marts, context)
    sources = [
        replace(one, n_withheld=n_withheld, n_missing=n_missing)
        for one, (n_withheld, n_missing) in ((one, gaps.of(one.log)) for one in found)
    ]
    lacks, asked = missing_facts(marts)
    results += gaps.results + asked
    return Header(context.through_day, sources, members, gone, **verdicts, gaps=gaps, lacks=lacks, results=results)
