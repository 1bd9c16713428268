"""Data health: can I trust today's pages? What came, what was kept, the gates, what is missing."""

from __future__ import annotations

from expectations.runner import is_blocking
from pipelines.contract import LOGS
from pipelines.report.context import SiteContext
from pipelines.report.parts import collected, marks, words
from pipelines.report.parts.blocks import Block, Cell, Column, Note, Page, Table
from pipelines.report.parts.coverage import Source
from pipelines.report.parts.database import Marts
from pipelines.report.parts.header import Header, latest_verdicts
from pipelines.report.parts.reasons import said
from pipelines.report.parts.text import MISSING, Claim, Text, day, integer, plural
from pipelines.report.sections import day_notes, deliveries, findings, gaps, known_days, relations, restated, withheld

_TITLE = Text("Data health", "数据健康")
_QUESTION = Text("Can I trust today's pages?", "今天的页面可信吗？")


def page(marts: Marts, context: SiteContext, header: Header) -> Page:
    """Failures first; then what came, day by day."""
    blocks: list[Block] = []
    if marts.has("deliveries"):
        blocks += deliveries.blocks(marts, context, header)
    else:
        blocks.append(
            Note(
                title=Text("Nothing delivered yet", "尚无送达"),
                body=Text("No file has been ingested.", "尚未接收任何文件。"),
            )
        )
    blocks.append(withheld.block(marts))
    if marts.has("data_completeness"):
        blocks += gaps.blocks(marts)
    blocks.append(findings.block(marts, context))
    blocks.append(relations.block(marts, context))
    blocks.append(_gates(marts, context))
    blocks.append(restated.block(marts, context))
    if marts.has("quarantine_summary"):
        blocks.append(_quarantine(marts, context))
    blocks += day_notes.blocks(context)
    if known := known_days.block(marts, context):
        blocks.append(known)
    missing = [source for source in header.sources if not source.is_collected]
    logs = {source.log for source in missing}
    lacking = [fact for fact, never_came in header.lacks.items() if never_came and collected.LOG_OF[fact] not in logs]
    if missing or lacking:
        blocks.append(_not_collected(missing, lacking))
    answer = Claim(header.trust.en, header.trust.zh)
    return Page(name="health", title=_TITLE, question=_QUESTION, answer=answer, blocks=blocks)


def _gates(marts: Marts, context: SiteContext) -> Block:
    title = Text("Gate results, failures first", "质量门结果，失败在前")
    if not marts.has("gate_results"):
        return Note(title=title, body=Text("No gate has run yet.", "尚未运行质量门。"))
    result = marts.run(
        "gate_results",
        f"""
        with
        {latest_verdicts(marts, context).strip()}

        select
            gate,
            table_name,
            day,
            expectation,
            severity,
            is_passed,
            is_waived,
            {_observed(context)} as observed,
            reason,
            checked_at,
            run_id,
        from verdicts
        order by is_passed, is_waived, severity, day desc, gate, table_name, expectation
        """,
        limit=100,
    )
    rows = [
        [
            Cell(
                _verdict(row["is_passed"], row["is_waived"], row["severity"]),
                _rank(row["is_passed"], row["is_waived"]),
            ),
            Cell(said(row["expectation"])),
            Cell(said(row["observed"]) if row["observed"] else MISSING),
            Cell(words.log(row["table_name"])),
            Cell(day(row["day"]), str(row["day"] or "")),
            Cell(words.word(words.GATES, row["gate"])),
            Cell(said(row["reason"])),
        ]
        for row in result.rows
    ]
    return Table(
        title=title,
        note=Text(
            f"{integer(len(rows))} of {plural(result.n, 'check', 'checks')} of the last 7 days and of withheld "
            "days. A critical failure blocks publishing, a warning is shown.",
            f"最近 7 天及扣留日的 {integer(result.n)} 项检查中的 {integer(len(rows))} 项。"
            "严重失败会阻止发布，警告仅作提示。",
        ),
        columns=[
            Column(Text("Verdict", "裁定")),
            Column(Text("Rule", "规则"), wide=True),
            Column(Text("Observed", "观测"), wide=True),
            Column(Text("Table", "表")),
            Column(Text("Day", "日期")),
            Column(Text("Gate", "质量门")),
            Column(Text("Why it matters", "缘由"), wide=True),
        ],
        rows=rows,
        result=result,
        search=True,
        scroll=True,
    )


def _observed(context: SiteContext) -> str:
    """What was found; without the keys of rows, which may be members, where single members are not shown."""
    counts = "split_part(observed, ': ', 1) || if(contains(observed, '('), ')', '')"
    return f"if(gate = 'facts' and contains(observed, ': '), {counts}, observed)" if context.least_shown else "observed"


def _verdict(is_passed: bool, is_waived: bool, severity: str) -> object:
    if is_passed:
        return marks.badge(Text("passed", "通过"), "good")
    if is_waived:
        return marks.badge(Text("waived", "已放行"), "neutral")
    if is_blocking(severity, is_passed=is_passed, is_waived=is_waived):
        return marks.badge(Text("failed", "失败"), "bad")
    return marks.badge(Text("warning", "警告"), "warn")


def _rank(is_passed: bool, is_waived: bool) -> int:
    return 2 if is_passed else int(is_waived)


def _quarantine(marts: Marts, context: SiteContext) -> Table:
    result = marts.run(
        "quarantine",
        f"""
        select
            log,
            column_name,
            sum(n_rows) as n_rows,
            max(log_day) as last_log_day,
            arg_max('landing/' || log || '/' || log_day || '/' || file || ':' || first_line, log_day) as first_place,
            arg_max(reason, log_day) as first_reason,
        from marts.quarantine_summary
        where log_day between {context.through} - 29 and {context.through}
        group by log, column_name
        order by n_rows desc, log, column_name
        """,
        limit=100,
    )
    rows = [
        [
            Cell(words.log(row["log"])),
            Cell(row["column_name"] or Text("whole line", "整行")),
            Cell(integer(row["n_rows"]), row["n_rows"]),
            Cell(day(row["last_log_day"]), str(row["last_log_day"])),
            Cell(row["first_place"]),
            Cell(said(row["first_reason"])),
        ]
        for row in result.rows
    ]
    return Table(
        title=Text("Quarantine by reason", "隔离原因"),
        note=Text(
            "Rows of the last 30 log days that could not be accepted. `guildbook quarantine` lists them.",
            "最近 30 个日志日中未能接收的行。`guildbook quarantine` 可逐条列出。",
        ),
        columns=[
            Column(Text("Log", "日志")),
            Column(Text("Broken column", "问题列")),
            Column(Text("Rows", "行数"), number=True),
            Column(Text("Last log day", "最近日志日")),
            Column(Text("First of the last day", "该日首例")),
            Column(Text("What is wrong with it", "问题所在"), wide=True),
        ],
        rows=rows,
        result=result,
    )


def _not_collected(missing: list[Source], lacking: list[str]) -> Note:
    entries: list[tuple[Text, object]] = [
        (
            source.name,
            Text(
                f"landing/{source.log}/YYYY-MM-DD/*.csv with the columns {_required(source.log)}",
                f"landing/{source.log}/YYYY-MM-DD/*.csv，须含列 {_required(source.log)}",
            ),
        )
        for source in missing
    ]
    entries += [collected.FACTS[fact] for fact in lacking]
    return Note(
        title=Text("Not collected, and how to add it", "未收集的日志及接入方法"),
        body=Text(
            "What depends on these logs is left out rather than shown as zero. Drop files (CSV, JSON Lines "
            "or Parquet) into a folder per log day; the next run takes them in.",
            "依赖这些日志的内容会留空，而不是显示为零。"
            "将文件（CSV、JSON Lines 或 Parquet）放入按日志日命名的文件夹，下次运行即会接收。",
        ),
        entries=entries,
        anchor="not-collected",
    )


def _required(log: str) -> str:
    return ", ".join(column.name for column in LOGS[log].columns if column.required)
