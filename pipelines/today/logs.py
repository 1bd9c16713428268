"""How far each log is today, what is wrong with it, and how far the page can be trusted."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from pipelines.report.parts import marks, words
from pipelines.report.parts.blocks import Block, Cell, Column, Note, Table
from pipelines.report.parts.database import Row
from pipelines.report.parts.reasons import said
from pipelines.report.parts.text import MISSING, Text, day, integer, plural
from pipelines.today.seen import BRIEF, Seen, between


def withheld(seen: Seen) -> list[Block]:
    """Logs that the gate keeps from the page, with what is wrong, where, and what to do."""
    return [
        Note(
            title=Text(f"Kept back: {words.log(one.log).en}", f"已扣留：{words.log(one.log).zh}"),
            body=Text(
                "A gate found that what came today of this log is not fit to be shown, so no figure here has it. Mend "
                "the file and put it in the same place: the next look reads it again. Try it with: guildbook check "
                f"FILE. If it is right as it is: guildbook gate waive {one.log} {seen.moment.day} --reason …",
                "质量门判定该日志今日送达的内容不宜显示，因此本页数字均不含它。修复文件并放回原处，下次查看会重新读取。"
                "可先检查：guildbook check FILE。若数据无误："
                f"guildbook gate waive {one.log} {seen.moment.day} --reason …",
            ),
            entries=[
                *((Text("Why", "原因"), said(reason)) for reason in one.withheld),
                *((Text("Refused", "未接收"), said(line)) for line in one.refused),
            ],
        )
        for one in seen.withheld
    ]


def lacking(seen: Seen, logs: tuple[str, ...]) -> Text:
    """Why a figure cannot be told."""
    kept = [log for log in logs if log in seen.came]
    named = [words.log(log) for log in kept or logs]
    names = Text(", ".join(one.en for one in named), "、".join(one.zh for one in named))
    if kept:
        return Text("kept back: ", "已扣留：") + names
    return Text("nothing came yet: ", "尚未送达：") + names


def logs(seen: Seen) -> Block:
    """How far each log is."""
    rows = [row for row in seen.logs.rows if row["log"] in seen.came or row["is_awaited"]]
    if not seen.came:
        body = Text(
            f"No log has a file of the day yet. Files of today belong into landing/<log>/{seen.moment.day}/; a log "
            "that comes at night alone is not missed here.",
            f"尚无任何日志的当日文件。今天的文件放入 landing/<日志>/{seen.moment.day}/；只在夜间送达的日志不算缺失。",
        )
        return Note(title=Text("What has come", "已送达"), body=body, result=seen.logs)
    return Table(
        title=Text("What has come", "已送达"),
        note=Text(
            "Rows of the day, and how many usual days had by now. A log that comes at night alone has none yet.",
            "当日的行数，以及平常此时的行数。只在夜间送达的日志此时没有行。",
        ),
        columns=[
            Column(Text("Log", "日志")),
            Column(Text("Rows so far", "至今行数"), number=True),
            Column(Text("Usual by now", "平常此时"), number=True),
            Column(Text("Last row", "最后一行")),
            Column(Text("Written", "文件写入")),
            Column(Text("Remarks", "备注"), wide=True),
        ],
        rows=[
            [
                Cell(words.log(row["log"])),
                Cell(integer(row["n_rows"]), row["n_rows"]),
                Cell(MISSING if row["n_weeks"] is None else between(row["lowest"], row["highest"])),
                Cell(MISSING if row["last_at"] is None else f"{row['last_at']:%H:%M}"),
                Cell(_written(seen, row["log"])),
                Cell(marks.lines(_remarks(seen, row))),
            ]
            for row in rows
        ],
        result=seen.logs,
    )


def _written(seen: Seen, log: str) -> str:
    written = seen.came[log].written_at if log in seen.came else None
    return MISSING if written is None else _local(seen, written)


def _local(seen: Seen, moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(seen.context.timezone)):%H:%M}"


def _remarks(seen: Seen, row: Row) -> list[Text]:
    one, n_ahead = seen.came.get(row["log"]), row["n_ahead"] or 0
    if one is None:
        return [Text("nothing came yet", "尚未送达")]
    found = [Text("kept back by a gate", "被质量门扣留")] if one.part is None else []
    if n_ahead:
        found.append(
            Text(
                f"{plural(n_ahead, 'row lies', 'rows lie')} after now and count in no figure: a clock that runs ahead?",
                f"{integer(n_ahead)} 行的时间晚于现在，不计入任何数字：时钟是否偏快？",
            )
        )
    if one.part is not None:
        found += [said(line) for line in (*one.refused, *one.warned)]
    return found


def trust(seen: Seen) -> Block:
    """How far the page can be trusted."""
    apart = [row for row in seen.usual_days.rows if row["published"] is not None and row["value"] != row["published"]]
    n = len({row["day"] for row in seen.usual_days.rows})
    n_apart = len({row["day"] for row in apart})
    agrees = Text(
        f"The hours of the {n} usual days come to what is published of them.",
        f"{n} 个平常日子按小时合计与已发布的数字一致。",
    )
    if apart:
        agrees = Text(
            f"On {n_apart} of {n} usual days the hours come to other figures than are published: rows came later, or "
            "were changed since; the file of this block names them.",
            f"{n} 个平常日子中有 {n_apart} 天按小时合计与已发布的数字不同："
            "有行后来才到或被更改；本栏的文件列出了它们。",
        )
    through = day(seen.through_day)
    body = Text(
        f"Every figure here is partial. What is published ends with {through.en}; what came since, and is not of "
        f"today, is on no page yet. {agrees.en}",
        f"本页数字均不完整。已发布的数据截至{through.zh}；此后、今天以前送达的内容尚未显示。{agrees.zh}",
    )
    entries: list[tuple[Text, object]] = [(Text("Look at", "请留意"), one) for one in seen.remarks]
    return Note(
        title=Text("Can I trust this page?", "这一页可信吗？"),
        body=body,
        entries=entries,
        result=seen.usual_days,
        link=BRIEF,
    )
